"""Functions that may take for ever, and saves that need none of them."""

import threading
import time
from pathlib import Path

import pytest

from scrutiny import paths
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, backups
from scrutiny.store.patience import within
from scrutiny.workspace.disk import LocalDisk

PATIENCE = 20.0
SHORT = 0.05


def test_a_result_and_an_error_come_through() -> None:
    """What the function returns or raises is what the caller gets, a timeout of its own included."""

    def own_timeout() -> None:
        raise TimeoutError("its own")

    assert within(PATIENCE, lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        within(PATIENCE, lambda: 1 // 0)
    with pytest.raises(TimeoutError, match="its own"):
        within(PATIENCE, own_timeout)


def test_what_comes_too_late_is_dealt_with() -> None:
    """A caller goes on after the time it has given, and a late result is handed to what deals with it."""
    answer, dealt_with = threading.Event(), threading.Event()
    with pytest.raises(TimeoutError):
        within(SHORT, lambda: answer.wait(PATIENCE), late=lambda _: dealt_with.set())
    assert not dealt_with.is_set()
    answer.set()
    assert dealt_with.wait(PATIENCE)


def test_without_a_thread_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system grants no thread, the function is carried out all the same."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert within(PATIENCE, lambda: 42) == 42


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The state folder's disk hangs from now on, until the event is set."""
    answer = threading.Event()

    def hang(_folder: Path) -> None:
        answer.wait(PATIENCE)

    for module in ("assessments", "recovery"):
        monkeypatch.setattr(f"scrutiny.store.{module}.private_folder", hang)
    return answer


def test_a_state_folder_that_hangs_stops_no_save(
    file: Path, filled: Assessment, hanging: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the lock nor the backup is waited for longer than a moment; that there was no lock is known."""
    monkeypatch.setattr("scrutiny.store.assessments._LOCK_FOLDER_SECONDS", SHORT)
    monkeypatch.setattr("scrutiny.workspace.disk._BACKUP_SECONDS", SHORT)
    stored = assessments.load(file)
    disk, changed = LocalDisk(), edits.write_evidence(filled, "plan", "Saved all the same.")
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        disk.keep_backup(file)
    saved = disk.save(file, changed, stored.digest, stored.line)
    assert time.monotonic() - began < PATIENCE / 2
    assert not saved.locked
    assert assessments.load(file).assessment == changed
    hanging.set()


def test_with_a_state_folder_that_answers_there_is_lock_and_backup(file: Path, filled: Assessment) -> None:
    """The same save with nothing in its way."""
    stored = assessments.load(file)
    disk = LocalDisk()
    disk.keep_backup(file)
    assert [copy.path.read_bytes() for copy in backups.of(file)] == [stored.raw]
    assert disk.save(file, edits.write_evidence(filled, "plan", "Saved."), stored.digest, stored.line).locked
    assert paths.locks_folder().is_dir()
