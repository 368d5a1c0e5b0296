"""Reading: what stands at a path is read, or refused with the reason and a next step, and never guessed."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scrutiny.errors import FileProblem
from scrutiny.store import atomic
from tests.store.simulated import failing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with something in it."""
    (tmp_path / "a").write_bytes(b"old")
    return tmp_path / "a"


REASONS = [
    (errno.ENOENT, "there is no such file", "the name and the folder"),
    (errno.ENOTDIR, "there is no such file", "the name and the folder"),
    (errno.EACCES, "you may not read it", "the right to read"),
    (errno.EPERM, "you may not read it", "the right to read"),
    (errno.ENAMETOOLONG, "its name is too long", "the name"),
    (errno.EIO, os.strerror(errno.EIO).lower(), "the disk or the network"),
]


@pytest.mark.parametrize("call", ["stat", "read_bytes"])
@pytest.mark.parametrize(("number", "said", "advised"), REASONS, ids=lambda value: str(value))
def test_why_a_file_is_not_read_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, said: str, advised: str
) -> None:
    """Whatever the system says against it, the file is named, with the reason and what to do about it."""
    monkeypatch.setattr(Path, call, failing(number))
    with pytest.raises(FileProblem) as caught:
        atomic.read_bytes(path)
    assert caught.value.title == f"{path} cannot be read: {said}."
    assert advised in caught.value.hint


def refusing(*_arguments: object, **_options: object) -> None:
    """A system call that fails and does not say why."""
    raise OSError


@pytest.mark.parametrize(
    ("call", "what"), [(atomic.read_bytes, "read"), (lambda path: atomic.replace(path, b"new"), "written")]
)
def test_a_system_without_a_reason_is_given_none(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[[Path], object], what: str
) -> None:
    """Where the system says nothing, no reason is made up: that would send somebody looking in the wrong place."""
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refusing)
        with pytest.raises(FileProblem, match=f"cannot be {what}: the system refused"):
            call(path)
    assert path.read_bytes() == b"old"


def test_a_drive_that_asks_for_patience_is_no_empty_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a drive says “try again”, for which Python reads nothing, that is told, and nothing is written over."""
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda _path: None)
        with pytest.raises(FileProblem, match=os.strerror(errno.EAGAIN).lower()):
            atomic.read_bytes(path)
        with pytest.raises(FileProblem, match=os.strerror(errno.EAGAIN).lower()):
            atomic.replace(path, b"new")
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ELOOP])
def test_existence_that_is_not_said_is_no_absence(path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """A folder that may not be looked into, or a drive that fails, does not make a file one that is not there."""
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", failing(number))
        with pytest.raises(FileProblem) as caught:
            atomic.exists(path)
    assert caught.value.title.startswith(f"{path} cannot be read: ")


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENOTDIR])
def test_absence_is_said(path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """What is not there, or below a file, does not exist."""
    monkeypatch.setattr(Path, "stat", failing(number))
    assert not atomic.exists(path)


def test_the_limit_is_the_largest_size_that_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of just so many bytes is read, and one of a byte more is refused, unread."""
    monkeypatch.setattr(atomic, "READ_LIMIT", 3)
    assert atomic.read_bytes(path) == b"old"
    path.write_bytes(b"four")
    monkeypatch.setattr(Path, "read_bytes", refusing)
    with pytest.raises(FileProblem, match="far more than any file"):
        atomic.read_bytes(path)
