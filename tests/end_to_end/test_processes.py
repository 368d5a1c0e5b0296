"""The program's two processes: one is waited for and touches no disk, the other is the interface."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.end_to_end.terminal import PATIENCE, Terminal

pytest.importorskip("pexpect")

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs the process table of Linux")


def interface_of(terminal: Terminal) -> int:
    """The process id of the interface."""
    waiting = terminal.process
    (child,) = Path(f"/proc/{waiting}/task/{waiting}/children").read_text(encoding="ascii").split()
    return int(child)


def gone(process: int) -> bool:
    """Whether a process has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return True
    return "State:\tZ" in status


def wait_until_gone(process: int) -> None:
    """Wait for the end of a process that is no child of ours."""
    deadline = time.monotonic() + PATIENCE
    while not gone(process):
        assert time.monotonic() < deadline, "the process does not end"
        time.sleep(0.01)


def test_an_interface_that_does_not_answer_is_left_behind(file: Path) -> None:
    """A stopped process takes no signal, as one that waits for a disk: the program ends all the same."""
    with Terminal(file) as terminal:
        terminal.until("Add an action")
        interface = interface_of(terminal)
        os.kill(interface, signal.SIGSTOP)
        terminal.signal(signal.SIGTERM)
        assert terminal.end() == 1
        assert b"\x1b[?1049l" in terminal.painted
    wait_until_gone(interface)


def test_the_interface_ends_when_the_program_is_killed(file: Path) -> None:
    """No process that nobody sees goes on holding the file's locks."""
    with Terminal(file) as terminal:
        terminal.until("Add an action")
        interface = interface_of(terminal)
        terminal.signal(signal.SIGKILL)
        wait_until_gone(interface)


def test_the_terminal_can_be_used_when_the_interface_was_killed(file: Path) -> None:
    """Its screen is left, its modes are as they were, and the exit code names the signal, as a shell's does."""
    with Terminal(file) as terminal:
        terminal.until("Add an action")
        before = terminal.painted
        os.kill(interface_of(terminal), signal.SIGKILL)
        assert terminal.end() == 128 + signal.SIGKILL
        assert b"\x1b[?1049l" in terminal.painted.removeprefix(before)
        assert b"\x1b[?1000l" in terminal.painted.removeprefix(before)
