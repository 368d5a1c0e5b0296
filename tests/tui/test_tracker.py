"""The tracker: every action of one assessment, or of a folder, followed through the year."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from scrutiny.model import edits
from scrutiny.model.action import Action, ActionStatus
from scrutiny.model.assessment import Assessment, Status
from scrutiny.store import assessments
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.confirm import Problem
from scrutiny.tui.dialogs.conflicts import ConflictsDialog
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.screens.tracker import TrackerScreen
from scrutiny.tui.screens.walk import WalkScreen
from tests import building
from tests.tui.player import Player, library, playing, walk


def codes(player: Player) -> list[str]:
    """The codes of the actions that are shown."""
    assert isinstance(player.app.screen, TrackerScreen)
    shown = player.app.screen.tracker._shown
    return [one.action.id for one in shown]


@pytest.fixture
def year(folder: Path, filled: Assessment) -> Path:
    """A submitted assessment with five actions: two more than the filled one, one overdue and one without an owner."""
    answer = filled.answer("safety")
    late = building.action("EEEE7", due=date(2020, 1, 31), text="Too late.")
    unowned = building.action("FFFF8", owner="", due=date(2199, 1, 31), original_due=date(2198, 1, 31))
    soon = building.action("DDDD5", due=date(2199, 1, 1))
    answers = {**filled.answers, "safety": answer.model_copy(update={"actions": (soon, late, unowned)})}
    return building.written(
        folder / "year.toml", filled.model_copy(update={"answers": answers, "status": Status.SUBMITTED})
    )


async def test_filters_and_search(year: Path) -> None:
    """f goes through the filters, / searches by owner, section, status and text, and escape leads back out."""
    async with playing(walk(year)) as player:
        await player.press("t")
        await player.until_on(TrackerScreen)
        every = ["AAAA2", "BBBB3", "CCCC4", "DDDD5", "EEEE7", "FFFF8"]
        filters = {
            "all actions": every,
            "open": ["AAAA2", "CCCC4", "DDDD5", "EEEE7", "FFFF8"],
            "overdue": ["EEEE7"],
            "slipped": ["BBBB3", "FFFF8"],
            "without an owner": ["FFFF8"],
            "a decision is wanted": ["BBBB3"],
        }
        for words, expected in filters.items():
            await player.until_shown(words)
            assert codes(player) == expected
            await player.press("f")
        assert codes(player) == every
        await player.press("/")
        for words, expected in {"embed": ["BBBB3"], "OUTCOMES late": ["EEEE7"], "plan sustain": [], "": every}.items():
            await player.fill("#search", words)
            assert codes(player) == expected
        await player.press("f")
        assert player.value("#search") == "f"
        await player.press("escape", "t")
        await player.until_on(WalkScreen)


async def test_an_action_is_changed_in_place(year: Path) -> None:
    """s begins an action and puts it back; the form closes it with who and when, and adds today's progress."""
    async with playing(walk(year)) as player:
        await player.press("t", "s")
        action = player.assessment.answer("plan").actions[0]
        assert action.status is ActionStatus.IN_PROGRESS
        await player.press("s")
        assert player.assessment.answer("plan").actions[0].status is ActionStatus.NOT_STARTED
        await player.press("down", "s")
        assert "done in the form" in player.said()[-1]
        await player.press("up", "enter")
        await player.until_on(ActionForm)
        await player.fill("#entry", "Begun")
        await player.choose("#status", "complete")
        assert player.value("#closed_by") == "Head of Safeguarding"
        await player.press("ctrl+s")
        await player.until_on(TrackerScreen)
        action = player.assessment.answer("plan").actions[0]
        assert action.status is ActionStatus.COMPLETE
        assert action.closed_by == "Head of Safeguarding"
        assert action.closed_on == action.progress[0].date
        assert (await player.until_saved()).answer("plan").actions[0] == action
        await player.press("down", "g")
        await player.until_on(WalkScreen)
        assert player.walk.statement.id == "voice"
        await player.press("u", "u", "u")
        assert player.assessment.answer("plan").actions[0].status is ActionStatus.NOT_STARTED


async def test_a_closed_action_is_left_as_it_is(folder: Path, filled: Assessment) -> None:
    """A form that was only looked at is left at once, though the action in it lacks who closed it and when."""
    closed = building.action("AAAA2", status=ActionStatus.COMPLETE)
    answers = {"plan": filled.answer("plan").model_copy(update={"actions": (closed,)})}
    path = building.written(folder / "closed.toml", filled.model_copy(update={"answers": answers}))
    async with playing(walk(path)) as player:
        await player.press("t", "enter")
        await player.until_on(ActionForm)
        await player.press("escape")
        await player.until_on(TrackerScreen)


async def test_a_folders_actions_are_changed_in_their_own_files(folder: Path, year: Path, filled: Assessment) -> None:
    """From the library, t shows every file's actions; a change goes to the right file, and g opens it at the place."""
    other = filled.model_copy(update={"id": uuid4(), "area": "Eastmoor"})
    building.written(folder / "eastmoor.toml", other)
    before = year.read_bytes()
    async with playing(library(folder)) as player:
        await player.press("t")
        await player.until_on(TrackerScreen)
        await player.until(lambda: len(codes(player)) == 10)
        await player.press("down", "down", "s")
        await player.until(lambda: assessments.load(folder / "eastmoor.toml").assessment != other)
        changed = assessments.load(folder / "eastmoor.toml").assessment
        assert [action.status for action in changed.answer("voice").actions] == [
            ActionStatus.EMBEDDED,
            ActionStatus.IN_PROGRESS,
        ]
        assert year.read_bytes() == before
        await player.until(lambda: "In progress" in player.shown())
        await player.press("end", "g")
        await player.until_on(WalkScreen)
        assert player.session.path == year
        assert player.walk.statement.id == "safety"
        await player.press("escape")
        await player.until_on(LibraryScreen)


async def test_somebody_elses_change_to_an_action_is_not_overwritten(folder: Path, filled_file: Path) -> None:
    """What somebody else changed in an action since the folder was read stays, beside what is changed here."""

    def owned(owner: str) -> None:
        stored = assessments.load(filled_file)
        theirs = edits.revise_action(stored.assessment.answer("plan").actions[0], owner=owner)
        assessments.save(filled_file, edits.put_action(stored.assessment, "plan", theirs), stored.digest)

    def kept() -> Action:
        return assessments.load(filled_file).assessment.answer("plan").actions[0]

    async with playing(library(folder)) as player:
        await player.press("t")
        await player.until_on(TrackerScreen)
        await player.until(lambda: codes(player))
        owned("Somebody else")
        await player.press("s")
        await player.until(lambda: kept().status is ActionStatus.IN_PROGRESS)
        assert kept().owner == "Somebody else"
        await player.until_shown("Somebody else")
        await player.press("enter")
        await player.until_on(ActionForm)
        owned("A third")
        await player.fill("#outcome", "Known by this")
        await player.press("ctrl+s")
        await player.until_on(TrackerScreen)
        await player.until(lambda: (kept().owner, kept().outcome) == ("A third", "Known by this"))


async def test_a_file_that_has_vanished_is_said(folder: Path, filled_file: Path) -> None:
    """A change to an action whose file has gone says so, and the actions that are left are shown."""
    async with playing(library(folder)) as player:
        await player.press("t")
        await player.until_on(TrackerScreen)
        await player.until(lambda: codes(player))
        filled_file.unlink()
        await player.press("s")
        await player.until_on(Problem)
        assert "no such file" in player.asked()
        await player.press("enter")
        await player.until(lambda: not codes(player))


async def test_in_a_folder_too_both_versions_are_shown(folder: Path, filled_file: Path) -> None:
    """Where a form and somebody else changed one field of an action, both are shown, and the choice is in the file."""

    def owner() -> str:
        return assessments.load(filled_file).assessment.answer("plan").actions[0].owner

    async with playing(library(folder)) as player:
        await player.press("t")
        await player.until_on(TrackerScreen)
        await player.until(lambda: codes(player))
        await player.press("enter")
        await player.until_on(ActionForm)
        stored = assessments.load(filled_file)
        theirs = edits.revise_action(stored.assessment.answer("plan").actions[0], owner="Their Lead")
        assessments.save(filled_file, edits.put_action(stored.assessment, "plan", theirs), stored.digest)
        await player.fill("#owner", "Our Lead")
        await player.press("ctrl+s")
        await player.until_on(ConflictsDialog)
        await player.until_shown("Their Lead")
        assert "Our Lead" in player.shown()
        assert owner() == "Their Lead"
        await player.press("ctrl+q")
        assert "Choose first" in player.said()[-1]
        assert not player.app._exit
        await player.press("ctrl+s")
        await player.until_on(TrackerScreen)
        await player.until(lambda: owner() == "Our Lead")
