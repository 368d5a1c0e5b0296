"""What a board must see first."""

from datetime import date
from typing import Any

import pytest

from scrutiny.analysis.exceptions import ExceptionKind, exceptions
from scrutiny.model.action import ActionStatus
from scrutiny.model.assessment import Answer, Assessment
from scrutiny.model.framework import NOT_APPLICABLE
from tests import building
from tests.building import TODAY


def alone(**changes: Any) -> Assessment:
    """An assessment in which only one action can stand out."""
    quiet = Answer(rating=NOT_APPLICABLE, reason="None.")
    plan = Answer(rating="green", evidence="Yes.", actions=(building.action("AAAA2", **changes),))
    return building.draft(answers={"plan": plan, "leaders": quiet, "voice": quiet, "safety": quiet})


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"due": date(2026, 10, 31)}, ExceptionKind.OVERDUE, "Due 31 Oct 2026: Agree one plan."),
        ({"owner": ""}, ExceptionKind.NO_OWNER, "Agree one plan."),
        ({"decision": "Fund\nit."}, ExceptionKind.DECISION, "Fund it."),
        (
            {"original_due": date(2026, 12, 1)},
            ExceptionKind.SLIPPED,
            "Moved from 1 Dec 2026 to 31 Mar 2027: Agree one plan.",
        ),
    ],
)
def test_an_action_stands_out(changes: dict[str, Any], kind: ExceptionKind, message: str) -> None:
    """An action stands out for being overdue, moved, without an owner, or in want of a decision."""
    (found,) = exceptions(alone(**changes), TODAY)
    assert (found.kind, found.ref, found.statement_id, found.action_id) == (kind, "1.1-AAAA2", "plan", "AAAA2")
    assert found.message == message


def test_nothing_stands_out_of_a_quiet_assessment() -> None:
    """A green statement with an action in time, and statements that do not apply, are nothing for a board."""
    assert exceptions(alone(), TODAY) == []
    assert exceptions(alone(due=TODAY), TODAY) == []


def test_what_is_closed_is_neither_late_nor_slipped() -> None:
    """Complete and embedded actions are no longer late, however late they were."""
    late: dict[str, Any] = {"due": date(2026, 6, 1), "original_due": date(2026, 1, 1)}
    for status in (ActionStatus.COMPLETE, ActionStatus.EMBEDDED):
        assert exceptions(alone(status=status, **late), TODAY) == []
    assert [found.kind for found in exceptions(alone(**late), TODAY)] == [ExceptionKind.OVERDUE, ExceptionKind.SLIPPED]


def test_red_and_unrated_statements_stand_out() -> None:
    """Red statements come first, unrated ones later, and amber, green and not applicable ones not at all."""
    ratings = {"plan": None, "leaders": "red", "voice": "amber", "safety": "red"}
    assessment = building.draft(answers={name: Answer(rating=rating) for name, rating in ratings.items() if rating})
    assert [(found.kind, found.ref, found.message) for found in exceptions(assessment, TODAY)] == [
        (ExceptionKind.RED, "1.2a", "The three partners lead together, and well."),
        (ExceptionKind.RED, "2.2", "Safety"),
        (ExceptionKind.UNRATED, "1.1", "One plan"),
    ]


def test_the_lowest_grades_stand_out() -> None:
    """On a scale of one's own the levels of the red band stand out, by their own names."""
    assessment = building.draft(framework=building.graded(), answers={"part-1": Answer(rating="inadequate")})
    assert exceptions(assessment, TODAY)[0].message == "Inadequate: Part 1 is done."


def test_the_most_pressing_comes_first(filled: Assessment) -> None:
    """What stands out is ordered by kind, then as in the framework."""
    kinds = [found.kind for found in exceptions(filled, TODAY)]
    assert kinds == sorted(kinds, key=list(ExceptionKind).index)
    assert kinds == [ExceptionKind.RED, ExceptionKind.DECISION, ExceptionKind.OVERDUE]
    assert ExceptionKind.DECISION.label == "Decision wanted"
