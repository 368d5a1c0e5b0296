"""Windows that die while somebody types, in a note and in a form: what was typed is there at the next start."""

import random
import signal
import time
from pathlib import Path

import pytest

from scrutiny.store import assessments, atomic, drafts
from tests import building
from tests.end_to_end.terminal import Terminal

pytest.importorskip("pexpect")

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs a terminal of Unix")

ENDINGS = ["SIGTERM", "SIGHUP", "window", "SIGKILL"]

AFTER_A_KILL = 1.5
"""The most seconds of typing that a kill may cost: the promised second, and half a one for a busy disk."""


def typed_until_the_end(path: Path, where: str, ending: str, chance: random.Random) -> tuple[str, list[float]]:
    """Type a text letter by letter until the window dies in its midst, and return what was typed and how long before.

    A closed window takes with it what the terminal had not yet handed over; so what counts there was on the screen.
    """
    text = "".join(chance.choice("abcdefghij ") for _ in range(chance.randrange(3, 30))).strip() + "."
    moments = []
    with Terminal(path) as terminal:
        terminal.until("Add an action")
        terminal.send("e" if where == "note" else "n")
        terminal.until("Back" if where == "note" else "Intended outcome")
        for letter in text:
            terminal.send(letter)
            moments.append(time.monotonic())
            time.sleep(chance.choice((0.0, 0.0, 0.01, 0.1)))
        if ending == "window":
            terminal.until(text[-8:])
            terminal.close_window()
        else:
            terminal.signal(signal.Signals[ending])
        ended = time.monotonic()
        terminal.end()
    return text, [ended - moment for moment in moments]


def kept_text(path: Path, where: str) -> str:
    """What the next start finds."""
    if where == "note":
        return assessments.load(path).assessment.answer("plan").evidence
    found = [draft.fields["text"] for draft in drafts.find(path)]
    return found[0] if found else ""


def trial(folder: Path, where: str, ending: str, chance: random.Random) -> None:
    """Let a window die, and look at what is left."""
    path = building.written(folder / "draft.toml", building.draft())
    text, ages = typed_until_the_end(path, where, ending, chance)
    kept = kept_text(path, where)
    assert text.startswith(kept)
    lost = ages[len(kept) :]
    assert max(lost, default=0.0) <= (AFTER_A_KILL if ending == "SIGKILL" else 0.0), (text, kept)
    atomic.sweep(folder)
    assert [one.name for one in folder.iterdir()] == ["draft.toml"]


@pytest.mark.parametrize(
    ("where", "ending"), [("note", "SIGTERM"), ("note", "window"), ("form", "SIGHUP"), ("form", "SIGKILL")]
)
def test_what_was_typed_outlives_the_window(tmp_path: Path, where: str, ending: str) -> None:
    """When the system ends the program or the window is closed, no letter is lost; a kill costs the last second."""
    trial(tmp_path / "work", where, ending, random.Random(1))  # noqa: S311 - not a secret


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("where", ["note", "form"])
@pytest.mark.parametrize("number", range(63))
def test_five_hundred_windows_die(tmp_path: Path, where: str, ending: str, number: int) -> None:
    """The same at 504 random keystrokes."""
    trial(tmp_path / "work", where, ending, random.Random(f"{where} {ending} {number}"))  # noqa: S311 - not a secret


def test_a_form_goes_on_where_the_window_died(tmp_path: Path) -> None:
    """At the next start the form is open again with what stood in it; kept, it is in the file and asked no more."""
    path = building.written(tmp_path / "draft.toml", building.draft())
    with Terminal(path) as terminal:
        terminal.until("Add an action")
        terminal.send("n")
        terminal.until("Intended outcome")
        terminal.send("Agree who leads.")
        terminal.until("Agree who leads.")
        terminal.close_window()
        terminal.end()
    with Terminal(path) as terminal:
        terminal.until("Agree who leads.")
        terminal.send("\x13")
        terminal.until("Agree who leads.")
        terminal.send("\x11")
        assert terminal.end() == 0
    (action,) = assessments.load(path).assessment.answer("plan").actions
    assert action.text == "Agree who leads."
    assert not drafts.waiting_for(path)
