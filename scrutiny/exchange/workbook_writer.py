"""The hand that writes a workbook: pages, looks, and text that stays text whatever it says."""

from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it has annotations but does not publish them (no py.typed)
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # the same

from scrutiny.errors import ScrutinyError
from scrutiny.exchange import workbook_colours as colours
from scrutiny.exchange.tables import Cell, long_day
from scrutiny.exchange.workbook_mark import MARK
from scrutiny.exchange.workbook_text import LONG_TEXTS, beginning, lines_needed, pieces, printed, shortened
from scrutiny.model.assessment import Assessment
from scrutiny.model.text import CELL_LIMIT

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    # Councils' and the NHS's accessibility rules ask for Arial, and every office program has it or its equal in width.
    "default_format_properties": {"font_name": "Arial", "font_size": 10},
}
_A4 = 9
_LINE_HEIGHT = 12.75
"""The height of a line of 10-point Arial, in points."""

_TITLE_LIMIT = 70
"""The most UTF-16 units of a sheet's title, which stands on one line; the overview has every name in full as well."""

_SPACE_BETWEEN = 3.75
"""What a row is higher than its lines, in points."""

_LINES_IN_A_ROW = 31
"""The most lines that one row shows: Excel's rows are at most 409 points high."""

_LEAST_IN_A_SHARE = 9
"""The fewest lines in each of the rows that share a text too tall for one; with few, pages break between them well."""

_MOST_SHARES = 12
"""The rows among which a text is shared before they grow; LibreOffice sets the whole text anew for each."""

_MOST_ROWS = 40
"""The most rows that a text is given; it takes thousands of empty lines to need more."""

LONG_TEXTS_START = 4
"""The first row of the sheet of long texts below its headings, counted from 0."""

LONG_TEXTS_WIDTH = 110
"""The width of a long text's column in characters."""

_LONG_TEXTS_LINE = 80
"""The characters of a long text that fit on a line of that column even in capitals."""

_LIVE_BEGINNINGS = ("=", "+", "-", "@", "'")
"""With these a text would become a formula, or lose its first character, as soon as somebody edits the cell."""


@dataclass(frozen=True)
class Look:
    """How a cell looks. The same look is made only once."""

    ground: str = ""
    """The colour behind the text; the ink is chosen to be readable on it."""
    bold: bool = False
    size: int = 10
    ruled: bool = True
    align: str = "left"
    number_format: str = ""
    quoted: bool = False
    """Whether the text stays text even when somebody edits the cell."""

    def properties(self) -> dict[str, Any]:
        """The look in xlsxwriter's words."""
        found: dict[str, Any] = {"valign": "top", "align": self.align, "font_size": self.size}
        if self.ruled:
            found |= {"text_wrap": True, "border": 1, "border_color": colours.RULE, "indent": int(self.align == "left")}
        if self.ground:
            found |= {"bg_color": self.ground, "font_color": colours.ink_on(self.ground)}
        if self.number_format:
            found["num_format"] = self.number_format
        return found | {"bold": self.bold, "quote_prefix": self.quoted}


TITLE = Look(bold=True, size=16, ruled=False)
SUBTITLE = Look(ruled=False)
CAPTION = Look(bold=True, size=12, ruled=False)
HEADING = Look(ground=colours.HEADING, bold=True)
HEADING_OF_NUMBERS = replace(HEADING, align="center")
TEXT = Look()
STRONG = Look(bold=True)
NAME = Look(bold=True, number_format="@")
"""A ref or a code: "2.1" stays text when somebody types it anew."""
NUMBER = Look(align="center")
PERCENT = Look(align="center", number_format='0"%"')
DAY = Look(number_format="d mmm yyyy")


@dataclass(frozen=True)
class LongText:
    """A text that one cell does not hold."""

    sheet: str
    """The name of the sheet where it stands."""
    ref: str
    column: str
    parts: tuple[str, ...]
    """The whole text in consecutive pieces."""


@dataclass(frozen=True)
class Box:
    """What stands in one or several columns of a row."""

    content: Cell
    look: Look = TEXT
    columns: int = 1
    heading: str = ""
    """What the column is called, should the text have to be continued elsewhere."""


class Book:
    """A workbook in the making. Nothing touches the disk."""

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._stream = BytesIO()
        self._workbook = xlsxwriter.Workbook(self._stream, _OPTIONS)
        self._formats: dict[Look, Any] = {}
        self.long_texts: list[LongText] = []
        self._workbook.set_custom_property(MARK, True)  # noqa: FBT003 - xlsxwriter takes the value by its place
        view = f"{assessment.perspective.label} {assessment.cycle}"
        # Only words of our own: properties are shown by file managers and search engines.
        self._workbook.set_properties(
            {
                "title": f"{view} with action tracker",
                "subject": "Multi-agency safeguarding",
                "category": assessment.marking.label,
                "status": assessment.status.label,
                "author": "",
                "company": "",
                "created": assessment.modified.replace(tzinfo=None),
            }
        )
        partnership = shortened(assessment.partnership, _TITLE_LIMIT)
        position = f"Position as at {long_day(assessment.as_at)}"
        self.subtitle = "  ·  ".join(
            (assessment.marking.label, partnership, f"{view} ({assessment.status.label.lower()})", position)
        )

    def page(self, name: str, widths: tuple[int, ...], title: str) -> "Page":
        """A new sheet with columns of the given widths in characters and a title in its first two rows."""
        page = Page(self, self._workbook.add_worksheet(name, _GrowingSheet), name, widths)
        self._set_up_printing(page.sheet)
        page.sheet.set_row(0, 28)
        page.write(0, 0, shortened(title, _TITLE_LIMIT), TITLE)
        page.write(1, 0, self.subtitle, SUBTITLE)
        return page

    def chart(self, kind: dict[str, str]) -> Any:
        """A chart of a kind, not yet on a page."""
        return self._workbook.add_chart(kind)

    def format(self, look: Look) -> Any:
        """The look as xlsxwriter's own object."""
        found = self._formats.get(look)
        if found is None:
            found = self._formats[look] = self._workbook.add_format(look.properties())
        return found

    def define_name(self, name: str, formula: str) -> None:
        """Give a name to a part of the workbook."""
        if self._workbook.define_name(name, formula):
            raise ScrutinyError(f"The workbook cannot be made: the name {name} does not fit.")

    def highlight(self, **properties: Any) -> Any:
        """A format for a conditional rule."""
        return self._workbook.add_format(properties)

    def continue_elsewhere(self, text: LongText) -> str:
        """Keep a text for the sheet of long texts; the words that say where it begins there."""
        row = LONG_TEXTS_START + 1 + sum(len(earlier.parts) for earlier in self.long_texts)
        self.long_texts.append(text)
        return f" … continued on the sheet “{LONG_TEXTS}”, row {row}"

    def finish(self) -> bytes:
        """The whole workbook. Nothing can be added afterwards."""
        self._workbook.close()
        return self._stream.getvalue()

    def _set_up_printing(self, sheet: Any) -> None:
        about = self._assessment
        view = f"{about.perspective.label} {about.cycle} ({about.status.label.lower()})"
        plain, bold = '&"Arial,Regular"', '&"Arial,Bold"'
        marking = f"&C{bold}{about.marking.label}"
        sheet.set_header(f"&L{plain}{printed(about.partnership)}{marking}&R{plain}{view}")
        sheet.set_footer(f"&L{plain}Position as at {long_day(about.as_at)}{marking}&R{plain}Page &P of &N")
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.3, right=0.3, top=0.7, bottom=0.65)
        sheet.fit_to_pages(1, 0)


class _GrowingSheet(Worksheet):  # type: ignore[misc]  # its base has no published types
    """A worksheet whose rows have a height to begin with and still grow when somebody types more into them.

    xlsxwriter calls every height custom, which stops Excel from ever fitting the row again. Excel writes the heights
    that it fitted itself without that word. Without any heights LibreOffice would show one line of every text.
    """

    def __init__(self) -> None:
        super().__init__()
        self.growing: set[int] = set()
        """The rows that may grow, counted from 1 as in the file."""

    def _xml_start_tag_unencoded(self, tag: str, attributes: list[tuple[str, Any]]) -> None:
        if tag == "row" and dict(attributes)["r"] in self.growing:
            attributes = [attribute for attribute in attributes if attribute[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


class Page:
    """One sheet of a workbook."""

    def __init__(self, book: Book, sheet: Any, name: str, widths: tuple[int, ...]) -> None:
        self.book = book
        self.sheet = sheet
        """The xlsxwriter worksheet, for what a page has only once: tables, charts, rules."""
        self.name = name
        self._widths = widths
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)

    @property
    def last_column(self) -> int:
        """The last column, counted from 0."""
        return len(self._widths) - 1

    def pixels(self, first: int, last: int) -> int:
        """How wide the columns from the first to the last are on a screen."""
        return sum(7 * width + 5 for width in self._widths[first : last + 1])

    def write(self, row: int, column: int, content: Cell, look: Look = TEXT) -> None:
        """Write one cell that its content is known to fit into; rows and columns are counted from 0."""
        sheet = self.sheet
        if isinstance(content, str) and content:
            self._write_text(row, column, content, look)
        elif isinstance(content, int):
            self.expect(sheet.write_number(row, column, content, self.book.format(look)))
        elif isinstance(content, date):
            self.expect(sheet.write_datetime(row, column, content, self.book.format(look)))
        else:
            self.expect(sheet.write_blank(row, column, None, self.book.format(look)))

    def row(self, at: int, boxes: list[Box], *, ref: str = "") -> int:
        """Write boxes side by side from the first column on, as high as their texts need; return the row below them.

        A text that Excel's highest row cannot show stands in a cell that is several rows high, so that nothing is cut
        on the screen or on paper.

        Args:
            at: The row, counted from 0.
            boxes: What stands in it.
            ref: What the row is about, should a text have to be continued elsewhere.
        """
        contents = [self._fitting(box.content, ref, box.heading) for box in boxes]
        lines = min(self._lines(boxes, contents), _MOST_ROWS * _LINES_IN_A_ROW)
        share_lines = min(_LINES_IN_A_ROW, max(_LEAST_IN_A_SHARE, -(-lines // _MOST_SHARES)))
        rows = 1 if lines <= _LINES_IN_A_ROW else -(-lines // share_lines)
        for share in range(rows):
            self.set_height(at + share, -(-lines // rows))
        if rows == 1 and all(box.columns == 1 for box in boxes):
            self.sheet.growing.add(at + 1)
        column = 0
        for box, content in zip(boxes, contents, strict=True):
            if rows > 1 or box.columns > 1:
                corner = (at + rows - 1, column + box.columns - 1)
                self.expect(self.sheet.merge_range(at, column, *corner, "", self.book.format(box.look)))
            self.write(at, column, content, box.look)
            column += box.columns
        return at + rows

    def table_row(self, at: int, boxes: list[Box], *, ref: str = "") -> None:
        """Write what must stay one row, however much of a text it can show: in a table there are no merged cells."""
        contents = [self._fitting(box.content, ref, box.heading) for box in boxes]
        self.set_height(at, min(self._lines(boxes, contents), _LINES_IN_A_ROW))
        self.sheet.growing.add(at + 1)
        for column, (box, content) in enumerate(zip(boxes, contents, strict=True)):
            self.write(at, column, content, box.look)

    def set_height(self, row: int, lines: int) -> None:
        """Make a row high enough for a number of lines."""
        self.expect(self.sheet.set_row(row, _LINE_HEIGHT * lines + _SPACE_BETWEEN))

    def expect(self, code: int | None) -> None:
        """Make an error of a number with which xlsxwriter refuses something; it would leave a silent gap otherwise.

        Raises:
            ScrutinyError: The number says that something was refused or cut.
        """
        if code:
            raise ScrutinyError(
                f"The workbook cannot be made: something on the sheet “{self.name}” does not fit (code {code}).",
                hint="Your assessment is unharmed. Please report this, without the assessment itself.",
            )

    def _lines(self, boxes: list[Box], contents: list[Cell]) -> int:
        """The lines that the highest of the boxes needs."""
        most, column = 1, 0
        for box, content in zip(boxes, contents, strict=True):
            if isinstance(content, str):
                most = max(most, lines_needed(content, self.pixels(column, column + box.columns - 1)))
            column += box.columns
        return most

    def _write_text(self, row: int, column: int, text: str, look: Look) -> None:
        form = self.book.format(replace(look, quoted=True) if text.startswith(_LIVE_BEGINNINGS) else look)
        if text.startswith("<r>") and text.endswith("</r>"):
            # xlsxwriter would take such a text for markup of its own and write it into the file as it is.
            self.expect(self.sheet.write_rich_string(row, column, text[:1], form, text[1:], form))
        else:
            self.expect(self.sheet.write_string(row, column, text, form))

    def _fitting(self, content: Cell, ref: str, heading: str) -> Cell:
        """The content as one cell holds it. What a text has beyond that stands on the sheet of long texts, whole."""
        if not isinstance(content, str) or beginning(content, CELL_LIMIT) == content:
            return content
        parts = tuple(pieces(content, _LONG_TEXTS_LINE, _LINES_IN_A_ROW))
        note = self.book.continue_elsewhere(LongText(self.name, ref, heading, parts))
        return beginning(content, CELL_LIMIT - len(note)) + note
