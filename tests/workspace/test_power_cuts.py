"""A power cut at any moment leaves what was told as saved, whatever the disk had not written yet."""

import io
import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from scrutiny import paths
from scrutiny.analysis.merge import Choice
from scrutiny.cli.main import run
from scrutiny.errors import FileProblem
from scrutiny.exchange.workbook_mark import is_ours
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, codec, recovery
from scrutiny.workspace.session import Session
from tests import building
from tests.workspace.marking import adding, appending, marks
from tests.workspace.power_cuts import Recording, State, put_on_disk, states
from tests.workspace.system_calls import WRITE, Call
from tests.workspace.working import PATIENCE
from tests.workspace.world import TIMING

_decoded: dict[bytes, Assessment | None] = {}


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the disk, with the state folder on it."""
    root = Path(os.path.realpath(tmp_path)) / "disk"
    root.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(root / "state"))
    monkeypatch.setattr("tempfile.tempdir", str(root))
    return root


def file_on(disk: Path) -> Path:
    """The assessment's file, in a folder that is made for it."""
    return disk / "work" / "northshire.toml"


def command(*words: str | Path) -> None:
    """Run a command that succeeds."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as said:
        assert run([str(word) for word in words]) == 0, said.getvalue()


def make(disk: Path, recording: Recording) -> None:
    """Make the assessment with a command, in a folder that is not there yet."""
    words = ("--partnership", "Northshire", "--area", "Northshire", "--cycle", "2026-27")
    command("new", file_on(disk), *words)
    recording.told(file_on(disk))


def commands(disk: Path, recording: Recording, times: int) -> None:
    """Rate, add actions and export."""
    path = file_on(disk)
    make(disk, recording)
    statements = [statement.ref for statement in assessments.load(path).assessment.framework.statements]
    for number in range(times):
        statement = statements[number % len(statements)]
        command("rate", path, statement, "amber", "--evidence", f"Note {number}.")
        recording.told(path)
        command("action", "add", path, statement, "--text", f"Do {number}.")
        recording.told(path)
        if number % 5 == 0:
            command("export", path, "-o", disk / "work" / "tracker.xlsx", "--replace")
            recording.told(disk / "work" / "tracker.xlsx")


@contextmanager
def window(path: Path) -> Iterator[Session]:
    """A window on the file."""
    session = Session(assessments.load(path), timing=TIMING)
    yield session
    session.close(PATIENCE)


def windows(disk: Path, recording: Recording, times: int) -> None:
    """Write in windows whose disk takes nothing for a while, and take back what was kept meanwhile."""
    path = file_on(disk)
    assessments.create(path, building.draft())
    recording.told(path)
    for number in range(times):
        with window(path) as session:
            offered = session.left_behind.offer(session.assessment)
            if offered is not None:
                session.take_back(offered, dict.fromkeys(offered.conflicts, Choice.BOTH))
            for edit in (adding(3 * number), appending(3 * number + 1)):
                session.edit(edit, "an edit")
                assert session.save_now(PATIENCE)
                recording.told(path)
            recording.refuse = refusing(path.parent)
            session.edit(adding(3 * number + 2), "an edit")
            assert not session.save_now(PATIENCE)
            kept_at = session.save_state.kept_at
            assert kept_at is not None
            recording.kept(kept_at)
            if number % 2:
                recording.refuse = lambda _call: None
                assert session.save_now(PATIENCE)
                recording.told(path)
        recording.refuse = lambda _call: None


def refusing(folder: Path) -> Callable[[Call], None]:
    """Refuse to write in a folder."""

    def refuse(call: Call) -> None:
        if call.name == WRITE and call.path.parent == folder:
            raise OSError(28, os.strerror(28))

    return refuse


def decoded(content: bytes) -> Assessment | None:
    """The assessment in a file; None if it is none."""
    if content not in _decoded:
        try:
            _decoded[content] = codec.decode(content.decode(), Path("a.toml")).assessment
        except (FileProblem, UnicodeDecodeError):
            _decoded[content] = None
    return _decoded[content]


def check(disk: Path, state: State, order: list[bytes]) -> None:
    """What must be true after a power cut, and after the next start."""
    put_on_disk(disk, state.files)
    for below, content in state.told.items():
        found = (disk / below).read_bytes() if (disk / below).exists() else None
        assert found is not None, f"{below} was told as saved, and is gone"
        assert order.index(found) >= order.index(content), f"{below} is older than what was told as saved"
    for below, content in state.files.items():
        if below.name in ("northshire.toml",) or below.parts[:3] == ("state", "scrutiny", "backups"):
            if not below.name.startswith("."):
                assert decoded(content) is not None, f"{below} is damaged"
        elif below.name == "tracker.xlsx":
            assert is_ours(disk / below), "the workbook is damaged"
    recovery.sweep_all(disk / "work")
    offered = list(recovery.find(file_on(disk), building.draft().id))
    there = marks(decoded(state.files.get(Path("work/northshire.toml"), b"")))
    there = there.union(*(marks(recovered.assessment) for recovered in offered))
    assert state.kept is None or marks(decoded(state.kept)) <= there, "text that was told as kept is gone"
    for recovered in offered:
        assert any(decoded(version) == recovered.assessment for version in state.versions), "nobody wrote that"
        recovery.release(recovered.lock)
    for path in paths.recovery_folder().glob("*.toml"):
        assert decoded(path.read_bytes()) is not None, "a damaged recovery file is left to be met again"


def replayed(disk: Path, record: Callable[[Path, Recording, int], None], times: int) -> int:
    """Record what programs do, and check every state that a power cut may leave; returns how many there are."""
    recording = Recording(disk)
    with recording.calls.watched():
        record(disk, recording, times)
    order = list(dict.fromkeys(event.content for event in recording.events if event.kind == WRITE))
    count = 0
    for state in states(recording.events, random.Random(0)):  # noqa: S311 - chance decides what is tried, not what is secret
        check(disk, state, order)
        count += 1
    return count


def test_a_power_cut_under_commands(disk: Path) -> None:
    """After a power cut under commands, the file is whole, and never older than what a command said it had saved."""
    assert replayed(disk, commands, 6) >= 100


def test_a_power_cut_under_windows(disk: Path) -> None:
    """The same under windows that save, keep text aside, and take it back."""
    assert replayed(disk, windows, 2) >= 200


@pytest.mark.slow
def test_many_power_cuts(disk: Path) -> None:
    """The same in five thousand states."""
    counts = [replayed(disk, commands, 60)]
    put_on_disk(disk, {})
    counts.append(replayed(disk, windows, 30))
    assert sum(counts) >= 5000, counts
    sys.stdout.write(f"states: {counts}\n")
