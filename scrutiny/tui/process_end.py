"""Ending the program although a disk does not answer, so that the terminal and the system can go on.

A thread that waits for some disks (a file system of FUSE, a failed drive) cannot be ended, and while it waits, its
process cannot end either, not even when it is killed. The interface therefore runs in a child process: the process
that the terminal or the system waits for does nothing on any disk, and ends when the child says that it is done.
"""

import contextlib
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import NoReturn

LONGEST_END = 2.5
"""Seconds after which the interface has ended once its window was closed, whatever a disk does."""

_LAST_MOMENT = 0.3
"""Seconds for which threads or a process that are about to end are waited for."""

_FORWARDED = ("SIGTERM", "SIGHUP", "SIGINT")

_LEAVE_SCREEN = (
    "\x1b[<u\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[?2004l\x1b[?2048l\x1b[?1049l\x1b[?25h"
)
"""Ends what Textual has switched on in a terminal: keyboard and mouse reports, and the screen of its own."""

_report_to: int | None = None
"""In the child: where it tells the waiting process how it ends."""


def run_apart(function: Callable[[], int]) -> int:
    """Carry a function out in a child process, and return its exit code.

    Where there can be no child, the function is carried out in this process.
    """
    if not hasattr(os, "fork"):
        return function()
    report, report_to = os.pipe()
    alive, hold_alive = os.pipe()
    try:
        child = os.fork()
    except OSError:
        for end in (report, report_to, alive, hold_alive):
            os.close(end)
        return function()
    if child == 0:
        global _report_to
        _report_to = report_to
        os.close(report)
        os.close(hold_alive)
        _end_with_parent(alive)
        _end_now(function(), in_order=True)
    os.close(report_to)
    os.close(alive)
    restore_terminal = _terminal_restorer()
    code, in_order = _wait_for(child, report)
    if not in_order:
        restore_terminal()
    return code


def end_at_the_latest(seconds: float) -> None:
    """End the process after so many seconds, if it has not ended by itself by then."""
    timer = threading.Timer(seconds, _end_now, (1,))
    timer.daemon = True
    with contextlib.suppress(RuntimeError, MemoryError):  # no thread can be had: it ends by itself or not at all
        timer.start()


def leave_hung_threads(return_code: int) -> None:
    """End the process at once if it has threads that Python would wait for and that do not end."""
    deadline = time.monotonic() + _LAST_MOMENT
    waited_for = [
        thread for thread in threading.enumerate() if thread is not threading.main_thread() and not thread.daemon
    ]
    for thread in waited_for:
        thread.join(max(0.0, deadline - time.monotonic()))
    if any(thread.is_alive() for thread in waited_for):
        _end_now(return_code, in_order=True)


# In the child


def _end_with_parent(alive: int) -> None:
    """End this process when its parent was killed, as a program that is killed does."""

    def watch() -> None:
        os.read(alive, 1)
        os._exit(1)

    with contextlib.suppress(RuntimeError, MemoryError):
        threading.Thread(target=watch, name="parent", daemon=True).start()


def _end_now(code: int, *, in_order: bool = False) -> NoReturn:
    if in_order:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
    if _report_to is not None:
        with contextlib.suppress(OSError):
            os.write(_report_to, bytes([code & 0xFF, in_order]))
    for standard in (0, 1, 2):  # a thread that hangs would keep the terminal open
        with contextlib.suppress(OSError):
            os.close(standard)
    os._exit(code)


# In the process that waits


def _wait_for(child: int, report: int) -> tuple[int, bool]:
    """Wait until a child has ended, or was told to and does not; returns its exit code, and whether it ended itself."""
    with _signals() as (wake, received):
        deadline: float | None = None
        while True:
            pause = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([report, wake], [], [], pause)
            if report in ready:
                told = os.read(report, 2)
                break
            if not ready:
                _send(child, signal.SIGKILL)
                return 1, False
            for number in received():
                if number != signal.SIGINT or not _keyboard_interrupts():  # otherwise the child has got it, too
                    _send(child, number)
                if number != signal.SIGINT and deadline is None:
                    deadline = time.monotonic() + LONGEST_END + _LAST_MOMENT / 2
        code = _exit_code(child, deadline)
        if told:
            return told[0], len(told) > 1 and bool(told[1])
        return (1, False) if code is None else (code if code >= 0 else 128 - code, code >= 0)


@contextlib.contextmanager
def _signals() -> Iterator[tuple[int, Callable[[], bytes]]]:
    """Have signals arrive in a pipe; gives the pipe, and a function that takes their numbers out."""
    wake, notify = os.pipe()
    for end in (wake, notify):
        os.set_blocking(end, False)
    for name in _FORWARDED:
        signal.signal(getattr(signal, name), lambda *_: None)
    signal.set_wakeup_fd(notify, warn_on_full_buffer=False)
    try:
        yield wake, lambda: os.read(wake, 64)
    finally:
        signal.set_wakeup_fd(-1)
        os.close(wake)
        os.close(notify)


def _send(child: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(child, number)


def _exit_code(child: int, deadline: float | None) -> int | None:
    """The exit code of a child that is about to end, negative for a signal; None if it cannot end."""
    last = time.monotonic() + _LAST_MOMENT
    deadline = last if deadline is None else min(last, deadline)
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    return None


def _keyboard_interrupts() -> bool:
    """Whether ctrl+c sends a signal to every process of the terminal, as it does outside the interface."""
    import termios

    with contextlib.suppress(termios.error, OSError, ValueError):
        return bool(termios.tcgetattr(sys.stdin.fileno())[3] & termios.ISIG)
    return False


def _terminal_restorer() -> Callable[[], None]:
    """A function that brings the terminal back to its present mode, and leaves the interface's screen."""
    import termios

    mode = None
    with contextlib.suppress(termios.error, OSError, ValueError):
        mode = termios.tcgetattr(sys.stdin.fileno())

    def restore() -> None:
        with contextlib.suppress(termios.error, OSError, ValueError):
            if mode is not None:
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, mode)
            screen = sys.stdout.fileno()
            os.set_blocking(screen, False)  # a window that is gone may take nothing more
            os.write(screen, _LEAVE_SCREEN.encode())
            os.set_blocking(screen, True)

    return restore
