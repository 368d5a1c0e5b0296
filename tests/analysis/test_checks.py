"""Checks: each with the least that makes it speak, and the least that makes it silent."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from scrutiny.analysis.checks import CHECKS, Finding, Severity, check, stops
from scrutiny.model.action import Action, ActionStatus, Progress
from scrutiny.model.assessment import Answer, Assessment, Respondent
from scrutiny.model.framework import NOT_APPLICABLE
from scrutiny.model.text import CELL_LIMIT
from tests import building

STOP, WARNING = Severity.STOP, Severity.WARNING


def with_answer(**fields: Any) -> Assessment:
    """The filled assessment with another answer to its first statement."""
    filled = building.filled()
    return filled.model_copy(update={"answers": {**filled.answers, "plan": Answer(**fields)}})


def with_action(**changes: Any) -> Assessment:
    """The filled assessment with an action of its first statement changed."""
    return with_answer(rating="green", evidence="Yes.", actions=(building.action("AAAA2", **changes),))


def good(**changes: Any) -> Assessment:
    """The filled assessment, with nothing to find."""
    return with_answer(**{"rating": "green", "evidence": "Yes.", "actions": (building.action("AAAA2"),), **changes})


CASES: list[tuple[str, Severity, Callable[[], Assessment], Callable[[], Assessment], str | None]] = [
    ("unrated", STOP, lambda: good(rating=None), good, None),
    ("evidence-missing", STOP, lambda: good(evidence=""), good, None),
    ("evidence-missing", STOP, lambda: good(evidence=" \n "), good, None),
    (
        "evidence-missing",
        STOP,
        lambda: good(rating="amber", evidence=""),
        lambda: good(rating="red", evidence=""),
        None,
    ),
    ("action-missing", STOP, lambda: good(actions=()), good, None),
    ("action-missing", STOP, lambda: good(rating="red", actions=()), lambda: good(rating="red"), None),
    (
        "reason-missing",
        STOP,
        lambda: with_answer(rating=NOT_APPLICABLE, reason=" "),
        lambda: with_answer(rating=NOT_APPLICABLE, reason="A single partner."),
        None,
    ),
    ("action-owner", STOP, lambda: with_action(owner=""), good, "AAAA2"),
    ("action-agency", STOP, lambda: with_action(agency=""), good, "AAAA2"),
    ("action-due", STOP, lambda: with_action(due=None), good, "AAAA2"),
    (
        "action-closing",
        STOP,
        lambda: with_action(status=ActionStatus.COMPLETE, closed_by="Chair"),
        lambda: with_action(status=ActionStatus.COMPLETE, closed_by="Chair", closed_on=date(2026, 9, 1)),
        "AAAA2",
    ),
    (
        "action-closing",
        STOP,
        lambda: with_action(status=ActionStatus.EMBEDDED, closed_on=date(2026, 9, 1), impact="Yes."),
        lambda: with_action(status=ActionStatus.EMBEDDED, closed_by="C", closed_on=date(2026, 9, 1), impact="Yes."),
        "AAAA2",
    ),
    (
        "action-impact",
        STOP,
        lambda: with_action(status=ActionStatus.EMBEDDED, closed_by="C", closed_on=date(2026, 9, 1), impact=" "),
        lambda: with_action(status=ActionStatus.COMPLETE, closed_by="C", closed_on=date(2026, 9, 1)),
        "AAAA2",
    ),
    ("action-outcome", WARNING, lambda: with_action(outcome="\n"), good, "AAAA2"),
    (
        "respondent-missing",
        WARNING,
        lambda: good().model_copy(update={"respondent": Respondent(role="Head")}),
        lambda: good().model_copy(update={"respondent": Respondent(organisation="Council")}),
        None,
    ),
    (
        "text-too-long",
        WARNING,
        lambda: good(evidence="x" * (CELL_LIMIT + 1)),
        lambda: good(evidence="x" * CELL_LIMIT),
        None,
    ),
    ("text-too-long", WARNING, lambda: good(evidence="\U0001f600" * 17_000), lambda: good(evidence="é" * 17_000), None),
    ("text-too-long", WARNING, lambda: with_action(text="x" * 40_000), lambda: with_action(text="x"), "AAAA2"),
    ("identifier", WARNING, lambda: good(evidence="See 943 476 5919."), lambda: good(evidence="See file 12."), None),
    ("identifier", WARNING, lambda: with_action(owner="sam@example.org"), good, "AAAA2"),
]


@pytest.mark.parametrize(("name", "severity", "bad", "mended", "action"), CASES, ids=[case[0] for case in CASES])
def test_a_check_speaks_and_falls_silent(
    name: str,
    severity: Severity,
    bad: Callable[[], Assessment],
    mended: Callable[[], Assessment],
    action: str | None,
) -> None:
    """The least mistake makes a check speak once, at its place, and nothing else; mending it makes the check silent."""
    (found,) = check(bad())
    assert (found.check, found.severity, found.action_id) == (name, severity, action)
    assert found.statement_id == (None if name == "respondent-missing" else "plan")
    assert found.message.endswith(".")
    assert check(mended()) == []
    assert stops([found]) == ([found] if severity is STOP else [])


def test_every_check_has_a_case() -> None:
    """Each of the checks that are listed is shown to speak, and each that speaks is listed."""
    assert {case[0] for case in CASES} == set(CHECKS)


def test_the_sample_has_nothing_to_find(filled: Assessment) -> None:
    """A whole assessment, with each rating and an embedded action, can be submitted."""
    assert check(filled) == []


@pytest.mark.parametrize("field", ["evidence", "reason", "owner", "agency", "outcome", "closed_by", "impact"])
def test_invisible_text_is_missing(field: str) -> None:
    """A note or a name in which nothing is to be seen is told as if it were empty."""
    closed = {"status": ActionStatus.EMBEDDED, "closed_on": date(2026, 10, 1), "closed_by": "Board", "impact": "Seen."}

    def found(text: str) -> list[str]:
        if field == "evidence":
            assessment = with_answer(rating="green", evidence=text)
        elif field == "reason":
            assessment = with_answer(rating=NOT_APPLICABLE, reason=text)
        else:
            assessment = with_action(**{**closed, field: text})
        return [finding.check for finding in check(assessment)]

    assert found("\u200b\u2060") == found("") != found("x")


def test_a_blank_assessment_is_unrated_throughout(draft: Assessment) -> None:
    """Before anything is answered every statement stops submission, in the framework's order, for one reason only."""
    assert [(found.check, found.statement_id) for found in check(draft)] == [
        ("unrated", "plan"),
        ("unrated", "leaders"),
        ("unrated", "voice"),
        ("unrated", "safety"),
    ]


def test_what_stops_comes_first() -> None:
    """Within a statement what stops submission comes before what is only worth a look."""
    findings = check(with_answer(rating="green", evidence="Call 01632 960123.", actions=()))
    assert [found.severity for found in findings] == [STOP, WARNING]
    assert stops(findings) == findings[:1]
    assert [severity.label for severity in Severity] == ["Stops submission", "Worth a look"]


@pytest.mark.parametrize(
    ("rating", "words"), [("green", "an action to sustain it"), ("amber", "to improve it"), ("red", "to improve it")]
)
def test_the_missing_action_is_named(rating: str, words: str) -> None:
    """Green asks for an action to sustain it, amber and red for one to improve it."""
    (found,) = check(good(rating=rating, actions=()))
    assert words in found.message


def test_a_scale_of_ones_own_is_checked_by_its_bands() -> None:
    """On a scale of four grades evidence is asked for in the green and amber bands, in the scale's own words."""
    answers = {f"part-{at}": Answer(rating=key) for at, key in enumerate(["good", "improving", "inadequate"], start=1)}
    findings = check(building.draft(framework=building.graded(), answers=answers))
    assert [found.message for found in findings if found.check == "evidence-missing"] == [
        "Good needs evidence.",
        "Improving needs evidence.",
    ]


NUMBER = "943 476 5919"


@pytest.mark.parametrize(
    "bad",
    [
        lambda: good(reason=NUMBER),
        lambda: good(sources=(building.source(title=NUMBER),)),
        lambda: good(sources=(building.source(location=NUMBER),)),
        *(
            partial(with_action, **{field: NUMBER})
            for field in ("text", "agency", "owner", "outcome", "impact", "decision", "closed_by")
        ),
        lambda: with_action(progress=(Progress(date=date(2026, 1, 1), text=NUMBER),)),
    ],
)
def test_every_text_is_looked_at(bad: Callable[[], Assessment]) -> None:
    """An identifier is noticed wherever a person can write one, and not repeated in the message."""
    (found,) = check(bad())
    assert found.check == "identifier"
    assert "an NHS number" in found.message
    assert "5919" not in found.message


def test_no_finding_repeats_a_note() -> None:
    """No message holds a word of what people wrote."""
    canary = "Canary4711@example.org"
    action = Action.model_validate({"id": "AAAA2", "kind": "improve", "text": canary, "status": "embedded"})
    findings: list[Finding] = check(with_answer(rating="green", reason=canary, evidence=canary, actions=(action,)))
    assert len(findings) > 5
    assert "4711" not in " ".join(found.message for found in findings)


def test_archived_answers_are_left_alone() -> None:
    """What has left the framework is history: nothing about it stops submission."""
    assert check(building.filled().model_copy(update={"archived": ()})) == check(building.filled())
