"""The sheets behind the overview: the action tracker, the sections, and texts too long for a cell."""

from collections.abc import Iterable
from string import ascii_uppercase
from typing import Any

from scrutiny.exchange import workbook_colours as colours
from scrutiny.exchange.tables import Cell, Column, Table, section_table, tracker
from scrutiny.exchange.workbook_overview import rating_looks
from scrutiny.exchange.workbook_text import LONG_TEXTS, TRACKER, sheet_names
from scrutiny.exchange.workbook_writer import (
    DAY,
    HEADING,
    LONG_TEXTS_START,
    LONG_TEXTS_WIDTH,
    NAME,
    SUBTITLE,
    TEXT,
    Book,
    Box,
    Look,
    Page,
)
from scrutiny.model.action import ActionKind, ActionScope, ActionStatus, Priority
from scrutiny.model.assessment import Assessment
from scrutiny.model.record import EARLIEST, LATEST

_HEADINGS = LONG_TEXTS_START - 1
"""The row of the column headings, counted from 0: below the title, the subtitle and a line of help."""

_SPARE_ROWS = 200
"""Rows below the tracker that have its dropdowns too, for actions that are added in the spreadsheet."""

_LAST_PRINTED = "decision"
"""The last column of the tracker that is printed: with all of them on one page nobody could read it."""

_LAST_ROW = 1_048_576
"""The last row of any sheet, counted from 1."""

_CHOICES: dict[str, tuple[str, ...]] = {
    "status": tuple(status.label for status in ActionStatus),
    "priority": tuple(priority.label for priority in Priority),
    "kind": tuple(kind.label for kind in ActionKind),
    "scope": tuple(scope.label for scope in ActionScope),
}
_DAYS = ("due", "original_due", "closed_on")

_CLOSED = tuple(status.label for status in ActionStatus if status.closed)


def add_tracker(book: Book, assessment: Assessment) -> None:
    """Add the action tracker: a table that filters, sorts and grows, and that knows what is overdue today."""
    table = tracker(assessment)
    page = book.page(TRACKER, tuple(column.width for column in table.columns), table.title)
    last_printed = table.columns[table.position(_LAST_PRINTED)]
    page.write(
        2,
        0,
        "A due date turns red, with “!” before it, once it has passed and the action is still open. "
        f"Printed pages end with the column “{last_printed.title}”.",
        SUBTITLE,
    )
    first, last = _HEADINGS + 1, _HEADINGS + max(1, len(table.rows))
    form = book.format
    columns = [
        {"header": column.title, "header_format": form(HEADING), "format": form(_look(column))}
        for column in table.columns
    ]
    area = (_HEADINGS, 0, last, page.last_column)
    page.expect(
        page.sheet.add_table(*area, {"name": "ActionTracker", "style": "Table Style Light 1", "columns": columns})
    )
    page.set_height(_HEADINGS, 2)  # room for the filter buttons below the words
    ratings = rating_looks(assessment)
    for row, cells in enumerate(table.rows or _blank(table), start=first):
        boxes = [
            Box(
                content,
                ratings[str(content)] if column.key == "rating" and content else _look(column),
                heading=column.title,
            )
            for column, content in zip(table.columns, cells, strict=True)
        ]
        page.table_row(row, boxes, ref=str(cells[0]))
    _guide(page, table, first, last + _SPARE_ROWS)
    _mark_overdue(page, table, first, last + _SPARE_ROWS)
    _set_up(page)
    # Whole columns, so that added actions are printed too; not by print_area, whose way to write them openpyxl rejects.
    printed = f"$A$1:${_letter(table, _LAST_PRINTED)}${_LAST_ROW}"
    page.book.define_name(f"'{TRACKER}'!_xlnm.Print_Area", f"='{TRACKER}'!{printed}")


def add_sections(book: Book, assessment: Assessment) -> None:
    """Add a sheet for each section with its statements, their ratings, evidence, sources and actions."""
    sections = assessment.framework.sections
    ratings = rating_looks(assessment)
    for section, name in zip(sections, sheet_names(sections), strict=True):
        table = section_table(assessment, section)
        page = book.page(name, tuple(column.width for column in table.columns), table.title)
        row = _write_headings(page, table.columns)
        for cells in table.rows:
            boxes = [
                Box(content, ratings[str(content)] if column.key == "rating" else _look(column), heading=column.title)
                for column, content in zip(table.columns, cells, strict=True)
            ]
            row = page.row(row, boxes, ref=str(cells[0]))
        _set_up(page)
        page.expect(page.sheet.print_area(0, 0, row - 1, page.last_column))


def add_long_texts(book: Book) -> None:
    """Add the whole of every text that a cell could not hold, if there are any. To be called last."""
    if not book.long_texts:
        return
    columns = (
        Column("sheet", "Sheet", 18),
        Column("ref", "Ref", 12),
        Column("column", "Column", 16),
        Column("part", "Part", 10),
        Column("text", "Text", LONG_TEXTS_WIDTH),
    )
    page = book.page(LONG_TEXTS, tuple(column.width for column in columns), LONG_TEXTS)
    page.write(2, 0, "Each text stands here whole, in consecutive parts.", SUBTITLE)
    row = _write_headings(page, columns)
    for text in book.long_texts:
        for number, part in enumerate(text.parts, start=1):
            cells = (text.sheet, text.ref, text.column, f"{number} of {len(text.parts)}", part)
            boxes = [Box(content, _look(column)) for column, content in zip(columns, cells, strict=True)]
            page.table_row(row, boxes)
            row += 1
    _set_up(page)
    page.expect(page.sheet.print_area(0, 0, row - 1, page.last_column))


def _look(column: Column) -> Look:
    if column.key == "ref":
        return NAME
    return DAY if column.key in _DAYS else TEXT


def _blank(table: Table) -> Iterable[tuple[Cell, ...]]:
    """The one empty row that a table needs."""
    return [(None,) * len(table.columns)]


def _letter(table: Table, key: str) -> str:
    """The letter of a column of the tracker, which has fewer than 27."""
    return ascii_uppercase[table.position(key)]


def _write_headings(page: Page, columns: Iterable[Column]) -> int:
    return page.row(_HEADINGS, [Box(column.title, HEADING) for column in columns])


def _set_up(page: Page) -> None:
    """What every sheet with headings has: they stay in sight, with the refs, and stand on every printed page."""
    page.sheet.freeze_panes(_HEADINGS + 1, 1)
    page.sheet.repeat_rows(0, _HEADINGS)
    page.expect(page.sheet.ignore_errors({"number_stored_as_text": f"A1:A{_LAST_ROW}"}))


def _guide(page: Page, table: Table, first: int, last: int) -> None:
    """Offer the possible words in the columns that have a choice, and take only dates where dates belong."""
    rule: dict[str, Any]
    for key, words in _CHOICES.items():
        column = table.position(key)
        rule = {
            "validate": "list",
            "source": list(words),
            "error_title": table.columns[column].title,
            "error_message": f"Choose one of: {', '.join(words)}.",
        }
        page.expect(page.sheet.data_validation(first, column, last, column, rule))
    for key in _DAYS:
        column = table.position(key)
        rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": EARLIEST,
            "maximum": LATEST,
            "error_title": table.columns[column].title,
            "error_message": "Give a date such as 31/03/2027, or leave the cell empty.",
        }
        page.expect(page.sheet.data_validation(first, column, last, column, rule))


def _mark_overdue(page: Page, table: Table, first: int, last: int) -> None:
    """Mark due dates that have passed while the action is open: by the spreadsheet's own clock, so it stays true."""
    due = table.position("due")
    due_cell, status_cell = f"${_letter(table, 'due')}{first + 1}", f"${_letter(table, 'status')}{first + 1}"
    still_open = ",".join(f'{status_cell}<>"{word}"' for word in _CLOSED)
    late = page.book.highlight(
        bg_color=colours.LATE_GROUND, font_color=colours.LATE_INK, bold=True, num_format='"! "d mmm yyyy'
    )
    rule = {
        "type": "formula",
        "criteria": f"=AND(ISNUMBER({due_cell}),{due_cell}<TODAY(),{still_open})",
        "format": late,
    }
    page.expect(page.sheet.conditional_format(first, due, last, due, rule))
