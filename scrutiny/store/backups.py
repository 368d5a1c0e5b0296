"""The last ten backups of each assessment: its file as it was before a session or a command changed it."""

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scrutiny import paths
from scrutiny.errors import FileProblem
from scrutiny.store import recovery
from scrutiny.store.atomic import read_bytes

BACKUPS_KEPT = 10
"""How many backups of one file are kept."""

_NAME = re.compile(r"(?P<mark>[0-9a-f]{32})-(?P<moment>\d{8}T\d{6})(?P<fraction>\d{6})Z\.toml")


@dataclass(frozen=True)
class Backup:
    """A copy of an assessment's file."""

    path: Path
    made: datetime
    """When the copy was made, in UTC."""


def keep(path: Path, content: bytes | None = None) -> None:
    """Keep a copy of a file, unless the latest backup holds the same.

    Args:
        path: The file.
        content: What it holds; left out, it is read.

    Raises:
        FileProblem: The file cannot be read, or its copy cannot be written.
    """
    content = read_bytes(path) if content is None else content
    before = of(path)
    with contextlib.suppress(FileProblem):
        if before and read_bytes(before[0].path) == content:
            return
    name = f"{recovery.mark_of(path)}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z.toml"
    recovery.put(paths.backups_folder() / name, content)
    for old in of(path)[BACKUPS_KEPT:]:
        with contextlib.suppress(OSError):
            old.path.unlink()


def of(path: Path) -> list[Backup]:
    """The backups of a file, the latest first; none if the folder cannot be read."""
    mark = recovery.mark_of(path)
    backups = []
    with contextlib.suppress(OSError):
        for copy in paths.backups_folder().iterdir():
            name = _NAME.fullmatch(copy.name)
            if name and name["mark"] == mark:
                made = datetime.fromisoformat(f"{name['moment']}.{name['fraction']}").replace(tzinfo=UTC)
                backups.append(Backup(copy, made))
    return sorted(backups, key=lambda backup: backup.made, reverse=True)
