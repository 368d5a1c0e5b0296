"""Saving in the background: one thread writes snapshots of an assessment, looks at the file, and reports.

The saver owns no assessment. It is handed snapshots, each with the digest of the file version it may replace, and
reports what happened. Reports are delivered outside its lock, and its lock is never held during disk access.
"""

import contextlib
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scrutiny.errors import BeingSaved, CannotReadNow, ChangedElsewhere, ScrutinyError
from scrutiny.model.assessment import Assessment
from scrutiny.store.assessments import Stored
from scrutiny.workspace.disk import Disk
from scrutiny.workspace.timing import Timing


@dataclass(frozen=True)
class Snapshot:
    """An assessment to be written, and the file version that it may replace."""

    assessment: Assessment
    expected: str
    """The digest of the file version it rests on."""
    ancestry: tuple[str, ...]
    """The names of the versions it was made from, the latest first."""


@dataclass(frozen=True)
class Written:
    """A snapshot is on the disk."""

    stored: Stored
    at: datetime


@dataclass(frozen=True)
class Failed:
    """A snapshot could not be written."""

    attempt: int
    """The number of the attempt, counted from 1."""
    problem: ScrutinyError


@dataclass(frozen=True)
class Replaced:
    """The file holds a version that this session has neither read nor written."""

    stored: Stored


@dataclass(frozen=True)
class Unusable:
    """The file is gone, cannot be read, or is no longer an assessment."""

    problem: ScrutinyError


@dataclass(frozen=True)
class Looked:
    """The file was looked at."""

    number: int
    """The number of the look, counted from 1."""
    digest: str | None
    """The digest of the file; None if it could not be read."""


Report = Written | Failed | Replaced | Unusable | Looked

_FAULT = ScrutinyError("The file could not be saved because of a fault in Scrutiny.", hint="Save a copy.")
_NO_THREAD = ScrutinyError(
    "The file could not be saved: the system allows no further thread.", hint="Close other programs, then save again."
)


class Saver:
    """Writes snapshots of one file and notices other writers, from a thread of its own.

    Args:
        path: The file, as an absolute path.
        disk: Reads and writes it.
        digest: The digest of the file as it was opened.
        timing: When to save and how often to retry.
        report: Called from the saver's thread with each report, without a lock held.
    """

    def __init__(self, path: Path, disk: Disk, digest: str, timing: Timing, report: Callable[[Report], None]) -> None:
        self._path = path
        self._disk = disk
        self._timing = timing
        self._report = report
        self._condition = threading.Condition()
        self._pending: Snapshot | None = None
        self._first_change = math.inf
        self._last_change = 0.0
        self._not_before = 0.0
        self._failures = 0
        self._attempts = 0
        self._hurried_after: int | None = None
        """The attempts made when someone asked to save at once; None once an attempt was made since."""
        self._looks_wanted = self._looks_made = 0
        self._successors: dict[str, Stored] = {}
        """What this saver put in place of a version, by that version's digest, until another writer is noticed."""
        self._known_digest = digest
        """The digest of the file version that was last read or written here."""
        self._backed_up = False
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> bool:
        """Start the thread unless it runs already; returns whether it runs."""
        with self._condition:
            if self._thread is None:
                self._stopping = False
                thread = threading.Thread(target=self._run, name="saver", daemon=True)
                try:
                    thread.start()
                except (RuntimeError, MemoryError):
                    return False
                self._thread = thread
            return True

    def submit(self, snapshot: Snapshot, *, retry_now: bool = False) -> None:
        """Write a snapshot soon, in place of any that still waits.

        Args:
            retry_now: Forget earlier failures: what caused them was dealt with.
        """
        with self._condition:
            if retry_now:
                self._failures = 0
                self._not_before = 0.0
            self._last_change = time.monotonic()
            self._first_change = min(self._first_change, self._last_change)
            self._pending = self._updated(snapshot)
            self._condition.notify_all()
        if not self.start():
            self._report(Failed(self._attempts + 1, _NO_THREAD))

    @property
    def waiting(self) -> bool:
        """Whether a snapshot waits to be written."""
        with self._condition:
            return self._pending is not None

    def cancel(self) -> None:
        """Write nothing: the file holds the latest assessment already."""
        with self._condition:
            self._pending = None
            self._first_change = math.inf
            self._failures = 0
            self._not_before = 0.0

    def hurry(self) -> int:
        """Write what waits at once; returns the number of attempts made so far."""
        with self._condition:
            self._hurried_after = self._attempts
            self._condition.notify_all()
            return self._attempts

    def look(self) -> int:
        """Look at the file soon, and report whether another writer changed it; returns the number of this look."""
        with self._condition:
            if self._looks_wanted == self._looks_made or self._thread is None:
                self._looks_wanted += 1
            number = self._looks_wanted
            self._condition.notify_all()
        self.start()
        return number

    def look_again(self) -> int:
        """Look at the file once more, after any look that has begun already; returns the number of this look."""
        with self._condition:
            self._looks_wanted += 1
            number = self._looks_wanted
            self._condition.notify_all()
        self.start()
        return number

    def back_up_again(self) -> None:
        """Keep the file as it stands before the next save: it holds something that this session has not written."""
        with self._condition:
            self._backed_up = False

    def stop(self, timeout: float = 0.0) -> None:
        """End the thread once it is idle; waits for that at most so many seconds."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _run(self) -> None:
        with contextlib.suppress(Exception):  # a failed import is reported by the save that needs it
            self._disk.prepare()
        while True:
            with self._condition:
                while not (self._stopping or self._save_due() or self._looks_made < self._looks_wanted):
                    self._condition.wait(self._pause())
                if self._save_due():
                    snapshot, first_change = self._pending, self._first_change
                    self._first_change = math.inf
                    self._attempts += 1
                    if self._hurried_after is not None and self._attempts > self._hurried_after:
                        self._hurried_after = None
                elif self._looks_made < self._looks_wanted:
                    snapshot, first_change = None, math.inf
                    number = self._looks_wanted
                else:
                    self._thread = None
                    return
            if snapshot is not None:
                self._save(snapshot, first_change)
            else:
                self._look(number)

    def _save(self, snapshot: Snapshot, first_change: float) -> None:
        try:
            self._back_up()
            stored = self._disk.save(self._path, snapshot.assessment, snapshot.expected, snapshot.ancestry)
        except ChangedElsewhere as problem:
            self._failed(problem, first_change, self._read_replaced(problem))
        except ScrutinyError as problem:
            self._failed(problem, first_change)
        except Exception:  # noqa: BLE001 - a dead saver would leave "saving" on the screen for ever
            self._failed(_FAULT, first_change)
        else:
            with self._condition:
                self._known_digest = stored.digest
                self._failures = 0
                self._not_before = 0.0
                self._successors[snapshot.expected] = stored
                if self._pending is snapshot:
                    self._pending = None
                elif self._pending is not None:
                    self._pending = self._updated(self._pending)
            self._report(Written(stored, datetime.now(UTC)))

    def _back_up(self) -> None:
        if not self._backed_up:
            with contextlib.suppress(Exception):  # whatever stops a backup must not stop the save itself
                self._disk.keep_backup(self._path)
            self._backed_up = True

    def _failed(self, problem: ScrutinyError, first_change: float, others: Sequence[Report] = ()) -> None:
        with self._condition:
            pause = self._timing.retries[min(self._failures, len(self._timing.retries) - 1)]
            self._failures += 1
            self._first_change = min(self._first_change, first_change)
            self._not_before = time.monotonic() + pause
            attempt = self._attempts
        for report in others:
            self._report(report)
        self._report(Failed(attempt, problem))

    def _read_replaced(self, missing: ScrutinyError | None = None) -> list[Report]:
        """What stands in the file now that it is not the version we expected.

        Args:
            missing: What to report if there is no file to be read.
        """
        try:
            stored = self._disk.load(self._path)
        except CannotReadNow as problem:
            return [Unusable(missing or problem)]
        except ScrutinyError as problem:
            return [Unusable(problem)]
        except Exception:  # noqa: BLE001 - reported as the failed save that led here
            return []
        with self._condition:
            self._known_digest = stored.digest
            self._successors.clear()
        return [Replaced(stored)]

    def _look(self, number: int) -> None:
        reports: list[Report] = []
        digest: str | None = None
        try:
            digest = self._disk.digest(self._path)
            if digest != self._known_digest:
                reports = self._read_replaced()
        except ScrutinyError as problem:
            reports = [Unusable(problem)]
        except Exception:  # noqa: BLE001 - looking again is cheap, a dead saver is not
            reports = []
        with self._condition:
            self._looks_made = number
        for report in (*reports, Looked(number, digest)):
            self._report(report)

    def _updated(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot that was made before the session heard of our latest save, resting on that save."""
        while snapshot.expected in self._successors:
            stored = self._successors[snapshot.expected]
            snapshot = Snapshot(snapshot.assessment, stored.digest, stored.line)
        return snapshot

    def _save_due(self) -> bool:
        if self._pending is None:
            return False
        return self._hurried_after is not None or time.monotonic() >= self._due_at()

    def _pause(self) -> float | None:
        """Seconds until the next save; None if there is nothing to write."""
        return None if self._pending is None else max(0.0, self._due_at() - time.monotonic())

    def _due_at(self) -> float:
        first_chance = min(self._last_change + self._timing.quiet, self._first_change + self._timing.longest)
        return max(first_chance, self._not_before)


def somebody_else_was_faster(problem: ScrutinyError | None) -> bool:
    """Whether a save failed only because another window or computer saved first."""
    return isinstance(problem, ChangedElsewhere | BeingSaved)
