"""Whatever stands in a file, a file's name or a paste is text on the screen, and nothing else."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, Select, TextArea

from scrutiny.model.assessment import Assessment
from scrutiny.model.text import clean_line, clean_note
from scrutiny.store import assessments
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.assessment import DetailsForm, NewForm
from scrutiny.tui.dialogs.confirm import Problem
from scrutiny.tui.dialogs.help import HelpDialog
from scrutiny.tui.dialogs.place import CopyForm, ExportForm
from scrutiny.tui.dialogs.source import SourceForm
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.screens.summary import SummaryScreen
from scrutiny.tui.screens.tracker import TrackerScreen
from scrutiny.tui.screens.walk import WalkScreen
from tests import building
from tests.planting import MARKUP, SPACE, TERMINAL, WRITING, escaped, fields, short, written
from tests.tui.player import NORMAL, Player, library, playing, walk

PAYLOADS = {"markup and codes": MARKUP + TERMINAL, "writing and length": SPACE + WRITING + "long" * 80 + "漢字" * 2500}
"""What people paste, and what somebody might plant."""


FIELDS = fields()


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_cleaned_on_its_way_in(tmp_path: Path, field: str) -> None:
    """Whatever the field, a file's escape codes and overrides are gone once it is open; the words stay as they were."""
    text = short(MARKUP + TERMINAL + WRITING + SPACE)
    path = written(tmp_path / "planted.toml", [FIELDS[field]], text)
    found: Any = assessments.load(path).assessment.model_dump()
    for part in FIELDS[field]:
        found = found[part]
    expected = f"{text} {FIELDS[field][-1]}"
    assert found in (clean_line(expected), clean_note(expected))


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_every_screen_shows_a_hostile_file_as_text(folder: Path, payload: str) -> None:
    """With the same hostile text in every field, every screen and dialog opens, and shows nothing but characters."""
    text = short(PAYLOADS[payload])
    written(folder / "hostile.toml", list(FIELDS.values()), text)
    written(folder / "other.toml", list(FIELDS.values()), text)
    async with playing(library(folder), NORMAL) as player:
        await player.until_shown("2026-27")
        for keys, screen in (
            ([], LibraryScreen),
            (["enter"], WalkScreen),
            (["j", "j", "j", "alt+i"], WalkScreen),
            (["k", "alt+i", "e"], WalkScreen),
            (["escape", "enter", "right", "left"], WalkScreen),
            (["ctrl+p"], CommandPalette),
            (["escape", "f1"], HelpDialog),
            (["escape", "home", "d"], DetailsForm),
            (["escape", "w"], ExportForm),
            (["escape", "m"], SummaryScreen),
            (["end", "home", "escape", "t"], TrackerScreen),
            (["f", "f", "f", "end", "enter"], ActionForm),
            (["escape", "escape"], WalkScreen),
        ):
            await player.press(*keys)
            await player.until_on(screen)
            player.assert_clean()
        player.walk.query_one("#sources").focus()
        await player.press("up", "enter")
        await player.until_on(SourceForm)
        player.assert_clean()
        await player.press("escape", "escape", "escape", "n")
        await player.until_on(NewForm)
        player.app.screen.query_one("#framework", Select).action_show_overlay()
        await player.settle()
        player.assert_clean()


async def paste_everywhere(player: Player, text: str) -> None:
    """Paste a text into every field of the form in front."""
    for field in player.app.screen.query("Input, TextArea"):
        if isinstance(field, Input | TextArea) and field.id not in ("due", "closed_on", "date", "as_at", "cycle"):
            await player.fill(f"#{field.id}", text)
    player.assert_clean()


async def test_what_is_pasted_is_cleaned(draft_file: Path) -> None:
    """Pastes into every note and every field of every form show only characters, and the session holds them cleaned."""
    text = f"{MARKUP}{TERMINAL}{WRITING}{SPACE}\ud800."
    line, note = clean_line(text), clean_note(text)
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        await player.paste(text)
        assert player.here.evidence == player.walk.pane.evidence.text == note
        await player.press("alt+x")
        await player.paste(text + "x" * 5000)
        assert player.here.reason == note + "x" * 5000
        player.assert_clean()
        await player.press("alt+g", "f8")
        await player.until_on(SourceForm)
        await paste_everywhere(player, text)
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        (source,) = player.here.sources
        assert (source.title, source.location) == (line, line)
        await player.press("f3")
        await player.until_on(ActionForm)
        await paste_everywhere(player, text)
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        (action,) = player.here.actions
        assert {action.agency, action.owner, action.closed_by} == {line}
        assert {action.text, action.outcome, action.impact, action.decision, action.progress[0].text} == {note}
        await player.press("alt+d")
        await player.until_on(DetailsForm)
        await paste_everywhere(player, text)
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        assert {player.assessment.area, player.assessment.partnership, player.assessment.respondent.role} == {line}
        await player.press("alt+w")
        await player.until_on(ExportForm)
        await paste_everywhere(player, text)
        await player.press("ctrl+s")
        assert player.wrong()
        await player.press("escape")
        await player.answer("leave")
        await player.until_on(WalkScreen)
        player.app.save_copy()
        await player.until_on(CopyForm)
        await paste_everywhere(player, text)
        await player.press("ctrl+s")
        assert player.wrong()
        assert (await player.until_saved()).answer("plan").evidence == note


async def test_names_of_files_and_keys_are_only_text(folder: Path, draft: Assessment) -> None:
    """Hostile names of files, and hostile keys that an error repeats, act neither in the library nor in a dialog."""
    odd = [f"{TERMINAL.replace(chr(0), '')}{MARKUP.replace('/', '')}", "\u202e\x9b31m", "[b]", "line\nbreak\t"]
    for name in odd:
        (folder / f"{name}1.toml").write_text("", encoding="utf-8")
        building.written(folder / f"{name}2.toml", draft.model_copy(update={"id": uuid4()}))
    content = (folder / "[b]2.toml").read_text(encoding="utf-8")
    (folder / "keys.toml").write_text(content.replace("area =", f'"{escaped(TERMINAL + MARKUP)}" ='), encoding="utf-8")
    async with playing(library(folder)) as player:
        await player.until_shown("keys.toml")
        player.assert_clean()
        for _ in range(4):
            await player.press("enter")
            await player.until_on(WalkScreen)
            player.assert_clean()
            await player.press("w")
            await player.until_on(ExportForm)
            player.assert_clean()
            await player.press("escape")
            player.app.save_copy()
            await player.until_on(CopyForm)
            player.assert_clean()
            await player.press("escape", "escape")
            await player.until_on(LibraryScreen)
            await player.press("down")
        for _ in range(5):
            await player.press("enter")
            await player.until_on(Problem)
            player.assert_clean()
            await player.press("escape", "down")


async def test_a_name_that_is_not_utf_8_is_exported_too(folder: Path, draft: Assessment) -> None:
    """A file whose name is in an older encoding is listed, opened and exported like any other."""
    building.written(folder / "caf\udce9.toml", draft)
    async with playing(library(folder)) as player:
        await player.until_shown("Northshire")
        player.assert_clean()
        await player.press("enter")
        await player.until_on(WalkScreen)
        player.assert_clean()
        await player.press("w")
        await player.until(lambda: isinstance(player.app.screen, ExportForm | Problem))
        assert isinstance(player.app.screen, ExportForm)
