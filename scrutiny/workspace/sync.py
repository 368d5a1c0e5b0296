"""Keeps a file the same as an assessment: saves it, notices other writers, keeps aside what cannot be saved.

It belongs to one thread, which alone calls its methods; none waits for a disk, except where its name says so. Its
helpers (`Saver`, `RecoveryKeeper`) have threads of their own. They are handed immutable snapshots and send reports,
which are taken up the next time anything is asked here.
"""

import secrets
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial

from scrutiny.errors import ScrutinyError
from scrutiny.model.assessment import Assessment
from scrutiny.store import backups, recovery
from scrutiny.store.assessments import Stored
from scrutiny.workspace import saving
from scrutiny.workspace.disk import Disk
from scrutiny.workspace.known_file import Contested, KnownFile, SaveState
from scrutiny.workspace.news import News
from scrutiny.workspace.recovery import Kept, NotKept, RecoveryKeeper
from scrutiny.workspace.saving import Saver
from scrutiny.workspace.timing import Timing
from scrutiny.workspace.versions import KnownVersions, Reconciled


class Sync:
    """The file of one session.

    Args:
        stored: The assessment as it was read, under an absolute path.
        disk: Reads and writes the file.
        timing: When to save, to look at the file, and to keep text aside.
    """

    def __init__(self, stored: Stored, disk: Disk, timing: Timing) -> None:
        self.path = stored.path
        self.assessment = stored.assessment
        """What the file is to hold."""
        self.news = News()
        self.token = secrets.token_hex(4)
        """Tells this session's recovery files from those of others."""
        self.versions = KnownVersions(stored)
        self._timing = timing
        self._file = KnownFile(stored)
        self._unsaved_since: float | None = None
        """When the oldest unsaved change was made, by the monotonic clock; None if there is none."""
        self._kept: Kept | NotKept | None = None
        self._when_saved: deque[Callable[[], object]] = deque()
        self._saver = Saver(self.path, disk, stored.digest, timing, self.news.receive)
        places = partial(recovery.places, self.path, stored.assessment.id, self.token)
        self.keeper = RecoveryKeeper(self.path, places, timing, self.news.receive)

    def start(self) -> None:
        """Start the threads and import what saving needs, so that a later shortage of either loses nothing."""
        self._saver.start()
        self.keeper.start()

    @property
    def file(self) -> KnownFile:
        """What is known of the file, with everything that was reported so far."""
        for report in self.news.take():
            self._take_up(report)
        return self._file

    @property
    def unsaved(self) -> bool:
        """Whether the file is not known to hold what is here."""
        return self.assessment != self.file.on_disk.assessment

    @property
    def saved(self) -> bool:
        """Whether the file is known to hold what is here, and nobody else's version waits to be taken in."""
        return self.file.holds(self.assessment)

    @property
    def state(self) -> SaveState:
        """What a person is told of the file."""
        file = self.file
        late = self._unsaved_since is not None and time.monotonic() - self._unsaved_since > self._timing.late
        return file.state(self.assessment, self._kept.path if isinstance(self._kept, Kept) else None, late=late)

    @property
    def finished(self) -> bool:
        """Whether the file holds what is here, and was looked at once no other writer could still replace it."""
        written = self.file.written_at
        return self.saved and (not written or self.file.looked_at >= self.settled_at)

    @property
    def settled_at(self) -> float:
        """When no other writer can be about to replace what was written last, by the monotonic clock."""
        return self.file.written_at + self._timing.settled

    @property
    def kept_aside(self) -> bool | None:
        """Whether what is here stands in a recovery file: False if that failed, None while it is not known."""
        kept = self._kept if self.file else None
        if isinstance(kept, Kept) and kept.assessment == self.assessment:
            return True
        return False if isinstance(kept, NotKept) else None

    def hold(self, assessment: Assessment, *, retry_now: bool = False) -> None:
        """Have the file hold this, soon, and keep it aside meanwhile if that takes long."""
        self.assessment = assessment
        if assessment == self._file.on_disk.assessment:
            self._is_saved()
            return
        if self._unsaved_since is None:
            self._unsaved_since = time.monotonic()
        self._keep()
        if self._file.contested is None:
            self._submit(retry_now=retry_now)
        self.news.tell()

    def hurry(self) -> int:
        """Save what is unsaved at once; returns the number of attempts made so far."""
        return self._saver.hurry()

    def look(self) -> None:
        """Look at the file soon, to notice other writers."""
        self._saver.look()

    def keep_aside(self) -> None:
        """Keep what is unsaved in a recovery file at once."""
        if self.unsaved or not self.saved:
            self._keep(urgent=True)

    def when_saved(self, task: Callable[[], object]) -> None:
        """Carry out a task on the state folder's disk once everything here is saved."""
        self._when_saved.append(task)
        if not self.unsaved:
            self._carry_out_waiting()

    def stop(self) -> None:
        """End the threads once they are idle; what was saved last is among the backups then."""
        if self._file.saved_at is not None and self._file.on_disk.raw:
            self.keeper.later(partial(backups.keep, self.path, self._file.on_disk.raw))
        self._saver.stop()
        self.keeper.stop()

    # Other writers

    def reconcile(self, theirs: Stored) -> Reconciled:
        """Bring what is here together with a version that the file holds.

        Raises:
            NotAllowed: It is another assessment now; the file is not called saved until it is mended.
        """
        try:
            return self.versions.reconcile(self.assessment, theirs)
        except ScrutinyError as problem:
            self._file.problem = problem
            self._keep(urgent=True)
            raise

    def contest(self, contested: Contested) -> None:
        """Save nothing until a person has chosen between two versions."""
        self._file.contested = contested
        self._file.replaced = self._file.problem = None
        self._saver.cancel()
        self._keep(urgent=True)  # what is here may have been saved, and is in the file no longer

    def adopt(self, assessment: Assessment, theirs: Stored) -> None:
        """Have the file, which holds their version, hold this."""
        if self.assessment != theirs.assessment:
            self._saver.back_up_again()
        self._file.taken_in(theirs)
        self.versions.add(theirs)
        self.hold(assessment, retry_now=True)

    # Waiting for the disk, for callers that have nothing else to do

    def wait_for_save(self, deadline: float) -> None:
        """Save what is unsaved, and wait until that has succeeded or failed."""
        attempts = self._saver.hurry()
        self.news.wait(
            lambda: not self.unsaved or self.file.replaced is not None or self.file.failed_attempt > attempts, deadline
        )

    def wait_for_look(self, deadline: float) -> None:
        """Look at the file, and wait for the answer."""
        number = self._saver.look_again()
        self.news.wait(lambda: self.file.look_done >= number, deadline)

    def wait_for_keeping(self) -> None:
        """Keep what is unsaved in a recovery file, and wait until that has succeeded or failed."""
        if not self.kept_aside:
            self._kept = None
            self.keep_aside()
            self.news.wait(lambda: self.kept_aside is not None, time.monotonic() + 4 * self._timing.recovery_place)

    # Within

    def _submit(self, *, retry_now: bool = False) -> None:
        snapshot = saving.Snapshot(self.assessment, self._file.on_disk.digest, self.versions.ancestry)
        self._saver.submit(snapshot, retry_now=retry_now)

    def _keep(self, *, urgent: bool = False) -> None:
        since = time.monotonic() if self._unsaved_since is None else self._unsaved_since
        self.keeper.hold(self.assessment, since, urgent=urgent)

    def _is_saved(self) -> None:
        self._saver.cancel()
        self._unsaved_since = None
        self._file.save_problem = None
        if self._file.problem is None and self._file.contested is None:
            self._kept = None
            self.keeper.release()
            self._carry_out_waiting()
        self.news.tell()

    def _carry_out_waiting(self) -> None:
        while self._when_saved:
            self.keeper.later(self._when_saved.popleft())

    def _take_up(self, report: object) -> None:
        match report:
            case saving.Written(stored, at):
                self._written(stored, at)
            case saving.Failed(attempt, problem):
                self._file.failed(attempt, problem)
                if not saving.somebody_else_was_faster(problem):
                    self._keep(urgent=True)
            case saving.Replaced(stored):
                if self._file.found(stored):
                    self.hold(self.assessment, retry_now=True)
            case saving.Unusable(problem):
                self._file.problem = problem
                self._keep(urgent=True)
            case saving.Looked(number, digest):
                if self._file.looked(number, digest, time.monotonic()):
                    self.hold(self.assessment, retry_now=True)
            case Kept() | NotKept():
                self._kept = report

    def _written(self, stored: Stored, at: datetime) -> None:
        self.versions.add(stored)
        self._file.written(stored, at, time.monotonic())
        if self.assessment == stored.assessment:
            self._is_saved()
            return
        self._unsaved_since = time.monotonic()
        if self._file.contested is None and not self._saver.waiting:
            self._submit()
