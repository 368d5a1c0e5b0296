"""List a folder's assessments without reading files that have not changed since they were last read.

What was read is kept in the state folder as one index for each folder: for every file its size, times and inode, the
digest of its bytes, and the summary of its assessment or the reason why it cannot be used. No answers, notes or actions
are kept, only counts and due dates. The index is safe to delete, and whatever is wrong with it costs only time.
"""

import contextlib
import gc
import hashlib
import json
import os
import stat
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from scrutiny import __version__, paths
from scrutiny.analysis.summary import (
    ActionCounts,
    FrameworkOutline,
    SectionCounts,
    SectionOutline,
    Summary,
    outlined,
    summarise,
)
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.model.assessment import Marking, Perspective, Respondent, Scope, Status
from scrutiny.model.framework import Framework, Scale
from scrutiny.store import codec, toml
from scrutiny.store.assessments import SUFFIX, Stored, load
from scrutiny.store.atomic import private_folder, read_bytes, replace, sweep

VERSION = 1
"""The layout of the index. Raise it with every change to what is kept: other layouts are ignored."""

SETTLING_NANOSECONDS = 2_000_000_000
"""How old a change must be before times can tell it from the next one: FAT keeps times in steps of two seconds."""

_INDEX_LIMIT = 64_000_000
"""The largest index in bytes that is written or read: about 80,000 files."""

_FOLDERS_LIMIT = 100
"""How many folders' indexes are kept, the latest written ones."""

_PATH_MARK = "\0"
"""Stands for the file's path in the sentences of a kept problem, because a folder can be named in several ways."""


@dataclass(frozen=True)
class Listed:
    """A file of a folder: the summary of an assessment, or the reason why it cannot be read as one."""

    path: Path
    summary: Summary | None
    problem: ScrutinyError | None = None


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What the system says of a file without reading it. If any of it differs, the file may have changed."""

    size: int
    modified: int
    """Nanoseconds since the epoch, as is `changed`."""
    changed: int
    """When the inode changed, which programs that set a file's time back cannot hide; on Windows, when it was made."""
    inode: int


@dataclass(frozen=True, slots=True)
class _Problem:
    """Why the content of a file cannot be used, with `_PATH_MARK` where its path stands."""

    title: str
    detail: str
    hint: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is known of a file."""

    stamp: _Stamp | None
    settled: bool
    """Whether the stamp alone can be trusted: a file that had just changed may change again without a new time."""
    digest: str
    content: Summary | _Problem | None
    """None for a framework, which is no assessment but no problem either."""


@dataclass
class _Outlines:
    """The outlines of the frameworks in a folder, each kept once however many assessments have it."""

    known: dict[FrameworkOutline, FrameworkOutline] = field(default_factory=dict)

    def shared(self, framework: Framework) -> FrameworkOutline:
        """The outline of a framework."""
        outline = outlined(framework)
        return self.known.setdefault(outline, outline)


def list_folder(folder: Path, *, indexed: bool = True) -> Generator[Listed]:
    """The assessments of a folder one by one, by name, without frameworks; files that cannot be read say why.

    Files that vanish while the folder is read are left out, and a folder that does not exist has none. What was read
    before the listing was left early is in the index, too.

    Args:
        indexed: Whether to use the index and bring it up to date; otherwise every file is read.

    Raises:
        FileProblem: The folder cannot be read.
    """
    names = _names(folder)
    index = _index_file(folder)
    known = _read(index) if indexed else {}
    outlines = _Outlines()
    entries: dict[str, _Entry] = {}
    left_early = True
    try:
        for name in names:
            path = folder / name
            try:
                entry = _current(path, known.get(name), outlines)
            except FileProblem as problem:
                if os.path.lexists(path):
                    yield Listed(path, None, problem)
                continue
            entries[name] = entry
            if isinstance(entry.content, Summary):
                yield Listed(path, entry.content)
            elif entry.content is not None:
                yield Listed(path, None, _told(entry.content, path))
        left_early = False
    finally:
        if left_early:
            entries = {**known, **entries}
        if indexed and entries != known:
            _write(index, entries)


def load_chosen(
    folder: Path,
    wanted: Callable[[Summary], bool],
    besides: Path | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Stored]:
    """Load the assessments of a folder whose summaries are wanted; files that cannot be read are left out.

    Args:
        besides: A file that is left out whatever it holds.
        stop: Asked before each file whether the rest is still wanted.

    Raises:
        FileProblem: The folder cannot be read.
    """
    with contextlib.closing(list_folder(folder)) as listing:
        for listed in listing:
            if stop():
                return
            if listed.summary is not None and listed.path != besides and wanted(listed.summary):
                try:
                    stored = load(listed.path)
                except FileProblem:
                    continue
                yield stored


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as found:
            names = [entry.name for entry in found]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        raise FileProblem(f"The folder {folder} cannot be read: {reason}.", hint="Check its permissions.") from error
    chosen = [name for name in names if os.path.normcase(name).endswith(SUFFIX) and not name.startswith(".")]
    return sorted(chosen, key=lambda name: (name.casefold(), name))


def _current(path: Path, known: _Entry | None, outlines: _Outlines) -> _Entry:
    """What a file holds now: as it is known if the file has not changed since, or else as it is read.

    Raises:
        FileProblem: The system cannot read the file, or it is not an ordinary file.
    """
    begun = time.time_ns()
    before = _stamp(path)
    if known is not None and known.settled and known.stamp == before:
        return known
    raw = read_bytes(path)
    after = _stamp(path)
    digest = hashlib.sha256(raw).hexdigest()
    settled = after is not None and after == before and _last_change(after) < begun - SETTLING_NANOSECONDS
    if known is not None and known.digest == digest:
        content = known.content
    else:
        with _collections_paused():
            content = _content(raw, path, outlines)
    return _Entry(after, settled, digest, content)


@contextlib.contextmanager
def _collections_paused() -> Iterator[None]:
    """Pause the search for reference cycles: it slows decoding down, which makes many objects and no cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _last_change(stamp: _Stamp) -> int:
    return max(stamp.modified, stamp.changed)


def _content(raw: bytes, path: Path, outlines: _Outlines) -> Summary | _Problem | None:
    try:
        text = toml.text_in(raw, path)
        if "\n[[sections]]" in text and "\n[assessment]" not in text:
            return None
        return summarise(codec.decode(text, path).assessment, outlines.shared)
    except FileProblem as problem:
        marked = (words.replace(str(path), _PATH_MARK) for words in (problem.title, problem.detail, problem.hint))
        return _Problem(*marked)


def _told(problem: _Problem, path: Path) -> FileProblem:
    words = (words.replace(_PATH_MARK, str(path)) for words in (problem.title, problem.detail, problem.hint))
    return FileProblem(*words)


# The index's own file: a line with the digest of the rest, then JSON. The digest makes it all or nothing.


def _index_file(folder: Path) -> Path:
    where = os.fsencode(folder)
    with contextlib.suppress(OSError):  # a relative path whose working directory is gone
        where = os.fsencode(os.path.realpath(folder))
    return paths.index_folder() / f"{hashlib.sha256(where).hexdigest()[:32]}.json"


def _read(index: Path) -> dict[str, _Entry]:
    """The entries of an index by file name; none if it is missing, damaged or another version's."""
    try:
        found = index.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > _INDEX_LIMIT:
            return {}
        digest, _, body = index.read_bytes().partition(b"\n")
    except OSError:
        return {}
    if digest != _seal(body):
        return {}
    try:
        with _collections_paused():
            data = json.loads(body)
        if data["version"] != VERSION or data["program"] != __version__:  # another program may judge a file differently
            return {}
        outlines = [_outline_from(record) for record in data["frameworks"]]
        with _collections_paused():
            return {name: _entry_from(record, outlines) for name, record in data["files"].items()}
    except (
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        RecursionError,
    ):  # written by a program whose layout is not quite this one's
        return {}


def _write(index: Path, entries: Mapping[str, _Entry]) -> None:
    """Replace an index. Where that is not possible, the next listing takes as long as this one."""
    numbers: dict[FrameworkOutline, int] = {}
    files = {name: _entry_record(entry, numbers) for name, entry in entries.items()}
    frameworks = [_outline_record(outline) for outline in numbers]
    data = {"version": VERSION, "program": __version__, "frameworks": frameworks, "files": files}
    body = json.dumps(data, separators=(",", ":")).encode("ascii")
    content = _seal(body) + b"\n" + body
    if len(content) > _INDEX_LIMIT:
        return
    with contextlib.suppress(OSError, FileProblem):
        private_folder(index.parent)
        sweep(index.parent)
        replace(index, content)
        _forget_old(index.parent)


def _forget_old(folder: Path) -> None:
    indexes = sorted(folder.glob("*.json"), key=lambda index: index.stat().st_mtime_ns, reverse=True)
    for index in indexes[_FOLDERS_LIMIT:]:
        index.unlink(missing_ok=True)


def _seal(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode("ascii")


def _entry_record(entry: _Entry, numbers: dict[FrameworkOutline, int]) -> list[Any]:
    stamp, content = entry.stamp, entry.content
    stamped = [stamp.size, stamp.modified, stamp.changed, stamp.inode] if stamp else None
    if isinstance(content, Summary):
        number = numbers.setdefault(content.framework, len(numbers))
        return [stamped, entry.settled, entry.digest, "assessment", number, *_summary_record(content)]
    if content is None:
        return [stamped, entry.settled, entry.digest, "framework"]
    return [stamped, entry.settled, entry.digest, "problem", content.title, content.detail, content.hint]


def _entry_from(record: list[Any], outlines: list[FrameworkOutline]) -> _Entry:
    stamped, settled, digest, kind, *rest = record
    content: Summary | _Problem | None = None
    if kind == "assessment":
        content = _summary_from(outlines[rest[0]], *rest[1:])
    elif kind == "problem":
        content = _Problem(*rest)
    return _Entry(_Stamp(*stamped) if stamped else None, settled, digest, content)


def _summary_record(summary: Summary) -> list[Any]:
    actions = summary.actions
    return [
        [str(summary.id), summary.partnership, summary.area, summary.cycle, summary.as_at.isoformat()],
        [summary.perspective.value, summary.scope.value, summary.marking.value, summary.status.value],
        [summary.created.isoformat(), summary.modified.isoformat()],
        dict(summary.respondent),
        [[counts.unrated, counts.not_applicable, *counts.levels] for counts in summary.sections],
        [list(actions.statuses), actions.slipped, actions.without_owner, [due.toordinal() for due in actions.open_due]],
    ]


def _summary_from(
    outline: FrameworkOutline,
    whose: list[str],
    kinds: list[str],
    moments: list[str],
    respondent: dict[str, str],
    sections: list[list[int]],
    actions: list[Any],
) -> Summary:
    identity, partnership, area, cycle, as_at = whose
    perspective, scope, marking, status = kinds
    created, modified = map(datetime.fromisoformat, moments)
    statuses, slipped, without_owner, open_due = actions
    return Summary(
        UUID(identity),
        partnership,
        area,
        cycle,
        date.fromisoformat(as_at),
        Perspective(perspective),
        Scope(scope),
        Marking(marking),
        Status(status),
        created,
        modified,
        Respondent.model_validate(respondent),
        outline,
        tuple(SectionCounts(unrated, not_applicable, tuple(levels)) for unrated, not_applicable, *levels in sections),
        ActionCounts(tuple(statuses), slipped, without_owner, tuple(map(date.fromordinal, open_due))),
    )


def _outline_record(outline: FrameworkOutline) -> list[Any]:
    sections = [[section.id, section.ref, section.title] for section in outline.sections]
    return [outline.id, outline.version, outline.title, outline.scale.model_dump(mode="json"), sections]


def _outline_from(record: list[Any]) -> FrameworkOutline:
    identity, version, title, scale, sections = record
    outlines = tuple(SectionOutline(*section) for section in sections)
    return FrameworkOutline(identity, version, title, Scale.model_validate(scale), outlines)
