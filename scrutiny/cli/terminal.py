"""The one place where the command line says anything.

What a stream cannot encode is said in the nearest characters it has, what could act on a terminal is never passed on,
and a reader that stops reading (``scrutiny show FILE | head -1``) is nobody's mistake.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys

from scrutiny.errors import FileProblem

TYPE_CHECKING = False  # importing typing for its own takes longer than everything that --version needs
if TYPE_CHECKING:
    from typing import TextIO

WIDEST = 100
"""Lines longer than this are hard to read, however wide the window is."""

_MOST_DETAILS = 30

_USUAL = 80
_NARROWEST = 20

_NEAREST = {
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
    "…": "...",
    "•": "*",
    "→": "->",
    "£": "GBP ",
    "€": "EUR ",
    "½": "1/2",
    "\u00a0": " ",
}


def prepare() -> None:
    """Have both streams say what they cannot encode in the nearest characters, instead of failing."""
    codecs.register_error("scrutiny-nearest", _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="scrutiny-nearest")


def say(text: str = "") -> None:
    """Print a text and a line end to standard output."""
    from scrutiny.model.text import clean_note

    put(clean_note(text))


def put(text: str) -> None:
    """Print a text of our own, in which nothing came from outside; loads nothing."""
    _write(sys.stdout, text)


def clean(text: object) -> str:
    """A file name, a path or anything else from outside as part of a line: nothing in it acts on the terminal."""
    from scrutiny.model.text import clean_line

    return clean_line(str(text))


def word(path: object) -> str:
    """A path as a word of a command line that somebody may type: in quotation marks where it holds a space."""
    text = clean(path)
    return f'"{text}"' if " " in text else text


def remark(text: str) -> None:
    """Print one line to standard error: something to know that is not what was asked for."""
    _write(sys.stderr, clean(text))


def complain(title: str, detail: str = "", hint: str = "") -> None:
    """Print a problem to standard error: what is wrong in one line, details a line each, and what to do next."""
    details = [clean(line) for line in detail.split("\n") if line.strip()]
    lines = [f"Error: {clean(title)}", *(f"  {line}" for line in details[:_MOST_DETAILS])]
    lines += [f"  and {len(details) - _MOST_DETAILS} more"] if len(details) > _MOST_DETAILS else []
    lines += [f"  Try: {clean(hint)}"] if hint else []
    _write(sys.stderr, "\n".join(lines))


def usage(text: str) -> None:
    """Print a command's help to standard error, where it was left incomplete."""
    _write(sys.stderr, text)


def width() -> int:
    """How many characters a line should have at most."""
    try:
        columns = int(os.environ.get("COLUMNS", ""))
    except ValueError:
        columns = 0
    if columns <= 0:
        try:
            columns = os.get_terminal_size(1).columns
        except OSError:
            columns = 0
    return max(_NARROWEST, min(columns or _USUAL, WIDEST))


def interactive() -> bool:
    """Whether a person sits at both ends: keys come from a terminal, and Textual paints on one (standard error)."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def finish() -> FileProblem | None:
    """Push out what is still held back, and return what went wrong if anything but a reader that left."""
    problem: FileProblem | None = None
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError as error:
            _silence(stream)
            if not _reader_left(error):
                problem = _lost(error)
    return problem


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # closed before we began: scrutiny ... >&-
        return
    try:
        stream.write(text + "\n")
    except OSError as error:
        _silence(stream)
        if not _reader_left(error):
            raise _lost(error) from error


def _lost(error: OSError) -> FileProblem:
    reason = (error.strerror or "the system refused").lower()
    return FileProblem(f"The output cannot be written: {reason}.", hint="Send it somewhere else.")


def _reader_left(error: OSError) -> bool:
    return error.errno == errno.EPIPE or (os.name == "nt" and error.errno == errno.EINVAL)


def _silence(stream: TextIO) -> None:
    """Send what a broken stream still holds nowhere, so that Python's own exit does not complain about it."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unknown = error.object[error.start : error.end]
    return "".join(_NEAREST.get(character, "?") for character in unknown), error.end
