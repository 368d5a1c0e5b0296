"""Who may read what was saved: whoever could before, and for what is new, its owner."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from scrutiny import paths
from scrutiny.errors import FileProblem
from scrutiny.store import atomic
from tests.store.simulated import POSIX, failing


@contextlib.contextmanager
def masked(mask: int) -> Iterator[None]:
    """Within this, the person's usual rights for new files are those."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


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


@POSIX
def test_a_new_file_is_given_to_its_folders_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a person's own group is another than that of a shared folder, the folder's is asked for; no owner is."""
    tmp_path.chmod(0o770)
    found = os.fstat
    given: list[tuple[int, int]] = []

    def of_another_group(handle: int) -> os.stat_result:
        values = list(found(handle))
        values[stat.ST_GID] += 0 if given else 1
        return os.stat_result(values)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fchown", lambda _handle, owner, group: given.append((owner, group)))
        patch.setattr(os, "fstat", of_another_group)
        atomic.replace(tmp_path / "a", b"new")
    assert given == [(-1, tmp_path.stat().st_gid)]
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o660


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give files away")
def test_a_shared_folders_group_has_its_new_files(tmp_path: Path) -> None:
    """In a folder of another group, a new file is that group's, and still its own maker's."""
    os.chown(tmp_path, -1, 4321)
    tmp_path.chmod(0o770)
    atomic.replace(tmp_path / "a", b"new")
    found = (tmp_path / "a").stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (os.geteuid(), 4321, 0o660)


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
    with pytest.raises(FileProblem, match="cannot be made") as caught:
        atomic.private_folder(paths.locks_folder())
    assert str(paths.locks_folder()) in caught.value.title
    assert "permissions" in caught.value.hint


@POSIX
@pytest.mark.parametrize("mode", [0o701, 0o710, 0o740])
def test_the_least_right_of_others_is_taken_back(mode: int) -> None:
    """Any right of the group or of others on a state folder goes."""
    paths.state_folder().mkdir(parents=True)
    paths.state_folder().chmod(mode)
    atomic.private_folder(paths.locks_folder())
    assert stat.S_IMODE(paths.state_folder().stat().st_mode) == 0o700


@POSIX
def test_state_folders_are_private_from_the_first_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are made with the rights that they are to have, so that nobody can look in before those are set."""
    paths.state_folder().parent.mkdir(parents=True)
    with monkeypatch.context() as patch, masked(0):
        patch.setattr(Path, "chmod", failing(errno.EPERM))
        atomic.private_folder(paths.locks_folder())
    for folder in (paths.state_folder(), paths.locks_folder()):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@POSIX
def test_a_state_folder_of_somebody_else_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder was given to a person by another, whose rights they may not change, work goes on."""
    paths.state_folder().mkdir(parents=True)
    paths.state_folder().chmod(0o755)
    monkeypatch.setattr(Path, "chmod", failing(errno.EPERM))
    atomic.private_folder(paths.locks_folder())
    assert paths.locks_folder().is_dir()
