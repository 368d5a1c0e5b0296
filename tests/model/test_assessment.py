"""Assessments: what fits together, and what is found in them."""

from typing import Any

import pytest
from pydantic import ValidationError

from scrutiny.model.assessment import BLANK, Answer, Assessment, Marking, Perspective, Scope, SourceKind, Status
from scrutiny.model.framework import NOT_APPLICABLE, Band
from scrutiny.model.problems import problems_in
from tests import building


def problems(**changes: Any) -> list[str]:
    """What is wrong with a draft after some changes."""
    with pytest.raises(ValidationError) as caught:
        building.draft(**changes)
    return [str(problem) for problem in problems_in(caught.value)]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026", "2026"),
        ("2026-27", "2026-27"),
        ("2026/27", "2026-27"),
        ("2026-2027", "2026-27"),
        (" 2026/2027 ", "2026-27"),
        ("1999-00", "1999-00"),
        ("1999-2000", "1999-00"),
    ],
)
def test_cycles_have_one_spelling(typed: str, kept: str) -> None:
    """A year, or two that follow each other, whichever way they are joined, are kept in one way."""
    assert building.draft(cycle=typed).cycle == kept


@pytest.mark.parametrize(
    "typed", ["", "26-27", "2026-28", "2026-26", "2026-2127", "2026-27-28", "2026 27", "autumn", "２０２６", "2026-7"]
)
def test_other_cycles_are_refused(typed: str) -> None:
    """Anything else would not line up in a comparison."""
    assert problems(cycle=typed)[0].startswith("cycle: ")


def test_words_that_people_see() -> None:
    """Every word of a list has a label."""
    assert [one.label for one in Perspective] == [
        "Self-assessment",
        "Relevant agency",
        "Independent scrutiny",
        "Peer review",
    ]
    assert [one.label for one in Scope] == ["Children", "Adults", "Children and adults"]
    assert [one.label for one in Marking] == ["OFFICIAL", "OFFICIAL-SENSITIVE"]
    assert [one.label for one in Status] == ["Draft", "Submitted", "Final"]
    assert SourceKind.VOICE.label == "Voice of children or adults"
    assert SourceKind.PRACTITIONER_FEEDBACK.label == "Practitioner feedback"


def test_answers_belong_to_statements() -> None:
    """An answer to a statement that the framework does not have is refused, not kept out of sight."""
    assert problems(answers={"gone": Answer(rating="red")}) == [
        "answers.gone: belongs to no statement of the framework"
    ]


def test_ratings_belong_to_the_scale() -> None:
    """A rating is a level's key or not-applicable, exactly."""
    assert building.draft(answers={"plan": Answer(rating=NOT_APPLICABLE)}).answer("plan").not_applicable
    assert problems(answers={"plan": Answer(rating="Green")}) == [
        "answers.plan.rating: must be one of: green, amber, red, not-applicable"
    ]


def test_codes_are_used_once() -> None:
    """A code names one thing in the whole assessment, whether a source or an action."""
    answers = {
        "plan": Answer(actions=(building.action("AAAA2"),)),
        "voice": Answer(sources=(building.source("AAAA2"),), actions=(building.action("AAAA2"),)),
    }
    assert problems(answers=answers) == [
        "answers.voice.sources[1].id: the code AAAA2 is used more than once",
        "answers.voice.actions[1].id: the code AAAA2 is used more than once",
    ]


def test_codes_of_archived_answers_count(filled: Assessment) -> None:
    """The codes of an assessment include those of archived answers, so that none comes back."""
    assert filled.codes == {"9VH5V", "AAAA2", "BBBB3", "CCCC4", "DDDD5", "EEEE6", "FFFF7"}


def test_a_large_assessment_is_checked_quickly() -> None:
    """Thousands of actions do not make loading slow: their codes are compared once."""
    import time

    from scrutiny.model.action import Action

    alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    codes = [f"2{a}{b}{c}2" for a in alphabet[:10] for b in alphabet for c in alphabet]
    actions: tuple[Action, ...] = tuple(building.action(code) for code in codes[:9000])
    began = time.process_time()
    assert building.draft(answers={"plan": Answer(actions=actions)})
    assert time.process_time() - began < 2


def test_answers_in_order(filled: Assessment) -> None:
    """Every statement comes with its answer, in the framework's order; an untouched one with a blank answer."""
    partial = building.draft(answers={"voice": Answer(rating="red")})
    assert [(statement.ref, answer.rating) for statement, answer in partial.in_order()] == [
        ("1.1", None),
        ("1.2a", None),
        ("2.1", "red"),
        ("2.2", None),
    ]
    assert partial.answer("plan") is BLANK
    assert BLANK.blank
    assert not filled.answer("leaders").blank


def test_levels_of_answers(filled: Assessment) -> None:
    """A rated statement has a level; one that is unrated or does not apply has none."""
    level = filled.level("voice")
    assert level is not None
    assert level.band is Band.AMBER
    assert filled.level("leaders") is None
    assert building.draft().level("plan") is None


def test_an_archived_answer_keeps_its_statement() -> None:
    """An archived answer has the text it answered: without it the file could not be loaded again."""
    archived = [{"id": "gone", "text": "", "answer": {}}]
    assert problems(archived=archived) == ["archived[1].text: is empty"]
    assert problems(archived=[{"id": "gone", "text": "x", "answer": {"rating": ""}}]) == [
        "archived[1].answer.rating: is empty"
    ]
