"""Whatever stands in a file, a file's name or a paste is text on the screen, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError
from textual.command import CommandPalette
from textual.widgets import Input, Select, TextArea

from scrutiny.model.assessment import Assessment
from scrutiny.model.text import LINE_LIMIT, clean_line, clean_note
from scrutiny.store import assessments, codec
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.assessment import DetailsForm, NewForm
from scrutiny.tui.dialogs.confirm import Problem
from scrutiny.tui.dialogs.copy import CopyForm
from scrutiny.tui.dialogs.export import ExportForm
from scrutiny.tui.dialogs.help import HelpDialog
from scrutiny.tui.dialogs.source import SourceForm
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.screens.summary import SummaryScreen
from scrutiny.tui.screens.tracker import TrackerScreen
from scrutiny.tui.screens.walk import WalkScreen
from tests import building
from tests.tui.player import NORMAL, Player, library, playing, walk

MARK = "PLANTED"

MARKUP = "[/b] [@click=app.quit]x[/] [red on $nothing [/] ]] [[ \\[ [=] [link=file:///]y[/link] {0} %s $v"
TERMINAL = "\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b[2J\x1b[31m\x9b31m\x90q\x9c\x9d0;c1\x07\x00\x08\x7f\x1bcz"
WRITING = "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 שָׁלוֹם العربية \u202eoverride\u202c \u2066isolate\u2069 漢字かな ﷽ 𝒳\ufdd0\u200b\ufeff"
SPACE = "a\r\nb\rc\u2028d\u0085e\x0bf\tg\t\th  i"

PAYLOADS = {"markup and codes": MARKUP + TERMINAL, "writing and length": SPACE + WRITING + "long" * 80 + "漢字" * 2500}
"""What people paste, and what somebody might plant."""


def paths(value: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all texts in plain data."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, inner in items:
        if isinstance(inner, str):
            yield (*place, key)
        else:
            yield from paths(inner, (*place, key))


def planted(value: Any, place: tuple[str | int, ...], text: str) -> Any:
    """Plain data with another text at a place."""
    if not place:
        return text
    key, *rest = place
    if isinstance(value, dict):
        return {**value, key: planted(value[key], tuple(rest), text)}
    assert isinstance(key, int)
    return [*value[:key], planted(value[key], tuple(rest), text), *value[key + 1 :]]


def takes_text(data: dict[str, Any], place: tuple[str | int, ...]) -> bool:
    """Whether any text may stand at a place."""
    try:
        Assessment.model_validate(planted(data, place, "Any text, at all"))
    except ValidationError:
        return False
    return True


def fields() -> dict[str, tuple[str | int, ...]]:
    """Every field of framework and assessment that takes any text, by what it is called, with one place of it each."""
    data = building.filled().model_dump()
    found: dict[str, tuple[str | int, ...]] = {}
    for place in paths(data):
        named = (part for at, part in enumerate(place) if not isinstance(part, int) and place[at - 1] != "answers")
        name = ".".join(str(part) for part in named)
        if name not in found and takes_text(data, place):
            found[name] = place
    return found


FIELDS = fields()


def escaped(text: str) -> str:
    """A text inside the quotation marks of a TOML string, with escapes for whatever a person could not type there."""
    plain = {'"': '\\"', "\\": "\\\\"}
    return "".join(
        plain.get(character, character)
        if character.isprintable() and character < "\x7f"
        else f"\\U{ord(character):08X}"
        for character in text
    )


def written(path: Path, places: list[tuple[str | int, ...]], text: str) -> Path:
    """A file in which a text stands at some places as somebody's own program may have put it there."""
    data: Any = building.filled().model_copy(update={"id": uuid4()}).model_dump()
    for place in places:
        data = planted(data, place, f"{MARK} {place[-1]}")
    content = codec.encode(Assessment.model_validate(data))
    path.write_text(content.replace(MARK, escaped(text)), encoding="utf-8")
    return path


def short(text: str) -> str:
    """As much of a text as fits on a line, with room for what else stands there."""
    return text[: LINE_LIMIT - 50]


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
