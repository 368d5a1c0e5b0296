"""Load and save assessments, and never write over what somebody else saved."""

import contextlib
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from functools import partial
from pathlib import Path

from scrutiny import paths
from scrutiny.errors import BeingSaved, ChangedElsewhere, FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.store import codec, toml
from scrutiny.store.atomic import READ_LIMIT, exists, make_folder, private_folder, read_bytes, replace, sweep
from scrutiny.store.names import reserved
from scrutiny.store.patience import within

SUFFIX = ".toml"

SETTLED_SECONDS = 0.05
"""After so long, a save that somebody without a lock of ours had begun before a save of ours is in place, too."""

_LOCK_SECONDS = 5.0
_LOCK_LOOKS = 0.01
_LOCK_FOLDER_SECONDS = 0.5
"""Seconds after which a lock folder that does not answer is done without."""


@dataclass(frozen=True)
class Stored:
    """An assessment as it stands in its file."""

    path: Path
    assessment: Assessment
    digest: str
    """Digest of the file's bytes, by which a later save notices other writers."""
    edited_by_hand: bool = False
    line: tuple[str, ...] = ()
    """The version that the file was saved as, and those it was made from, the latest first."""
    raw: bytes = field(default=b"", repr=False, compare=False)
    """The file's bytes."""
    locked: bool = field(default=True, compare=False)
    """Whether it was saved under the lock that windows on this computer share; False where its folder is unusable."""


def load(path: Path) -> Stored:
    """The assessment in a file.

    Raises:
        FileProblem: The file cannot be used; it is not touched.
    """
    raw = read_bytes(path)  # once: a digest read later could be that of somebody else's save
    decoded = codec.decode(toml.text_in(raw, path), path)
    return Stored(path, decoded.assessment, _digest(raw), decoded.edited_by_hand, decoded.line, raw)


def create(path: Path, assessment: Assessment) -> Stored:
    """Save a new assessment where no file stands yet.

    Raises:
        FileProblem: A file of that name exists, or it cannot be written.
    """
    try:
        make_folder(path.parent)
    except OSError as error:
        raise FileProblem(f"The folder {path.parent} cannot be made.", hint="Choose another folder.") from error
    sweep(path.parent)
    with _locked(path):
        if exists(path):
            raise FileProblem(f"{path} exists already.", hint="Choose another name; nothing was written over.")
        return _write(path, assessment, codec.encode_after((), assessment), None)


def save(path: Path, assessment: Assessment, expected: str) -> str:
    """Replace a file by the assessment and return the file's new digest, as `save_version` does."""
    return save_version(path, assessment, expected).digest


def save_version(
    path: Path,
    assessment: Assessment,
    expected: str,
    ancestry: tuple[str, ...] | None = None,
    encoder: codec.Encoder | None = None,
) -> Stored:
    """Replace a file by the assessment, and return what the file holds now.

    Args:
        expected: The digest the file had when it was read or last saved.
        ancestry: The names of the versions that the assessment was made from, the latest first. Left out, those that
            the file names.
        encoder: Encodes this file again and again; left out, one that encodes it once.

    Raises:
        ChangedElsewhere: The file has another digest, or is gone: somebody else changed it. Nothing was written.
        FileProblem: It cannot be written.
    """
    with _locked(path) as locked:
        raw = _bytes_of_ours(path)
        encode_after = codec.encode_after if encoder is None else encoder.encode_after
        encoded = encode_after(codec.versions_in(raw) if ancestry is None else ancestry, assessment)
        if _digest(raw) != expected or file_digest(path) != expected:  # encoding took a while
            raise ChangedElsewhere(
                f"{path.name} was changed by somebody else since it was opened.",
                hint="Save a copy of what you have here, then open the file again to see theirs.",
            )
        return replace_fields(_write(path, assessment, encoded, raw), locked=locked)


def file_digest(path: Path) -> str:
    """The digest of the bytes of a file that stood there before, as they stand now.

    Raises:
        ChangedElsewhere: It is gone.
        FileProblem: It cannot be read.
    """
    return _digest(_bytes_of_ours(path))


def proposed_name(area: str, cycle: str, perspective: str, organisation: str = "") -> str:
    """A file name for an assessment: letters, digits and hyphens only, and never one that Windows keeps for itself."""
    parts = [slug(part) for part in (area, cycle, perspective, organisation)]
    return "-".join(part for part in parts if part)[:100].strip("-") + SUFFIX


def slug(text: str) -> str:
    """Text as a part of a file name: ASCII letters, digits and single hyphens, at most 40 characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return f"{words}-file" if reserved(words) else words


def _write(path: Path, assessment: Assessment, encoded: codec.Encoded, standing: bytes | None) -> Stored:
    """Write a file in place of what was read there; None for no file."""
    content = encoded.text.encode()
    if len(content) > READ_LIMIT:
        raise FileProblem(
            f"{path} would be larger than Scrutiny reads ({READ_LIMIT / 1e6:.0f} MB).",
            hint="Shorten the longest notes; put long texts into documents of their own.",
        )
    replace(path, content, standing)
    return Stored(path, assessment, _digest(content), line=encoded.line, raw=content)


def _bytes_of_ours(path: Path) -> bytes:
    if not exists(path):
        raise ChangedElsewhere(
            f"{path.name} is no longer in its folder: it was moved, renamed or deleted.",
            hint="Save a copy of what you have here.",
        )
    return read_bytes(path)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def prepare() -> None:
    """Import what saving and keeping aside need and is not imported before the first frame."""
    import tempfile  # noqa: F401

    import filelock  # noqa: F401


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold the lock that sessions on this computer share for a file; gives whether it is held.

    A lock folder that cannot be used must not stop a save: what is saved without a lock is still checked against the
    file's digest just before the file is replaced.

    Raises:
        BeingSaved: Another window or command has held the lock for longer than one waits.
    """
    from filelock import FileLock, Timeout  # here, because nothing is locked before the first frame

    with contextlib.suppress(OSError):  # a relative path whose working directory is gone
        path = Path(os.path.realpath(path))
    name = _digest(os.fsencode(path))[:32]
    lock = FileLock(
        paths.locks_folder() / f"{name}.lock", timeout=_LOCK_SECONDS, poll_interval=_LOCK_LOOKS, thread_local=False
    )
    locked = False
    try:
        within(_LOCK_FOLDER_SECONDS, partial(private_folder, paths.locks_folder()))
        within(_LOCK_SECONDS + _LOCK_FOLDER_SECONDS, lock.acquire, late=lambda _: lock.release())
        locked = True
    except Timeout as error:
        raise BeingSaved(
            f"{path.name} is being saved by another window.",
            hint="Wait a moment; open windows try again by themselves.",
        ) from error
    except (OSError, FileProblem):  # a TimeoutError is one
        pass
    try:
        yield locked
    finally:
        if locked:
            with contextlib.suppress(OSError):  # the system releases it at the latest when the program ends
                within(_LOCK_FOLDER_SECONDS, lock.release)
