"""Systems that the tests do not run on, and calls that fail: what the tests of files share."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrutiny.store import atomic

POSIX = pytest.mark.skipif(os.name != "posix", reason="this system has no such permissions and links")

DAY = 24 * 3600.0
"""Seconds."""


class Windows:
    """The system's calls as Windows has them: without those that only POSIX has, and with one that is a trap.

    The name of the system itself stays as it is, since the whole of Python looks at it.
    """

    name = "nt"
    O_BINARY = 0x8000
    lacking = ("uname", "fchmod", "fchown", "O_NOFOLLOW")

    def __getattr__(self, name: str) -> Any:
        if name in self.lacking:
            raise AttributeError(f"os.{name} is not there on Windows")
        return getattr(os, name)

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        """Windows opens files as text, with line ends of its own, unless it is told not to, and no folders."""
        assert flags & self.O_BINARY, "opened as text"
        return os.open(path, flags & ~self.O_BINARY, mode)

    def kill(self, _process: int, _signal: int) -> None:
        """On Windows this call ends the process that it is to ask after."""
        raise AssertionError("a process was ended")


def failing(number: int) -> Callable[..., None]:
    """A system call that fails for that reason."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def left_over(folder: Path) -> list[str]:
    """The names of temporary files that were left in a folder."""
    return [path.name for path in folder.iterdir() if path.name.startswith(atomic.TEMPORARY_PREFIX)]


def put(path: Path, content: bytes | None) -> None:
    """Have a file hold that content; None for no file."""
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)


def temporary(folder: Path, *, host: str = "", process: int = 0, age: float = 0.0) -> Path:
    """A temporary file as a session leaves it: here and by this process unless said otherwise."""
    path = folder / f".scrutiny-{host or atomic._host()}-{process or os.getpid()}-0123abcd.tmp"
    path.write_bytes(b"text")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def gone() -> int:
    """The number of a process that was and is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid
