"""One open assessment: edits, undo and redo, saving, other writers, recovery. Knows no interface.

A session belongs to one thread, which alone calls its methods. Its helpers (`Saver`, `RecoveryKeeper`) have threads of
their own; they are handed immutable snapshots and send reports, which the session takes up the next time it is asked
anything. Methods that wait for the disk say so; the interface calls none of them.
"""

import contextlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from scrutiny.analysis.merge import Choice, Conflict, Merged, differences, merge, settle
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, recovery
from scrutiny.store.assessments import Stored
from scrutiny.store.recovery import Recovered
from scrutiny.workspace import saving
from scrutiny.workspace import timing as timing_module
from scrutiny.workspace.disk import Disk, LocalDisk
from scrutiny.workspace.history import History, Step
from scrutiny.workspace.recovery import Kept, NotKept, RecoveryKeeper
from scrutiny.workspace.saving import SaveKind, Saver, SaveState
from scrutiny.workspace.timing import Timing
from scrutiny.workspace.versions import KnownVersions, Relation

Edit = Callable[[Assessment], Assessment]
"""From an assessment to the next one; raises ScrutinyError where a rule forbids it."""

_TWO_VERSIONS = ScrutinyError(
    "Somebody else changed what you changed, too, and both versions wait for your choice.",
    hint="ctrl+s shows them.",
)
_LATE = ScrutinyError("The disk has not answered yet.", hint="Check the disk or the network connection.")

_OTHER_WRITERS = 20
"""How often in a row a save may find that another writer saved first before that is reported."""


@dataclass(frozen=True)
class OnDisk:
    """What the file is known to hold."""

    stored: Stored
    since: datetime | None = None
    """When this session saved it, in UTC; None for what was there before."""


@dataclass(frozen=True)
class Contested:
    """Another version of the file conflicts with changes here. A person has to choose before anything is saved."""

    merged: Merged
    theirs: Stored
    relation: Relation


@dataclass(frozen=True)
class LeftBehind:
    """What earlier sessions on the file could not save."""

    files: tuple[Recovered, ...]
    put_aside: tuple[FileProblem, ...] = ()
    """What is to be said of recovery files that could not be used."""


class Session:
    """The one mutable holder of an open assessment.

    Args:
        stored: The assessment as it was read.
        clock: Tells the time, in UTC.
        timing: When to save, to look at the file, and to keep text aside.
        disk: Reads and writes the file.
    """

    def __init__(
        self,
        stored: Stored,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        timing: Timing | None = None,
        disk: Disk | None = None,
    ) -> None:
        self.path = stored.path.absolute()  # a relative path would lose its meaning with the working directory
        self.edited_by_hand = stored.edited_by_hand
        self.contested: Contested | None = None
        """What a person has to settle before the file can be saved again."""
        self.older_copy: Stored | None = None
        """An older copy of the file that was put in its place, and that was replaced by what is here."""
        self.unmergeable: Recovered | None = None
        """Text of an earlier session that rests on another version of the framework than the file."""
        self.put_aside: list[FileProblem] = []
        """What is to be said of recovery files that could not be used and were put aside."""
        self._timing = timing or timing_module.USUAL
        self._disk = disk or LocalDisk()
        self._clock = clock
        self._assessment = stored.assessment
        self._on_disk = OnDisk(stored)
        self._replaced: Stored | None = None
        """A version that another writer put into the file, and that has not been taken in yet."""
        self._file_problem: ScrutinyError | None = None
        """Why the file does not hold what it is known to hold: it is gone, or unreadable."""
        self._save_problem: ScrutinyError | None = None
        """Why the last save failed."""
        self._failed_attempt = 0
        self._look_done = 0
        self._unsaved_since: float | None = None
        """When the oldest unsaved change was made, by the monotonic clock; None if there is none."""
        self._written_at = 0.0
        self._looked_at = 0.0
        """When the file was last written by this session and last looked at, by the monotonic clock."""
        self._kept: Kept | NotKept | None = None
        self._left_behind: tuple[Recovered, ...] | None = None
        self._recovered: Recovered | None = None
        self._recovered_beside = stored.assessment
        """What an earlier session left, and the assessment beside which it was offered."""
        self._when_saved: deque[Callable[[], object]] = deque()
        self._versions = KnownVersions(stored)
        self._history = History(self._timing.join)
        self._reports: deque[object] = deque()
        self._news = threading.Condition()
        self._listeners: list[Callable[[], object]] = []
        self._saver = Saver(self.path, self._disk, stored.digest, self._timing, self._receive)
        self._token = secrets.token_hex(4)
        """Tells this session's recovery files from those of others."""
        places = partial(recovery.places, self.path, stored.assessment.id, self._token)
        self._keeper = RecoveryKeeper(self.path, places, self._timing, self._receive)

    # What is true at this moment

    @property
    def assessment(self) -> Assessment:
        """The assessment as it stands."""
        return self._assessment

    @property
    def unsaved(self) -> bool:
        """Whether the file is not known to hold what is here."""
        self._take_up_reports()
        return self._assessment != self._on_disk.stored.assessment

    @property
    def save_state(self) -> SaveState:
        """What is true of the file at this moment."""
        unsaved = self.unsaved
        problem = _TWO_VERSIONS if self.contested else self._file_problem
        if problem is None and unsaved:
            problem = self._save_problem or (_LATE if self._late() else None)
        at = self._on_disk.since
        if problem is not None:
            return SaveState(SaveKind.FAILED, at, problem, self._kept.path if isinstance(self._kept, Kept) else None)
        return SaveState(SaveKind.SAVING if unsaved or self._replaced else SaveKind.SAVED, at)

    @property
    def others_saved(self) -> bool:
        """Whether another writer has put a version into the file that is to be taken in."""
        self._take_up_reports()
        return self._replaced is not None

    @property
    def _in_file(self) -> bool:
        known = self._file_problem is None and self.contested is None and self._replaced is None
        return not self.unsaved and known

    @property
    def finished(self) -> bool:
        """Whether the file holds what is here, and was looked at once no other writer could still replace it."""
        return self._in_file and (not self._written_at or self._looked_at >= self._written_at + self._timing.settled)

    @property
    def file_problem(self) -> ScrutinyError | None:
        """Why the file does not hold what it is known to hold; None if it does."""
        self._take_up_reports()
        return self._file_problem

    @property
    def kept_aside(self) -> bool:
        """Whether what is here stands in a recovery file."""
        self._take_up_reports()
        return isinstance(self._kept, Kept) and self._kept.assessment == self._assessment

    @property
    def undoable(self) -> Step | None:
        """The step that undo would undo."""
        return self._history.undoable

    @property
    def redoable(self) -> Step | None:
        """The step that redo would redo."""
        return self._history.redoable

    def listen(self, listener: Callable[[], object]) -> None:
        """Have a function called, in any thread, whenever something may have changed that the session can be asked."""
        self._listeners.append(listener)

    def prepare(self) -> None:
        """Start the threads and import what saving needs, so that a later shortage of either loses nothing."""
        self._saver.start()
        self._keeper.start()

    # Editing

    def edit(self, edit: Edit, what: str, statement_id: str | None = None, *, typing: bool = False) -> bool:
        """Carry out an edit and save it soon; returns whether anything changed.

        Args:
            what: What is done, as words for a sentence.
            statement_id: Where it is done.
            typing: Whether it is one key of many, to be undone together with its neighbours.

        Raises:
            ScrutinyError: A rule forbids it; nothing changed.
        """
        before = self._assessment
        after = edit(before)
        if after == before:
            return False
        after = self._stamped(after)
        self._history.record(Step(before, after, what, statement_id), typing=typing)
        self._become(after)
        return True

    def edit_from(self, base: Assessment, edit: Edit, what: str, statement_id: str | None = None) -> Merged:
        """Carry out an edit that was begun on an earlier state, in a form, keeping what changed meanwhile.

        Nothing is carried out where others changed the same thing in another way: the result holds the conflicts.

        Args:
            base: The state that the form was opened on.

        Raises:
            ScrutinyError: A rule forbids it; nothing changed.
        """
        edit(self._assessment)  # refuse what a rule forbids by now, even if it was allowed when the form was opened
        merged = merge(base, edit(base), self._assessment)
        if not merged.conflicts:
            self.edit(lambda now: merge(base, edit(base), now).assessment, what, statement_id)
        return merged

    def undo(self) -> Step | None:
        """Undo the last edit and return it; None if there is none.

        Raises:
            NotAllowed: Another person has changed the same since; the step is gone, and nothing else happened.
        """
        return self._move(self._history.undo(self._assessment))

    def redo(self) -> Step | None:
        """Redo the last undone edit and return it; None if there is none.

        Raises:
            NotAllowed: As for undo.
        """
        return self._move(self._history.redo(self._assessment))

    # Saving

    def hurry(self) -> None:
        """Save what is unsaved at once, in the background."""
        self._saver.hurry()

    def look(self) -> None:
        """Look at the file soon, in the background, to notice other writers."""
        self._saver.look()

    def keep_aside(self) -> None:
        """Keep what is unsaved in a recovery file at once, in the background."""
        if self.unsaved or self._file_problem or self.contested:
            self._hold(urgent=True)

    def ending(self) -> Callable[[], bool | None]:
        """Begin to save everything before the session is left, without waiting.

        Returns:
            A function to be called until it returns True, when the file holds everything, or False, when a save
            failed or a person has to choose between two versions. None means that the disk has not answered yet.
        """
        attempts = self._saver.hurry()

        def answer() -> bool | None:
            nonlocal attempts
            if self.others_saved:
                try:
                    self.take_in()
                except ScrutinyError:
                    return False
                attempts = self._saver.hurry()
            if self.contested is not None or self._file_problem is not None:
                return False
            if self.unsaved:
                return False if self._failed_attempt > attempts else None
            if self.finished:
                return True
            if time.monotonic() >= self._written_at + self._timing.settled:
                self._saver.look()
            return None

        return answer

    def keeping_ended(self) -> bool | None:
        """Whether what is here was kept in a recovery file; None while that is not known."""
        if self.kept_aside:
            return True
        return False if isinstance(self._kept, NotKept) else None

    def save_now(self, timeout: float = 5.0) -> bool:
        """Save what is unsaved, wait for the disk, and return whether the file holds everything.

        What another person saved meanwhile is taken in first, unless it conflicts with changes here.
        """
        deadline = time.monotonic() + timeout
        for _ in range(_OTHER_WRITERS):
            if self.contested is None:
                attempts = self._saver.hurry()
                self._wait(partial(self._answered, attempts), deadline)
            if self._replaced is None and (self.contested is not None or not self.unsaved):
                self._look_and_wait(deadline)
            if self._replaced is None:
                break
            try:
                self.take_in()
            except ScrutinyError:
                break
            if self.contested is not None:
                break
        if not self._in_file:
            self._keep_aside_and_wait()
        self._keeper.wait(self._timing.recovery_place)
        return self._in_file

    def wait_for_background(self, timeout: float = 5.0) -> None:
        """Wait until the background tasks on the state folder's disk are done, for at most so many seconds."""
        self._take_up_reports()
        self._keeper.wait(timeout)

    def _keep_aside_and_wait(self) -> None:
        if not self.kept_aside:
            self._kept = None
            self.keep_aside()
            self._wait(lambda: self.keeping_ended() is not None, time.monotonic() + 4 * self._timing.recovery_place)

    def changed_elsewhere(self, timeout: float = 5.0) -> bool:
        """Look at the file, wait for the answer, and return whether another writer changed it."""
        self._look_and_wait(time.monotonic() + timeout)
        return self._replaced is not None or isinstance(self._file_problem, FileProblem)

    def close(self, timeout: float = 5.0) -> bool:
        """Save what is unsaved, wait for the disk, and end; returns whether the file holds everything.

        Where it does not, the text stands in a recovery file if any place can be written.

        Args:
            timeout: The most seconds to wait for the disk.
        """
        deadline = time.monotonic() + timeout
        self.save_now(timeout)
        if self._written_at and not self.finished:
            time.sleep(max(0.0, self._written_at + self._timing.settled - time.monotonic()))
            self.save_now(max(0.0, deadline - time.monotonic()))
        saved = self._in_file
        if not saved:
            self._keep_aside_and_wait()
        self.abandon()
        self._keeper.wait(self._timing.recovery_place)
        return saved

    def abandon(self) -> None:
        """End the threads once they are idle, without waiting for them."""
        for recovered in (self._recovered, self.unmergeable):
            if recovered is not None:
                self._keeper.later(partial(recovery.release, recovered.lock))
        self._saver.stop()
        self._keeper.stop()

    def when_saved(self, task: Callable[[], object]) -> None:
        """Carry out a task on the state folder's disk, in the background, once everything here is saved."""
        self._when_saved.append(task)
        if not self.unsaved:
            self._carry_out_waiting()

    def save_copy(self, path: Path) -> "Session":
        """Save what is here to a new file, and return a session on that file; this one is left as it is.

        Raises:
            FileProblem: A file of that name exists, or it cannot be written.
        """
        stored = assessments.create(path, self._assessment)
        return Session(stored, clock=self._clock, timing=self._timing)

    # Other writers

    def take_in(self) -> None:
        """Bring the version that another writer saved together with what is here.

        An older copy that was put back is not taken in: what is here is newer and is saved again (`older_copy`). Where
        both changed the same thing in different ways, nothing is taken in and `contested` says what has to be settled.

        Waits for the disk only if no other version was reported yet.

        Raises:
            ScrutinyError: The file cannot be read, or is another assessment now.
        """
        if not self.others_saved and self.contested is None:
            self._look_and_wait(time.monotonic() + 5.0)
            if self._file_problem is not None:
                raise self._file_problem
        theirs = self._replaced or (self.contested.theirs if self.contested else None)
        if theirs is None:
            return
        try:
            reconciled = self._versions.reconcile(self._assessment, theirs)
        except ScrutinyError as problem:
            self._file_problem = problem
            self._hold(urgent=True)
            raise
        self._replaced = None
        self._file_problem = None
        if reconciled.merged.conflicts:
            self.contested = Contested(reconciled.merged, theirs, reconciled.relation)
            self._saver.cancel()
            self._hold(urgent=True)  # what is here may have been saved, and is in the file no longer
            return
        self.contested = None
        if reconciled.relation is Relation.OLDER:
            self.older_copy = theirs
        self._adopt(reconciled.merged.assessment, theirs)

    def settle(self, choices: Mapping[Conflict, Choice]) -> None:
        """Take in the contested version, with a choice for each conflict; ours where there is none."""
        if self.contested is None:
            return
        theirs = self._replaced or self.contested.theirs
        merged = self._versions.reconcile(self._assessment, theirs).merged
        by_place = {conflict.place: choice for conflict, choice in choices.items()}  # ours may have grown meanwhile
        chosen = {conflict: by_place[conflict.place] for conflict in merged.conflicts if conflict.place in by_place}
        self._replaced = self.contested = None
        self._adopt(settle(merged, chosen), theirs)

    def use_older_copy(self) -> None:
        """Go back to the older copy that was put in the file's place, as one step that can be undone."""
        older, self.older_copy = self.older_copy, None
        if older is not None:
            content = older.assessment
            self.edit(lambda now: content.model_copy(update={"modified": now.modified}), "the return to an older copy")

    # Recovery

    def look_for_recovered(self) -> None:
        """Read what earlier sessions could not save, in the background; `left_behind` says when that is done."""

        def read() -> None:
            unusable: list[FileProblem] = []
            files = tuple(recovery.find(self.path, self._assessment.id, unusable.append))
            self._receive(LeftBehind(files, tuple(unusable)))

        self._keeper.later(read)

    @property
    def left_behind(self) -> bool:
        """Whether the recovery folders were read and nobody has asked for the result yet."""
        self._take_up_reports()
        return self._left_behind is not None

    def recovered(self) -> Merged | None:
        """What an earlier session could not save, brought together with the file; None for nothing.

        Waits for the disks of the recovery folders, unless `look_for_recovered` has read them.
        """
        left, self._left_behind = self._left_behind, None
        tell = self.put_aside.append
        candidates = recovery.find(self.path, self._assessment.id, tell) if left is None else left
        for candidate in candidates:
            if f"-{self._token}." in candidate.kept_at.name:
                continue
            try:
                merged = differences(self._assessment, candidate.assessment)
            except ScrutinyError:
                if candidate.assessment.id == self._assessment.id:
                    self.unmergeable = candidate
                else:  # it belongs to a file that was here before
                    self._keeper.later(partial(recovery.release, candidate.lock))
                continue
            same = merged.assessment.model_copy(update={"modified": self._assessment.modified}) == self._assessment
            if not same or merged.conflicts:
                self._recovered, self._recovered_beside = candidate, self._assessment
                for other in left or ():
                    if other not in (candidate, self.unmergeable):  # another window may offer it meanwhile
                        self._keeper.later(partial(recovery.release, other.lock))
                return merged
            self._discard(candidate)
        return None

    def take_back(self, recovered: Merged, choices: Mapping[Conflict, Choice]) -> None:
        """Take what was recovered into the assessment, as one step that can be undone."""
        base, settled = self._recovered_beside, settle(recovered, choices)
        self.edit(
            lambda now: merge(base, settled, now).assessment.model_copy(update={"modified": now.modified}),
            "the recovery",
        )
        if self._recovered is not None:
            self.when_saved(partial(_forget, self._recovered))
            self._recovered = None

    def leave_recovered(self) -> None:
        """Discard what was recovered."""
        if self._recovered is not None:
            self._discard(self._recovered)
            self._recovered = None

    def save_unmergeable(self) -> Path:
        """Save recovered text that rests on another version of the framework to a new file, and return its path.

        Waits for the disk.

        Raises:
            FileProblem: It cannot be written.
        """
        recovered = self.unmergeable
        if recovered is None:
            raise FileProblem("There is no recovered text to be saved.")
        copy = self.path.with_name(f"{self.path.stem}-recovered-{self._token}{self.path.suffix}")
        assessments.create(copy, recovered.assessment)
        self.unmergeable = None
        self._discard(recovered)
        return copy

    def _discard(self, recovered: Recovered) -> None:
        self._keeper.later(partial(_forget, recovered))

    # Within

    def _stamped(self, assessment: Assessment) -> Assessment:
        return assessment.model_copy(update={"modified": self._clock().replace(microsecond=0)})

    def _move(self, moved: tuple[Step, Assessment] | None) -> Step | None:
        if moved is None:
            return None
        step, assessment = moved
        self._become(self._stamped(assessment))
        return step

    def _become(self, assessment: Assessment, *, retry_now: bool = False) -> None:
        """Make this the assessment, and have it saved and meanwhile kept aside if the file does not hold it."""
        self._assessment = assessment
        if assessment == self._on_disk.stored.assessment:
            self._saved()
            return
        if self._unsaved_since is None:
            self._unsaved_since = time.monotonic()
        self._hold()
        if self.contested is None:
            self._submit(retry_now=retry_now)
        self._tell()

    def _submit(self, *, retry_now: bool = False) -> None:
        snapshot = saving.Snapshot(self._assessment, self._on_disk.stored.digest, self._versions.ancestry)
        self._saver.submit(snapshot, retry_now=retry_now)

    def _adopt(self, assessment: Assessment, theirs: Stored) -> None:
        """The file holds their version: make it the one that ours rests on, and save ours over it if it differs."""
        self._history.end_typing()  # or what is typed next would be undone together with what came in
        if self._assessment != theirs.assessment:
            self._saver.back_up_again()
        self._on_disk = replace(self._on_disk, stored=theirs)
        self._versions.add(theirs)
        self._save_problem = None
        self._become(assessment, retry_now=True)

    def _saved(self) -> None:
        """The file holds what is here."""
        self._saver.cancel()
        self._unsaved_since = None
        self._save_problem = None
        if self._file_problem is None and self.contested is None:
            self._kept = None
            self._keeper.release()
            self._carry_out_waiting()
        self._tell()

    def _hold(self, *, urgent: bool = False) -> None:
        since = time.monotonic() if self._unsaved_since is None else self._unsaved_since
        self._keeper.hold(self._assessment, since, urgent=urgent)

    def _late(self) -> bool:
        return self._unsaved_since is not None and time.monotonic() - self._unsaved_since > self._timing.late

    def _carry_out_waiting(self) -> None:
        while self._when_saved:
            self._keeper.later(self._when_saved.popleft())

    # Reports from the other threads

    def _receive(self, report: object) -> None:
        """Take a report, in whichever thread; it is taken up in the session's own."""
        with self._news:
            self._reports.append(report)
            self._news.notify_all()
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            with contextlib.suppress(Exception):  # a screen that is gone must not end the saving
                listener()

    def _take_up_reports(self) -> None:
        while self._reports:
            self._take_up(self._reports.popleft())

    def _take_up(self, report: object) -> None:
        match report:
            case saving.Written(stored, at):
                self._written(stored, at)
            case saving.Failed(attempt, problem):
                self._failed_attempt = max(self._failed_attempt, attempt)
                self._save_problem = problem
                if not saving.somebody_else_was_faster(problem):
                    self._hold(urgent=True)
            case saving.Replaced(stored):
                self._replaced_by(stored)
            case saving.Unusable(problem):
                self._file_problem = problem
                self._hold(urgent=True)
            case saving.Looked(number, digest):
                self._looked(number, digest)
            case Kept() | NotKept():
                self._kept = report
            case LeftBehind(files, put_aside):
                self._left_behind = files
                self.put_aside.extend(put_aside)

    def _written(self, stored: Stored, at: datetime) -> None:
        self._versions.add(stored)
        self._written_at = time.monotonic()
        self._on_disk = OnDisk(stored, at)
        self._file_problem = self._save_problem = self._replaced = None
        if self._assessment == stored.assessment:
            self._saved()
            return
        self._unsaved_since = time.monotonic()
        if self.contested is None and not self._saver.waiting:
            self._submit()

    def _replaced_by(self, stored: Stored) -> None:
        if stored.digest == self._on_disk.stored.digest:
            self._restored()
        else:
            self._replaced = stored
            self._file_problem = None

    def _looked(self, number: int, digest: str | None) -> None:
        self._look_done = max(self._look_done, number)
        self._looked_at = time.monotonic()
        if digest is not None and digest == self._on_disk.stored.digest and self._file_problem is not None:
            self._restored()

    def _restored(self) -> None:
        """The file holds again what it was known to hold."""
        self._file_problem = self._replaced = None
        self._become(self._assessment, retry_now=True)

    # Waiting, for callers that have nothing else to do

    def _wait(self, true: Callable[[], bool], deadline: float) -> bool:
        while True:
            self._take_up_reports()
            if true():
                return True
            with self._news:
                if not self._reports:
                    rest = deadline - time.monotonic()
                    if rest <= 0:
                        return False
                    self._news.wait(rest)

    def _answered(self, attempts: int) -> bool:
        """Whether a save that began after so many attempts has succeeded or failed."""
        return self._replaced is not None or self._failed_attempt > attempts or not self.unsaved

    def _look_and_wait(self, deadline: float) -> None:
        number = self._saver.look_again()
        self._wait(lambda: self._look_done >= number, deadline)


def _forget(recovered: Recovered) -> None:
    recovery.forget(recovered.kept_at)
    recovery.release(recovered.lock)
