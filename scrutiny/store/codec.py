"""Assessment to TOML text and back: file format 1.

Keys stand in a fixed order, so that a change to one answer is a change to one place. The last table, ``[end]``, says
how many answers there are and seals what stands above it: a file without it was cut short, and a file whose seal does
not fit was edited by hand, which is allowed and said aloud. It also names the versions that this one was made from, so
that a session can tell whether somebody else's save rests on its own or stands where its own stood.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scrutiny.errors import FileProblem
from scrutiny.model.action import Action
from scrutiny.model.assessment import Answer, Assessment, Source
from scrutiny.model.framework import Framework
from scrutiny.model.problems import MOST_PROBLEMS, UNKNOWN_KEY, Place, Problem, ProblemCount, problems_in
from scrutiny.store import toml

FORMAT = 1
"""The file format that this version writes."""

_TABLES = ("respondent", "answers", "archived", "framework")
"""The tables of a file that are fields of the assessment, beside its own table."""

_BEGINNING = "format = "
_SPACE = re.compile(r"[ \t\n]*")
_FORMAT = re.compile(r"format[ \t]{0,99}=[ \t]{0,99}([0-9]{1,9}\b)?")

_LEADING_COMMENTS = 10_000
"""The most comments above the first line of an assessment among which that line is looked for."""

_END = "\n[end]\n"
_DIGEST_LINE = re.compile(r'^digest = "sha256:[0-9a-f]{64}"', re.MULTILINE)

_VERSION_LENGTH = 12
"""The characters of a seal that name a version within its line."""

_VERSION = re.compile(rf"[0-9a-f]{{{_VERSION_LENGTH}}}")

_FOLLOWS_LINE = re.compile(rb'^follows = \[((?:"[0-9a-f]+"|[, ])*)\]\r?$', re.MULTILINE)
_SEAL_LINE = re.compile(rb'^digest = "sha256:([0-9a-f]{64})"', re.MULTILINE)

_LINE_LENGTH, _LINE_WHOLE = 32, 16
"""The most versions in a line, and how many of the latest are all there; before them, ever fewer, and the first."""


@dataclass(frozen=True)
class Decoded:
    """An assessment as it was read."""

    assessment: Assessment
    edited_by_hand: bool
    """Whether something other than Scrutiny changed the file since it was last saved."""
    line: tuple[str, ...] = ()
    """The version that the file was saved as, and those it was made from, the latest first."""


@dataclass(frozen=True)
class Encoded:
    """The text of a file, with the line of versions that it ends."""

    text: str
    line: tuple[str, ...]


def encode(assessment: Assessment) -> str:
    """The whole file of an assessment as text, as the first version of its line."""
    return encode_after((), assessment).text


def encode_after(line: Sequence[str], assessment: Assessment) -> Encoded:
    """The whole file of an assessment as text, as the successor of the versions in a line."""
    return Encoder().encode_after(line, assessment)


class Encoder:
    """Encodes one assessment again and again, and keeps the text of the parts that did not change in between.

    A session has one of its own: a save follows every pause, and mostly one answer has changed. It holds the parts of
    the assessment that it encoded last and no others. Not to be used by two threads at once.
    """

    def __init__(self) -> None:
        self._answers: dict[str, _EncodedAnswer] = {}
        self._framework: tuple[Framework, str] | None = None

    def encode_after(self, ancestry: Sequence[str], assessment: Assessment) -> Encoded:
        """The whole file of an assessment as text, as the successor of the versions in a line."""
        before, self._answers = self._answers, {}
        for statement in assessment.framework.statements:
            answer = assessment.answers.get(statement.id)
            if answer is not None:
                encoded = before.get(statement.id)
                if encoded is None or encoded.answer is not answer:
                    encoded = _answer(f"answers.{statement.id}", answer, encoded.items if encoded else {})
                self._answers[statement.id] = encoded
        if self._framework is None or self._framework[0] is not assessment.framework:
            self._framework = (assessment.framework, framework_tables(assessment.framework, under="framework"))
        return _encoded(ancestry, assessment, [encoded.text for encoded in self._answers.values()], self._framework[1])


@dataclass(frozen=True)
class _EncodedAnswer:
    """An answer's text, and that of each of its sources and actions."""

    answer: Answer
    text: str
    items: dict[int, tuple[Source | Action, str]]
    """Each source and action with its text, by its identity in memory."""


def _encoded(ancestry: Sequence[str], assessment: Assessment, answers: Sequence[str], framework: str) -> Encoded:
    """The whole file, from the text of its answers and its framework."""
    parts = [
        f"format = {FORMAT}\n",
        "[assessment]\n" + _header(assessment),
        "[respondent]\n" + toml.table(vars(assessment.respondent)),
    ]
    parts += answers
    for archived in assessment.archived:
        parts.append(
            "[[archived]]\n"
            + toml.table({name: getattr(archived, name) for name in ("id", "ref", "text", "rating_label")})
        )
        parts.append(_answer("archived.answer", archived.answer, {}).text)
    parts.append(framework)
    body = "\n".join(parts)
    seal = _seal(body)
    end = {"answers": len(answers), "follows": list(ancestry) or None, "digest": seal}
    return Encoded(f"{body}{_END}{_one_a_line(end)}", _lengthened(ancestry, seal))


def decode(text: str, path: Path) -> Decoded:
    """The assessment in a file's text.

    Raises:
        FileProblem: It is not an assessment, was cut short, is newer than this program, or holds something wrong; the
            detail lists every problem with its place.
    """
    first_line = _format_line(text)
    if first_line and first_line[1]:
        _check_format(int(first_line[1]), path)
    begins = first_line is not None or _BEGINNING.startswith(text.strip())
    if begins and not _has_end_record(text):
        raise _incomplete(path)
    data = toml.parse(text, path)
    _check_kind(data, path)
    end = data.pop("end", None)
    if not isinstance(end, dict) or "digest" not in end:
        raise _incomplete(path)
    unknown: list[Place] = [("end", key) for key in end if key not in ("answers", "follows", "digest")]
    unknown += [(key,) for key in data if key not in ("format", "assessment", *_TABLES)]
    header = data.get("assessment")
    if unknown or not isinstance(header, dict):
        problems = [Problem(place, UNKNOWN_KEY) for place in unknown[:MOST_PROBLEMS]]
        problems += [] if isinstance(header, dict) else [Problem(("assessment",), "must be a table")]
        raise _unusable(path, text, problems, untold=len(unknown[MOST_PROBLEMS:]))
    rest: dict[str, Any] = {key: data[key] for key in _TABLES if key in data}
    misplaced = [Problem(("assessment", key), "does not belong in this table") for key in _TABLES if key in header]
    if misplaced:
        raise _unusable(path, text, misplaced)
    count = ProblemCount()
    try:
        assessment = Assessment.model_validate({**header, **rest}, context=count)
    except ValidationError as error:
        problems = [_located(problem, rest) for problem in problems_in(error)]
        raise _unusable(path, text, problems, all_known=count.knows_all(problems)) from error
    body = text[: text.rfind(_END)]
    line = _lengthened(_versions(end.get("follows")), str(end["digest"]))
    return Decoded(assessment, edited_by_hand=end["digest"] != _seal(body), line=line)


def versions_in(raw: bytes) -> tuple[str, ...]:
    """The line of versions that a file of ours ends, from its bytes alone; nothing where it has none."""
    _, found, record = raw.rpartition(b"[end]")
    seal = _SEAL_LINE.search(record)
    if not found or seal is None:
        return ()
    follows = _FOLLOWS_LINE.search(record)
    names = _VERSION.findall(follows[1].decode()) if follows else []
    return _lengthened(names[:_LINE_LENGTH], seal[1].decode())


def _lengthened(line: Sequence[str], seal: str) -> tuple[str, ...]:
    """A line of versions with another at its head; where it grows too long, every second of the older ones goes."""
    longer = (seal.removeprefix("sha256:")[:_VERSION_LENGTH], *line)
    return longer if len(longer) <= _LINE_LENGTH else (*longer[:_LINE_WHOLE], *longer[_LINE_WHOLE::2])


def _versions(follows: object) -> tuple[str, ...]:
    """The versions that an end record names. What is no version names none: it says nothing that anybody wrote."""
    found = follows if isinstance(follows, list) else []
    return tuple(name for name in found[:_LINE_LENGTH] if isinstance(name, str) and _VERSION.fullmatch(name))


def _one_a_line(values: dict[str, Any]) -> str:
    """Values as TOML, lists too on one line: what changes with every save is to be short in a diff."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items() if value is not None)


def _incomplete(path: Path) -> FileProblem:
    return FileProblem(
        f"{path} is incomplete: it was cut short before its end record.",
        hint="Restore an earlier copy, for example from the version history of your shared folder.",
    )


def _format_line(text: str) -> re.Match[str] | None:
    """The line with which an assessment begins, below comments that somebody may have written above it."""
    position = 0
    for _ in range(_LEADING_COMMENTS):
        space = _SPACE.match(text, position)
        position = space.end() if space else position
        if not text.startswith("#", position):
            return _FORMAT.match(text, position)
        position = text.find("\n", position)
        if position < 0:
            return None
    return None


def _has_end_record(text: str) -> bool:
    """Whether a text has an end record as far as its digest."""
    start = 0 if text.startswith(_END[1:]) else text.find(_END)
    return start >= 0 and _DIGEST_LINE.search(text, start) is not None


def _check_kind(data: dict[str, Any], path: Path) -> None:
    version = data.get("format")
    if version is None or "assessment" not in data:
        if "sections" in data:
            raise FileProblem(
                f"{path} is a framework, not an assessment.",
                hint="Begin an assessment with it: scrutiny new FILE --framework " + path.name,
            )
        raise FileProblem(f"{path} is not a Scrutiny assessment.", hint="Choose a file that Scrutiny saved.")
    if not isinstance(version, int) or isinstance(version, bool):
        raise FileProblem(f"{path}: format must be a whole number such as {FORMAT}.", hint="Mend its first line.")
    _check_format(version, path)


def _check_format(version: int, path: Path) -> None:
    if version < 1:
        raise FileProblem(f"{path}: format must be a whole number such as {FORMAT}.", hint="Mend its first line.")
    if version > FORMAT:
        raise FileProblem(
            f"{path} was saved by a newer version of Scrutiny (format {version}; this one reads up to {FORMAT}).",
            hint="Update Scrutiny on this computer, then open the file again.",
        )


def _located(problem: Problem, rest: dict[str, Any]) -> Problem:
    place = problem.place
    inside = not place or place[0] in rest or place[0] == "framework"
    return problem if inside else Problem(("assessment", *place), problem.message)


def _unusable(
    path: Path, text: str, problems: Sequence[Problem], untold: int = 0, *, all_known: bool = True
) -> FileProblem:
    lines = toml.located(text, problems[:MOST_PROBLEMS])
    others = len(problems) + untold - 1
    at_least = "" if all_known else "at least "
    more = f" (and {at_least}{others} more)" if others else ""
    return FileProblem(
        f"{path} cannot be used: {lines[0]}{more}.",
        detail="\n".join(lines[1:]),
        hint="Mend it in a text editor, or restore an earlier copy. The file was not touched.",
    )


def _header(assessment: Assessment) -> str:
    words = {
        name: str(getattr(assessment, name))
        for name in ("id", "partnership", "area", "cycle", "perspective", "scope", "marking", "status")
    }
    before = toml.table({name: words[name] for name in ("id", "partnership", "area", "cycle")})
    after = toml.table({name: words[name] for name in ("perspective", "scope", "marking", "status")})
    return (
        f"{before}as_at = {assessment.as_at}\n{after}"
        f"created = {_moment(assessment.created)}\nmodified = {_moment(assessment.modified)}\n"
    )


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _answer(name: str, answer: Answer, before: dict[int, tuple[Source | Action, str]]) -> _EncodedAnswer:
    """An answer's tables, with the text of those sources and actions that were encoded before and are the same."""
    items: dict[int, tuple[Source | Action, str]] = {}
    own = toml.table({"rating": answer.rating, "reason": answer.reason, "evidence": answer.evidence})
    parts = [f"[{name}]\n{own}"]
    cited: list[Source | Action] = [*answer.sources, *answer.actions]
    for item in cited:
        encoded = before.get(id(item)) or (item, _item(name, item))  # the entry holds the item, so the id is its own
        items[id(item)] = encoded
        parts.append(encoded[1])
    return _EncodedAnswer(answer, "\n".join(parts), items)


def _item(name: str, item: Source | Action) -> str:
    if isinstance(item, Source):
        return f"[[{name}.sources]]\n{toml.table(vars(item))}"
    return _action(f"{name}.actions", item)


def _action(name: str, action: Action) -> str:
    lines = f"[[{name}]]\n" + toml.table({key: value for key, value in vars(action).items() if key != "progress"})
    for entry in action.progress:
        lines += f"\n[[{name}.progress]]\n{toml.table(vars(entry))}"
    return lines


def framework_tables(framework: Framework, under: str = "") -> str:
    """A framework as TOML: a file of its own, or the tables below a name."""
    dot = f"{under}." if under else ""
    own = toml.table({name: getattr(framework, name) for name in ("id", "version", "title", "description", "source")})
    parts = [f"[{under}]\n{own}" if under else own]
    parts += [f"[[{dot}scale.levels]]\n{toml.table(dict(level))}" for level in framework.scale.levels]
    for section in framework.sections:
        parts.append(
            f"[[{dot}sections]]\n"
            + toml.table({name: getattr(section, name) for name in ("id", "ref", "title", "introduction")})
        )
        for statement in section.statements:
            lines = toml.table(
                {name: getattr(statement, name) for name in ("id", "ref", "title", "text")}
                | {"look_for": list(statement.look_for) or None}
                | {name: getattr(statement, name) for name in ("source", "note")}
            )
            if statement.descriptors:
                lines += f"\n[{dot}sections.statements.descriptors]\n{toml.table(statement.descriptors)}"
            parts.append(f"[[{dot}sections.statements]]\n{lines}")
    return "\n".join(parts)


def _seal(body: str) -> str:
    return "sha256:" + hashlib.sha256(body.encode()).hexdigest()
