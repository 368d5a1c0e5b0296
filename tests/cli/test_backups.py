"""Every command that changes a file keeps a backup of it first, as a session does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scrutiny.cli.main import commands
from scrutiny.errors import FileProblem
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, backups, recovery
from tests import building
from tests.cli.conftest import Scrutiny

Words = Callable[[Path], list[str | Path]]
"""The words of a command that changes a file."""


def merging(file: Path) -> list[str | Path]:
    """Merge another version of a file into it."""
    stored = assessments.load(file).assessment
    theirs = building.written(file.with_name("theirs.toml"), edits.write_evidence(stored, "safety", "Theirs."))
    base = building.written(file.with_name("base.toml"), stored)
    return ["merge", base, file, theirs, "-o", file]


def recovering(file: Path) -> list[str | Path]:
    """Restore a note that a session could not save."""
    stored = assessments.load(file).assessment
    recovery.keep(building.recovery_path(file, "0123"), edits.write_evidence(stored, "safety", "Kept."), file)
    return ["recover", "--restore", file]


CHANGING: dict[str, Words] = {
    "rate": lambda file: ["rate", file, "plan", "red"],
    "action add": lambda file: ["action", "add", file, "plan", "--text", "Go on."],
    "merge": merging,
    "recover": recovering,
}
"""A command line for each command that can change the file of an assessment."""

OTHERS = {"new", "list", "show", "action", "check", "export", "frameworks list", "frameworks show", "frameworks check"}
OTHERS |= {"frameworks", "locate", "backups"}
"""Commands that change no assessment; `backups` keeps one or refuses, as its own tests show."""


def test_every_command_is_known_to_change_files_or_not() -> None:
    """A new command has to be put into one of the two lists above, so that its backup is tested."""
    assert {words for words, _ in commands()} == {*CHANGING, *OTHERS}


@pytest.mark.parametrize("name", CHANGING)
def test_a_backup_is_kept_first(scrutiny: Scrutiny, file: Path, name: str) -> None:
    """The file as it was before the command is its latest backup."""
    words, before = CHANGING[name](file), file.read_bytes()
    said = scrutiny(*words)
    assert said.code == 0
    assert "Note: " not in said.err
    assert file.read_bytes() != before
    assert [backup.path.read_bytes() for backup in backups.of(file)] == [before]


@pytest.mark.parametrize("name", CHANGING)
def test_a_backup_that_cannot_be_kept_stops_no_command(
    scrutiny: Scrutiny, file: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change is made all the same, and one line on standard error says that there is no backup, and why."""
    words, before = CHANGING[name](file), file.read_bytes()

    def fail(path: Path) -> None:
        raise FileProblem(f"The copy of {path.name} cannot be written: the disk is full.", hint="Free some space.")

    monkeypatch.setattr(backups, "keep", fail)
    said = scrutiny(*words)
    assert said.code == 0
    assert file.read_bytes() != before
    notes = [line for line in said.err.splitlines() if line.startswith("Note: ")]
    reason = f"The copy of {file.name} cannot be written: the disk is full. Free some space."
    assert notes == [f"Note: no backup of {file} could be kept. {reason}"]


def test_what_is_refused_needs_no_backup(scrutiny: Scrutiny, file: Path) -> None:
    """Where a rule forbids the edit, nothing is written, and no backup is kept either."""
    assert scrutiny("rate", file, "plan", "purple").code == 2
    assert backups.of(file) == []


def test_gits_temporary_files_leave_no_backups(scrutiny: Scrutiny, file: Path, filled: Assessment) -> None:
    """Git calls its merge driver with a new name each time, and has both versions itself."""
    ours = building.written(file.with_name(".merge_file_aB3"), filled)
    assert scrutiny("merge", file, ours, file, "-o", ours).code == 0
    assert backups.of(ours) == []
