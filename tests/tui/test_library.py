"""The library, and how an assessment begins, is opened and is left again."""

from pathlib import Path
from uuid import uuid4

import pytest

from scrutiny.errors import FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.settings import load_remembered
from scrutiny.store import assessments
from scrutiny.tui.dialogs.assessment import NewForm
from scrutiny.tui.dialogs.confirm import Choice, Problem
from scrutiny.tui.screens.library import LibraryList, LibraryScreen
from scrutiny.tui.screens.walk import WalkScreen
from tests import building
from tests.tui.player import NARROW, library, playing, walk


async def test_an_empty_library_leads_to_the_first_assessment(tmp_path: Path) -> None:
    """An empty library says what to press and where files go; n begins an assessment in a folder that it makes."""
    folder = tmp_path / "new folder"
    async with playing(library(folder)) as player:
        await player.until_shown("Press n to begin one")
        await player.until_shown(folder.name)
        await player.press("n")
        await player.until_on(NewForm)
        assert player.focused == "partnership"
        await player.write("Northshire Safeguarding Partnership")
        await player.press("enter")
        await player.write("Northshire")
        await player.fill("#organisation", "Northshire Council")
        assert player.value("#file").startswith("northshire-20")
        assert player.value("#file").endswith("-self-assessment-northshire-council.toml")
        await player.fill("#cycle", "2026-27")
        await player.choose("#perspective", "peer-review")
        assert player.value("#file") == "northshire-2026-27-peer-review-northshire-council.toml"
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        assert player.session.path == folder / "northshire-2026-27-peer-review-northshire-council.toml"
        assert player.walk.statement.ref == "1.1"
        made = assessments.load(player.session.path).assessment
        assert made.framework.id == "multi-agency-scrutiny"
        assert (made.partnership, made.area) == ("Northshire Safeguarding Partnership", "Northshire")


async def test_what_is_known_is_filled_in_and_no_name_collides(folder: Path) -> None:
    """The next assessment begins with the last one's details and the settings' own, under a file name that is free."""
    async with playing(library(folder, name="A. Mallow", role="Chair")) as player:
        for number in ("", "-2"):
            await player.until_on(LibraryScreen)
            await player.press("n")
            await player.until_on(NewForm)
            assert (player.value("#name"), player.value("#role")) == ("A. Mallow", "Chair")
            if not number:
                await player.fill("#partnership", "Northshire Safeguarding Partnership")
                await player.fill("#area", "Northshire")
                await player.fill("#cycle", "2026-27")
            assert player.value("#partnership") == "Northshire Safeguarding Partnership"
            assert player.value("#file") == f"northshire-2026-27-self-assessment{number}.toml"
            await player.press("ctrl+s")
            await player.until_on(WalkScreen)
            await player.press("escape")
    assert len(list(folder.glob("*.toml"))) == 2
    assert load_remembered().area == "Northshire"


async def test_a_file_name_that_cannot_be_is_said(folder: Path, draft: Assessment) -> None:
    """A file name that is taken, hidden, leads elsewhere or fits no disk is said in the form; nothing is written."""
    building.written(folder / "taken.toml", draft)
    async with playing(library(folder)) as player:
        await player.press("n")
        await player.until_on(NewForm)
        await player.fill("#partnership", "Northshire")
        await player.fill("#area", "Northshire")
        names = {"taken": "taken.toml exists already", "a" * 252: "too long", "é" * 126: "too long"}
        names |= dict.fromkeys(["../up", "a/b", "", ".", ".hidden", "a\x00/b"], "cannot be used")
        names |= dict.fromkeys(["C:\\b", "nul"], "Windows cannot hold")
        for name, words in names.items():
            await player.fill("#file", name)
            await player.press("ctrl+s")
            assert words in player.wrong(), name
        assert [path.name for path in folder.parent.rglob("*.toml")] == ["taken.toml"]


async def test_a_form_is_not_left_by_mistake(folder: Path) -> None:
    """escape leaves an untouched form at once, and a touched one only after a question whose safe answer stays."""
    async with playing(library(folder)) as player:
        await player.press("n")
        await player.until_on(NewForm)
        await player.press("escape")
        await player.until_on(LibraryScreen)
        await player.press("n")
        await player.until_on(NewForm)
        await player.write("North")
        await player.press("f1")
        assert "ctrl+s keeps" in player.said()[-1]
        for key in ("escape", "ctrl+q"):
            await player.press(key)
            await player.until_on(Choice)
            await player.press("enter")
            await player.until_on(NewForm)
            assert player.value("#partnership") == "North"
        await player.press("ctrl+s")
        assert "area is empty" in player.wrong()
        await player.press("escape", "right", "enter")
        await player.until_on(LibraryScreen)
    assert not list(folder.iterdir())


async def test_an_assessment_is_opened_left_and_opened_at_the_same_place(
    folder: Path, draft_file: Path, filled: Assessment
) -> None:
    """enter opens the highlighted row; escape leads out step by step; the place is there at the next start."""
    building.written(folder / "another.toml", filled.model_copy(update={"id": uuid4(), "area": "Eastmoor"}))
    async with playing(library(folder)) as player:
        await player.until_shown("Northshire")
        await player.press("down", "enter")
        await player.until_on(WalkScreen)
        assert player.session.path == draft_file
        await player.press("G", "e")
        await player.write("Kept")
        await player.press("escape")
        assert player.focused == "statements"
        await player.press("escape")
        await player.until_on(LibraryScreen)
        assert player.app.session is None
        assert assessments.load(draft_file).assessment.answer("safety").evidence == "Kept"
    async with playing(library(folder)) as player:
        await player.until_shown("Northshire")
        await player.press("j", "enter")
        await player.until_on(WalkScreen)
        assert player.walk.statement.id == "safety"


async def test_quitting_saves(draft_file: Path) -> None:
    """ctrl+q puts the last letters on the disk before the program ends, and remembers the place and the theme."""
    async with playing(walk(draft_file)) as player:
        player.app.theme = "textual-light"
        await player.press("j", "e")
        await player.write("Last words")
        await player.press("ctrl+q")
        await player.until(lambda: player.app._exit)
    assert assessments.load(draft_file).assessment.answer("leaders").evidence == "Last words"
    async with playing(walk(draft_file)) as player:
        assert player.app.theme == "textual-light"
        assert player.walk.statement.id == "leaders"


async def test_files_that_cannot_be_read_say_why(folder: Path, draft_file: Path) -> None:
    """Broken files stand below the others with the reason; enter shows the reason in full and what to do."""
    text = draft_file.read_text(encoding="utf-8")
    broken = {
        "cut.toml": text[: len(text) // 2],
        "empty.toml": "",
        "git.toml": "<<<<<<< HEAD\n" + text,
        "newer.toml": text.replace("format = 1", "format = 99"),
        "other.toml": 'name = "not ours"\n',
        "typo.toml": text.replace("area =", "aera ="),
    }
    for name, content in broken.items():
        (folder / name).write_text(content, encoding="utf-8")
    async with playing(library(folder)) as player:
        await player.until(lambda: player.app.screen.query_one(LibraryList).count() == len(broken) + 1)
        for name in broken:
            await player.press("down")
            line = next(line for line in player.lines() if line.startswith("> "))
            assert name in line
            assert " ! " in line
            await player.press("enter")
            await player.until_on(Problem)
            assert name in player.asked()
            await player.press("enter")


async def test_a_file_that_has_vanished_is_said(draft_file: Path) -> None:
    """Opening a file that has gone since the folder was read says so, and the library stays."""
    async with playing(library(draft_file.parent)) as player:
        await player.until_shown("Northshire")
        draft_file.unlink()
        await player.press("enter")
        await player.until_on(Problem)
        assert "there is no such file" in player.asked()
        await player.press("escape", "r")
        await player.until_shown("no assessments here yet")


async def test_a_folder_of_150_is_listed(folder: Path, draft_file: Path) -> None:
    """A large folder is listed whole, and its last assessment is opened."""
    text = draft_file.read_text(encoding="utf-8")
    for number in range(149):
        (folder / f"area-{number:03}.toml").write_text(text.replace('"Northshire"', f'"Area {number:03}"'), "utf-8")
    async with playing(library(folder), NARROW) as player:
        await player.until(lambda: player.app.screen.query_one(LibraryList).count() == 150)
        await player.press("G")
        await player.until_shown("> Northshire")
        await player.press("enter")
        await player.until_on(WalkScreen)
        assert player.session.path == draft_file


async def test_a_folder_that_fails_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where reading the folder fails altogether, the library says so instead of staying blank."""

    def fail(_: Path) -> None:
        raise OSError(5, "gone")

    monkeypatch.setattr("scrutiny.tui.screens.library.list_folder", fail)
    async with playing(library(folder)) as player:
        await player.until_on(Problem)


async def test_a_folder_without_the_right_to_list_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder cannot be read, the library shows why in place of the rows, and does not look empty."""

    def refuse(_: Path) -> None:
        raise FileProblem("The folder cannot be read: permission denied.", hint="Check its permissions.")

    monkeypatch.setattr("scrutiny.tui.screens.library.list_folder", refuse)
    async with playing(library(folder)) as player:
        await player.until_shown("permission denied. Check its permissions.")


async def test_a_file_that_has_vanished_is_not_exported(draft_file: Path) -> None:
    """Exporting a row loads its file, and says so if it has gone since the folder was read."""
    async with playing(library(draft_file.parent)) as player:
        await player.until_shown("Northshire")
        draft_file.unlink()
        await player.press("w")
        await player.until_on(Problem)
        assert "there is no such file" in player.asked()


async def test_a_broken_framework_is_named(folder: Path) -> None:
    """A framework of one's own that cannot be used is named when an assessment is begun; the others are offered."""
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "ours.toml").write_text('id = "[/b] x"\nsections = []\n', encoding="utf-8")
    async with playing(library(folder)) as player:
        await player.press("n")
        await player.until_on(NewForm)
        assert "ours.toml is not a usable framework" in player.said()[0]
