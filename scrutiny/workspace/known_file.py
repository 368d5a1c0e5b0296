"""What is known of an open file at a moment: a value that reports change. Touches no disk and knows no session."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from scrutiny.analysis.merge import Merged
from scrutiny.errors import ScrutinyError
from scrutiny.model.assessment import Assessment
from scrutiny.store.assessments import Stored

_TWO_VERSIONS = ScrutinyError(
    "Somebody else changed what you changed, too, and both versions wait for your choice.",
    hint="ctrl+s shows them.",
)
_LATE = ScrutinyError("The disk has not answered yet.", hint="Check the disk or the network connection.")


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
    """Why the text is not saved."""
    kept_at: Path | None = None
    """The recovery file that holds the text meanwhile; None if there is none."""


@dataclass(frozen=True)
class Contested:
    """Another version of the file conflicts with changes here. A person has to choose before anything is saved."""

    merged: Merged
    theirs: Stored


@dataclass
class KnownFile:
    """What is known of the file, and what has gone wrong with it. Times are of the monotonic clock."""

    on_disk: Stored
    """What the file is known to hold."""
    saved_at: datetime | None = None
    """When this session saved that, in UTC; None for what was there before."""
    replaced: Stored | None = None
    """A version that another writer put into the file, and that has not been taken in yet."""
    contested: Contested | None = None
    """What a person has to settle before the file can be saved again."""
    problem: ScrutinyError | None = None
    """Why the file does not hold what it is known to hold: it is gone, or unreadable."""
    save_problem: ScrutinyError | None = None
    """Why the last save failed."""
    failed_attempt: int = 0
    """The number of the last attempt to save that failed."""
    look_done: int = 0
    """The number of the last look at the file."""
    written_at: float = 0.0
    """When this session last wrote the file; 0 for never."""
    looked_at: float = 0.0
    """When the file was last looked at."""

    def holds(self, assessment: Assessment) -> bool:
        """Whether the file is known to hold an assessment."""
        undisturbed = self.problem is None and self.contested is None and self.replaced is None
        return undisturbed and assessment == self.on_disk.assessment

    def state(self, assessment: Assessment, kept_at: Path | None, *, late: bool) -> SaveState:
        """What a person is told.

        Args:
            assessment: What is here.
            kept_at: The recovery file that holds it; None if there is none.
            late: Whether it has been unsaved for long.
        """
        unsaved = assessment != self.on_disk.assessment
        problem = _TWO_VERSIONS if self.contested else self.problem
        if problem is None and unsaved:
            problem = self.save_problem or (_LATE if late else None)
        if problem is not None:
            return SaveState(SaveKind.FAILED, self.saved_at, problem, kept_at)
        return SaveState(SaveKind.SAVING if unsaved or self.replaced else SaveKind.SAVED, self.saved_at)

    def written(self, stored: Stored, at: datetime, now: float) -> None:
        """This session wrote a version."""
        self.on_disk, self.saved_at, self.written_at = stored, at, now
        self.problem = self.save_problem = self.replaced = None

    def failed(self, attempt: int, problem: ScrutinyError) -> None:
        """An attempt to save failed."""
        self.failed_attempt = max(self.failed_attempt, attempt)
        self.save_problem = problem

    def found(self, stored: Stored) -> bool:
        """The file was read; returns whether it holds again what it was known to hold."""
        restored = stored.digest == self.on_disk.digest
        self.replaced = None if restored else stored
        self.problem = None
        return restored

    def looked(self, number: int, digest: str | None, now: float) -> bool:
        """The file was looked at; returns whether it holds again what it was known to hold, after a problem."""
        self.look_done = max(self.look_done, number)
        self.looked_at = now
        restored = self.problem is not None and digest == self.on_disk.digest
        if restored:
            self.problem = self.replaced = None
        return restored

    def taken_in(self, theirs: Stored) -> None:
        """The version that another writer put there is the one that ours rests on from now on."""
        self.on_disk = theirs
        self.replaced = self.contested = self.problem = self.save_problem = None
