"""How long saving and exporting take, within the program."""

import contextlib
import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import cycle
from pathlib import Path

from openpyxl import Workbook, load_workbook

from scrutiny.exchange.workbook import workbook_bytes
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments
from tests.benchmarks.figures import Figure, Rounds, medians

_TODAY = date(2026, 11, 21)

_IN_A_ROW = 10

Sheets = dict[str, list[list[object]]]
"""The cells of a workbook, by the names of its sheets."""


def save(folder: Path, assessment: Assessment, rounds: int) -> list[Figure]:
    """From the model to the disk with all syncs, each time with another rating."""
    ours, theirs = _against_plain_writing(folder, assessment, rounds)
    return [medians("save of the worked example", ours, "write, fsync, replace, fsync of the folder", theirs, 5)]


def large_save(folder: Path, small: Assessment, large: Assessment, rounds: int) -> list[Figure]:
    """The same for many statements, to few."""
    few, _ = _against_plain_writing(folder / "few", small, rounds)
    many, plain = _against_plain_writing(folder / "many", large, rounds)
    return [
        medians("1,800 statements, filled: save", many, "19 statements", few, None),
        medians("1,800 statements, filled: save", many, "write, fsync, replace, fsync of the folder", plain, 5),
    ]


def export(assessment: Assessment, rounds: int) -> list[Figure]:
    """The tracker workbook, in memory, formatted; openpyxl only writes the bare values of the same cells."""
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    sheets = _cells(workbook_bytes(assessment, _TODAY))
    for _ in range(rounds):
        ours.append([_seconds(lambda: workbook_bytes(assessment, _TODAY)) for _ in range(2)])
        theirs.append([_seconds(lambda: _openpyxl(sheets)) for _ in range(2)])
    return [medians("export of the tracker", ours, "openpyxl writing the same cells", theirs, 0.6)]


def _against_plain_writing(folder: Path, assessment: Assessment, rounds: int) -> tuple[Rounds, Rounds]:
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    with _locks_below(folder):
        path = folder / "assessment.toml"
        digest = assessments.create(path, assessment).digest
        levels = cycle(assessment.framework.scale.levels)
        first = assessment.framework.statements[0].id

        def store() -> None:
            nonlocal digest
            digest = assessments.save(path, assessment, digest)

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


def _cells(workbook: bytes) -> Sheets:
    book = load_workbook(io.BytesIO(workbook))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def _openpyxl(sheets: Sheets) -> bytes:
    book = Workbook()
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
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
