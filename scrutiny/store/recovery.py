"""What a session leaves behind for the next: a backup of the file as it was opened, and text that is not in it yet.

Both stand in the state folder of this computer, never beside the file: a shared folder would spread them, and a folder
that cannot be written is just when they are needed.
"""

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

from scrutiny import paths
from scrutiny.errors import FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.store import codec, toml
from scrutiny.store.atomic import read_bytes, replace


@dataclass(frozen=True)
class Recovered:
    """Text that a session had not got into its file when it ended."""

    assessment: Assessment
    kept_at: Path
    """The recovery file, which goes once the text is in the assessment's own file."""


def backup_path(path: Path) -> Path:
    """Where the backup of an assessment's file stands, or will stand."""
    return paths.backups_folder() / _name(path)


def recovery_path(path: Path) -> Path:
    """Where text for an assessment's file is kept while the file itself cannot be written."""
    return paths.recovery_folder() / _name(path)


def keep_backup(path: Path) -> None:
    """Keep the file as it stands, in place of the backup before it.

    Raises:
        FileProblem: It cannot be read, or its copy cannot be written.
    """
    _place(backup_path(path), read_bytes(path))


def keep(path: Path, assessment: Assessment) -> None:
    """Keep an assessment that cannot be written to its own file.

    Raises:
        FileProblem: It cannot be written here either.
    """
    _place(recovery_path(path), codec.encode(assessment).encode())


def find(path: Path) -> Recovered | None:
    """What the last session on a file had not got into it; None where it left nothing.

    A recovery file that cannot be read is put aside under another name, so that it is met only once.
    """
    kept_at = recovery_path(path)
    if not kept_at.exists():
        return None
    try:
        return Recovered(codec.decode(toml.read_text(kept_at), kept_at).assessment, kept_at)
    except FileProblem:
        with contextlib.suppress(OSError):
            kept_at.replace(kept_at.with_suffix(".unreadable"))
        return None


def forget(path: Path) -> None:
    """Remove what was kept for a file, because it is in the file now or nobody wants it."""
    with contextlib.suppress(OSError):
        recovery_path(path).unlink(missing_ok=True)


def _name(path: Path) -> str:
    """A name by the file's whole path, so that files of one name in two folders stay apart."""
    return hashlib.sha256(str(path.resolve()).encode(errors="surrogateescape")).hexdigest()[:32] + ".toml"


def _place(target: Path, content: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise FileProblem(f"The folder {target.parent} cannot be made.", hint="Check its permissions.") from error
    replace(target, content)
