"""What other assessments say about the same statements."""

from typing import Any
from uuid import uuid4

import pytest

from scrutiny.analysis.beside import beside, may_stand_beside
from scrutiny.analysis.summary import summarise
from scrutiny.model.assessment import Answer, Assessment, Perspective, Respondent
from tests import building

SCRUTINEER = Perspective.INDEPENDENT_SCRUTINY


def other(**changes: Any) -> Assessment:
    """An assessment of the same partnership with an id of its own."""
    return building.draft(**{"id": uuid4(), **changes})


def labels(*others: Assessment) -> list[str]:
    """What the others are called beside the sample."""
    return [found.label for found in beside(building.draft(), others)]


def test_the_last_cycle_comes_first() -> None:
    """The latest earlier cycle of the same respondent comes first, and earlier ones not at all."""
    old, last = other(cycle="2024-25"), other(cycle="2025-26")
    found = beside(building.draft(), [other(perspective=SCRUTINEER), old, last])
    assert [(one.label, one.assessment.cycle) for one in found] == [
        ("Last cycle", "2025-26"),
        ("Scrutineer", "2026-27"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"partnership": "Another"},
        {"area": "Southshire"},
        {"cycle": "2027-28"},
        {"cycle": "2025-26", "perspective": SCRUTINEER},
        {"cycle": "2025-26", "respondent": Respondent(organisation="Northshire Police")},
    ],
)
def test_what_does_not_belong_beside(changes: dict[str, Any]) -> None:
    """Other partnerships, later cycles, and what others said in earlier cycles stay away."""
    assert labels(other(**changes)) == []


@pytest.mark.parametrize(
    "partnership", ["Northshire Safeguarding Partnership", "NORTHSHIRE safeguarding partnership", "A"]
)
@pytest.mark.parametrize("cycle", ["2024-25", "2025-26", "2026-27", "2027-28"])
@pytest.mark.parametrize("perspective", Perspective)
def test_whatever_is_chosen_is_loaded(partnership: str, cycle: str, perspective: Perspective) -> None:
    """The summary of an assessment that belongs beside the sample never rules it out."""
    assessment = other(partnership=partnership, cycle=cycle, perspective=perspective)
    chosen = bool(beside(building.draft(), [assessment]))
    assert may_stand_beside(building.draft(), summarise(assessment)) or not chosen
    if partnership == "A" or cycle == "2027-28":
        assert not may_stand_beside(building.draft(), summarise(assessment))


def test_an_assessment_is_not_beside_itself() -> None:
    """The same assessment in another file is not another view."""
    assert labels(building.draft(area="Northshire")) == []


def test_names_are_compared_as_people_do() -> None:
    """Capitals make no other partnership."""
    assert labels(other(area="NORTHSHIRE", perspective=SCRUTINEER)) == ["Scrutineer"]


def test_several_of_one_perspective_are_told_apart() -> None:
    """Two agencies are called by their organisations, and so is another self-assessment."""
    agency = Perspective.RELEVANT_AGENCY
    school, hospital = (Respondent(organisation=name) for name in ("School", "Hospital"))
    assert labels(
        other(perspective=agency, respondent=school),
        other(perspective=agency, respondent=hospital),
        other(respondent=Respondent(organisation="Police")),
        other(perspective=Perspective.PEER_REVIEW),
    ) == ["Self-assessment (Police)", "Agency (School)", "Agency (Hospital)", "Peers"]


def test_levels_beside() -> None:
    """Each view gives its own level for a statement, or none."""
    rated = other(perspective=SCRUTINEER, answers={"plan": Answer(rating="red")})
    (found,) = beside(building.draft(), [rated])
    level = found.level("plan")
    assert level is not None
    assert level.key == "red"
    assert found.level("voice") is None
    assert found.level("nothing") is None
