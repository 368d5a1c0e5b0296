"""Exporting the tracker workbook."""

import zipfile
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Button

from scrutiny.model.assessment import Assessment
from scrutiny.tui.dialogs.confirm import Choice, Problem
from scrutiny.tui.dialogs.place import ExportForm
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.screens.walk import WalkScreen
from tests import building
from tests.tui.player import library, playing, walk


def starts(path: Path, beginning: bytes) -> bool:
    """Whether a file's content starts with something."""
    return path.read_bytes().startswith(beginning)


async def test_a_workbook_is_exported_beside_the_assessment(filled_file: Path) -> None:
    """w proposes a name beside the assessment; where a file has it, another name is proposed first, then replacing."""
    target = filled_file.with_name("filled-tracker.xlsx")
    second = filled_file.with_name("filled-tracker (2).xlsx")
    async with playing(walk(filled_file)) as player:
        await player.press("w")
        await player.until_on(ExportForm)
        assert player.value("#name") == target.name
        await player.press("ctrl+s")
        await player.until(lambda: any(target.name in words for words in player.said()))
        assert zipfile.is_zipfile(target)
        for standing, answer, beginning in (
            (b"somebody's", "other", b"somebody's"),
            (b"somebody's", "leave", b"somebody's"),
            (target.read_bytes() + b"an older one", "replace", b"PK"),
        ):
            target.write_bytes(standing)
            await player.press("w")
            await player.until_on(ExportForm)
            await player.press("ctrl+s")
            await player.answer(answer)
            await player.until_on(WalkScreen)
            await player.until(second.exists)
            await player.until(partial(starts, target, beginning))
        await player.until(lambda: target.read_bytes() == second.read_bytes())


async def test_the_assessment_itself_is_not_replaced(filled_file: Path) -> None:
    """Where a workbook's name leads to the assessment, only another name is offered, and the assessment stays."""
    before = filled_file.read_bytes()
    filled_file.with_name("filled-tracker.xlsx").hardlink_to(filled_file)
    async with playing(walk(filled_file)) as player:
        await player.press("w")
        await player.until_on(ExportForm)
        await player.press("ctrl+s")
        await player.until_on(Choice)
        assert not player.app.screen.query("#replace")
        assert "is not replaced" in player.asked()
        await player.answer("other")
        await player.until(filled_file.with_name("filled-tracker (2).xlsx").exists)
    assert filled_file.read_bytes() == before


@pytest.mark.parametrize("content", [b"somebody's", b"", b"PK\x03\x04 cut short"])
async def test_a_file_of_somebody_elses_is_never_offered_to_be_replaced(filled_file: Path, content: bytes) -> None:
    """Where the name belongs to a file that Scrutiny did not make, only another name is offered."""
    target = filled_file.with_name("filled-tracker.xlsx")
    target.write_bytes(content)
    async with playing(walk(filled_file)) as player:
        await player.press("w")
        await player.until_on(ExportForm)
        await player.press("ctrl+s")
        await player.until_on(Choice)
        assert [button.id for button in player.app.screen.query(Button)] == ["other", "leave"]
        await player.press("enter")
        await player.until(filled_file.with_name("filled-tracker (2).xlsx").exists)
    assert target.read_bytes() == content


async def test_a_place_that_cannot_be_is_said(filled_file: Path) -> None:
    """A folder that does not exist and a name that cannot be are said in the form; the form stays."""
    async with playing(library(filled_file.parent)) as player:
        await player.until_shown("Northshire")
        await player.press("w")
        await player.until_on(ExportForm)
        for folder in (str(filled_file), "~nobody-of-that-name/x", "/nowhere", "x" * 300, ""):
            await player.fill("#folder", folder)
            await player.press("ctrl+s")
            assert player.wrong(), folder
        await player.fill("#folder", str(filled_file.parent))
        for name in ("../up", "", "x" * 300):
            await player.fill("#name", name)
            await player.press("ctrl+s")
            assert player.wrong(), name
        await player.fill("#name", "Tracker.XLSX")
        await player.press("ctrl+s")
        await player.until_on(LibraryScreen)
        await player.until(lambda: (filled_file.parent / "Tracker.xlsx").exists())
    assert len(list(filled_file.parent.iterdir())) == 2


async def test_folders_with_odd_names_are_kept(tmp_path: Path, filled: Assessment) -> None:
    """The proposed place works as it is, whatever the folder and the file are called."""
    folder = tmp_path / "two  spaces and\x1b[31m [b]brackets[]"
    folder.mkdir()
    path = building.written(folder / "a [b] \x1b]0;c\x07.toml", filled)
    async with playing(walk(path)) as player:
        await player.press("w")
        await player.until_on(ExportForm)
        await player.press("ctrl+s")
        await player.until(lambda: list(folder.glob("*.xlsx")))
        await player.press("w")
        await player.until_on(ExportForm)
        await player.press("ctrl+s")
        await player.until_on(Choice)
        await player.until_shown("Save as a [b] ")
        assert not isinstance(player.app.screen, Problem)
        player.assert_clean()
