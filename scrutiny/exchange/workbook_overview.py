"""The first sheet of a workbook: whose it is, where it stands, and what a board must see first."""

from dataclasses import replace
from datetime import date

from scrutiny.exchange import workbook_colours as colours
from scrutiny.exchange.tables import (
    INAPPLICABLE,
    UNRATED,
    Table,
    action_figures,
    counts,
    identity,
    level_words,
    meanings,
    standouts,
)
from scrutiny.exchange.workbook_text import OVERVIEW, shortened
from scrutiny.exchange.workbook_writer import (
    CAPTION,
    HEADING,
    HEADING_OF_NUMBERS,
    NAME,
    NUMBER,
    PERCENT,
    STRONG,
    SUBTITLE,
    TEXT,
    Book,
    Box,
    Look,
    Page,
)
from scrutiny.model.assessment import Assessment

_LEFT = (17, 27)
"""The widths of the columns before the counts: together they hold a section's name."""

_COUNTS_WIDTH = 98
"""The width that all columns of counts share: with the others, as much as an A4 page is wide."""

_LABELS = 4
"""The column behind the chart that holds its labels: the sections' names, shortened."""

_LABEL_LIMIT = 45
"""The most UTF-16 units of a label that leave room for the bars."""

_ROW_PIXELS = 22
"""The height of a row of one line, to keep clear of the chart."""


def rating_looks(assessment: Assessment) -> dict[str, Look]:
    """How each rating's words look, by the words."""
    scale = assessment.framework.scale
    grounds = colours.level_colours(scale)
    looks = {level_words(level): Look(ground=grounds[level.key], bold=True) for level in scale.levels}
    looks[UNRATED] = Look(ground=colours.UNRATED, bold=True)
    looks[INAPPLICABLE] = Look(ground=colours.NOT_APPLICABLE, bold=True)
    return looks


def add_overview(book: Book, assessment: Assessment, today: date) -> None:
    """Add the overview to a workbook."""
    found = counts(assessment)
    width = max(9, _COUNTS_WIDTH // (len(found.columns) - 1))
    page = book.page(OVERVIEW, (*_LEFT, *(width for _ in found.columns[1:])), assessment.partnership)
    page.sheet.hide_gridlines(2)
    page.sheet.repeat_rows(0)
    page.sheet.freeze_panes(2, 0)
    row = _identity(page, 3, identity(assessment))
    top = row + 1
    row = _figures(page, top, action_figures(assessment, today))
    chart_height = max((row - top) * _ROW_PIXELS, 80 + 26 * (len(found.rows) - 1))
    below_chart = max(row, top + -(-chart_height // _ROW_PIXELS))
    for beside_chart in range(row, below_chart):
        page.set_height(beside_chart, 1)
    row = below_chart + 1
    _chart(page, top, chart_height, found, row + 1, assessment)
    row = _counts(page, row, found, assessment)
    row = _standouts(page, row + 1, standouts(assessment, today))
    row = _meanings(page, row + 1, meanings(assessment), assessment)
    page.expect(page.sheet.print_area(0, 0, row - 1, page.last_column))


def _identity(page: Page, row: int, pairs: list[tuple[str, str]]) -> int:
    """Write labels and values in two columns, down the first and then down the second."""
    half = (len(pairs) + 1) // 2
    rest = page.last_column - 4
    for position in range(half):
        label, value = pairs[position]
        boxes = [Box(label, STRONG), Box(value, TEXT, 2)]
        label, value = pairs[half + position] if half + position < len(pairs) else ("", "")
        boxes += [Box(label, STRONG, 2), Box(value, TEXT, rest)]
        row = page.row(row, boxes)
    return row


def _figures(page: Page, row: int, table: Table) -> int:
    page.write(row, 0, table.title, CAPTION)
    row += 1
    for label, count in table.rows:
        row = page.row(row, [Box(label, TEXT, 2), Box(count, NUMBER)])
    return row


def _counts(page: Page, row: int, table: Table, assessment: Assessment) -> int:
    page.write(row, 0, table.title, CAPTION)
    looks = {words: replace(look, align="center") for words, look in rating_looks(assessment).items()}
    first, *others = table.columns
    headings = [Box(column.title, looks.get(column.title, HEADING_OF_NUMBERS)) for column in others]
    row = page.row(row + 1, [Box(first.title, HEADING, 2), *headings])
    for cells in table.rows:
        last = cells is table.rows[-1]
        name, *numbers, percent = cells
        row = page.row(
            row,
            [
                Box(name, STRONG if last else TEXT, 2),
                *(Box(number, replace(NUMBER, bold=last)) for number in numbers),
                Box("–" if percent is None else percent, replace(PERCENT, bold=last)),
            ],
        )
    return row


def _standouts(page: Page, row: int, table: Table) -> int:
    page.write(row, 0, table.title, CAPTION)
    rest = page.last_column - 1
    titles = [column.title for column in table.columns]
    row = page.row(row + 1, [Box(titles[0], HEADING), Box(titles[1], HEADING), Box(titles[2], HEADING, rest)])
    for kind, ref, message in table.rows:
        boxes = [Box(kind, STRONG), Box(ref, NAME), Box(message, TEXT, rest, titles[2])]
        row = page.row(row, boxes, ref=str(ref))
    if not table.rows:
        row = page.row(row, [Box("Nothing: no red rating, decision, delay or gap.", TEXT, rest + 2)])
    return row


def _meanings(page: Page, row: int, table: Table, assessment: Assessment) -> int:
    page.write(row, 0, table.title, CAPTION)
    looks = rating_looks(assessment)
    rest = page.last_column - 1
    titles = [column.title for column in table.columns]
    row = page.row(row + 1, [Box(titles[0], HEADING), Box(titles[1], HEADING), Box(titles[2], HEADING, rest)])
    for words, colour, meaning in table.rows:
        boxes = [Box(words, looks[str(words)]), Box(colour, TEXT), Box(meaning, TEXT, rest, titles[2])]
        row = page.row(row, boxes, ref=str(words))
    return row


def _chart(page: Page, row: int, height: int, table: Table, headings: int, assessment: Assessment) -> None:
    """Draw the counts as a stacked bar for each section; every piece says its letter and number."""
    levels = assessment.framework.scale.levels
    grounds = [*colours.level_colours(assessment.framework.scale).values()]
    series = [(level.letter, ground) for level, ground in zip(levels, grounds, strict=True)]
    series += [("Unrated", colours.UNRATED), ("N/A", colours.NOT_APPLICABLE)]
    sections = table.rows[:-1]
    for position, cells in enumerate(sections):
        page.write(row + position, _LABELS, shortened(str(cells[0]), _LABEL_LIMIT), SUBTITLE)
    chart = page.book.chart({"type": "bar", "subtype": "stacked"})
    for position, (letter, ground) in enumerate(series, start=1):
        column = position + 1
        numbers = [cells[position] for cells in sections]
        if not any(numbers) and position > len(levels):
            continue
        labels = [{"value": f"{letter} {number}"} if number else {"delete": True} for number in numbers]
        font = {"color": colours.ink_on(ground), "bold": True, "name": "Arial", "size": 9}
        chart.add_series(
            {
                "name": [OVERVIEW, headings, column],  # a name in words would be a reference if it held a “!”
                "categories": [OVERVIEW, row, _LABELS, row + len(sections) - 1, _LABELS],
                "values": [OVERVIEW, headings + 1, column, headings + len(sections), column],
                "fill": {"color": ground},
                "border": {"color": "#FFFFFF"},
                "gap": 45,
                "data_labels": {"value": True, "custom": labels, "font": font, "position": "center"},
            }
        )
    words = {"name": "Arial", "size": 9}
    chart.set_title({"name": "Statements at each rating", "name_font": {"name": "Arial", "size": 12}, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": words, "major_tick_mark": "none", "line": {"none": True}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom", "font": words})
    chart.set_size({"width": page.pixels(3, page.last_column) - 12, "height": height})
    options = {
        "x_offset": 12,
        "description": f"Bars for {len(sections)} sections; the table “{table.title}” below has the same figures.",
    }
    page.expect(page.sheet.insert_chart(row, 3, chart, options))
