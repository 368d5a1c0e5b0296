"""A fault of the program's own: nothing is lost, and nothing that anybody wrote is told."""

import contextlib
from pathlib import Path

import pytest

from scrutiny import paths
from scrutiny.model.action import Action
from scrutiny.store import assessments, drafts, recovery
from scrutiny.tui.dialogs.action import ActionForm
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


async def test_a_fault_in_a_form_keeps_what_stands_in_it(draft_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that fails as it is kept is offered again at the next start, with all that was typed into it."""

    def fail(form: ActionForm) -> Action:
        raise RuntimeError(form.text("text"))

    monkeypatch.setattr(ActionForm, "result", fail)
    app = walk(draft_file)
    with contextlib.suppress(RuntimeError):
        async with playing(app) as player:
            await player.press("n")
            await player.until_on(ActionForm)
            await player.write(SECRET)
            await player.press("ctrl+s")
    assert app.return_code == 1
    (kept_at,) = recovery.kept_for(draft_file, ".form")
    assert drafts._read(kept_at).fields["text"] == SECRET
