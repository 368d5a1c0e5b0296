"""What earlier sessions on a file could not save, brought together with the file. Knows no session."""

import contextlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from scrutiny.analysis.merge import Merged, differences
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, backups, recovery
from scrutiny.store.assessments import Stored
from scrutiny.store.recovery import Recovered
from scrutiny.workspace.worker import Worker


class LeftBehind:
    """Offers the recovery files of earlier sessions, one after the other.

    Args:
        stored: The file as it was opened, under an absolute path.
        token: Tells this session's own recovery files from those of others.
        tell: Called, in whichever thread, when the recovery folders were read.
    """

    def __init__(self, stored: Stored, token: str, tell: Callable[[], object]) -> None:
        assessment = stored.assessment
        self._stored = stored
        self._path = stored.path
        self._id = assessment.id
        self._token = token
        self._tell = tell
        self._worker = Worker("recovered")
        """Reads and writes recovery files, whose disk may hang."""
        self._found: list[Recovered] | None = None
        self.ready = False
        """Whether the recovery folders were read and nobody has asked for the result yet."""
        self.offered: Recovered | None = None
        """What is on offer at present."""
        self.beside = assessment
        """The assessment beside which it is offered."""
        self.unmergeable: Recovered | None = None
        """Text that rests on another version of the framework than the file."""
        self.put_aside: list[FileProblem] = []
        """What is to be said of recovery files that could not be used and were put aside."""
        self.newer: Stored | None = None
        """A version that was saved on this computer and was made from the one that the file held when it was opened."""

    def look(self) -> None:
        """Read the recovery folders, in the background; `ready` says when that is done."""

        def read() -> None:
            found: list[Recovered] = []
            try:
                found.extend(recovery.find(self._path, self._id, self.put_aside.append))
                self.newer = newer_backup(self._stored)
            finally:  # whatever went wrong, the open forms are still to be offered
                self._found, self.ready = found, True
                self._tell()

        self._worker.call(read)

    def offer(self, assessment: Assessment) -> Merged | None:
        """The next text that is not in an assessment, brought together with it; None for nothing.

        Waits for the disks of the recovery folders, unless `look` has read them.
        """
        candidates, self._found, self.ready = self._found, None, False
        if candidates is None:
            candidates = list(recovery.find(self._path, self._id, self.put_aside.append))
        remaining = [one for one in candidates if f"-{self._token}." not in one.kept_at.name]
        while remaining:
            candidate = remaining.pop(0)
            try:
                merged = differences(assessment, candidate.assessment)
            except ScrutinyError:
                if candidate.assessment.id == self._id and self.unmergeable is None:
                    self.unmergeable = candidate
                else:  # it belongs to a file that was here before, or waits for the next start
                    self._release([candidate])
                continue
            same = merged.assessment.model_copy(update={"modified": assessment.modified}) == assessment
            if not same or merged.conflicts:
                self.offered, self.beside = candidate, assessment
                self._release(remaining)  # another window may offer it meanwhile
                return merged
            self._discard(candidate)
        return None

    def keep_opened_version(self) -> None:
        """The person wants the version that was opened: no backup counts as newer at the next start."""
        self.newer = None
        self._worker.call(partial(backups.keep, self._path, self._stored.raw))

    def taken(self) -> Callable[[], object]:
        """The offered text was taken; returns a task that removes its recovery file, for when it is saved."""
        taken, self.offered = self.offered, None
        return partial(_forget, taken)

    def discard(self) -> None:
        """Discard what was offered."""
        if self.offered is not None:
            self._discard(self.offered)
            self.offered = None

    def save_unmergeable(self) -> Path:
        """Save text that rests on another version of the framework to a new file, and return its path.

        Waits for the disk.

        Raises:
            FileProblem: It cannot be written.
        """
        recovered = self.unmergeable
        if recovered is None:
            raise FileProblem("There is no recovered text to be saved.")
        copy = self._path.with_name(f"{self._path.stem}-recovered-{self._token}{self._path.suffix}")
        assessments.create(copy, recovered.assessment)
        self.unmergeable = None
        self._discard(recovered)
        return copy

    def stop(self) -> None:
        """Leave what was not dealt with to the next start."""
        self._release([one for one in (self.offered, self.unmergeable, *(self._found or ())) if one is not None])
        self._worker.stop()

    def wait(self, timeout: float) -> None:
        """Wait until the background tasks are done, for at most so many seconds."""
        self._worker.wait(timeout)

    def _discard(self, recovered: Recovered) -> None:
        self._worker.call(partial(_forget, recovered))

    def _release(self, several: Iterable[Recovered]) -> None:
        for recovered in several:
            self._worker.call(partial(recovery.release, recovered.lock))


def newer_backup(stored: Stored) -> Stored | None:
    """The latest backup of a file, if it was made from the version that the file holds: an older copy was put back."""
    latest = next(iter(backups.of(stored.path)), None)
    if latest is None or not stored.line or stored.edited_by_hand:
        return None
    with contextlib.suppress(ScrutinyError):  # a backup that cannot be read says nothing
        backup = assessments.load(latest.path)
        older = stored.line[0] in backup.line[1:] and not set(backup.line[:1]) & set(stored.line)
        if older and backup.assessment.id == stored.assessment.id:
            return backup
    return None


def _forget(recovered: Recovered | None) -> None:
    if recovered is not None:
        recovery.forget(recovered.kept_at)
        recovery.release(recovered.lock)
