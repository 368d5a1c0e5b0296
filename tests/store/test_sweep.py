"""What dead sessions left is cleared away, and nothing else."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from scrutiny.store import atomic
from tests.store.simulated import DAY, POSIX, gone, left_over, temporary


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
def test_a_process_is_asked_after_and_not_disturbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a session is alive is asked by the signal that is none; one of somebody else's is taken for alive."""
    asked: list[tuple[int, int]] = []

    def of_somebody_else(process: int, signal: int) -> None:
        asked.append((process, signal))
        raise PermissionError(errno.EPERM, "not permitted")

    path = temporary(tmp_path, process=4711)
    monkeypatch.setattr(os, "kill", of_somebody_else)
    assert atomic.sweep(tmp_path) == 0
    assert asked == [(4711, 0)]
    assert path.exists()


@POSIX
def test_what_cannot_be_removed_does_not_keep_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that can go goes, though something between cannot, and only what went is counted."""
    left = [temporary(tmp_path, process=number, age=DAY + 60) for number in (1, 2, 3)]
    remove = os.unlink

    def refuse_one(path: str) -> None:
        if Path(path) == left[1]:
            raise PermissionError(errno.EPERM, "not permitted")
        remove(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refuse_one)
        assert atomic.sweep(tmp_path) == 2
    assert [path.exists() for path in left] == [False, True, False]


@POSIX
def test_a_computer_may_be_called_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark comes from the computer's name, whatever its bytes, so that another's files are not taken for ours."""
    path = temporary(tmp_path, process=gone())
    system = os.uname()
    with monkeypatch.context() as patch:
        patch.setattr(os, "uname", lambda: os.uname_result([system[0], "north\udcffshire", *system[2:]]))
        assert atomic.sweep(tmp_path) == 0
        atomic.replace(tmp_path / "a", b"new")
    assert path.exists()
    assert atomic.sweep(tmp_path) == 1


def test_a_name_that_is_taken_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where chance gives a save the name of another's temporary file, it takes another name, and theirs stands."""
    theirs = temporary(tmp_path)
    drawn = iter(["0123abcd", "4567cdef"])
    monkeypatch.setattr("secrets.token_hex", lambda _bytes: next(drawn))
    atomic.replace(tmp_path / "a", b"new")
    assert theirs.read_bytes() == b"text"
    assert (tmp_path / "a").read_bytes() == b"new"
