"""The mark by which a workbook of ours is known, so that no other file is ever replaced by one."""

import stat
import zipfile
import zlib
from pathlib import Path

MARK = "Scrutiny workbook"
"""A custom document property. It names the program alone: properties are shown by file managers."""

_PROPERTIES = "docProps/custom.xml"
_BEGINNING = b"PK\x03\x04"
_FILE_LIMIT = 50_000_000
"""The most bytes of a file that are looked into: ten times the largest assessment."""

_PROPERTIES_LIMIT = 100_000


def is_ours(path: Path) -> bool:
    """Whether a file is a workbook that this program made, even if somebody saved it again in a spreadsheet program.

    Raises:
        OSError: The file cannot be read.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > _FILE_LIMIT:
        return False
    with path.open("rb") as file:
        if file.read(len(_BEGINNING)) != _BEGINNING:
            return False
        try:
            with zipfile.ZipFile(file) as parts, parts.open(_PROPERTIES) as properties:
                return f'name="{MARK}"'.encode() in properties.read(_PROPERTIES_LIMIT)
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, RuntimeError, ValueError):
            return False
