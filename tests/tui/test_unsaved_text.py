"""Text that was not saved, and whose file is gone: the library says so, and the text is saved or discarded there."""

import threading
from pathlib import Path
from uuid import UUID

import pytest
from textual.widgets import Select

from scrutiny.errors import FileProblem
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, recovery, recovery_list
from scrutiny.tui.dialogs.confirm import Choice, Problem
from scrutiny.tui.dialogs.unsaved_text import UnsavedTextDialog
from scrutiny.tui.screens.library import KeptLine, LibraryScreen
from tests import building
from tests.tui.player import NARROW, NORMAL, library, playing


def lost(path: Path, assessment: Assessment, session: str = "0123abcd") -> Path:
    """Keep text for a file that is not there; the recovery file."""
    kept_at = building.recovery_path(path, session, assessment.id)
    recovery.keep(kept_at, edits.write_evidence(assessment, "plan", "Typed last."), path)
    return kept_at


async def test_nothing_is_said_where_nothing_waits(draft_file: Path, draft: Assessment) -> None:
    """Text that is offered when its file is opened, at its old place or a new one, is no matter of the library."""
    lost(draft_file, draft)
    lost(draft_file.with_name("before-it-was-moved.toml"), draft, "4567abcd")
    async with playing(library(draft_file.parent)) as player:
        await player.until_shown("Northshire")
        await player.press("u")
        assert "No text is waiting" in player.said()[-1]
        assert not player.app.screen.query_one(KeptLine).display


@pytest.mark.parametrize("size", [NORMAL, NARROW])
async def test_text_whose_file_is_gone_is_saved(folder: Path, draft: Assessment, size: tuple[int, int]) -> None:
    """A line below the list says how to see it; saved, it is a file of the same name here, and the line goes."""
    kept_at = lost(folder / "gone" / "gone.toml", draft)
    async with playing(library(folder), size) as player:
        await player.until_shown("Unsaved text of 1 file that is gone is kept: u shows it.")
        await player.press("u")
        await player.until_on(UnsavedTextDialog)
        await player.until_shown("gone.toml")
        assert "Northshire 2026-27" in player.shown()
        player.app.screen.query_one("#choice-0", Select).value = "save"
        await player.press("ctrl+s")
        await player.until_on(LibraryScreen)
        await player.until((folder / "gone.toml").exists)
        await player.until(lambda: not player.app.screen.query_one(KeptLine).display)
        await player.until_shown("Northshire")
    assert assessments.load(folder / "gone.toml").assessment.answer("plan").evidence == "Typed last."
    assert not kept_at.exists()


async def test_a_name_that_is_taken_is_not_written_over(folder: Path, draft: Assessment, filled: Assessment) -> None:
    """Where other files have the name already, the text is saved beside them; without a usable name it gets one."""
    other = filled.model_copy(update={"id": UUID(int=1)})
    for name in ("gone.toml", "gone-recovered.toml"):
        building.written(folder / name, other)
    lost(folder / "else" / "gone.toml", draft)
    lost(folder / "else" / "con.toml", draft, "4567abcd")
    async with playing(library(folder)) as player:
        await player.until_shown("2 files that are gone")
        await player.click(KeptLine.__name__)
        await player.until_on(UnsavedTextDialog)
        for select in player.app.screen.query(Select):
            select.value = "save"
        await player.press("ctrl+s")
        await player.until((folder / "gone-recovered-2.toml").exists)
        await player.until((folder / "northshire-2026-27-self-assessment.toml").exists)
    assert assessments.load(folder / "gone.toml").assessment == other


async def test_text_is_discarded_after_a_question(folder: Path, draft: Assessment) -> None:
    """Escape and the safe answer leave it where it is; only the second answer removes it."""
    kept_at = lost(folder / "else" / "gone.toml", draft)
    async with playing(library(folder)) as player:
        await player.until_shown("u shows it")
        await player.press("u")
        await player.until_on(UnsavedTextDialog)
        await player.press("escape")
        await player.until_on(LibraryScreen)
        for answer in ("stay", "discard"):
            await player.press("u")
            await player.until_on(UnsavedTextDialog)
            player.app.screen.query_one("#choice-0", Select).value = "discard"
            await player.press("ctrl+s")
            await player.until_on(Choice)
            assert kept_at.exists()
            await player.answer(answer)
            await player.until_on(LibraryScreen)
        await player.until(lambda: not kept_at.exists())


async def test_a_discard_that_is_thought_better_of_saves_the_others(folder: Path, draft: Assessment) -> None:
    """The question is about what is to be discarded; what is to be saved is saved whatever the answer."""
    files = [lost(folder / "else" / f"{name}.toml", draft, f"{name}123") for name in ("one", "two")]
    async with playing(library(folder)) as player:
        await player.until_shown("2 files that are gone")
        await player.press("u")
        await player.until_on(UnsavedTextDialog)
        for select, value in zip(player.app.screen.query(Select), ("save", "discard"), strict=True):
            select.value = value
        await player.press("ctrl+s")
        await player.answer("stay")
        await player.until(lambda: [file.exists() for file in files].count(True) == 1)
    assert len(list(folder.glob("*.toml"))) == 1


async def test_text_of_an_open_session_is_left_to_it(folder: Path, draft: Assessment) -> None:
    """A session that opened the text meanwhile keeps it; that is said, and nothing is written."""
    kept_at = lost(folder / "else" / "gone.toml", draft)
    lock = recovery.lock_of(kept_at)
    async with playing(library(folder)) as player:
        await player.until_shown("u shows it")
        await player.press("u")
        await player.until_on(UnsavedTextDialog)
        lock.acquire()
        player.app.screen.query_one("#choice-0", Select).value = "save"
        await player.press("ctrl+s")
        await player.until_on(Problem)
        assert "still runs" in player.asked()
    lock.release()
    assert kept_at.exists()
    assert not list(folder.iterdir())


async def test_text_that_cannot_be_used_can_only_be_discarded(folder: Path, draft: Assessment) -> None:
    """A damaged recovery file is shown with the reason."""
    kept_at = lost(folder / "else" / "gone.toml", draft)
    kept_at.write_bytes(kept_at.read_bytes()[:1000])
    async with playing(library(folder)) as player:
        await player.until_shown("u shows it")
        await player.press("u")
        await player.until_on(UnsavedTextDialog)
        await player.until_shown("It cannot be used")
        assert "Save it as" not in str(player.app.screen.query_one(Select)._options)


async def test_the_recovery_folders_are_read_in_the_background(
    draft_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are there while the disk of the recovery folder still makes somebody wait, whose thread is another."""
    go_on, threads = threading.Event(), list[threading.Thread]()

    def slow(_known: object) -> list[Path]:
        threads.append(threading.current_thread())
        go_on.wait(60)
        return []

    monkeypatch.setattr(recovery_list, "without_file", slow)
    async with playing(library(draft_file.parent)) as player:
        await player.until(lambda: "Northshire" in player.shown())
        go_on.set()
    assert threading.main_thread() not in threads


async def test_a_folder_that_fails_still_tells_of_lost_text(
    folder: Path, draft: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text whose file is gone is told even where the folder cannot be read: it may be gone for that reason."""
    lost(folder / "else" / "gone.toml", draft)

    def refuse(_: Path) -> None:
        raise FileProblem("The folder cannot be read: permission denied.", hint="Check its permissions.")

    monkeypatch.setattr("scrutiny.tui.screens.library.list_folder", refuse)
    async with playing(library(folder)) as player:
        await player.until_shown("u shows it")
