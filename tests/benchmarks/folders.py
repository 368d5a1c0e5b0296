"""How long folders of many assessments take to list, and how much the library holds of them."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from scrutiny.model.assessment import Assessment
from scrutiny.store import codec
from tests.benchmarks.figures import Figure, Rounds, medians
from tests.benchmarks.programs import Bench, Program
from tests.benchmarks.startup import alternately, ended, shown

_AN_HOUR = 3600.0

_PARSE = """
import pathlib, sys, rtoml
texts = [path.read_text("utf-8") for path in pathlib.Path(sys.argv[1]).iterdir()]
for text in texts:
    rtoml.loads(text)
"""


def listing(bench: Bench, assessment: Assessment, runs: int, files: int = 2_000) -> Iterator[Figure]:
    """`scrutiny list`, whole process, to a process that parses the files' text."""
    folder = _filled(bench.folder / "listed", assessment, files)
    parse = bench.python("parse", "-c", _PARSE, str(folder))
    first = bench.python("list", "-m", "scrutiny", "list", str(folder))
    again = bench.python("list", "-m", "scrutiny", "list", str(folder))  # the same home, and so the same index

    def measure(program: Program) -> float:
        if program is first:
            _without_index(program)
        return ended(program)

    parsed, listed, listed_again = alternately([parse, first, again], runs, measure)
    yardstick = "rtoml parsing their text, one process"
    yield medians(f"list of {files:,} assessments, first time", listed, yardstick, parsed, 3)
    yield medians(f"list of {files:,} assessments, again", listed_again, yardstick, parsed, 0.3)


def library(bench: Bench, assessment: Assessment, runs: int, files: int = 300) -> Iterator[Figure]:
    """The library of a large folder to that of a small one: first rows, back to them from a walk, and memory."""
    small = _library(bench, "few", _filled(bench.folder / "few-listed", assessment, 3))
    large = _library(bench, "many", _filled(bench.folder / "many-listed", assessment, files))
    name = "the same with 3"

    def afresh(program: Program) -> float:
        _without_index(program)
        return shown(program)

    few, many = alternately([small, large], runs, afresh)
    yield medians(f"library of {files}: to first rows, first time", many, name, few, 1.3)
    few, many = alternately([small, large], runs, shown)
    yield medians(f"library of {files}: to first rows, again", many, name, few, 1.3)
    worked = [[_back(program, assessment) for program in (small, large)] for _ in range(runs)]
    yield medians(
        f"library of {files}: back to it from a walk", _column(worked, 1, 0), name, _column(worked, 0, 0), 1.2
    )
    yield medians(f"library of {files}: memory", _column(worked, 1, 1), name, _column(worked, 0, 1), 1.5)


def _library(bench: Bench, name: str, folder: Path) -> Program:
    return replace(bench.python(f"{name}-library", "-m", "scrutiny", str(folder)), shows=("Area 0000",))


def _back(program: Program, assessment: Assessment) -> tuple[float, float]:
    """Seconds from leaving a walk until the rows are there, and the most memory held until then."""
    with program.start() as terminal:
        terminal.until(*program.shows)
        terminal.settle()
        terminal.send("\r")
        terminal.until(assessment.framework.statements[0].text[:30].strip())
        terminal.settle()
        began = time.perf_counter()
        terminal.send("\x1b")
        terminal.until("Area 0001")
        return time.perf_counter() - began, float(terminal.peak_memory)


def _column(worked: list[list[tuple[float, float]]], program: int, value: int) -> Rounds:
    return [[rounds[program][value]] for rounds in worked]


def _filled(folder: Path, assessment: Assessment, files: int) -> Path:
    """A folder of so many assessments that nobody has changed for an hour."""
    folder.mkdir()
    then = time.time() - _AN_HOUR
    for number in range(files):
        path = folder / f"area-{number:04}.toml"
        made = assessment.model_copy(update={"id": UUID(int=number + 1), "area": f"Area {number:04}"})
        path.write_text(codec.encode(made), encoding="utf-8")
        os.utime(path, (then, then))
    return folder


def _without_index(program: Program) -> None:
    for index in program.home.glob(".local/state/scrutiny/index/*"):
        index.unlink()
