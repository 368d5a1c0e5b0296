"""Saving in the background, against a disk that writes, fails and hangs on command."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from scrutiny.errors import ChangedElsewhere, FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.store.assessments import Stored
from scrutiny.workspace.saving import Failed, Looked, Replaced, Saver, Snapshot, Unusable, Written
from scrutiny.workspace.timing import Timing

PATIENCE = 20.0
"""Seconds to wait for what must happen: far longer than it takes on a busy machine."""

NEVER = 3600.0

FULL = FileProblem("The disk is full.", hint="Free some space.")

PATH = Path("northshire.toml")


class Disk:
    """One file in memory; fails, hangs or lets something else happen meanwhile."""

    def __init__(self, assessment: Assessment) -> None:
        self.stored = Stored(PATH, assessment, "0", line=("0",))
        self.tries = 0
        self.outcomes: list[Exception | None] = []
        """What comes of the next saves, in order; after them, every save succeeds."""
        self.busy = threading.Event()
        """Set as soon as a save has begun."""
        self.free = threading.Event()
        """While cleared, saves hang."""
        self.free.set()

    def prepare(self) -> None:
        """Need nothing."""

    def keep_backup(self, path: Path) -> None:
        """Keep none."""

    def load(self, path: Path) -> Stored:  # noqa: ARG002 - there is one file
        """Return what the file holds."""
        return self.stored

    def digest(self, path: Path) -> str:  # noqa: ARG002 - there is one file
        """Return the digest of what the file holds."""
        return self.stored.digest

    def save(self, path: Path, assessment: Assessment, expected: str, ancestry: tuple[str, ...]) -> Stored:
        """Replace the file if it is the expected version."""
        self.tries += 1
        self.busy.set()
        assert self.free.wait(PATIENCE)
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        if expected != self.stored.digest:
            raise ChangedElsewhere("The file was changed by somebody else.")
        name = str(int(self.stored.digest) + 1)
        self.stored = Stored(path, assessment, name, line=(name, *ancestry))
        return self.stored


class Reports:
    """Every report of a saver, to be waited for."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self._condition = threading.Condition()

    def __call__(self, report: object) -> None:
        """Take a report."""
        with self._condition:
            self.all.append(report)
            self._condition.notify_all()

    def of(self, kind: type) -> list[Any]:
        """The reports of a kind."""
        return [report for report in self.all if isinstance(report, kind)]

    def wait_for(self, kind: type, times: int = 1) -> Any:
        """Wait until so many reports of a kind came, and return the latest of them."""
        with self._condition:
            assert self._condition.wait_for(lambda: len(self.of(kind)) >= times, timeout=PATIENCE), self.all
            return self.of(kind)[-1]


@pytest.fixture
def disk(draft: Assessment) -> Iterator[Disk]:
    """A disk that works."""
    disk = Disk(draft)
    yield disk
    disk.free.set()


@pytest.fixture
def reports() -> Reports:
    """The reports so far: none."""
    return Reports()


@pytest.fixture
def make(disk: Disk, reports: Reports) -> Iterator[Callable[..., Saver]]:
    """Makes savers whose file holds the draft, with a timing."""
    made: list[Saver] = []

    def saver(**timing: Any) -> Saver:
        made.append(Saver(PATH, disk, disk.stored.digest, replace(Timing(), **timing), reports))
        return made[-1]

    yield saver
    disk.free.set()
    for each in made:
        each.stop(PATIENCE)


def snapshot(draft: Assessment, area: str = "Southshire", expected: str = "0") -> Snapshot:
    """Another assessment than the given one, made from a version of the file."""
    return Snapshot(draft.model_copy(update={"area": area}), expected, (expected,))


def test_a_change_is_reported_once_the_disk_has_it(
    make: Callable[..., Saver], disk: Disk, reports: Reports, draft: Assessment
) -> None:
    """Nothing is reported as written while it is being written; afterwards the version and the time are."""
    saver = make(quiet=0.0)
    disk.free.clear()
    saver.submit(snapshot(draft))
    assert disk.busy.wait(PATIENCE)
    assert not reports.all
    disk.free.set()
    written = reports.wait_for(Written)
    assert written.stored == disk.stored
    assert not saver.waiting


def test_many_changes_are_few_writes(
    make: Callable[..., Saver], disk: Disk, reports: Reports, draft: Assessment
) -> None:
    """Keys that follow each other quickly are written together, the last of them for certain."""
    saver = make(longest=NEVER)
    typed = [snapshot(draft, f"Area {number}") for number in range(100)]
    for each in typed:
        saver.submit(each)
    reports.wait_for(Written)
    assert disk.tries < 5
    assert disk.stored.assessment == typed[-1].assessment


def test_typing_without_a_pause_is_saved_all_the_same(
    make: Callable[..., Saver], disk: Disk, draft: Assessment
) -> None:
    """Where there is never quiet, a save begins once the longest wait is over."""
    saver = make(quiet=NEVER, longest=0.2)
    deadline = time.monotonic() + PATIENCE
    typed = 0
    while not disk.busy.wait(0.01) and time.monotonic() < deadline:
        typed += 1
        saver.submit(snapshot(draft, f"Area {typed}"))
    assert disk.busy.is_set()
    assert typed > 2


def test_hurrying_writes_the_latest_at_once(
    make: Callable[..., Saver], disk: Disk, reports: Reports, draft: Assessment
) -> None:
    """No quiet is waited for, and only the latest snapshot is written."""
    saver = make(quiet=NEVER, longest=NEVER)
    saver.submit(snapshot(draft))
    latest = snapshot(draft, "Eastshire")
    saver.submit(latest)
    assert disk.tries == 0
    saver.hurry()
    reports.wait_for(Written)
    assert disk.stored.assessment == latest.assessment
    assert disk.tries == 1


def test_what_changes_during_a_save_is_saved_over_it(
    make: Callable[..., Saver], disk: Disk, reports: Reports, draft: Assessment
) -> None:
    """A snapshot made while its predecessor was being written replaces it, and no other version."""
    saver = make(quiet=0.0)
    first, second, third = (snapshot(draft, area) for area in ("First", "Second", "Third"))
    disk.free.clear()
    saver.submit(first)
    assert disk.busy.wait(PATIENCE)
    saver.submit(second)
    disk.free.set()
    reports.wait_for(Written, times=2)
    saver.submit(third)  # by a session that has not taken up the reports yet
    reports.wait_for(Written, times=3)
    assert disk.stored.assessment == third.assessment
    assert not reports.of(Failed)


def test_a_failed_save_is_tried_again_after_growing_pauses(
    make: Callable[..., Saver], disk: Disk, reports: Reports, draft: Assessment
) -> None:
    """The second failure in a row is followed by the second pause, and a success begins the row anew."""
    saver = make(quiet=0.0, retries=(0.0, NEVER))
    disk.outcomes = [FULL, FULL, None, FULL]
    saver.submit(snapshot(draft, "First"))
    assert reports.wait_for(Failed, times=2).problem is FULL
    assert disk.tries == 2
    saver.hurry()
    reports.wait_for(Written)
    saver.submit(snapshot(draft, "Second"))
    reports.wait_for(Written, times=2)
    assert disk.tries == 5


def test_an_unexpected_exception_is_a_failure_without_its_words(
    make: Callable[..., Saver], disk: Disk, reports: Reports, draft: Assessment
) -> None:
    """A fault in writing is reported without the words of the exception, and the saver goes on."""
    saver = make(quiet=0.0, retries=(0.0,))
    disk.outcomes = [RuntimeError("a person's note"), MemoryError()]
    saver.submit(snapshot(draft))
    reports.wait_for(Written)
    assert len(reports.of(Failed)) == 2
    assert "note" not in str([vars(report.problem) for report in reports.of(Failed)])


def test_another_writer_is_reported_with_what_the_file_holds(
    make: Callable[..., Saver], disk: Disk, reports: Reports, draft: Assessment
) -> None:
    """A save that met another version reports that version, once, and a look reports it by itself."""
    saver = make(quiet=0.0, retries=(NEVER,))
    theirs = replace(disk.stored, digest="7", line=("7", "0"))
    disk.stored = theirs
    saver.submit(snapshot(draft))
    assert reports.wait_for(Replaced).stored == theirs
    reports.wait_for(Failed)
    saver.look()
    assert reports.wait_for(Looked).digest == "7"
    assert len(reports.of(Replaced)) == 1
    disk.stored = replace(theirs, digest="8")
    saver.look()
    assert reports.wait_for(Replaced, times=2).stored.digest == "8"


def test_a_file_that_is_gone_is_reported(make: Callable[..., Saver], disk: Disk, reports: Reports) -> None:
    """A look at a file that cannot be read says why."""
    gone = ChangedElsewhere("The file is no longer in its folder.")
    with mock.patch.object(disk, "digest", side_effect=gone):
        make().look()
        assert reports.wait_for(Unusable).problem is gone
        assert reports.wait_for(Looked).digest is None


def test_a_thread_that_cannot_be_started_is_a_failure(
    make: Callable[..., Saver], disk: Disk, reports: Reports, draft: Assessment
) -> None:
    """Without a thread nothing is called saved; once one can be had, the same snapshot is written."""
    saver = make(quiet=0.0)
    with mock.patch("threading.Thread.start", side_effect=RuntimeError("can't start new thread")):
        saver.submit(snapshot(draft))
        assert "no further thread" in reports.wait_for(Failed).problem.title
        saver.stop()
    assert saver.start()
    reports.wait_for(Written)
    assert disk.tries == 1


def test_stopping_ends_the_thread_after_what_is_due(
    make: Callable[..., Saver], disk: Disk, reports: Reports, draft: Assessment
) -> None:
    """What was hurried is written before the thread ends, and a later snapshot starts another."""
    saver = make(quiet=NEVER, longest=NEVER)
    saver.submit(snapshot(draft))
    saver.hurry()
    saver.stop(PATIENCE)
    assert disk.tries == 1
    assert saver._thread is None
    saver.submit(snapshot(draft, "Later", expected="1"))
    saver.hurry()
    reports.wait_for(Written, times=2)
