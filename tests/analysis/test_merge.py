"""Two edits of one assessment come together without losing or inventing anything."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrutiny.analysis.merge import Choice, Conflict, Merged, Place, differences, merge, settle
from scrutiny.errors import NotAllowed
from scrutiny.model import edits
from scrutiny.model.action import Action, ActionKind, Progress
from scrutiny.model.assessment import Answer, ArchivedAnswer, Assessment, Respondent, Source, SourceKind, Status
from scrutiny.model.framework import NOT_APPLICABLE
from scrutiny.model.text import NOTE_LIMIT
from tests import building

Change = Callable[[Assessment], Assessment]

STATEMENTS = ("plan", "leaders", "voice")
WORDS = ("", "one", "two", "three\nlines", "four")
BASE_SOURCES = ("BAS22", "BAS33")
BASE_ACTIONS = ("BAX22", "BAX33")


def source(code: str, title: str = "one") -> Source:
    """A source with a given code."""
    return Source(id=code, kind=SourceKind.AUDIT, title=title)


def action(code: str, text: str = "one") -> Action:
    """An action with a given code."""
    return Action(id=code, kind=ActionKind.IMPROVE, text=text)


def base() -> Assessment:
    """An assessment with something of everything in its first statement."""
    start = building.draft()
    answer = Answer(
        rating="amber",
        evidence="before",
        sources=tuple(source(code) for code in BASE_SOURCES),
        actions=tuple(
            action(code).model_copy(update={"progress": (Progress(date=date(2026, 1, 1), text="begun"),)})
            for code in BASE_ACTIONS
        ),
    )
    return start.model_copy(update={"answers": {"plan": answer}})


def move_on(now: Assessment, code: str, text: str, days: int) -> Assessment:
    """Add a progress entry to an action, where it is still there."""
    known = next((one for one in now.answer("plan").actions if one.id == code), None)
    if known is None:
        return now
    entry = Progress(date=date(2026, 2, 1) + timedelta(days), text=text)
    return edits.put_action(now, "plan", known.model_copy(update={"progress": (*known.progress, entry)}))


def changes(codes: tuple[str, ...]) -> st.SearchStrategy[list[Change]]:
    """Edits that a side can make; what it adds has codes of its own."""
    statements = st.sampled_from(STATEMENTS)
    words = st.sampled_from(WORDS)
    filled = st.sampled_from(WORDS[1:])
    ratings = st.sampled_from([None, "green", "amber", "red", NOT_APPLICABLE])
    known_actions = st.sampled_from(BASE_ACTIONS)

    def change(edit: Callable[..., Assessment], *details: st.SearchStrategy[Any]) -> st.SearchStrategy[Change]:
        return st.tuples(*details).map(lambda drawn: lambda now: edit(now, *drawn))

    one = st.one_of(
        change(edits.rate, statements, ratings),
        change(edits.write_evidence, statements, words),
        change(edits.give_reason, statements, words),
        change(
            edits.put_source, st.just("plan"), st.builds(source, st.sampled_from([*BASE_SOURCES, codes[0]]), filled)
        ),
        change(
            edits.put_action, st.just("plan"), st.builds(action, st.sampled_from([*BASE_ACTIONS, *codes[1:]]), filled)
        ),
        change(move_on, known_actions, filled, st.integers(0, 3)),
        change(edits.remove_source, st.just("plan"), st.sampled_from(BASE_SOURCES)),
        change(edits.remove_action, st.just("plan"), known_actions),
        change(lambda now, text: edits.describe(now, respondent=Respondent(organisation=text)), words),
    )
    return st.lists(one, max_size=6)


def edited(made: list[Change], minutes: int) -> Assessment:
    """The base with edits, saved so many minutes later."""
    result = reduce(lambda now, change: change(now), made, base())
    return result.model_copy(update={"modified": result.modified + timedelta(minutes=minutes)}) if made else result


OURS = changes(("ADS22", "ADX22", "ADX33")).map(lambda made: edited(made, 1))
THEIRS = changes(("THS22", "THX22", "THX33")).map(lambda made: edited(made, 2))


def content(assessment: Assessment) -> Assessment:
    """An assessment without the moment it was saved."""
    return assessment.model_copy(update={"modified": base().modified})


def settled(merged: Merged, choice: Choice) -> Assessment:
    """Every conflict settled alike."""
    return settle(merged, dict.fromkeys(merged.conflicts, choice))


@given(THEIRS)
def test_what_only_one_side_changed_is_taken_whole(theirs: Assessment) -> None:
    """Identity: merging an edit with no edit gives the edit, on either side, without a conflict."""
    for merged in (merge(base(), base(), theirs), merge(base(), theirs, base())):
        assert content(merged.assessment) == content(theirs)
        assert merged.conflicts == ()


@given(OURS)
def test_the_same_edit_on_both_sides_is_one_edit(ours: Assessment) -> None:
    """Idempotence: merging an edit with itself gives the edit."""
    merged = merge(base(), ours, ours)
    assert merged == Merged(ours)


@settings(max_examples=300)
@given(OURS, THEIRS)
def test_it_does_not_matter_who_merges(ours: Assessment, theirs: Assessment) -> None:
    """Symmetry: with the sides exchanged, the same conflicts with their sides exchanged, and the same result."""
    here, there = merge(base(), ours, theirs), merge(base(), theirs, ours)
    exchanged = {Conflict(one.place, one.base, one.theirs, one.ours) for one in there.conflicts}
    assert set(here.conflicts) == exchanged
    assert settled(here, Choice.OURS) == settled(there, Choice.THEIRS)
    assert settled(here, Choice.THEIRS) == settled(there, Choice.OURS)


@settings(max_examples=300)
@given(OURS, THEIRS)
def test_nothing_is_lost(ours: Assessment, theirs: Assessment) -> None:
    """Whatever either side changed or added stands in the result or in a conflict."""
    merged = merge(base(), ours, theirs)
    offered = {(one.place, version) for one in merged.conflicts for version in (one.ours, one.theirs)}
    before, after = fields(base()), fields(merged.assessment)
    for side in (ours, theirs):
        for place, value in fields(side).items():
            changed = (before.get(place) or None) != (value or None)
            if changed and place.field != "progress":
                assert (after.get(place) or None) == (value or None) or (place, value) in offered
    entries = set(progress(merged.assessment))
    for side, other in ((ours, theirs), (theirs, ours)):
        kept_by_other = set(progress(other)) | (set(progress(side)) - set(progress(base())))
        still_there = {code for code, _ in entries}
        assert {one for one in progress(side) if one in kept_by_other and one[0] in still_there} <= entries


@settings(max_examples=300)
@given(OURS, THEIRS, st.sampled_from(Choice))
def test_nothing_is_invented(ours: Assessment, theirs: Assessment, choice: Choice) -> None:
    """Every value of the result, however settled, is a value of one side, or two texts one after the other."""
    merged = merge(base(), ours, theirs)
    known = [fields(side) for side in (base(), ours, theirs)]
    joined = {(one.place, f"{one.ours}\n\n{one.theirs}") for one in merged.conflicts}
    for place, value in fields(settled(merged, choice)).items():
        if place.field != "progress":
            assert any(side.get(place) == value for side in known) or (place, value) in joined


@given(OURS, THEIRS)
def test_the_result_is_an_assessment_that_can_be_kept(ours: Assessment, theirs: Assessment) -> None:
    """A merged assessment passes the checks that a file passes when it is read."""
    merged = settled(merge(base(), ours, theirs), Choice.BOTH)
    assert Assessment.model_validate(merged.model_dump()) == merged


def fields(assessment: Assessment) -> dict[Place, object]:
    """Every field of an assessment's answers and respondent, by its place."""
    found: dict[Place, object] = {Place(name): getattr(assessment.respondent, name) for name in Respondent.model_fields}
    for statement_id, answer in assessment.answers.items():
        for name in ("rating", "reason", "evidence"):
            found[Place(name, statement_id)] = getattr(answer, name)
        for source_ in answer.sources:
            found |= {Place(name, statement_id, source_.id): value for name, value in dict(source_).items()}
        for action_ in answer.actions:
            found |= {Place(name, statement_id, action_.id): value for name, value in dict(action_).items()}
    return found


def progress(assessment: Assessment) -> list[tuple[str, Progress]]:
    """Every progress entry with its action's code."""
    answers = assessment.answers.values()
    return [(one.id, entry) for answer in answers for one in answer.actions for entry in one.progress]


def test_two_texts_for_one_note_are_a_conflict_that_keeps_both() -> None:
    """Evidence written on both sides can be kept as ours, theirs, or both one after the other."""
    ours = edits.write_evidence(base(), "plan", "mine")
    theirs = edits.write_evidence(base(), "plan", "yours")
    merged = merge(base(), ours, theirs)
    assert merged.conflicts == (Conflict(Place("evidence", "plan"), "before", "mine", "yours"),)
    assert merged.conflicts[0].textual
    texts = {choice: settled(merged, choice).answer("plan").evidence for choice in Choice}
    assert texts == {Choice.OURS: "mine", Choice.THEIRS: "yours", Choice.BOTH: "mine\n\nyours"}


@pytest.mark.parametrize(("length", "both"), [(NOTE_LIMIT - 6, True), (NOTE_LIMIT - 5, False)])
def test_two_texts_that_one_note_cannot_hold_are_one_or_the_other(length: int, both: bool) -> None:  # noqa: FBT001 - pytest gives it
    """Both are offered only where the result can be read again."""
    ours = edits.write_evidence(base(), "plan", "o" * length)
    theirs = edits.write_evidence(base(), "plan", "them")
    merged = merge(base(), ours, theirs)
    assert merged.conflicts[0].textual is both
    if both:
        kept = settled(merged, Choice.BOTH)
        assert edits.write_evidence(kept, "plan", kept.answer("plan").evidence) == kept


def test_where_nobody_knows_what_was_before_nothing_is_made_up() -> None:
    """Two versions without a common beginning have conflicts without one."""
    ours, theirs = edits.write_evidence(base(), "plan", "mine"), edits.rate(base(), "plan", "red")
    assert {conflict.base for conflict in differences(ours, theirs).conflicts} == {None}


def test_changes_to_different_fields_of_one_action_are_no_conflict() -> None:
    """One side moves the due date while the other names an owner: both are kept."""
    first = base().answer("plan").actions[0]
    ours = edits.put_action(base(), "plan", edits.revise_action(first, due=date(2027, 1, 1)))
    theirs = edits.put_action(base(), "plan", edits.revise_action(first, owner="Head of Safeguarding"))
    merged = merge(base(), ours, theirs)
    found = merged.assessment.answer("plan").actions[0]
    assert (found.due, found.owner, merged.conflicts) == (date(2027, 1, 1), "Head of Safeguarding", ())


def test_different_ratings_are_a_conflict_without_both() -> None:
    """A rating is one or the other; settling for both takes theirs, which was asked for last."""
    merged = merge(base(), edits.rate(base(), "plan", "green"), edits.rate(base(), "plan", "red"))
    assert [one.textual for one in merged.conflicts] == [False]
    assert settled(merged, Choice.THEIRS).answer("plan").rating == "red"
    assert merged.assessment.answer("plan").rating == "green"


def test_an_action_removed_here_and_changed_there_is_kept() -> None:
    """A removal is easily repeated; an edit is not."""
    first = base().answer("plan").actions[0]
    ours = edits.remove_action(base(), "plan", first.id)
    theirs = edits.put_action(base(), "plan", edits.revise_action(first, owner="Head of Safeguarding"))
    merged = merge(base(), ours, theirs)
    assert merged.assessment.answer("plan").actions[0].owner == "Head of Safeguarding"


def test_a_conflict_in_an_item_and_in_the_respondent_can_be_settled_for_theirs() -> None:
    """Settling reaches sources, actions and the respondent alike."""
    first = base().answer("plan").actions[0]
    known = base().answer("plan").sources[0]

    def side(word: str) -> Assessment:
        changed = edits.put_action(base(), "plan", edits.revise_action(first, text=word))
        changed = edits.put_source(changed, "plan", edits.revise_source(known, title=word))
        return edits.describe(changed, respondent=Respondent(organisation=word), area=word)

    merged = merge(base(), side("mine"), side("yours"))
    assert settled(merged, Choice.THEIRS) == side("yours")
    assert len(merged.conflicts) == 4


def test_archived_answers_are_united() -> None:
    """An archived answer that either side has is there afterwards, once."""

    def archived(name: str) -> ArchivedAnswer:
        return ArchivedAnswer(id=name, text="gone", answer=Answer(evidence="kept"))

    ours = base().model_copy(update={"archived": (archived("a"), archived("b"))})
    theirs = base().model_copy(update={"archived": (archived("c"), archived("a"))})
    assert [one.id for one in merge(base(), ours, theirs).assessment.archived] == ["a", "b", "c"]
    assert merge(base(), ours, base()).assessment.archived == ours.archived
    more = edits.rate(theirs, "plan", "red")
    assert merge(base(), edits.rate(base(), "voice", "red"), more).assessment.archived == theirs.archived
    assert merge(base(), more, edits.rate(base(), "voice", "red")).assessment.archived == theirs.archived


def test_one_code_added_at_two_statements_becomes_two_codes() -> None:
    """Chance may give two sides one code; the merged assessment must still be readable."""
    ours = edits.put_action(base(), "leaders", action("XYZ23"))
    theirs = edits.put_action(base(), "voice", action("XYZ23"))
    merged = merge(base(), ours, theirs).assessment
    codes = [one.id for statement in ("leaders", "voice") for one in merged.answer(statement).actions]
    assert codes[0] == "XYZ23"
    assert len(set(codes)) == 2
    assert Assessment.model_validate(merged.model_dump()) == merged


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.FINAL])
def test_a_status_that_one_side_changed_is_taken(status: Status) -> None:
    """Submitting on one side and writing on the other are both kept."""
    merged = merge(base(), edits.set_status(base(), status), edits.write_evidence(base(), "voice", "heard"))
    assert (merged.assessment.status, merged.assessment.answer("voice").evidence) == (status, "heard")


def test_versions_without_common_ground_differ_in_every_field_that_differs() -> None:
    """Text that only one version has is offered too, since nobody knows whether it was added or taken away."""
    ours = edits.rate(base(), "voice", "red")
    theirs = edits.write_evidence(edits.put_action(base(), "voice", action("NEW22")), "voice", "heard")
    found = differences(ours, theirs)
    assert {(one.place.field, one.ours, one.theirs) for one in found.conflicts} == {
        ("rating", "red", None),
        ("evidence", "", "heard"),
    }
    assert [one.id for one in found.assessment.answer("voice").actions] == ["NEW22"]
    assert settled(found, Choice.THEIRS).answer("voice").evidence == "heard"
    assert differences(ours, ours) == Merged(ours)


def test_other_assessments_and_other_frameworks_are_refused() -> None:
    """Only versions of one assessment on one framework can be merged."""
    other = base().model_copy(update={"id": UUID(int=1)})
    with pytest.raises(NotAllowed, match="different assessments"):
        merge(base(), base(), other)
    framework = base().framework.model_copy(update={"version": 99})
    with pytest.raises(NotAllowed, match="different versions of the framework"):
        merge(base(), base(), base().model_copy(update={"framework": framework}))
