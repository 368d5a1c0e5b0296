"""An assessment as plain rows."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from scrutiny.analysis.progress import tally, tally_actions
from scrutiny.exchange import tables
from scrutiny.exchange.tables import Table
from scrutiny.model.action import Progress
from scrutiny.model.assessment import Answer, Assessment, Respondent, SourceKind
from scrutiny.model.framework import Band
from tests import building, strategies


def column(table: Table, key: str) -> list[tables.Cell]:
    """A column's cells from top to bottom."""
    return [cells[table.position(key)] for cells in table.rows]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(assessment=strategies.assessments())
def test_every_row_fits_its_columns(assessment: Assessment) -> None:
    """Whatever was answered, every row of every table has a cell for every column."""
    found = [
        tables.tracker(assessment),
        tables.counts(assessment),
        tables.meanings(assessment),
        tables.action_figures(assessment, building.TODAY),
        tables.standouts(assessment, building.TODAY),
        *(tables.section_table(assessment, section) for section in assessment.framework.sections),
    ]
    for table in found:
        assert all(len(cells) == len(table.columns) for cells in table.rows)


def test_identity_leaves_out_what_nobody_gave(draft: Assessment) -> None:
    """The respondent's parts are joined, and a value that nobody gave has no label either."""
    labels = dict(tables.identity(draft))
    assert labels["Respondent"] == "Head of Safeguarding, Northshire Council"
    assert labels["Position as at"] == "1 Nov 2026"
    assert "Respondent" not in dict(tables.identity(building.draft(respondent=Respondent())))


def test_ratings_are_letter_and_word(filled: Assessment) -> None:
    """A rating reads as its letter and its word; what has none says so in words."""
    words = [tables.rating_words(filled, answer) for _, answer in filled.in_order()]
    assert words == ["G  Green", "–  Not applicable", "A  Amber", "R  Red"]
    assert tables.rating_words(filled, Answer()) == "–  Unrated"


def test_bands_of_answers(filled: Assessment) -> None:
    """A rating has its level's band; without a level there is none."""
    bands = [tables.band_of(filled, answer) for _, answer in filled.in_order()]
    assert bands == [Band.GREEN, None, Band.AMBER, Band.RED]


def test_the_tracker_has_a_row_for_every_action(filled: Assessment) -> None:
    """Every action has a row in the framework's order, with dates as dates and nothing where nothing was said."""
    tracker = tables.tracker(filled)
    assert column(tracker, "ref") == ["1.1-AAAA2", "2.1-BBBB3", "2.1-CCCC4", "2.2-DDDD5"]
    assert column(tracker, "statement")[0] == "1.1 One plan"
    assert column(tracker, "section")[1] == "2 Outcomes"
    assert column(tracker, "kind") == ["Sustain", "Improve", "Improve", "Improve"]
    assert column(tracker, "due")[1] == date(2026, 9, 30)
    assert column(tracker, "original_due") == [None, date(2026, 6, 30), None, None]
    assert column(tracker, "status")[1] == "Embedded"
    assert column(tracker, "impact")[0] is None


def test_progress_stands_latest_first() -> None:
    """The latest progress is what a reader sees first."""
    entries = (Progress(date=date(2026, 1, 5), text="Begun."), Progress(date=date(2026, 2, 3), text="Half done."))
    assert tables.progress_lines(building.action(progress=entries)) == "3 Feb 2026: Half done.\n5 Jan 2026: Begun."


def test_sections_say_why_a_statement_does_not_apply(filled: Assessment) -> None:
    """Where a statement does not apply, its reason stands in the place of evidence."""
    leadership, _ = filled.framework.sections
    table = tables.section_table(filled, leadership)
    assert table.title == "1 Leadership"
    assert column(table, "evidence") == [
        "One plan.\n\nFive “priorities”.",
        "Not applicable: There is a single partner.",
    ]
    assert column(table, "sources")[0] == "• Audit: Neglect audit (30 Jun 2026, Learning group papers, item 4)"


def test_sections_list_actions_with_their_refs(filled: Assessment) -> None:
    """Actions stand apart from each other, each behind the ref that it has in the tracker."""
    _, outcomes = filled.framework.sections
    first, second = str(column(tables.section_table(filled, outcomes), "actions")[0]).split("\n\n")
    assert first.startswith("2.1-BBBB3  Improve: Hear more children. (Northshire Council, ")
    assert second.startswith("2.1-CCCC4  Improve: Agree one plan. (")


def test_source_lines_leave_out_what_is_missing() -> None:
    """A source without date and place is its kind and title."""
    bare = building.source(kind=SourceKind.VOICE, title="Panel", date=None, location="")
    assert tables.source_line(bare) == "Voice of children or adults: Panel"


def test_counts_agree_with_the_tally(filled: Assessment) -> None:
    """The last row counts everything, and every figure is the one that progress computes."""
    counts = tables.counts(filled)
    found = tally(filled)
    assert counts.rows[-1] == (
        "All sections",
        *found.levels.values(),
        found.unrated,
        found.not_applicable,
        found.total,
        found.percent_confirmed,
    )
    assert column(counts, "total") == [2, 2, 4]
    assert [cell.title for cell in counts.columns[1:4]] == ["G  Green", "A  Amber", "R  Red"]


def test_nothing_rated_has_no_percentage(draft: Assessment) -> None:
    """While nothing is rated there is no percentage, rather than none of a hundred."""
    assert column(tables.counts(draft), "percent_confirmed") == [None, None, None]


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("All actions", 4),
        ("Open", 3),
        ("Not started", 3),
        ("In progress", 0),
        ("Complete", 0),
        ("Embedded", 1),
        ("Overdue", 1),
        ("Slipped (due date moved back)", 1),
        ("Without an owner", 0),
    ],
)
def test_action_figures(filled: Assessment, figure: str, expected: int) -> None:
    """Every figure about actions is there under its name, and says of which day it is true."""
    table = tables.action_figures(filled, building.TODAY)
    assert table.title == "Actions as they stood on 1 Nov 2026"
    assert dict(zip(column(table, "figure"), column(table, "count"), strict=True))[figure] == expected
    assert tally_actions(filled, building.TODAY).total == 4


def test_meanings_cover_the_scale_and_its_absence() -> None:
    """Every level of the scale is explained, and so is having none."""
    table = tables.meanings(building.draft(framework=building.graded()))
    assert column(table, "rating") == [
        "O  Outstanding",
        "G  Good",
        "I  Improving",
        "D  Inadequate",
        tables.UNRATED,
        tables.INAPPLICABLE,
    ]
    assert column(table, "band") == ["Green", "Green", "Amber", "Red", "Grey", "Grey"]


def test_standouts_come_most_pressing_first(filled: Assessment) -> None:
    """What a board must see stands in the order of its urgency, each with the ref to look it up by."""
    found = [cells[:2] for cells in tables.standouts(filled, building.TODAY).rows]
    assert found == [("Red", "2.2"), ("Decision wanted", "2.1-BBBB3"), ("Overdue", "2.2-DDDD5")]
