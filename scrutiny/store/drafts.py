"""What stood in a form or another editor when a session ended, kept meanwhile and offered at the next start.

Drafts stand in the recovery folder of this computer. A lock beside each one tells whether its session still runs: the
system gives it back however a session ends, and no number of a process could mean another one.
"""

import contextlib
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scrutiny import paths
from scrutiny.errors import CannotReadNow, FileProblem
from scrutiny.model.text import clean_note
from scrutiny.store import recovery, toml
from scrutiny.store.atomic import cannot_write, exists, private_folder, read_bytes
from scrutiny.store.atomic import replace as replace_file

if TYPE_CHECKING:
    from filelock import FileLock

FORMAT = 1

FOUND = "You were at this when the last session ended."
"""What is said when a draft is offered."""

EVIDENCE, NOTE = "evidence", "note"
"""The form that another editor counts as, and its one field."""

_SUFFIX, _LOCK_SUFFIX, _FOLDER_SUFFIX = ".form", ".lock", ".editor"
_NOTE_FILE = "note.txt"


@dataclass(frozen=True)
class Draft:
    """What stood in a form."""

    form: str
    """Which form it was."""
    fields: Mapping[str, str]
    """The text or choice in each field, by the field's name."""
    statement_id: str = ""
    """The statement it belongs to, where it belongs to one."""
    code: str = ""
    """The source or action that was to be changed, or the code that a new one is to have."""
    first: Mapping[str, str] = field(default_factory=dict)
    """What stood in each field when the form was opened."""
    kept_at: Path | None = None
    """The file it was found in; None where it was not kept yet."""
    lock: "FileLock | None" = field(default=None, repr=False, compare=False)
    """Held from when it is found, so that no other window offers it at the same time."""


class Drafting:
    """Keeps what stands in one open form. May be used from any thread; its methods wait for the disk.

    Args:
        place: The file or folder that the form belongs to.
        form: Which form it is.
        statement_id: The statement it belongs to, where it belongs to one.
        code: The source or action that is to be changed, or the code that a new one is to have.
        elsewhere: Whether to keep it in the temporary folder, and to ask neither the state folder's disk nor that of
            the place.
    """

    def __init__(
        self, place: Path, form: str, statement_id: str = "", code: str = "", *, elsewhere: bool = False
    ) -> None:
        self._place = place.absolute()
        self._token = secrets.token_hex(4)
        self._guard = threading.Lock()
        self._about = {"format": FORMAT, "form": form, "statement": statement_id, "code": code}
        self._last: Mapping[str, str] | None = None
        self._over = False
        self._found_at: Path | None = None
        self._own_lock: FileLock | None = None
        self.elsewhere = None if elsewhere else Drafting(place, form, statement_id, code, elsewhere=True)
        """Keeps the same form where other disks are asked, for when these fail or do not answer."""

    @property
    def _kept_at(self) -> Path:
        # no cached_property: until Python 3.12, one that waits for a disk makes those of all other forms wait
        if self._found_at is None:
            elsewhere = self.elsewhere is None
            folder = paths.temporary_recovery_folder() if elsewhere else paths.recovery_folder()
            mark = recovery.mark_as_named(self._place) if elsewhere else recovery.mark_of(self._place)
            self._found_at = folder / f"{mark}-{self._token}{_SUFFIX}"
        return self._found_at

    @property
    def _lock(self) -> "FileLock":
        if self._own_lock is None:
            self._own_lock = _lock_of(self._kept_at)
        return self._own_lock

    def keep(self, fields: Mapping[str, str], first: Mapping[str, str] | None = None) -> None:
        """Put what stands in the fields on the disk, unless it is there already or the form was left.

        Args:
            first: What stood in them when the form was opened. Where that is all that stands there, nothing is kept.

        Raises:
            FileProblem: It cannot be written.
        """
        with self._guard:
            if self._over or fields == self._last:
                return
            if fields == first:
                if self._last is not None:
                    self._remove()
                    self._last = None
                return
            self._make_folder()
            with contextlib.suppress(OSError):  # without it, another window might offer the draft meanwhile
                self._lock.acquire()
            cleaned = {name: clean_note(text) for name, text in fields.items()}
            before = {name: clean_note(text) for name, text in (first or {}).items()}
            put = recovery.put if self.elsewhere is not None else replace_file
            put(self._kept_at, toml.table({**self._about, "fields": cleaned, "first": before}).encode())
            self._last = dict(fields)

    def _make_folder(self) -> None:
        folder = self._kept_at.parent
        if self.elsewhere is not None:
            private_folder(folder)
            return
        try:
            recovery.own_folder(folder)
        except OSError as error:
            raise cannot_write(folder, error) from error

    def note_file(self, text: str) -> Path:
        """A file of its own with a note, for another editor. What that editor leaves in it counts as the draft.

        Raises:
            FileProblem: It cannot be written.
        """
        self.keep({NOTE: text})
        recovery.put(self._note, text.encode())
        return self._note

    def forget_unchanged(self, text: str) -> None:
        """Remove what was kept, unless the other editor left something else than it was given: that is offered again.

        An editor ends with an error, too, when its window is closed.
        """
        try:
            changed = _read(self._kept_at).fields[NOTE] != text
        except FileProblem:
            changed = self._note.is_file()  # a text too large to be read is still somebody's work
        if not changed:
            self.forget()

    def take_over(self, draft: Draft | None) -> None:
        """Go on with a draft that was found: from now on it is kept as this form's own."""
        if draft is not None:
            with contextlib.suppress(FileProblem):  # it stays where it was found
                self.keep(draft.fields, draft.first)
                forget(draft)

    @property
    def _note(self) -> Path:
        return self._kept_at.with_suffix(_FOLDER_SUFFIX) / _NOTE_FILE

    def forget(self) -> None:
        """Remove what was kept: the form was left, and what it held is in the file or not wanted."""
        if self.elsewhere is not None:
            self.elsewhere.forget()
        with self._guard:
            self._over = True
            if self.elsewhere is not None or self._last is not None:
                self._remove()

    def withdraw(self) -> None:
        """Remove what was kept, because it is kept in another file now."""
        with self._guard:
            if self._last is not None:
                self._remove()
                self._last = None

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            self._lock.release(force=True)
        _remove(self._kept_at)


def waiting_for(place: Path) -> bool:
    """Whether there may be a draft for a file or folder: a look at names only."""
    return bool(recovery.kept_for(place, _SUFFIX))


def find(place: Path, tell: Callable[[FileProblem], object] = lambda _problem: None) -> Iterator[Draft]:
    """What stood in the forms of sessions that have ended, for a file or folder.

    A draft that was read and cannot be used is put aside under another name, so that it is met only once; one that
    cannot be read at present stays where it is, for the next start.

    Args:
        tell: Called with what is to be said of each draft that was put aside.
    """
    for kept_at in recovery.kept_for(place, _SUFFIX):
        lock = _lock_of(kept_at)
        try:
            lock.acquire()
        except TimeoutError:  # filelock's own is one: the form is still open, or offered elsewhere
            continue
        except OSError:
            pass  # no lock can be had here; better offered twice than never
        try:
            draft = replace(_read(kept_at), lock=lock)
        except CannotReadNow:
            _release(lock)
        except FileProblem as problem:
            _release(lock)
            tell(_put_aside(kept_at, problem))
        else:
            yield draft


def release(draft: Draft) -> None:
    """Leave a draft that was found for another time."""
    _release(draft.lock)


def put_aside(draft: Draft) -> FileProblem | None:
    """Keep a draft under another name, because it does not serve: it is not found again, and not lost.

    Returns:
        What is to be said of it, with its new path; None for a draft that stands in no file.
    """
    _release(draft.lock)
    return None if draft.kept_at is None else _put_aside(draft.kept_at)


def forget(draft: Draft) -> None:
    """Remove a draft that was found, because it is kept elsewhere now or nobody wants it."""
    _release(draft.lock)
    if draft.kept_at is not None:
        _remove(draft.kept_at)


def _put_aside(kept_at: Path, problem: FileProblem | None = None) -> FileProblem:
    with contextlib.suppress(OSError):
        kept_at.with_suffix(_LOCK_SUFFIX).unlink(missing_ok=True)
    return recovery.put_aside(kept_at, problem)


def _read(kept_at: Path) -> Draft:
    data = toml.parse(toml.read_text(kept_at), kept_at)
    fields, first = data.get("fields"), data.get("first", {})
    about = [data.get(key, "") for key in ("form", "statement", "code")]
    if data.get("format") != FORMAT or not isinstance(fields, dict) or not fields or not isinstance(first, dict):
        raise FileProblem(f"{kept_at} is not the draft of a form.")
    if not all(isinstance(text, str) for text in (*about, *fields.values(), *first.values())):
        raise FileProblem(f"{kept_at} holds something else than text.")
    form, statement_id, code = about
    note = kept_at.with_suffix(_FOLDER_SUFFIX) / _NOTE_FILE
    if exists(note):
        fields[NOTE] = clean_note(read_bytes(note).decode("utf-8-sig", errors="replace")).rstrip("\n")
    cleaned = ({name: clean_note(text) for name, text in texts.items()} for texts in (fields, first))
    return Draft(form, next(cleaned), statement_id, code, next(cleaned), kept_at)


def _lock_of(kept_at: Path) -> "FileLock":
    from filelock import FileLock  # here, because nothing is locked before the first frame

    return FileLock(kept_at.with_suffix(_LOCK_SUFFIX), timeout=0, thread_local=False)


def _release(lock: "FileLock | None") -> None:
    if lock is not None:
        with contextlib.suppress(OSError):
            lock.release(force=True)


def _remove(kept_at: Path) -> None:
    for path in (kept_at, kept_at.with_suffix(_LOCK_SUFFIX)):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    shutil.rmtree(kept_at.with_suffix(_FOLDER_SUFFIX), ignore_errors=True)
