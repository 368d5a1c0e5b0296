"""Text that a session has not saved to its own file yet, kept for the next session.

It stands in the state folder of this computer: a shared folder would spread it, and a file whose folder cannot be
written is just when it is needed. If the state folder cannot be used, it stands in the temporary folder, and if that
cannot be used either, beside the file.
"""

import contextlib
import errno
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from scrutiny import paths
from scrutiny.errors import CannotReadNow, FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.store import codec, toml
from scrutiny.store.atomic import (
    cannot_write,
    exists,
    make_folder,
    private_folder,
    replace,
    sweep,
    sync_folder,
    temporary_file,
)

if TYPE_CHECKING:
    from filelock import FileLock

SUFFIX = ".toml"
"""How the name of a recovery file ends."""

UNUSABLE_SUFFIX = ".unusable"
"""How the name of a file ends that was kept for the next session and cannot be used by it."""

_ORIGIN = "# Recovered text of "
"""How a recovery file begins; the path of the file that it belongs to follows."""

BESIDE_PREFIX = ".scrutiny-recovery-"
"""How the name of a recovery file begins that stands beside its assessment."""


@dataclass(frozen=True)
class Recovered:
    """Text that a session had not got into its file when it ended."""

    assessment: Assessment
    kept_at: Path
    """The recovery file, which goes once the text is in the assessment's own file."""
    origin: Path | None = None
    """The assessment's own file; None if the recovery file does not say."""
    lock: "FileLock | None" = field(default=None, repr=False, compare=False)
    """Held from when it is found, so that no other window offers it at the same time."""


def file_name(path: Path, session: str, assessment_id: UUID | None, mark: str | None = None) -> str:
    """The name of a session's recovery file.

    Args:
        session: A few letters and digits of the session's own, so that it never replaces what another one left.
        assessment_id: The assessment's id, by which the text is found again if the file is moved.
        mark: The path's mark. Left out, the file's own disk is asked for it.
    """
    of_assessment = "" if assessment_id is None else f".{assessment_id.hex}-"
    return f"{mark or mark_of(path)}-{of_assessment}{session}{SUFFIX}"


def places(path: Path, assessment_id: UUID, session: str, mark: str | None = None) -> list[Path]:
    """The recovery files that a session may write, in the order in which they are tried.

    Args:
        mark: The path's mark. Left out, the file's own disk is asked for it.
    """
    name = file_name(path, session, assessment_id, mark)
    return [
        paths.recovery_folder() / name,
        paths.temporary_recovery_folder() / name,
        path.with_name(BESIDE_PREFIX + name),
    ]


def encoded(assessment: Assessment, path: Path) -> bytes:
    """The content of a recovery file: the assessment, below a comment that names the file it belongs to."""
    return f"{_ORIGIN}{json.dumps(str(path))}\n{codec.encode(assessment)}".encode()


def write(kept_at: Path, content: bytes) -> None:
    """Write a recovery file, for its owner alone.

    The file is put in place before it is synced: a disk that never finishes syncing then still holds the text when
    the program is ended.

    Raises:
        OSError: It cannot be written.
    """
    if not kept_at.name.startswith(BESIDE_PREFIX):
        own_folder(kept_at.parent)
    temporary, handle = temporary_file(kept_at.parent)
    in_place = False
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            temporary.replace(kept_at)
            in_place = True
            os.fsync(file.fileno())
        sync_folder(kept_at.parent)
    except OSError:
        if not in_place:  # otherwise the text is kept, though a power cut might still take it
            raise
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def own_folder(folder: Path) -> None:
    """Make a folder for its owner alone.

    Raises:
        OSError: It cannot be made, or belongs to somebody else.
    """
    make_folder(folder, 0o700)
    if os.name != "posix":
        return
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "the folder belongs to another user", str(folder))
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def keep(kept_at: Path, assessment: Assessment, path: Path) -> None:
    """Keep an assessment that cannot be written to its own file.

    Args:
        kept_at: One of the session's own `places`.
        path: The assessment's own file.

    Raises:
        FileProblem: It cannot be written here either.
    """
    try:
        write(kept_at, encoded(assessment, path))
    except OSError as error:
        raise cannot_write(kept_at, error) from error


def sweep_all(folder: Path) -> None:
    """Remove the temporary files that dead sessions left in a folder of assessments or workbooks, and in our own."""
    for each in (folder, paths.state_folder(), paths.backups_folder(), paths.recovery_folder()):
        sweep(each)


def find(
    path: Path, assessment_id: UUID | None = None, tell: Callable[[FileProblem], object] = lambda _problem: None
) -> Iterator[Recovered]:
    """What sessions that have ended on a file had not saved, by name.

    It is found by the file's path, and by the assessment's id if the file it was kept for is gone: moved, perhaps to
    this path. A recovery file that was read and cannot be used is put aside under another name, so that it is offered
    only once; one that cannot be read at present stays where it is, for the next start.

    Args:
        tell: Called with what is to be said of each recovery file that was put aside.
    """
    for kept_at in kept_for(path, SUFFIX, assessment_id):
        lock = lock_of(kept_at)
        try:
            lock.acquire()
        except TimeoutError:  # its session is still open, or it is offered in another window
            continue
        except OSError:
            pass  # no lock can be had here: offering it twice is better than never
        try:
            recovered = read(kept_at)
        except CannotReadNow:
            release(lock)
        except FileProblem as problem:
            release(lock)
            tell(put_aside(kept_at, problem))
        else:
            if _is_of(recovered, path):
                yield replace_fields(recovered, lock=lock)
            else:
                release(lock)


def read(kept_at: Path) -> Recovered:
    """The text in a recovery file, and the file it belongs to.

    Raises:
        CannotReadNow: The system cannot read it at present.
        FileProblem: It was read and cannot be used.
    """
    text = toml.read_text(kept_at)
    return Recovered(codec.decode(text, kept_at).assessment, kept_at, origin_in(text))


def origin_in(text: str) -> Path | None:
    """The file that the first line of a recovery file names; None if it names none."""
    if text.startswith(_ORIGIN):
        with contextlib.suppress(ValueError, TypeError):
            return Path(json.loads(text[len(_ORIGIN) :].partition("\n")[0]))
    return None


def _is_of(recovered: Recovered, path: Path) -> bool:
    """Whether recovered text belongs to a file: it was kept for it, or for one that is no longer where it was."""
    if recovered.kept_at.name.removeprefix(BESIDE_PREFIX).startswith(f"{mark_of(path)}-") or recovered.origin == path:
        return True
    try:
        return recovered.origin is not None and not exists(recovered.origin)
    except FileProblem:
        return False


def put_aside(kept_at: Path, problem: FileProblem | None = None) -> FileProblem:
    """Keep a recovery file under another name, because it does not serve: it is not found again, and not lost.

    Args:
        problem: Why it cannot be used.

    Returns:
        What is to be said of it, with its new path.
    """
    aside = kept_at.with_suffix(UNUSABLE_SUFFIX)
    try:
        kept_at.replace(aside)
    except OSError:
        aside = kept_at
    with contextlib.suppress(OSError):
        lock_path(kept_at).unlink(missing_ok=True)
    return FileProblem(
        f"Text that was not saved cannot be offered, and is kept in {aside}.",
        detail=problem.title if problem else "",
        hint="Open that file in a text editor.",
    )


def forget(kept_at: Path) -> None:
    """Remove a recovery file, because its text is in the file now or nobody wants it."""
    for path in (kept_at, lock_path(kept_at)):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def lock_of(kept_at: Path) -> "FileLock":
    """The lock that a session holds while it may still write a recovery file."""
    from filelock import FileLock  # here, because nothing is locked before the first frame

    return FileLock(lock_path(kept_at), timeout=0, thread_local=False)


def release(lock: "FileLock | None") -> None:
    """Give a lock back, so that another session may offer what it guards."""
    if lock is not None:
        with contextlib.suppress(OSError):
            lock.release(force=True)


def lock_path(kept_at: Path) -> Path:
    """The lock file of a recovery file, which stands beside it."""
    return kept_at.with_name(f"{kept_at.name}.lock")


def kept_for(path: Path, suffix: str, assessment_id: UUID | None = None) -> list[Path]:
    """The recovery files of a file or folder that end in a suffix, by name."""
    marks = {mark_of(path), mark_as_named(path.absolute())}
    files = []
    for folder in (paths.recovery_folder(), paths.temporary_recovery_folder(), path.parent):
        try:
            names = os.listdir(folder)  # noqa: PTH208 - names are all that is wanted
        except OSError:
            continue  # a folder that cannot be read must not stop a start
        for name in sorted(names):
            of_recovery = name.startswith(BESIDE_PREFIX) or folder != path.parent
            if (
                of_recovery
                and name.endswith(suffix)
                and _belongs(name.removeprefix(BESIDE_PREFIX), marks, assessment_id)
            ):
                files.append(folder / name)
    return files


def _belongs(name: str, marks: Set[str], assessment_id: UUID | None) -> bool:
    if name.partition("-")[0] in marks:
        return True
    return assessment_id is not None and f".{assessment_id.hex}-" in name


def mark_of(path: Path) -> str:
    """A name by the whole path of a file or folder, so that files of one name in two folders stay apart."""
    with contextlib.suppress(OSError):  # a relative path whose working directory is gone
        path = Path(os.path.realpath(path))
    return mark_as_named(path)


def mark_as_named(path: Path) -> str:
    """The mark of an absolute path as it stands, without asking its disk: the true one if no link leads there."""
    return hashlib.sha256(os.fsencode(os.path.normpath(path))).hexdigest()[:32]


def put(target: Path, content: bytes) -> None:
    """Write a file of the state folder, for its owner alone.

    Raises:
        FileProblem: It cannot be written.
    """
    private_folder(target.parent)
    replace(target, content)
