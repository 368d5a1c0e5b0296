"""Replace a file whole or not at all, and read one without being harmed by it."""

import contextlib
import errno
import hashlib
import itertools
import os
import re
import secrets
import stat
import time
from enum import Enum
from pathlib import Path
from typing import cast

from scrutiny import paths
from scrutiny.errors import CannotReadNow, ChangedElsewhere, FileProblem

READ_LIMIT = 5_000_000
"""The most bytes of a file of ours that are read: a hundred filled assessments'; more could not be refused soon."""

TEMPORARY_PREFIX = ".scrutiny-"
TEMPORARY_SUFFIX = ".tmp"

_TEMPORARY = re.compile(r"\.scrutiny-(?P<host>[0-9a-f]{6})-(?P<process>[1-9][0-9]{0,8})-[0-9a-f]{8}\.tmp")
"""Temporary files tell whose they are: the computer's mark, the process, and something random."""

_DEAD_SECONDS = 24 * 3600.0
"""No save lasts that long, whoever began it and on whichever computer."""

_ACCESS_DENIED = 5
"""What Windows says where a right is missing, and also while another program holds a file."""

_SHARING_ERRORS = {_ACCESS_DENIED, 32, 33}
"""What Windows says while an antivirus program or a sync client holds a file."""

_RETRY_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Seconds to wait between tries: about two and a half in all."""

_OWNER_ONLY, _OWNER_AND_GROUP = 0o600, 0o660


class Unread(Enum):
    """In place of a file's content, where the caller has not read it."""

    UNREAD = "unread"


def replace(path: Path, content: bytes, standing: bytes | Unread | None = Unread.UNREAD) -> None:
    """Put content at path so that whoever reads it finds the old file or the new one, whole, whatever happens.

    A symbolic link is followed. An existing file keeps its permissions, and its owner and group where that is allowed;
    a new one is its owner's, or its folder's group's too where the folder is one. On return the content is on the disk.

    Args:
        standing: What the caller has read there, None for no file: nothing else is replaced. Left out, it is what
            stands there when this begins.

    Raises:
        ChangedElsewhere: Somebody else wrote the file since it was read; theirs stands there.
        FileProblem: The file could not be written; what stood there before stands there still.
    """
    target = Path(os.path.realpath(path))
    with contextlib.ExitStack() as undo:
        try:
            before = _found(target)
            if standing is Unread.UNREAD:
                standing = _content(target)
            temporary, handle = temporary_file(target.parent)
            undo.callback(_remove, temporary)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                if os.name == "posix":
                    _give_rights(file.fileno(), before, target.parent)
                os.fsync(file.fileno())
            if _content(target) != standing:  # syncing took a while; of all that is between look and renaming, most
                raise ChangedElsewhere(
                    f"{path.name} was changed by somebody else at this moment.",
                    hint="Try again; nothing was written over.",
                )
            _rename(temporary, target, content)
        except OSError as error:
            raise cannot_write(path, error) from error
        undo.pop_all()
    _sync_folder(target, content)


def sweep(folder: Path) -> int:
    """Remove the temporary files that dead sessions left in a folder, and say how many; nothing else is touched.

    A session is dead if it ran on this computer and its process is gone, or if it began its save more than a day ago.
    """
    swept = 0
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = _TEMPORARY.fullmatch(entry.name)
            with contextlib.suppress(OSError):
                if name and entry.is_file(follow_symlinks=False) and _dead(name, entry.stat(follow_symlinks=False)):
                    os.unlink(entry.path)  # noqa: PTH108 - what the folder said, not what a Path makes of it
                    swept += 1
    return swept


def private_folder(folder: Path) -> None:
    """Make a folder of the state folder, for its owner alone.

    Raises:
        FileProblem: It cannot be made.
    """
    state = paths.state_folder()
    try:
        make_folder(state.parent)
        for each in dict.fromkeys((state, folder)):
            make_folder(each, 0o700)
            if os.name == "posix" and each.stat().st_mode & 0o077:
                with contextlib.suppress(PermissionError):  # whoever owns it has given it those rights
                    each.chmod(0o700)
    except OSError as error:
        raise FileProblem(f"The folder {folder} cannot be made.", hint="Check its permissions.") from error


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, unless they are there, so that a power cut takes none of them away again.

    Raises:
        OSError: It cannot be made.
    """
    missing = list(itertools.takewhile(lambda each: not each.is_dir(), (folder, *folder.parents)))
    for each in reversed(missing):
        each.mkdir(mode=mode if each == folder else 0o777, exist_ok=True)
        sync_folder(each.parent)


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
        return _bytes(path)
    except OSError as error:
        raise _cannot_read(path, error) from error


def _bytes(path: Path) -> bytes:
    content = cast("bytes | None", path.read_bytes())
    if content is None:  # what Python makes of a drive that says "try again"
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return content


def _found(target: Path) -> os.stat_result | None:
    """What stands at a target; None for nothing. Only an ordinary file is ever replaced."""
    try:
        found = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise FileProblem(f"{target} cannot be written: it is not an ordinary file.", hint="Choose another name.")
    return found


def _content(target: Path) -> bytes | None:
    """What a target holds, to notice other writers by; None for nothing, and for what is too large or not readable."""
    try:
        return _bytes(target) if target.stat().st_size <= READ_LIMIT else None
    except (FileNotFoundError, PermissionError):
        return None


def _holds(target: Path, content: bytes) -> bool:
    try:
        return _content(target) == content
    except OSError:
        return False


def temporary_file(folder: Path) -> tuple[Path, int]:
    """A fresh file in a folder, open for writing by its owner alone, and one that `sweep` recognises."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    while True:
        name = f"{TEMPORARY_PREFIX}{_host()}-{os.getpid()}-{secrets.token_hex(4)}{TEMPORARY_SUFFIX}"
        with contextlib.suppress(FileExistsError):
            return folder / name, os.open(folder / name, flags, _OWNER_ONLY)


def _host() -> str:
    """A mark of this computer. Its name alone: a network card's number would be a trace of a person."""
    name = os.uname().nodename if os.name == "posix" else os.environ.get("COMPUTERNAME", "")
    return hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:6]


def _dead(name: re.Match[str], found: os.stat_result) -> bool:
    if abs(time.time() - found.st_mtime) > _DEAD_SECONDS:
        return True
    if os.name != "posix" or name["host"] != _host():
        return False  # on Windows, the call that asks after a process ends it
    try:
        os.kill(int(name["process"]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _give_rights(handle: int, before: os.stat_result | None, folder: Path) -> None:
    """Give a new file the rights of the one before it; where there was none, the usual ones."""
    now = os.fstat(handle)
    if before is not None:
        if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
            _give_to(handle, before.st_uid, before.st_gid)
        os.fchmod(handle, stat.S_IMODE(before.st_mode))
        return
    found = folder.stat()
    if found.st_mode & (stat.S_IWGRP | stat.S_ISGID):
        if now.st_gid != found.st_gid:
            _give_to(handle, -1, found.st_gid)
        if os.fstat(handle).st_gid == found.st_gid:  # else it would be opened to a group of our own
            os.fchmod(handle, _OWNER_AND_GROUP)


def _give_to(handle: int, owner: int, group: int) -> None:
    """Give a file an owner and a group, or at least the group, as far as that is allowed."""
    for who in (owner, -1):
        with contextlib.suppress(OSError):
            os.fchown(handle, who, group)
            return


def _remove(temporary: Path) -> None:
    with contextlib.suppress(OSError):
        temporary.unlink()


def _rename(temporary: Path, target: Path, content: bytes) -> None:
    pauses = iter(_RETRY_PAUSES)
    while True:
        try:
            temporary.replace(target)
        except OSError as error:
            pause = next(pauses, None)
            if pause is None or getattr(error, "winerror", None) not in _SHARING_ERRORS:
                if not temporary.exists() and _holds(target, content):
                    return  # a network drive may carry a request out and lose the answer
                raise
            time.sleep(pause)
        else:
            return


def _sync_folder(target: Path, content: bytes) -> None:
    """Make the new name last. A failure here is judged by what stands at the target, not by the error."""
    try:
        sync_folder(target.parent)
    except OSError as error:
        if not _holds(target, content):
            raise cannot_write(target, error) from error


def sync_folder(folder: Path) -> None:
    """Have the names in a folder outlast a power cut, where the file system can do that.

    Raises:
        OSError: It failed.
    """
    if os.name != "posix":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EACCES):  # this file system does not sync folders
            raise


def cannot_write(path: Path, error: OSError) -> FileProblem:
    """Why a file could not be written, in plain words."""
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
    usual = reasons.get(error.errno or 0, (_system_words(error), "Try again, or choose another folder."))
    reason, hint = _in_use(error, "write there") or usual
    return FileProblem(f"{path} cannot be written: {reason}.", hint=hint)


def _cannot_read(path: Path, error: OSError) -> FileProblem:
    reasons = {
        errno.ENOENT: ("there is no such file", "Check the name and the folder."),
        errno.ENOTDIR: ("there is no such file", "Check the name and the folder."),
        errno.EACCES: ("you may not read it", "Ask its owner for the right to read it."),
        errno.EPERM: ("you may not read it", "Ask its owner for the right to read it."),
        errno.ENAMETOOLONG: ("its name is too long", "Check the name."),
    }
    usual = reasons.get(error.errno or 0, (_system_words(error), "Check the disk or the network, and try again."))
    reason, hint = _in_use(error, "read it") or usual
    return CannotReadNow(f"{path} cannot be read: {reason}.", hint=hint)


def _in_use(error: OSError, right: str) -> tuple[str, str] | None:
    """The reason and the next step where Windows says that another program holds the file; None for other errors.

    Args:
        right: What else may not be allowed, since Windows has one number for both.
    """
    number = getattr(error, "winerror", None)
    if number not in _SHARING_ERRORS:
        return None
    otherwise = f", or you may not {right}" if number == _ACCESS_DENIED else ""
    return f"it is in use by another program{otherwise}", "Close it there, or wait until it is synced, and try again."


def _system_words(error: OSError) -> str:
    return (error.strerror or "the system refused").lower()
