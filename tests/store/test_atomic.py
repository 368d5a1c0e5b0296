"""Replacing files: whole or not at all, with the permissions they had, and never in silence."""

import contextlib
import errno
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrutiny import paths
from scrutiny.errors import ChangedElsewhere, FileProblem
from scrutiny.store import atomic

POSIX = pytest.mark.skipif(os.name != "posix", reason="this system has no such permissions and links")


def left_over(folder: Path) -> list[str]:
    """The names of temporary files that were left in a folder."""
    return [path.name for path in folder.iterdir() if path.name.startswith(atomic.TEMPORARY_PREFIX)]


def test_a_new_file_holds_the_content(tmp_path: Path) -> None:
    """A file that was not there is made, with the content and nothing beside it."""
    atomic.replace(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@contextlib.contextmanager
def masked(mask: int) -> Iterator[None]:
    """Within this, the person's usual rights for new files are those."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def failing(number: int) -> Callable[..., None]:
    """A system call that fails for that reason."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@settings(max_examples=30)
@given(content=st.binary(max_size=2000))
def test_any_content_is_kept(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is written is what stands there, byte for byte."""
    path = tmp_path_factory.mktemp("any") / "a"
    path.write_bytes(b"old")
    atomic.replace(path, content)
    assert atomic.read_bytes(path) == content


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444])
def test_permissions_are_kept(tmp_path: Path, mode: int) -> None:
    """A file that colleagues may read or write stays one that they may read or write."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    atomic.replace(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


@POSIX
@pytest.mark.parametrize("mask", [0o022, 0o000, 0o077])
@pytest.mark.parametrize(
    ("folder", "file"), [(0o700, 0o600), (0o755, 0o600), (0o775, 0o660), (0o2755, 0o660), (0o2770, 0o660)]
)
def test_a_new_file_has_the_rights_of_its_folder(tmp_path: Path, folder: int, file: int, mask: int) -> None:
    """A new file is its owner's alone; in a folder that a group shares, the group's too; never anybody else's."""
    tmp_path.chmod(folder)
    with masked(mask):
        atomic.replace(tmp_path / "a", b"new")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == file
    assert (tmp_path / "a").stat().st_gid == tmp_path.stat().st_gid


@POSIX
def test_a_new_file_is_not_opened_to_another_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file cannot be given to the folder's group, it is not opened to the person's own instead."""
    tmp_path.chmod(0o770)
    found = os.fstat

    def of_another_group(handle: int) -> os.stat_result:
        values = list(found(handle))
        values[stat.ST_GID] += 1
        return os.stat_result(values)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fchown", failing(errno.EPERM))
        patch.setattr(os, "fstat", of_another_group)
        atomic.replace(tmp_path / "a", b"new")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give files away")
def test_owner_and_group_are_kept(tmp_path: Path) -> None:
    """A colleague's file stays the colleague's, with the group and the rights that it had."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    os.chown(path, 1234, 4321)
    path.chmod(0o640)
    atomic.replace(path, b"new")
    found = path.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (1234, 4321, 0o640)


@POSIX
def test_the_group_is_kept_where_the_owner_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Giving a file to somebody else is refused to most people, and giving it to a group is tried all the same."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    asked: list[tuple[int, int]] = []
    found = path.stat()
    before = os.stat_result([*found[:4], 1234, 4321, *found[6:]])

    def refuse_owner(_handle: int, owner: int, group: int) -> None:
        asked.append((owner, group))
        if owner != -1:
            raise PermissionError(errno.EPERM, "not permitted")

    monkeypatch.setattr(os, "fchown", refuse_owner)
    monkeypatch.setattr(atomic, "_found", lambda _target: before)
    atomic.replace(path, b"new")
    assert asked == [(1234, 4321), (-1, 4321)]


@POSIX
def test_content_is_private_until_it_has_its_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a file is being written, nobody else may read what is to take the old one's place."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o664)
    seen = []
    give = os.fchmod

    def look(handle: int, mode: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        give(handle, mode)

    monkeypatch.setattr(os, "fchmod", look)
    with masked(0):
        atomic.replace(path, b"new")
    assert seen == [0o600]


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
    with pytest.raises(ChangedElsewhere):
        atomic.replace(path, b"new")
    assert (path.read_bytes() if path.exists() else None) == theirs
    assert not left_over(tmp_path)


def put(path: Path, content: bytes | None) -> None:
    """Have a file hold that content; None for no file."""
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)


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


def temporary(folder: Path, *, host: str = "", process: int = 0, age: float = 0.0) -> Path:
    """A temporary file as a session leaves it: here and by this process unless said otherwise."""
    path = folder / f".scrutiny-{host or atomic._host()}-{process or os.getpid()}-0123abcd.tmp"
    path.write_bytes(b"text")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def gone() -> int:
    """The number of a process that was and is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


DAY = 24 * 3600.0


@POSIX
def test_what_dead_sessions_left_is_swept(tmp_path: Path) -> None:
    """What a process of this computer left that is gone goes at once; what any other left, after a day."""
    left: tuple[dict[str, Any], ...] = (
        {"process": gone()},
        {"host": "ffffff", "age": DAY + 60},
        {"host": "ffffff", "age": -DAY - 60},
        {"age": DAY + 60},
    )
    for how in left:
        path = temporary(tmp_path, **how)
        assert atomic.sweep(tmp_path) == 1
        assert not path.exists()


def test_what_may_be_in_use_is_not_swept(tmp_path: Path) -> None:
    """A save that goes on here, or may go on elsewhere, is left alone, and so is every other file and folder."""
    kept = [temporary(tmp_path), temporary(tmp_path, host="ffffff", process=gone(), age=DAY - 60)]
    if os.name == "posix":
        kept.append(temporary(tmp_path, process=1))  # somebody else's: the system says so, and it is not gone
    for name in (
        ".scrutiny-x.tmp",
        "a.toml",
        ".scrutiny-000000-1-0123abcd.tmp.toml",
        ".scrutiny-000000-0-0123abcd.tmp",
    ):
        kept.append(tmp_path / name)
        kept[-1].write_bytes(b"theirs")
        os.utime(kept[-1], (0, 0))
    folder = tmp_path / ".scrutiny-000000-1-0123abcd.tmp"
    folder.mkdir()
    os.utime(folder, (0, 0))
    assert atomic.sweep(tmp_path) == 0
    assert all(path.exists() for path in (*kept, folder))


@POSIX
def test_a_link_is_not_swept(tmp_path: Path) -> None:
    """A link that has taken a temporary file's name is nothing of ours, and what it points at is not touched."""
    (tmp_path / "a").write_bytes(b"theirs")
    (tmp_path / f".scrutiny-{atomic._host()}-{gone()}-0123abcd.tmp").symlink_to(tmp_path / "a")
    assert atomic.sweep(tmp_path) == 0
    assert (tmp_path / "a").exists()


def test_a_folder_that_cannot_be_read_is_not_swept(tmp_path: Path) -> None:
    """Sweeping never stops a start."""
    assert atomic.sweep(tmp_path / "none") == 0
    (tmp_path / "file").write_bytes(b"")
    assert atomic.sweep(tmp_path / "file") == 0


def test_a_temporary_file_is_known_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names that saves give are those that are swept, short, hidden and beside the file."""
    names: list[str] = []

    def look(_handle: int) -> None:
        names.extend(left_over(tmp_path))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", look)
        atomic.replace(tmp_path / ("n" * 255), b"new")
    assert atomic._TEMPORARY.fullmatch(names[0])
    assert len(names[0]) < 50


@POSIX
def test_state_folders_are_the_owners(home: Path) -> None:
    """Nobody else may look into the folders of the state folder, even where they were made with other rights before."""
    paths.state_folder().mkdir(parents=True)
    paths.state_folder().chmod(0o755)
    atomic.private_folder(paths.backups_folder())
    for folder in (paths.state_folder(), paths.backups_folder()):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert paths.state_folder().is_relative_to(home)


def test_a_state_folder_that_cannot_be_made_is_told() -> None:
    """A file in the state folder's place is said in plain words."""
    paths.state_folder().parent.mkdir(parents=True)
    paths.state_folder().write_bytes(b"")
    with pytest.raises(FileProblem, match="cannot be made"):
        atomic.private_folder(paths.locks_folder())


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


def test_a_held_file_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a virus scanner holds the file, as on Windows, the renaming is tried again, with pauses."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    rename = os.replace
    pauses: list[float] = []

    def held_twice(old: object, new: object) -> None:
        if len(pauses) < 2:
            error = PermissionError(errno.EACCES, "held")
            error.winerror = 32  # type: ignore[attr-defined,unused-ignore]  # only Windows has it
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
    with pytest.raises(FileProblem, match="cannot be written"):
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
