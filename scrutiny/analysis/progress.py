"""Counts, percentages and section roll-ups: the one home of every figure.

Unrated is not red and not applicable is not green: both stay out of percentages and are counted in the open.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scrutiny.model.action import Action, ActionStatus
from scrutiny.model.assessment import Answer, Assessment
from scrutiny.model.framework import Band, Scale, Section, Statement


@dataclass(frozen=True)
class Tally:
    """How a group of statements was answered."""

    levels: dict[str, int]
    """Statements at each level, by level key in the scale's order."""
    bands: dict[Band, int]
    """Statements in each band."""
    unrated: int
    not_applicable: int

    @property
    def rated(self) -> int:
        """Statements with a level: neither unrated nor not applicable."""
        return sum(self.levels.values())

    @property
    def total(self) -> int:
        """All statements."""
        return self.rated + self.unrated + self.not_applicable

    @property
    def answered(self) -> int:
        """Statements that need no further decision on their rating: rated or not applicable."""
        return self.rated + self.not_applicable

    @property
    def percent_confirmed(self) -> int | None:
        """Statements in the green band as a whole percentage of the rated ones; None while nothing is rated."""
        return percentage(self.bands[Band.GREEN], self.rated)


@dataclass(frozen=True)
class SectionTally:
    """A section with its tally."""

    section: Section
    tally: Tally


@dataclass(frozen=True)
class ActionTally:
    """How far a group of actions has come on one day."""

    statuses: dict[ActionStatus, int]
    overdue: int
    slipped: int
    without_owner: int

    @property
    def total(self) -> int:
        """All actions."""
        return sum(self.statuses.values())

    @property
    def open(self) -> int:
        """Actions that are neither complete nor embedded."""
        return sum(count for status, count in self.statuses.items() if not status.closed)


@dataclass(frozen=True)
class PlacedAction:
    """An action with the statement it belongs to."""

    section: Section
    statement: Statement
    answer: Answer
    action: Action

    @property
    def ref(self) -> str:
        """What the action is called in a meeting: the statement's ref and the action's code."""
        return f"{self.statement.ref}-{self.action.id}"


def percentage(part: int, whole: int) -> int | None:
    """A part of a whole in whole percent, halves rounded up; None where the whole is nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def tally(assessment: Assessment, statements: Iterable[Statement] | None = None) -> Tally:
    """Count the answers to the given statements, or to all."""
    scale = assessment.framework.scale
    chosen = assessment.framework.statements if statements is None else statements
    ratings = Counter(assessment.answer(statement.id).rating for statement in chosen)
    levels = {level.key: ratings[level.key] for level in scale.levels}
    unrated = ratings[None]
    return counted(scale, levels, unrated, ratings.total() - unrated - sum(levels.values()))


def counted(scale: Scale, levels: dict[str, int], unrated: int, not_applicable: int) -> Tally:
    """The tally of statements that are counted already: at each level of a scale, unrated and not applicable."""
    return Tally(levels, _in_bands(scale, levels), unrated, not_applicable)


def tally_sections(assessment: Assessment) -> list[SectionTally]:
    """Count the answers of each section, in order."""
    return [SectionTally(section, tally(assessment, section.statements)) for section in assessment.framework.sections]


def placed_actions(assessment: Assessment) -> list[PlacedAction]:
    """Every action in the framework's order, with where it belongs."""
    return [
        PlacedAction(section, statement, answer, action)
        for section in assessment.framework.sections
        for statement in section.statements
        for answer in (assessment.answer(statement.id),)
        for action in answer.actions
    ]


def tally_actions(assessment: Assessment, today: date) -> ActionTally:
    """Count the assessment's actions as they stand on a day."""
    actions = [placed.action for placed in placed_actions(assessment)]
    statuses = Counter(action.status for action in actions)
    return ActionTally(
        {status: statuses[status] for status in ActionStatus},
        overdue=sum(action.overdue(today) for action in actions),
        slipped=sum(action.slipped for action in actions),
        without_owner=sum(not action.owner for action in actions),
    )


def _in_bands(scale: Scale, levels: dict[str, int]) -> dict[Band, int]:
    return {band: sum(count for key, count in levels.items() if scale.by_key[key].band is band) for band in Band}
