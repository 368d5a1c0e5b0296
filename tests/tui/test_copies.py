"""Copies that sync clients leave, in the library: told apart, merged on request, and never lost."""

from pathlib import Path

import pytest
from textual.widgets import Select

from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments
from scrutiny.tui.dialogs.confirm import Problem
from scrutiny.tui.dialogs.conflicts import ConflictsDialog
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.screens.walk import WalkScreen
from tests import building
from tests.tui.player import NARROW, WIDE, Player, library, playing


@pytest.fixture
def copy(draft_file: Path) -> Path:
    """A second version of the draft, as a sync client names it: another text, a rating, and an action of its own."""
    ours = assessments.load(draft_file)
    assessments.save(draft_file, edits.write_evidence(ours.assessment, "plan", "Ours."), ours.digest)
    theirs: Assessment = edits.write_evidence(ours.assessment, "plan", "Theirs.")
    theirs = edits.put_action(edits.rate(theirs, "voice", "amber"), "voice", building.action("AA234"))
    return building.written(draft_file.with_name("draft (A. Example's conflicted copy).toml"), theirs)


async def at_the_question(player: Player, copy: Path) -> None:
    """Ask for the merge in the library."""
    found = player.app.screen
    assert isinstance(found, LibraryScreen)
    await player.until(lambda: copy in [one.path for one in found.library._entries])
    await player.press("home")
    while (one := found.library.at(found.library.highlighted)) is None or one.path != copy:
        await player.press("down")
    await player.press("m")
    await player.until_on(ConflictsDialog)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_copy_is_merged_on_request(draft_file: Path, copy: Path, size: tuple[int, int]) -> None:
    """Both texts are shown; the choice and what only the copy had are in the file, and the copy stands aside."""
    theirs = copy.read_bytes()
    async with playing(library(draft_file.parent), size) as player:
        await at_the_question(player, copy)
        assert "Ours." in player.shown()
        assert "Theirs." in player.shown()
        player.app.screen.query_one("#choice-0", Select).value = "theirs"
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
    merged = assessments.load(draft_file).assessment
    assert (merged.answer("plan").evidence, merged.answer("voice").rating) == ("Theirs.", "amber")
    assert [action.id for action in merged.answer("voice").actions] == ["AA234"]
    assert not copy.exists()
    assert copy.with_name(f"{copy.name}.merged").read_bytes() == theirs


async def test_a_merge_that_is_put_off_touches_nothing(draft_file: Path, copy: Path) -> None:
    """escape leaves both files as they were."""
    before = draft_file.read_bytes(), copy.read_bytes()
    async with playing(library(draft_file.parent)) as player:
        await at_the_question(player, copy)
        await player.press("escape")
        await player.until_on(LibraryScreen)
    assert (draft_file.read_bytes(), copy.read_bytes()) == before


async def test_a_copy_that_changed_meanwhile_stays(draft_file: Path, copy: Path) -> None:
    """What came into the copy while the question stood is not put aside unseen."""
    async with playing(library(draft_file.parent)) as player:
        await at_the_question(player, copy)
        stored = assessments.load(copy)
        assessments.save(copy, edits.write_evidence(stored.assessment, "safety", "Later."), stored.digest)
        await player.press("ctrl+s")
        await player.until_on(Problem)
        assert "has changed since it was read" in player.asked()
    assert assessments.load(copy).assessment.answer("safety").evidence == "Later."
