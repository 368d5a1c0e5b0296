"""What a session leaves behind for the next: a backup of the file as it was opened, and text that is not in it yet.

Both stand in the state folder of this computer, never beside the file: a shared folder would spread them, and a folder
that cannot be written is just when they are needed.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scrutiny import paths
from scrutiny.errors import FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.store import codec, toml
from scrutiny.store.atomic import private_folder, read_bytes, replace, sweep

_SUFFIX = ".toml"


@dataclass(frozen=True)
class Recovered:
    """Text that a session had not got into its file when it ended."""

    assessment: Assessment
    kept_at: Path
    """The recovery file, which goes once the text is in the assessment's own file."""


def backup_path(path: Path) -> Path:
    """Where the backup of an assessment's file stands, or will stand."""
    return paths.backups_folder() / f"{mark_of(path)}{_SUFFIX}"


def recovery_path(path: Path, session: str) -> Path:
    """Where a session keeps text for an assessment's file while the file itself cannot be written.

    Args:
        session: A few letters and digits of the session's own, so that it never writes over what another one left.
    """
    return paths.recovery_folder() / f"{mark_of(path)}-{session}{_SUFFIX}"


def keep_backup(path: Path) -> None:
    """Keep the file as it stands, in place of the backup before it.

    Raises:
        FileProblem: It cannot be read, or its copy cannot be written.
    """
    put(backup_path(path), read_bytes(path))


def keep(kept_at: Path, assessment: Assessment) -> None:
    """Keep an assessment that cannot be written to its own file.

    Args:
        kept_at: The session's own `recovery_path`.

    Raises:
        FileProblem: It cannot be written here either.
    """
    put(kept_at, codec.encode(assessment).encode())


def sweep_all(folder: Path) -> None:
    """Remove the temporary files that dead sessions left in a folder of assessments or workbooks, and in our own."""
    for each in (folder, paths.state_folder(), paths.backups_folder(), paths.recovery_folder()):
        sweep(each)


def find(path: Path) -> Iterator[Recovered]:
    """What earlier sessions on a file had not got into it, by name.

    A recovery file that cannot be read is put aside under another name, so that it is met only once.
    """
    for kept_at in kept_for(path, _SUFFIX):
        try:
            found = Recovered(codec.decode(toml.read_text(kept_at), kept_at).assessment, kept_at)
        except FileProblem:
            put_aside(kept_at)
        else:
            yield found


def put_aside(kept_at: Path) -> None:
    """Keep a recovery file under another name, because it does not serve: it is not found again, and not lost."""
    with contextlib.suppress(OSError):
        kept_at.replace(kept_at.with_suffix(".unusable"))


def forget(kept_at: Path) -> None:
    """Remove a recovery file, because its text is in the file now or nobody wants it."""
    with contextlib.suppress(OSError):
        kept_at.unlink(missing_ok=True)


def kept_for(path: Path, suffix: str) -> list[Path]:
    """The recovery files of a file or folder that end in a suffix, by name."""
    try:
        return sorted(paths.recovery_folder().glob(f"{mark_of(path)}-*{suffix}"))
    except OSError:
        return []  # a state folder that may not be read must not stop a start


def mark_of(path: Path) -> str:
    """A name by the whole path of a file or folder, so that files of one name in two folders stay apart."""
    return hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:32]


def put(target: Path, content: bytes) -> None:
    """Write a file of the state folder, for its owner alone.

    Raises:
        FileProblem: It cannot be written.
    """
    private_folder(target.parent)
    replace(target, content)
