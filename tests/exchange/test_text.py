"""Assessments and frameworks as plain text, for people and for screen readers."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrutiny.exchange import text
from scrutiny.model.assessment import Answer, Assessment
from tests import building, strategies


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(assessment=strategies.assessments(), width=st.integers(20, 100))
def test_any_assessment_has_a_text(assessment: Assessment, width: int) -> None:
    """Every assessment is shown at every width, its statements in order, each with its rating in words."""
    shown = text.assessment_text(assessment, building.TODAY, width)
    assert shown.count("Rating: ") >= len(assessment.framework.statements)
    text.framework_text(assessment.framework, width)


@given(note=st.text("ab é\n", max_size=200), width=st.integers(20, 80))
def test_wrapping_loses_nothing(note: str, width: int) -> None:
    """Wrapping keeps every word in order and every blank line, and makes no line too long that has a space in it."""
    shown = text.paragraph(note, width, "  ")
    assert shown.split() == note.split()
    assert shown.count("\n\n") >= note.strip("\n").count("\n\n")
    assert all(len(line) <= width or " " not in line.strip() for line in shown.split("\n"))
    assert all(line == line.rstrip() for line in shown.split("\n"))


@pytest.mark.parametrize(
    "word", ["1.2b-K7Q2M", "2026-11-01", "northshire-2026-27-self-assessment.toml", "Care-Act-2014"]
)
def test_nothing_is_broken_inside(word: str) -> None:
    """Refs, dates and file names stay whole, so that they can be read out and copied."""
    for width in range(20, 40):
        assert word in text.paragraph(f"See also what is said about {word} in the minutes.", width)


def test_pairs() -> None:
    """Values stand behind their names, those of several lines below them, and empty ones not at all."""
    shown = text.pairs([("Area", "Northshire"), ("Note", "One.\n\nTwo."), ("Role", ""), ("Name", " ")], 80, "  ")
    assert shown == "  Area: Northshire\n  Note:\n    One.\n\n    Two."


def test_archived_answers_keep_their_words(filled: Assessment) -> None:
    """An archived answer is shown with the rating's word as it was, with its sources and its actions."""
    shown = text.assessment_text(filled, building.TODAY, 100)
    archived = shown[shown.index("Archived answers") :]
    for words in ("9.9\n", "Statement: It was asked once.", "Rating: Amber", "So it was.", "Action 9.9-FFFF7"):
        assert words in archived


@pytest.mark.parametrize(("count", "words"), [(0, "0 actions: "), (1, "1 action: "), (2, "2 actions: ")])
def test_one_action_is_one_action(count: int, words: str) -> None:
    """Figures are said as people say them."""
    actions = tuple(building.action(code) for code in ("AAAA2", "BBBB3")[:count])
    assessment = building.draft(answers={"plan": Answer(rating="red", actions=actions)})
    assert text.actions_line(assessment, building.TODAY).startswith(words)
