"""What other assessments say about the same statements: other perspectives, and the cycle before. Read-only."""

from collections.abc import Iterable
from dataclasses import dataclass

from scrutiny.analysis.summary import Summary
from scrutiny.model.assessment import Assessment, Perspective
from scrutiny.model.framework import Level

_SHORT = {
    Perspective.SELF_ASSESSMENT: "Self-assessment",
    Perspective.RELEVANT_AGENCY: "Agency",
    Perspective.INDEPENDENT_SCRUTINY: "Scrutineer",
    Perspective.PEER_REVIEW: "Peers",
}


@dataclass(frozen=True)
class Beside:
    """An assessment to be read beside another, with what to call it there."""

    label: str
    assessment: Assessment

    def level(self, statement_id: str) -> Level | None:
        """Its level for a statement; None where it has none."""
        return self.assessment.level(statement_id)


def beside(assessment: Assessment, others: Iterable[Assessment]) -> list[Beside]:
    """The assessments of the same partnership and area that belong beside this one.

    The latest earlier cycle of the same perspective comes first, as "Last cycle"; then every other perspective on the
    same cycle, in the order of the perspectives, with the organisation's name where several share a perspective.
    """
    same = [other for other in others if other.id != assessment.id and _whose(other) == _whose(assessment)]
    found: list[Beside] = []
    earlier = [
        other
        for other in same
        if other.cycle < assessment.cycle
        and other.perspective is assessment.perspective
        and other.respondent.organisation.casefold() == assessment.respondent.organisation.casefold()
    ]
    if earlier:
        found.append(Beside("Last cycle", max(earlier, key=lambda other: (other.cycle, other.modified))))
    current = [other for other in same if other.cycle == assessment.cycle]
    for perspective in Perspective:
        views = [other for other in current if other.perspective is perspective]
        for view in views:
            organisation = view.respondent.organisation
            several = len(views) > 1 or perspective is assessment.perspective
            named = f"{_SHORT[perspective]} ({organisation})" if several and organisation else _SHORT[perspective]
            found.append(Beside(named, view))
    return found


def may_stand_beside(assessment: Assessment, other: Summary) -> bool:
    """Whether `beside` could choose the assessment of a summary; if not, it need not be loaded."""
    same_cycle = other.cycle == assessment.cycle
    earlier = other.cycle < assessment.cycle and other.perspective is assessment.perspective
    return other.id != assessment.id and _whose(other) == _whose(assessment) and (same_cycle or earlier)


def _whose(assessment: Assessment | Summary) -> tuple[str, str]:
    return assessment.partnership.casefold(), assessment.area.casefold()
