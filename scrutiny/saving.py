"""Saving in the background: soon after the last key, again and again if it fails, and always honest about it."""

import contextlib
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from scrutiny.errors import ScrutinyError
from scrutiny.model.assessment import Assessment

QUIET_SECONDS = 0.4
"""A save begins when nothing was changed for this long."""

LONGEST_WAIT = 0.8
"""However fast someone types, a save begins this long after the first change that is not on the disk."""

_RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0)


class SaveKind(Enum):
    """What is true of the file at this moment."""

    SAVED = "saved"
    SAVING = "saving"
    FAILED = "failed"


@dataclass(frozen=True)
class SaveState:
    """What is true of the file at this moment, and since when or why."""

    kind: SaveKind
    at: datetime | None = None
    """When it was last saved in this session, in UTC; None before the first save."""
    problem: ScrutinyError | None = None
    """Why the last try failed."""


Write = Callable[[Assessment], None]
"""Puts an assessment on the disk, or raises ScrutinyError. Called from the saver's own thread, one call at a time."""


class Saver:
    """Keeps a file up to date with the latest assessment, from a thread of its own.

    Args:
        write: Puts an assessment on the disk.
        saved: The assessment that the file holds already.
        changed: Called from the saver's thread with each new state.
    """

    def __init__(self, write: Write, saved: Assessment, changed: Callable[[SaveState], None]) -> None:
        self._write = write
        self._changed = changed
        self._condition = threading.Condition()
        self._latest = saved
        self._saved = saved
        self._first_change = math.inf
        self._last_change = 0.0
        self._not_before = 0.0
        self._failures = 0
        self._tries = 0
        self._failed_try = 0
        self._flushed_after: int | None = None
        self._closing = False
        self._state = SaveState(SaveKind.SAVED)
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> SaveState:
        """What is true of the file at this moment."""
        with self._condition:
            return self._state

    @property
    def latest(self) -> Assessment:
        """The assessment as it was last submitted."""
        with self._condition:
            return self._latest

    @property
    def unsaved(self) -> bool:
        """Whether the latest assessment is not on the disk."""
        with self._condition:
            return self._latest is not self._saved

    def submit(self, assessment: Assessment, *, mended: bool = False) -> None:
        """Take the latest assessment, a new object each time; it is written soon, even after the end.

        Args:
            mended: Whether it does away with why the last tries failed, so that the next one need not wait.
        """
        with self._condition:
            if mended:
                self._failures = 0
                self._not_before = 0.0
            self._last_change = time.monotonic()
            self._first_change = min(self._first_change, self._last_change)
            self._latest = assessment
            self._closing = False
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="saver", daemon=True)
                self._thread.start()
            self._condition.notify_all()
            if self._state.kind is SaveKind.SAVED:
                self._tell(SaveState(SaveKind.SAVING, self._state.at))

    def rest(self, assessment: Assessment) -> None:
        """Take an assessment that is on the disk already, because it came from there."""
        with self._condition:
            self._latest = self._saved = assessment
            self._first_change = math.inf
            self._failures = 0
            self._not_before = 0.0
            self._tell(SaveState(SaveKind.SAVED, datetime.now(UTC)))
            self._condition.notify_all()

    def flush(self, timeout: float = 5.0) -> bool:
        """Write what is unsaved now, and say whether everything is on the disk.

        Args:
            timeout: The most seconds to wait for the disk.
        """
        with self._condition:
            begun = self._flushed_after = self._tries
            self._condition.notify_all()
            self._condition.wait_for(
                lambda: self._latest is self._saved or self._failed_try > begun or self._closing, timeout=timeout
            )
            self._flushed_after = None
            return self._latest is self._saved

    def close(self, timeout: float = 5.0) -> bool:
        """Flush and end the thread; says whether everything is on the disk.

        Args:
            timeout: The most seconds to wait for the disk.
        """
        deadline = time.monotonic() + timeout
        self.flush(timeout)
        with self._condition:
            self._closing = True
            self._condition.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not self.unsaved

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._closing and not self._due():
                    self._condition.wait(self._pause())
                if self._closing:
                    self._thread = None
                    return
                assessment, changed_at = self._latest, self._first_change
                self._first_change = math.inf
                self._tries += 1
            self._try(assessment, changed_at)

    def _try(self, assessment: Assessment, changed_at: float) -> None:
        problem: ScrutinyError | None = None
        try:
            self._write(assessment)
        except ScrutinyError as error:
            problem = error
        except Exception:  # noqa: BLE001 - a dead saver would leave "saving" on the screen for ever
            problem = ScrutinyError("The file could not be saved because of a fault in Scrutiny.", hint="Save a copy.")
        with self._condition:
            self._condition.notify_all()
            if problem is None:
                self._saved = assessment
                self._failures = 0
                self._not_before = 0.0
                kind = SaveKind.SAVED if self._latest is assessment else SaveKind.SAVING
                self._tell(SaveState(kind, datetime.now(UTC)))
            else:
                pause = _RETRY_SECONDS[min(self._failures, len(_RETRY_SECONDS) - 1)]
                self._failures += 1
                self._failed_try = self._tries
                self._first_change = changed_at
                self._not_before = time.monotonic() + pause
                self._tell(SaveState(SaveKind.FAILED, self._state.at, problem))

    def _due(self) -> bool:
        if self._latest is self._saved:
            return False
        hurried = self._flushed_after is not None and self._failed_try <= self._flushed_after
        return hurried or time.monotonic() >= self._when()

    def _pause(self) -> float | None:
        """Seconds until the next try; None while there is nothing to write."""
        return None if self._latest is self._saved else max(0.0, self._when() - time.monotonic())

    def _when(self) -> float:
        return max(min(self._last_change + QUIET_SECONDS, self._first_change + LONGEST_WAIT), self._not_before)

    def _tell(self, state: SaveState) -> None:
        self._state = state
        with contextlib.suppress(Exception):  # a screen that is gone must not end the saving
            self._changed(state)
