"""Text that a person typed, on its way into the model.

Everything typed, pasted or read from a file passes here once, so that no later layer has to think about
carriage returns, escape codes or characters that a file, a workbook or a terminal cannot carry.
"""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

LINE_LIMIT = 500
"""The most characters that a one-line field (a title, a name, an owner) holds."""

NOTE_LIMIT = 100_000
"""The most characters that a note of several lines holds: some forty printed pages."""

CELL_LIMIT = 32_767
"""The most UTF-16 units that one spreadsheet cell holds (ECMA-376; xlsxwriter cuts what is longer)."""

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters, which a terminal would obey
    "\ufeff"  # the byte order mark, which belongs to a file and not to a text
    "\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides and isolates, which reorder what is read
    "\ufdd0-\ufdef"  # noncharacters, which XML and TOML refuse
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_INVISIBLE = {"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"}
"""Unicode categories of what nobody sees where nothing else stands: spaces, joiners, marks that need a letter."""

_BLANKS = set("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that look like a space: fillers of Korean, and the Braille pattern without a dot."""

_WHITE_SPACE = re.compile(r"\s+")


def clean_note(text: str) -> str:
    """Return text of several lines with one form of newline and nothing that could act on a terminal or a file.

    Lone surrogates, which no encoding can carry, become the replacement character so that the gap is seen.
    """
    if text.replace("\n", "").isprintable():  # most text: what is unwanted is never printable; ten times as fast
        return text
    text = _LINE_BREAKS.sub("\n", text)
    text = _UNWANTED.sub("", text)
    return _SURROGATES.sub("\ufffd", text)


def clean_line(text: str) -> str:
    """Return text as one line: cleaned as a note is, runs of white space folded to one space, ends trimmed."""
    if "  " not in text and text.isprintable():
        return text.strip()
    return _WHITE_SPACE.sub(" ", clean_note(text)).strip()


def is_blank(text: str) -> bool:
    """Whether nothing in a text is to be seen, so that it does not count as one."""
    return all(character in _BLANKS or unicodedata.category(character) in _INVISIBLE for character in text)


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 units, which is how spreadsheets count."""
    return len(text) + sum(character > "\uffff" for character in text)


def _note(value: object) -> object:
    if not isinstance(value, str):
        return value
    return _within(clean_note(value), NOTE_LIMIT)


def _line(value: object) -> object:
    if not isinstance(value, str):
        return value
    return _within(clean_line(value), LINE_LIMIT)


def _filled(value: str) -> str:
    if is_blank(value):
        raise ValueError("is empty")
    return value


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise ValueError(f"is {len(text):,} characters long; the most it can hold is {limit:,}")
    return text


Note = Annotated[str, BeforeValidator(_note)]
"""Text of several lines, at most `NOTE_LIMIT` characters."""

Line = Annotated[str, BeforeValidator(_line)]
"""Text of one line, at most `LINE_LIMIT` characters."""

FilledNote = Annotated[Note, AfterValidator(_filled)]
"""A note with something in it once it is cleaned."""

FilledLine = Annotated[Line, AfterValidator(_filled)]
"""A line with something in it once it is cleaned."""
