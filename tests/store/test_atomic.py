"""Replacing files: whole or not at all, with the permissions they had, and never in silence."""

import errno
import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrutiny.errors import FileProblem
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
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_a_new_file_has_the_usual_permissions(tmp_path: Path, mask: int, mode: int) -> None:
    """A new file can be opened by whoever can open other files that the person makes."""
    before = os.umask(mask)
    try:
        atomic.replace(tmp_path / "a", b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


@POSIX
def test_content_is_private_until_it_has_its_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a private file is being replaced, nobody else may read what is to take its place."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o600)
    seen = []

    def look(temporary: Path, mode: int) -> None:
        seen.append(stat.S_IMODE(temporary.stat().st_mode))
        temporary.chmod(mode)

    monkeypatch.setattr(atomic, "_set_mode", look)
    before = os.umask(0)
    try:
        atomic.replace(path, b"new")
    finally:
        os.umask(before)
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

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
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
