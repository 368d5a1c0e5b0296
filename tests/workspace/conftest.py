"""A session on a file with one answer, a disk that can fail, and when saves begin."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scrutiny.model.assessment import Answer
from scrutiny.store import assessments
from scrutiny.workspace.session import Session
from tests import building
from tests.timing import set_timing
from tests.workspace.working import NEVER, PLACE, Disk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the assessment is kept."""
    return tmp_path / "northshire.toml"


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    """A session on a fresh file in which one statement has a rating, evidence, a source and an action."""
    answer = Answer(rating="amber", evidence="Some.", sources=(building.source(),), actions=(building.action(),))
    session = Session(assessments.create(path, building.draft(answers={PLACE: answer})))
    yield session
    session.close()


@pytest.fixture
def only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No save begins by itself, and none is tried again by itself."""
    set_timing(monkeypatch, quiet=NEVER, longest=NEVER, retries=(NEVER,))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves begin at once, and are tried again at once."""
    set_timing(monkeypatch, quiet=0.0, retries=(0.01,))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """A disk that works until it is told not to."""
    disk = Disk()
    monkeypatch.setattr("scrutiny.store.assessments.replace", disk.replace)
    yield disk
    disk.problem = None
    disk.free.set()
