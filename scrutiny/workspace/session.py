"""One open assessment: edits, undo and redo, saving, other writers, recovery. Knows no interface.

A session belongs to one thread, which alone calls its methods; those that wait for a disk say so, and the interface
calls none of them. It is composed of parts that know nothing of it: `history` (undo and redo), `sync` (the file is
kept the same as the assessment) and `left_behind` (what earlier sessions could not save).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scrutiny.analysis.merge import Choice, Conflict, Merged, merge, settle
from scrutiny.errors import ScrutinyError
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments
from scrutiny.store.assessments import Stored
from scrutiny.workspace import timing as timing_module
from scrutiny.workspace.disk import Disk, LocalDisk
from scrutiny.workspace.history import History, Step
from scrutiny.workspace.known_file import Contested, SaveState
from scrutiny.workspace.left_behind import LeftBehind
from scrutiny.workspace.sync import Sync
from scrutiny.workspace.timing import Timing
from scrutiny.workspace.versions import Relation

Edit = Callable[[Assessment], Assessment]
"""From an assessment to the next one; raises ScrutinyError where a rule forbids it."""

_OTHER_WRITERS = 20
"""How often in a row a save may find that another writer saved first before that is reported."""


class Session:
    """An open assessment.

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
        self.older_copy: Stored | None = None
        """An older copy of the file that was put in its place, and that was replaced by what is here."""
        self._timing = timing or timing_module.USUAL
        self._clock = clock
        self.history = History(self._timing.join)
        stored = replace(stored, path=self.path)
        self.sync = Sync(stored, disk or LocalDisk(), self._timing)
        self.left_behind = LeftBehind(stored, self.sync.token, self.sync.news.tell)

    @property
    def assessment(self) -> Assessment:
        """The assessment as it stands."""
        return self.sync.assessment

    @property
    def unsaved(self) -> bool:
        """Whether the file is not known to hold what is here."""
        return self.sync.unsaved

    @property
    def save_state(self) -> SaveState:
        """What is true of the file at this moment."""
        return self.sync.state

    @property
    def contested(self) -> Contested | None:
        """What a person has to settle before the file can be saved again."""
        return self.sync.file.contested

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
        before = self.assessment
        after = edit(before)
        if after == before:
            return False
        after = self._stamped(after)
        self.history.record(Step(before, after, what, statement_id), typing=typing)
        self.sync.hold(after)
        return True

    def edit_from(self, base: Assessment, edit: Edit, what: str, statement_id: str | None = None) -> Merged:
        """Carry out an edit that was begun on an earlier state, in a form, keeping what changed meanwhile.

        Nothing is carried out where others changed the same thing in another way: the result holds the conflicts.

        Args:
            base: The state that the form was opened on.

        Raises:
            ScrutinyError: A rule forbids it; nothing changed.
        """
        edit(self.assessment)  # refuse what a rule forbids by now, even if it was allowed when the form was opened
        merged = merge(base, edit(base), self.assessment)
        if not merged.conflicts:
            self.edit(lambda now: merge(base, edit(base), now).assessment, what, statement_id)
        return merged

    def undo(self) -> Step | None:
        """Undo the last edit and return it; None if there is none.

        Raises:
            NotAllowed: Another person has changed the same since; the step is gone, and nothing else happened.
        """
        return self._move(self.history.undo(self.assessment))

    def redo(self) -> Step | None:
        """Redo the last undone edit and return it; None if there is none.

        Raises:
            NotAllowed: As for undo.
        """
        return self._move(self.history.redo(self.assessment))

    # Other writers

    def take_in(self) -> None:
        """Bring the version that another writer saved together with what is here.

        An older copy that was put back is not taken in: what is here is newer and is saved again (`older_copy`). Where
        both changed the same thing in different ways, nothing is taken in and `contested` says what has to be settled.

        Waits for the disk only if no other version was reported yet.

        Raises:
            ScrutinyError: The file cannot be read, or is another assessment now.
        """
        if self.sync.file.replaced is None and self.contested is None:
            self.sync.wait_for_look(time.monotonic() + 5.0)
            if self.sync.file.problem is not None:
                raise self.sync.file.problem
        theirs = self._theirs()
        if theirs is None:
            return
        reconciled = self.sync.reconcile(theirs)
        if reconciled.merged.conflicts:
            self.sync.contest(Contested(reconciled.merged, theirs))
            return
        if reconciled.relation is Relation.OLDER:
            self.older_copy = theirs
        self._adopt(reconciled.merged.assessment, theirs)

    def settle(self, choices: Mapping[Conflict, Choice]) -> None:
        """Take in the contested version, with a choice for each conflict; ours where there is none."""
        theirs = self._theirs() if self.contested else None
        if theirs is None:
            return
        merged = self.sync.reconcile(theirs).merged
        by_place = {conflict.place: choice for conflict, choice in choices.items()}  # ours may have grown meanwhile
        chosen = {conflict: by_place[conflict.place] for conflict in merged.conflicts if conflict.place in by_place}
        self._adopt(settle(merged, chosen), theirs)

    def use_older_copy(self) -> None:
        """Go back to the older copy that was put in the file's place, as one step that can be undone."""
        older, self.older_copy = self.older_copy, None
        if older is not None:
            self._go_to(older, "the return to an older copy")

    def use_newer_backup(self) -> None:
        """Go to the newer version that `left_behind` has found among the backups, as one step that can be undone."""
        newer, self.left_behind.newer = self.left_behind.newer, None
        if newer is not None:
            self.sync.versions.descend_from(newer)
            self._go_to(newer, "the return to a newer version")

    def _go_to(self, stored: Stored, what: str) -> None:
        content = stored.assessment
        self.edit(lambda now: content.model_copy(update={"modified": now.modified}), what)

    def take_back(self, recovered: Merged, choices: Mapping[Conflict, Choice]) -> None:
        """Take what `left_behind` has offered into the assessment, as one step that can be undone."""
        base, settled = self.left_behind.beside, settle(recovered, choices)
        self.edit(
            lambda now: merge(base, settled, now).assessment.model_copy(update={"modified": now.modified}),
            "the recovery",
        )
        self.sync.when_saved(self.left_behind.taken())

    # Saving and the end

    def save_copy(self, path: Path) -> "Session":
        """Save what is here to a new file, and return a session on that file; this one is left as it is.

        Waits for the disk.

        Raises:
            FileProblem: A file of that name exists, or it cannot be written.
        """
        stored = assessments.create(path, self.assessment)
        return Session(stored, clock=self._clock, timing=self._timing)

    def ending(self) -> Callable[[], bool | None]:
        """Begin to save everything before the session is left, without waiting.

        Returns:
            A function to be called until it returns True, when the file holds everything, or False, when a save
            failed or a person has to choose between two versions. None means that the disk has not answered yet.
        """
        attempts = self.sync.hurry()

        def answer() -> bool | None:
            nonlocal attempts
            if self.sync.file.replaced is not None:
                try:
                    self.take_in()
                except ScrutinyError:
                    return False
                attempts = self.sync.hurry()
            file = self.sync.file
            if file.contested is not None or file.problem is not None:
                return False
            if self.unsaved:
                return False if file.failed_attempt > attempts else None
            if self.sync.finished:
                return True
            if time.monotonic() >= self.sync.settled_at:
                self.sync.look()
            return None

        return answer

    def save_now(self, timeout: float = 5.0) -> bool:
        """Save what is unsaved, wait for the disk, and return whether the file holds everything.

        What another person saved meanwhile is taken in first, unless it conflicts with changes here. Where the file
        does not hold everything, the text stands in a recovery file if any place can be written.
        """
        deadline = time.monotonic() + timeout
        for _ in range(_OTHER_WRITERS):
            if self.contested is None:
                self.sync.wait_for_save(deadline)
            if self.sync.file.replaced is None and (self.contested is not None or not self.unsaved):
                self.sync.wait_for_look(deadline)
            if self.sync.file.replaced is None:
                break
            try:
                self.take_in()
            except ScrutinyError:
                break
            if self.contested is not None:
                break
        if not self.sync.saved:
            self.sync.wait_for_keeping()
        self.wait_for_background(self._timing.recovery_place)
        return self.sync.saved

    def wait_for_background(self, timeout: float = 5.0) -> None:
        """Wait until the background tasks on recovery files are done, for at most so many seconds."""
        deadline = time.monotonic() + timeout
        self.sync.keeper.wait(timeout)
        self.left_behind.wait(max(0.0, deadline - time.monotonic()))

    def close(self, timeout: float = 5.0) -> bool:
        """Save what is unsaved, wait for the disk, and end; returns whether the file holds everything.

        Where it does not, the text stands in a recovery file if any place can be written.

        Args:
            timeout: The most seconds to wait for the disk.
        """
        deadline = time.monotonic() + timeout
        self.save_now(timeout)
        if self.sync.file.written_at and not self.sync.finished:
            time.sleep(max(0.0, self.sync.settled_at - time.monotonic()))
            self.save_now(max(0.0, deadline - time.monotonic()))
        saved = self.sync.saved
        self.abandon()
        self.wait_for_background(self._timing.recovery_place)
        return saved

    def abandon(self) -> None:
        """End the threads once they are idle, without waiting for them."""
        self.left_behind.stop()
        self.sync.stop()

    # Within

    def _stamped(self, assessment: Assessment) -> Assessment:
        return assessment.model_copy(update={"modified": self._clock().replace(microsecond=0)})

    def _move(self, moved: tuple[Step, Assessment] | None) -> Step | None:
        if moved is None:
            return None
        step, assessment = moved
        self.sync.hold(self._stamped(assessment))
        return step

    def _theirs(self) -> Stored | None:
        file = self.sync.file
        return file.replaced or (file.contested.theirs if file.contested else None)

    def _adopt(self, assessment: Assessment, theirs: Stored) -> None:
        self.history.end_typing()  # or what is typed next would be undone together with what came in
        self.sync.adopt(assessment, theirs)
