"""Lists that two sides changed come together: what was removed stays so, what was added is there, in a known order."""

from datetime import date

import pytest

from scrutiny.analysis.merge import Choice, Conflict, Merged, Place, differences, merge, settle
from scrutiny.model import edits
from scrutiny.model.action import Action, Progress
from scrutiny.model.assessment import Answer, ArchivedAnswer, Assessment, Source
from tests import building

BEGUN = Progress(date=date(2026, 3, 1), text="Begun.")
MOVED = Progress(date=date(2026, 4, 1), text="Moved on.")
EARLY = Progress(date=date(2026, 1, 1), text="Thought of.")
LATE = Progress(date=date(2026, 8, 1), text="All but done.")


def having(**fields: object) -> Assessment:
    """An assessment whose one answer has these fields."""
    return building.draft(answers={"plan": Answer.model_validate({"rating": "amber", **fields})})


def moved_on(*progress: Progress) -> Assessment:
    """An assessment whose one action has moved on like this."""
    return having(actions=(building.action("AAAA2", progress=progress),))


def actions(merged: Merged) -> tuple[Action, ...]:
    """The actions of the one answer."""
    return merged.assessment.answer("plan").actions


def sources(merged: Merged) -> tuple[Source, ...]:
    """The sources of the one answer."""
    return merged.assessment.answer("plan").sources


def both_ways(base: Assessment, ours: Assessment, theirs: Assessment) -> list[Merged]:
    """The merge as either side makes it."""
    return [merge(base, ours, theirs), merge(base, theirs, ours)]


def test_a_removal_stands_beside_a_change_to_something_else() -> None:
    """What one side took away and the other left alone is gone, though the other changed what stands beside it."""
    one, two = building.source("AAAA2"), building.source("BBBB3")
    first, second = building.action("CCCC4"), building.action("DDDD5")
    base = having(sources=(one, two), actions=(first, second))
    ours = having(sources=(two,), actions=(second,))
    changed_source, changed_action = edits.revise_source(two, title="Other"), edits.revise_action(second, owner="Other")
    theirs = having(sources=(one, changed_source), actions=(first, changed_action))
    for merged in both_ways(base, ours, theirs):
        assert sources(merged) == (changed_source,)
        assert actions(merged) == (changed_action,)
        assert merged.conflicts == ()


def test_a_source_removed_here_and_changed_there_is_kept() -> None:
    """A removal is easily repeated; an edit is not."""
    one = building.source("AAAA2")
    changed = edits.revise_source(one, title="Other")
    for merged in both_ways(having(sources=(one,)), having(), having(sources=(changed,), evidence="x")):
        assert sources(merged) == (changed,)


def test_changes_to_different_fields_of_one_source_are_no_conflict() -> None:
    """One side mends the title while the other says where it can be found: both are kept."""
    one = building.source("AAAA2")
    ours = having(sources=(edits.revise_source(one, title="Mended"),))
    theirs = having(sources=(edits.revise_source(one, location="Shelf 3"),))
    expected = edits.revise_source(one, title="Mended", location="Shelf 3")
    for merged in both_ways(having(sources=(one,)), ours, theirs):
        assert sources(merged) == (expected,)
        assert merged.conflicts == ()


def test_a_conflict_in_an_item_says_where_it_is() -> None:
    """A field of a source or an action that both sides changed names statement, code and field, with all versions."""
    one = building.source("AAAA2")
    ours, theirs = (having(sources=(edits.revise_source(one, title=title),)) for title in ("Mine", "Yours"))
    merged = merge(having(sources=(one,)), ours, theirs)
    assert merged.conflicts == (Conflict(Place("title", "plan", "AAAA2"), one.title, "Mine", "Yours"),)
    assert sources(merged)[0].title == "Mine"
    assert settle(merged, dict.fromkeys(merged.conflicts, Choice.THEIRS)).answer("plan") == theirs.answer("plan")


def test_one_code_added_by_both_is_compared_field_by_field() -> None:
    """Where both sides have an item that was not there before, what differs is a conflict with nothing before it."""
    ours, theirs = (having(actions=(building.action("AAAA2", owner=owner),)) for owner in ("Mine", "Yours"))
    merged = merge(having(), ours, theirs)
    assert merged.conflicts == (Conflict(Place("owner", "plan", "AAAA2"), None, "Mine", "Yours"),)
    assert actions(merged) == ours.answer("plan").actions


def test_settling_one_item_leaves_the_others() -> None:
    """Theirs is put into the item it belongs to, and its neighbours stay as they are."""
    one, two = building.action("AAAA2"), building.action("BBBB3")

    def side(owner: str) -> Assessment:
        return having(actions=(edits.revise_action(one, owner=owner), two), sources=(building.source("CCCC4"),))

    base = having(actions=(one, two), sources=(building.source("CCCC4"),))
    merged = merge(base, side("Mine"), side("Yours"))
    assert settle(merged, dict.fromkeys(merged.conflicts, Choice.THEIRS)) == side("Yours")


@pytest.mark.parametrize("same", [True, False])
def test_what_only_one_side_added_keeps_its_order(*, same: bool) -> None:
    """Sources stand as the person who added them put them, after those that were there, and so if both added them."""
    known, late, soon = building.source("KKKK2"), building.source("ZZZZ9"), building.source("AAAA2")
    ours = having(sources=(known, late, soon))
    changed = edits.revise_source(known, title="Other")
    theirs = having(sources=(changed, late, soon) if same else (changed,))
    for merged in both_ways(having(sources=(known,)), ours, theirs):
        assert sources(merged) == (changed, late, soon)


def test_what_both_sides_added_has_an_order_of_its_own() -> None:
    """Whoever merges, sources of both sides stand in one order, after those that were there."""
    known, one, two = building.source("ZZZZ9"), building.source("BBBB3"), building.source("AAAA2")
    for merged in both_ways(having(sources=(known,)), having(sources=(known, one)), having(sources=(known, two))):
        assert sources(merged) == (known, two, one)


def test_a_new_order_that_one_side_gave_is_taken() -> None:
    """Where only one side changed a list, or both changed it alike, it stands just as they left it."""
    one, two = building.source("AAAA2"), building.source("BBBB3")
    base, turned = having(sources=(one, two)), having(sources=(two, one))
    theirs = having(sources=(one, two), evidence="x")
    for merged in both_ways(base, turned, theirs):
        assert sources(merged) == (two, one)
    for merged in both_ways(base, turned, having(sources=(two, one), evidence="x")):
        assert sources(merged) == (two, one)


def test_progress_of_both_sides_is_united() -> None:
    """Entries that either side added follow those that were there, by date, and one that both added is there once."""
    ours, theirs = moved_on(BEGUN, LATE, MOVED), moved_on(BEGUN, LATE, EARLY)
    for merged in both_ways(moved_on(BEGUN), ours, theirs):
        assert actions(merged)[0].progress == (BEGUN, EARLY, MOVED, LATE)
        assert merged.conflicts == ()


def test_entries_of_one_day_are_in_one_order_whoever_merges() -> None:
    """Two entries of one day stand in the order of their texts, so that both sides have the same file."""
    other = Progress(date=MOVED.date, text="A word with the board.")
    for merged in both_ways(moved_on(), moved_on(MOVED), moved_on(other)):
        assert actions(merged)[0].progress == (other, MOVED)


def test_an_entry_that_one_side_removed_is_gone() -> None:
    """A removal of an entry stands, whatever the other side added meanwhile, and so does every other entry."""
    for merged in both_ways(moved_on(BEGUN, MOVED), moved_on(MOVED), moved_on(BEGUN, MOVED, LATE)):
        assert actions(merged)[0].progress == (MOVED, LATE)


@pytest.mark.parametrize("both", [True, False])
def test_progress_that_one_side_changed_is_taken_as_it_is(*, both: bool) -> None:
    """Where one side changed the entries and the other did not, or changed them alike, their order is kept too."""
    base = building.action("AAAA2", progress=(BEGUN,))
    ours = building.action("AAAA2", progress=(LATE, BEGUN, EARLY))
    theirs = edits.revise_action(ours if both else base, owner="Other")
    for merged in both_ways(having(actions=(base,)), having(actions=(ours,)), having(actions=(theirs,))):
        assert actions(merged)[0].progress == ours.progress
        assert actions(merged)[0].owner == "Other"


def archived(name: str, evidence: str = "kept") -> ArchivedAnswer:
    """An archived answer."""
    return ArchivedAnswer(id=name, text="It was asked once.", answer=Answer(evidence=evidence))


def test_archived_answers_stay_where_they_are() -> None:
    """What was archived before stands first, in its order; what either side added follows in one order, each once."""
    before = (archived("z"), archived("y"))
    base = building.draft(archived=before)
    ours = building.draft(archived=(*before, archived("m"), archived("b")))
    theirs = building.draft(archived=(*before, archived("b"), archived("b", "other"), archived("a")))
    expected = (*before, archived("a"), archived("b"), archived("b", "other"), archived("m"))
    for merged in both_ways(base, ours, theirs):
        assert merged.assessment.archived == expected


@pytest.mark.parametrize("there", ["action", "source"])
def test_codes_of_two_versions_are_made_unique(there: str) -> None:
    """One code that two versions have at different statements, for whatever, becomes two, and nothing else changes."""
    ours = edits.put_source(building.draft(), "leaders", building.source("AAAA2"))
    if there == "action":
        theirs = edits.put_action(building.draft(), "voice", building.action("AAAA2"))
    else:
        theirs = edits.put_source(building.draft(), "voice", building.source("AAAA2"))
    for merged in (merge(building.draft(), ours, theirs), differences(ours, theirs)):
        (source,) = merged.assessment.answer("leaders").sources
        answer = merged.assessment.answer("voice")
        other: Source | Action = answer.sources[0] if there == "source" else answer.actions[0]
        assert source == building.source("AAAA2")
        assert other.id != "AAAA2"
        assert other == (building.action(other.id) if there == "action" else building.source(other.id))
        assert Assessment.model_validate(merged.assessment.model_dump()) == merged.assessment


def test_codes_that_differ_are_left_alone() -> None:
    """Codes are what people call their actions by: none is changed without need."""
    ours = edits.put_action(building.filled(), "plan", building.action("ZZZZ9"))
    theirs = edits.put_source(building.filled(), "voice", building.source("YYYY8"))
    merged = merge(building.filled(), ours, theirs).assessment
    assert merged.codes == building.filled().codes | {"ZZZZ9", "YYYY8"}
