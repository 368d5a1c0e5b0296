"""What people wrote stays inside while the program runs: a canary in every field, and all that is around it."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scrutiny import paths
from tests import building
from tests.end_to_end.terminal import CONTROL_STRINGS
from tests.end_to_end.tmux import TMUX, Tmux
from tests.planting import CANARY, canaries

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")

EDITOR = """
import json, os, stat, sys
from pathlib import Path
*_, name = sys.argv
note = Path(name)
told = {
    "arguments": sys.argv,
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "text": note.read_text(encoding="utf-8"),
    "modes": [stat.S_IMODE(one.stat().st_mode) for one in (note, note.parent)],
}
Path(os.environ["TOLD"]).write_text(json.dumps(told), encoding="utf-8")
note.with_name("note.txt~").write_text(told["text"], encoding="utf-8")
note.write_text(told["text"] + " and more", encoding="utf-8")
"""
"""An editor that writes down what it is told, leaves a copy of the note beside it as many do, and adds a few words."""

FAULTY = """
import sys
from scrutiny.__main__ import main
from scrutiny.tui.screens.walk import WalkScreen

def fails(screen):
    evidence = screen.session.assessment.answer("plan").evidence
    raise ValueError(f"cannot handle {evidence}")

WalkScreen.action_summary = fails
sys.exit(main())
"""
"""The program with a fault in it, whose message is a note."""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The canaries in a file, and a folder of its own for whatever is temporary."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return building.written(tmp_path / "work" / "northshire.toml", canaries())


def holding(*folders: Path) -> set[Path]:
    """The files in which the canary stands, or whose name it is in."""
    every = [one for folder in folders for one in folder.rglob("*")]
    return {one for one in every if CANARY in one.name or (one.is_file() and CANARY.encode() in one.read_bytes())}


SCREENS = {
    "m": "Go there",
    "t": "Filter",
    "d": "Details of this assessment",
    "n": "New action for",
    "w": "Export the action tracker",
}
"""Keys in the walk, with words of our own on the screen or form that they open."""


def visit(terminal: Tmux, keys: str) -> None:
    """Go through screens and forms that show what people wrote, and back to the walk."""
    for key in keys:
        terminal.until(SCREENS[key], keys=[key])
        terminal.until(SCREENS[key], gone=True, keys=["Escape"])


def test_the_window_and_the_files_around_tell_nothing(path: Path, home: Path, tmp_path: Path) -> None:
    """Titles name nothing that people wrote, not even what is assessed; afterwards only the file, its backup
    and the index of its folder hold text."""
    with Tmux(tmp_path, [sys.executable, "-m", "scrutiny", path]) as terminal:
        terminal.until("Next unrated")
        visit(terminal, "mtdnw")
        terminal.until("2 of 4", keys=["g"])
        terminal.send("C-q")
        assert terminal.end() == 0
        assert terminal.told() == []
        assert CANARY in "".join(terminal.seen)
        assert not [one for one in CONTROL_STRINGS.findall(terminal.sent) if CANARY.encode() in one]
    (tmp_path / "sent").unlink()
    held = holding(home, tmp_path)
    assert {one.parent for one in held} == {path.parent, paths.backups_folder(), paths.index_folder()}
    assert len(held) == 4  # two backups: before the session and after it


def test_the_editor_is_told_a_path_and_nothing_else(
    path: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person's editor finds the note in a file that is its owner's alone; of it and of copies beside it nothing
    is left, and neither arguments nor environment, which every process may read, hold a word of it.
    """
    (tmp_path / "editor.py").write_text(EDITOR, encoding="utf-8")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {tmp_path / 'editor.py'}")
    monkeypatch.setenv("TOLD", str(tmp_path / "told.json"))
    with Tmux(tmp_path, [sys.executable, "-m", "scrutiny", path]) as terminal:
        terminal.until("Next unrated")
        terminal.until(">  1.1", keys=["Home"])
        terminal.until("and more", keys=["F4"])
        terminal.send("C-q")
        assert terminal.end() == 0
        assert terminal.told() == []
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert told.pop("text") == CANARY
    assert [mode & (stat.S_IRWXG | stat.S_IRWXO) for mode in told.pop("modes")] == [0, 0]
    assert CANARY not in json.dumps(told)
    for name in ("sent", "told.json"):
        (tmp_path / name).unlink()
    kept_in = {path.parent, paths.backups_folder(), paths.index_folder()}
    assert {one.parent for one in holding(home, tmp_path)} == kept_in
    assert not list((home / "tmp").rglob("*"))


def test_a_fault_shows_and_keeps_no_note(path: Path, tmp_path: Path) -> None:
    """When the program itself fails, what is left on the terminal and in the report is where, and no word of a note."""
    with Tmux(tmp_path, [sys.executable, "-c", FAULTY, path]) as terminal:
        terminal.until("Next unrated")
        terminal.send("m")
        assert terminal.end() == 1
        sent, report = terminal.sent, paths.state_folder() / "crash.txt"
        assert terminal.told() == []
    _, left, after = sent.rpartition(b"\x1b[?1049l")
    assert left
    assert b"Scrutiny had to stop" in after
    assert CANARY.encode() not in after
    assert "ValueError" in report.read_text(encoding="utf-8")
    assert CANARY not in report.read_text(encoding="utf-8")
    assert stat.S_IMODE(report.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO) == 0


def test_the_interface_never_connects(path: Path, tmp_path: Path) -> None:
    """Where every connection fails, nothing is missing: none is ever asked for, nor a name looked up."""
    strace = shutil.which("strace")
    if not strace or subprocess.run([strace, "-o", os.devnull, "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace is not installed, or not permitted")
    log = tmp_path / "calls.txt"
    calls, failing = "trace=socket,connect,bind,sendto,sendmsg", "inject=connect,bind:error=EACCES"
    watch = [strace, "-f", "--seccomp-bpf", "-o", str(log), "-e", calls, "-e", failing]
    with Tmux(tmp_path, [*watch, sys.executable, "-m", "scrutiny", path.parent]) as terminal:
        terminal.until(CANARY)
        terminal.until("Next unrated", keys=["Enter"])
        visit(terminal, "mw")
        terminal.send("C-q")
        assert terminal.end() == 0
    asked = [line for line in log.read_text().splitlines() if "(" in line]
    assert asked
    assert not [line for line in asked if "AF_INET" in line or "connect(" in line or "bind(" in line]
