"""An assessment as the workbook that partners hand to their board."""

import errno
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from scrutiny.errors import FileProblem
from scrutiny.exchange.workbook_mark import is_ours
from scrutiny.exchange.workbook_overview import add_overview
from scrutiny.exchange.workbook_sheets import add_long_texts, add_sections, add_tracker
from scrutiny.exchange.workbook_writer import Book
from scrutiny.model.assessment import Assessment

_NAME_LIMIT = 255
"""The most bytes of a file's name that every common file system holds."""

_HELD_BY_OTHERS = {5, 32, 33}
"""What Windows says when another program holds a file: access denied, sharing violation, lock violation."""

_OWNER_FILES = {"~${name}": "Excel", ".~lock.{name}#": "LibreOffice"}
"""The files with which spreadsheet programs say that they have a workbook open, beside it."""

_NUMBERED = re.compile(r"(.+) \(([1-9]\d?)\)")


def workbook_bytes(assessment: Assessment, today: date) -> bytes:
    """The whole workbook, built in memory; the same assessment and day give the same bytes.

    Args:
        assessment: What the workbook shows.
        today: The day on which actions are judged overdue in the overview. The tracker judges by its reader's clock.

    Raises:
        ScrutinyError: Something does not fit into a workbook.
    """
    book = Book(assessment)
    add_overview(book, assessment, today)
    add_tracker(book, assessment)
    add_sections(book, assessment)
    add_long_texts(book)
    return book.finish()


def export(
    assessment: Assessment,
    path: Path,
    today: date,
    write: Callable[[Path, bytes], None],
    *,
    source: Path | None = None,
    replace_existing: bool = False,
) -> None:
    """Put an assessment's workbook at a path.

    Args:
        assessment: What the workbook shows.
        path: Where it goes.
        today: The day on which actions are judged overdue in the overview.
        write: Puts bytes at a path whole or not at all.
        source: The assessment's own file, which is never replaced.
        replace_existing: Whether a workbook of ours that stands there already may be replaced.

    Raises:
        FileProblem: A file stands there already, is open in a spreadsheet program, is no workbook of ours, or cannot
            be written. What stood there before stands there still.
    """
    try:
        _check_place(path, source, replace_existing=replace_existing)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise FileProblem(
                f"{path} cannot be written: its name is too long.", hint="Choose a shorter name."
            ) from error
        if getattr(error, "winerror", None) in _HELD_BY_OTHERS:
            raise _in_use(path, "in another program, probably Excel") from error
        raise FileProblem(
            f"The disk does not say what stands at {path}.", hint="Try again, or choose another folder."
        ) from error
    content = workbook_bytes(assessment, today)
    try:
        write(path, content)
    except (OSError, FileProblem) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        if getattr(cause, "winerror", None) in _HELD_BY_OTHERS and path.exists():
            raise _in_use(path, "in another program, probably Excel") from error
        if isinstance(error, FileProblem):
            raise
        raise FileProblem(f"{path} cannot be written.", hint="Try again, or choose another folder.") from error


def replaceable(path: Path, source: Path | None = None) -> bool:
    """Whether what stands at a path is a workbook of ours, which may be replaced if somebody asks for it."""
    try:
        return path.is_file() and not (source is not None and path.samefile(source)) and is_ours(path)
    except OSError:
        return False


def proposed_path(assessment_path: Path) -> Path:
    """Where an assessment's workbook goes unless someone says otherwise: beside it, under its name."""
    return _renamed(assessment_path, assessment_path.stem, "-tracker.xlsx")


def another_name(path: Path) -> Path:
    """The first name like this one that no file beside it has: "tracker (2).xlsx", "tracker (3).xlsx"."""
    numbered = _NUMBERED.fullmatch(path.stem)
    stem, number = (numbered[1], int(numbered[2])) if numbered else (path.stem, 1)
    while True:
        number += 1
        proposal = _renamed(path, stem, f" ({number}){path.suffix}")
        if not os.path.lexists(proposal):
            return proposal


def _check_place(path: Path, source: Path | None, *, replace_existing: bool) -> None:
    if path.is_dir():
        raise FileProblem(f"{path} is a folder, not a workbook.", hint="Add a file name such as tracker.xlsx.")
    if not path.parent.is_dir():
        raise FileProblem(
            f"{path} cannot be written: its folder does not exist.", hint="Make the folder first, or choose another."
        )
    if not path.exists():
        return
    if source is not None and path.samefile(source):
        raise FileProblem(f"{path} is the assessment itself, so it is not replaced.", hint=_other(path))
    for pattern, program in _OWNER_FILES.items():
        mark = path.with_name(pattern.format(name=path.name))
        if mark.exists():
            raise _in_use(path, f"in {program}", f" If nobody has it open, delete “{mark.name}” and try again.")
    if not replace_existing:
        raise FileProblem(
            f"{path} exists already.", hint=f"Replace it, or save the workbook as “{another_name(path).name}”."
        )
    if not is_ours(path):
        raise FileProblem(f"{path} is not a workbook that Scrutiny made, so it is not replaced.", hint=_other(path))


def _other(path: Path) -> str:
    return f"Save the workbook as “{another_name(path).name}”."


def _in_use(path: Path, where: str, otherwise: str = "") -> FileProblem:
    return FileProblem(
        f"{path} is open {where}, so it cannot be replaced.",
        hint=f"Close it there, or save the workbook as “{another_name(path).name}”.{otherwise}",
    )


def _renamed(path: Path, stem: str, ending: str) -> Path:
    """A name beside the path, its stem shortened where the whole would be too long for a file system."""
    room = _NAME_LIMIT - len(ending.encode())
    return path.with_name(stem.encode(errors="surrogateescape")[:room].decode(errors="ignore").rstrip() + ending)
