"""Text on its way into a workbook: what a cell, a sheet's name and a printed page hold."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from scrutiny.model.framework import Section
from scrutiny.model.text import utf16_length

OVERVIEW = "Overview"
TRACKER = "Action tracker"
LONG_TEXTS = "Long texts"

_SHEET_NAME_LIMIT = 31
"""The most UTF-16 units of a sheet's name (Excel specifications and limits)."""

_TAKEN = (OVERVIEW, TRACKER, LONG_TEXTS, "History")
"""Names that a section's sheet cannot have; Excel keeps "History" for itself."""

_PRINTED_LIMIT = 60
"""The most UTF-16 units of a person's words in a page header, which holds 255 with its codes."""

_EM = 40 / 3
"""The size of 10-point type in pixels."""

_WIDTHS = {
    20: "'",
    22: "ijl",
    28: "ft I!,./:;\\[]|",
    33: "()-r`",
    39: "*",
    36: '"',
    50: "cksvxyzJ",
    58: "+=<>~",
    61: "FTZ",
    67: "ABEKPSVXY&",
    72: "CDHNRUw",
    78: "GOQ",
    83: "mM",
    89: "%",
    94: "W",
    102: "@",
}
"""How wide the characters of Arial are, in hundredths of its size; those not named are `_USUAL_WIDTH`."""

_USUAL_WIDTH = 56
_GREATEST_WIDTH = 102

_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f000-\U0001faff\U00020000-\U0003fffd]"
)
"""Characters that are as wide as they are high: Chinese, Japanese, Korean and emoji (Unicode Standard Annex 11)."""

_WIDTH_OF_CODE = bytes(
    next((width for width, characters in _WIDTHS.items() if chr(code) in characters), _USUAL_WIDTH)
    for code in range(256)
)

_PADDING = 17
"""What is left free at the sides of a cell, in pixels: an indent of three spaces, and what the program adds."""

_CAUTION = 0.95
"""The share of a line that is counted on, since programs round the widths of characters each in their own way."""


def beginning(text: str, units: int) -> str:
    """As much of a text as fits in a number of UTF-16 units, never half a character."""
    if len(text) <= units // 2 or utf16_length(text) <= units:
        return text
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore")


def shortened(text: str, units: int) -> str:
    """A text, or its beginning and “…”, in a number of UTF-16 units; cut between words unless that costs half of it."""
    if beginning(text, units) == text:
        return text
    cut = beginning(text, units - 1)
    between_words = cut.rfind(" ", len(cut) // 2)
    return cut[: between_words if between_words > 0 else None].rstrip(" '") + "…"


def lines_needed(text: str, pixels: int) -> int:
    """How many lines a text takes in 10-point Arial in a cell that is so many pixels wide, about and at least."""
    room = (pixels - _PADDING) * _CAUTION * 100 / _EM
    return sum(_lines_of(line, room) for line in text.split("\n"))


def pieces(text: str, characters: int, most_lines: int) -> list[str]:
    """A text cut into pieces of so many lines; put together again they are the text, character for character."""
    lines = [part for line in re.findall(r"[^\n]*\n|[^\n]+", text) for part in _wrapped(line, characters)]
    return ["".join(lines[start : start + most_lines]) for start in range(0, len(lines), most_lines)]


def sheet_names(sections: Iterable[Section]) -> list[str]:
    """A name for each section's sheet, from its ref and title, that Excel accepts and no other sheet has."""
    taken = {_alike(name) for name in _TAKEN}
    names = []
    for section in sections:
        wanted = re.sub(r"[\[\]:*?/\\]+", " ", f"{section.ref} {section.title}")
        wanted = " ".join(wanted.split()).strip("'")
        name, count = shortened(wanted, _SHEET_NAME_LIMIT), 1
        while _alike(name) in taken:
            count += 1
            ending = f" ({count})"
            name = shortened(wanted, _SHEET_NAME_LIMIT - len(ending)) + ending
        taken.add(_alike(name))
        names.append(name)
    return names


def printed(text: str) -> str:
    """A person's words for a page header or footer, where ``&`` begins a code and is written twice.

    xlsxwriter takes ``&G`` and ``&[Picture]`` for pictures wherever they stand, so a space keeps them apart.
    """
    return re.sub(r"&(?=G|\[Picture\])", "& ", shortened(text, _PRINTED_LIMIT)).replace("&", "&&")


def _lines_of(line: str, room: float) -> int:
    """The lines that a text without newlines takes, in a room in hundredths of the type's size."""
    if len(line) * _GREATEST_WIDTH <= room:
        return 1
    ends = list(accumulate(_widths(line)))
    count, start = 1, 0
    while start < len(line) and ends[-1] > (used := ends[start - 1] if start else 0) + room:
        end = bisect_right(ends, used + room, start)
        space = line.rfind(" ", start, end + 1)
        start = space + 1 if space > start else max(end, start + 1)
        count += 1
    return count


def _widths(line: str) -> Iterable[int]:
    if _WIDE.search(line):
        line = _WIDE.sub("@", line)
    return line.encode("ascii", "replace").translate(_WIDTH_OF_CODE)


def _wrapped(line: str, characters: int) -> list[str]:
    room = characters // 2 if _WIDE.search(line) else characters
    return re.findall(rf"(?s).{{1,{room}}}(?:\s|\Z)|.{{1,{room}}}", line)


def _alike(name: str) -> str:
    """What two names share that Excel does not tell apart."""
    return unicodedata.normalize("NFKC", name).casefold()
