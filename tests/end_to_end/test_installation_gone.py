"""An installation that is replaced or removed while a window is open: the window goes on, and nothing is lost."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scrutiny.model import edits
from scrutiny.store import assessments
from tests import building
from tests.end_to_end.terminal import PATIENCE
from tests.end_to_end.tmux import TMUX, Tmux

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")

PROGRAM = """
import os, sys
from pathlib import Path

folder = Path(os.environ["TOLD"])

class Gone:
    def find_spec(self, name, path=None, target=None):
        if (folder / "gone").exists():
            print(name, file=(folder / "missed").open("a"))
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Gone())

from scrutiny.tui import warm_up

def import_everything():
    warm_up_before()
    (folder / "imported").touch()

warm_up_before, warm_up.import_everything = warm_up.import_everything, import_everything

from scrutiny.__main__ import main
sys.exit(main())
"""
"""The program, for which no module is to be found any more once a file says that the installation is gone."""

VISITS = {
    "m": "Go there",
    "t": "Filter",
    "n": "Intended outcome",
    "s": "Where it is",
    "d": "Details of this assessment",
    "w": "Export the action tracker",
    "F1": "The walk.",
    "C-p": "Write the evidence in your own",
}
"""Keys in the walk, and words on what they open."""


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.02)


def test_everything_works_after_the_installation_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it has been imported by then: screens, forms, saving, the question about another's changes, the end."""
    told = tmp_path / "told"
    told.mkdir()
    monkeypatch.setenv("TOLD", str(told))
    path = building.written(tmp_path / "draft.toml", building.draft())
    with Tmux(tmp_path, [sys.executable, "-c", PROGRAM, path]) as terminal:
        terminal.until("Next unrated")
        wait_until((told / "imported").exists)
        (told / "gone").touch()
        for key, words in VISITS.items():
            terminal.until(words, keys=[key])
            terminal.until(words, gone=True, keys=["Escape"])
        terminal.until("Back", keys=["e"])
        terminal.write("Ours")
        wait_until(lambda: "Ours" in path.read_text(encoding="utf-8"))
        stored = assessments.load(path)
        terminal.write("!")
        assessments.save(path, edits.write_evidence(stored.assessment, "plan", "Theirs"), stored.digest)
        terminal.until("Which is to be kept?")
        terminal.until("Which is to be kept?", gone=True, keys=["C-s"])
        terminal.send("C-q")
        assert terminal.end() == 0
    assert not (told / "missed").exists(), (told / "missed").read_text(encoding="utf-8")
