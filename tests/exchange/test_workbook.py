"""The workbook that partners hand to their board, read back by other programs."""

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrutiny.analysis.progress import tally_actions
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.exchange import tables, workbook, workbook_colours
from scrutiny.exchange.tables import Cell, Table
from scrutiny.exchange.workbook import another_name, export, proposed_path, workbook_bytes
from scrutiny.exchange.workbook_text import lines_needed, pieces, printed, sheet_names, shortened
from scrutiny.exchange.workbook_writer import Book
from scrutiny.model.action import ActionStatus, Priority, Progress
from scrutiny.model.assessment import Answer, Assessment, Marking, Respondent
from scrutiny.model.framework import Band, Level, Scale, Section, Statement
from scrutiny.model.text import CELL_LIMIT, utf16_length
from scrutiny.store import atomic
from tests import building, strategies

TODAY = building.TODAY
HEADINGS = 4
"""The row of the column headings on every sheet but the overview, counted from 1."""

PAYLOADS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(A1:A2)",
    "+1",
    "-1",
    "1.10",
    "01/02/2026",
    "TRUE",
    "http://example.org",
    "mailto:a@example.org",
    "internal:Overview!A1",
    "{=A1}",
    "'quoted",
    "'",
    "[/b] [red]x[/red]",
    "<r>a & b</r>",
    "<r><t>gone</t></r>",
    "a < b & c > d",
    "_x000D_ and _x1F642_ and _x00",
    "&P &[Picture] &G",
    "{{= x }} %s %n",
    "\U0001f642\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "שלום עולם العربية",
    "\u00e9 e\u0301 \u2028 \ufeffx",
]
NOTES = [*PAYLOADS, "  leading and trailing  ", "one\n\n=two\n", "\ttab\tand\n\n", "\n"]

OPENPYXL_MISREADS = "x005F_"
"""openpyxl takes these characters out of any text, wherever they stand."""


def opened(assessment: Assessment, today: date = TODAY) -> Any:
    """The assessment's workbook as openpyxl reads it."""
    return openpyxl.load_workbook(BytesIO(workbook_bytes(assessment, today)), rich_text=False)


def all_cells(book: Any) -> Iterator[Any]:
    """Every cell of every sheet."""
    for sheet in book:
        for row in sheet.iter_rows():
            yield from row


def read_table(sheet: Any, columns: int) -> list[tuple[Any, ...]]:
    """The rows below the headings that have anything in them, dates as dates."""
    rows = sheet.iter_rows(min_row=HEADINGS + 1, max_col=columns, values_only=True)
    found = [tuple(cell.date() if isinstance(cell, datetime) else cell for cell in cells) for cells in rows]
    return [cells for cells in found if any(cell is not None for cell in cells)]


def expected_rows(table: Table) -> list[tuple[Cell, ...]]:
    """A table's rows as a spreadsheet has them: an empty text is an empty cell."""
    return [tuple(None if cell == "" else cell for cell in cells) for cells in table.rows]


def assert_tables_are_there(book: Any, assessment: Assessment) -> None:
    """Every cell of the tracker and of the sections reads as the tables say, and nothing is alive."""
    tracker = tables.tracker(assessment)
    assert read_table(book["Action tracker"], len(tracker.columns)) == expected_rows(tracker)
    for section, name in zip(assessment.framework.sections, sheet_names(assessment.framework.sections), strict=True):
        table = tables.section_table(assessment, section)
        assert read_table(book[name], len(table.columns)) == expected_rows(table)
    for cell in all_cells(book):
        assert cell.data_type != "f"
        assert cell.hyperlink is None


def area_of(rule: Any) -> Any:
    """The one area that a rule is for."""
    (area,) = rule.sqref.ranges
    return area


def values_beside(sheet: Any, label: str, steps: int) -> list[Any]:
    """What stands a number of columns to the right of every cell with a label."""
    return [
        sheet.cell(cell.row, cell.column + steps).value
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == label
    ]


def many_sections(titles: list[str], statements: int = 1) -> Assessment:
    """An assessment with a section for each title, every second statement rated."""
    sections = tuple(
        Section(
            id=f"section-{number}",
            ref=str(number),
            title=title,
            statements=tuple(
                Statement(id=f"statement-{number}-{at}", ref=f"{number}.{at}", text=f"Statement {number}.{at} holds.")
                for at in range(statements)
            ),
        )
        for number, title in enumerate(titles, start=1)
    )
    framework = building.framework(scale=building.FOUR_GRADES, sections=sections)
    keys = [*framework.scale.by_key]
    answers = {
        statement.id: Answer(rating=keys[at % 4], evidence="Seen.")
        for at, statement in enumerate(framework.statements)
        if at % 2
    }
    return building.draft(framework=framework, answers=answers)


def saying(note: str, line: str) -> Assessment:
    """An assessment that says a note and a line in every place where a person can say something."""
    action = building.action(
        text=note,
        agency=line,
        owner=line,
        outcome=note,
        progress=(Progress(date=TODAY, text=note),),
        impact=note,
        closed_by=line,
        decision=note,
    )
    scale = Scale(
        levels=(
            Level(key="yes", label=line, shortcut="y", band=Band.GREEN, meaning=note),
            Level(key="no", label=f"{line} not", shortcut="n", band=Band.RED, meaning=note),
        )
    )
    first = Statement(id="first", ref="1.1", title=line, text=note, look_for=(note,), note=note)
    second = Statement(id="second", ref="1.2", text=note)
    section = Section(id="only", ref="1", title=line, introduction=note, statements=(first, second))
    return building.draft(
        partnership=line,
        area=line,
        respondent=Respondent(organisation=line, role=line, name=line),
        framework=building.framework(title=line, scale=scale, sections=(section,)),
        answers={
            "first": Answer(
                rating="yes", evidence=note, sources=(building.source(title=line, location=line),), actions=(action,)
            ),
            "second": Answer(rating="not-applicable", reason=note),
        },
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_is_only_text(payload: str) -> None:
    """Whatever a text looks like, it comes back as it was from every field, and no formula or link comes of it."""
    assessment = saying(payload, payload)
    book = opened(assessment)
    assert_tables_are_there(book, assessment)
    evidence = tables.section_table(assessment, assessment.framework.sections[0]).rows[0][3]
    assert evidence == assessment.answer("first").evidence
    overview = book["Overview"]
    assert values_beside(overview, "Partnership", 1) == [assessment.partnership]
    assert assessment.framework.scale.levels[0].meaning in values_beside(
        overview, f"Y  {assessment.framework.scale.levels[0].label}", 2
    )


def noted(notes: list[str]) -> tuple[list[str], list[str]]:
    """Notes as the model keeps them, and as they come back from the evidence of as many statements."""
    assessment = many_sections(["Notes"], statements=len(notes))
    answers = {
        statement.id: Answer(rating="good", evidence=note)
        for statement, note in zip(assessment.framework.statements, notes, strict=True)
    }
    sheet = opened(assessment.model_copy(update={"answers": answers}))["1 Notes"]
    cells = [sheet.cell(HEADINGS + 1 + at, 4) for at in range(len(notes))]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # an empty cell counts as a number
    return [answer.evidence for answer in answers.values()], [cell.value or "" for cell in cells]


def test_notes_keep_their_shape() -> None:
    """Line breaks, tabs and spaces at the ends of a note come back as they were."""
    kept, found = noted(NOTES)
    assert found == kept
    assert [len(note) for note in found[-4:]] == [24, 10, 10, 1]


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(notes=st.lists(strategies.notes.filter(lambda text: OPENPYXL_MISREADS not in text), min_size=1, max_size=6))
def test_any_note_comes_back(notes: list[str]) -> None:
    """Whatever is pasted into notes is in the workbook, character for character."""
    kept, found = noted(notes)
    assert found == kept


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(assessment=strategies.assessments())
def test_any_assessment_has_a_workbook(assessment: Assessment) -> None:
    """Every assessment there can be is in its workbook, cell for cell."""
    assert_tables_are_there(opened(assessment), assessment)


def test_risky_texts_stay_text_when_edited() -> None:
    """A cell whose text would become a formula when somebody edits it is marked as text."""
    assessment = building.draft(answers={"plan": Answer(rating="green", evidence="=1+1")})
    sheet = opened(assessment)["1 Leadership"]
    assert sheet.cell(HEADINGS + 1, 4).quotePrefix
    assert not sheet.cell(HEADINGS + 1, 2).quotePrefix


def test_refs_stay_text(filled: Assessment) -> None:
    """A ref such as 2.1 is text, also once somebody has typed it anew."""
    cell = opened(filled)["2 Outcomes"].cell(HEADINGS + 1, 1)
    assert (cell.value, cell.data_type, cell.number_format) == ("2.1", "s", "@")


def test_dates_are_dates(filled: Assessment) -> None:
    """Dates in the tracker are real ones, shown the way people write them."""
    tracker = opened(filled)["Action tracker"]
    for key in ("due", "original_due", "closed_on"):
        cell = tracker.cell(HEADINGS + 2, tables.tracker(filled).position(key) + 1)
        assert cell.is_date
        assert cell.number_format == "d mmm yyyy"


def test_the_tracker_is_a_table(filled: Assessment) -> None:
    """The tracker is a real table with a filter on every column, its headings and refs always in sight."""
    tracker = opened(filled)["Action tracker"]
    (table,) = tracker.tables.values()
    assert table.name == "ActionTracker"
    assert table.ref == table.autoFilter.ref == "A4:S8"
    assert [column.name for column in table.tableColumns] == [column.title for column in tables.TRACKER_COLUMNS]
    assert tracker.freeze_panes == "B5"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("status", [status.label for status in ActionStatus]),
        ("priority", [priority.label for priority in Priority]),
        ("kind", ["Improve", "Sustain"]),
        ("scope", ["Single agency", "Partnership", "Regional"]),
    ],
)
def test_dropdowns_offer_the_words(filled: Assessment, key: str, words: list[str]) -> None:
    """Where there is a choice, the tracker offers its words, for every action and for those that are added."""
    tracker = opened(filled)["Action tracker"]
    column = tables.tracker(filled).position(key) + 1
    (rule,) = (
        rule
        for rule in tracker.data_validations.dataValidation
        if rule.type == "list" and area_of(rule).min_col == column
    )
    assert rule.formula1 == f'"{",".join(words)}"'
    area = area_of(rule)
    assert (area.min_row, area.max_row) == (HEADINGS + 1, HEADINGS + 4 + 200)
    for row in range(HEADINGS + 1, HEADINGS + 5):
        assert tracker.cell(row, column).value in words


def test_only_dates_go_where_dates_belong(filled: Assessment) -> None:
    """The date columns of the tracker take dates and nothing else."""
    tracker = opened(filled)["Action tracker"]
    guarded = [area_of(rule).min_col - 1 for rule in tracker.data_validations.dataValidation if rule.type == "date"]
    found = tables.tracker(filled)
    assert sorted(guarded) == sorted(found.position(key) for key in ("due", "original_due", "closed_on"))


def test_overdue_is_judged_by_the_reader_s_clock(filled: Assessment) -> None:
    """A due date that has passed with the action open looks different, today and on any later day."""
    tracker = opened(filled)["Action tracker"]
    ((area, (rule,)),) = ((found.sqref, found.rules) for found in tracker.conditional_formatting)
    due, status = (tracker.cell(HEADINGS, column).column_letter for column in (7, 8))
    assert (tracker[f"{due}{HEADINGS}"].value, tracker[f"{status}{HEADINGS}"].value) == ("Due", "Status")
    assert rule.formula == [f'AND(ISNUMBER(${due}5),${due}5<TODAY(),${status}5<>"Complete",${status}5<>"Embedded")']
    assert str(area) == f"{due}5:{due}208"
    assert rule.dxf.numFmt.formatCode == '"! "d mmm yyyy'  # a sign beside the colour
    assert workbook_colours.contrast(workbook_colours.LATE_INK, workbook_colours.LATE_GROUND) >= 4.5


def test_ratings_have_letter_word_and_colour() -> None:
    """A rating is never colour alone, has its band's colour in the sections and in the tracker, and can be read."""
    assessment = building.draft(
        framework=building.graded(),
        answers={
            "part-1": Answer(rating="good", actions=(building.action(),)),
            "part-2": Answer(rating="not-applicable", reason="None."),
        },
    )
    book = opened(assessment)
    rated, inapplicable, unrated = (book["1 Parts"].cell(HEADINGS + 1 + row, 3) for row in range(3))
    assert [cell.value for cell in (rated, inapplicable, unrated)] == ["G  Good", tables.INAPPLICABLE, tables.UNRATED]
    grounds = [cell.fill.fgColor.rgb[2:] for cell in (rated, inapplicable, unrated)]
    expected = workbook_colours.level_colours(building.FOUR_GRADES)["good"]
    assert grounds == [
        found.removeprefix("#") for found in (expected, workbook_colours.NOT_APPLICABLE, workbook_colours.UNRATED)
    ]
    in_tracker = book["Action tracker"].cell(HEADINGS + 1, 3)
    assert (in_tracker.value, in_tracker.fill.fgColor.rgb) == ("G  Good", rated.fill.fgColor.rgb)
    for cell in all_cells(book):
        if cell.value is not None and cell.fill.fill_type == "solid":
            ink = cell.font.color.rgb[2:] if cell.font.color.type == "rgb" else "000000"
            assert workbook_colours.contrast(f"#{ink}", f"#{cell.fill.fgColor.rgb[2:]}") >= 4.5


@given(bands=st.lists(st.sampled_from(Band), min_size=2, max_size=9))
def test_every_scale_can_be_read_and_told_apart(bands: list[Band]) -> None:
    """Whatever the scale, no two of its levels have one colour, and ink reads well on every one."""
    levels = [
        Level(key=f"level-{at}", label=f"Level {at}", shortcut=str(at), band=band, meaning="So.")
        for at, band in enumerate(bands)
    ]
    colours = workbook_colours.level_colours(Scale(levels=tuple(levels)))
    assert list(colours) == [level.key for level in levels]
    grounds = [*colours.values(), workbook_colours.UNRATED, workbook_colours.NOT_APPLICABLE]
    assert len(set(grounds)) == len(grounds)
    assert all(workbook_colours.contrast(workbook_colours.ink_on(ground), ground) >= 4.5 for ground in grounds)


@pytest.mark.parametrize("marking", Marking)
def test_every_sheet_prints_with_its_marking(filled: Assessment, marking: Marking) -> None:
    """Every page has the marking at its top and bottom, page numbers and repeated headings, on A4 across."""
    book = opened(filled.model_copy(update={"marking": marking}))
    for sheet in book:
        assert sheet.oddHeader.center.text == sheet.oddFooter.center.text == marking.label
        assert sheet.oddFooter.right.text == "Page &P of &N"
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == ("$1:$1" if sheet.title == "Overview" else "$1:$4")
        assert sheet.print_area


def test_ampersands_in_names_are_printed() -> None:
    """An ampersand in a partnership's name is no code of the page header, not even before a G."""
    header = opened(building.draft(partnership="R&G &P &[Picture] & Co"))["Overview"].oddHeader
    assert header.left.text == "R&& G &&P && [Picture] && Co"
    assert header.center.text == "OFFICIAL"
    crowded = opened(building.draft(partnership="&" * 500))["Overview"].oddHeader
    assert crowded.center.text == "OFFICIAL"
    assert utf16_length(printed("\U0001f642&G" * 200)) <= 180


def test_properties_tell_nothing(filled: Assessment) -> None:
    """The properties name the document and no person, no machine and no place; its date is the assessment's."""
    properties = opened(filled).properties
    assert properties.title == "Self-assessment 2026-27 with action tracker"
    assert properties.subject == "Multi-agency safeguarding"
    assert properties.category == "OFFICIAL"
    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.created == properties.modified == filled.modified.replace(tzinfo=None)
    with zipfile.ZipFile(BytesIO(workbook_bytes(filled, TODAY))) as parts:
        about = b"".join(parts.read(name) for name in parts.namelist() if name.startswith("docProps/"))
    assert b"<Company></Company>" in about
    assert b"Northshire" not in about


def test_the_same_assessment_gives_the_same_bytes(filled: Assessment) -> None:
    """A workbook depends on the assessment and the day alone."""
    assert workbook_bytes(filled, TODAY) == workbook_bytes(filled.model_copy(deep=True), TODAY)
    assert workbook_bytes(filled, TODAY) != workbook_bytes(filled, date(2026, 11, 2))


def test_overview_says_whose_it_is(filled: Assessment) -> None:
    """Every value of the assessment's identity stands behind its label."""
    overview = opened(filled)["Overview"]
    for at, (label, value) in enumerate(tables.identity(filled)):
        assert value in values_beside(overview, label, 1 if at < 5 else 2)


def test_overview_figures_are_those_of_progress(filled: Assessment) -> None:
    """The figures are the ones that progress computes, and say of which day they are true."""
    overview = opened(filled)["Overview"]
    found = tally_actions(filled, TODAY)
    assert any(cell.value == "Actions as they stood on 1 Nov 2026" for cell in all_cells([overview]))
    for label, count in {
        "All actions": found.total,
        "Open": found.open,
        "Complete": found.statuses[ActionStatus.COMPLETE],
        "Embedded": found.statuses[ActionStatus.EMBEDDED],
        "Overdue": found.overdue,
        "Slipped (due date moved back)": found.slipped,
        "Without an owner": found.without_owner,
    }.items():
        assert count in values_beside(overview, label, 2)


def test_overview_counts_are_those_of_progress(filled: Assessment) -> None:
    """Every section has its counts, and a percentage only where something is rated."""
    overview = opened(filled)["Overview"]
    counts = tables.counts(filled)
    (start,) = (cell.row for cell in all_cells([overview]) if cell.value == "Ratings by section")
    for row, (name, *numbers) in enumerate(counts.rows, start=start + 2):
        assert overview.cell(row, 1).value == name
        cells = [overview.cell(row, column).value for column in range(3, 3 + len(numbers))]
        assert cells == ["–" if number is None else number for number in numbers]


def test_overview_shows_what_stands_out(filled: Assessment) -> None:
    """What a board must see first is there in its order, and where there is nothing it says so."""
    overview = opened(filled)["Overview"]
    (start,) = (cell.row for cell in all_cells([overview]) if cell.value == "What stands out first")
    for row, cells in enumerate(tables.standouts(filled, TODAY).rows, start=start + 2):
        assert tuple(overview.cell(row, column).value for column in (1, 2, 3)) == cells
    calm = many_sections(["Calm"])
    calm = calm.model_copy(update={"answers": {"statement-1-0": Answer(rating="good")}})
    assert any(str(cell.value).startswith("Nothing: ") for cell in all_cells([opened(calm)["Overview"]]))


def test_the_chart_shows_every_level_and_what_is_unrated() -> None:
    """The chart has a bar for every level and for what is unrated, coloured as the cells are, each with its letter."""
    assessment = many_sections(["First", "Second"], statements=8)
    (chart,) = opened(assessment)["Overview"]._charts
    assert (chart.barDir, chart.grouping) == ("bar", "stacked")
    colours = [*workbook_colours.level_colours(building.FOUR_GRADES).values(), workbook_colours.UNRATED]
    found = [series.graphicalProperties.solidFill.srgbClr for series in chart.series]
    assert [f"#{colour}" for colour in found] == colours
    with zipfile.ZipFile(BytesIO(workbook_bytes(assessment, TODAY))) as parts:
        drawn = parts.read("xl/charts/chart1.xml").decode()
    counts = tables.counts(assessment).rows
    for letter, column in (("G", 2), ("D", 4), ("Unrated", 5)):
        assert f"{letter} {counts[0][column]}<" in drawn


def test_the_chart_covers_nothing() -> None:
    """However many sections there are, the chart ends above the table of counts."""
    sheet = opened(many_sections([f"Section {at}" for at in range(30)]))["Overview"]
    (chart,) = sheet._charts
    (counts,) = (cell.row for cell in all_cells([sheet]) if cell.value == "Ratings by section")
    assert chart.anchor.to.row + 1 < counts


def test_no_actions_is_a_tracker_too(draft: Assessment) -> None:
    """Without any action the tracker is an empty table, ready to be filled."""
    tracker = opened(draft)["Action tracker"]
    assert tracker.tables["ActionTracker"].ref == "A4:S5"
    assert read_table(tracker, 19) == []


def test_many_actions_are_all_there() -> None:
    """Hundreds of actions are hundreds of rows."""
    codes = [f"{first}{second}222" for first in "ABCDEFGHJKMNPQRSTUVW" for second in "ABCDEFGHJKMNPQRSTUVW"]
    actions = tuple(building.action(code) for code in codes)
    assessment = building.draft(answers={"plan": Answer(rating="red", actions=actions)})
    book = opened(assessment)
    assert len(read_table(book["Action tracker"], 19)) == len(codes)
    assert book["Action tracker"].tables["ActionTracker"].ref == f"A4:S{HEADINGS + len(codes)}"


def test_twelve_sections_of_five() -> None:
    """A framework of 60 statements in 12 sections has 12 sheets with all of them."""
    assessment = many_sections([f"Section about something {at}" for at in range(12)], statements=5)
    book = opened(assessment)
    assert len(book.sheetnames) == 14
    assert_tables_are_there(book, assessment)


NASTY_TITLES = [
    "a/b\\c:d*e?f[g]h",
    "'quoted'",
    "History",
    "\U0001f642" * 20,
    "Überprüfung sehr langer Überschriften und ihrer Folgen",
    "x" * 400,
    "X" * 400,
    "???",
    "=SUM(A1)",
    "ends with an apostrophe right h'",
    "العربية",
    "Ａ full width",
]


def test_sheet_names_are_ones_that_excel_takes() -> None:
    """Whatever the titles, sheets have valid names that differ, and the workbook opens with all of them."""
    assessment = many_sections(NASTY_TITLES)
    names = sheet_names(assessment.framework.sections)
    assert opened(assessment).sheetnames == ["Overview", "Action tracker", *names]
    assert names[0] == "1 a b c d e f g h"
    assert names[2] == "3 History"
    assert names[4] == "5 Überprüfung sehr langer…"


def section(ref: str, title: str) -> Section:
    """A section of that ref and title."""
    return Section(id="only", ref=ref, title=title, statements=(Statement(id="one", ref="1", text="One."),))


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(["Action", "action", "Long", "1", "History", "OVERVIEW"]),
            st.sampled_from(["tracker", "Tracker'", "texts", "?", "ß" * 30, "ss" * 15]) | strategies.filled_notes,
        ),
        max_size=8,
    )
)
def test_sheet_names_always_differ(pairs: list[tuple[str, str]]) -> None:
    """No two sheets have names that Excel takes for one, none is reserved, and none breaks Excel's rules."""
    names = sheet_names([section(ref, title) for ref, title in pairs])
    taken = [name.lower() for name in ("Overview", "Action tracker", "Long texts", "History", *names)]
    assert len(set(taken)) == len(taken)
    for name in names:
        assert 0 < utf16_length(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")


def joined_parts(book: Any) -> dict[tuple[str, str, str], str]:
    """The whole of every long text, by its sheet, ref and column."""
    texts: dict[tuple[str, str, str], str] = {}
    for sheet, ref, column, _, part in book["Long texts"].iter_rows(min_row=HEADINGS + 1, max_col=5, values_only=True):
        texts[sheet, ref, column] = texts.get((sheet, ref, column), "") + part
    return texts


@pytest.mark.parametrize(
    "text",
    [
        "The evidence is long. " * 4_000,
        "\U0001f642 \U0001f468\u200d\U0001f469\u200d\U0001f467" * 6_000,
        "x" * 50_000,
        "line\n" * 9_000,
        "=" + "  two  spaces  " * 4_000,
        "\n\n" * 17_000 + "end",
    ],
    ids=["words", "emoji", "one word", "lines", "spaces", "empty lines"],
)
def test_long_texts_lose_nothing(text: str) -> None:
    """A text too long for a cell says where it goes on, and stands there whole, in order, cut between characters."""
    answer = Answer(rating="green", evidence=text, actions=(building.action(text=f"Act: {text}"),))
    book = opened(building.draft(answers={"plan": answer}))
    parts = joined_parts(book)
    assert parts["1 Leadership", "1.1", "Evidence"] == text
    assert parts["Action tracker", "1.1-K7Q2M", "Action"] == f"Act: {text}"
    shown = book["1 Leadership"].cell(HEADINGS + 1, 4).value
    assert utf16_length(shown) <= CELL_LIMIT
    note = re.fullmatch(r"(.*) … continued on the sheet “Long texts”, row (\d+)", shown, re.DOTALL)
    assert note
    assert text.startswith(note[1])
    assert utf16_length(shown) >= CELL_LIMIT - 1
    begins = [cell.value for cell in book["Long texts"][int(note[2])]]
    assert begins[:3] == ["1 Leadership", "1.1", "Evidence"]
    assert begins[3].startswith("1 of ")


@pytest.mark.parametrize("text", ["x" * CELL_LIMIT, "x" + "\U0001f642" * (CELL_LIMIT // 2)])
def test_what_just_fits_is_not_cut(text: str) -> None:
    """A text that fills a cell to its last unit stays in it; the sheet of long texts is there only if needed."""
    assert utf16_length(text) == CELL_LIMIT
    book = opened(building.draft(answers={"plan": Answer(rating="green", evidence=text)}))
    assert book["1 Leadership"].cell(HEADINGS + 1, 4).value == text
    assert "Long texts" not in book.sheetnames


@given(text=st.text("ab \n\U0001f642字", max_size=400), characters=st.integers(2, 20), lines=st.integers(1, 5))
def test_pieces_are_the_whole(text: str, characters: int, lines: int) -> None:
    """Put together again, the pieces of a text are the text, and none is longer than asked."""
    found = pieces(text, characters, lines)
    assert "".join(found) == text
    assert all(len(piece) <= (characters + 1) * lines for piece in found)


@given(text=st.text("ab' \U0001f642", max_size=60), units=st.integers(4, 40))
def test_shortened_texts_say_so(text: str, units: int) -> None:
    """A shortened text fits, ends in an ellipsis, and is otherwise the text's beginning."""
    short = shortened(text, units)
    assert utf16_length(short) <= units
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 1, 1),
        ("Short.", 1, 1),
        ("One.\n\nTwo.", 3, 3),
        ("word " * 100, 9, 10),
        ("W" * 100, 4, 5),
        ("字" * 100, 4, 5),
        ("i" * 100, 1, 1),
    ],
)
def test_heights_follow_the_text(text: str, least: int, most: int) -> None:
    """The lines that are reckoned for a text are about those that it takes."""
    assert least <= lines_needed(text, 400) <= most


def test_tall_texts_are_shown_whole() -> None:
    """A text too tall for Excel's highest row is given several rows, and the next statement stands below them."""
    text = "A sentence of some length that goes on. " * 150
    assessment = building.draft(answers={"plan": Answer(rating="green", evidence=text)})
    sheet = opened(assessment)["1 Leadership"]
    (area,) = (area for area in sheet.merged_cells.ranges if area.min_col == 4)
    assert area.min_row == HEADINGS + 1
    assert sheet.cell(area.max_row + 1, 1).value == "1.2a"
    heights = [sheet.row_dimensions[row].height for row in range(area.min_row, area.max_row + 1)]
    assert max(heights) <= 409
    assert sum(heights) >= 12.75 * lines_needed(text, 58 * 7 + 5)


def test_rows_grow_as_people_write() -> None:
    """Rows are high enough for their texts to begin with, and Excel still fits them when somebody writes more."""
    actions = (building.action(), building.action("AAAA2", text="A word or two. " * 500))
    assessment = building.draft(answers={"plan": Answer(rating="red", actions=actions)})
    with zipfile.ZipFile(BytesIO(workbook_bytes(assessment, TODAY))) as parts:
        rows = re.findall(r"<row [^>]*>", parts.read("xl/worksheets/sheet2.xml").decode())
    below = [row for row in rows if int(re.findall(r' r="(\d+)"', row)[0]) > HEADINGS]
    assert not any("customHeight" in row for row in below)
    short, tall = (float(re.findall(r' ht="([\d.]+)"', row)[0]) for row in below)
    assert 12.75 * 3 < short < 12.75 * 5
    assert 390 < tall <= 409  # Excel's highest row


def test_a_refusal_is_an_error(draft: Assessment) -> None:
    """What xlsxwriter refuses or cuts is an error, and never a silent gap."""
    page = Book(draft).page("Sheet", (10,), "Title")
    with pytest.raises(ScrutinyError, match="does not fit"):
        page.write(5, 0, "x" * (CELL_LIMIT + 1))
    with pytest.raises(ScrutinyError, match="does not fit"):
        page.write(5, 20_000, "x")
    with pytest.warns(UserWarning, match="Invalid"), pytest.raises(ScrutinyError, match="does not fit"):
        page.book.define_name("no name", "=1")


def test_exported_workbooks_are_there_whole(tmp_path: Path, filled: Assessment) -> None:
    """The workbook stands where it was asked for, and nothing else does."""
    path = tmp_path / "tracker.xlsx"
    export(filled, path, TODAY, atomic.replace)
    assert path.read_bytes() == workbook_bytes(filled, TODAY)
    assert list(tmp_path.iterdir()) == [path]


def refused(assessment: Assessment, path: Path, **options: Any) -> FileProblem:
    """Why an export is refused; what stood there must stand there still."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(FileProblem) as problem:
        export(assessment, path, TODAY, options.pop("write", atomic.replace), **options)
    assert (path.read_bytes() if path.is_file() else None) == before
    return problem.value


def test_a_workbook_is_not_replaced_unasked(tmp_path: Path, filled: Assessment) -> None:
    """A workbook that exists stays as it is unless somebody asks for it to be replaced; another name is proposed."""
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(workbook_bytes(filled, date(2026, 11, 2)))
    problem = refused(filled, path)
    assert "exists already" in problem.title
    assert "tracker (2).xlsx" in problem.hint
    export(filled, path, TODAY, atomic.replace, replace_existing=True)
    assert path.read_bytes() == workbook_bytes(filled, TODAY)


def zipped(**parts: bytes) -> bytes:
    """A zip file with some properties."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        for name, content in parts.items():
            written.writestr(f"docProps/{name}.xml", content)
    return stream.getvalue()


LATE_MARK = zipped(custom=b"x" * 200_000 + b'name="Scrutiny workbook"')
"""Properties that are far longer than those of a workbook."""


@pytest.mark.parametrize(
    "content",
    [b"", b"a letter", b"PK\x03\x04", zipped(app=b""), zipped(custom=b"<other/>"), LATE_MARK],
    ids=["empty", "letter", "broken", "no properties", "other properties", "huge properties"],
)
def test_only_workbooks_of_ours_are_replaced(tmp_path: Path, filled: Assessment, content: bytes) -> None:
    """A file that this program did not make stays, even when replacing is asked for; another name is proposed."""
    path = tmp_path / "letter.xlsx"
    path.write_bytes(content)
    problem = refused(filled, path, replace_existing=True)
    assert "not a workbook that Scrutiny made" in problem.title
    assert "letter (2).xlsx" in problem.hint


def test_a_workbook_that_was_saved_again_is_ours(tmp_path: Path, filled: Assessment) -> None:
    """The mark survives another program."""
    path = tmp_path / "tracker.xlsx"
    opened(filled).save(path)
    export(filled, path, TODAY, atomic.replace, replace_existing=True)
    assert path.read_bytes() == workbook_bytes(filled, TODAY)


@pytest.mark.parametrize("link", [os.symlink, os.link, None], ids=["symbolic link", "hard link", "same name"])
def test_the_assessment_itself_is_never_replaced(
    tmp_path: Path, filled: Assessment, link: Callable[[Path, Path], None] | None
) -> None:
    """A name that leads to the assessment's own file is refused, even if that looks like a workbook."""
    source = tmp_path / "a.xlsx"
    source.write_bytes(workbook_bytes(filled, TODAY))
    path = tmp_path / "tracker.xlsx" if link else source
    if link:
        link(source, path)
    problem = refused(filled, path, source=source, replace_existing=True)
    assert "is the assessment itself" in problem.title
    assert "(2).xlsx" in problem.hint


def test_a_long_name_is_said_to_be_too_long(tmp_path: Path, filled: Assessment) -> None:
    """The reason is told as it is."""
    with pytest.raises(FileProblem, match="its name is too long"):
        export(filled, tmp_path / f"{'x' * 300}.xlsx", TODAY, atomic.replace)


@pytest.mark.parametrize(
    ("owner_file", "program"), [("~$tracker.xlsx", "Excel"), (".~lock.tracker.xlsx#", "LibreOffice")]
)
def test_an_open_workbook_is_left_alone(tmp_path: Path, filled: Assessment, owner_file: str, program: str) -> None:
    """A workbook that somebody has open is not replaced; the message says so and proposes another name."""
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(b"open")
    (tmp_path / owner_file).write_bytes(b"")
    problem = refused(filled, path, replace_existing=True)
    assert f"open in {program}" in problem.title
    assert "tracker (2).xlsx" in problem.hint
    assert owner_file in problem.hint


def test_a_left_over_owner_file_does_not_stop_a_new_workbook(tmp_path: Path, filled: Assessment) -> None:
    """What a crashed Excel left behind matters only beside a workbook."""
    (tmp_path / "~$tracker.xlsx").write_bytes(b"")
    export(filled, tmp_path / "tracker.xlsx", TODAY, atomic.replace)


def windows_error(code: int) -> OSError:
    """An error as Windows raises it."""
    error = PermissionError(13, "Permission denied")
    error.winerror = code  # type: ignore[attr-defined,unused-ignore]  # Windows alone has it
    return error


def failing(error: OSError) -> Callable[[Path, bytes], None]:
    """A write that fails with an error."""

    def write(path: Path, content: bytes) -> None:
        assert path
        assert content
        raise error

    return write


def failing_plainly(error: OSError) -> Callable[[Path, bytes], None]:
    """A write that turns the error it fails with into one of our own."""

    def write(path: Path, content: bytes) -> None:
        try:
            failing(error)(path, content)
        except OSError as caught:
            raise FileProblem(f"{path} cannot be written.") from caught

    return write


@pytest.mark.parametrize("code", [5, 32, 33])
def test_a_workbook_that_cannot_even_be_read_is_said_to_be_open(
    tmp_path: Path, filled: Assessment, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Windows lets nobody look whether the file is a workbook of ours, the message is the same."""
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(workbook_bytes(filled, TODAY))

    def refuse(_path: Path) -> bool:
        raise windows_error(code)

    monkeypatch.setattr("scrutiny.exchange.workbook.is_ours", refuse)
    assert "open in another program" in refused(filled, path, replace_existing=True).title


@pytest.mark.parametrize("failure", [failing, failing_plainly])
@pytest.mark.parametrize("code", [5, 32, 33])
def test_windows_says_in_its_own_way_that_a_file_is_open(
    tmp_path: Path, filled: Assessment, code: int, failure: Callable[[OSError], Callable[[Path, bytes], None]]
) -> None:
    """Where only the refusal of Windows tells that a workbook is open, the message says so too."""
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(workbook_bytes(filled, TODAY))
    problem = refused(filled, path, write=failure(windows_error(code)), replace_existing=True)
    assert "open in another program" in problem.title
    assert "tracker (2).xlsx" in problem.hint


@pytest.mark.parametrize("failure", [failing, failing_plainly])
def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, filled: Assessment, failure: Callable[[OSError], Callable[[Path, bytes], None]]
) -> None:
    """A write that fails for another reason is one plain sentence, and the old workbook stays."""
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(workbook_bytes(filled, TODAY))
    write = failure(OSError(28, "No space left on device"))
    assert "cannot be written" in refused(filled, path, write=write, replace_existing=True).title


def test_places_where_nothing_can_be_put(tmp_path: Path, filled: Assessment) -> None:
    """A folder that is missing, or that stands in the workbook's place, is named for what it is."""
    assert "folder does not exist" in refused(filled, tmp_path / "missing" / "tracker.xlsx").title
    assert "is a folder" in refused(filled, tmp_path).title


def test_another_name_is_the_first_that_is_free(tmp_path: Path) -> None:
    """Names are counted on from the one that is taken, and a year in brackets is no count."""
    path = tmp_path / "tracker.xlsx"
    assert another_name(path).name == "tracker (2).xlsx"
    (tmp_path / "tracker (2).xlsx").symlink_to(tmp_path / "nowhere")
    assert another_name(path).name == "tracker (3).xlsx"
    assert another_name(tmp_path / "tracker (2).xlsx").name == "tracker (3).xlsx"
    assert another_name(tmp_path / "tracker (2026).xlsx").name == "tracker (2026) (2).xlsx"


@pytest.mark.parametrize("stem", ["x" * 250, "é" * 125, "\U0001f642" * 62])
def test_names_are_never_too_long_for_a_file_system(tmp_path: Path, stem: str) -> None:
    """A name that is about as long as names can be is shortened rather than refused."""
    proposed = proposed_path(tmp_path / f"{stem}.toml")
    for path in (proposed, another_name(proposed)):
        assert len(path.name.encode()) <= 255
        path.write_bytes(b"")


def test_the_proposed_place_is_beside_the_assessment(tmp_path: Path) -> None:
    """The workbook goes beside its assessment, under its name."""
    assert proposed_path(tmp_path / "north.shire.toml") == tmp_path / "north.shire-tracker.xlsx"


@pytest.mark.filterwarnings("ignore:Print area cannot be set:UserWarning")  # LibreOffice writes it as $A:$M
def test_libreoffice_reads_the_same(tmp_path: Path) -> None:
    """An independent program reads every text as text, and the same one."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed here; CI has it")
    note = "\n".join(PAYLOADS)
    answers = {
        "plan": Answer(rating="green", evidence=note, actions=(building.action(text=note),)),
        "leaders": Answer(rating="amber", evidence="=1+1", actions=(building.action("AAAA2", text="'@SUM(1)"),)),
        "voice": Answer(rating="red", evidence="<r>a & b</r>", actions=(building.action("BBBB3", owner="-1"),)),
    }
    assessment = building.draft(answers=answers)
    (tmp_path / "in").mkdir()
    export(assessment, tmp_path / "in" / "tracker.xlsx", TODAY, atomic.replace)
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "in" / "tracker.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    book = openpyxl.load_workbook(tmp_path / "tracker.xlsx")
    assert book.sheetnames == ["Overview", "Action tracker", "1 Leadership", "2 Outcomes"]
    assert_tables_are_there(book, assessment)


def test_what_may_be_replaced(tmp_path: Path, filled: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a workbook of ours: no other file, no folder, not the assessment itself, and nothing that cannot be read."""
    path = tmp_path / "tracker.xlsx"
    assert not workbook.replaceable(path)
    path.write_bytes(b"somebody's")
    assert not workbook.replaceable(path)
    path.write_bytes(workbook_bytes(filled, TODAY))
    assert workbook.replaceable(path)
    assert workbook.replaceable(path, tmp_path / "a.toml") is False
    assert not workbook.replaceable(path, path)
    assert not workbook.replaceable(tmp_path)

    def refuse(_path: Path) -> bool:
        raise windows_error(32)

    monkeypatch.setattr(workbook, "is_ours", refuse)
    assert not workbook.replaceable(path)
