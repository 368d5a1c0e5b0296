"""Edits: a new assessment each time, within the rules of the domain."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrutiny.errors import NotAllowed, ScrutinyError, UnknownName
from scrutiny.model import edits
from scrutiny.model.action import ActionKind, ActionStatus
from scrutiny.model.assessment import Assessment, Marking, Perspective, Respondent, Scope, SourceKind, Status
from scrutiny.model.framework import NOT_APPLICABLE
from tests import building

Edit = Callable[[Assessment], Assessment]

CLOSED_WITH_THE_DRAFT: dict[str, Edit] = {
    "rate": lambda a: edits.rate(a, "plan", "red"),
    "take back": lambda a: edits.rate(a, "plan", None),
    "reason": lambda a: edits.give_reason(a, "leaders", "Another."),
    "evidence": lambda a: edits.write_evidence(a, "plan", "Another."),
    "source": lambda a: edits.put_source(a, "plan", edits.new_source(a, SourceKind.DATA, "Another")),
    "remove source": lambda a: edits.remove_source(a, "plan", "9VH5V"),
    "describe": lambda a: edits.describe(a, area="Southshire"),
}
ALWAYS_OPEN: dict[str, Edit] = {
    "action": lambda a: edits.put_action(a, "plan", edits.new_action(a, "plan", "Another.")),
    "change action": lambda a: edits.put_action(a, "plan", building.action("AAAA2", text="Another.")),
    "remove action": lambda a: edits.remove_action(a, "plan", "AAAA2"),
    "reopen": lambda a: edits.set_status(a, Status.DRAFT),
    "make final": lambda a: edits.set_status(a, Status.FINAL),
}


@pytest.mark.parametrize("edit", [*CLOSED_WITH_THE_DRAFT.values(), *list(ALWAYS_OPEN.values())[:3]])
def test_an_edit_makes_a_new_assessment(filled: Assessment, edit: Edit) -> None:
    """An edit returns another assessment and leaves the one it was given as it was, answers included."""
    before = filled.model_copy(deep=True)
    answers = filled.answers
    after = edit(filled)
    assert after != filled
    assert filled == before
    assert filled.answers is answers
    assert after.answers is not answers or after.area != filled.area


@pytest.mark.parametrize("edit", CLOSED_WITH_THE_DRAFT.values(), ids=CLOSED_WITH_THE_DRAFT)
@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.FINAL])
def test_the_submitted_position_is_closed(filled: Assessment, status: Status, edit: Edit) -> None:
    """Ratings, evidence, sources and details are closed once an assessment is no draft, until it is reopened."""
    closed = edits.set_status(filled, status)
    with pytest.raises(NotAllowed, match=status.label.lower()):
        edit(closed)
    assert edit(edits.set_status(closed, Status.DRAFT))


@pytest.mark.parametrize("edit", ALWAYS_OPEN.values(), ids=ALWAYS_OPEN)
def test_actions_live_on(filled: Assessment, edit: Edit) -> None:
    """Actions can be added, changed and removed whatever the status, and the status itself can change."""
    submitted = edits.set_status(filled, Status.SUBMITTED)
    assert edit(submitted) != submitted


def test_a_rating_is_all_that_changes(filled: Assessment) -> None:
    """Rating a statement keeps its evidence, sources and actions, and every other answer."""
    after = edits.rate(filled, "plan", "amber")
    assert after.answer("plan") == filled.answer("plan").model_copy(update={"rating": "amber"})
    assert {**after.answers, "plan": filled.answers["plan"]} == filled.answers


def test_a_rating_that_is_taken_back_leaves_nothing(draft: Assessment) -> None:
    """A statement rated and unrated again is blank, and a blank answer is not kept."""
    rated = edits.rate(draft, "plan", "green")
    assert edits.rate(rated, "plan", None) == draft
    assert edits.rate(rated, "plan", None).answers == {}


@pytest.mark.parametrize("rating", ["Green", "g", "unrated", "", "blue"])
def test_a_rating_is_a_key(draft: Assessment, rating: str) -> None:
    """What the scale does not have is refused, with what it has."""
    with pytest.raises(UnknownName) as caught:
        edits.rate(draft, "plan", rating)
    assert caught.value.hint == "Use one of: green, amber, red, not-applicable."
    assert edits.rate(draft, "plan", NOT_APPLICABLE).answer("plan").not_applicable


@pytest.mark.parametrize("name", ["1.1", "PLAN", "gone", ""])
@pytest.mark.parametrize(
    "edit",
    [
        lambda a, name: edits.rate(a, name, "green"),
        lambda a, name: edits.write_evidence(a, name, "x"),
        lambda a, name: edits.put_action(a, name, building.action()),
        lambda a, name: edits.put_source(a, name, building.source()),
    ],
)
def test_edits_take_ids_only(draft: Assessment, name: str, edit: Callable[[Assessment, str], Assessment]) -> None:
    """An edit under a ref or another spelling is refused: kept under it, the answer would be lost by the next save."""
    with pytest.raises(UnknownName):
        edit(draft, name)


def test_statements_are_named_as_people_do(draft: Assessment) -> None:
    """A ref or an id names a statement, and an unknown one is refused with the refs there are."""
    assert edits.statement_named(draft.framework, "1.2A").id == "leaders"
    assert edits.statement_named(draft.framework, "Voice").ref == "2.1"
    with pytest.raises(UnknownName) as caught:
        edits.statement_named(draft.framework, "7.7")
    assert "1.1, 1.2a, 2.1, 2.2" in caught.value.hint


def test_a_text_too_long_is_refused_in_one_sentence(draft: Assessment) -> None:
    """What a field cannot hold is refused with the field and both lengths, without the text."""
    with pytest.raises(ScrutinyError) as caught:
        edits.write_evidence(draft, "plan", "x" * 100_001)
    assert caught.value.title == (
        "Statement 1.1 cannot be kept like this: evidence is 100,001 characters long; the most it can hold is 100,000."
    )


def test_texts_are_cleaned(draft: Assessment) -> None:
    """What is typed passes through the model's cleaning, whichever edit brings it."""
    after = edits.write_evidence(draft, "plan", "a\r\nb\x1b[2J")
    assert after.answer("plan").evidence == "a\nb[2J"
    action = edits.new_action(draft, "plan", "Do\r\nit", owner=" the \n chair ")
    assert (action.text, action.owner) == ("Do\nit", "the chair")


def test_a_new_action_fits_its_rating(filled: Assessment) -> None:
    """A new action sustains what is green and improves everything else, unless its kind is given."""
    kinds = [edits.new_action(filled, name, "Do it.").kind for name in ("plan", "voice", "safety", "leaders")]
    assert kinds == [ActionKind.SUSTAIN, ActionKind.IMPROVE, ActionKind.IMPROVE, ActionKind.IMPROVE]
    assert edits.new_action(filled, "plan", "Do it.", kind=ActionKind.IMPROVE).kind is ActionKind.IMPROVE


def test_new_codes_are_nobodys(filled: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new action's or source's code is none that the assessment has, archived answers included."""
    drawn = iter("AAAA2FFFF7GGGG89VH5VHHHH9")
    monkeypatch.setattr("secrets.choice", lambda _alphabet: next(drawn))
    assert edits.new_action(filled, "plan", "Do it.").id == "GGGG8"
    assert edits.new_source(filled, SourceKind.DATA, "Data").id == "HHHH9"


def test_a_code_stays_with_one_thing(filled: Assessment) -> None:
    """Something with the code of another thing is not put: the file could not be loaded again."""
    with pytest.raises(ScrutinyError, match="AAAA2"):
        edits.put_action(filled, "voice", building.action("AAAA2"))
    with pytest.raises(ScrutinyError, match="AAAA2"):
        edits.put_source(filled, "plan", building.source("AAAA2"))
    with pytest.raises(ScrutinyError, match="FFFF7"):
        edits.put_action(filled, "voice", building.action("FFFF7"))


def test_actions_keep_their_places(filled: Assessment) -> None:
    """A changed action stays where it was, a new one comes last, and a removed one is gone."""
    changed = edits.put_action(filled, "voice", building.action("BBBB3", text="New."))
    assert [action.id for action in changed.answer("voice").actions] == ["BBBB3", "CCCC4"]
    added = edits.put_action(changed, "voice", building.action("GGGG8"))
    assert [action.id for action in added.answer("voice").actions] == ["BBBB3", "CCCC4", "GGGG8"]
    removed = edits.remove_action(added, "voice", "BBBB3")
    assert [action.id for action in removed.answer("voice").actions] == ["CCCC4", "GGGG8"]
    assert edits.remove_action(removed, "voice", "BBBB3") == removed


def test_sources_keep_their_places(draft: Assessment) -> None:
    """A changed source stays where it was, and a removed one is gone."""
    one, two = building.source("AAAA2"), building.source("BBBB3")
    both = edits.put_source(edits.put_source(draft, "plan", one), "plan", two)
    changed = edits.put_source(both, "plan", building.source("AAAA2", title="Other"))
    assert [(source.id, source.title) for source in changed.answer("plan").sources] == [
        ("AAAA2", "Other"),
        ("BBBB3", "Neglect audit"),
    ]
    assert edits.remove_source(edits.remove_source(changed, "plan", "AAAA2"), "plan", "BBBB3") == draft


@given(days=st.lists(st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 5)), min_size=1, max_size=6))
def test_a_moved_due_date_keeps_the_first(days: list[date | None]) -> None:
    """However often a due date is moved, taken away and given again, the first one stays on as the original."""
    action = building.action(due=None)
    for day in days:
        action = edits.revise_action(action, due=day)
    given = [day for day in days if day is not None]
    assert action.due == days[-1]
    moved = bool(given) and any(day != given[0] for day in days[days.index(given[0]) :])
    assert action.original_due == (given[0] if moved else None)
    assert action.slipped == (days[-1] is not None and days[-1] > given[0])


def test_a_revised_action_is_checked() -> None:
    """Other changes leave the due dates alone, and what does not fit is refused in one sentence."""
    action = building.action()
    revised = edits.revise_action(action, status=ActionStatus.COMPLETE, closed_by="Chair")
    assert (revised.due, revised.original_due) == (action.due, None)
    with pytest.raises(ScrutinyError, match="This action is not complete yet: text is empty"):
        edits.revise_action(action, text=" ")


def begin(**changes: Any) -> Assessment:
    """A new assessment with some fields changed."""
    fields: dict[str, Any] = {
        "partnership": "P",
        "area": "A",
        "cycle": "2026-27",
        "as_at": date(2026, 11, 1),
        "perspective": Perspective.PEER_REVIEW,
        "now": datetime(2026, 11, 1, 9, 0, 0, 123, tzinfo=UTC),
    }
    return edits.create(building.framework(), **{**fields, **changes})


def test_a_new_assessment_is_a_blank_draft() -> None:
    """A new assessment has an id of its own, the moment of its making to the second, and no answers."""
    one, two = begin(), begin(scope=Scope.ADULTS, marking=Marking.OFFICIAL_SENSITIVE)
    assert one.id != two.id
    assert one.created == one.modified == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert (one.status, one.answers, one.respondent) == (Status.DRAFT, {}, Respondent())
    assert (two.scope, two.marking) == (Scope.ADULTS, Marking.OFFICIAL_SENSITIVE)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"partnership": " "}, "partnership is empty"),
        ({"cycle": "soon"}, "cycle must be a year such as 2026"),
        ({"as_at": date(1066, 10, 14)}, "as at must be a date between"),
        ({"partnership": "", "area": ""}, "partnership is empty; area is empty"),
    ],
)
def test_a_new_assessment_says_what_it_lacks(changes: dict[str, Any], said: str) -> None:
    """What is missing or badly formed is told in one sentence, all of it at once."""
    with pytest.raises(ScrutinyError) as caught:
        begin(**changes)
    assert caught.value.title.startswith("This assessment cannot be begun yet: ")
    assert said in caught.value.title


def test_a_respondent_is_checked() -> None:
    """Who answers is cleaned, and refused in one sentence when too long."""
    assert edits.new_respondent(" Northshire\nCouncil ") == Respondent(organisation="Northshire Council")
    with pytest.raises(ScrutinyError, match="role is 501 characters long"):
        edits.new_respondent(role="x" * 501)


def test_details_are_checked(draft: Assessment) -> None:
    """Details are changed all together or not at all."""
    after = edits.describe(draft, area="Southshire", cycle="2027/28")
    assert (after.area, after.cycle) == ("Southshire", "2027-28")
    with pytest.raises(ScrutinyError, match="These details cannot be kept yet: area is empty"):
        edits.describe(draft, area="", cycle="2027")
