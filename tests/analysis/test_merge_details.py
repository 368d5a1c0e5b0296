"""What is merged is one assessment on one framework; its details come together field by field, as answers do."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings

from scrutiny.analysis.merge import Choice, Conflict, Merged, Place, choice_without_loss, differences, merge, settle
from scrutiny.errors import NotAllowed
from scrutiny.model import edits
from scrutiny.model.action import Progress
from scrutiny.model.assessment import (
    Answer,
    ArchivedAnswer,
    Assessment,
    Marking,
    Perspective,
    Respondent,
    Scope,
    Status,
)
from tests import building, strategies

CHANGES: dict[str, Callable[[Assessment], Assessment]] = {
    "partnership": lambda now: edits.describe(now, partnership="Other"),
    "area": lambda now: edits.describe(now, area="Other"),
    "cycle": lambda now: edits.describe(now, cycle="2031"),
    "as at": lambda now: edits.describe(now, as_at=date(2026, 1, 1)),
    "perspective": lambda now: edits.describe(now, perspective=Perspective.PEER_REVIEW),
    "scope": lambda now: edits.describe(now, scope=Scope.ADULTS),
    "marking": lambda now: edits.describe(now, marking=Marking.OFFICIAL_SENSITIVE),
    "respondent's name": lambda now: edits.describe(
        now, respondent=now.respondent.model_copy(update={"name": "A. Mallow"})
    ),
    "respondent's role": lambda now: edits.describe(now, respondent=now.respondent.model_copy(update={"role": ""})),
    "status": lambda now: edits.set_status(now, Status.SUBMITTED),
    "created": lambda now: now.model_copy(update={"created": now.created - timedelta(days=1)}),
    "rating": lambda now: edits.rate(now, "plan", "red"),
    "rating taken back": lambda now: edits.rate(now, "plan", None),
    "evidence": lambda now: edits.write_evidence(now, "plan", "Other."),
    "evidence removed": lambda now: edits.write_evidence(now, "plan", ""),
    "reason": lambda now: edits.give_reason(now, "leaders", "Other."),
    "source added": lambda now: edits.put_source(now, "plan", building.source("ZZZZ9")),
    "source's date": lambda now: edits.put_source(now, "plan", building.source(date=None)),
    "action added": lambda now: edits.put_action(now, "plan", building.action("ZZZZ9")),
    "action's due date": lambda now: edits.put_action(now, "voice", building.action("CCCC4", due=None)),
    "progress": lambda now: edits.put_action(
        now, "voice", building.action("CCCC4", progress=(Progress(date=date(2026, 1, 1), text="Begun."),))
    ),
    "archived": lambda now: now.model_copy(
        update={"archived": (*now.archived, ArchivedAnswer(id="old", text="Asked.", answer=Answer(evidence="Said.")))}
    ),
}
"""Changes to everything that two versions of an assessment can say differently."""


def content(assessment: Assessment) -> Assessment:
    """An assessment without the time of its last change."""
    return assessment.model_copy(update={"modified": assessment.created})


def later(assessment: Assessment, minutes: int = 1) -> Assessment:
    """An assessment as it is, saved again so much later."""
    return assessment.model_copy(update={"modified": assessment.modified + timedelta(minutes=minutes)})


@pytest.mark.parametrize("at", [0, 1, 2])
def test_whichever_is_a_stranger_nothing_is_merged(at: int) -> None:
    """Another assessment, or another version of the framework, is refused as beginning, as ours and as theirs."""
    known = building.filled()
    framework = known.framework.model_copy(update={"version": 99})
    for changed, said in (
        (known.model_copy(update={"id": UUID(int=1)}), "different assessments"),
        (known.model_copy(update={"framework": framework}), "different versions of the framework"),
    ):
        versions = [known, known, known]
        versions[at] = changed
        with pytest.raises(NotAllowed, match=said) as caught:
            merge(*versions)
        assert caught.value.hint
        with pytest.raises(NotAllowed, match=said):
            differences(known, changed)


def test_details_that_each_side_changed_are_no_conflict() -> None:
    """One side moves the day, the other names another area, and both are kept, with the later time."""
    base = building.draft()
    ours = later(edits.describe(base, as_at=date(2026, 12, 1)), 2)
    theirs = later(edits.describe(base, area="Southshire"))
    for merged in (merge(base, ours, theirs), merge(base, theirs, ours)):
        assert merged.conflicts == ()
        assert (merged.assessment.as_at, merged.assessment.area) == (date(2026, 12, 1), "Southshire")
        assert merged.assessment.modified == ours.modified


def test_a_respondent_is_merged_field_by_field() -> None:
    """One side adds a name while the other mends the role: both are kept, and what neither changed stays."""
    base = building.draft()
    ours = edits.describe(base, respondent=base.respondent.model_copy(update={"name": "Sam"}))
    theirs = edits.describe(base, respondent=base.respondent.model_copy(update={"role": "Chair"}))
    for merged in (merge(base, ours, theirs), merge(base, theirs, ours)):
        assert merged.conflicts == ()
        assert merged.assessment.respondent == Respondent(organisation="Northshire Council", role="Chair", name="Sam")


def test_a_conflict_in_a_detail_can_be_settled_for_theirs() -> None:
    """A detail that both sides changed is ours at first, and theirs on demand, respondent and status included."""
    base = building.draft()

    def side(word: str, status: Status) -> Assessment:
        changed = edits.describe(base, area=word, respondent=Respondent(organisation=word))
        return changed.model_copy(update={"status": status})

    ours, theirs = side("Mine", Status.SUBMITTED), side("Yours", Status.FINAL)
    merged = merge(base, ours, theirs)
    assert merged.assessment == ours.model_copy(update={"respondent": merged.assessment.respondent})
    assert merged.assessment.respondent.organisation == "Mine"
    assert set(merged.conflicts) == {
        Conflict(Place("area"), "Northshire", "Mine", "Yours"),
        Conflict(Place("status"), Status.DRAFT, Status.SUBMITTED, Status.FINAL),
        Conflict(Place("organisation"), "Northshire Council", "Mine", "Yours"),
    }
    settled = settle(merged, dict.fromkeys(merged.conflicts, Choice.THEIRS))
    assert settled == theirs


def test_only_what_was_chosen_is_settled() -> None:
    """A conflict that nobody chose for stays ours, whatever is chosen for the others."""
    base = building.filled()
    ours, theirs = (
        edits.write_evidence(edits.write_evidence(base, "plan", word), "safety", word) for word in ("Mine", "Yours")
    )
    merged = merge(base, ours, theirs)
    chosen = next(one for one in merged.conflicts if one.place.statement_id == "safety")
    settled = settle(merged, {chosen: Choice.BOTH})
    assert settled.answer("plan") == ours.answer("plan")
    assert settled.answer("safety").evidence == "Mine\n\nYours"


@pytest.mark.parametrize("field", ["text", "outcome", "impact", "decision", "owner", "agency"])
def test_both_texts_of_an_action_can_be_kept(field: str) -> None:
    """Whatever may have several lines can be kept as both sides wrote it; a name is one side's or the other's."""
    base = edits.put_action(building.draft(), "plan", building.action(impact="Before.", decision="Before."))
    (action,) = base.answer("plan").actions
    ours, theirs = (
        edits.put_action(base, "plan", action.model_copy(update={field: words})) for words in ("Mine", "Yours")
    )
    merged = merge(base, ours, theirs)
    (conflict,) = merged.conflicts
    (settled,) = settle(merged, {conflict: Choice.BOTH}).answer("plan").actions
    kept = "Mine" if field in ("owner", "agency") else "Mine\n\nYours"
    assert settled == action.model_copy(update={field: kept})


def test_both_reasons_can_be_kept() -> None:
    """Why a statement does not apply may be said by both sides, one after the other."""
    base = edits.give_reason(building.draft(), "plan", "Before.")
    ours, theirs = edits.give_reason(base, "plan", "Mine"), edits.give_reason(base, "plan", "Yours")
    merged = merge(base, ours, theirs)
    settled = settle(merged, dict.fromkeys(merged.conflicts, Choice.BOTH))
    assert settled.answer("plan").reason == "Mine\n\nYours"


def test_a_text_against_none_is_not_put_together() -> None:
    """Where one side took its text away, both is no choice: the text stays, and no empty lines are added."""
    base = edits.write_evidence(building.draft(), "plan", "Before.")
    removed, changed = edits.write_evidence(base, "plan", ""), edits.write_evidence(base, "plan", "After.")
    for ours, theirs in ((removed, changed), (changed, removed)):
        merged = merge(base, ours, theirs)
        (conflict,) = merged.conflicts
        assert not conflict.textual
        assert settle(merged, {conflict: Choice.BOTH}).answer("plan") == changed.answer("plan")


def test_a_save_that_changed_nothing_counts_for_nothing() -> None:
    """Saving again is no edit: the other side is taken as it is, and of two that say the same the later one."""
    base = building.filled()
    edited = edits.write_evidence(base, "plan", "New.")
    assert merge(base, edited, later(base)) == Merged(edited)
    assert merge(base, later(base), edited) == Merged(edited)
    assert merge(base, edited, later(edited)) == Merged(later(edited))
    assert merge(base, later(edited), edited) == Merged(later(edited))


def test_versions_without_a_common_beginning_are_kept_whole() -> None:
    """Without a common ancestor, what only one has is kept, and every detail and answer that differs is a conflict."""
    ours = edits.put_source(
        edits.write_evidence(building.filled(), "plan", "Mine."), "safety", building.source("ZZZZ9")
    )
    theirs = edits.describe(edits.write_evidence(building.filled(), "plan", "Yours."), area="Elsewhere")
    theirs = edits.put_source(theirs, "safety", building.source("YYYY8"))
    merged = differences(ours, theirs)
    assert [(one.place, one.ours, one.theirs) for one in merged.conflicts] == [
        (Place("area"), "Northshire", "Elsewhere"),
        (Place("evidence", "plan"), "Mine.", "Yours."),
    ]
    assert {source.id for source in merged.assessment.answer("safety").sources} == {"YYYY8", "ZZZZ9"}
    assert merged.assessment.area == "Northshire"
    assert merged.assessment.answers.keys() == building.filled().answers.keys()
    assert "leaders" not in differences(building.draft(), building.draft()).assessment.answers


@pytest.mark.parametrize("change", CHANGES)
def test_two_versions_that_differ_anywhere_are_never_taken_for_the_same(change: str) -> None:
    """Whatever a person can change, comparing the versions reports it: as a conflict, or as something to be added."""
    ours = building.filled()
    theirs = CHANGES[change](ours)
    assert theirs != ours
    merged = differences(ours, theirs)
    assert merged.conflicts or content(merged.assessment) != content(ours)
    assert differences(ours, later(ours)) == Merged(ours)


@settings(max_examples=40)
@given(strategies.two_versions())
def test_comparing_two_versions_loses_nothing(versions: tuple[Assessment, Assessment]) -> None:
    """With every conflict settled for theirs, each field is theirs, and every item of either side is there."""
    ours, theirs = versions
    merged = differences(ours, theirs)
    settled = settle(merged, dict.fromkeys(merged.conflicts, Choice.THEIRS))
    for name in Assessment.model_fields:
        if name not in ("modified", "answers", "archived"):
            assert getattr(settled, name) == getattr(theirs, name)
    assert all(one in settled.archived for one in (*ours.archived, *theirs.archived))
    for statement in ours.framework.statements:
        mine, yours, both = (side.answer(statement.id) for side in (ours, theirs, settled))
        assert (both.rating, both.reason, both.evidence) == (yours.rating, yours.reason, yours.evidence)
        assert len(both.sources) == len({one.id for one in (*mine.sources, *yours.sources)})
        assert len(both.actions) == len({one.id for one in (*mine.actions, *yours.actions)})
    same = not merged.conflicts and content(merged.assessment) == content(ours)
    back = differences(theirs, ours)
    same_back = not back.conflicts and content(back.assessment) == content(theirs)
    assert (same and same_back) == (content(ours) == content(theirs))


@pytest.mark.parametrize(
    ("field", "ours", "theirs", "choice"),
    [
        ("evidence", "", "Text.", Choice.THEIRS),
        ("evidence", "Text.", "", Choice.OURS),
        ("evidence", "Text.", "Text. And more.", Choice.THEIRS),
        ("evidence", "Text. And more.", "Text.", Choice.OURS),
        ("evidence", "One text.", "Another.", None),
        ("rating", None, "red", Choice.THEIRS),
        ("rating", "red", "green", None),
        ("area", "North", "Northshire", None),
        ("due", date(2026, 1, 1), None, Choice.OURS),
    ],
)
def test_the_choice_that_loses_nothing(field: str, ours: object, theirs: object, choice: Choice | None) -> None:
    """What is filled goes before what is empty, and a longer note before its beginning; all else has to be chosen."""
    assert choice_without_loss(Conflict(Place(field), None, ours, theirs)) is choice
