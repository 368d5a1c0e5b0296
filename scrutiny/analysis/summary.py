"""Summaries: what a list of many assessments shows of each, without its answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from scrutiny.analysis.progress import ActionTally, Tally, counted, placed_actions, tally
from scrutiny.model.action import ActionStatus
from scrutiny.model.assessment import Assessment, Marking, Perspective, Respondent, Scope, Status
from scrutiny.model.framework import Framework, Scale


@dataclass(frozen=True, slots=True)
class SectionOutline:
    """What a section is called."""

    id: str
    ref: str
    title: str


@dataclass(frozen=True)
class FrameworkOutline:
    """A framework without its statements. Summaries of one framework share one outline."""

    id: str
    version: int
    title: str
    scale: Scale
    sections: tuple[SectionOutline, ...]


@dataclass(frozen=True, slots=True)
class SectionCounts:
    """How many statements of a section were answered in which way."""

    unrated: int
    not_applicable: int
    levels: tuple[int, ...]
    """Statements at each level, in the scale's order."""


@dataclass(frozen=True, slots=True)
class ActionCounts:
    """How many actions there are, and what is needed to tell which are overdue on any day."""

    statuses: tuple[int, ...]
    """Actions of each status, in the order of `ActionStatus`."""
    slipped: int
    without_owner: int
    open_due: tuple[date, ...]
    """Due dates of the actions that are still open, earliest first."""


@dataclass(frozen=True, slots=True)
class Summary:
    """An assessment's details and counts."""

    id: UUID
    partnership: str
    area: str
    cycle: str
    as_at: date
    perspective: Perspective
    scope: Scope
    marking: Marking
    status: Status
    created: datetime
    modified: datetime
    respondent: Respondent
    framework: FrameworkOutline
    sections: tuple[SectionCounts, ...]
    """The counts of each section, in the framework's order."""
    actions: ActionCounts

    @property
    def tally(self) -> Tally:
        """How all statements were answered."""
        return self._tally(self.sections)

    @property
    def section_tallies(self) -> list[tuple[SectionOutline, Tally]]:
        """How the statements of each section were answered, in order."""
        return [
            (outline, self._tally((counts,)))
            for outline, counts in zip(self.framework.sections, self.sections, strict=True)
        ]

    @property
    def has_actions(self) -> bool:
        """Whether there is any action, open or closed."""
        return any(self.actions.statuses)

    def overdue(self, today: date) -> int:
        """How many actions are overdue on a day."""
        return sum(due < today for due in self.actions.open_due)

    def action_tally(self, today: date) -> ActionTally:
        """The actions as they stand on a day."""
        return ActionTally(
            dict(zip(ActionStatus, self.actions.statuses, strict=True)),
            overdue=self.overdue(today),
            slipped=self.actions.slipped,
            without_owner=self.actions.without_owner,
        )

    def _tally(self, sections: Iterable[SectionCounts]) -> Tally:
        every = list(sections)
        scale = self.framework.scale
        levels = dict(zip(scale.by_key, map(sum, zip(*(counts.levels for counts in every), strict=True)), strict=True))
        unrated = sum(counts.unrated for counts in every)
        return counted(scale, levels, unrated, sum(counts.not_applicable for counts in every))


def outlined(framework: Framework) -> FrameworkOutline:
    """A framework without its statements."""
    sections = tuple(SectionOutline(section.id, section.ref, section.title) for section in framework.sections)
    return FrameworkOutline(framework.id, framework.version, framework.title, framework.scale, sections)


def summarise(assessment: Assessment, outline: Callable[[Framework], FrameworkOutline] = outlined) -> Summary:
    """Summarise an assessment.

    Args:
        outline: Makes the framework's outline; lets a caller share one outline between many summaries.
    """
    return Summary(
        id=assessment.id,
        partnership=assessment.partnership,
        area=assessment.area,
        cycle=assessment.cycle,
        as_at=assessment.as_at,
        perspective=assessment.perspective,
        scope=assessment.scope,
        marking=assessment.marking,
        status=assessment.status,
        created=assessment.created,
        modified=assessment.modified,
        respondent=assessment.respondent,
        framework=outline(assessment.framework),
        sections=tuple(_counts(tally(assessment, section.statements)) for section in assessment.framework.sections),
        actions=_action_counts(assessment),
    )


def _counts(found: Tally) -> SectionCounts:
    return SectionCounts(found.unrated, found.not_applicable, tuple(found.levels.values()))


def _action_counts(assessment: Assessment) -> ActionCounts:
    actions = [placed.action for placed in placed_actions(assessment)]
    statuses = [action.status for action in actions]
    return ActionCounts(
        tuple(statuses.count(status) for status in ActionStatus),
        slipped=sum(action.slipped for action in actions),
        without_owner=sum(not action.owner for action in actions),
        open_due=tuple(sorted(action.due for action in actions if action.due and not action.status.closed)),
    )
