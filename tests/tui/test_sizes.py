"""Windows of every size: two columns, one column, and the notice for what is smaller still."""

from functools import partial
from pathlib import Path

from rich.cells import cell_len
from textual.widgets import Button

from scrutiny.errors import ScrutinyError
from scrutiny.model.assessment import Assessment
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.confirm import Problem
from scrutiny.tui.dialogs.form import Form
from scrutiny.tui.dialogs.help import HelpDialog
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.screens.summary import SummaryScreen
from scrutiny.tui.screens.tracker import TrackerScreen
from scrutiny.tui.screens.walk import WalkScreen
from scrutiny.tui.widgets.statement_list import StatementList
from tests import building
from tests.tui.player import NARROW, NORMAL, TOO_SMALL, WIDE, Player, library, playing, walk

LONG = ScrutinyError("This will not do. " * 12, hint="Say it again in other words.")


def painted_in_full(player: Player, size: tuple[int, int]) -> bool:
    """Whether the screen has as many lines, each as wide, as the window."""
    lines = player.lines()
    return len(lines) == size[1] and all(cell_len(line) == size[0] for line in lines)


async def until_buttons_are_seen(player: Player) -> None:
    """Wait until every button of the dialog in front is wholly inside the window."""
    buttons = player.app.screen.query(Button)
    assert buttons
    await player.until(lambda: all(player.visible(button) for button in buttons))


async def test_buttons_are_inside_the_window_in_every_dialog(filled_file: Path) -> None:
    """Whatever the size of the window, and however much a dialog has to say, its buttons can be seen and clicked."""
    async with playing(walk(filled_file), NARROW) as player:
        action = player.assessment.answer("voice").actions[0]
        dialogs = (
            lambda: ActionForm(player.assessment, "voice", action),
            lambda: HelpDialog(WalkScreen.HELP, [("f1", "Help. " * 20)] * 30),
            lambda: Problem(ScrutinyError("Wrong. " * 30, "Detail.\n" * 40, "Hint. " * 30)),
        )
        for dialog in dialogs:
            player.app.push_screen(dialog())
            await player.settle()
            for size in (NARROW, NORMAL):
                await player.resize(size)
                await until_buttons_are_seen(player)
                if isinstance(player.app.screen, Form):
                    player.app.screen.wrong(LONG)
                    await player.settle()
                    await until_buttons_are_seen(player)
                    await player.until_shown("This will not do.")
            player.app.pop_screen()
            await player.resize(NARROW)
            await player.settle()


async def test_every_field_of_a_form_is_reached_in_the_smallest_window(filled_file: Path) -> None:
    """tab brings each field of the longest form into view, in the smallest window, and at last its buttons."""
    async with playing(walk(filled_file), NARROW) as player:
        await player.press("n")
        await player.until_on(ActionForm)
        seen = []
        for _ in range(20):
            focused = player.app.focused
            assert focused is not None
            await player.until(partial(player.visible, focused))
            seen.append(focused.id)
            if focused.id == "cancel":
                break
            await player.press("tab")
        assert seen[0] == "text"
        assert {"due", "status", "decision", "closed_on", "keep"} <= set(seen)


async def test_one_column_shows_the_list_or_the_statement(filled_file: Path) -> None:
    """In a narrow window enter turns from the list to the statement, and escape back, then out."""
    async with playing(library(filled_file.parent), NARROW) as player:
        await player.until_shown("Northshire")
        await player.press("enter")
        await player.until_on(WalkScreen)
        listed, pane = player.walk.query_one(StatementList), player.walk.pane
        for keys, one, other in (
            (["down"], listed, pane),
            (["enter"], pane, listed),
            (["escape"], listed, pane),
            (["e"], pane, listed),
            (["ctrl+n"], pane, listed),
            (["escape"], listed, pane),
            (["x"], pane, listed),
            (["escape", "g", "l"], listed, pane),
        ):
            await player.press(*keys)
            assert one.display, keys
            assert not other.display, keys
            await player.until(lambda: player.app.focused and player.in_sight(player.app.focused))
        await player.resize(NORMAL)
        assert listed.display
        assert pane.display
        await player.resize(NARROW)
        await player.press("escape")
        await player.until_on(LibraryScreen)


async def test_what_is_written_stays_in_sight(draft_file: Path) -> None:
    """However small the window and long the note, the line that is being written can be read."""
    async with playing(walk(draft_file), NARROW) as player:
        await player.press("e")
        for number in range(12):
            await player.write(f"line {number}")
            await player.until_shown(f"line {number}")
            await player.press("enter")
        await player.press("pageup")
        await player.until_shown("line 0")
        await player.press("ctrl+n")
        await player.write("next")
        await player.until_shown("next")


async def test_the_focus_stays_in_sight_when_the_window_shrinks(draft_file: Path) -> None:
    """Somebody who writes goes on writing, in sight, when the window becomes narrow."""
    async with playing(walk(draft_file), WIDE) as player:
        await player.click("#evidence", at=(1, 0))
        await player.write("One ")
        await player.resize(NARROW)
        assert player.focused == "evidence"
        await player.write("plan")
        await player.until_shown("One plan")
        assert player.here.evidence == "One plan"


async def test_a_window_that_is_too_small_says_so(filled_file: Path) -> None:
    """Below the smallest size every screen says what it needs; in a larger window all is as it was."""
    async with playing(walk(filled_file), TOO_SMALL) as player:
        for key, page in (("j", WalkScreen), ("m", SummaryScreen), ("escape", WalkScreen), ("t", TrackerScreen)):
            await player.press(key)
            await player.until_on(page)
            await player.until_shown("The window is too small.")
            await player.until_shown("60 x 15")
        await player.press("escape")
        await player.resize(NARROW)
        await player.until_gone("too small")
        assert player.walk.statement.id == "leaders"


async def test_long_words_are_cut_where_they_stand(folder: Path, filled: Assessment) -> None:
    """However long a partnership's and a section's words are, each screen keeps its lines, in the smallest window."""
    sections = [
        section.model_copy(update={"title": f"{section.title} {'endless ' * 60}".strip()})
        for section in filled.framework.sections
    ]
    long = filled.model_copy(
        update={
            "partnership": "P" * 500,
            "area": "A" * 500,
            "framework": filled.framework.model_copy(update={"sections": tuple(sections)}),
        }
    )
    path = building.written(folder / ("long-" * 40 + ".toml"), long)
    async with playing(library(folder), NARROW) as player:
        await player.until_shown("AAAA")
        for keys in ([], ["enter"], ["enter"], ["f9"], ["escape", "alt+t"], ["escape", "alt+d"]):
            await player.press(*keys)
            await player.until(partial(painted_in_full, player, NARROW))
            assert "saved" in player.lines()[0] or not isinstance(player.app.screen, WalkScreen)
        assert path.exists()
