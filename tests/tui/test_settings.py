"""What a person's settings change: own keys, theme, folder; and settings that cannot be used."""

from pathlib import Path

import pytest

from scrutiny import paths
from scrutiny.tui import app as app_module
from scrutiny.tui.app import ScrutinyApp
from scrutiny.tui.dialogs.confirm import Problem
from scrutiny.tui.dialogs.help import HelpDialog
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.widgets.key_bar import KeyBar
from tests.tui.player import Player, playing, walk


def started(monkeypatch: pytest.MonkeyPatch, settings: str) -> ScrutinyApp:
    """The application as `run` starts it with a settings file."""
    paths.settings_file().parent.mkdir(parents=True)
    paths.settings_file().write_text(settings, encoding="utf-8")
    apps: list[ScrutinyApp] = []
    monkeypatch.setattr(ScrutinyApp, "run", lambda app, **_: apps.append(app))
    assert app_module.run(None) == 0
    return apps[0]


def hints(player: Player) -> dict[str, str]:
    """What the key bar says that each key does."""
    shown = player.app.screen.query_one(KeyBar).hints
    assert len({hint.key for hint in shown}) == len(shown), "a key stands in the key bar twice"
    return {hint.key: hint.label for hint in shown}


async def test_own_keys_work_and_are_shown(draft_file: Path) -> None:
    """A person's own keys do what they say instead of the usual ones, in the walk, in the key bar and in help."""
    own = {"next-unrated": "f6, ctrl+b", "rate-green": "v", "rate-red": "f7", "evidence": "n", "list-down": "o"}
    async with playing(walk(draft_file, keys=own)) as player:
        assert player.said() == []
        assert hints(player)["v/a/f7"] == "Rate"
        assert hints(player)["f6"] == "Next unrated"
        assert hints(player)["n"] == "Evidence"
        await player.press("]", "g")
        assert player.walk.statement.id == "plan"
        assert player.here.rating is None
        await player.press("v", "f6", "f7", "ctrl+b", "o")
        ratings = {key: answer.rating for key, answer in player.assessment.answers.items()}
        assert ratings == {"plan": "green", "leaders": "red"}
        assert player.walk.statement.id == "safety"
        await player.press("n")
        assert player.focused == "evidence"
        assert "Rate" in hints(player).values()
        await player.until_gone("alt+f7")
        await player.press("f3", "escape", "escape", "f1")
        await player.until_on(HelpDialog)
        await player.until_shown("f6  Go to the next statement without a rating.")


async def test_keys_that_do_not_exist_are_said(draft_file: Path) -> None:
    """Ids that no command has are named in a notice; keys that no keyboard has, and empty ones, change nothing else."""
    own = {"nonsense": "f6", "[b]": "f7", "undo": "", "redo": "ctrl+no+such", "choice-leave": "q", "tracker": ","}
    async with playing(walk(draft_file, keys=own)) as player:
        (words,) = player.said()
        assert "[b], nonsense" in words
        assert "choice" not in words
        await player.press("g", "u")
        assert player.here.rating is None


async def test_settings_that_cannot_be_used_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings file with a mistake is shown with its line, and the usual settings apply."""
    async with playing(started(monkeypatch, 'name = "A"\nthemes = "[/b]"\n')) as player:
        await player.until_on(Problem)
        assert "line 2: themes" in player.asked()
        await player.press("enter")
        await player.until_on(LibraryScreen)


async def test_folder_and_theme_of_the_settings_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The settings' folder opens and their theme is put on; a theme that does not exist is said with those that do."""
    app = started(monkeypatch, f'folder = "{tmp_path}"\ntheme = "nord"\n')
    async with playing(app) as player:
        assert app.theme == "nord"
        assert app.folder == tmp_path
        assert player.said() == []
    async with playing(
        ScrutinyApp(app.settings.model_copy(update={"theme": "mud"}), app.remembered, tmp_path)
    ) as player:
        assert "textual-light" in player.said()[0]
