"""What a board must see first."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scrutiny.analysis.progress import placed_actions
from scrutiny.model.assessment import Assessment
from scrutiny.model.framework import Band
from scrutiny.model.text import is_blank


class ExceptionKind(StrEnum):
    """Why something stands out, most pressing first."""

    RED = "red"
    DECISION = "decision-wanted"
    OVERDUE = "overdue"
    UNRATED = "unrated"
    NO_OWNER = "no-owner"
    SLIPPED = "slipped"

    @property
    def label(self) -> str:
        """The words that people see."""
        return self.value.replace("-", " ").capitalize()


@dataclass(frozen=True)
class Standout:
    """One thing that a board must see."""

    kind: ExceptionKind
    statement_id: str
    ref: str
    """The statement's ref, or the action's where it is about one."""
    message: str
    action_id: str | None = None


def exceptions(assessment: Assessment, today: date) -> list[Standout]:
    """What stands out on a day: by kind, most pressing first, and within a kind in the framework's order."""
    found: list[Standout] = []
    for statement, answer in assessment.in_order():
        level = assessment.level(statement.id)
        if level and level.band is Band.RED:
            own_word = level.label.casefold() != Band.RED.value
            message = f"{level.label}: {statement.name}" if own_word else statement.name
            found.append(Standout(ExceptionKind.RED, statement.id, statement.ref, message))
        if answer.rating is None:
            found.append(Standout(ExceptionKind.UNRATED, statement.id, statement.ref, statement.name))
    for placed in placed_actions(assessment):
        action, text = placed.action, " ".join(placed.action.text.split())
        where = (placed.statement.id, placed.ref)
        if not is_blank(action.decision):
            decision = " ".join(action.decision.split())
            found.append(Standout(ExceptionKind.DECISION, *where, decision, action.id))
        if action.overdue(today) and action.due:
            found.append(Standout(ExceptionKind.OVERDUE, *where, f"Due {_day(action.due)}: {text}", action.id))
        if not action.owner:
            found.append(Standout(ExceptionKind.NO_OWNER, *where, text, action.id))
        if action.slipped and action.due and action.original_due and not action.status.closed:
            moved = f"Moved from {_day(action.original_due)} to {_day(action.due)}: {text}"
            found.append(Standout(ExceptionKind.SLIPPED, *where, moved, action.id))
    order = list(ExceptionKind)
    return sorted(found, key=lambda standout: order.index(standout.kind))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
