"""A fault of the program's own: nothing is lost, and nothing that anybody wrote is told."""

import contextlib
from pathlib import Path

import pytest

from scrutiny import paths
from scrutiny.store import assessments
from scrutiny.tui.screens.walk import WalkScreen
from tests.tui.player import playing, walk

SECRET = "what nobody else may read"  # noqa: S105 - not a password


async def test_a_fault_loses_nothing_and_tells_nothing(
    draft_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the program fails, what was typed is in the file, and neither the terminal nor the report holds it."""

    def fail(screen: WalkScreen) -> None:
        note = screen.pane.evidence.text
        raise RuntimeError(note)

    monkeypatch.setattr(WalkScreen, "action_look_for", fail)
    app = walk(draft_file)
    with contextlib.suppress(RuntimeError):
        async with playing(app) as player:
            await player.press("e")
            await player.write(SECRET)
            await player.press("alt+i")
    assert app.return_code == 1
    assert assessments.load(draft_file).assessment.answer("plan").evidence == SECRET
    said = "".join(capsys.readouterr())
    report = (paths.state_folder() / "crash.txt").read_text(encoding="utf-8")
    assert "had to stop" in said
    assert "saved" in said
    assert "RuntimeError" in report
    assert "test_crash.py" in report
    for words in (said, report):
        assert SECRET not in words
