"""The summary: figures, what stands out, what stops submission, and submitting."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from scrutiny.model import edits
from scrutiny.model.assessment import Assessment, Status
from scrutiny.tui.dialogs.confirm import Choice, Problem
from scrutiny.tui.screens.summary import SummaryList, SummaryScreen
from scrutiny.tui.screens.walk import WalkScreen
from tests import building
from tests.tui.player import NARROW, Player, playing, walk


def status(player: Player) -> Status:
    """The status of the assessment as it stands."""
    return player.assessment.status


async def test_what_stops_submission_is_listed_and_led_to(draft_file: Path) -> None:
    """Each thing that stops submission is a row that begins with !, and enter goes to its statement."""
    async with playing(walk(draft_file)) as player:
        await player.press("g", "m")
        await player.until_on(SummaryScreen)
        await player.until_shown("1 of 4 rated")
        for words in ("! 1.1 One plan", "Green needs evidence", "Green needs an action to sustain it", "Not rated yet"):
            await player.until_shown(words)
        await player.press("s")
        await player.until_on(Problem)
        await player.until_shown("5 things stop submission")
        await player.press("escape", "end")
        await player.until_shown("> ! 2.2 Safety")
        await player.press("enter")
        await player.until_on(WalkScreen)
        assert player.walk.statement.id == "safety"
        assert player.assessment.status is Status.DRAFT


async def test_submitting_closes_and_reopening_opens(filled_file: Path) -> None:
    """Where nothing stops it, s submits after a question; a submitted assessment is reopened in the same place."""
    async with playing(walk(filled_file)) as player:
        await player.press("m")
        await player.until_on(SummaryScreen)
        await player.until_shown("nothing stops submission")
        await player.press("s")
        await player.until_on(Choice)
        await player.press("enter")
        assert status(player) is Status.DRAFT
        await player.press("s")
        await player.answer("submitted")
        await player.until_on(SummaryScreen)
        assert (await player.until_saved()).status is Status.SUBMITTED
        await player.until_shown("SUBMITTED")
        await player.press("escape")
        await player.until_shown("SUBMITTED")
        await player.press("r")
        assert "is submitted" in player.said()[-1]
        await player.press("m", "s")
        await player.answer("draft")
        await player.press("m")
        await player.until_on(WalkScreen)
        await player.press("r")
        assert player.here.rating == "red"
        await player.press("u", "u")
        assert status(player) is Status.SUBMITTED


async def test_what_a_board_must_see_comes_first(folder: Path, filled: Assessment) -> None:
    """Reds, wanted decisions and overdue actions stand above the checks, also in the smallest window."""
    late = building.action("DDDD5", due=date(2020, 1, 31))
    safety = filled.answer("safety").model_copy(update={"actions": (late,)})
    path = building.written(
        folder / "late.toml", filled.model_copy(update={"answers": {**filled.answers, "safety": safety}})
    )
    async with playing(walk(path), NARROW) as player:
        await player.press("f9")
        await player.until_on(SummaryScreen)
        summary = player.app.screen.query_one(SummaryList)
        rows = [summary.row(index, 100).plain for index in range(summary.count())]
        place = next(index for index, row in enumerate(rows) if "stands out" in row)
        assert [row.split("  ")[0] for row in rows[place + 1 : place + 4]] == ["Red", "Decision wanted", "Overdue"]
        assert "2.2-DDDD5" in rows[place + 3]
        assert "31 Jan 2020" in rows[place + 3]


@pytest.mark.parametrize("theirs", ["unrated", "submitted"])
async def test_a_status_is_changed_only_where_it_is_what_was_asked_about(filled_file: Path, theirs: str) -> None:
    """What somebody else did while the question stood counts: the assessment keeps its status, and that is said."""
    async with playing(walk(filled_file)) as player:
        await player.press("m")
        await player.until_on(SummaryScreen)
        await player.press("s")
        await player.until_on(Choice)
        edit = partial(edits.rate, statement_id="plan", rating=None)
        if theirs == "submitted":
            edit = partial(edits.set_status, status=Status.FINAL)
        player.session.edit(edit, "something")
        before = player.assessment
        await player.answer("submitted")
        await player.until_on(SummaryScreen)
        assert player.assessment == before
        assert "Somebody else changed it meanwhile" in player.said()[-1]
