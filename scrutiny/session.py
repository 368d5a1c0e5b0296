"""One open assessment: edits, undo and redo, what is unsaved, saving. Knows no interface."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scrutiny.model.assessment import Assessment
from scrutiny.saving import Saver, SaveState
from scrutiny.store import assessments
from scrutiny.store.assessments import Stored

Edit = Callable[[Assessment], Assessment]
"""From an assessment to the next one; raises ScrutinyError where a rule forbids it."""

_JOIN_SECONDS = 2.0
"""Keys typed into one note within this time of each other are undone together."""

_UNDO_STEPS = 500


@dataclass(frozen=True)
class Step:
    """One edit that can be taken back."""

    before: Assessment
    after: Assessment
    what: str
    """What was done, as words for a sentence: "the rating of 1.2b"."""
    statement_id: str | None
    """Where it was done; None for the assessment as a whole."""


class Session:
    """The one mutable holder of an open assessment.

    Args:
        stored: The assessment as it was read.
        clock: Tells the time, in UTC.
    """

    def __init__(self, stored: Stored, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = stored.path
        self.edited_by_hand = stored.edited_by_hand
        self._digest = stored.digest
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
        return self._saver.state

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

    def undo(self) -> Step | None:
        """Take the last edit back, and say which; None where there is none."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        self._joining = None
        self._saver.submit(self._stamped(step.before))
        return step

    def redo(self) -> Step | None:
        """Do the last undone edit again, and say which; None where there is none."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        self._joining = None
        self._saver.submit(self._stamped(step.after))
        return step

    def save_now(self, timeout: float = 5.0) -> bool:
        """Write what is unsaved without waiting for quiet; says whether everything is on the disk."""
        return self._saver.flush(timeout)

    def save_copy(self, path: Path) -> "Session":
        """Save what is here to a new file, and return a session on that file; this one is left as it is.

        Raises:
            FileProblem: A file of that name exists, or it cannot be written.
        """
        return Session(assessments.create(path, self.assessment), clock=self._clock)

    def close(self, timeout: float = 5.0) -> bool:
        """Save what is unsaved and end; says whether everything is on the disk."""
        return self._saver.close(timeout)

    def _stamped(self, assessment: Assessment) -> Assessment:
        return assessment.model_copy(update={"modified": self._clock().replace(microsecond=0)})

    def _joins(self, what: str) -> bool:
        if self._joining is None or not self._done:
            return False
        joined, at = self._joining
        return joined == what and time.monotonic() - at < _JOIN_SECONDS

    def _write(self, assessment: Assessment) -> None:
        self._digest = assessments.save(self.path, assessment, self._digest)

    def _tell(self, state: SaveState) -> None:
        for listener in self._listeners:
            listener(state)
