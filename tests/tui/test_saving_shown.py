"""What the screen says of the file, and what becomes of text that the file does not take."""

from pathlib import Path

import pytest

from scrutiny.errors import FileProblem
from scrutiny.store import assessments, atomic
from scrutiny.store.atomic import Unread
from scrutiny.tui.dialogs.confirm import Choice
from scrutiny.tui.dialogs.place import CopyForm
from scrutiny.tui.page import Page
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.screens.summary import SummaryScreen
from scrutiny.tui.screens.walk import WalkScreen
from scrutiny.workspace.sync import Sync
from tests.tui.player import NARROW, NORMAL, Player, playing, walk

pytestmark = pytest.mark.usefixtures("saves_at_once")


class Disk:
    """A disk that is full while it is told to be."""

    def __init__(self) -> None:
        self.full = False

    def replace(self, path: Path, content: bytes, standing: bytes | Unread | None) -> None:
        """Write as the store wants it written, or fail."""
        if self.full and path.name != "copy.toml":
            raise FileProblem(f"{path} cannot be written: the disk is full.", hint="Free some space.")
        atomic.replace(path, content, standing)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A disk with room."""
    disk = Disk()
    monkeypatch.setattr("scrutiny.store.assessments.replace", disk.replace)
    return disk


async def write_onto_a_full_disk(player: Player, disk: Disk) -> None:
    """Write evidence for the second statement while the disk is full, and wait until that is said."""
    disk.full = True
    await player.press("j", "e")
    await player.write("Heard")
    await player.until(lambda: player.save_status().startswith("NOT SAVED"))


@pytest.mark.parametrize("size", [NORMAL, NARROW])
async def test_a_failing_save_is_shown_and_recovers(draft_file: Path, disk: Disk, size: tuple[int, int]) -> None:
    """While the disk is full the screen says so with the reason, keeps the text, and says saved once it is true."""
    before = draft_file.read_bytes()
    async with playing(walk(draft_file), size) as player:
        await write_onto_a_full_disk(player, disk)
        assert "NOT SAVED" in player.lines()[0]
        await player.until_shown("the disk is full")
        assert "Free some space" in player.said()[-1]
        assert player.here.evidence == player.walk.pane.evidence.text == "Heard"
        await player.write(" again")
        assert player.save_status().startswith("NOT SAVED")
        assert draft_file.read_bytes() == before
        disk.full = False
        await player.until(lambda: player.save_status().startswith("saved "))
        assert assessments.load(draft_file).assessment.answer("leaders").evidence == "Heard again"


async def test_quitting_without_a_save_is_asked_about(draft_file: Path, disk: Disk) -> None:
    """Neither ctrl+q nor escape leaves unsaved text behind without a question whose safe answer stays."""
    async with playing(walk(draft_file)) as player:
        await write_onto_a_full_disk(player, disk)
        for keys in (["ctrl+q"], ["escape", "escape"]):
            await player.press(*keys)
            await player.until_on(Choice)
            await player.until_shown("not saved")
            await player.press("ctrl+q", "enter")
            await player.until_on(WalkScreen)
            assert player.here.evidence == "Heard"
        await player.press("ctrl+q")
        await player.answer("leave")
        await player.until(lambda: player.app._exit)


@pytest.mark.parametrize("above", [[], ["alt+t"]], ids=["walk", "tracker"])
async def test_a_copy_takes_what_the_file_does_not(draft_file: Path, disk: Disk, above: list[str]) -> None:
    """What cannot be saved is saved in a copy, and one goes on there, at the same statement, until the library."""
    before = draft_file.read_bytes()
    copy = draft_file.with_name("copy.toml")
    async with playing(walk(draft_file)) as player:
        await write_onto_a_full_disk(player, disk)
        await player.press(*above, "ctrl+q")
        await player.answer("copy")
        await player.until_on(CopyForm)
        assert player.value("#name") == "draft-copy.toml"
        await player.fill("#name", "copy")
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        assert player.session.path == copy
        assert player.walk.statement.id == "leaders"
        assert player.save_status().startswith("saved")
        await player.press("r")
        assert (await player.until_saved()).answer("leaders").rating == "red"
        await player.press("m")
        await player.until_on(SummaryScreen)
        await player.press("escape", "escape", "escape")
        await player.until_on(LibraryScreen)
        assert [type(screen) for screen in player.app.screen_stack if isinstance(screen, Page)] == [LibraryScreen]
    assert draft_file.read_bytes() == before
    assert assessments.load(copy).assessment.answer("leaders").evidence == "Heard"


@pytest.mark.parametrize("content", ["not an assessment at all", None], ids=["replaced", "gone"])
async def test_what_stands_there_instead_is_never_overwritten(draft_file: Path, content: str | None) -> None:
    """Where something else or nothing stands in the file's place, the screen says NOT SAVED and leaves it so."""
    async with playing(walk(draft_file), NORMAL) as player:
        if content is None:
            draft_file.unlink()
        else:
            draft_file.write_text(content, encoding="utf-8")
        await player.press("e")
        await player.write("Ours")
        await player.until(lambda: player.save_status().startswith("NOT SAVED"))
        await player.press("ctrl+s")
        assert player.save_status().startswith("NOT SAVED")
        assert player.here.evidence == "Ours"
        await player.press("ctrl+q")
        await player.answer("leave")
        await player.until(lambda: player.app._exit)
    assert draft_file.exists() is (content is not None)
    assert content is None or draft_file.read_text(encoding="utf-8") == content


async def test_what_goes_on_being_wrong_is_said_once(draft_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the file is looked at, one thing that is wrong with it makes one notice."""
    monkeypatch.setattr("scrutiny.tui.screens.open_file._LOOK_EVERY", 0.02)
    looks: list[Sync] = []
    look = Sync.look

    def counted(sync: Sync) -> None:
        looks.append(sync)
        look(sync)

    monkeypatch.setattr(Sync, "look", counted)
    async with playing(walk(draft_file)) as player:
        rubbish = draft_file.with_suffix(".new")
        rubbish.write_text("not an assessment at all", encoding="utf-8")
        rubbish.replace(draft_file)  # in one step: an empty file in between would be said, too
        await player.until(lambda: bool(player.said()))
        before = len(looks)
        await player.until(lambda: len(looks) > before + 5)
        assert len(player.said()) == 1


async def test_a_file_that_was_edited_by_hand_is_said(draft_file: Path) -> None:
    """A file whose seal does not fit is opened, that is said, and the next save seals it again."""
    draft_file.write_text(draft_file.read_text(encoding="utf-8").replace("Northshire", "Eastmoor"), encoding="utf-8")
    async with playing(walk(draft_file)) as player:
        assert "edited by hand" in player.said()[0]
        await player.press("g")
        await player.until_saved()
    assert not assessments.load(draft_file).edited_by_hand


@pytest.mark.parametrize("key", ["m", "t"])
async def test_other_screens_tell_it_too(draft_file: Path, key: str) -> None:
    """Summary and tracker say what is true of the file, and a question has no notice before its answers."""
    async with playing(walk(draft_file), NORMAL) as player:
        await player.press(key)
        await player.until_shown("saved")
        draft_file.unlink()
        await player.until_shown("NOT SAVED")
        assert player.said()
        await player.press("ctrl+q")
        await player.until_on(Choice)
        assert player.said() == []
