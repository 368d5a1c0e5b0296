"""Every key, its words, the palette and the key bar."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding, BindingsMap
from textual.command import CommandPalette
from textual.dom import DOMNode

from scrutiny import tui
from scrutiny.tui import keys
from scrutiny.tui.page import Page
from scrutiny.tui.palette import PageCommands
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.screens.summary import SummaryScreen
from scrutiny.tui.screens.tracker import TrackerScreen
from scrutiny.tui.screens.walk import WalkScreen
from scrutiny.tui.widgets.key_bar import MOST, KeyBar
from tests import building
from tests.tui.player import NARROW, NORMAL, WIDE, Player, library, playing, walk

ALIKE = {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+left_square_bracket"}
"""Keys that a terminal cannot tell from others."""

TYPED = re.compile(r"[a-zA-Z0-9]|ctrl\+[acdekuvwxyz]|f6|f7|left|right|up|down|home|end|enter|space|delete|backspace")
"""Keys that a text area takes."""


def classes() -> Iterator[type[DOMNode]]:
    """Every application, screen, dialog and widget of ours."""
    for module in pkgutil.walk_packages(tui.__path__, f"{tui.__name__}."):
        for found in vars(importlib.import_module(module.name)).values():
            if isinstance(found, type) and issubclass(found, DOMNode) and found.__module__ == module.name:
                yield found


def bindings() -> Iterator[Binding]:
    """Every binding that our classes declare."""
    for found in classes():
        for declared in found.__dict__.get("BINDINGS", ()):
            assert isinstance(declared, Binding), f"{found.__name__} has a binding without an id"
            yield declared


def own(node: DOMNode) -> Iterator[Binding]:
    """The bindings of a node that are not Textual's."""
    theirs = [
        base for base in type(node).__mro__ if base.__module__.startswith("textual.") and "BINDINGS" in vars(base)
    ]
    known = {(key, binding.action) for base in theirs for key, binding in BindingsMap(vars(base)["BINDINGS"])}
    yield from (binding for key, binding in node._bindings if (key, binding.action) not in known)


def test_every_command_has_an_id_of_its_own_and_words() -> None:
    """Ids are never shared; every command has a word or two for the bar and a sentence for help."""
    commands = keys.every_command()
    assert len({command.id for command in commands}) == len(commands)
    for command in commands:
        assert command.label
        assert command.tooltip.endswith(".")
    assert {binding.id for binding in bindings()} <= {command.id for command in commands}


def test_no_key_is_one_that_terminals_confuse() -> None:
    """No command sits on a key that a terminal cannot tell from another one."""
    for command in keys.every_command():
        assert not ALIKE & set(command.keys), command.id


def test_everything_done_while_writing_has_a_key_that_text_leaves_alone() -> None:
    """What the walk offers while one writes can be reached by a key that a text area does not take."""
    by_id = {command.id: command for command in keys.WALK}
    for name in ("evidence", "source-new", "action-new", "next", "previous", "next-unrated", "summary", "back", "save"):
        assert any(not TYPED.fullmatch(key) for key in by_id[name].keys), name


@pytest.mark.parametrize("size", [WIDE, NORMAL, NARROW])
async def test_every_page_shows_few_hints_and_offers_every_command(filled_file: Path, size: tuple[int, int]) -> None:
    """On every page, bindings have ids and words, the bar holds seven hints at most, and the palette every command."""
    async with playing(library(filled_file.parent), size) as player:
        await player.until_shown("Northshire")
        for press, page in (
            ([], LibraryScreen),
            (["enter"], WalkScreen),
            (["e"], WalkScreen),
            (["f9"], SummaryScreen),
            (["escape", "alt+t"], TrackerScreen),
            (["slash"], TrackerScreen),
        ):
            await player.press(*press)
            await player.until_on(page)
            await check_bar(player)
            check_bindings(player)
            await check_palette(player)


async def check_bar(player: Player) -> None:
    """Seven hints at most, each different, help and the palette always among them, all within the window."""
    bar = player.app.screen.query_one(KeyBar)
    fitting = bar._fitting()
    assert len(fitting) <= MOST
    assert [hint.label for hint in fitting[-2:]] == ["Help", "Commands"]
    assert sum(bar._content(hint).cell_length for hint in fitting) <= player.app.size.width
    assert len({hint.key for hint in fitting}) == len(fitting)
    assert fitting[0].label in player.lines()[-1]


def check_bindings(player: Player) -> None:
    """Every binding of every widget of ours has an id, words, and a sentence."""
    for node in (player.app, *player.app.screen.walk_children(with_self=True)):
        if type(node).__module__.startswith("scrutiny."):
            for binding in own(node):
                assert binding.id, f"{type(node).__name__}: {binding.key}"
                assert binding.description, binding.id
                assert binding.tooltip, binding.id


async def check_palette(player: Player) -> None:
    """Every command of the page stands in the palette, with its key, and leads to something that can be done."""
    page = player.app.screen
    assert isinstance(page, Page)
    found = [hit async for hit in PageCommands(page).discover()]
    offered = {hit.text or "" for hit in found}
    for command in (*page.commands, *keys.EVERYWHERE):
        if command.id != "palette":
            assert any(text.startswith(command.label) for text in offered), command.id
            name, _, target = command.action.partition("(")[0].rpartition(".")
            assert hasattr(player.app if name else page, f"action_{target}"), command.id


async def test_the_palette_does_what_it_says(filled_file: Path) -> None:
    """What is found by its words and chosen in the palette is done: on the page, and in the program as a whole."""
    async with playing(walk(filled_file)) as player:
        await player.press("ctrl+p")
        await player.until_on(CommandPalette)
        await player.write("not applicable")
        await player.until_shown("Say that the statement does not apply")
        await player.press("enter", "enter")
        await player.until_on(WalkScreen)
        await player.until(lambda: player.here.not_applicable)
        await player.press("escape", "ctrl+p")
        await player.write("end.")
        await player.until_shown("Save what is unsaved and end")
        await player.press("enter", "enter")
        await player.until(lambda: player.app._exit)


async def test_framework_words_in_the_palette_are_text(folder: Path) -> None:
    """Brackets in the words of a scale neither crash the palette nor act in it."""
    levels = [
        level.model_copy(update={"label": f"[/b] [@click=app.quit]{level.label}[/]"})
        for level in building.FOUR_GRADES.levels
    ]
    framework = building.graded().model_copy(
        update={"scale": building.FOUR_GRADES.model_copy(update={"levels": tuple(levels)})}
    )
    path = building.written(folder / "graded.toml", building.draft(framework=framework))
    async with playing(walk(path)) as player:
        await player.press("ctrl+p")
        await player.until_on(CommandPalette)
        await player.until_shown("Rate the statement [/b] [@click=app.quit]Outstanding[/]")
        await player.write("grade")
        await player.press("escape")
        await player.until_on(WalkScreen)


async def test_keys_that_come_before_the_screen_does_no_harm(draft_file: Path) -> None:
    """Keys that arrive while a screen or a dialog is still being made neither fail nor act on the one below."""
    bursts = ("n escape", "n ctrl+s", "m enter", "t s f", "f1 q", "s tab ctrl+s", "ctrl+p j")
    async with playing(walk(draft_file)) as player:
        before = player.assessment
        for burst in bursts:
            await player.burst(*burst.split())
            assert not player.app._exit, burst
            while not isinstance(player.app.screen, WalkScreen):
                await player.press("escape")
            assert player.assessment == before, burst


async def test_keys_that_come_before_the_walk_does_no_harm(draft_file: Path) -> None:
    """Keys pressed while an assessment is still being opened do not end the program."""
    async with playing(library(draft_file.parent)) as player:
        await player.until_shown("Northshire")
        await player.burst("enter")
        while not isinstance(player.app.screen, WalkScreen):
            await player.burst("j", "e")
        await player.burst("j", "g", "ctrl+s", "]", "m")
        await player.until(lambda: player.app.screen.is_mounted)
