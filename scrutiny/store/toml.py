"""TOML text in and out, with everything that can be wrong with a text file said in plain words."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rtoml
import tomli_w

from scrutiny.errors import FileProblem
from scrutiny.model.problems import Place, Problem
from scrutiny.store.atomic import read_bytes

_CONFLICT = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
_RTOML_PLACE = re.compile(r"(.*?)(?: for key `.*`)? at line (\d+) column \d+$", re.DOTALL)


def read_text(path: Path) -> str:
    """The text of a file of ours: UTF-8, with one form of newline and no byte order mark.

    Raises:
        FileProblem: It cannot be read, or is not a text that could hold TOML.
    """
    return text_in(read_bytes(path), path)


def text_in(raw: bytes, path: Path) -> str:
    """The text in the bytes of a file of ours.

    Raises:
        FileProblem: It is not a text that could hold TOML.
    """
    if not raw.strip():
        raise FileProblem(
            f"{path} is empty: it holds no assessment and no framework.",
            hint="Restore an earlier copy, for example from the version history of your shared folder.",
        )
    if not raw.strip(b"\0"):
        raise FileProblem(
            f"{path} holds nothing but zero bytes: the disk or the sync client lost its content.",
            hint="Restore an earlier copy, for example from the version history of your shared folder.",
        )
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in raw[:4]:
        raise FileProblem(
            f"{path} was saved as UTF-16 text, and Scrutiny reads UTF-8.",
            hint="Open it in the editor that saved it and save it with the encoding UTF-8.",
        )
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FileProblem(
            f"{path} is a workbook or an archive, not a file of Scrutiny's.",
            hint="Open the .toml file that the workbook was exported from.",
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.end == len(raw) and error.reason == "unexpected end of data":
            raise FileProblem(
                f"{path} is incomplete: it was cut short in the middle of a character.",
                hint="Restore an earlier copy, for example from the version history of your shared folder.",
            ) from error
        line = raw.count(b"\n", 0, error.start) + 1
        raise FileProblem(
            f"{path} is not UTF-8 text: line {line} holds a byte that does not belong there.",
            hint="If you edited it, save it again with the encoding UTF-8; otherwise restore an earlier copy.",
        ) from error
    return text.replace("\r\n", "\n")


def parse(text: str, path: Path) -> dict[str, Any]:
    """The tables and values of a TOML text.

    Raises:
        FileProblem: It is not TOML; says the line where reading stopped, never the line's content.
    """
    try:
        return rtoml.loads(text)
    except (rtoml.TomlParsingError, ValueError, RecursionError) as error:
        conflict = _CONFLICT.search(text)
        if conflict:  # within a note, the same characters are only text
            line = text.count("\n", 0, conflict.start()) + 1
            raise FileProblem(
                f"{path} holds an unfinished git merge: line {line} begins a conflict marker.",
                hint="Settle the conflict in git, then open the file again.",
            ) from error
        found = _RTOML_PLACE.match(str(error))
        where = f"line {found[2]}" if found else "some line"
        raise FileProblem(
            f"{path} is not well-formed TOML: reading stopped at {where}.",
            hint="Mend that line in a text editor, or restore an earlier copy.",
        ) from error


def table(values: dict[str, Any]) -> str:
    """Values as TOML lines, notes of several lines as multi-line strings; empty text and None are left out."""
    present = {key: value for key, value in values.items() if value is not None and value != ""}
    return tomli_w.dumps(present, multiline_strings=True)


def located(text: str, problems: Iterable[Problem]) -> list[str]:
    """Each problem as a sentence with the line of the text where it stands, if that is known, in the text's order."""
    lines = _lines_by_place(text)
    placed = [(_line(lines, problem.place), problem) for problem in problems]
    placed.sort(key=lambda pair: pair[0] or 0)
    return [f"line {line}: {problem}" if line else str(problem) for line, problem in placed]


_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_STRINGS = re.compile(r"""(\"{3}|'{3})|"[^"\\]*(?:\\.[^"\\]*)*"|'[^']*'|#.*""")

_PLACED_LINES = 50_000
"""The most lines that are searched for the place of a problem: more than any file of ours has."""


def line_of(text: str, place: Place) -> int | None:
    """The line of a TOML text, counted from 1, where a value or else the table around it stands; None if unknown.

    Understands the layout that Scrutiny writes and its documentation shows: one header a table, one key a line.
    """
    return _line(_lines_by_place(text), place)


def _line(lines: dict[Place, int], place: Place) -> int | None:
    return next((lines[place[:depth]] for depth in range(len(place), 0, -1) if place[:depth] in lines), None)


def _lines_by_place(text: str) -> dict[Place, int]:
    """The first line of every table and value."""
    lines: dict[Place, int] = {}
    table_path: Place = ()
    seen: dict[Place, int] = {}
    open_string: str | None = None
    for number, line in enumerate(text.split("\n", _PLACED_LINES)[:_PLACED_LINES], start=1):
        if open_string is None:
            header = _HEADER.match(line)
            if header:
                table_path = _table_path(header[2], repeated=header[1] == "[[", seen=seen)
                lines.setdefault(table_path, number)
            else:
                lines.setdefault((*table_path, line.partition("=")[0].strip().strip('"')), number)
        open_string = _open_string(line, open_string)
    return lines


def _open_string(line: str, delimiter: str | None) -> str | None:
    """The delimiter of the string of several lines that is open where a line ends, given the one where it begins."""
    position = 0
    while True:
        if delimiter is not None:
            end = line.find(delimiter, position)
            if end < 0:
                return delimiter
            position = end + len(delimiter)
        found = _STRINGS.search(line, position)
        if found is None:
            return None
        delimiter, position = found[1], found.end()


def _table_path(dotted: str, *, repeated: bool, seen: dict[Place, int]) -> Place:
    path: Place = ()
    names = [name.strip().strip('"') for name in dotted.split(".")]
    for position, name in enumerate(names, start=1):
        path = (*path, name)
        if repeated and position == len(names):
            seen[path] = seen.get(path, -1) + 1
        if path in seen:
            path = (*path, seen[path])
    return path
