"""Disks that do not answer while somebody types: keys are painted, the window ends in time, and no word is lost."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from scrutiny.store import assessments
from tests import building
from tests.end_to_end import hanging_disk
from tests.end_to_end.hanging_disk import HangingDisk
from tests.end_to_end.terminal import PATIENCE, Terminal

pytest.importorskip("pexpect")

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs a terminal of Unix")

KEYS_SECONDS, END_SECONDS = 1.0, 3.0
"""What is promised of a key, with time to paint it, and of the end of a window that is closed."""

FIRST, SECOND, THIRD = "FIRST", "ÄËÏÖ", "ÂÊÎÔ"
"""What is typed; the letters of the last two stand nowhere else on the screen, nor in its control codes."""

PRETENDING = """
import builtins, io, os, sys, time

folder, order = os.environ["HANGING_FOLDER"], os.environ["HANGING_ORDER"]
below, stat = {}, os.stat

def hangs(name):
    try:
        stat(order)
    except OSError:
        return False
    with plain_open(order) as file:
        return file.read() == "everything" or name == "fsync"

def concerns(value):
    if isinstance(value, int):
        return value in below
    try:
        return os.fspath(value).startswith(folder)
    except TypeError:
        return False

def hanging(module, name):
    function = getattr(module, name)

    def call(*arguments, **options):
        concerned = any(concerns(value) for value in arguments[:2])
        while concerned and hangs(name):
            time.sleep(0.01)
        result = function(*arguments, **options)
        if name == "open" and module is os:
            below.pop(result, None)
            if concerned:
                below[result] = True
        return result

    setattr(module, name, call)

plain_open = open
for name in ("fsync", "open", "stat", "lstat", "mkdir", "replace", "rename", "unlink", "listdir", "scandir"):
    hanging(os, name)
hanging(io, "open")
builtins.open = io.open

from scrutiny.__main__ import main
sys.exit(main())
"""
"""The program on a disk that only this process finds hanging: whatever it asks about a folder waits while a file
with the order is there."""


class PretendedDisk:
    """Takes the orders of a `HangingDisk`, and hands them to programs that run `PRETENDING`."""

    def __init__(self, order: Path) -> None:
        self._order = order

    def tell(self, order: str) -> None:
        """Hang, or go on."""
        if order == "go on":
            self._order.unlink()
        else:
            self._order.write_text(order.removeprefix("hang "), encoding="ascii")


@contextmanager
def on_file_system(folder: Path) -> Iterator[tuple[HangingDisk, Path, dict[str, str], list[str]]]:
    """A disk of its own: what gives it orders, where it is, and how a program is started on it."""
    backing, place = folder / "backing", folder / "disk"
    backing.mkdir()
    place.mkdir()
    with HangingDisk(backing, place) as disk:
        yield disk, place, {}, ["-m", "scrutiny"]


@contextmanager
def pretended(folder: Path) -> Iterator[tuple[PretendedDisk, Path, dict[str, str], list[str]]]:
    """The same, for systems on which nobody may mount a disk."""
    place, order = folder / "disk", folder / "order"
    place.mkdir()
    environment = {"HANGING_FOLDER": str(place), "HANGING_ORDER": str(order)}
    yield PretendedDisk(order), place, environment, ["-c", PRETENDING]


def machine_seconds() -> float:
    """How long this machine takes at present to start Python: on a busy one, everything takes so much longer."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.monotonic() - began


def painted_after(terminal: Terminal, words: str) -> float:
    """Type words, and return the seconds until they stand on the screen."""
    began = time.monotonic()
    for letter in words:
        terminal.send(letter)
        terminal.until(letter)
    return (time.monotonic() - began) / len(words)


def wait_until_saved(path: Path, word: str) -> None:
    """Wait for a word to be in a file, and for what is done after a save."""
    deadline = time.monotonic() + PATIENCE
    while word not in path.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, "it is not saved"
        time.sleep(0.02)
    time.sleep(0.3)  # the window looks at the file once more


def leave(terminal: Terminal, ending: str) -> float:
    """End the window in a way, and return how many seconds it took; those of a question do not count."""
    began = time.monotonic()
    if ending == "ctrl+q":
        terminal.send("\x11")
        answer = terminal.until_one_of("are not saved", None)
        if answer == 0:
            terminal.send("\t\t\r")
        began = time.monotonic()
    elif ending == "window":
        terminal.close_window()
    else:
        terminal.signal(signal.Signals[ending])
    terminal.end()
    return time.monotonic() - began


def look_for_words(path: Path, start: Callable[[], Terminal]) -> None:
    """All words are in the file, or the next start offers them."""
    words = (FIRST, SECOND, THIRD)
    evidence = assessments.load(path).assessment.answer("plan").evidence
    if all(word in evidence for word in words):
        return
    with start() as terminal:
        terminal.until("The last session ended")
        for word in words:
            if word.encode() not in terminal.painted:
                terminal.until(word)


Disks = Callable[[Path], AbstractContextManager[tuple[HangingDisk | PretendedDisk, Path, dict[str, str], list[str]]]]


def trial(
    disks: Disks, folder: Path, hanging: str, ending: str, which: str, monkeypatch: pytest.MonkeyPatch, *, wait: bool
) -> None:
    """Type while a disk hangs, end the window, and look for every word.

    Args:
        wait: Whether the window has time to say that the text is not saved.
    """
    usual = machine_seconds()
    with disks(folder) as (disk, place, environment, program):
        if which == "state":
            monkeypatch.setenv("XDG_STATE_HOME", str(place / "state"))
        path = building.written((place if which == "assessment" else folder) / "draft.toml", building.draft())

        def start() -> Terminal:
            return Terminal(path, (100, 30), program, **environment)

        with start() as terminal:
            terminal.until("Add an action")
            terminal.send("e")
            terminal.until("Back")
            terminal.send(FIRST)
            wait_until_saved(path, FIRST)
            disk.tell(hanging)
            seconds = [painted_after(terminal, SECOND)]
            if wait and which == "state":
                wait_until_saved(path, SECOND)  # neither locks nor copies of the text hold it up for long
            elif wait:
                terminal.until("NOT SAVED")
            seconds.append(painted_after(terminal, THIRD))
            took = leave(terminal, ending)
        disk.tell("go on")
        busy = max(usual, machine_seconds())
        assert max(seconds) < KEYS_SECONDS + busy
        assert took < END_SECONDS + busy
        time.sleep(0.5)  # what was left behind in the disk ends
        look_for_words(path, start)


def test_no_word_is_lost_where_a_disk_seems_to_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In short, and on every system of Unix: a disk that answers no request of the program, and SIGTERM."""
    trial(pretended, tmp_path, "hang everything", "SIGTERM", "assessment", monkeypatch, wait=True)


@pytest.mark.parametrize("which", [pytest.param("assessment", marks=pytest.mark.slow), "state"])
def test_a_window_may_be_closed_as_soon_as_a_disk_hangs(
    tmp_path: Path, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last words are kept though nobody knows yet that the disk will not take them."""
    trial(pretended, tmp_path, "hang everything", "window", which, monkeypatch, wait=False)


@pytest.mark.parametrize("which", ["assessment", pytest.param("state", marks=pytest.mark.slow)])
def test_a_form_is_kept_elsewhere_while_a_disk_hangs(
    tmp_path: Path, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in an open form is there at the next start, though neither disk takes it."""
    with pretended(tmp_path) as (disk, place, environment, program):
        if which == "state":
            monkeypatch.setenv("XDG_STATE_HOME", str(place / "state"))
        path = building.written((place if which == "assessment" else tmp_path) / "draft.toml", building.draft())
        with Terminal(path, (100, 30), program, **environment) as terminal:
            terminal.until("Add an action")
            terminal.send("n")
            terminal.until("Intended outcome")
            disk.tell("hang everything")
            painted_after(terminal, SECOND)
            terminal.signal(signal.SIGTERM)
            terminal.end()
        disk.tell("go on")
        with Terminal(path, (100, 30), program, **environment) as terminal:
            terminal.until(SECOND)


@pytest.mark.slow
@pytest.mark.skipif(bool(hanging_disk.unavailable()), reason=hanging_disk.unavailable())
@pytest.mark.parametrize("which", ["assessment", "state"])
@pytest.mark.parametrize("ending", ["SIGTERM", "SIGHUP", "window", "ctrl+q"])
@pytest.mark.parametrize("hanging", ["hang fsync", "hang everything", "slow 6"])
def test_no_word_is_lost_where_a_disk_hangs(
    tmp_path: Path, hanging: str, ending: str, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every kind of hanging, every ending, and either disk: the program ends though the disk still hangs."""
    trial(on_file_system, tmp_path, hanging, ending, which, monkeypatch, wait=True)
