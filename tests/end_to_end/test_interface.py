"""The interface in a real terminal: pastes, keys that come fast, and what the terminal is told."""

import signal
from pathlib import Path

import pytest

from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments
from tests import building
from tests.end_to_end.terminal import CONTROL_STRINGS, UNUSUAL, Terminal

pytest.importorskip("pexpect")

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs a terminal of Unix")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An assessment without answers in a file."""
    return building.written(tmp_path / "draft.toml", building.draft())


POINTER = b"\x1b]22;default\x07"
"""The one thing that Textual tells a terminal in a control string: the shape of the mouse's pointer."""


def evidence(path: Path) -> str:
    """The first statement's evidence as it stands in the file."""
    return assessments.load(path).assessment.answer("plan").evidence


def test_letters_before_the_key_that_quits_are_kept(path: Path) -> None:
    """Letters that arrive in one piece with ctrl+q are in the file."""
    with Terminal(path) as terminal:
        terminal.until("Add an action")
        terminal.send("e")
        terminal.until("Back")
        terminal.send("xy\x11")
        assert terminal.end() == 0
    assert evidence(path) == "xy"


def test_alt_and_a_letter_rates_in_a_terminal(path: Path) -> None:
    """alt with a level's letter, as terminals send it, rates while one types, and types nothing."""
    with Terminal(path) as terminal:
        terminal.until("Add an action")
        terminal.send("e")
        terminal.until("Back")
        terminal.send("ab")
        terminal.until("ab")
        terminal.send("\x1ba")
        terminal.until("1 of 4 rated")
        terminal.send("\x11")
        assert terminal.end() == 0
    answer = assessments.load(path).assessment.answer("plan")
    assert (answer.rating, answer.evidence) == ("amber", "ab")


def test_a_paste_presses_no_keys(path: Path) -> None:
    """Escape codes and control keys inside a paste do nothing, and what is left of it is text in the note."""
    with Terminal(path) as terminal:
        terminal.until("Add an action")
        terminal.send("e")
        terminal.until("Back")
        terminal.send("\x1b[200~before \x1b]0;owned\x07\x1b[31m\x11 after\r\nand more [/b]\x1b[201~")
        terminal.until("and more [/b]")
        terminal.send("\x11")
        assert terminal.end() == 0
    kept = evidence(path)
    assert kept.startswith("before ")
    assert kept.endswith("after\nand more [/b]")
    assert not set(kept) & {"\x1b", "\x07", "\x11"}


@pytest.mark.parametrize(
    "way",
    [
        (("", "it holds no assessment"), ("\r", "Add an action"), ("s", "Where it is")),
        (("", "it holds no assessment"), ("t", "Not started"), ("\r", "Intended outcome")),
    ],
    ids=["walk and source", "tracker and action"],
)
def test_the_terminal_is_told_nothing_by_a_file(
    tmp_path: Path, filled: Assessment, way: tuple[tuple[str, str], ...]
) -> None:
    """Titles, clipboards and colours that a file's text would set are never sent, whatever is opened."""
    hostile = "\\u001b]0;owned\\u0007\\u001b]52;c;b3duZWQ=\\u0007\\u009d2;owned\\u009c\\u0007\\u001b[31mred\\u202e"
    text = building.written(tmp_path / "hostile.toml", filled).read_text(encoding="utf-8")
    for words in ("Northshire", "One plan", "Agree one plan.", "Neglect audit", "Leadership", "Some are heard."):
        assert words in text
        text = text.replace(words, f"{words}{hostile}")
    (tmp_path / "hostile.toml").write_text(text, encoding="utf-8")
    (tmp_path / "\x1b]0;owned\x07.toml").write_text("", encoding="utf-8")
    with Terminal(tmp_path) as terminal:
        for keys, words in way:
            terminal.send(keys)
            terminal.until(words)
        terminal.send("\x11")
        assert terminal.end() == 0
    assert b"owned" in terminal.painted
    assert set(CONTROL_STRINGS.findall(terminal.painted)) <= {POINTER}
    painted = terminal.painted.replace(POINTER, b"")
    found = UNUSUAL.search(painted)
    assert found is None, painted[found.start() - 80 : found.end() + 80]


def test_a_window_is_made_smaller_and_larger(path: Path) -> None:
    """In a window that is too small the program says so, and goes on where it was once there is room again."""
    with Terminal(path, size=(80, 24)) as terminal:
        terminal.until("Add a source")
        terminal.resize(59, 14)
        terminal.until("small.")
        terminal.resize(60, 15)
        terminal.until("Leadership")
        terminal.send("g\x11")
        assert terminal.end() == 0
    assert assessments.load(path).assessment.answer("plan").rating == "green"
