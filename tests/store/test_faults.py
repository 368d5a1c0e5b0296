"""Saves that are killed or fail at any system call, and disks that are really full."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import pytest

from scrutiny.errors import FileProblem
from scrutiny.store import assessments, atomic, backups, recovery
from tests import building
from tests.store.breaking import IDLE, OPERATIONS, Outcome, new, old

ROOT = Path(__file__).parent.parent.parent

WRITING = ("openat", "write", "close", "fsync", "fchmod", "rename", "mkdir", "flock")
"""The calls by which a save gets onto the disk; the others only look."""

ERRORS = [
    *("ENOSPC", "EIO", "EDQUOT", "EROFS", "EACCES", "EPERM", "EINTR", "EAGAIN", "ENOMEM", "ENOENT", "EMFILE", "EBUSY"),
    *("ESTALE", "ETIMEDOUT"),
]
"""What disks, network drives and systems in need say."""


@pytest.fixture
def strace() -> None:
    """Skip where there is no strace, or no leave to use it; where everything is tested, that is a failure."""
    found = shutil.which("strace")
    reason = "strace is not installed, so no save can be killed at a system call" if not found else ""
    if found:
        tried = subprocess.run([found, "-o", "/dev/null", "true"], capture_output=True, check=False)
        reason = "strace is not permitted here" if tried.returncode else ""
    if reason and os.environ.get("CI") and sys.platform == "linux":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


def break_saves(root: Path, orders: list[tuple[str, str]], operations: list[str] | None = None) -> list[Outcome]:
    """Strike operations at every call of the ordered kinds, and say what came of each."""
    given = [str(root), json.dumps(orders), json.dumps(operations or list(OPERATIONS))]
    run = [sys.executable, "-m", "tests.store.breaking", *given]
    ended = subprocess.run(run, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return [Outcome(**json.loads(line)) for line in ended.stdout.splitlines()]


def judge(outcomes: list[Outcome]) -> None:
    """Check what must be true whatever was struck."""
    assert not [one for one in outcomes if one.content == "other"], "a file that is neither the old nor the new one"
    assert not [one for one in outcomes if one.end == "saved" and one.content != "new"], "a false word of a save"
    assert not [one for one in outcomes if one.end not in ("saved", "refused", "killed")], "no plain sentence"
    assert not [one for one in outcomes if one.left_after_start], "text left behind"


def judge_errors(outcomes: list[Outcome]) -> None:
    """Check what must be true where a call failed and the program went on."""
    judge(outcomes)
    assert {one.end for one in outcomes} == {"saved", "refused"}
    assert not [one for one in outcomes if one.end == "refused" and one.content == "new"], "a false word of a loss"
    assert not [one for one in outcomes if one.left and one.call != "unlink"], "text left behind by a failed save"


@pytest.mark.usefixtures("strace")
def test_a_killed_save_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """Killed at any call that writes, a save, a backup or an export is done or not begun, and the next start tidies."""
    outcomes = break_saves(tmp_path, [(call, "") for call in ("openat", "write", "close", "fsync", "fchmod", "rename")])
    judge(outcomes)
    assert {one.end for one in outcomes} == {"killed"}
    assert {one.operation for one in outcomes} == set(OPERATIONS)
    assert {one.content for one in outcomes} == {"old", "new"}
    assert any(one.left for one in outcomes), "nothing was left that could have been tidied"
    assert len(outcomes) > 60


@pytest.mark.slow
@pytest.mark.usefixtures("strace")
def test_every_kill_point(tmp_path: Path) -> None:
    """The same at every call of every kind, those that only look included: at least two hundred."""
    outcomes = break_saves(tmp_path, [(call, "") for call in IDLE])
    judge(outcomes)
    assert {one.end for one in outcomes} == {"killed"}
    assert len(outcomes) >= 200


@pytest.mark.usefixtures("strace")
def test_a_failing_save_is_told_truly(tmp_path: Path) -> None:
    """Whichever call fails, saved is said only of what is in the file, and a loss only of what is not."""
    orders = [("write", "ENOSPC"), ("fsync", "EIO"), ("rename", "EDQUOT"), ("openat", "EROFS"), ("close", "EIO")]
    outcomes = break_saves(tmp_path, [*orders, ("fchmod", "EPERM"), ("flock", "ENOLCK"), ("write", "EINTR")])
    judge_errors(outcomes)
    assert all(one.end == "refused" for one in outcomes if one.error in ("ENOSPC", "EDQUOT"))
    assert all(one.end == "saved" for one in outcomes if one.error == "EINTR")


@pytest.mark.slow
@pytest.mark.usefixtures("strace")
def test_every_error_at_every_call(tmp_path: Path) -> None:
    """The same for every error at every call: at least a thousand cases."""
    (tmp_path / "looks").mkdir()
    outcomes = break_saves(tmp_path, [(call, error) for error in ERRORS for call in (*WRITING, "read", "lseek")])
    ours = [name for name in OPERATIONS if name != "export"]  # it looks at its target in the exchange's own way
    outcomes += break_saves(tmp_path / "looks", [("newfstatat", error) for error in ("EIO", "EACCES", "ENOENT")], ours)
    judge_errors(outcomes)
    assert len({astuple(one) for one in outcomes}) >= 1000


LIMITED = """
import resource, signal, sys
from pathlib import Path
from tests.store import breaking
folder, name, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
import os
os.environ["XDG_STATE_HOME"] = str(folder / "state")
breaking.OPERATIONS[name].prepare(folder)
before = breaking._bytes(breaking.OPERATIONS[name].target(folder))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
code = breaking._carried_out(breaking.Case(name, 0, folder))
assert breaking._bytes(breaking.OPERATIONS[name].target(folder)) == before
sys.exit(code)
"""


@pytest.mark.skipif(os.name != "posix", reason="this system has no such limit")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_file_that_may_not_grow_is_refused(tmp_path: Path, operation: str) -> None:
    """Where the system stops a file in the middle of its text, the old one stands, alone, and that is told."""
    run = [sys.executable, "-c", LIMITED, str(tmp_path), operation, "2000"]
    ended = subprocess.run(run, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ended.returncode == 10, ended.stderr
    assert not list(tmp_path.rglob(f"{atomic.TEMPORARY_PREFIX}*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    mounted = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=64k", "scrutiny", str(folder)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("this system lets the tests mount nothing")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    """On a disk that fills up, the last version that was said to be saved is the one that stands there."""
    path = small_disk / "northshire.toml"
    digest = assessments.create(path, old()).digest
    (small_disk / "ballast").write_bytes(b"x" * 32_768)
    saved, text = old(), "Heard. "
    for doubled in range(20):
        after = old().model_copy(
            update={
                "answers": {"plan": building.draft().answer("plan").model_copy(update={"evidence": text * 2**doubled})}
            }
        )
        try:
            digest = assessments.save(path, after, digest)
        except FileProblem as problem:
            assert "the disk is full" in problem.title  # noqa: PT017 - that it comes at all is checked below
            break
        saved = after
    else:
        pytest.fail("the disk never filled up")
    assert assessments.load(path).assessment == saved
    assert [one.name for one in small_disk.iterdir() if one.name.startswith(".")] == []
    (small_disk / "ballast").unlink()
    assessments.save(path, new(), digest)
    assert assessments.load(path).assessment == new()


def test_a_full_state_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """Where the state folder cannot be used, a backup and a recovery are refused in plain words."""
    (tmp_path / "state").write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: tmp_path / "state" / "scrutiny")
    with pytest.raises(FileProblem, match="cannot be made"):
        backups.keep(file)
    with pytest.raises(FileProblem, match="cannot be written"):
        recovery.keep(building.recovery_path(file, "0123"), old(), file)


def test_errors_have_names() -> None:
    """The list of errors holds nothing that this system does not know."""
    assert all(hasattr(errno, name) for name in ERRORS)
