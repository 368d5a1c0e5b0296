"""Copies that sync clients leave when two people saved one file: found by content, told apart by name."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from scrutiny.errors import FileProblem
from scrutiny.store.index import Listed

_MARKS = re.compile(
    r"\(.*conflicted copy.*\)"  # Dropbox, Nextcloud
    r"|[ _.-]conflict"  # Syncthing and others
    r"|-(?:desktop|laptop|pc|win)-[a-z0-9]+$"  # OneDrive: the computer's name
    r"| ?\(\d+\)$"  # a browser's or a drive's second download
    r"|[ _-]copy(?: ?\d+)?$"
    r"|^copy of ",
    re.IGNORECASE,
)

MERGED_SUFFIX = ".merged"


def conflict_copies(listed: Iterable[Listed]) -> dict[Path, Path]:
    """The files of a folder that are second versions of another file there, each with that other file.

    Two files are versions of one assessment when they hold the same assessment id. Of those, the one whose name bears
    no sync client's mark is the original, and of several such, the shortest name.
    """
    versions: dict[UUID, list[Path]] = defaultdict(list)
    for file in listed:
        if file.summary is not None:
            versions[file.summary.id].append(file.path)
    copies: dict[Path, Path] = {}
    for found in versions.values():
        original, *others = sorted(found, key=_likely_original)
        copies |= dict.fromkeys(others, original)
    return copies


def put_aside(copy: Path) -> Path:
    """Rename a copy that has been merged, so that it is listed no more but not gone; its new path.

    Raises:
        FileProblem: It cannot be renamed.
    """
    aside = copy.with_name(copy.name + MERGED_SUFFIX)
    number = 1
    while aside.exists():
        number += 1
        aside = copy.with_name(f"{copy.name}{MERGED_SUFFIX}-{number}")
    try:
        return copy.rename(aside)
    except OSError as error:
        raise FileProblem(f"{copy} cannot be renamed.", hint="Close it elsewhere, and move it away by hand.") from error


def _likely_original(path: Path) -> tuple[bool, int, str]:
    return bool(_MARKS.search(path.stem)), len(path.name), path.name
