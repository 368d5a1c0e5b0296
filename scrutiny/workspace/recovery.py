"""Keeps a session's unsaved text in a recovery file until it is saved, whatever its own file's disk does."""

import contextlib
import errno
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrutiny.errors import FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.store import recovery
from scrutiny.workspace.timing import Timing
from scrutiny.workspace.worker import Worker

if TYPE_CHECKING:
    from filelock import FileLock


@dataclass(frozen=True)
class Kept:
    """Unsaved text stands in a recovery file."""

    assessment: Assessment
    path: Path


@dataclass(frozen=True)
class NotKept:
    """Unsaved text could not be kept in any recovery file."""

    assessment: Assessment


class _Spare:
    """A file descriptor that is given up when the system grants no other one."""

    def __init__(self) -> None:
        self._descriptor: int | None = None

    def take(self) -> None:
        """Have one, if the system grants it."""
        if self._descriptor is None:
            with contextlib.suppress(OSError):
                self._descriptor = os.open(os.devnull, os.O_RDONLY)

    def give_up(self) -> None:
        """Let somebody else have it."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class RecoveryKeeper:
    """Writes a recovery file once text has been unsaved for a while, and removes it once the text is saved.

    Each place has a thread of its own: one that hangs is passed over for the next.

    Args:
        path: The assessment's own file.
        places: Returns the recovery files to try, in order, whose names begin with a mark of the path.
        timing: How long text may be unsaved before it is kept, and how long a place may take.
        report: Called from the keeper's thread with what happened, without a lock held.
    """

    def __init__(
        self,
        path: Path,
        places: Callable[[str], Sequence[Path]],
        timing: Timing,
        report: Callable[[Kept | NotKept], None],
    ) -> None:
        self._path = path
        self._locks: dict[Path, FileLock] = {}
        """Tell other sessions that this one may still write its recovery files."""
        self._find_places = places
        self._places: list[Path] = []
        self._mark: Future[str] | None = None
        """Looked for as soon as the threads run: the file's own disk is asked, which may answer no more later."""
        self._workers = [Worker(f"recovery {number}") for number in range(1, 4)]
        """One for each place; the first is the state folder's."""
        self._timing = timing
        self._report = report
        self._condition = threading.Condition()
        self._unsaved: Assessment | None = None
        self._since = 0.0
        self._urgent = False
        self._revision = self._kept_revision = 0
        """Counts the texts that were handed in; the one that was kept last."""
        self._not_before = 0.0
        self._written: set[Path] = set()
        self._writing: dict[Path, Future[None]] = {}
        """The last attempt to write each recovery file."""
        self._spare = _Spare()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def start(self) -> bool:
        """Start the threads unless they run already; returns whether they run."""
        with self._condition:
            self._stopped = False
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="recovery", daemon=True)
                try:
                    thread.start()
                except (RuntimeError, MemoryError):
                    return False
                self._thread = thread
                self._spare.take()
                self._mark = self._mark or self._workers[-1].call(partial(recovery.mark_of, self._path))
        return all(worker.start() for worker in self._workers)

    def hold(self, assessment: Assessment, since: float, *, urgent: bool = False) -> None:
        """Keep a text unless it is saved soon.

        Args:
            assessment: The unsaved text.
            since: When it was first unsaved, by the monotonic clock.
            urgent: Whether to keep it at once.
        """
        with self._condition:
            if assessment != self._unsaved:
                self._revision += 1
            self._unsaved, self._since = assessment, since
            self._urgent = self._urgent or urgent
            self._condition.notify_all()
        if not self.start():
            self._keep(assessment, self._revision)  # no thread can be had: waiting is better than losing it

    def release(self) -> None:
        """The text is saved: remove the recovery files of this session."""
        with self._condition:
            self._unsaved, self._urgent = None, False
            written, self._written = self._written, set()
        for path, worker in zip(self._places, self._workers, strict=False):
            if path in written:
                worker.call(partial(self._forget, path))

    def later(self, task: Callable[[], object]) -> None:
        """Carry out a task on the state folder's disk, in the background."""
        self._workers[0].call(task)

    def wait(self, timeout: float) -> None:
        """Wait until the background tasks are done, for at most so many seconds."""
        deadline = time.monotonic() + timeout
        for worker in self._workers:
            worker.wait(max(0.0, deadline - time.monotonic()))

    def stop(self) -> None:
        """End the threads once they are idle."""
        with self._condition:
            self._thread = None
            self._stopped = True
            self._condition.notify_all()
        for path, worker in zip(self._places, self._workers, strict=False):
            worker.call(partial(self._unlock, path))
        for worker in self._workers:
            worker.stop()
        self._spare.give_up()

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._due():
                    if self._thread is not threading.current_thread():
                        return
                    self._condition.wait(self._pause())
                assessment, revision = self._unsaved, self._revision
                self._urgent = False
            if assessment is not None:
                self._keep(assessment, revision)

    def _keep(self, assessment: Assessment, revision: int) -> None:
        path = self._try_places(assessment)
        with self._condition:
            if path is not None:
                self._kept_revision = revision
            self._not_before = time.monotonic() + (self._timing.recovery if path else self._timing.retries[0])
            saved_meanwhile = self._unsaved is None
        if saved_meanwhile:
            self.release()
        self._report(Kept(assessment, path) if path else NotKept(assessment))

    def _try_places(self, assessment: Assessment) -> Path | None:
        with contextlib.suppress(Exception):
            content = recovery.encoded(assessment, self._path)
            self._places = self._places or list(self._find_places(self._known_mark()))
            for path, worker in zip(self._places, self._workers, strict=True):
                if path in self._writing and not self._writing[path].done():
                    continue  # it hangs
                with self._condition:
                    self._written.add(path)
                self._writing[path] = worker.call(partial(self._write, path, content))
                try:
                    self._writing[path].result(self._timing.recovery_place)
                except (TimeoutError, OSError, FileProblem, MemoryError, RuntimeError):
                    continue
                else:
                    return path
        return None

    def _known_mark(self) -> str:
        with contextlib.suppress(TimeoutError, OSError):
            if self._mark is not None:
                return self._mark.result(self._timing.recovery_place)
        return recovery.mark_as_named(self._path)

    def _write(self, path: Path, content: bytes) -> None:
        try:
            recovery.write(path, content)
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            self._spare.give_up()
            try:
                recovery.write(path, content)
            finally:
                self._spare.take()
        lock = self._locks.setdefault(path, recovery.lock_of(path))
        if not (lock.is_locked or self._stopped):
            with contextlib.suppress(OSError):  # without it, another window might offer the text meanwhile
                lock.acquire()

    def _forget(self, path: Path) -> None:
        recovery.forget(path)
        self._unlock(path)

    def _unlock(self, path: Path) -> None:
        recovery.release(self._locks.pop(path, None))

    def _waiting(self) -> bool:
        return self._unsaved is not None and self._revision != self._kept_revision

    def _due(self) -> bool:
        return self._waiting() and (self._urgent or time.monotonic() >= self._due_at())

    def _due_at(self) -> float:
        return max(self._since + self._timing.recovery, self._not_before)

    def _pause(self) -> float | None:
        return max(0.0, self._due_at() - time.monotonic()) if self._waiting() else None
