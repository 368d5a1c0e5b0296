"""Actions: what must be done about a rating, by whom, by when, and how anyone will know that it worked."""

import re
import secrets
from collections.abc import Container
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from scrutiny.model.framework import Band
from scrutiny.model.problems import IN_PARTS
from scrutiny.model.record import Day, Record
from scrutiny.model.text import FilledLine, FilledNote, Line, Note

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_SHORT_CODE = re.compile(f"[{_ALPHABET}]{{5}}")


def new_code(taken: Container[str] = ()) -> str:
    """A fresh five-character code that a person can read out: no 0, 1, I, L or O, and at least one digit.

    Codes are drawn from some 20 million, so a removed one does not come back in practice; `taken` rules out the present
    ones for certain.
    """
    while True:
        code = "".join(secrets.choice(_ALPHABET) for _ in range(5))
        if code not in taken and any(character.isdigit() for character in code):
            return code


def _code(value: str) -> str:
    if not _SHORT_CODE.fullmatch(value):
        raise ValueError("must be five capital letters and digits without 0, 1, I, L and O, such as K7Q2M")
    return value


Code = Annotated[FilledLine, AfterValidator(_code)]
"""The permanent name of an action or a source, short enough to read out in a meeting."""


class ActionKind(StrEnum):
    """What an action is for."""

    IMPROVE = "improve"
    SUSTAIN = "sustain"

    @property
    def label(self) -> str:
        """The word that people see."""
        return self.value.capitalize()


def kind_for(band: Band | None) -> ActionKind:
    """The kind of action that a rating asks for: sustain what is green, improve everything else."""
    return ActionKind.SUSTAIN if band is Band.GREEN else ActionKind.IMPROVE


class ActionStatus(StrEnum):
    """How far an action has come. Complete is not embedded."""

    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    COMPLETE = "complete"
    EMBEDDED = "embedded"

    @property
    def label(self) -> str:
        """The words that people see."""
        return self.value.replace("-", " ").capitalize()

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do by the due date."""
        return self in (ActionStatus.COMPLETE, ActionStatus.EMBEDDED)


class Priority(StrEnum):
    """How pressing an action is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def label(self) -> str:
        """The word that people see."""
        return self.value.capitalize()


class ActionScope(StrEnum):
    """Who has to act."""

    SINGLE_AGENCY = "single-agency"
    PARTNERSHIP = "partnership"
    REGIONAL = "regional"

    @property
    def label(self) -> str:
        """The words that people see."""
        return self.value.replace("-", " ").capitalize()


class Progress(Record):
    """One dated entry about an action."""

    date: Day
    text: FilledNote


class Action(Record):
    """What must be done about one statement."""

    id: Code
    kind: ActionKind
    text: FilledNote
    agency: Line = ""
    """The agency that leads."""
    owner: Line = ""
    """The role that answers for the action; a role rather than a name."""
    due: Day | None = None
    original_due: Day | None = None
    """The first due date, kept once it has been moved."""
    priority: Priority = Priority.MEDIUM
    status: ActionStatus = ActionStatus.NOT_STARTED
    scope: ActionScope = ActionScope.PARTNERSHIP
    outcome: Note = ""
    """How anyone will know that it worked, said before it starts."""
    progress: Annotated[tuple[Progress, ...], IN_PARTS] = ()
    impact: Note = ""
    """Evidence of impact: what changed for people, as against what was done."""
    closed_by: Line = ""
    closed_on: Day | None = None
    decision: Note = ""
    """What a board is asked to decide, if anything."""

    def overdue(self, today: date) -> bool:
        """Whether the due date has passed on the given day with work still open."""
        return self.due is not None and self.due < today and not self.status.closed

    @property
    def slipped(self) -> bool:
        """Whether the due date is later than it first was."""
        return self.due is not None and self.original_due is not None and self.due > self.original_due
