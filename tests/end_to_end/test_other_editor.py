"""Editors that fail in every way, in a real terminal: the window goes on, and the note is as it was."""

import signal
from pathlib import Path

import pytest

from scrutiny.store import assessments
from tests import building
from tests.end_to_end.terminal import Terminal

pytest.importorskip("pexpect")

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs a terminal of Unix")

SCRIPTS = {
    "killed": ("kill -9 $$", "was stopped before it had"),
    "removed": ('rm "$1"', "cannot be read as text"),
    "folder": ('rm "$1"; mkdir "$1"', "cannot be read as text"),
    "pipe": ('rm "$1"; mkfifo "$1"', "cannot be read as text"),
    "binary": ("""printf '\\377\\376\\000' >"$1\"""", "cannot be read as text"),
    "Latin-1": ("""printf 'caf\\351' >"$1\"""", "cannot be read as text"),
    "10 MB": ('head -c 10000000 /dev/zero >"$1"', "cannot be read as text"),
}
"""What an editor does with the file that it is given, and what the person is told."""

COMMANDS = {
    "false": ("false", "ended with an error"),
    "missing": ("/nope/ed", "cannot be started"),
    "unbalanced quote": ('sh -c "', "cannot be understood"),
}
"""Commands that VISUAL may hold, and what the person is told."""


@pytest.mark.parametrize("kind", [*COMMANDS, *SCRIPTS])
def test_the_window_goes_on_after_an_editor_that_fails(tmp_path: Path, kind: str) -> None:
    """The failure is told in one sentence, and the next letter is typed into the note as it was."""
    if kind in SCRIPTS:
        script, told = SCRIPTS[kind]
        (tmp_path / "editor.sh").write_text(script, encoding="utf-8")
        command = f"sh {tmp_path / 'editor.sh'}"
    else:
        command, told = COMMANDS[kind]
    path = building.written(tmp_path / "draft.toml", building.draft())
    with Terminal(path, VISUAL=command) as terminal:
        terminal.until("Add an action")
        terminal.send("e")
        terminal.until("Back")
        terminal.send("ab")
        terminal.until("ab")
        terminal.send("\x1bOS")
        terminal.until(told)
        terminal.until("Close")
        terminal.send("\r")
        terminal.send("§")
        terminal.until("§")
        terminal.send("\x11")
        assert terminal.end() == 0
    assert assessments.load(path).assessment.answer("plan").evidence == "ab§"
