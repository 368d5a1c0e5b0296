"""A terminal with the program in it."""

import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import pexpect

PATIENCE = 30
"""Seconds to wait for what must happen: far longer than it takes on a busy machine."""

CONTROL_STRINGS = re.compile(rb"(?:\x1b[\]PX^_]|\xc2[\x90\x98\x9d\x9e\x9f])[^\x07\x1b]*\x07?")
"""Titles, clipboards and whatever else a terminal is told in a string: OSC, DCS, SOS, PM and APC."""

UNUSUAL = re.compile(
    rb"[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]"
)
"""Control characters that the program itself has no use for, and characters that turn the direction of writing."""


class Terminal:
    """The program on an assessment or a folder, in a terminal of a size.

    Args:
        path: What it opens.
        size: Columns and rows.
        program: What Python runs, if not the program as it is installed.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int] = (100, 30),
        program: Sequence[str] = ("-m", "scrutiny"),
        **environment: str,
    ) -> None:
        self._program = pexpect.spawn(
            sys.executable,
            [*program, str(path)],
            dimensions=(size[1], size[0]),
            env={**os.environ, "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none", **environment},
            timeout=PATIENCE,
        )
        self._program.delaybeforesend = None
        self.painted = b""
        """Everything the terminal has been sent so far."""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._program.isalive():
            self._program.kill(signal.SIGKILL)
            self._program.wait()

    @property
    def process(self) -> int:
        """The id of the process that was started."""
        return int(self._program.pid)

    def until(self, words: str) -> None:
        """Wait for words to be painted after what has been waited for already."""
        self._program.expect_exact(words.encode())
        self.painted += self._program.before + self._program.after

    def until_one_of(self, words: str, other: str | None) -> int:
        """Wait for words, or for others, or with None for the end of the program; returns which it was, 0 or 1."""
        which: int = self._program.expect_exact([words.encode(), pexpect.EOF if other is None else other.encode()])
        self.painted += self._program.before
        return which

    def send(self, keys: str) -> None:
        """Send keys all at once, as a terminal sends them."""
        self._program.send(keys)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window larger or smaller."""
        self._program.setwinsize(rows, columns)

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self._program.kill(number)

    def close_window(self) -> None:
        """Close the window, as with a click on its cross."""
        self._program.ptyproc.fileobj.close()  # not by its number, or it would be closed again, whosever it is by then
        self._program.ptyproc.closed = True
        self._program.child_fd = self._program.ptyproc.fd = -1

    def end(self) -> int | None:
        """Wait for the program to end, and return its exit code; None where a signal ended it."""
        self.painted += self._program.buffer
        deadline = time.monotonic() + PATIENCE
        while self._program.isalive():
            assert time.monotonic() < deadline, "the program does not end"
            self._take()
        while self._take():
            pass
        status: int | None = self._program.exitstatus
        return status

    def _take(self) -> bool:
        """Take what is painted now; false if there is nothing. A process that is left behind may keep the window."""
        if self._program.child_fd < 0:
            time.sleep(0.01)
            return False
        try:
            self.painted += self._program.read_nonblocking(65536, 0.01)
        except (pexpect.EOF, pexpect.TIMEOUT):
            return False
        return True
