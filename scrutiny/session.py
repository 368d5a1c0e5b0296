"""One open assessment: edits, undo and redo, what is unsaved, saving, other writers. Knows no interface."""

import contextlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from scrutiny.analysis.merge import Choice, Conflict, Merged, differences, merge, settle
from scrutiny.errors import ChangedElsewhere, FileProblem, NotAllowed, ScrutinyError
from scrutiny.model.assessment import Assessment
from scrutiny.saving import SaveKind, Saver, SaveState
from scrutiny.store import assessments, recovery
from scrutiny.store.assessments import Stored
from scrutiny.store.recovery import Recovered

Edit = Callable[[Assessment], Assessment]
"""From an assessment to the next one; raises ScrutinyError where a rule forbids it."""

_JOIN_SECONDS = 2.0
"""Keys typed into one note within this time of each other are undone together."""

_UNDO_STEPS = 500

_TWO_VERSIONS = ScrutinyError(
    "Somebody else changed what you changed, too, and both versions wait for your choice.",
    hint="ctrl+s shows them.",
)

_KNOWN_VERSIONS = 200
"""The most versions that are remembered: far more than anybody saves before others' saves are seen."""

_OTHER_WRITERS = 20
"""How often in a row a save may find that somebody else was faster before that is said."""


@dataclass(frozen=True)
class Step:
    """One edit that can be taken back."""

    before: Assessment
    after: Assessment
    what: str
    """What was done, as words for a sentence: "the rating of 1.2b"."""
    statement_id: str | None
    """Where it was done; None for the assessment as a whole."""


@dataclass(frozen=True)
class Contested:
    """What somebody else saved says differently what was changed here, too."""

    merged: Merged
    theirs: Stored


class Session:
    """The one mutable holder of an open assessment.

    Args:
        stored: The assessment as it was read.
        clock: Tells the time, in UTC.
    """

    def __init__(self, stored: Stored, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = stored.path
        self.edited_by_hand = stored.edited_by_hand
        self.contested: Contested | None = None
        """What a person has to settle before the file can be saved again."""
        self._astray: ScrutinyError | None = None
        """Why the file, though it was saved, does not hold what is here: it is gone, or holds something else."""
        self._disk = threading.Lock()
        """Held while the file is written or taken in, so that what is known of it is never half known."""
        self._digest = stored.digest
        self._known: dict[str, Assessment] = {}
        """The versions of the file that this session read or wrote, the latest last: the common grounds of merges."""
        self._shared = stored.assessment
        """The latest version that others are known to have had, too."""
        self._know(stored)
        self._written_at = 0.0
        """When this session put something into the file the last time, by the monotonic clock."""
        self._backed_up = False
        self._recovery = recovery.recovery_path(stored.path, secrets.token_hex(4))
        self._kept = False
        """Whether text of this session stands in its recovery file."""
        self._found: Recovered | None = None
        """What an earlier session left, and is offered here."""
        self._found_on = stored.assessment
        """What it was offered beside."""
        self._waiting: deque[Callable[[], object]] = deque()
        """What is to be done once everything is on the disk."""
        self._clock = clock
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._joining: tuple[str, float] | None = None
        self._listeners: list[Callable[[SaveState], object]] = []
        self._saver = Saver(self._write, stored.assessment, self._tell)

    @property
    def assessment(self) -> Assessment:
        """The assessment as it stands."""
        return self._saver.latest

    @property
    def save_state(self) -> SaveState:
        """What is true of the file at this moment."""
        state, problem = self._saver.state, _TWO_VERSIONS if self.contested else self._astray
        if problem is not None and state.kind is SaveKind.SAVED:
            return SaveState(SaveKind.FAILED, state.at, problem)
        return state

    @property
    def unsaved(self) -> bool:
        """Whether something here is not on the disk."""
        return self._saver.unsaved

    @property
    def undoable(self) -> Step | None:
        """What undo would take back."""
        return self._done[-1] if self._done else None

    @property
    def redoable(self) -> Step | None:
        """What redo would do again."""
        return self._undone[-1] if self._undone else None

    def listen(self, listener: Callable[[SaveState], object]) -> None:
        """Have every new save state told, from whichever thread it happens in."""
        self._listeners.append(listener)

    def edit(self, edit: Edit, what: str, statement_id: str | None = None, *, typing: bool = False) -> bool:
        """Carry out an edit and save it soon; says whether anything changed.

        Args:
            what: What is done, as words for a sentence.
            statement_id: Where it is done.
            typing: Whether it is one key of many, to be undone together with its neighbours.

        Raises:
            ScrutinyError: A rule forbids it; nothing changed.
        """
        before = self.assessment
        after = edit(before)
        if after == before:
            return False
        after = self._stamped(after)
        if typing and self._joins(what):
            before = self._done.pop().before
        changed = after.model_copy(update={"modified": before.modified}) != before  # not if what was typed was erased
        self._joining = (what, time.monotonic()) if typing and changed else None
        if changed:
            self._done = [*self._done[1 - _UNDO_STEPS :], Step(before, after, what, statement_id)]
        self._undone.clear()
        self._saver.submit(after)
        return True

    def edit_from(self, base: Assessment, edit: Edit, what: str, statement_id: str | None = None) -> Merged:
        """Carry out an edit that was begun on an earlier state, in a form; what came meanwhile stays.

        Nothing is carried out where others changed the same thing meanwhile, in another way: the result says what, to
        be settled first.

        Args:
            base: The state that the form was opened on.

        Raises:
            ScrutinyError: A rule forbids it; nothing changed.
        """
        edit(self.assessment)  # what a rule forbids by now is refused, though it did not when the form was opened
        merged = merge(base, edit(base), self.assessment)
        if not merged.conflicts:
            self.edit(lambda now: merge(base, edit(base), now).assessment, what, statement_id)
        return merged

    def undo(self) -> Step | None:
        """Take the last edit back, and say which; None where there is none.

        Raises:
            NotAllowed: Somebody else has changed the same since; the step is gone, and nothing else happened.
        """
        if not self._done:
            return None
        step = self._done.pop()
        self._joining = None
        self._move(step.after, step.before)
        self._undone.append(step)
        return step

    def redo(self) -> Step | None:
        """Do the last undone edit again, and say which; None where there is none.

        Raises:
            NotAllowed: As for undo.
        """
        if not self._undone:
            return None
        step = self._undone.pop()
        self._joining = None
        self._move(step.before, step.after)
        self._done.append(step)
        return step

    def save_now(self, timeout: float = 5.0) -> bool:
        """Write what is unsaved without waiting for quiet; says whether everything is on the disk.

        What somebody else saved meanwhile is taken in first, unless it says differently what was changed here, too.
        """
        for _ in range(_OTHER_WRITERS):
            if self._saver.flush(timeout):
                if not self.changed_elsewhere():
                    return self._astray is None  # saved, and still there: nobody without our lock wrote over it
            elif not isinstance(self.save_state.problem, ChangedElsewhere):
                return False
            try:
                self.take_in()
            except ScrutinyError:
                return False
            if self.contested is not None:
                return False
        return False

    def changed_elsewhere(self) -> bool:
        """Whether somebody else saved the file since it was read or saved here. May be asked from any thread."""
        if not self._disk.acquire(blocking=False):
            return False  # it is being saved here at this moment
        try:
            changed = assessments.file_digest(self.path) != self._digest
        except FileProblem as problem:
            self._astray = problem
            return False
        else:
            if not changed:
                self._astray = None
            return changed
        finally:
            self._disk.release()

    def take_in(self) -> None:
        """Bring what somebody else saved together with what is here.

        Where both changed the same thing, each in its own way, nothing is taken in, and `contested` says what is to be
        settled first.

        Raises:
            ScrutinyError: The file cannot be read, or is another assessment now.
        """
        with self._disk:
            try:
                theirs = assessments.load(self.path)
                merged = merge(self._common_ground(theirs), self.assessment, theirs.assessment)
            except ScrutinyError as problem:
                self._astray = problem
                raise
            self._astray = None
            self.contested = Contested(merged, theirs) if merged.conflicts else None
            if self.contested is None:
                self._adopt(merged.assessment, theirs)
            else:
                self._keep_aside(self.assessment)  # what is here may have been saved, and stands there no more

    def settle(self, choices: Mapping[Conflict, Choice]) -> None:
        """Take in what was contested, with a choice for each conflict; ours where there is none."""
        if self.contested is None:
            return
        theirs = self.contested.theirs
        with self._disk:
            merged = merge(self._common_ground(theirs), self.assessment, theirs.assessment)
            by_place = {conflict.place: choice for conflict, choice in choices.items()}  # ours may have grown meanwhile
            chosen = {one: by_place[one.place] for one in merged.conflicts if one.place in by_place}
            self.contested = None
            self._adopt(settle(merged, chosen), theirs)

    def recovered(self) -> Merged | None:
        """What an earlier session on this file could not save, brought together with the file; None for nothing."""
        for found in recovery.find(self.path):
            if found.kept_at == self._recovery:
                continue
            try:
                merged = differences(self.assessment, found.assessment)
            except ScrutinyError:
                recovery.put_aside(found.kept_at)  # it belongs to a file that stood here before
                continue
            same = merged.assessment.model_copy(update={"modified": self.assessment.modified}) == self.assessment
            if not same or merged.conflicts:
                self._found, self._found_on = found, self.assessment
                return merged
            recovery.forget(found.kept_at)
        return None

    def take_back(self, recovered: Merged, choices: Mapping[Conflict, Choice]) -> None:
        """Take what was recovered into the assessment, as one step that can be undone."""
        base, settled = self._found_on, settle(recovered, choices)
        self.edit(
            lambda now: merge(base, settled, now).assessment.model_copy(update={"modified": now.modified}),
            "the recovery",
        )
        if self._found is not None:
            self.when_saved(partial(recovery.forget, self._found.kept_at))
            self._found = None

    def when_saved(self, then: Callable[[], object]) -> None:
        """Have something done once everything here is on the disk, perhaps in the saver's thread."""
        self._waiting.append(then)
        if not self.unsaved:
            self._carry_out_waiting()

    def leave_recovered(self) -> None:
        """Let what was recovered go."""
        if self._found is not None:
            recovery.forget(self._found.kept_at)
            self._found = None

    def save_copy(self, path: Path) -> "Session":
        """Save what is here to a new file, and return a session on that file; this one is left as it is.

        Raises:
            FileProblem: A file of that name exists, or it cannot be written.
        """
        return Session(assessments.create(path, self.assessment), clock=self._clock)

    def close(self, timeout: float = 5.0) -> bool:
        """Save what is unsaved and end; says whether everything is on the disk.

        Args:
            timeout: The most seconds to wait for the disk.
        """
        deadline = time.monotonic() + timeout
        self.save_now(timeout)
        unsettled = self._written_at + assessments.SETTLED_SECONDS - time.monotonic()
        if unsettled > 0:
            time.sleep(unsettled)
            self.save_now(timeout)
        saved = self._saver.close(max(0.0, deadline - time.monotonic()))
        if saved and self._astray is not None:
            self._keep_aside(self.assessment)  # the file that held it is gone, or no longer an assessment
        return saved and self._astray is None and self.contested is None

    def _stamped(self, assessment: Assessment) -> Assessment:
        return assessment.model_copy(update={"modified": self._clock().replace(microsecond=0)})

    def _joins(self, what: str) -> bool:
        if self._joining is None or not self._done:
            return False
        joined, at = self._joining
        return joined == what and time.monotonic() - at < _JOIN_SECONDS

    def _move(self, start: Assessment, end: Assessment) -> None:
        """Go the way from one state to another from the present one: what others did meanwhile stays."""
        now = self.assessment
        moved = merge(start, now, end).assessment.model_copy(update={"modified": now.modified})
        if moved == now:
            raise NotAllowed("Somebody else has changed that since.", hint="Nothing was taken back or done again.")
        self._saver.submit(self._stamped(moved))

    def _know(self, stored: Stored) -> None:
        self._digest = stored.digest
        if stored.line:
            self._known.pop(stored.line[0], None)
            self._known[stored.line[0]] = stored.assessment
            while len(self._known) > _KNOWN_VERSIONS:
                del self._known[next(iter(self._known))]

    def _common_ground(self, theirs: Stored) -> Assessment:
        """The latest version that somebody else's save rests on, as far as this session knows the versions it names.

        That is not always the latest that was saved here: without a lock that both hold, as between two computers, a
        save may end up in the place of one that it knows nothing of. What was saved here since the common ground then
        counts as changed here, and is brought in again. The same where theirs names no version known here.
        """
        return next((self._known[version] for version in theirs.line if version in self._known), self._shared)

    def _adopt(self, assessment: Assessment, theirs: Stored) -> None:
        self._joining = None  # or what is typed next would be taken back together with what came here
        self._know(theirs)
        self._shared = theirs.assessment
        if assessment == theirs.assessment:
            self._saver.rest(assessment)
            self._forget_kept()
        else:
            self._saver.submit(assessment, mended=True)

    def _write(self, assessment: Assessment) -> None:
        with self._disk:
            assessment = self.assessment  # what was taken in since the save began belongs to it: the digest is of now
            if not self._backed_up:
                with contextlib.suppress(FileProblem):  # a full state folder must not stop the save itself
                    recovery.keep_backup(self.path)
                self._backed_up = True
            try:
                self._know(assessments.save_version(self.path, assessment, self._digest))
            except FileProblem:
                self._keep_aside(assessment)
                raise
            self._astray = None
            self._written_at = time.monotonic()
            self._forget_kept()

    def _keep_aside(self, assessment: Assessment) -> None:
        with contextlib.suppress(FileProblem):  # the first reason is the one to tell
            recovery.keep(self._recovery, assessment)
            self._kept = True

    def _forget_kept(self) -> None:
        if self._kept:
            recovery.forget(self._recovery)
            self._kept = False

    def _carry_out_waiting(self) -> None:
        with contextlib.suppress(IndexError):  # another thread may be faster
            while self._waiting:
                self._waiting.popleft()()

    def _tell(self, state: SaveState) -> None:
        if state.kind is SaveKind.SAVED:
            self._carry_out_waiting()
        for listener in self._listeners:
            listener(state)
