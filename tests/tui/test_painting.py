"""What is kept from one paint to the next: it never differs from what would be painted afresh."""

from pathlib import Path

from textual.widgets import TextArea

from scrutiny.tui.widgets.row_list import RowList
from scrutiny.tui.widgets.text_fields import NoteArea
from tests.tui.player import NARROW, NORMAL, WIDE, Player, playing, walk


async def until_painted_afresh(player: Player) -> None:
    """Wait until everything has its place, and compare what is kept of each line with the line as it would be drawn."""
    await player.settle()
    for note in player.app.screen.query(NoteArea):
        for y in range(note.size.height):
            assert note.render_line(y) == TextArea.render_line(note, y), (note.id, y)
    for rows in player.app.screen.query(RowList):
        kept = [rows.render_line(y) for y in range(rows.size.height)]
        rows._strips.clear()
        for y, strip in enumerate(kept):
            assert strip == rows.render_line(y), (rows.id, y)


async def test_nothing_old_stays_on_the_screen(filled_file: Path) -> None:
    """After ratings, typing, undo, other statements, other colours and other windows, each line is as if drawn anew."""
    async with playing(walk(filled_file), NORMAL) as player:
        await until_painted_afresh(player)
        for keys in (
            ["r"],
            ["j", "a"],
            ["u"],
            ["e", "a", "space", "b", "enter", "c"],
            ["up", "x", "home"],
            ["shift+down", "shift+right"],
            ["ctrl+z", "ctrl+z"],
            ["ctrl+y"],
            ["ctrl+n", "q"],
            ["alt+x"],
            ["ctrl+o", "escape"],
            ["tab", "tab", "tab"],
            ["down", "enter", "escape"],
        ):
            await player.press(*keys)
            await until_painted_afresh(player)
        await player.press("e")
        await player.paste("word \t" * 300 + "[/b]\n\n漢字" * 20)
        await until_painted_afresh(player)
        for size in (NARROW, WIDE, NORMAL):
            await player.resize(size)
            await until_painted_afresh(player)
        for theme in ("textual-light", "nord", "textual-dark"):
            player.app.theme = theme
            await until_painted_afresh(player)
        await player.press("ctrl+home", "pagedown", "delete", "escape")
        await until_painted_afresh(player)
