"""Figures: counted in one place, with unrated and not applicable out of percentages and in the open."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrutiny.analysis.progress import percentage, placed_actions, tally, tally_actions, tally_sections
from scrutiny.model.action import ActionStatus
from scrutiny.model.assessment import Answer, Assessment
from scrutiny.model.framework import NOT_APPLICABLE, Band
from tests import building
from tests.building import TODAY


def rated(*ratings: str | None) -> Assessment:
    """A draft whose statements have the given ratings, in order."""
    names = ["plan", "leaders", "voice", "safety"]
    answers = {name: Answer(rating=rating) for name, rating in zip(names, ratings, strict=False) if rating}
    return building.draft(answers=answers)


def test_a_tally_counts_everything_once() -> None:
    """Every statement is counted at its level, as unrated or as not applicable."""
    found = tally(rated("green", "amber", NOT_APPLICABLE))
    assert found.levels == {"green": 1, "amber": 1, "red": 0}
    assert found.bands == {Band.GREEN: 1, Band.AMBER: 1, Band.RED: 0}
    assert (found.unrated, found.not_applicable, found.rated, found.answered, found.total) == (1, 1, 2, 3, 4)
    assert found.percent_confirmed == 50


def test_nothing_rated_has_no_percentage() -> None:
    """Where nothing is rated there is no percentage, rather than nought."""
    assert tally(rated()).percent_confirmed is None
    assert tally(rated(NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE)).percent_confirmed is None
    assert tally(rated("red")).percent_confirmed == 0


def test_unrated_is_not_red_and_not_applicable_is_not_green() -> None:
    """Statements without a level change no percentage and no band."""
    few, many = tally(rated("green", "red")), tally(rated("green", "red", NOT_APPLICABLE))
    assert few.percent_confirmed == many.percent_confirmed == 50
    assert few.bands == many.bands


@given(st.lists(st.sampled_from(["green", "amber", "red", NOT_APPLICABLE, None]), min_size=4, max_size=4))
def test_the_parts_make_the_whole(ratings: list[str | None]) -> None:
    """Levels, bands and sections add up to the same total, whatever the ratings."""
    assessment = rated(*ratings)
    found = tally(assessment)
    assert found.total == 4
    assert sum(found.levels.values()) == sum(found.bands.values()) == found.rated
    sections = [section.tally for section in tally_sections(assessment)]
    assert sum(section.total for section in sections) == found.total
    assert sum(section.unrated for section in sections) == found.unrated
    assert all(sum(section.levels[key] for section in sections) == found.levels[key] for key in found.levels)


def test_levels_of_one_band_are_counted_together() -> None:
    """On a scale of four grades both upper ones are green, and every level keeps its own count."""
    graded = building.draft(
        framework=building.graded(),
        answers={
            "part-1": Answer(rating="outstanding"),
            "part-2": Answer(rating="good"),
            "part-3": Answer(rating="improving"),
        },
    )
    found = tally(graded)
    assert found.levels == {"outstanding": 1, "good": 1, "improving": 1, "inadequate": 0}
    assert found.bands == {Band.GREEN: 2, Band.AMBER: 1, Band.RED: 0}
    assert found.percent_confirmed == 67


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (0, 0, None),
        (0, 3, 0),
        (3, 3, 100),
        (1, 3, 33),
        (2, 3, 67),
        (1, 8, 13),
        (1, 200, 1),
        (1, 201, 0),
        (199, 200, 100),
    ],
)
def test_halves_are_rounded_up(part: int, whole: int, percent: int | None) -> None:
    """A percentage is whole, halves rounded up as people do, not to the even neighbour."""
    assert percentage(part, whole) == percent


@given(whole=st.integers(1, 5000), data=st.data())
def test_percentages_stay_in_bounds(whole: int, data: st.DataObject) -> None:
    """A percentage is never more than half a point from the truth, and within nought and a hundred."""
    part = data.draw(st.integers(0, whole))
    found = percentage(part, whole)
    assert found is not None
    assert 0 <= found <= 100
    assert abs(found - 100 * part / whole) <= 0.5


def test_actions_are_placed(filled: Assessment) -> None:
    """Every action comes in the framework's order, with the ref by which a meeting calls it."""
    placed = placed_actions(filled)
    assert [one.ref for one in placed] == ["1.1-AAAA2", "2.1-BBBB3", "2.1-CCCC4", "2.2-DDDD5"]
    assert [one.section.ref for one in placed] == ["1", "2", "2", "2"]
    assert placed[1].answer is filled.answers["voice"]


def test_actions_are_counted(filled: Assessment) -> None:
    """Actions are counted by status, and as overdue, slipped and without an owner on a day."""
    found = tally_actions(filled, TODAY)
    assert found.statuses == {
        ActionStatus.NOT_STARTED: 3,
        ActionStatus.IN_PROGRESS: 0,
        ActionStatus.COMPLETE: 0,
        ActionStatus.EMBEDDED: 1,
    }
    assert (found.total, found.open, found.overdue, found.slipped, found.without_owner) == (4, 3, 1, 1, 0)
    assert tally_actions(filled, date(2026, 9, 30)).overdue == 0
    assert tally_actions(filled, date(2028, 1, 1)).overdue == 3


def test_no_actions_are_counted_as_none(draft: Assessment) -> None:
    """An assessment without actions has noughts."""
    found = tally_actions(draft, TODAY)
    assert (found.total, found.open, found.overdue, found.slipped, found.without_owner) == (0, 0, 0, 0, 0)
