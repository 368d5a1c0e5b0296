"""What a fuzzer drives: bytes go in; out comes an assessment that keeps its promises, or one plain sentence."""

import contextlib
import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from scrutiny.analysis.merge import Choice, Conflict, Merged, merge, settle
from scrutiny.errors import FileProblem, NotAllowed
from scrutiny.model.assessment import Assessment
from scrutiny.model.text import clean_note
from scrutiny.store import assessments, codec, frameworks, recovery
from tests import building

Target = Callable[[bytes, Path], object]
"""Tries bytes out in a folder of its own; anything wrong is an exception."""

WHOLE = codec.encode(building.filled())
"""A file in which everything stands that can stand in one."""

FRAMEWORK = codec.framework_tables(building.framework())

VALUES = (
    *('"one"', '"two\\nlines"', '""', '"green"', '"red"', '"not-applicable"', '"complete"', '"K7Q2M"', '"2026-27"'),
    *("2026-11-02", "2026-11-01T09:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "09:00:00"),
    *("true", "7", "-1", "nan", "1e400", "[]", "[[]]", "{}", "{a = 1}", '["one", 2]', "99999999999999999999"),
    *(
        '"\\u001b]0;owned\\u0007"',
        '"\\u202e\\ufeff\\u0000"',
        '"\\ud800"',
        "'''\n[end]\n'''",
        '"""\n[answers.plan]\n"""',
    ),
    f'"{"x" * 60_000}"',
)
"""Values that somebody's own program or a slip may have left behind a key."""

GENTLE = ('"one"', '"two\\nlines"', '"three"', '""', f'"{"x" * 60_000}"', f'"{"y" * 60_000}"')
"""Values that any text may be replaced by."""

RATINGS = ('"green"', '"amber"', '"red"')

TEXT = re.compile(r'(?:text|evidence|reason|owner|outcome|impact|title) = "(?!"")')
"""Where a text of one line stands."""

CODES = ("ADD22", "ADD33", "ADD44")


class Choices:
    """Choices that bytes make: the same bytes, the same choices; no more bytes, always the first."""

    def __init__(self, made: bytes) -> None:
        self._made = iter(made)

    def below(self, number: int) -> int:
        """A number from 0 up to, but not including, another."""
        made = next(self._made, 0)
        return (made * 256 + next(self._made, 0) if number > 256 else made) % max(1, number)

    def of(self, things: Sequence[str]) -> str:
        """One of several things."""
        return things[self.below(len(things))]

    def rest(self, most: int) -> bytes:
        """The bytes that come next."""
        return bytes(made for made, _ in zip(self._made, range(most), strict=False))


def blocks(text: str) -> list[str]:
    """A file cut before each of its tables."""
    first, *others = text.split("\n[")
    return [first, *(f"\n[{other}" for other in others)]


def slipped(text: str, choices: Choices) -> str:
    """A file after one slip of a hand or a program."""
    tables = blocks(text)
    at = choices.below(len(tables))
    lines = tables[at].split("\n")
    line = choices.below(len(lines))
    key = lines[line].partition("=")[0]
    slip = choices.below(9)
    if slip == 0:
        del tables[at]
    elif slip == 1:
        tables.insert(choices.below(len(tables)), tables[at])
    elif slip == 2:
        other = choices.below(len(tables))
        tables[at], tables[other] = tables[other], tables[at]
    else:
        if slip == 3:
            del lines[line]
        elif slip == 4:
            lines.insert(line, lines[line])
        elif slip in (5, 6):
            lines[line] = f"{key}= {choices.of(VALUES)}"
        elif slip == 7:
            place = choices.below(len(lines[line]) + 1)
            put = choices.rest(1 + choices.below(6)).decode("utf-8", "replace")
            lines[line] = lines[line][:place] + put + lines[line][place:]
        else:
            lines[line] = lines[line][: choices.below(len(lines[line]) + 1)]
        tables[at] = "\n".join(lines)
    return "".join(tables)


def edited(text: str, choices: Choices) -> str:
    """A file after a change that a person could have made in the program: texts, ratings, items come and go."""
    tables = blocks(text)
    answered = [at for at, table in enumerate(tables) if table.startswith(("\n[answers", "\n[[answers"))]
    if not answered:
        return text
    at = answered[choices.below(len(answered))]
    lines = tables[at].rstrip("\n").split("\n")
    change = choices.below(4)
    whole = tables[at].startswith("\n[answers")
    if change == 0 and not whole:
        del tables[at]
    elif change == 1 and not whole:
        tables.insert(
            at, "\n".join(f'id = "{choices.of(CODES)}"' if "id = " in line else line for line in lines) + "\n"
        )
    elif change == 2 and whole:
        kept = [line for line in lines if not line.startswith("rating")]
        tables[at] = "\n".join([*kept, f"rating = {choices.of(RATINGS)}"]) + "\n"
    else:
        names = ("text", "evidence", "reason", "owner", "outcome", "impact", "title")
        places = [
            number for number, line in enumerate(lines) if line.startswith(tuple(f'{name} = "' for name in names))
        ]
        places = [number for number in places if not lines[number].endswith('"""')]
        if places:
            number = places[choices.below(len(places))]
            lines[number] = f"{lines[number].partition(' = ')[0]} = {choices.of(GENTLE)}"
            tables[at] = "\n".join(lines) + "\n"
    return "".join(tables)


@contextlib.contextmanager
def sentence() -> Iterator[None]:
    """A file may be refused, in one plain sentence with a next step; nothing else may happen."""
    try:
        yield
    except FileProblem as problem:
        judge_sentence(problem)


def judge_sentence(problem: FileProblem) -> None:
    """Check what is said of a file that cannot be used: one sentence and a next step, neither of them endless."""
    assert problem.title
    assert "\n" not in problem.title
    assert problem.hint
    assert len(problem.title) < 1_000, len(problem.title)
    assert len(problem.detail) < 1_000_000, len(problem.detail)


def judge(assessment: Assessment) -> None:
    """Check what is promised of every assessment that was read: its text is clean, and saving it loses nothing."""
    text = codec.encode(assessment)
    assert clean_note(text) == text
    again = codec.decode(text, Path("again.toml"))
    assert again.assessment == assessment
    assert not again.edited_by_hand


def load(made: bytes, folder: Path) -> None:
    """Bytes as an assessment's file."""
    path = folder / "made.toml"
    path.write_bytes(made)
    with sentence():
        judge(assessments.load(path).assessment)
    codec.versions_in(made)
    assert path.read_bytes() == made


def check(made: bytes, folder: Path) -> None:
    """Bytes as a framework's file."""
    path = folder / "made.toml"
    path.write_bytes(made)
    with sentence():
        checked = frameworks.check(path)
        assert bool(checked.framework) != bool(checked.problems)
        if checked.framework:
            path.write_text(codec.framework_tables(checked.framework), encoding="utf-8")
            assert frameworks.check(path).framework == checked.framework


def find(made: bytes, folder: Path) -> None:
    """Bytes as what a session left behind for a file: found, or put aside."""
    path = folder / "made.toml"
    kept_at = building.recovery_path(path, "made")
    kept_at.parent.mkdir(parents=True, exist_ok=True)
    kept_at.write_bytes(made)
    found = list(recovery.find(path))
    for one in found:
        judge(one.assessment)
    aside = kept_at.with_suffix(".unusable")
    assert (kept_at if found else aside).read_bytes() == made
    aside.unlink(missing_ok=True)
    kept_at.unlink(missing_ok=True)


def slips(made: bytes, folder: Path) -> None:
    """A whole file after some slips that the bytes choose."""
    choices, text = Choices(made), WHOLE
    for _ in range(1 + choices.below(4)):
        text = slipped(text, choices)
    load(text.encode(), folder)


def framework_slips(made: bytes, folder: Path) -> None:
    """A whole framework after some slips that the bytes choose."""
    choices, text = Choices(made), FRAMEWORK
    for _ in range(1 + choices.below(4)):
        text = slipped(text, choices)
    check(text.encode(), folder)


def merging(made: bytes, folder: Path) -> None:
    """Three states of one file, each some edits away from the same beginning, brought together in every way."""
    choices, sides = Choices(made), []
    for _ in range(3):
        text = WHOLE
        for _ in range(choices.below(4)):
            text = edited(text, choices)
        if choices.below(16) == 1:
            text = slipped(text, choices)
        with sentence():
            sides.append(codec.decode(text, folder / "made.toml").assessment)
    if len(sides) == 3:
        with contextlib.suppress(NotAllowed):
            judge_merges(*sides)


def content(assessment: Assessment) -> Assessment:
    """An assessment without the moment it was saved, and without answers that say nothing."""
    said = {name: answer for name, answer in assessment.answers.items() if not answer.blank}
    return assessment.model_copy(update={"modified": building.NOW, "answers": said})


def settled(merged: Merged, choice: Choice) -> Assessment:
    """Every conflict settled alike."""
    return content(settle(merged, dict.fromkeys(merged.conflicts, choice)))


def codes(assessment: Assessment) -> list[str]:
    """The codes of an assessment's answers, each as often as it stands there."""
    return sorted(code for answer in assessment.answers.values() for _, code in answer.codes)


def judge_merges(base: Assessment, ours: Assessment, theirs: Assessment) -> None:
    """Check the laws of merging: nothing changed is nothing lost, and it does not matter who merges."""
    for one, other in pairwise((base, ours, theirs, base)):
        for merged in (merge(one, one, other), merge(one, other, one), merge(one, other, other)):
            assert content(merged.assessment) == content(other)
            assert merged.conflicts == ()
    here, there = merge(base, ours, theirs), merge(base, theirs, ours)
    exchanged = {Conflict(one.place, one.base, one.theirs, one.ours) for one in there.conflicts}
    assert set(here.conflicts) == exchanged
    if {*codes(here.assessment)} <= {*codes(base), *codes(ours), *codes(theirs)}:  # no code was made by chance
        assert settled(here, Choice.OURS) == settled(there, Choice.THEIRS)
    for choice in Choice:
        judge(settled(here, choice))


def seeds(name: str) -> list[bytes]:
    """What a fuzzer begins with: whole files for targets that take files, any bytes for those that choose by them."""
    if name in ("load", "find", "check"):
        text = FRAMEWORK if name == "check" else WHOLE
        return [text.encode(), text.replace("\n", "\r\n").encode("utf-8-sig"), text[: len(text) // 2].encode()]
    chance = random.Random(name)  # noqa: S311 - the same seeds in every run
    return [chance.randbytes(length) for length in (4, 8, 16, 32, 64) for _ in range(8)]


TARGETS: dict[str, Target] = {
    "load": load,
    "check": check,
    "find": find,
    "slips": slips,
    "framework-slips": framework_slips,
    "merge": merging,
}
