"""Commands that change an assessment: new, rate and action add."""

import itertools
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from scrutiny.cli import values
from scrutiny.cli.main import commands
from scrutiny.errors import BeingSaved
from scrutiny.model import edits
from scrutiny.model.action import ActionKind, ActionScope, ActionStatus, Priority
from scrutiny.model.assessment import Assessment, Marking, Perspective, Respondent, Scope, Status
from scrutiny.store import assessments, frameworks
from scrutiny.store.assessments import Stored
from scrutiny.store.codec import framework_tables
from tests import building
from tests.cli.conftest import Scrutiny

NEEDED = ["--partnership", "Northshire Partnership", "--area", "Northshire", "--cycle", "2026/27"]


def load(path: Path) -> Assessment:
    """The assessment in a file."""
    return assessments.load(path).assessment


def test_new_begins_an_assessment(scrutiny: Scrutiny, tmp_path: Path) -> None:
    """What is given is kept, and what is left out has its usual value: the shipped framework, today, a draft."""
    said = scrutiny("new", tmp_path / "a.toml", *NEEDED)
    assert (said.code, said.err) == (0, "")
    assert said.out == f"{tmp_path / 'a.toml'} was made, with 19 statements to rate.\n"
    made = load(tmp_path / "a.toml")
    assert (made.partnership, made.area, made.cycle) == ("Northshire Partnership", "Northshire", "2026-27")
    assert (made.as_at, made.perspective, made.status) == (building.TODAY, Perspective.SELF_ASSESSMENT, Status.DRAFT)
    assert (made.scope, made.marking, made.respondent) == (Scope.JOINT, Marking.OFFICIAL, Respondent())
    assert made.framework.id == frameworks.DEFAULT
    assert made.created == made.modified == building.NOW.replace(hour=15)


def test_new_with_everything(scrutiny: Scrutiny, tmp_path: Path) -> None:
    """Every option finds its place, words in any case, dates as people write them, a framework by its file."""
    framework = tmp_path / "small.toml"
    framework.write_text(framework_tables(building.framework()), encoding="utf-8")
    said = scrutiny(
        *("new", tmp_path / "sub" / "a.toml", *NEEDED, "--framework", framework),
        *("--perspective", "Independent-Scrutiny", "--organisation", "Scrutiny Ltd", "--role", "Scrutineer"),
        *("--name", "Sam", "--as-at", "1/10/2026", "--scope", "adults", "--marking", "official-sensitive"),
    )
    assert said.code == 0
    made = load(tmp_path / "sub" / "a.toml")
    assert made.framework == building.framework()
    assert made.perspective is Perspective.INDEPENDENT_SCRUTINY
    assert made.respondent == Respondent(organisation="Scrutiny Ltd", role="Scrutineer", name="Sam")
    assert (made.as_at, made.scope, made.marking) == (date(2026, 10, 1), Scope.ADULTS, Marking.OFFICIAL_SENSITIVE)


def test_new_takes_the_respondent_from_the_settings(scrutiny: Scrutiny, home: Path, tmp_path: Path) -> None:
    """Organisation, role and name that are left out are those of the settings; given ones, even empty, win."""
    (home / ".config" / "scrutiny").mkdir(parents=True)
    settings = 'organisation = "Council"\nrole = "Head"\nname = "Sam"\n'
    (home / ".config" / "scrutiny" / "settings.toml").write_text(settings, encoding="utf-8")
    assert scrutiny("new", tmp_path / "a.toml", *NEEDED, "--role", "Chair", "--name", "").code == 0
    assert load(tmp_path / "a.toml").respondent == Respondent(organisation="Council", role="Chair")


def test_new_finds_frameworks_of_ones_own(scrutiny: Scrutiny, home: Path, tmp_path: Path) -> None:
    """A framework in the person's own folder is meant by its id, before a shipped one of the same id."""
    own = home / "Documents" / "Scrutiny" / "frameworks"
    own.mkdir(parents=True)
    mine = building.framework(id=frameworks.DEFAULT)
    (own / "mine.toml").write_text(framework_tables(mine), encoding="utf-8")
    assert scrutiny("new", tmp_path / "a.toml", *NEEDED).code == 0
    assert load(tmp_path / "a.toml").framework == mine


@pytest.mark.parametrize(
    ("words", "code", "said_of_it"),
    [
        (["--cycle", "soon"], 2, "cycle must be a year such as 2026"),
        (["--area", " "], 2, "area is empty"),
        (["--partnership", "x" * 501], 2, "partnership is 501 characters long"),
        (["--organisation", "x" * 501], 2, "organisation is 501 characters long"),
        (["--perspective", "mine"], 2, "--perspective"),
        (["--marking", "SECRET"], 2, "--marking"),
        (["--as-at", "31/02/2026"], 2, "--as-at"),
        (["--as-at", "tomorrow"], 2, "must be a date such as 2026-11-01"),
        (["--as-at", "1066-10-14"], 2, "as at must be a date between"),
        (["--framework", "none"], 2, "There is no framework “none”"),
        (["--framework", "none.toml"], 3, "no such file"),
    ],
)
def test_new_refuses_what_cannot_be(
    scrutiny: Scrutiny, tmp_path: Path, words: list[str], code: int, said_of_it: str
) -> None:
    """A value that cannot be is refused in a sentence, and no file is made."""
    pairs = dict(zip(NEEDED[::2], NEEDED[1::2], strict=True)) | {words[0]: words[1]}
    words = list(itertools.chain(*pairs.items()))
    said = scrutiny("new", tmp_path / "a.toml", *words)
    assert (said.code, said.out) == (code, "")
    assert said_of_it in said.err
    assert list(tmp_path.iterdir()) == []


def test_new_writes_over_nothing(scrutiny: Scrutiny, file: Path) -> None:
    """A file that exists already stays as it is."""
    before = file.read_bytes()
    said = scrutiny("new", file, *NEEDED)
    assert said.code == 3
    assert "exists already" in said.err
    assert file.read_bytes() == before


def test_new_makes_files_that_are_listed(scrutiny: Scrutiny, tmp_path: Path) -> None:
    """A name without .toml, which no list would show, is refused with the name that would do."""
    said = scrutiny("new", tmp_path / "a.tom", *NEEDED)
    assert said.code == 2
    assert "Try: a.tom.toml" in said.err


@pytest.mark.parametrize("statement", ["1.2a", "1.2A", "leaders", "LEADERS"])
@pytest.mark.parametrize("rating", ["amber", "AMBER", "a", "A", " amber "])
def test_rate_by_any_name(scrutiny: Scrutiny, file: Path, statement: str, rating: str) -> None:
    """A statement is meant by ref or id and a rating by key, label or letter, whatever the case."""
    said = scrutiny("rate", file, statement, rating)
    assert said.code == 0
    assert said.out.startswith("1.2a: A Amber\n")
    assert load(file).answer("leaders").rating == "amber"


def test_rate_changes_one_answer_and_the_stamp(scrutiny: Scrutiny, file: Path, filled: Assessment) -> None:
    """Only the one answer changes, and the file says when."""
    scrutiny("rate", file, "2.1", "green", "--evidence", "Twelve groups.")
    after = load(file)
    assert after.modified == building.NOW.replace(hour=15)
    assert after.answer("voice") == filled.answer("voice").model_copy(
        update={"rating": "green", "evidence": "Twelve groups."}
    )
    assert after.model_copy(update={"modified": filled.modified, "answers": filled.answers}) == filled


@pytest.mark.parametrize("rating", ["na", "NA", "n/a", "not-applicable", "Not applicable"])
def test_rate_not_applicable(scrutiny: Scrutiny, file: Path, rating: str) -> None:
    """A statement can be said not to apply, with the reason."""
    assert scrutiny("rate", file, "1.1", rating, "--reason", "No plan is asked for.").code == 0
    answer = load(file).answer("plan")
    assert (answer.not_applicable, answer.reason) == (True, "No plan is asked for.")


def test_rate_takes_a_rating_back(scrutiny: Scrutiny, file: Path) -> None:
    """Unrated takes a rating back and leaves the rest; what then stops submission is said."""
    said = scrutiny("rate", file, "1.1", "unrated")
    assert said.out == "1.1 One plan: Unrated\n  Stops submission: Not rated yet.\n"
    answer = load(file).answer("plan")
    assert (answer.rating, len(answer.actions)) == (None, 1)


def test_rate_says_what_is_missing(scrutiny: Scrutiny, file: Path) -> None:
    """After a rating, what that statement still lacks is said."""
    said = scrutiny("rate", file, "leaders", "g")
    assert said.out.splitlines() == [
        "1.2a: G Green",
        "  Stops submission: Green needs evidence.",
        "  Stops submission: Green needs an action to sustain it.",
    ]


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("One.\nTwo “three”.\n".encode(), "One.\nTwo “three”."),
        (b"\xef\xbb\xbfOne.\r\nTwo.\r\n", "One.\nTwo."),
        (b"\x1b[2JOne", "[2JOne"),
    ],
)
def test_evidence_from_standard_input(scrutiny: Scrutiny, file: Path, raw: bytes, kept: str) -> None:
    """A hyphen reads the evidence from standard input, with one form of newline and without the last."""
    assert scrutiny("rate", file, "1.1", "green", "--evidence", "-", stdin=raw).code == 0
    assert load(file).answer("plan").evidence == kept


@pytest.mark.parametrize("raw", [b"", b"\n", b" \r\n\t\n"])
def test_an_empty_standard_input_removes_no_evidence(scrutiny: Scrutiny, file: Path, raw: bytes) -> None:
    """A command that failed before the pipe must not cost the note; empty quotes remove it on purpose."""
    before = file.read_bytes()
    said = scrutiny("rate", file, "1.1", "green", "--evidence", "-", stdin=raw)
    assert (said.code, said.out) == (2, "")
    assert "Standard input holds no text" in said.err
    assert '--evidence ""' in said.err
    assert file.read_bytes() == before
    assert scrutiny("rate", file, "1.1", "green", "--evidence", "").code == 0
    assert not load(file).answer("plan").evidence
    assert scrutiny("rate", file, "1.1", "green", "--evidence", "-", stdin=raw).code == 0


def test_a_closed_standard_input_removes_no_evidence(
    scrutiny: Scrutiny, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a standard input, or with a folder for one, the note stays."""
    before = file.read_bytes()

    def refuse() -> None:
        raise IsADirectoryError

    original = values.text_or_input
    unreadable = SimpleNamespace(buffer=SimpleNamespace(read=refuse))
    for stdin, told in ((None, "holds no text"), (unreadable, "cannot be read")):
        monkeypatch.setattr(values, "text_or_input", partial(_with_stdin, original, stdin))
        said = scrutiny("rate", file, "1.1", "green", "--evidence", "-")
        assert said.code == 2
        assert told in said.err
        assert file.read_bytes() == before


def _with_stdin(function: Callable[[str], str], stdin: object, text: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", stdin)
        return function(text)


def test_every_single_option_is_given_once() -> None:
    """No command takes the last of two values in silence: each names the option and ends as wrong usage."""
    for words, command in commands():
        for option in command.params:
            if not isinstance(option, click.Option) or option.is_flag or isinstance(command, click.Group):
                continue
            context = click.Context(command, info_name=words)
            with pytest.raises(click.BadOptionUsage, match=f"{option.opts[-1]} can be given only once"):
                command.parse_args(context, [option.opts[-1], "x", option.opts[0], "y"])


def test_a_repeated_option_is_wrong_usage(scrutiny: Scrutiny, file: Path) -> None:
    """Nothing is changed, and the exit code says so."""
    before = file.read_bytes()
    said = scrutiny("rate", file, "1.1", "green", "--evidence", "a", "--evidence=b")
    assert (said.code, said.out) == (2, "")
    assert "--evidence can be given only once." in said.err
    assert file.read_bytes() == before


def test_evidence_that_is_no_text(scrutiny: Scrutiny, file: Path) -> None:
    """Standard input in another encoding is refused before anything is changed."""
    before = file.read_bytes()
    said = scrutiny("rate", file, "1.1", "green", "--evidence", "-", stdin="naïve".encode("cp1252"))
    assert said.code == 2
    assert "not UTF-8" in said.err
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said_of_it"),
    [
        (["7.7", "green"], "1.1, 1.2a, 2.1, 2.2"),
        (["1.1", "purple"], "green (G), amber (A), red (R), not-applicable or unrated."),
        (["1.1", ""], "There is no rating “”"),
        (["1.1", "green", "--reason", "x"], "not-applicable only"),
        (["1.1", "green", "--evidence", "x" * 100_001], "100,000"),
    ],
)
def test_rate_refuses_what_cannot_be(scrutiny: Scrutiny, file: Path, words: list[str], said_of_it: str) -> None:
    """An unknown statement or rating, or a text too long, ends with 2 and what there is, and the file stays."""
    before = file.read_bytes()
    said = scrutiny("rate", file, *words)
    assert (said.code, said.out) == (2, "")
    assert said_of_it in said.err
    assert file.read_bytes() == before


def test_rate_on_a_scale_of_ones_own(scrutiny: Scrutiny, tmp_path: Path) -> None:
    """On a scale of four grades the grades' own letters and words count, and red is nothing."""
    path = building.written(tmp_path / "a.toml", building.draft(framework=building.graded()))
    assert scrutiny("rate", path, "1.1", "d").out.startswith("1.1: D Inadequate\n")
    assert scrutiny("rate", path, "1.2", "Good").code == 0
    said = scrutiny("rate", path, "1.3", "red")
    assert said.code == 2
    assert "outstanding (O), good (G), improving (I), inadequate (D)" in said.err


def test_a_submitted_assessment_is_closed(scrutiny: Scrutiny, file: Path, filled: Assessment) -> None:
    """A rating on a submitted assessment ends with 3, the file's state; an action can be added all the same."""
    stored = assessments.load(file)
    assessments.save(file, edits.set_status(filled, Status.SUBMITTED), stored.digest)
    before = file.read_bytes()
    said = scrutiny("rate", file, "1.1", "red")
    assert said.code == 3
    assert "is submitted" in said.err
    assert "Reopen it" in said.err
    assert file.read_bytes() == before
    assert scrutiny("action", "add", file, "1.1", "--text", "Do it.").code == 0


def test_a_hand_edit_is_sealed_again(scrutiny: Scrutiny, file: Path) -> None:
    """An edit of a file that was edited by hand says once that it seals it again, and does."""
    text = file.read_text(encoding="utf-8").replace("Some are heard.", "Most are heard.")
    file.write_text(text, encoding="utf-8")
    said = scrutiny("rate", file, "1.1", "red")
    assert said.err == f"Note: {file} was edited by hand since it was last saved; this save seals it again.\n"
    assert scrutiny("rate", file, "1.1", "green").err == ""
    assert load(file).answer("voice").evidence == "Most are heard."


def test_somebody_elses_save_is_kept(
    scrutiny: Scrutiny, file: Path, filled: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another program saves in the same moment, its work is kept and the edit is made on top of it."""
    load_file = assessments.load
    theirs = edits.write_evidence(filled, "voice", "Theirs.")

    def load_and_save_behind(path: Path) -> assessments.Stored:
        stored = load_file(path)
        monkeypatch.setattr(assessments, "load", load_file)
        assessments.save(path, theirs, stored.digest)
        return stored

    monkeypatch.setattr(assessments, "load", load_and_save_behind)
    assert scrutiny("rate", file, "1.1", "red").code == 0
    after = load(file)
    assert (after.answer("voice").evidence, after.answer("plan").rating) == ("Theirs.", "red")


def test_a_file_saved_without_end_is_given_up(
    scrutiny: Scrutiny, file: Path, filled: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another program saves again and again, the command gives up with 3 and nothing of theirs is lost."""
    load_file = assessments.load
    saved: list[Assessment] = []

    def load_and_save_behind(path: Path) -> assessments.Stored:
        stored = load_file(path)
        saved.append(edits.write_evidence(filled, "voice", f"Theirs {len(saved)}."))
        assessments.save(path, saved[-1], stored.digest)
        return stored

    with monkeypatch.context() as patch:
        patch.setattr(assessments, "load", load_and_save_behind)
        said = scrutiny("rate", file, "1.1", "red")
    assert said.code == 3
    assert "changed by somebody else" in said.err
    assert load(file) == saved[-1]


def test_action_add(scrutiny: Scrutiny, file: Path) -> None:
    """The ref of the new action is all that is printed, and the action is in the file with everything given."""
    said = scrutiny(
        *("action", "add", file, "2.2", "--text", "Measure it.", "--agency", "Police", "--owner", "Chief"),
        *("--due", "31/3/2027", "--outcome", "It is measured.", "--priority", "high", "--status", "in-progress"),
        *("--scope", "regional", "--decision", "Pay for it."),
    )
    assert (said.code, said.err) == (0, "")
    action = load(file).answer("safety").actions[-1]
    assert said.out == f"2.2-{action.id}\n"
    assert (action.text, action.agency, action.owner) == ("Measure it.", "Police", "Chief")
    assert (action.due, action.outcome, action.decision) == (date(2027, 3, 31), "It is measured.", "Pay for it.")
    assert (action.priority, action.status) == (Priority.HIGH, ActionStatus.IN_PROGRESS)
    assert (action.scope, action.kind) == (ActionScope.REGIONAL, ActionKind.IMPROVE)


def test_action_add_with_the_least(scrutiny: Scrutiny, file: Path) -> None:
    """A text is enough; the kind follows the rating, and what is still missing is said beside the ref."""
    said = scrutiny("action", "add", file, "plan", "--text", "-", stdin=b"Keep\nit.\n")
    action = load(file).answer("plan").actions[-1]
    assert said.out == f"1.1-{action.id}\n"
    assert (action.kind, action.text) == (ActionKind.SUSTAIN, "Keep\nit.")
    assert said.err.splitlines() == [
        f"Stops submission: Action {action.id} needs an owner.",
        f"Stops submission: Action {action.id} needs a lead agency.",
        f"Stops submission: Action {action.id} needs a due date.",
        f"Worth a look: Action {action.id} does not say how anyone will know that it worked.",
    ]
    assert scrutiny("action", "add", file, "plan", "--text", "x", "--kind", "improve").code == 0
    assert load(file).answer("plan").actions[-1].kind is ActionKind.IMPROVE


@pytest.mark.parametrize(
    ("words", "said_of_it"),
    [
        (["7.7", "--text", "x"], "There is no statement “7.7”"),
        (["1.1"], "--text"),
        (["1.1", "--text", " "], "text is empty"),
        (["1.1", "--text", "x", "--kind", "better"], "--kind"),
        (["1.1", "--text", "x", "--status", "done"], "--status"),
        (["1.1", "--text", "x", "--priority", "urgent"], "--priority"),
        (["1.1", "--text", "x", "--scope", "all"], "--scope"),
        (["1.1", "--text", "x", "--due", "31/2/2027"], "--due"),
        (["1.1", "--text", "x", "--due", "2500-01-01"], "due must be a date between"),
        (["1.1", "--text", "x", "--owner", "x" * 501], "owner is 501 characters long"),
    ],
)
def test_action_add_refuses_what_cannot_be(scrutiny: Scrutiny, file: Path, words: list[str], said_of_it: str) -> None:
    """What no action can have ends with 2 and a sentence, and the file stays."""
    before = file.read_bytes()
    said = scrutiny("action", "add", file, *words)
    assert (said.code, said.out) == (2, "")
    assert said_of_it in said.err
    assert file.read_bytes() == before


@pytest.mark.parametrize(("busy", "code"), [(3, 0), (100, 3)])
def test_a_command_waits_for_its_turn(
    scrutiny: Scrutiny, file: Path, monkeypatch: pytest.MonkeyPatch, busy: int, code: int
) -> None:
    """Where a crowd saves one file, a command that was passed over asks again, and says so only in the end."""
    save, asked = assessments.save_version, itertools.count()

    def crowded(path: Path, assessment: Assessment, expected: str) -> Stored:
        if next(asked) < busy:
            raise BeingSaved(f"{path.name} is being saved by another window.", hint="Wait a moment.")
        return save(path, assessment, expected)

    before = load(file)
    monkeypatch.setattr(assessments, "save_version", crowded)
    said = scrutiny("rate", file, "1.1", "red")
    assert said.code == code
    assert ("being saved" in said.err) == bool(code)
    assert (load(file) == before) == bool(code)
