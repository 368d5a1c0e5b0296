"""Two people on one file: the open walk takes in the other's work, and asks where both did the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Select

from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, recovery
from scrutiny.tui.dialogs.conflicts import ConflictsDialog
from scrutiny.workspace.session import Edit, Session
from tests import building
from tests.tui.player import NARROW, NORMAL, playing, walk

pytestmark = pytest.mark.usefixtures("saves_at_once")


@pytest.fixture
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk looks at its file many times a second."""
    monkeypatch.setattr("scrutiny.tui.screens.open_file._LOOK_EVERY", 0.05)


@pytest.fixture
def looks_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk notices others only when it saves, as if both had saved in one moment."""
    monkeypatch.setattr("scrutiny.tui.screens.open_file._LOOK_EVERY", 600.0)


def written(text: str, place: str) -> Edit:
    """The edit that writes evidence."""
    return lambda now: edits.write_evidence(now, place, text)


def rated(rating: str, place: str) -> Edit:
    """The edit that gives a rating."""
    return lambda now: edits.rate(now, place, rating)


def colleague(path: Path, *made: Callable[[Assessment], Assessment]) -> None:
    """Somebody else opens the file, makes edits, and closes it again."""
    session = Session(assessments.load(path))
    for edit in made:
        session.edit(edit, "something")
    assert session.close()


@pytest.mark.usefixtures("looks_often")
async def test_another_s_save_comes_in_without_moving_anything(draft_file: Path) -> None:
    """What a colleague saved appears by itself; the cursor, the focus and the text in hand stay as they are."""
    async with playing(walk(draft_file)) as player:
        await player.press("j", "e")
        await player.write("Mine")
        await player.until_saved()
        await player.press("left", "left")
        where = player.walk.pane.evidence.cursor_location
        colleague(draft_file, written("From a colleague.", "voice"), rated("green", "plan"))
        await player.until(lambda: player.assessment.answer("voice").evidence == "From a colleague.")
        assert player.assessment.answer("plan").rating == "green"
        assert player.walk.statement.id == "leaders"
        assert player.focused == "evidence"
        assert player.walk.pane.evidence.cursor_location == where
        await player.write("!")
        assert player.here.evidence == "Mi!ne"
        assert "Somebody else saved" in " ".join(player.said())


@pytest.mark.usefixtures("looks_often")
async def test_keys_typed_while_another_saves_are_kept(draft_file: Path) -> None:
    """Typing goes on while a colleague saves again and again; afterwards the file holds both."""
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        for number in range(5):
            await player.write(f"{number}abc ")
            colleague(draft_file, written(f"Version {number}.", "voice"))
        await player.until_saved()
        await player.until(lambda: player.assessment.answer("voice").evidence == "Version 4.")
        assert player.here.evidence == "0abc 1abc 2abc 3abc 4abc "
        stored = await player.until_saved()
        assert stored.answer("plan").evidence == player.here.evidence


@pytest.mark.usefixtures("looks_seldom")
@pytest.mark.parametrize("size", [NORMAL, NARROW])
async def test_where_both_changed_one_note_both_texts_are_shown(draft_file: Path, size: tuple[int, int]) -> None:
    """A conflict shows both texts; until it is settled the file stays theirs, and then it holds what was chosen."""
    async with playing(walk(draft_file), size) as player:
        colleague(draft_file, written("Theirs.", "plan"))
        await player.press("e")
        await player.write("Mine.")
        await player.until_on(ConflictsDialog)
        assert "Mine." in player.shown()
        assert "Theirs." in player.shown()
        assert assessments.load(draft_file).assessment.answer("plan").evidence == "Theirs."
        await player.press("ctrl+s")
        stored = await player.until_saved()
        assert stored.answer("plan").evidence == "Mine.\n\nTheirs."
        assert player.walk.pane.evidence.text == "Mine.\n\nTheirs."


@pytest.mark.usefixtures("looks_seldom")
async def test_a_conflict_can_be_put_off_and_asked_for_again(draft_file: Path) -> None:
    """Put off, it leaves the file alone and the top line says so; saving by hand asks again."""
    async with playing(walk(draft_file)) as player:
        colleague(draft_file, rated("red", "plan"))
        await player.press("g")
        await player.until_on(ConflictsDialog)
        await player.press("escape")
        await player.until(lambda: player.save_status().startswith("NOT SAVED"))
        assert assessments.load(draft_file).assessment.answer("plan").rating == "red"
        await player.press("ctrl+s")
        await player.until_on(ConflictsDialog)
        player.app.screen.query_one("#choice-0", Select).value = "theirs"
        await player.press("ctrl+s")
        await player.until(lambda: not player.session.unsaved)
        assert player.here.rating == "red"


async def test_what_a_dead_session_left_is_offered_beside_the_saved_version(draft_file: Path) -> None:
    """Text that could not be saved is shown beside what was; taking it in can be undone, and it is asked only once."""
    stored = assessments.load(draft_file).assessment
    kept_at = building.recovery_path(draft_file, "before")
    recovery.keep(kept_at, written("Typed as the lights went out.", "plan")(stored), draft_file)
    async with playing(walk(draft_file)) as player:
        await player.until_on(ConflictsDialog)
        assert "Typed as the lights went out." in player.shown()
        player.app.screen.query_one("#choice-0", Select).value = "theirs"
        await player.press("ctrl+s")
        saved = await player.until_saved()
        assert saved.answer("plan").evidence == "Typed as the lights went out."
        await player.press("u")
        assert player.here.evidence == ""
        await player.until_saved()
    async with playing(walk(draft_file)) as player:
        assert not isinstance(player.app.screen, ConflictsDialog)


async def test_a_broken_recovery_file_stops_nothing(draft_file: Path) -> None:
    """A recovery file that cannot be used is put aside, which a notice says; the program starts as ever."""
    path = building.recovery_path(draft_file, "before")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"format = 1\n\0\xff")
    async with playing(walk(draft_file)) as player:
        await player.until(lambda: any(str(path.with_suffix(".unusable")) in words for words in player.said()))
        assert player.app.screen is player.walk
        assert not path.exists()


@pytest.mark.usefixtures("looks_seldom")
async def test_no_question_comes_between_somebodys_letters(draft_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody types the top line alone tells of a conflict; asked for, the question shows all that was typed."""
    monkeypatch.setattr("scrutiny.tui.screens.open_file._TYPING_SECONDS", 600.0)
    async with playing(walk(draft_file)) as player:
        colleague(draft_file, written("Theirs.", "plan"))
        await player.press("e")
        await player.write("Mine")
        await player.until(lambda: player.save_status().startswith("NOT SAVED"))
        await player.write(", and all of it.")
        assert player.app.screen is player.walk
        assert player.here.evidence == "Mine, and all of it."
        await player.press("ctrl+s")
        await player.until_on(ConflictsDialog)
        assert "Mine, and all of it." in player.shown()
        assert player.focused == "cancel"
        await player.write("more")
        await player.press("ctrl+s")
        assert (await player.until_saved()).answer("plan").evidence == "Mine, and all of it.\n\nTheirs."


@pytest.mark.usefixtures("looks_often")
async def test_a_file_that_is_gone_is_missed_without_a_key(draft_file: Path) -> None:
    """The top line stops saying saved as soon as the file is gone or rubbish, and says it again once it is back."""
    ours = draft_file.read_bytes()
    async with playing(walk(draft_file)) as player:
        for content in (None, b"rubbish"):
            draft_file.unlink() if content is None else draft_file.write_bytes(content)
            await player.until(lambda: player.save_status().startswith("NOT SAVED"))
            draft_file.write_bytes(ours)
            await player.until(lambda: player.save_status().startswith("saved"))


async def test_what_was_found_is_proposed_and_shown_whole(draft_file: Path) -> None:
    """A rating that differs is proposed as it was found, and an action that only the lost session had is named."""
    stored = assessments.load(draft_file)
    red = rated("red", "plan")(stored.assessment)
    assessments.save(draft_file, red, stored.digest)
    lost = edits.put_action(rated("green", "plan")(red), "voice", building.action("AA234", text="Hear carers."))
    recovery.keep(building.recovery_path(draft_file, "before"), lost, draft_file)
    async with playing(walk(draft_file)) as player:
        await player.until_on(ConflictsDialog)
        await player.until_shown("action AA234: Hear carers.")
        await player.press("ctrl+s")
        saved = await player.until_saved()
        assert saved.answer("plan").rating == "green"
        assert [action.id for action in saved.answer("voice").actions] == ["AA234"]
