"""Backups and recovery files: kept apart from the files they belong to, and in nobody's way when they fail."""

import errno
import os
from pathlib import Path

import pytest

from scrutiny import paths
from scrutiny.errors import FileProblem
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import atomic, backups, recovery
from tests import building
from tests.store.simulated import DAY, failing, temporary


def kept(path: Path, assessment: Assessment, session: str = "0123") -> Path:
    """Text that a session could not get into its file."""
    kept_at = building.recovery_path(path, session)
    recovery.keep(kept_at, assessment, path)
    return kept_at


def test_what_was_kept_is_found_by_name(file: Path, filled: Assessment) -> None:
    """Everything that sessions kept for a file is found, with where it is kept, and nothing kept for another file."""
    texts = {session: edits.write_evidence(filled, "plan", session) for session in ("bb", "aa", "cc")}
    places = {session: kept(file, text, session) for session, text in texts.items()}
    kept(file.with_name("other.toml"), filled)
    found = list(recovery.find(file))
    assert [(one.assessment, one.kept_at) for one in found] == [(texts[at], places[at]) for at in ("aa", "bb", "cc")]


def test_what_is_kept_is_out_of_the_shared_folder(file: Path, filled: Assessment) -> None:
    """Backup and recovery stand in the state folder of this computer, never beside the file."""
    backups.keep(file)
    assert kept(file, filled).parent == paths.recovery_folder()
    assert backups.of(file)[0].path.parent == paths.backups_folder()
    assert backups.of(file)[0].path.read_bytes() == file.read_bytes()
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_start_tidies_what_dead_sessions_began(file: Path, filled: Assessment) -> None:
    """Halves of files, left by a session that was killed as it wrote, go from every folder; whole files stay."""
    backups.keep(file)
    kept_at = kept(file, filled)
    folders = (file.parent, paths.state_folder(), paths.backups_folder(), paths.recovery_folder())
    left = [temporary(folder, age=DAY + 60) for folder in folders]
    recovery.sweep_all(file.parent)
    assert not any(path.exists() for path in left)
    assert [one.kept_at for one in recovery.find(file)] == [kept_at]
    assert file.exists()
    assert backups.of(file)[0].path.exists()


def test_a_folder_that_fails_stops_no_start(file: Path, filled: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk of the state folder fails, nothing is found, and a session can begin all the same."""
    kept_at = kept(file, filled)
    with monkeypatch.context() as patch:
        patch.setattr(os, "listdir", failing(errno.EIO))
        assert list(recovery.find(file)) == []
    assert [one.kept_at for one in recovery.find(file)] == [kept_at]


def test_what_cannot_be_put_aside_stops_nothing(
    file: Path, filled: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken recovery file that cannot be renamed stays as it is, and a good one is found all the same."""
    broken, good = kept(file, filled, "aa"), kept(file, filled, "bb")
    broken.write_bytes(b"cut")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", failing(errno.EACCES))
        assert [one.kept_at for one in recovery.find(file)] == [good]
    assert broken.read_bytes() == b"cut"


def test_what_is_put_aside_is_kept(file: Path, filled: Assessment) -> None:
    """A recovery file that does not serve is found no more, and its bytes are there under another name."""
    kept_at = kept(file, filled)
    raw = kept_at.read_bytes()
    recovery.put_aside(kept_at)
    assert list(recovery.find(file)) == []
    assert kept_at.with_suffix(".unusable").read_bytes() == raw


def test_forgetting_is_quiet(file: Path, filled: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recovery file is removed; that it is gone already, or cannot go, is no reason to stop anybody."""
    kept_at = kept(file, filled)
    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", failing(errno.EACCES))
        recovery.forget(kept_at)
    assert kept_at.exists()
    recovery.forget(kept_at)
    assert not kept_at.exists()
    recovery.forget(kept_at)


def test_a_file_that_cannot_be_read_has_no_backup(file: Path) -> None:
    """A backup of nothing is not made, and the one before it stays."""
    backups.keep(file)
    before = backups.of(file)[0].path.read_bytes()
    file.unlink()
    with pytest.raises(FileProblem, match="no such file"):
        backups.keep(file)
    assert backups.of(file)[0].path.read_bytes() == before
    assert not [path for path in paths.backups_folder().iterdir() if path.name.startswith(atomic.TEMPORARY_PREFIX)]
