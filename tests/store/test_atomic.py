"""Replacing files: whole or not at all, with the permissions they had, and never in silence."""

import errno
import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrutiny.errors import ChangedElsewhere, FileProblem
from scrutiny.store import atomic
from tests.store.simulated import POSIX, failing, left_over, put


def test_a_new_file_holds_the_content(tmp_path: Path) -> None:
    """A file that was not there is made, with the content and nothing beside it."""
    atomic.replace(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@settings(max_examples=30)
@given(content=st.binary(max_size=2000))
def test_any_content_is_kept(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is written is what stands there, byte for byte."""
    path = tmp_path_factory.mktemp("any") / "a"
    path.write_bytes(b"old")
    atomic.replace(path, content)
    assert atomic.read_bytes(path) == content


@POSIX
def test_a_link_is_followed(tmp_path: Path) -> None:
    """A symbolic link stays a link, and the file it points at is replaced."""
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "a"
    target.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(target)
    atomic.replace(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert not left_over(tmp_path)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "your share of the disk is used up"),
        (errno.EACCES, "you may not write there"),
        (errno.EPERM, "you may not write there"),
        (errno.EROFS, "the disk can only be read"),
        (errno.EIO, os.strerror(errno.EIO).lower()),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_a_failed_save_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, said: str
) -> None:
    """Whichever step fails and for whatever reason, the old file stands, alone, and the reason is told."""
    path = tmp_path / "a"
    path.write_bytes(b"old")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, failing(number))
        with pytest.raises(FileProblem) as caught:
            atomic.replace(path, b"new")
    assert said in caught.value.title
    assert str(path) in caught.value.title
    assert caught.value.hint
    assert path.read_bytes() == b"old"
    assert not left_over(tmp_path)


@POSIX
def test_an_error_after_the_renaming_is_judged_by_what_stands_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If only the folder cannot be synced, the save is not called failed: the new content stands there."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    sync = os.fsync

    def fail_for_folders(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, "input/output error")
        sync(handle)

    monkeypatch.setattr(os, "fsync", fail_for_folders)
    atomic.replace(path, b"new")
    assert path.read_bytes() == b"new"


@POSIX
def test_a_renaming_whose_answer_was_lost_is_a_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a network drive renamed the file and then failed, the save is not called failed."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    rename = os.replace

    def rename_and_fail(old: object, new: object) -> None:
        rename(str(old), str(new))
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(os, "replace", rename_and_fail)
    atomic.replace(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("readable", [True, False])
def test_a_lost_answer_is_a_loss_where_the_text_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, readable: bool
) -> None:
    """Where the drive loses the new file with its answer, or says nothing more at all, no save is claimed."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:

        def fail_for_good(temporary: str, _target: object) -> None:
            os.unlink(temporary)  # noqa: PTH108 - the call that stands in for another
            if not readable:
                patch.setattr(Path, "read_bytes", failing(errno.EIO))
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        patch.setattr(os, "replace", fail_for_good)
        with pytest.raises(FileProblem, match="cannot be written"):
            atomic.replace(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_save_of_what_stands_there_can_fail_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the same text is saved again and the renaming fails, that is told, and nothing is left beside the file."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", failing(errno.EACCES))
        with pytest.raises(FileProblem, match="you may not write there"):
            atomic.replace(path, b"old")
    assert not left_over(tmp_path)


@POSIX
@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EIO])
def test_a_save_after_ours_is_told_only_where_ours_may_be_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A disk that syncs no folders is no failure; one that fails at it is, unless our text stands there."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    sync = os.fsync

    def fail_for_folders(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            path.write_bytes(b"theirs")
            raise OSError(number, os.strerror(number))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fail_for_folders)
    if number == errno.EIO:
        with pytest.raises(FileProblem) as caught:
            atomic.replace(path, b"new")
        assert caught.value.title == f"{path} cannot be written: {os.strerror(number).lower()}."
    else:
        atomic.replace(path, b"new")
    assert path.read_bytes() == b"theirs"
    assert not left_over(tmp_path)


@pytest.mark.parametrize("before", [b"old", None])
@pytest.mark.parametrize("theirs", [b"theirs", None])
def test_what_is_written_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes | None, theirs: bytes | None
) -> None:
    """Where somebody writes, makes or removes the file while the disk takes ours, theirs stands and that is said."""
    path = tmp_path / "a"
    put(path, before)
    sync = os.fsync

    def sync_while_they_write(handle: int) -> None:
        put(path, theirs)
        sync(handle)

    monkeypatch.setattr(os, "fsync", sync_while_they_write)
    if before == theirs:
        atomic.replace(path, b"new")
        return
    with pytest.raises(ChangedElsewhere) as caught:
        atomic.replace(path, b"new")
    assert "nothing was written over" in caught.value.hint
    assert (path.read_bytes() if path.exists() else None) == theirs
    assert not left_over(tmp_path)


@pytest.mark.parametrize("spare", [0, 1])
def test_what_is_written_meanwhile_is_noticed_in_the_largest_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spare: int
) -> None:
    """Up to the size that is read, one byte that somebody changes meanwhile is noticed, though the size is the same."""
    monkeypatch.setattr(atomic, "READ_LIMIT", 3 + spare)
    path = tmp_path / "a"
    path.write_bytes(b"old")
    sync = os.fsync

    def sync_while_they_write(handle: int) -> None:
        path.write_bytes(b"odd")
        sync(handle)

    monkeypatch.setattr(os, "fsync", sync_while_they_write)
    with pytest.raises(ChangedElsewhere, match="a was changed by somebody else"):
        atomic.replace(path, b"new")
    assert path.read_bytes() == b"odd"


def test_a_file_that_is_too_large_to_be_read_can_be_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What grew too large to be opened does not stand in the way of a save for ever, and is not read for it."""
    monkeypatch.setattr(atomic, "READ_LIMIT", 3)
    path = tmp_path / "a"
    path.write_bytes(b"much too large")
    read: list[Path] = []
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", read.append)
        atomic.replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert read == []


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+c in the middle of a save leaves the old file and no temporary one."""
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def interrupt(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        atomic.replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert not left_over(tmp_path)


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no such device")
def test_only_an_ordinary_file_is_replaced() -> None:
    """A device named as the place for a file is refused, even to root, whom the system would let destroy it."""
    with pytest.raises(FileProblem, match="not an ordinary file"):
        atomic.replace(Path("/dev/null"), b"new")
    assert Path("/dev/null").is_char_device()


@POSIX
def test_content_and_name_are_synced_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text is on the disk before the file has its name, and the name before the save is over."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    synced: list[tuple[bool, bytes]] = []
    sync = os.fsync

    def look(handle: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(handle).st_mode), path.read_bytes()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", look)
    atomic.replace(path, b"new")
    assert synced == [(False, b"old"), (True, b"new")]


@pytest.mark.parametrize("number", [5, 32, 33])
def test_a_held_file_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """While a virus scanner holds the file, as on Windows, the renaming is tried again, with pauses."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    rename = os.replace
    pauses: list[float] = []

    def held_twice(old: object, new: object) -> None:
        if len(pauses) < 2:
            error = PermissionError(errno.EACCES, "held")
            error.winerror = number  # type: ignore[attr-defined,unused-ignore]  # only Windows has it
            raise error
        rename(str(old), str(new))

    monkeypatch.setattr(os, "replace", held_twice)
    monkeypatch.setattr(time, "sleep", pauses.append)
    atomic.replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert len(pauses) == 2


def test_a_file_held_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some two and a half seconds of tries the save is called failed, and the old file stands."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    pauses: list[float] = []

    def held(*_paths: object) -> None:
        error = PermissionError(errno.EACCES, "held")
        error.winerror = 5  # type: ignore[attr-defined,unused-ignore]  # only Windows has it
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", held)
        patch.setattr(time, "sleep", pauses.append)
        with pytest.raises(FileProblem, match="cannot be written"):
            atomic.replace(path, b"new")
    assert 2 < sum(pauses) < 3
    assert path.read_bytes() == b"old"
    assert not left_over(tmp_path)


def held(number: int) -> OSError:
    """An error as Windows raises it while another program holds a file."""
    error = PermissionError(errno.EACCES, "Permission denied")
    error.winerror = number  # type: ignore[attr-defined,unused-ignore]  # only Windows has it
    return error


@pytest.mark.parametrize("number", [5, 32, 33])
@pytest.mark.parametrize("call", ["stat", "read_bytes", "replace"])
def test_a_file_that_another_program_holds_is_said_to_be_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    """Reading and writing give the same reason, and only the number that also means a missing right says so."""
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail(*_arguments: object, **_options: object) -> None:
        raise held(number)

    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", lambda _seconds: None)
        patch.setattr(Path, call, fail)
        with pytest.raises(FileProblem, match="it is in use by another program") as caught:
            atomic.replace(path, b"new") if call == "replace" else atomic.read_bytes(path)
    assert ("you may not" in caught.value.title) is (number == 5)
    assert "Close it there" in caught.value.hint
    assert path.read_bytes() == b"old"


def test_a_missing_folder_is_called_missing(tmp_path: Path) -> None:
    """A file in a folder that is not there is not written, and says why."""
    with pytest.raises(FileProblem, match="its folder does not exist"):
        atomic.replace(tmp_path / "none" / "a", b"new")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileProblem, match="its folder does not exist"):
        atomic.replace(tmp_path / "file" / "a", b"new")


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    """Where a folder of the name stands, nothing is written."""
    (tmp_path / "a").mkdir()
    with pytest.raises(FileProblem, match="cannot be written: a folder of that name stands there"):
        atomic.replace(tmp_path / "a", b"new")
    assert not left_over(tmp_path)


def test_a_long_name_can_be_replaced(tmp_path: Path) -> None:
    """The longest name that a file can have leaves room for the temporary one."""
    path = tmp_path / ("n" * 255)
    atomic.replace(path, b"new")
    assert path.read_bytes() == b"new"


def test_existence_is_said_or_refused(tmp_path: Path) -> None:
    """Whether something stands at a path is a yes, a no, or a refusal, never a guess."""
    assert atomic.exists(tmp_path)
    assert not atomic.exists(tmp_path / "none")
    with pytest.raises(FileProblem, match="too long"):
        atomic.exists(tmp_path / ("n" * 300))


def test_a_name_that_no_file_can_have_is_called_too_long(tmp_path: Path) -> None:
    """A name longer than the disk takes says so, and asks for a shorter one."""
    with pytest.raises(FileProblem, match="its name is too long") as caught:
        atomic.replace(tmp_path / ("n" * 300), b"new")
    assert "shorter" in caught.value.hint
