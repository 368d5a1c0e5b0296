"""How long saving and exporting take, within the program."""

import contextlib
import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from scrutiny.exchange.workbook import workbook_bytes
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments
from scrutiny.workspace.disk import LocalDisk
from tests.benchmarks.figures import Figure, Rounds, medians

_TODAY = date(2026, 11, 21)

_IN_A_ROW = 10


@dataclass(frozen=True)
class _Cell:
    """A cell as it stands in a workbook."""

    row: int
    column: int
    value: Any
    look: dict[str, Any]
    """Font, fill and so on, by the names openpyxl has for them."""


def save(folder: Path, assessment: Assessment, rounds: int) -> list[Figure]:
    """From the model to the disk with all syncs, each time with another rating, as an open session saves."""
    ours, theirs = _against_plain_writing(folder, assessment, rounds)
    return [medians("save of the worked example", ours, "write, fsync, replace, fsync of the folder", theirs, 5)]


def large_save(folder: Path, small: Assessment, large: Assessment, rounds: int) -> list[Figure]:
    """The same for many statements, to few."""
    few, _ = _against_plain_writing(folder / "few", small, rounds)
    many, plain = _against_plain_writing(folder / "many", large, rounds)
    return [
        medians("1,500 statements, filled: save", many, "19 statements", few, None),
        medians("1,500 statements, filled: save", many, "write, fsync, replace, fsync of the folder", plain, 5),
    ]


def export(assessment: Assessment, rounds: int) -> list[Figure]:
    """The tracker workbook, in memory, with its formats, validations and chart."""
    sheets = _cells(workbook_bytes(assessment, _TODAY))
    works: list[Callable[[], object]] = [
        lambda: workbook_bytes(assessment, _TODAY),
        lambda: _openpyxl(sheets, formatted=False),
        lambda: _openpyxl(sheets, formatted=True),
    ]
    taken = [[[_seconds(work)] for work in works] for _ in range(rounds + 1)][1:]
    ours, bare, formatted = (list(one) for one in zip(*taken, strict=True))
    what, yardstick = "export of the tracker", "openpyxl writing the same cells"
    return [
        medians(what, ours, yardstick, formatted, 0.6),
        medians(what, ours, f"{yardstick} without any format", bare, None),
    ]


def _against_plain_writing(folder: Path, assessment: Assessment, rounds: int) -> tuple[Rounds, Rounds]:
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    with _locks_below(folder):
        path = folder / "assessment.toml"
        stored, disk = assessments.create(path, assessment), LocalDisk()
        levels = cycle(assessment.framework.scale.levels)
        first = assessment.framework.statements[0].id

        def store() -> None:
            nonlocal stored
            stored = disk.save(path, assessment, stored.digest, stored.line)

        for _ in range(rounds):
            ours.append([])
            theirs.append([])
            for _ in range(_IN_A_ROW):
                assessment = edits.rate(assessment, first, next(levels).key)
                ours[-1].append(_seconds(store))
                plainly = partial(_plainly, folder / "plain.toml", path.read_bytes())
                theirs[-1].append(_seconds(plainly))
    return ours, theirs


def _plainly(path: Path, content: bytes) -> None:
    """The least that a safe replacement of a file takes."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _cells(workbook: bytes) -> dict[str, list[_Cell]]:
    book = load_workbook(io.BytesIO(workbook))
    looks: dict[int, dict[str, Any]] = {}
    return {
        sheet.title: [
            _Cell(cell.row, cell.column, cell.value, looks.setdefault(cell.style_id, _look(cell)))
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None or cell.has_style
        ]
        for sheet in book.worksheets
    }


def _look(cell: Any) -> dict[str, Any]:
    names = ("font", "fill", "border", "alignment", "number_format")
    return {name: copy(getattr(cell, name)) for name in names} if cell.has_style else {}


def _openpyxl(sheets: dict[str, list[_Cell]], *, formatted: bool) -> bytes:
    book = Workbook()
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for cell in cells:
            made = sheet.cell(cell.row, cell.column, cell.value)
            if formatted:
                for name, value in cell.look.items():
                    setattr(made, name, value)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextlib.contextmanager
def _locks_below(folder: Path) -> Iterator[None]:
    """Keep the locks of our own saves out of the tester's home."""
    names: Sequence[str] = ("HOME", "XDG_STATE_HOME")
    before = {name: os.environ.get(name) for name in names}
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update({"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
