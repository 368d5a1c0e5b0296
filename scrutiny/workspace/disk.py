"""What a session asks of the disk on which its assessment is kept; tests put a simulated disk in its place."""

from functools import partial
from pathlib import Path
from typing import Protocol

from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, backups, codec
from scrutiny.store.assessments import Stored
from scrutiny.store.atomic import read_bytes
from scrutiny.store.patience import within

_BACKUP_SECONDS = 0.5
"""Seconds after which a save goes on without waiting for its backup any longer."""


class Disk(Protocol):
    """Reads and replaces assessments. Called from the saver's thread alone; any call may take for ever."""

    def prepare(self) -> None:
        """Import and allocate everything that the other methods need."""

    def load(self, path: Path) -> Stored:
        """Read the assessment in a file."""

    def digest(self, path: Path) -> str:
        """Return the digest of a file's bytes."""

    def save(self, path: Path, assessment: Assessment, expected: str, ancestry: tuple[str, ...]) -> Stored:
        """Replace the version of a file that has the expected digest, and return what stands there now."""

    def keep_backup(self, path: Path) -> None:
        """Keep a copy of a file as it stands."""


class LocalDisk:
    """The disk as this process reaches it. One for each session: it keeps the encoded text of one file."""

    def __init__(self) -> None:
        self._encoder = codec.Encoder()

    def prepare(self) -> None:
        """Import what saving needs, so that a save works even after the installation was replaced."""
        assessments.prepare()

    def load(self, path: Path) -> Stored:
        """Read the assessment in a file."""
        return assessments.load(path)

    def digest(self, path: Path) -> str:
        """Return the digest of a file's bytes."""
        return assessments.file_digest(path)

    def save(self, path: Path, assessment: Assessment, expected: str, ancestry: tuple[str, ...]) -> Stored:
        """Replace the version of a file that has the expected digest, and return what stands there now."""
        return assessments.save_version(path, assessment, expected, ancestry, self._encoder)

    def keep_backup(self, path: Path) -> None:
        """Keep a copy of a file as it stands, among its last ten backups, if the state folder's disk answers."""
        within(_BACKUP_SECONDS, partial(backups.keep, path, read_bytes(path)))
