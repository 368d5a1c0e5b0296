"""The edits of a session that can be undone and redone."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from scrutiny.analysis.merge import merge
from scrutiny.errors import NotAllowed
from scrutiny.model.assessment import Assessment

UNDO_STEPS = 500
"""The most steps that can be undone."""


@dataclass(frozen=True)
class Step:
    """One edit that can be undone."""

    before: Assessment
    after: Assessment
    what: str
    """What was done, as words for a sentence: "the rating of 1.2b"."""
    statement_id: str | None
    """Where it was done; None for the assessment as a whole."""


class History:
    """Undo and redo.

    Args:
        join_seconds: Keys typed into one note within this time of each other are one step.
        steps: The most steps that are remembered.
    """

    def __init__(self, join_seconds: float, steps: int = UNDO_STEPS) -> None:
        self._join_seconds = join_seconds
        self._steps = steps
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._typing: tuple[str, float] | None = None
        """What is being typed, and when the last key came, by the monotonic clock."""

    @property
    def undoable(self) -> Step | None:
        """The step that undo would undo."""
        return self._done[-1] if self._done else None

    @property
    def redoable(self) -> Step | None:
        """The step that redo would redo."""
        return self._undone[-1] if self._undone else None

    def record(self, step: Step, *, typing: bool) -> None:
        """Remember an edit; one key of many is joined with the step before it."""
        before = step.before
        if typing and self._continues(step.what):
            before = self._done.pop().before
        changed = step.after.model_copy(update={"modified": before.modified}) != before  # false if a key was erased
        self._typing = (step.what, time.monotonic()) if typing and changed else None
        if changed:
            joined = Step(before, step.after, step.what, step.statement_id)
            self._done = [*self._done[1 - self._steps :], joined]
        self._undone.clear()

    def end_typing(self) -> None:
        """Keep what is typed next apart from what was typed before."""
        self._typing = None

    def undo(self, current: Assessment) -> tuple[Step, Assessment] | None:
        """The last step and the assessment without it; None if there is no step.

        Raises:
            NotAllowed: Another person has changed the same since. The step is forgotten.
        """
        return self._move(self._done, self._undone, lambda step: apply(step.after, step.before, current))

    def redo(self, current: Assessment) -> tuple[Step, Assessment] | None:
        """The last undone step and the assessment with it; None if there is no step.

        Raises:
            NotAllowed: Another person has changed the same since. The step is forgotten.
        """
        return self._move(self._undone, self._done, lambda step: apply(step.before, step.after, current))

    def _move(
        self, source: list[Step], target: list[Step], applied: Callable[[Step], Assessment]
    ) -> tuple[Step, Assessment] | None:
        if not source:
            return None
        step = source.pop()
        self._typing = None
        moved = applied(step)
        target.append(step)
        return step, moved

    def _continues(self, what: str) -> bool:
        if self._typing is None or not self._done:
            return False
        typed, at = self._typing
        return typed == what and time.monotonic() - at < self._join_seconds


def apply(start: Assessment, end: Assessment, current: Assessment) -> Assessment:
    """Apply the change from `start` to `end` to the current assessment, keeping other people's edits.

    Raises:
        NotAllowed: Another person has changed the same since, so that nothing would change.
    """
    moved = merge(start, current, end).assessment.model_copy(update={"modified": current.modified})
    if moved == current:
        raise NotAllowed("Somebody else has changed that since.", hint="Nothing was undone or redone.")
    return moved
