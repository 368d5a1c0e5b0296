"""A program in a terminal of its own: keys in, paints out, and the moment at which each paint arrived."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

COLUMNS, ROWS = 120, 36

_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, places, modes
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, pointers
    r"|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x1b[ -/]*[0-~]"
    r"|[\x00-\x1f\x7f]"
)
_ASKS_FOR_SYNC = "\x1b[?2026$p"
_HAS_SYNC = b"\x1b[?2026;2$y"
_SYNC_BEGIN, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


class NotShownError(Exception):
    """What was waited for did not appear."""


class Terminal:
    """A program that believes it has a person's terminal.

    What it prints is kept from the last key on. Like the terminals people have, it says that it paints synchronised
    updates at once, so a paint counts as arrived when its last byte did.

    Args:
        command: The program and its arguments.
        environment: The whole of its environment.
        folder: Where it runs.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._side, program_side = os.openpty()
        fcntl.ioctl(self._side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._raw = ""
        self._ends: list[int] = []
        self._times: list[float] = []
        self.began = time.perf_counter()
        """When the program was started, or the last key sent."""
        self._process = subprocess.Popen(
            command,
            stdin=program_side,
            stdout=program_side,
            stderr=program_side,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
        os.close(program_side)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the program."""
        self.end()

    def send(self, keys: str) -> None:
        """Press keys; what was printed before is forgotten."""
        self._take_in(0.0)
        self._raw = ""
        self._ends, self._times = [], []
        self.began = time.perf_counter()
        os.write(self._side, keys.encode())

    def until(self, *expected: str, patience: float = 30.0) -> float:
        """Seconds from the last key, or from the start, to the last byte of the paint that shows all of some texts.

        Each text has to stand in one line of the screen.

        Raises:
            NotShownError: It did not appear.
        """
        wanted = [text.encode().decode("latin-1") for text in expected]
        deadline = time.perf_counter() + patience
        while True:
            end = self._end_of(wanted)
            if end is not None:
                return self._times[bisect_left(self._ends, end)] - self.began
            more = self._take_in(0.2, last=self._process.poll() is not None)
            if (time.perf_counter() > deadline or not more) and self._end_of(wanted) is None:
                raise NotShownError(f"{expected} is not in {self.text!r}")

    def settle(self, quiet: float = 0.05, patience: float = 30.0) -> None:
        """Wait until the program has printed nothing for some seconds."""
        deadline = time.perf_counter() + patience
        while time.perf_counter() < deadline:
            before = len(self._raw)
            self._take_in(quiet)
            if len(self._raw) == before:
                return

    @property
    def text(self) -> str:
        """What was printed since the last key, without control sequences."""
        return _CONTROL.sub("", self._raw).encode("latin-1").decode(errors="replace")

    @property
    def peak_memory(self) -> int:
        """The most bytes of memory that the program's two processes have held so far (Linux only)."""
        program = self._process.pid
        children = Path(f"/proc/{program}/task/{program}/children").read_text().split()
        statuses = [Path(f"/proc/{process}/status").read_text() for process in (program, *children)]
        return sum(int(status.partition("VmHWM:")[2].split()[0]) for status in statuses) * 1024

    def end(self) -> None:
        """End the program, whatever it is doing."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._side)

    def _take_in(self, seconds: float, *, last: bool = False) -> bool:
        """Take in what the program prints, waiting so long for its beginning; says whether more can come."""
        while select.select([self._side], [], [], seconds)[0]:
            try:
                data = os.read(self._side, 1 << 16)
            except OSError:  # how Linux says that the program has closed its side
                return False
            now = time.perf_counter()
            self._raw += data.decode("latin-1")
            self._ends.append(len(self._raw))
            self._times.append(now)
            if _ASKS_FOR_SYNC.encode() in data:
                os.write(self._side, _HAS_SYNC)
            seconds = 0.0
        return not last

    def _end_of(self, wanted: Sequence[str]) -> int | None:
        """Where in the raw output the paint ends that completes the wanted texts; None while it has not arrived."""
        text, pieces = self._without_control()
        last = 0
        for each in wanted:
            found = text.find(each)
            if found < 0:
                return None
            at = found + len(each) - 1
            begins, place = pieces[bisect_right(pieces, (at, len(self._raw))) - 1]
            last = max(last, place + at - begins + 1)
        if self._raw.rfind(_SYNC_BEGIN, 0, last) <= self._raw.rfind(_SYNC_END, 0, last):
            return last
        end = self._raw.find(_SYNC_END, last)
        return end + len(_SYNC_END) if end >= 0 else None

    def _without_control(self) -> tuple[str, list[tuple[int, int]]]:
        """The printed text without control sequences; where each piece of it begins, there and in the raw output."""
        texts: list[str] = []
        pieces: list[tuple[int, int]] = []
        length = after = 0
        for match in _CONTROL.finditer(self._raw):
            if match.start() > after:
                texts.append(self._raw[after : match.start()])
                pieces.append((length, after))
                length += match.start() - after
            after = match.end()
        texts.append(self._raw[after:])
        pieces.append((length, after))
        return "".join(texts), pieces
