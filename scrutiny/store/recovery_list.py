"""Every recovery file on this computer, whichever file it belongs to, for a person who looks for lost text."""

import contextlib
import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from scrutiny import paths
from scrutiny.errors import BeingSaved, FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.store import recovery
from scrutiny.store.atomic import exists

_SUFFIXES = (recovery.SUFFIX, recovery.UNUSABLE_SUFFIX)

_NAME_LENGTH = 6
"""The characters of a recovery file's short name."""

_FIRST_LINE_LIMIT = 20_000
"""The most bytes of a recovery file in which the path of its own file is looked for."""


@dataclass(frozen=True)
class RecoveryFile:
    """A recovery file as it was found, whether its text can be used or not."""

    path: Path
    kept: datetime
    """When it was last written, in UTC."""
    running: bool
    """Whether the session that writes it still runs, or another window offers it at this moment."""
    origin: Path | None
    """The file that its text belongs to; None if it does not say."""
    origin_exists: bool | None
    """Whether that file is still where it was; None if that is not known."""
    assessment: Assessment | None
    problem: FileProblem | None = None
    """Why its text cannot be used."""

    @property
    def name(self) -> str:
        """A few letters and digits by which a person refers to it."""
        return short_name(self.path)

    def belongs_to(self, path: Path, assessment_id: UUID | None = None) -> bool:
        """Whether its text was kept for a file, or for one of the same assessment that is gone from its place."""
        if _own_name(self.path).startswith(f"{recovery.mark_of(path)}-"):
            return True
        same = assessment_id is not None and self.assessment is not None and self.assessment.id == assessment_id
        return same and self.origin_exists is False


def short_name(path: Path) -> str:
    """A few letters and digits for a recovery file. They follow from its path alone, so they stay as others go."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:_NAME_LENGTH]


def every(folders: Iterable[Path] = ()) -> list[RecoveryFile]:
    """Every recovery file of this computer, the latest first.

    Args:
        folders: Folders of assessments, beside which such files are kept where nothing else can be written.
    """
    found = [_described(path) for path in _in_folders(folders)]
    return sorted((one for one in found if one is not None), key=lambda one: (one.kept, one.path), reverse=True)


def without_file(known: Collection[UUID]) -> list[Path]:
    """The recovery files that no start offers: their file is gone from its place, and nobody's session has them open.

    Args:
        known: The ids of assessments that are still there. Their text is offered when they are opened.
    """
    return [path for path in _in_folders(()) if path.suffix == recovery.SUFFIX and _forgotten(path, known)]


def absolute(path: Path) -> Path:
    """A path from the root, as recovery files name it; unchanged where the working directory is gone."""
    try:
        return path.absolute()
    except OSError:
        return path


def describe(files: Iterable[Path]) -> list[RecoveryFile]:
    """What stands in recovery files, without those that have vanished."""
    return [one for one in map(_described, files) if one is not None]


@contextlib.contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Hold the lock of a recovery file, so that nobody else offers or writes it meanwhile.

    Raises:
        BeingSaved: The session that writes it still runs, or another window offers it.
    """
    lock = recovery.lock_of(path)
    try:
        lock.acquire()
    except TimeoutError as error:
        raise BeingSaved(
            f"The session that keeps {path.name} still runs, or another window offers it.",
            hint="Go on in that window, or close it first.",
        ) from error
    except OSError:
        pass  # no lock can be had here
    try:
        yield
    finally:
        recovery.release(lock)


def remove(path: Path) -> None:
    """Remove a recovery file.

    Raises:
        FileProblem: It is still there.
    """
    recovery.forget(path)
    if os.path.lexists(path):
        raise FileProblem(f"The recovery file {path} cannot be removed.", hint="Remove it by hand.")


def _in_folders(folders: Iterable[Path]) -> list[Path]:
    own = (paths.recovery_folder(), paths.temporary_recovery_folder())
    beside = [folder for folder in dict.fromkeys(map(absolute, folders)) if folder not in own]
    found = []
    for folder in (*own, *beside):
        with contextlib.suppress(OSError):
            for name in sorted(os.listdir(folder)):  # noqa: PTH208 - names are all that is wanted
                ours = folder in own or name.startswith(recovery.BESIDE_PREFIX)
                if ours and name.endswith(_SUFFIXES):
                    found.append(folder / name)
    return found


def _described(path: Path) -> RecoveryFile | None:
    try:
        kept = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
    origin, assessment, problem = _origin(path), None, None
    try:
        assessment = recovery.read(path).assessment
    except FileProblem as told:
        problem = told
    return RecoveryFile(path, kept, _locked(path), origin, _there(origin), assessment, problem)


def _forgotten(path: Path, known: Collection[UUID]) -> bool:
    if any(f".{assessment_id.hex}-" in path.name for assessment_id in known):
        return False
    return _there(_origin(path)) is False and not _locked(path)


def _origin(path: Path) -> Path | None:
    """The file that a recovery file names in its first line."""
    with contextlib.suppress(OSError):
        if stat.S_ISREG(path.stat().st_mode):
            with path.open("rb") as file:
                return recovery.origin_in(file.readline(_FIRST_LINE_LIMIT).decode("utf-8", errors="replace"))
    return None


def _there(origin: Path | None) -> bool | None:
    try:
        return None if origin is None else exists(origin)
    except (FileProblem, ValueError):
        return None


def _locked(path: Path) -> bool:
    if not recovery.lock_path(path).exists():
        return False
    try:
        with claimed(path):
            return False
    except BeingSaved:
        return True


def _own_name(path: Path) -> str:
    return path.name.removeprefix(recovery.BESIDE_PREFIX)
