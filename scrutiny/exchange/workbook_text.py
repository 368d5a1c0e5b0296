"""Text on its way into a workbook: what a cell, a sheet's name and a printed page hold."""

import re
import unicodedata
from collections.abc import Iterable

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
    character: _EM * thousandths / 1000
    for thousandths, characters in {
        200: "'",
        222: "ijl",
        278: "ft I!,./:;\\[]|",
        333: "()-r`‘’",
        389: "*",
        355: '"“”',
        500: "cksvxyzJ",
        556: "abdeghnopqu0123456789?$£_–#",
        584: "+=<>~",
        611: "FTZ",
        667: "ABEKPSVXY&",
        722: "CDHNRUw",
        778: "GOQ",
        833: "mM",
        889: "%",
        944: "W",
        1000: "—…",
        1015: "@",
    }.items()
    for character in characters
}
"""How wide the usual characters of Arial are, in pixels at 10 points."""

_SPACE = _WIDTHS[" "]

_PADDING = 17
"""What is left free at the sides of a cell, in pixels: an indent of three spaces, and what the program adds."""

_CAUTION = 0.95
"""The share of a line that is counted on, since programs round the widths of characters each in their own way."""


def beginning(text: str, units: int) -> str:
    """As much of a text as fits in a number of UTF-16 units, never half a character."""
    if len(text) <= units // 2 or utf16_length(text) <= units:
        return text
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore")


def lines_needed(text: str, pixels: int) -> int:
    """How many lines a text takes in 10-point Arial in a cell that is so many pixels wide, about and at least."""
    room = (pixels - _PADDING) * _CAUTION
    count = 0
    for line in text.split("\n"):
        count += 1
        used = 0.0
        for word in line.split(" "):
            width = sum([_WIDTHS.get(character) or _unusual_width(character) for character in word])
            if used and used + _SPACE + width > room:
                count += 1
                used = 0.0
            used += width + (_SPACE if used else 0.0)
            if used > room:
                count += int(used // room)
                used %= room
    return count


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
        name, count = _shortened(wanted, ""), 1
        while _alike(name) in taken:
            count += 1
            name = _shortened(wanted, f" ({count})")
        taken.add(_alike(name))
        names.append(name)
    return names


def printed(text: str) -> str:
    """A person's words for a page header or footer, where ``&`` begins a code and is written twice.

    xlsxwriter takes ``&G`` and ``&[Picture]`` for pictures wherever they stand, so a space keeps them apart.
    """
    short = beginning(text, _PRINTED_LIMIT)
    short = re.sub(r"&(?=G|\[Picture\])", "& ", short if short == text else f"{short}…")
    return short.replace("&", "&&")


def _unusual_width(character: str) -> float:
    return _EM if unicodedata.east_asian_width(character) in "WF" else 0.6 * _EM


def _wrapped(line: str, characters: int) -> list[str]:
    room = characters if line.isascii() else characters // 2
    return re.findall(rf"(?s).{{1,{room}}}(?:\s|\Z)|.{{1,{room}}}", line)


def _shortened(name: str, ending: str) -> str:
    room = _SHEET_NAME_LIMIT - len(ending)
    short = name if utf16_length(name) <= room else beginning(name, room - 1).rstrip(" '") + "…"
    return short + ending


def _alike(name: str) -> str:
    """What two names share that Excel does not tell apart."""
    return unicodedata.normalize("NFKC", name).casefold()
