"""What tests of sessions share: edits, waiting, and what is on the disk."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from scrutiny.errors import FileProblem
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, atomic
from scrutiny.store.atomic import Unread
from scrutiny.workspace.known_file import SaveKind, SaveState
from scrutiny.workspace.session import Edit, Session

PATIENCE = 20.0
"""Seconds to wait for what must happen: far longer than it takes on a busy machine."""

NEVER = 3600.0

PLACE = "voice"
"""The statement that most tests answer."""

FULL = FileProblem("The disk is full.", hint="Free some space.")


class Disk:
    """Stands before the real disk: lets writes through, refuses them, or holds them up."""

    def __init__(self) -> None:
        self.problem: FileProblem | None = None
        self.busy = threading.Event()
        self.free = threading.Event()
        self.free.set()

    def replace(self, path: Path, content: bytes, standing: bytes | Unread | None) -> None:
        """Write as the store wants it written."""
        self.busy.set()
        assert self.free.wait(PATIENCE)
        if self.problem is not None:
            raise self.problem
        atomic.replace(path, content, standing)


def on_disk(session: Session) -> Assessment:
    """What the session's file holds."""
    return assessments.load(session.path).assessment


def content(assessment: Assessment) -> Assessment:
    """An assessment without the time of its last change, which undoing does not take back."""
    return assessment.model_copy(update={"modified": assessment.created})


def rating(key: str | None, place: str = PLACE) -> Edit:
    """Give a rating."""
    return lambda now: edits.rate(now, place, key)


def evidence(text: str, place: str = PLACE) -> Edit:
    """Write a note."""
    return lambda now: edits.write_evidence(now, place, text)


def wait_until(session: Session, true: Callable[[SaveState], bool]) -> SaveState:
    """Wait until the file's state is as described."""
    deadline = time.monotonic() + PATIENCE
    while not true(session.save_state):
        assert time.monotonic() < deadline, session.save_state
        time.sleep(0.002)
    return session.save_state


def wait_for(session: Session, kind: SaveKind) -> SaveState:
    """Wait until the file's state is of a kind."""
    return wait_until(session, lambda state: state.kind is kind)


def found_changed(session: Session) -> bool:
    """Whether a look at the file, which is waited for, finds that another writer changed it."""
    session.sync.wait_for_look(time.monotonic() + PATIENCE)
    return session.sync.file.replaced is not None or session.sync.file.problem is not None
