"""The same by mouse: whatever a click can do, it does."""

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Button

from scrutiny.model.framework import NOT_APPLICABLE
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.confirm import Choice
from scrutiny.tui.dialogs.help import HelpDialog
from scrutiny.tui.dialogs.source import SourceForm
from scrutiny.tui.screens.library import LibraryList
from scrutiny.tui.screens.summary import SummaryList, SummaryScreen
from scrutiny.tui.screens.tracker import TrackerList, TrackerScreen
from scrutiny.tui.screens.walk import WalkScreen
from tests import building
from tests.tui.player import NARROW, NORMAL, WIDE, library, playing, walk


async def test_an_assessment_is_rated_and_written_by_mouse(filled_file: Path) -> None:
    """From the library to a statement, its rating, its evidence, what to look for, and back, without a key."""
    async with playing(library(filled_file.parent), NORMAL) as player:
        await player.until_shown("Northshire")
        await player.click(player.app.screen.query_one(LibraryList), at=(5, 0))
        await player.until_on(WalkScreen)
        await player.click("StatementList", at=(5, 5))
        assert player.walk.statement.id == "safety"
        await player.click("StatementList", at=(5, 3))
        assert player.walk.statement.id == "safety"
        await player.click("StatementList", at=(5, 1))
        assert player.walk.statement.id == "plan"
        for shown in (True, False):
            await player.click("#question")
            assert player.walk.pane.look_for_shown is shown
        await player.click("#evidence", at=(2, 0))
        assert player.focused == "evidence"
        await player.write("By mouse: ")
        assert "By mouse: " in player.here.evidence
        await player.click_hint("Back")
        assert player.focused == "statements"


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_every_chip_is_clicked(folder: Path, size: tuple[int, int]) -> None:
    """A click on a rating gives it, on whichever line of the bar it stands; a click beside it gives none."""
    path = building.written(folder / "graded.toml", building.draft(framework=building.graded()))
    async with playing(walk(path), size) as player:
        player.walk.go_to_statement("part-2")
        await player.settle()
        bar = player.walk.pane.bar
        await player.until(lambda: bar.size.width > 40)
        chips = list(bar._chips(bar.size.width))
        assert {chip.y for chip in chips} == {0, 1}
        for chip in chips:
            for x in (chip.x, chip.x + chip.content.cell_length - 1):
                await player.press("0")
                await player.click(bar, at=(x, chip.y))
                assert player.here.rating == chip.rating
        await player.click(bar, at=(chips[0].content.cell_length, 0))
        assert player.here.rating == NOT_APPLICABLE


async def test_items_are_added_changed_and_removed(draft_file: Path) -> None:
    """The rows that add a source or an action open its form, and so does an item; buttons keep, cancel and remove."""
    async with playing(walk(draft_file)) as player:
        for kind, form, field in (("#sources", SourceForm, "#title"), ("#actions", ActionForm, "#text")):
            await player.click(kind, at=(4, 0))
            await player.until_on(form)
            await player.click("#keep")
            assert player.wrong()
            await player.fill(field, "By mouse")
            await player.click("#keep")
            await player.until_on(WalkScreen)
            await player.click(kind, at=(4, 0))
            await player.until_on(form)
            await player.click("#cancel")
            await player.until_on(WalkScreen)
        assert [source.title for source in player.here.sources] == ["By mouse"]
        assert [action.text for action in player.here.actions] == ["By mouse"]
        await player.click("#sources", at=(4, 0))
        await player.until_on(SourceForm)
        await player.click("#remove")
        await player.until_on(WalkScreen)
        assert player.here.sources == ()


async def test_the_other_screens_are_used_by_mouse(filled_file: Path) -> None:
    """Key bar, rows, answers and the button of help do on a click what their keys do."""
    async with playing(walk(filled_file), NORMAL) as player:
        await player.press("m")
        await player.until_on(SummaryScreen)
        await player.click_hint("Submit")
        await player.until_on(Choice)
        await player.click("#leave")
        await player.until_on(SummaryScreen)
        await player.click_hint("Help")
        await player.click("#close")
        await player.until_on(SummaryScreen)
        await player.click(player.app.screen.query_one(SummaryList), at=(5, 2))
        await player.until_on(WalkScreen)
        assert player.walk.statement.id == "voice"
        await player.press("t")
        await player.until_on(TrackerScreen)
        await player.click_hint("Filter")
        assert "open" in player.lines()[0]
        await player.click_hint("Search")
        assert player.focused == "search"
        await player.click(player.app.screen.query_one(TrackerList), at=(5, 1))
        await player.until_on(ActionForm)
        await player.click("#cancel")
        await player.until_on(TrackerScreen)
        await player.click_hint("Commands")
        await player.until_on(CommandPalette)


async def test_a_double_click_closes_one_screen(filled_file: Path) -> None:
    """Whatever is clicked twice closes the dialog or the screen it stands on, and not the one below as well."""
    async with playing(walk(filled_file), NORMAL) as player:
        for keys, dialog, button in (("s", SourceForm, "#cancel"), ("f1", HelpDialog, "#close")):
            await player.press(keys)
            await player.until_on(dialog)
            pressed = player.app.screen.query_one(button, Button)
            pressed.press()
            pressed.press()
            await player.settle()
            await player.until_on(WalkScreen)
        await player.press("s")
        await player.until_on(SourceForm)
        await player.write("Once")
        pressed = player.app.screen.query_one("#keep", Button)
        pressed.press()
        pressed.press()
        await player.until_on(WalkScreen)
        assert [source.title for source in player.here.sources].count("Once") == 1
        await player.press("m")
        await player.until_on(SummaryScreen)
        rows = player.app.screen.query_one(SummaryList)
        rows.action_choose()
        rows.action_choose()
        await player.until_on(WalkScreen)
