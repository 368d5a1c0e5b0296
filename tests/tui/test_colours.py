"""Colours that everybody can read, and ratings that need none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.color import Color as TerminalColour
from textual.color import Color

from scrutiny.model.framework import Band
from scrutiny.tui import content
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.confirm import Problem
from scrutiny.tui.dialogs.help import HelpDialog
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.screens.summary import SummaryScreen
from scrutiny.tui.screens.tracker import TrackerScreen
from scrutiny.tui.screens.walk import WalkScreen
from tests.tui.player import Player, library, playing, walk

ENOUGH = 4.5
"""The least ratio of brightness that text needs (WCAG 2.2, 1.4.3)."""


def ratio(one: Color, other: Color) -> float:
    """How much brighter one colour is than another, as WCAG has it."""

    def brightness(colour: Color) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    darker, brighter = sorted((brightness(one), brightness(other)))
    return (brighter + 0.05) / (darker + 0.05)


def foreground(style: str, variables: dict[str, str], background: Color) -> Color:
    """The colour of text in one of our styles, on a background."""
    words = [word for word in style.partition(" on ")[0].split() if word != "bold"]
    colour = Color.parse(variables[words[0].removeprefix("$")] if words[0].startswith("$") else words[0])
    return background.blend(colour, int(words[1].removesuffix("%")) / 100) if len(words) > 1 else colour


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_our_styles_can_be_read_on_every_ground(folder: Path, theme: str) -> None:
    """Each colour that text is given stands out from each ground that it may stand on, and so does every chip."""
    app = library(folder, theme=theme)
    async with playing(app):
        variables = app.theme_variables
        for ground in ("background", "surface", "panel"):
            on = Color.parse(variables[ground])
            for style in ("$foreground", content.HEADING, content.MUTED, content.ALERT, content.ALARM):
                found = ratio(foreground(style, variables, on), on)
                assert found >= ENOUGH, f"{style} on {ground}: {found:.2f}"
        for band in (*Band, None):
            style = content.band_style(band)
            ground = style.partition(" on ")[2]
            on = Color.parse(variables[ground[1:]] if ground.startswith("$") else ground)
            assert ratio(foreground(style, variables, on), on) >= ENOUGH


def painted(player: Player) -> Iterator[tuple[str, Color, Color]]:
    """Every word of the page or the dialog in front, with its colour and the colour behind it."""

    def colour(found: TerminalColour | None) -> Color:
        assert found is not None
        return Color.from_rich_color(found)

    dialogs = list(player.app.screen.query(".dialog"))
    front = dialogs[0].region if dialogs else player.app.screen.region
    for strip in player.app.screen._compositor.render_strips()[front.y : front.bottom]:
        for segment in strip.crop(front.x, front.right):
            if segment.style is not None and any(character.isalnum() for character in segment.text):
                yield segment.text, colour(segment.style.color), colour(segment.style.bgcolor)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_every_word_on_every_screen_can_be_read(filled_file: Path, theme: str) -> None:
    """Whatever stands on a screen, highlighted or not, in a field or on a button, stands out from what is behind it."""
    filled_file.with_name("broken.toml").write_text("", encoding="utf-8")
    async with playing(library(filled_file.parent, theme=theme)) as player:
        await player.until_shown("Northshire")
        for keys, screen in (
            ([], LibraryScreen),
            (["down"], LibraryScreen),
            (["up", "enter"], WalkScreen),
            (["j", "j"], WalkScreen),
            (["j", "e"], WalkScreen),
            (["f3"], ActionForm),
            (["ctrl+s"], ActionForm),
            (["escape", "f9"], SummaryScreen),
            (["s"], Problem),
            (["escape", "escape", "alt+t"], TrackerScreen),
            (["f1"], HelpDialog),
        ):
            await player.press(*keys)
            if screen is Problem:
                player.app.screen.dismiss()
                continue
            await player.until_on(screen)
            for words, front, behind in painted(player):
                assert ratio(front, behind) >= ENOUGH, f"{screen.__name__}: {words!r} {front.hex} on {behind.hex}"


async def test_ratings_need_no_colour(filled_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR set, ratings are letters and words, and nothing on the screen has a hue."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with playing(walk(filled_file)) as player:
        assert player.app.no_color
        await player.press("j", "j")
        for words in (" G  One plan", "n/a The three partners", " A  Voice", " R  Safety", "● A Amber", "○ R Red"):
            await player.until_shown(words)
        for words, front, behind in painted(player):
            for colour in (front, behind):
                assert colour.r == colour.g == colour.b, words
        await player.press("m")
        await player.until_on(SummaryScreen)
        await player.until_shown("R 1")
        await player.until_shown("Red")
