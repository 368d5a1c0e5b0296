"""Several writers on one file at once: nobody's work is lost, whatever their clocks say."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from scrutiny.model.assessment import Answer
from scrutiny.store import assessments
from tests import building
from tests.workspace.storming import SHARED, missing

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file in which one action is there for all to report progress on."""
    draft = building.draft(answers={"voice": Answer(actions=(building.action(SHARED),))})
    return building.written(tmp_path / "work" / "northshire.toml", draft)


@contextmanager
def writer(how: str, path: Path, number: int, count: int, state: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """A process that writes to the file; with a state folder of its own, it shares no lock with the others."""
    environment = dict(os.environ) if state is None else {**os.environ, "XDG_STATE_HOME": str(state)}
    run = [sys.executable, "-m", "tests.workspace.storming", how, str(path), str(number), str(count)]
    with subprocess.Popen(
        run, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        yield process


def storm(hows: list[str], path: Path, count: int, states: list[Path] | None = None) -> int:
    """Let several writers loose on a file, each in its own way, and say how many of their edits are not in it."""
    with ExitStack() as all_of_them:
        writers = [
            all_of_them.enter_context(writer(how, path, number, count, states[number] if states else None))
            for number, how in enumerate(hows)
        ]
        sessions = [one for one, how in zip(writers, hows, strict=True) if how == "session"]
        for one in sessions:
            said(one)
        for one, how in zip(writers, hows, strict=True):
            if how == "command":
                assert one.wait() == 0, one.communicate()[1]
        for one in [*sessions, *sessions]:  # twice: what one of them brings in again, the others have to see
            look(one)
        for one in writers:
            _, complaint = one.communicate()
            assert one.returncode == 0, complaint
    final = assessments.load(path).assessment
    return sum(missing(final, number, range(count)) for number in range(len(hows)))


def said(process: subprocess.Popen[str]) -> str:
    """The next line that a writer says."""
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, process.communicate()[1]
    return line


def look(process: subprocess.Popen[str]) -> None:
    """Have an open window look at the file, and take in what others saved."""
    assert process.stdin is not None
    process.stdin.write("look\n")
    process.stdin.flush()
    assert said(process) == "false"


@pytest.mark.parametrize("hows", [["session", "session"], ["command", "command"], ["session", "command"]], ids="-".join)
def test_no_edit_is_lost(path: Path, hows: list[str]) -> None:
    """Two writers at once, with clocks that differ by hours: every edit of both is in the file."""
    assert storm(hows, path, 25) == 0
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("how", ["session", "command"])
def test_no_edit_is_lost_without_locks(path: Path, tmp_path: Path, how: str) -> None:
    """Two computers that share a folder but no lock: each brings in again what the other wrote over."""
    assert storm([how, how], path, 25, [tmp_path / "one", tmp_path / "two"]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("how", ["session", "command"])
@pytest.mark.parametrize("part", range(25))
def test_ten_thousand_edits(path: Path, how: str, part: int) -> None:
    """Eight writers, 10,000 edits in parts of 200, since a file that grows without end is slow: none lost."""
    assert storm([how] * 8, path, 25) == 0, part


@pytest.mark.slow
@pytest.mark.parametrize("how", ["session", "command"])
@pytest.mark.parametrize("part", range(10))
def test_a_thousand_edits_without_locks(path: Path, tmp_path: Path, how: str, part: int) -> None:
    """Four windows, or commands, that share no lock, 1,000 edits of each in parts of 100: none lost."""
    assert storm([how] * 4, path, 25, [tmp_path / str(number) for number in range(4)]) == 0, part
