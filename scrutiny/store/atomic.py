"""Replace a file whole or not at all, and read one without being harmed by it."""

import contextlib
import errno
import os
import secrets
import stat
import time
from pathlib import Path

from scrutiny.errors import FileProblem

READ_LIMIT = 20_000_000
"""The most bytes of a file of ours that are read: some four hundred times a filled assessment."""

TEMPORARY_PREFIX = ".scrutiny-"
TEMPORARY_SUFFIX = ".tmp"

_SHARING_ERRORS = {5, 32, 33}
"""What Windows says while an antivirus program or a sync client holds a file."""

_RETRY_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Seconds to wait between tries: about two and a half in all."""


def replace(path: Path, content: bytes) -> None:
    """Put content at path so that whoever reads it finds the old file or the new one, whole, whatever happens.

    A symbolic link is followed, and an existing file keeps its permissions. On return the content is on the disk.

    Raises:
        FileProblem: The file could not be written; what stood there before stands there still.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        temporary, handle = _temporary(target.parent, mode)
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if mode is not None:
                _set_mode(temporary, mode)
            os.fsync(file.fileno())
        _rename(temporary, target)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise _cannot_write(path, error) from error
    _sync_folder(target, content)


def exists(path: Path) -> bool:
    """Whether anything stands at a path.

    Raises:
        FileProblem: The system does not say, for want of a right or of a disk.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise _cannot_read(path, error) from error
    return True


def read_bytes(path: Path) -> bytes:
    """The bytes of an ordinary file of a sensible size.

    Raises:
        FileProblem: It is missing, a folder, a device, too large or not readable.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise FileProblem(f"{path} is a folder, not a file.", hint="Name a file in it.")
        if not stat.S_ISREG(found.st_mode):
            raise FileProblem(f"{path} is not an ordinary file.", hint="Name a file that was saved by Scrutiny.")
        if found.st_size > READ_LIMIT:
            raise FileProblem(
                f"{path} is {found.st_size / 1e6:,.0f} MB, far more than any file of Scrutiny's.",
                hint="Check that it is the file you meant.",
            )
        return path.read_bytes()
    except OSError as error:
        raise _cannot_read(path, error) from error


def _temporary(folder: Path, mode: int | None) -> tuple[Path, int]:
    """A fresh file beside the target, open for writing.

    A new file gets the permissions that any program would give it, so that colleagues can open it in a shared folder;
    the successor of an existing one stays private until it has that one's permissions.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    while True:
        path = folder / f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}{TEMPORARY_SUFFIX}"
        with contextlib.suppress(FileExistsError):
            return path, os.open(path, flags, 0o666 if mode is None else 0o600)


def _set_mode(path: Path, mode: int) -> None:
    if os.name == "posix":
        path.chmod(mode)


def _rename(temporary: Path, target: Path) -> None:
    for pause in (*_RETRY_PAUSES, None):
        try:
            temporary.replace(target)
        except OSError as error:
            if pause is None or getattr(error, "winerror", None) not in _SHARING_ERRORS:
                raise
            time.sleep(pause)
        else:
            return


def _sync_folder(target: Path, content: bytes) -> None:
    """Make the new name last. A failure here is judged by what stands at the target, not by the error."""
    if os.name != "posix":
        return
    try:
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ENOTSUP, errno.EACCES):
            return  # this file system does not sync folders
        try:
            if target.read_bytes() == content:
                return
        except OSError:
            pass
        raise _cannot_write(target, error) from error


def _cannot_write(path: Path, error: OSError) -> FileProblem:
    reasons = {
        errno.ENOSPC: ("the disk is full", "Free some space, or save to another disk."),
        errno.EDQUOT: ("your share of the disk is used up", "Free some space, or save to another disk."),
        errno.EACCES: ("you may not write there", "Choose another folder, or ask for the right to write there."),
        errno.EPERM: ("you may not write there", "Choose another folder, or ask for the right to write there."),
        errno.EROFS: ("the disk can only be read", "Choose another folder."),
        errno.ENOENT: ("its folder does not exist", "Make the folder first, or choose another."),
        errno.ENOTDIR: ("its folder does not exist", "Make the folder first, or choose another."),
        errno.EISDIR: ("a folder of that name stands there", "Choose another name."),
        errno.ENAMETOOLONG: ("its name is too long", "Choose a shorter name."),
    }
    reason, hint = reasons.get(error.errno or 0, (_system_words(error), "Try again, or choose another folder."))
    return FileProblem(f"{path} cannot be written: {reason}.", hint=hint)


def _cannot_read(path: Path, error: OSError) -> FileProblem:
    reasons = {
        errno.ENOENT: ("there is no such file", "Check the name and the folder."),
        errno.ENOTDIR: ("there is no such file", "Check the name and the folder."),
        errno.EACCES: ("you may not read it", "Ask its owner for the right to read it."),
        errno.EPERM: ("you may not read it", "Ask its owner for the right to read it."),
        errno.ENAMETOOLONG: ("its name is too long", "Check the name."),
    }
    reason, hint = reasons.get(
        error.errno or 0, (_system_words(error), "Check the disk or the network, and try again.")
    )
    return FileProblem(f"{path} cannot be read: {reason}.", hint=hint)


def _system_words(error: OSError) -> str:
    return (error.strerror or "the system refused").lower()
