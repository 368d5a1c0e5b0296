"""The command that lists a file's backups and puts one of them back."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from scrutiny.errors import FileProblem
from scrutiny.exchange.differences import differing_words
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, backups
from scrutiny.workspace.session import Session
from scrutiny.workspace.versions import KnownVersions, Relation
from tests import building
from tests.cli.conftest import Scrutiny
from tests.workspace.working import found_changed


def evidence(path: Path) -> str:
    """The note that the tests change."""
    return assessments.load(path).assessment.answer("plan").evidence


@pytest.fixture
def noted(scrutiny: Scrutiny, file: Path) -> Path:
    """A file whose note a command has changed from the first to the second and to the third."""
    for text in ("First.", "Second.", "Third."):
        assert scrutiny("rate", file, "plan", "green", "--evidence", text).code == 0
    return file


def test_backups_are_listed_with_what_differs(scrutiny: Scrutiny, noted: Path) -> None:
    """The latest comes first, with the time by the clock of this computer, the size and the difference."""
    lines = scrutiny("backups", noted).out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["1", "2", "3"]
    latest = backups.of(noted)[0]
    made, size = latest.made.astimezone(), latest.path.stat().st_size / 1000
    assert lines[0] == f"1: {made.day} {made:%b %Y %H:%M:%S}, {size:.0f} kB. 1 statement differs."


def test_backups_as_json(scrutiny: Scrutiny, noted: Path) -> None:
    """Each backup is an object with its number, its time in UTC, its size, its path and the difference."""
    listed = json.loads(scrutiny("backups", noted, "--json").out)
    kept = backups.of(noted)
    assert [one["number"] for one in listed] == [1, 2, 3]
    assert [Path(one["path"]) for one in listed] == [one.path for one in kept]
    assert [one["size"] for one in listed] == [one.path.stat().st_size for one in kept]
    assert datetime.fromisoformat(listed[0]["made"]) == kept[0].made.replace(microsecond=0)
    assert {one["differs"] for one in listed} == {"1 statement differs."}
    kept[0].path.write_bytes(b"cut")
    scrutiny("rate", noted, "plan", "green", "--evidence", "First.")
    listed = json.loads(scrutiny("backups", noted, "--json").out)
    assert "is not" in listed[1]["problem"]
    assert listed[2]["differs"] is None
    assert "2: " in scrutiny("backups", noted).out
    assert "It is not" in scrutiny("backups", noted).out


def test_a_backup_is_put_back_and_that_is_undone(scrutiny: Scrutiny, noted: Path) -> None:
    """The version that stands there goes among the backups first, as number 1."""
    said = scrutiny("backups", noted, "--restore", "2")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"{noted} holds again what it held on ")
    assert said.out.endswith("what it held until now is its backup 1.\n")
    assert evidence(noted) == "First."
    assert scrutiny("backups", noted, "--restore", "1").code == 0
    assert evidence(noted) == "Third."
    assert "nothing was changed" in scrutiny("backups", noted, "--restore", "2").out


def test_a_restored_version_descends_from_the_present_one(scrutiny: Scrutiny, noted: Path) -> None:
    """It is a newer version to everybody, not an older copy that was put back by accident."""
    before = assessments.load(noted)
    scrutiny("backups", noted, "--restore", "2")
    after = assessments.load(noted)
    assert after.line[1] == before.line[0]
    assert KnownVersions(before).relation(after) is Relation.NEWER
    assert not after.edited_by_hand
    assert after.assessment.modified == building.NOW.replace(hour=15)


def test_an_open_window_takes_a_restored_version_in(scrutiny: Scrutiny, noted: Path) -> None:
    """What is restored beside an open session appears in it, beside what the session changed elsewhere."""
    session = Session(assessments.load(noted))
    session.edit(lambda now: edits.write_evidence(now, "safety", "Typed here."), "the evidence", "safety")
    assert session.save_now()
    assert scrutiny("backups", noted, "--restore", "3").code == 0
    assert found_changed(session)
    session.take_in()
    assert session.older_copy is None
    assert session.contested is None
    assert session.assessment == assessments.load(noted).assessment
    assert session.assessment.answer("plan").evidence == "First."
    assert session.close()
    assert evidence(noted) == "First."


def test_a_number_that_no_backup_has(scrutiny: Scrutiny, noted: Path) -> None:
    """It is refused with how many there are, and nothing is changed."""
    before = noted.read_bytes()
    for number in ("4", "0", "-1", "x"):
        said = scrutiny("backups", noted, "--restore", number)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("Error: ")
    assert f"{noted} has 3 backups here" in scrutiny("backups", noted, "--restore", "4").err
    assert noted.read_bytes() == before


def test_files_without_backups(scrutiny: Scrutiny, file: Path) -> None:
    """A file that no command or window has changed has none, which is said; a file that is not there is a problem."""
    assert scrutiny("backups", file).out == f"There are no backups of {file} on this computer.\n"
    assert scrutiny("backups", file, "--json").out == "[]\n"
    said = scrutiny("backups", file.with_name("none.toml"))
    assert said.code == 3
    assert "does not exist" in said.err
    assert scrutiny("backups", file.parent).code == 3


def test_a_damaged_file_is_restored(scrutiny: Scrutiny, noted: Path) -> None:
    """A file that was cut short has its backups still, and what is left of it is kept as one, too."""
    whole = noted.read_bytes()
    noted.write_bytes(whole[:1000])
    assert "The file cannot be used as it is." in scrutiny("backups", noted).out
    assert scrutiny("backups", noted, "--restore", "1").code == 0
    assert evidence(noted) == "Second."
    assert backups.of(noted)[0].path.read_bytes() == whole[:1000]


def test_a_file_that_is_gone_is_restored(scrutiny: Scrutiny, noted: Path) -> None:
    """Backups outlive their file."""
    noted.unlink()
    assert "The file is gone." in scrutiny("backups", noted).out
    said = scrutiny("backups", noted, "--restore", "1")
    assert (said.code, evidence(noted)) == (0, "Second.")
    assert "was gone" in said.out


def test_nothing_is_restored_without_a_backup_of_the_present(
    scrutiny: Scrutiny, noted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restoring promises that it can be undone, so it stops where the present version cannot be kept."""

    def fail(path: Path) -> None:
        raise FileProblem(f"The copy of {path} cannot be written: the disk is full.", hint="Free some space.")

    before = noted.read_bytes()
    monkeypatch.setattr(backups, "keep", fail)
    said = scrutiny("backups", noted, "--restore", "2")
    assert (said.code, said.out) == (3, "")
    assert "stays as it is" in said.err
    assert "Free some space" in said.err
    assert noted.read_bytes() == before


def test_other_assessments_and_frameworks_among_the_backups(
    scrutiny: Scrutiny, noted: Path, filled: Assessment
) -> None:
    """Where another assessment stood at the path, or another version of the framework, the list says so."""
    other = building.draft(framework=building.graded())
    noted.unlink()
    building.written(noted, other)
    assert "It rests on another version of the framework." in scrutiny("backups", noted).out
    noted.unlink()
    building.written(noted, filled.model_copy(update={"id": UUID(int=1)}))
    assert "It is another assessment." in scrutiny("backups", noted).out


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda now: now.model_copy(update={"modified": datetime(2030, 1, 1, tzinfo=UTC)}), ""),
        (lambda now: edits.describe(now, area="Other"), "The details differ."),
        (lambda now: edits.rate(now, "plan", "red"), "1 statement differs."),
        (lambda now: now.model_copy(update={"archived": ()}), "The archived answers differ."),
        (
            lambda now: edits.describe(now, area="Other").model_copy(update={"archived": (), "answers": {}}),
            "4 statements, the details and the archived answers differ.",
        ),
    ],
)
def test_differences_in_a_few_words(filled: Assessment, change: Callable[[Assessment], Assessment], words: str) -> None:
    """How two versions differ is said in one short sentence, and nothing where only the time of saving differs."""
    assert differing_words(filled, change(filled)) == words
