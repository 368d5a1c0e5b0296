"""What earlier sessions and others left, offered when a file is opened or while it is open."""

import shutil
from pathlib import Path

import pytest

from scrutiny import paths
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, recovery
from scrutiny.tui.dialogs.confirm import Choice
from scrutiny.tui.screens.walk import WalkScreen
from scrutiny.workspace.session import Session
from tests import building
from tests.tui.player import playing, walk


def saved(path: Path, text: str) -> None:
    """Write the evidence of a statement in a session of its own."""
    session = Session(assessments.load(path))
    session.edit(lambda now: edits.write_evidence(now, "plan", text), "the evidence")
    assert session.close(20)


def evidence(assessment: Assessment) -> str:
    """The evidence of that statement."""
    return assessment.answer("plan").evidence


@pytest.mark.parametrize(("answer", "kept"), [("newer", "Second."), ("keep", "First.")])
async def test_a_file_older_than_an_earlier_session_left_it(draft_file: Path, answer: str, kept: str) -> None:
    """It is said at the opening; the newer version can be brought back and undone; whoever keeps it is asked once."""
    saved(draft_file, "First.")
    old = draft_file.read_bytes()
    saved(draft_file, "Second.")
    draft_file.write_bytes(old)
    async with playing(walk(draft_file)) as player:
        await player.until_on(Choice)
        assert "older than what was saved" in player.asked()
        await player.answer(answer)
        await player.until_on(WalkScreen)
        assert evidence(await player.until_saved()) == kept
        if answer == "newer":
            await player.press("u")
            assert evidence(await player.until_saved()) == "First."
    async with playing(walk(draft_file)) as player:
        assert player.app.screen is player.walk


async def test_text_on_another_framework_is_offered_as_a_new_file(draft_file: Path) -> None:
    """What cannot be merged is not hidden: it can be saved beside the file, or waits for the next start."""
    other = building.draft(framework=building.graded())
    recovery.keep(building.recovery_path(draft_file, "0123"), other, draft_file)
    async with playing(walk(draft_file)) as player:
        await player.until_on(Choice)
        assert "another framework" in player.asked()
        await player.answer("later")
        await player.until_on(WalkScreen)
    async with playing(walk(draft_file)) as player:
        await player.until_on(Choice)
        await player.answer("new")
        await player.until_on(WalkScreen)
        await player.until(lambda: len(list(draft_file.parent.glob("draft-recovered-*.toml"))) == 1)
        await player.until(lambda: not list(recovery.find(draft_file)))
    (copy,) = draft_file.parent.glob("draft-recovered-*.toml")
    assert assessments.load(copy).assessment == other


@pytest.mark.parametrize(("answer", "kept"), [("older", "First."), ("keep", "Second.First.")])
async def test_an_older_copy_put_back_under_an_open_window(draft_file: Path, answer: str, kept: str) -> None:
    """What is here is kept and saved again; the older copy is a choice, and undo brings ours back."""
    saved(draft_file, "First.")
    old = draft_file.read_bytes()
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        await player.write("Second.")
        await player.press("escape")
        await player.until_saved()
        assert evidence(player.assessment) == "Second.First."
        draft_file.write_bytes(old)
        await player.until_on(Choice)
        assert "older copy" in player.asked()
        await player.answer(answer)
        assert evidence(await player.until_saved()) == kept
        assert evidence(assessments.load(draft_file).assessment) == kept
        if answer == "older":
            await player.press("u")
            assert evidence(await player.until_saved()) == "Second.First."


async def test_a_lock_that_cannot_be_had_is_said_once(draft_file: Path) -> None:
    """A lock folder that cannot be used stops no save, and one notice says so, however often is saved."""
    shutil.rmtree(paths.locks_folder())
    paths.locks_folder().write_text("not a folder", encoding="utf-8")
    async with playing(walk(draft_file)) as player:
        for key in ("g", "a"):
            await player.press(key)
            await player.until_saved()
        assert len([words for words in player.said() if "folder of the locks" in words]) == 1
