"""Locks: two windows of one computer do not save one file at once, and a lock that fails is told in plain words."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from scrutiny import paths
from scrutiny.errors import ChangedElsewhere, FileProblem
from scrutiny.model import edits
from scrutiny.store import assessments
from scrutiny.store.assessments import Stored


@pytest.fixture
def stored(file: Path) -> Stored:
    """An assessment in its file."""
    return assessments.load(file)


@pytest.fixture
def lock(stored: Stored) -> Path:
    """The file's lock."""
    with assessments._locked(stored.path):
        (lock,) = paths.locks_folder().iterdir()
    return lock


@pytest.fixture
def other_window(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another window is in the middle of a save of the file, and patience is short."""
    monkeypatch.setattr(assessments, "_LOCK_SECONDS", 0.05)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with assessments._locked(stored.path):
            held.set()
            done.wait(20)

    window = threading.Thread(target=hold)
    window.start()
    assert held.wait(20)
    yield
    done.set()
    window.join()


@pytest.mark.usefixtures("other_window")
def test_a_save_waits_for_another_window_and_then_says_so(stored: Stored) -> None:
    """While another window saves the file, a save is refused after a while, and nothing is written."""
    before = stored.path.read_bytes()
    with pytest.raises(FileProblem, match="is being saved by another window"):
        assessments.save(stored.path, edits.write_evidence(stored.assessment, "plan", "New."), stored.digest)
    assert stored.path.read_bytes() == before


@pytest.mark.usefixtures("other_window")
def test_other_files_need_not_wait(tmp_path: Path, stored: Stored) -> None:
    """A lock is one file's own: another one is made and saved meanwhile."""
    other = assessments.create(tmp_path / "other.toml", stored.assessment)
    assert assessments.save(other.path, stored.assessment, other.digest)


@pytest.mark.usefixtures("other_window")
@pytest.mark.parametrize("linked", ["file", "folder"])
def test_a_link_shares_the_lock_of_what_it_points_to(tmp_path: Path, stored: Stored, linked: str) -> None:
    """While another window saves a file, a save through a link to it, or to its folder, is refused as well."""
    link = tmp_path / "link"
    try:
        link.symlink_to(stored.path if linked == "file" else tmp_path, target_is_directory=linked == "folder")
    except OSError:
        pytest.skip("this system lets nobody make links")
    before = stored.path.read_bytes()
    through = link if linked == "file" else link / stored.path.name
    with pytest.raises(FileProblem, match="is being saved by another window"):
        assessments.save(through, edits.write_evidence(stored.assessment, "plan", "New."), stored.digest)
    assert stored.path.read_bytes() == before


def test_a_lock_that_cannot_be_used_is_done_without(stored: Stored, lock: Path) -> None:
    """Where something else stands in a lock's place, the file is saved without a lock, after the same checks."""
    lock.unlink(missing_ok=True)
    lock.mkdir()
    changed = edits.write_evidence(stored.assessment, "plan", "New.")
    digest = assessments.save(stored.path, changed, stored.digest)
    assert assessments.load(stored.path).assessment == changed
    with pytest.raises(ChangedElsewhere):
        assessments.save(stored.path, stored.assessment, stored.digest)
    assert assessments.file_digest(stored.path) == digest


def test_what_is_saved_is_saved_though_its_lock_stays(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that the system does not take back afterwards makes no failure of a save that was none."""

    def refuse(_lock: FileLock) -> None:
        raise OSError(37, "No locks available")

    changed = edits.write_evidence(stored.assessment, "plan", "New.")
    with monkeypatch.context() as patch:
        patch.setattr(FileLock, "release", refuse)
        digest = assessments.save(stored.path, changed, stored.digest)
    assert assessments.load(stored.path).digest == digest


def test_a_refused_save_gives_its_lock_back(stored: Stored) -> None:
    """After a save that was refused, the next one need not wait."""
    for _ in range(2):
        with pytest.raises(FileProblem, match="changed by somebody else"):
            assessments.save(stored.path, stored.assessment, "another digest")
    assert assessments.save(stored.path, stored.assessment, stored.digest)
