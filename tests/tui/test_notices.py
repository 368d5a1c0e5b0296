"""Notices: few at a time, one of a kind, and none that costs more than the one before."""

from pathlib import Path

from textual.widgets._toast import Toast, ToastHolder

from scrutiny.tui.notices import MOST
from tests.tui.player import Player, playing, walk


def toasts(player: Player) -> int:
    """How many notices stand on the screen."""
    return len(player.app.screen.query(Toast))


async def test_a_held_key_gives_one_notice(draft_file: Path) -> None:
    """Undo pressed again and again with nothing to undo shows one notice, and builds no other."""
    async with playing(walk(draft_file)) as player:
        await player.press("u")
        first = player.app.screen.query(Toast).first()
        for _ in range(30):
            await player.press("u")
        assert len(player.said()) == 1
        assert list(player.app.screen.query(Toast)) == [first]


async def test_a_step_replaces_the_notice_of_the_step_before(draft_file: Path) -> None:
    """Of many steps back and forth only the latest is told, and the screen keeps nothing of the others."""
    async with playing(walk(draft_file)) as player:
        for key in "garga":
            await player.press(key)
        for key in "uuuuuUUUUU":
            await player.press(key)
            assert len(player.said()) == 1
        await player.until(lambda: toasts(player) == 1)
        assert len(player.app.screen.query(ToastHolder)) <= 3


async def test_few_notices_stand_at_one_time(draft_file: Path) -> None:
    """The oldest notice makes room for a new one, but an error stays longer than what is less serious."""
    async with playing(walk(draft_file)) as player:
        player.app.notify("Not saved.", severity="error")
        for number in range(10):
            player.app.notify(f"Number {number}.")
        await player.until(lambda: "Number 9." in player.said())
        assert player.said() == ["Not saved.", "Number 7.", "Number 8.", "Number 9."]
        await player.until(lambda: toasts(player) == MOST)


async def test_a_notice_is_told_again_after_another(draft_file: Path) -> None:
    """The same words given again stand last, once."""
    async with playing(walk(draft_file)) as player:
        for words in ("One.", "Two.", "One."):
            player.app.notify(words)
        await player.until(lambda: player.said() == ["Two.", "One."])
