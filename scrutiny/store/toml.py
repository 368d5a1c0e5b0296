"""TOML text in and out, with everything that can be wrong with a text file said in plain words."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import rtoml
import tomli_w

from scrutiny.errors import FileProblem
from scrutiny.model.problems import Place, Problem
from scrutiny.store import limits
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
        FileProblem: It is not TOML, and the line where reading stopped is named, never the line's content; or it holds
            more than the limits allow.
    """
    if text.count(",") > limits.VALUES.most and _commas(text) > limits.VALUES.most:
        raise limits.too_many(path, limits.VALUES)  # before the parser makes 200 bytes of each
    try:
        data = rtoml.loads(text)
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
    limits.check(data, path)
    return data


def table(values: dict[str, Any]) -> str:
    """Values as TOML lines, notes of several lines as multi-line strings; empty text and None are left out."""
    present = {key: value for key, value in values.items() if value is not None and value != ""}
    lines = [_line_for(key, value) for key, value in present.items()]
    if None in lines:
        return tomli_w.dumps(present, multiline_strings=True)
    return "".join(line for line in lines if line)


def _line_for(key: str, value: object) -> str | None:
    """A plain text or date as tomli_w writes it, ten times as fast; None for everything else."""
    if not key.isidentifier() or not key.isascii():
        return None
    if isinstance(value, str) and value.isprintable() and '"' not in value and "\\" not in value:
        return f'{key} = "{value}"\n'
    return f"{key} = {value}\n" if type(value) is date else None


def located(text: str, problems: Iterable[Problem]) -> list[str]:
    """Each problem as a sentence with the line of the text where it stands, if that is known, in the text's order."""
    told = list(problems)
    lines = _lines_by_place(text, [problem.place for problem in told])
    placed = [(_line(lines, problem.place), problem) for problem in told]
    placed.sort(key=lambda pair: pair[0] or 0)
    return [f"line {line}: {problem}" if line else str(problem) for line, problem in placed]


_QUOTE_OR_COMMENT = re.compile("[\"'#]")

_PLACED_LINES = 50_000
"""The most lines that are searched for the place of a problem: more than any file of ours has."""

_NESTED_NAMES = 100
"""The most names in a table's header that are told apart: no place of ours is as deep."""


def line_of(text: str, place: Place) -> int | None:
    """The line of a TOML text, counted from 1, where a value or else the table around it stands; None if unknown.

    Understands the layout that Scrutiny writes and its documentation shows: one header a table, one key a line.
    """
    return _line(_lines_by_place(text, [place]), place)


def _line(lines: dict[Place, int], place: Place) -> int | None:
    return next((lines[place[:depth]] for depth in range(len(place), 0, -1) if place[:depth] in lines), None)


def _lines_by_place(text: str, places: Iterable[Place]) -> dict[Place, int]:
    """The first line of each given place, and of each table around one, as far as the text has them."""
    wanted = {place[:depth] for place in places for depth in range(1, len(place) + 1)}
    lines: dict[Place, int] = {}
    table_path: Place = ()
    seen: dict[Place, int] = {}
    open_string: str | None = None
    for number, line in enumerate(_first_lines(text), start=1):
        if open_string is None:
            header = _header(line)
            if header is None:
                place = (*table_path, line.partition("=")[0].strip().strip('"'))
            else:
                place = table_path = _table_path(header[0], repeated=header[1], seen=seen)
            if place in wanted:
                lines.setdefault(place, number)
        open_string = _open_string(line, open_string)
    return lines


def _first_lines(text: str) -> Iterator[str]:
    """The first `_PLACED_LINES` lines, one at a time, since a list of millions would not fit in memory."""
    start = 0
    for _ in range(_PLACED_LINES):
        end = text.find("\n", start)
        if end < 0:
            yield text[start:]
            return
        yield text[start:end]
        start = end + 1


def _header(line: str) -> tuple[str, bool] | None:
    """The dotted name in a table's header, and whether the header begins another entry of a list of tables."""
    stripped = line.strip()
    if not stripped.startswith("["):
        return None
    repeated = stripped.startswith("[[")
    name, closing, rest = stripped[2 if repeated else 1 :].partition("]")
    name, rest = name.strip(), rest.removeprefix("]").lstrip()
    if not closing or not name or "[" in name or (rest and not rest.startswith("#")):
        return None
    return name, repeated


def _open_string(line: str, delimiter: str | None) -> str | None:
    """The delimiter of the string of several lines that is open where a line ends, given the one where it begins."""
    position = 0
    while True:
        if delimiter is not None:
            end = _string_end(line, delimiter, position)
            if end is None:
                return delimiter if len(delimiter) == 3 else None
            position = end
        start = _QUOTE_OR_COMMENT.search(line, position)
        if start is None or start[0] == "#":
            return None
        delimiter = start[0] * 3 if line.startswith(start[0] * 3, start.start()) else start[0]
        position = start.start() + len(delimiter)


def _string_end(line: str, delimiter: str, position: int) -> int | None:
    """Where a string ends that is open at a position of a line; None where it does not end in the line."""
    start = position
    while (found := line.find(delimiter, position)) >= 0:
        escapes = found
        if delimiter[0] == '"':
            while escapes > start and line[escapes - 1] == "\\":
                escapes -= 1
        if (found - escapes) % 2 == 0:
            end = found + len(delimiter)
            if len(delimiter) == 3:  # a string may end in up to two quotation marks of its own
                end += len(line[end : end + 2]) - len(line[end : end + 2].lstrip(delimiter[0]))
            return end
        position = start = found + 1
    return None


def _commas(text: str) -> int:
    """How many commas there are outside strings and comments, counted until the limit of values is passed."""
    count = position = 0
    while count <= limits.VALUES.most:
        start = _QUOTE_OR_COMMENT.search(text, position)
        count += text.count(",", position, start.start() if start else len(text))
        if start is None:
            break
        if start[0] == "#":
            end: int | None = text.find("\n", start.start())
            end = None if end == -1 else end
        else:
            delimiter = start[0] * 3 if text.startswith(start[0] * 3, start.start()) else start[0]
            end = _string_end(text, delimiter, start.start() + len(delimiter))
        if end is None:
            break
        position = end
    return count


def _table_path(dotted: str, *, repeated: bool, seen: dict[Place, int]) -> Place:
    path: Place = ()
    names = [name.strip().strip('"') for name in dotted.split(".", _NESTED_NAMES)]
    for position, name in enumerate(names, start=1):
        path = (*path, name)
        if repeated and position == len(names):
            seen[path] = seen.get(path, -1) + 1
        if path in seen:
            path = (*path, seen[path])
    return path
