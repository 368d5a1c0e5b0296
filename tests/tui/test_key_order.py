"""Keys that come in one piece do what they do one by one, however slow the machine or the line."""

import random
import shutil
from pathlib import Path

import pytest
from textual import events

from scrutiny import paths
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.screens.library import LibraryScreen
from tests import building
from tests.tui.player import NARROW, NORMAL, Player, playing, walk

pytestmark = pytest.mark.usefixtures("saves_at_once", "no_key_is_let_go")


@pytest.fixture
def no_key_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is held for ever stays held, so that a test would see it."""
    monkeypatch.setattr("scrutiny.tui.key_order._LONGEST", 600.0)


def said(assessment: Assessment) -> dict[str, tuple[object, ...]]:
    """What the answers hold, without the codes that chance gives."""
    return {
        place: (one.rating, one.evidence, one.reason, [action.text for action in one.actions])
        for place, one in assessment.answers.items()
    }


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("e g r e a t", {"plan": (None, "great", "", [])}),
        ("e a b ctrl+n c d ctrl+n e f", {"plan": (None, "ab", "", []), "leaders": (None, "cd", "", [])}),
        ("e a b alt+x w h y", {"plan": ("not-applicable", "ab", "why", [])}),
        ("alt+x ctrl+n d", {"plan": ("not-applicable", "", "", []), "leaders": (None, "d", "", [])}),
        ("x w h y", {"plan": ("not-applicable", "", "why", [])}),
        ("down g", {"leaders": ("green", "", "", [])}),
        ("end r home a", {"plan": ("amber", "", "", []), "safety": ("red", "", "", [])}),
        ("j e h i escape k g", {"leaders": (None, "hi", "", []), "plan": ("green", "", "", [])}),
        ("n g o ctrl+s r", {"plan": ("red", "", "", ["go"])}),
        ("g u a", {"plan": ("amber", "", "", [])}),
        ("m escape g", {"plan": ("green", "", "", [])}),
        ("t escape r", {"plan": ("red", "", "", [])}),
        ("e tab tab enter x y ctrl+s", {"plan": (None, "", "", ["xy"])}),
    ],
)
async def test_a_key_means_what_it_means_after_the_one_before(
    draft_file: Path, keys: str, expected: dict[str, tuple[object, ...]]
) -> None:
    """Letters go into the note that was opened, ratings to the statement that was gone to, text to the form."""
    async with playing(walk(draft_file), NARROW) as player:
        await player.burst(*keys.split())
        await player.until(lambda: expected.items() <= said(player.assessment).items())
        assert said(player.assessment).keys() <= {*expected, "voice"}
        assert expected.items() <= said(await player.until_saved()).items()


KEYS = (
    "g a r x 0 e j k ] [ down up home end escape enter space left right u U i l n s m t f1 f2 f3 ctrl+n ctrl+o "
    "ctrl+s alt+a alt+x b c d z"
)
"""Keys with and without a meaning. Not tab: Textual takes its order from the latest layout, so that in one piece with
the key that brings a field to light it may pass that field over."""


async def outcome(path: Path, keys: list[str], *, at_once: bool) -> tuple[dict[str, tuple[object, ...]], str, str]:
    """What keys do to a fresh assessment, and where they lead; nothing where they leave it for the library.

    What is typed while a file is being opened is for the library.
    """
    shutil.rmtree(paths.state_folder(), ignore_errors=True)  # the last place
    building.written(path, building.draft())
    async with playing(walk(path), NORMAL) as player:
        if at_once:
            await player.burst(*keys)
        else:
            await player.press(*keys)
        await rest(player)
        if any(isinstance(screen, LibraryScreen) for screen in player.app.screen_stack):
            return {}, "", ""
        place, focus = type(player.app.screen).__name__, player.focused
    return said(assessments.load(path).assessment), place, focus


async def rest(player: Player) -> None:
    """Wait until nothing more is held."""
    order = player.app._key_order
    await player.until(lambda: not order._held)
    order._wait()
    await player.until(lambda: order._done)


def chosen(number: int) -> list[str]:
    """Keys as chance has it."""
    chance = random.Random(number)  # noqa: S311 - not a secret
    return chance.choices(KEYS.split(), k=14)


@pytest.mark.parametrize("number", range(3))
async def test_one_piece_does_what_one_by_one_does(tmp_path: Path, number: int) -> None:
    """Any keys at all lead to the same answers, the same screen and the same focus."""
    keys = chosen(number)
    slowly = await outcome(tmp_path / "slowly" / "draft.toml", keys, at_once=False)
    at_once = await outcome(tmp_path / "at-once" / "draft.toml", keys, at_once=True)
    assert at_once == slowly, " ".join(keys)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(3, 203))
async def test_two_hundred_pieces_do_what_one_by_one_does(tmp_path: Path, number: int) -> None:
    """The same for two hundred more."""
    await test_one_piece_does_what_one_by_one_does(tmp_path, number)


async def test_a_paste_goes_where_the_key_before_it_led(draft_file: Path) -> None:
    """A paste that comes in one piece with the key that opens a form is in the form."""
    async with playing(walk(draft_file)) as player:
        player.app.post_message(player.key("n"))
        await player.paste("Agree who leads.")
        await player.until_on(ActionForm)
        await player.until_shown("Agree who leads.")
        await player.press("ctrl+s")
        await player.until_saved()
        assert assessments.load(draft_file).assessment.answer("plan").actions[0].text == "Agree who leads."


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("e g r a n d", "", {"plan": (None, "grand", "", [])}),
        ("e h i", "r", {"plan": (None, "hi", "", []), "leaders": ("red", "", "", [])}),
        ("j", "g", {"leaders": ("green", "", "", [])}),
        ("e x escape", "n y ctrl+s", {"plan": (None, "x", "", []), "leaders": (None, "", "", ["y"])}),
    ],
)
async def test_a_click_waits_for_the_keys_before_it(
    draft_file: Path, before: str, after: str, expected: dict[str, tuple[object, ...]]
) -> None:
    """Keys, a click on another statement and more keys in one piece: each goes where it was meant to."""
    async with playing(walk(draft_file), NORMAL) as player:
        row = player.walk.statements._row_of["leaders"]
        place = player.walk.statements.content_region
        x, y = place.x + 4, place.y + row
        for key in before.split():
            player.app.post_message(player.key(key))
        for kind, button in ((events.MouseMove, 0), (events.MouseDown, 1), (events.MouseUp, 1)):
            player.app.post_message(kind(None, x, y, 0, 0, button, False, False, False, x, y))  # noqa: FBT003
        for key in after.split():
            player.app.post_message(player.key(key))
        await player.settle()
        await player.until(lambda: said(player.assessment) == expected)
        assert player.walk.statement.id == "leaders"


async def test_a_key_is_not_held_for_ever(draft_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a widget goes with what it was told, and nobody says that a key is done, the next one goes all the same."""
    monkeypatch.setattr("scrutiny.tui.key_order._LONGEST", 0.05)
    monkeypatch.setattr("scrutiny.tui.key_order.follow", print)
    async with playing(walk(draft_file)) as player:
        await player.burst("j", "g")
        await player.until(lambda: said(player.assessment) == {"leaders": ("green", "", "", [])})
