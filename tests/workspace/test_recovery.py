"""What a session leaves when it cannot save or is killed, and what the next one makes of it."""

import errno
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from scrutiny import paths
from scrutiny.analysis.merge import Choice, Merged
from scrutiny.errors import FileProblem
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, atomic, backups, drafts, recovery
from scrutiny.store.atomic import Unread
from scrutiny.workspace.session import Session
from tests import building
from tests.rights import as_anybody
from tests.timing import set_timing
from tests.workspace.typing_away import PLACE

ROOT = Path(__file__).parent.parent.parent

PATIENCE = 20.0
"""Seconds to wait for what must happen: far longer than it takes on a busy machine."""


class Disk:
    """The disk of the assessments, which is full while it is told to be."""

    def __init__(self) -> None:
        self.full = True

    def replace(self, path: Path, content: bytes, standing: bytes | Unread | None) -> None:
        """Write as the store wants it written, or fail."""
        if self.full:
            raise FileProblem(f"{path} cannot be written: the disk is full.", hint="Free some space.")
        atomic.replace(path, content, standing)


@pytest.fixture
def disk(file: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A disk that is full, with a file on it."""
    assert file.exists()
    disk = Disk()
    monkeypatch.setattr("scrutiny.store.assessments.replace", disk.replace)
    return disk


def offered(session: Session) -> Merged | None:
    """What earlier sessions left, brought together with what is here."""
    return session.left_behind.offer(session.assessment)


def write(session: Session, text: str, place: str = PLACE) -> None:
    """Write a note."""
    session.edit(lambda now: edits.write_evidence(now, place, text), "the evidence", place)


def dead(path: Path, text: str, place: str = PLACE) -> None:
    """Have a session end that could not save a note."""
    session = Session(assessments.load(path))
    write(session, text, place)
    assert not session.close(PATIENCE)


def kept() -> list[Path]:
    """What stands in the recovery folder."""
    if not paths.recovery_folder().is_dir():
        return []
    return sorted(path for path in paths.recovery_folder().iterdir() if path.suffix != ".lock")


def content(assessment: Assessment) -> Assessment:
    """An assessment without the time of its last change."""
    return assessment.model_copy(update={"modified": assessment.created})


def test_what_could_not_be_saved_comes_back(file: Path, disk: Disk) -> None:
    """The next session offers what the last one could not save, takes it in as one step, and undoes it as one."""
    dead(file, "Not in the file.")
    disk.full = False
    session = Session(assessments.load(file))
    before = session.assessment
    found = offered(session)
    assert found is not None
    session.take_back(found, dict.fromkeys(found.conflicts, Choice.THEIRS))
    assert session.assessment.answer(PLACE).evidence == "Not in the file."
    assert session.save_now(PATIENCE)
    assert assessments.load(file).assessment.answer(PLACE).evidence == "Not in the file."
    assert kept() == []
    session.undo()
    assert content(session.assessment) == content(before)
    assert session.history.undoable is None
    assert session.close(PATIENCE)
    assert offered(Session(assessments.load(file))) is None


def test_what_comes_back_stays_until_it_is_saved(file: Path, disk: Disk) -> None:
    """What was taken back is not gone from the recovery folder before it is in the file."""
    dead(file, "Not in the file.")
    session = Session(assessments.load(file))
    found = offered(session)
    assert found is not None
    session.take_back(found, dict.fromkeys(found.conflicts, Choice.THEIRS))
    assert not session.save_now(PATIENCE)
    assert kept()
    disk.full = False
    assert session.save_now(PATIENCE)
    assert kept() == []
    assert session.close(PATIENCE)


def test_what_is_left_is_gone(file: Path, disk: Disk) -> None:
    """What nobody wants is offered once, and the file stays as it is."""
    dead(file, "Not in the file.")
    disk.full = False
    before = file.read_bytes()
    session = Session(assessments.load(file))
    assert offered(session) is not None
    session.left_behind.discard()
    session.left_behind.discard()
    session.wait_for_background()
    assert kept() == []
    assert session.close(PATIENCE)
    assert offered(Session(assessments.load(file))) is None
    assert file.read_bytes() == before


def test_what_nobody_answered_is_offered_again(file: Path, disk: Disk) -> None:
    """A session that saves, or fails to save, its own work leaves what an earlier one left where it is."""
    dead(file, "Not in the file.")
    dead(file, "Nor this.", "plan")
    assert len(kept()) == 2
    disk.full = False
    session = Session(assessments.load(file))
    assert offered(session) is not None
    write(session, "Saved.", "safety")
    assert session.close(PATIENCE)
    assert len(kept()) == 2
    texts = set()
    for _ in range(2):
        session = Session(assessments.load(file))
        found = offered(session)
        assert found is not None
        texts |= {conflict.theirs for conflict in found.conflicts}
        session.left_behind.discard()
        session.wait_for_background()
    assert {"Not in the file.", "Nor this."} <= texts


def test_a_save_that_succeeds_leaves_nothing(file: Path, disk: Disk) -> None:
    """What was kept while the disk was full goes with the first save that succeeds."""
    session = Session(assessments.load(file))
    write(session, "Kept.")
    assert not session.save_now(PATIENCE)
    assert len(kept()) == 1
    disk.full = False
    assert session.save_now(PATIENCE)
    assert kept() == []
    assert session.close(PATIENCE)


def test_what_is_in_the_file_already_is_not_offered(file: Path, filled: Assessment) -> None:
    """A recovery file that says what the file says is nothing to ask about."""
    recovery.keep(building.recovery_path(file, "0123"), filled, file)
    session = Session(assessments.load(file))
    assert offered(session) is None
    session.wait_for_background()
    assert kept() == []


def cut(path: Path) -> None:
    """End a file in its middle."""
    path.write_bytes(path.read_bytes()[:1000])


def folder(path: Path) -> None:
    """Have a folder stand there, with something in it."""
    path.unlink()
    path.mkdir()
    (path / "a").write_bytes(b"x")


def pipe(path: Path) -> None:
    """Have a pipe stand there with nobody at its other end."""
    path.unlink()
    os.mkfifo(path)


BROKEN: dict[str, Callable[[Path], object]] = {
    "cut": cut,
    "empty": lambda path: path.write_bytes(b""),
    "zero bytes": lambda path: path.write_bytes(b"\0" * 4096),
    "garbage": lambda path: path.write_bytes(bytes(range(256)) * 40),
    "hand-edited": lambda path: path.write_bytes(path.read_bytes().replace(b"amber", b"purple")),
    "folder": folder,
    "a pipe": pipe,
}


@pytest.mark.skipif(os.name != "posix", reason="this system has no pipes of that kind")
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_recovery_file_is_met_only_once(file: Path, filled: Assessment, how: str) -> None:
    """What cannot be used neither stops a start nor is lost, and a good one beside it is offered all the same."""
    kept_at = building.recovery_path(file, "0123")
    recovery.keep(kept_at, filled, file)
    BROKEN[how](kept_at)
    good = building.recovery_path(file, "4567")
    recovery.keep(good, edits.write_evidence(filled, PLACE, "Found."), file)
    before = file.read_bytes()
    session = Session(assessments.load(file))
    assert offered(session) is not None
    session.left_behind.discard()
    session.wait_for_background()
    assert kept() == [kept_at.with_suffix(".unusable")]
    assert [str(kept_at.with_suffix(".unusable")) in problem.title for problem in session.left_behind.put_aside] == [
        True
    ]
    assert offered(session) is None
    assert file.read_bytes() == before


def test_a_broken_recovery_file_is_told_from_the_background(file: Path, filled: Assessment) -> None:
    """What was put aside is known to the session once the recovery folders were read."""
    kept_at = building.recovery_path(file, "0123")
    recovery.keep(kept_at, filled, file)
    cut(kept_at)
    session = Session(assessments.load(file))
    session.left_behind.look()
    session.wait_for_background(PATIENCE)
    assert session.left_behind.ready
    assert [problem.hint for problem in session.left_behind.put_aside] == ["Open that file in a text editor."]
    assert session.close(PATIENCE)


def test_text_of_another_assessment_stays_where_it_is(file: Path, filled: Assessment) -> None:
    """Text that was kept for an assessment that is no longer in the file is neither offered for this one nor lost."""
    kept_at = building.recovery_path(file, "0123")
    recovery.keep(kept_at, filled.model_copy(update={"id": UUID("11111111-3b7a-4c58-9a43-0d8f5d1f2a77")}), file)
    session = Session(assessments.load(file))
    assert offered(session) is None
    assert session.close(PATIENCE)
    assert kept() == [kept_at]


def test_text_on_another_framework_is_saved_to_a_new_file(file: Path) -> None:
    """Text that rests on another version of the framework cannot be merged; it is offered as a file of its own."""
    kept_at = building.recovery_path(file, "0123")
    other = building.draft(framework=building.graded())
    recovery.keep(kept_at, other, file)
    session = Session(assessments.load(file))
    assert offered(session) is None
    assert session.left_behind.unmergeable is not None
    copy = session.left_behind.save_unmergeable()
    session.wait_for_background()
    assert assessments.load(copy).assessment == other
    assert kept() == []
    assert session.close(PATIENCE)


def test_text_of_an_open_session_is_not_offered(file: Path, disk: Disk) -> None:
    """While a window is open, another one does not offer the text that the first has not saved yet."""
    first = Session(assessments.load(file))
    write(first, "Still being written.")
    assert not first.save_now(PATIENCE)
    assert len(kept()) == 1
    second = Session(assessments.load(file))
    assert offered(second) is None
    assert not first.close(PATIENCE)
    assert offered(second) is not None
    disk.full = False
    assert second.close(PATIENCE)


def test_text_is_found_after_the_file_was_moved(file: Path, disk: Disk) -> None:
    """Text kept for a file that was moved is offered at its new place, and not at a copy while the file is there."""
    dead(file, "Not in the file.")
    disk.full = False
    copy = file.with_name("copy.toml")
    copy.write_bytes(file.read_bytes())
    session = Session(assessments.load(copy))
    assert offered(session) is None
    assert session.close(PATIENCE)
    moved = file.parent / "renamed" / "moved.toml"
    moved.parent.mkdir()
    file.rename(moved)
    session = Session(assessments.load(moved))
    assert offered(session) is not None
    session.left_behind.discard()
    assert session.close(PATIENCE)


def test_a_recovery_folder_that_may_not_be_read_stops_nothing(file: Path, filled: Assessment) -> None:
    """A start goes on where what was left cannot even be looked for."""
    recovery.keep(building.recovery_path(file, "0123"), filled, file)
    paths.recovery_folder().chmod(0)
    with as_anybody():
        session = Session(assessments.load(file))
        assert offered(session) is None
        assert not drafts.waiting_for(file)
        write(session, "Saved all the same.")
        assert session.close(PATIENCE)
    paths.recovery_folder().chmod(0o700)


@pytest.mark.parametrize("hangs", ["from the start", "later"])
def test_text_is_kept_though_the_disk_of_its_file_says_nothing(
    file: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch, hangs: str
) -> None:
    """Keeping text aside asks the file's own disk nothing, whenever that stops answering, and the text is offered."""
    answers = threading.Event()
    real = os.path.realpath

    def realpath(path: Path) -> str:
        assert answers.wait(PATIENCE)
        return real(path)

    set_timing(monkeypatch, recovery_place=0.2)
    link = file.with_name("link.toml")
    link.symlink_to(file)
    if hangs == "later":
        answers.set()
    monkeypatch.setattr("os.path.realpath", realpath)
    session = Session(assessments.load(link))
    session.sync.start()
    if hangs == "later":
        session.sync.keeper.wait(PATIENCE)
        answers.clear()
    write(session, "Kept all the same.")
    session.sync.wait_for_keeping()
    assert session.sync.kept_aside
    answers.set()
    assert not session.close(PATIENCE)
    disk.full = False
    found = offered(Session(assessments.load(link)))
    assert found is not None
    assert found.assessment.answer(PLACE).evidence == "Kept all the same." or found.conflicts


@pytest.mark.parametrize("error", [FileProblem("No."), OSError(), MemoryError(), ModuleNotFoundError()])
def test_a_backup_that_fails_stops_no_save(file: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Whatever goes wrong while the file is copied, the text is saved."""

    def keep(_: Path) -> None:
        raise error

    monkeypatch.setattr("scrutiny.store.backups.keep", keep)
    session = Session(assessments.load(file))
    write(session, "Saved all the same.")
    assert session.close(PATIENCE)
    assert assessments.load(file).assessment.answer(PLACE).evidence == "Saved all the same."


def test_a_backup_holds_what_the_session_found(file: Path) -> None:
    """However often a session saves, there is a backup of the file before it and after it; earlier ones stay."""
    found: list[bytes] = []
    for text in ("First.", "Second."):
        found.insert(0, file.read_bytes())
        session = Session(assessments.load(file))
        for number in range(3):
            write(session, f"{text} {number}")
            assert session.save_now(PATIENCE)
        assert session.close(PATIENCE)
        assert [backup.path.read_bytes() for backup in backups.of(file)] == [file.read_bytes(), *found]


def test_files_of_one_name_have_backups_of_their_own(tmp_path: Path, filled: Assessment) -> None:
    """Two folders with a file of one name share neither backup nor recovery; a link shares those of its file."""
    one = building.written(tmp_path / "one" / "a.toml", filled)
    two = building.written(tmp_path / "two" / "a.toml", filled)
    backups.keep(one)
    assert backups.of(one)
    assert not backups.of(two)
    assert building.recovery_path(one, "0") != building.recovery_path(two, "0")
    link = tmp_path / "link.toml"
    try:
        link.symlink_to(one)
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert backups.of(link) == backups.of(one)


def killed_while_typing(path: Path, after: float) -> float:
    """Kill a session that types without a pause, and return how many seconds of typing are not in the file."""
    run = [sys.executable, "-m", "tests.workspace.typing_away", str(path)]
    with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, text=True) as typing:
        assert typing.stdout is not None
        typed = [typing.stdout.readline()]
        until = time.monotonic() + after
        while time.monotonic() < until:
            typed.append(typing.stdout.readline())
        typing.kill()
        killed_at = time.monotonic()
        typed += typing.stdout.readlines()
    moments = {int(number): float(at) for number, at in (line.split() for line in typed if line.endswith("\n"))}
    saved = int(assessments.load(path).assessment.answer(PLACE).evidence or 0)
    lost = [at for number, at in moments.items() if number > saved]
    atomic.sweep(path.parent)
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    return killed_at - min(lost) if lost else 0.0


@pytest.mark.parametrize("trial", range(3))
def test_after_a_kill_at_most_the_last_second_is_missing(tmp_path: Path, trial: int) -> None:
    """However a session is killed while somebody types, all but the last moment is in the file."""
    path = building.written(tmp_path / "work" / "northshire.toml", building.draft())
    assert killed_while_typing(path, random.Random(trial).uniform(0.9, 1.6)) <= 1.5  # noqa: S311 - not a secret


@pytest.mark.slow
def test_after_many_kills_at_most_the_last_second_is_missing(tmp_path: Path) -> None:
    """The same a hundred times; the limit leaves half a second to a busy disk, the median none."""
    chance = random.Random(4711)  # noqa: S311 - not a secret
    lost = []
    for trial in range(100):
        path = building.written(tmp_path / str(trial) / "northshire.toml", building.draft())
        lost.append(killed_while_typing(path, chance.uniform(0.5, 3.0)))
        shutil.rmtree(path.parent)
    assert max(lost) <= 1.5
    assert sorted(lost)[50] <= 1.0


def session_that_saved(file: Path, text: str) -> Assessment:
    """Save a text in a session of its own, and return what is saved."""
    session = Session(assessments.load(file))
    write(session, text)
    assert session.close(PATIENCE)
    return session.assessment


def looked(file: Path) -> Session:
    """A new session that has looked at what earlier ones left."""
    session = Session(assessments.load(file))
    session.left_behind.look()
    session.left_behind.wait(PATIENCE)
    assert session.left_behind.ready
    return session


@pytest.mark.parametrize("back", [0, 1])
def test_an_older_copy_at_the_next_opening_is_noticed(file: Path, back: int) -> None:
    """A file that came back older than an earlier session saved it is said to be; both versions can be had."""
    versions = [file.read_bytes()]
    for text in ("First.", "Second."):
        newest = session_that_saved(file, text)
        versions.append(file.read_bytes())
    assert looked(file).left_behind.newer is None
    file.write_bytes(versions[back])
    session = looked(file)
    older = session.assessment
    assert session.left_behind.newer is not None
    session.use_newer_backup()
    assert content(session.assessment) == content(newest)
    assert session.close(PATIENCE)
    assert content(assessments.load(file).assessment) == content(newest)
    assert looked(file).left_behind.newer is None
    session = Session(assessments.load(file))
    assert content(session.assessment) != content(older)


def test_a_newer_version_replaces_what_another_window_holds(file: Path) -> None:
    """The newer version that was brought back counts as newer in a window that holds either of the two."""
    session_that_saved(file, "First.")
    old = file.read_bytes()
    newest = session_that_saved(file, "Second.")
    other = Session(assessments.load(file))
    file.write_bytes(old)
    session = looked(file)
    session.use_newer_backup()
    assert session.close(PATIENCE)
    other.take_in()
    assert other.contested is None
    assert other.older_copy is None
    assert content(other.assessment) == content(newest)
    assert other.close(PATIENCE)


def test_an_older_copy_that_is_wanted_is_asked_about_once(file: Path) -> None:
    """Whoever keeps the older copy is not asked again at the next opening."""
    session_that_saved(file, "First.")
    old = file.read_bytes()
    session_that_saved(file, "Second.")
    file.write_bytes(old)
    session = looked(file)
    session.left_behind.keep_opened_version()
    session.left_behind.wait(PATIENCE)
    assert session.close(PATIENCE)
    assert file.read_bytes() == old
    assert looked(file).left_behind.newer is None


def test_text_is_kept_without_a_free_descriptor(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system grants the program no further file, the one it holds for that is given up for the text."""
    session = Session(assessments.load(file))
    session.sync.start()
    really_write, given_up = recovery.write, session.sync.keeper._spare

    def write_if_granted(kept_at: Path, content: bytes) -> None:
        if given_up._descriptor is not None:
            raise OSError(errno.EMFILE, "Too many open files")
        really_write(kept_at, content)

    def full(*_: object) -> None:
        raise FileProblem("The file cannot be written: too many open files.")

    with monkeypatch.context() as patch:
        patch.setattr(recovery, "write", write_if_granted)
        patch.setattr("scrutiny.store.assessments.replace", full)
        write(session, "Kept all the same.")
        assert not session.save_now(PATIENCE)
        assert session.sync.kept_aside
    assert session.close(PATIENCE)
    assert given_up._descriptor is None
