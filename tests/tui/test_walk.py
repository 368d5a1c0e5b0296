"""The walk by keyboard: rating, writing and moving on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scrutiny.model.action import ActionKind
from scrutiny.model.assessment import Assessment, Perspective
from scrutiny.model.framework import NOT_APPLICABLE
from scrutiny.tui.app import ScrutinyApp
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.assessment import DetailsForm
from scrutiny.tui.dialogs.confirm import Problem
from scrutiny.tui.dialogs.source import SourceForm
from scrutiny.tui.screens.walk import WalkScreen
from tests import building
from tests.tui.player import NARROW, playing, walk


async def test_one_letter_rates(draft_file: Path) -> None:
    """Each level's letter rates the statement in hand, 0 takes the rating back, and all of it reaches the file."""
    async with playing(walk(draft_file)) as player:
        for key, rating in (("g", "green"), ("a", "amber"), ("r", "red"), ("0", None)):
            await player.press(key)
            assert player.here.rating == rating
        await player.press("r", "j", "a")
        assert (await player.until_saved()).answers.keys() == {"plan", "leaders"}
        assert player.assessment.answer("plan").rating == "red"
        assert player.assessment.answer("leaders").rating == "amber"


async def test_not_applicable_asks_why(draft_file: Path) -> None:
    """x says that a statement does not apply, and what is typed next is the reason; a rating leaves the reason kept."""
    async with playing(walk(draft_file)) as player:
        await player.press("x")
        assert player.here.rating == NOT_APPLICABLE
        assert player.focused == "reason"
        await player.write("No partner here")
        assert player.here.reason == "No partner here"
        await player.press("alt+g")
        assert player.here.rating == "green"
        assert player.here.reason == "No partner here"
        assert player.focused != "reason"


async def test_evidence_is_typed_and_escape_keeps_it(draft_file: Path) -> None:
    """Every key for evidence leads into the note; letters are text there, and escape leads out and loses nothing."""
    async with playing(walk(draft_file)) as player:
        for key in ("e", "f2", "alt+e"):
            await player.press(key)
            assert player.focused == "evidence"
            await player.write("grant x.")
            await player.press("escape")
            assert player.focused == "statements"
        assert player.here.evidence == "grant x." * 3
        assert player.here.rating is None
        assert (await player.until_saved()).answer("plan").evidence == "grant x." * 3


async def test_alt_and_a_letter_works_while_typing(draft_file: Path) -> None:
    """While evidence is typed, alt with a level's letter rates, types nothing, and leaves the focus in the text."""
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        await player.write("One ")
        await player.press("alt+a")
        await player.write("plan")
        assert player.here.rating == "amber"
        assert player.here.evidence == "One plan"
        assert player.focused == "evidence"


@pytest.mark.parametrize(
    ("rating", "key", "kind"), [("g", "n", ActionKind.SUSTAIN), ("a", "f3", ActionKind.IMPROVE)]
)
async def test_a_new_action_follows_the_rating(draft_file: Path, rating: str, key: str, kind: ActionKind) -> None:
    """The form for an action proposes the kind that the rating asks for, and keeps what is filled in."""
    async with playing(walk(draft_file)) as player:
        await player.press(rating, key)
        await player.until_on(ActionForm)
        assert player.focused == "text"
        await player.write("Agree.")
        await player.fill("#owner", "Director")
        await player.fill("#due", "2199-03-31")
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        (action,) = player.here.actions
        assert (action.text, action.owner, str(action.due)) == ("Agree.", "Director", "2199-03-31")
        assert action.kind is kind
        assert action.agency == "Northshire Council"
        assert (await player.until_saved()).answer("plan").actions == (action,)


@pytest.mark.parametrize("key", ["s", "f8"])
async def test_a_source_is_added(draft_file: Path, key: str) -> None:
    """The form for a source begins with its title, and what it holds is kept with the statement."""
    async with playing(walk(draft_file)) as player:
        await player.press("e", "f8") if key == "f8" else await player.press(key)
        await player.until_on(SourceForm)
        assert player.focused == "title"
        await player.write("Audit")
        await player.fill("#date", "2026-06-30")
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        (source,) = player.here.sources
        assert (source.title, str(source.date)) == ("Audit", "2026-06-30")


async def test_next_and_previous_unrated_go_around(draft_file: Path) -> None:
    """] and [ pass over what is rated and go around the end; when nothing is left they say so and stay."""
    async with playing(walk(draft_file)) as player:
        await player.press("j", "g", "]")
        assert player.walk.statement.id == "voice"
        await player.press("[")
        assert player.walk.statement.id == "plan"
        await player.press("[")
        assert player.walk.statement.id == "safety"
        await player.press("f5")
        assert player.walk.statement.id == "plan"
        await player.press("g", "]", "g", "]", "r", "]")
        assert player.walk.statement.id == "safety"
        assert "Every other statement is rated" in player.said()[-1]


async def test_statements_are_walked_while_typing(draft_file: Path) -> None:
    """ctrl+n and ctrl+o lead from one statement's evidence to the next one's; each keeps its own text and history."""
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        await player.write("first")
        await player.press("ctrl+n")
        assert player.focused == "evidence"
        assert player.walk.pane.evidence.text == ""
        await player.press("ctrl+z")
        assert player.walk.pane.evidence.text == ""
        await player.write("second")
        await player.press("ctrl+o")
        assert player.focused == "evidence"
        assert player.walk.pane.evidence.text == "first"
        await player.press("ctrl+z", "ctrl+y")
        assert player.walk.pane.evidence.text == "first"
        await player.press("ctrl+n")
        await player.write(" and third")
        assert player.assessment.answer("plan").evidence == "first"
        assert "second" in player.assessment.answer("leaders").evidence
        assert player.assessment.answers.keys() == {"plan", "leaders"}


@pytest.mark.parametrize(
    "keys",
    [
        ("ctrl+n",),
        ("ctrl+n", "ctrl+o"),
        ("alt+g",),
        ("f3",),
        ("f9",),
        ("alt+t",),
        ("escape", "escape"),
        ("escape", "ctrl+z", "ctrl+y"),
        ("ctrl+q",),
    ],
    ids=" ".join,
)
async def test_the_last_letters_are_kept_however_fast_the_next_key_comes(draft_file: Path, keys: tuple[str, ...]) -> None:
    """Keys that arrive together with the last letters of a note lose none of them and move none elsewhere."""
    async with playing(walk(draft_file)) as player:
        session = player.session
        await player.press("e")
        await player.burst("x", "y", *keys)
        await player.until(lambda: session.assessment.answer("plan").evidence == "xy")
        assert session.assessment.answers.keys() == {"plan"}
    session.close()
