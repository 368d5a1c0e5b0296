"""What a power cut may leave: the recorded system calls of programs, replayed in every order that POSIX allows.

POSIX promises this much: what was written to a file is on the disk once that file was synced, and the name of a file is
in its folder once that folder was synced. Until then each name may stand for anything that it stood for since, and each
file may hold what it held before, all, nothing, a part, or zeros. What has happened to one name or file says nothing
about another.
"""

import itertools
import random
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workspace.system_calls import MAKE_FOLDER, OPEN, RENAME, SYNC, UNLINK, WRITE, Call, SystemCalls

FOLDER = -1
"""Stands for a folder, where the number of a file would stand."""

MOST_STATES = 64
"""The most states that are tried for one moment; where there are more, they are drawn at random."""

Files = Mapping[Path, bytes]
"""The files on a disk, by their path from its root."""


@dataclass(frozen=True)
class Event:
    """One thing that changes what a power cut may leave."""

    kind: str
    path: Path = Path()
    file: int = FOLDER
    content: bytes = b""


TOLD, KEPT = "told", "kept"
"""The kinds of event by which a person was told that a version is saved, or that text is kept aside."""


class Recording:
    """Records the system calls of programs on one disk.

    Args:
        root: The folder that stands for the disk.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.events: list[Event] = []
        self.refuse: Callable[[Call], None] = lambda _call: None
        """May raise in place of a call."""
        self._lock = threading.RLock()
        self._numbers = itertools.count()
        self._files: dict[Path, int] = {}
        """The number of the file that stands at each path."""
        self._open: dict[int, int] = {}
        """The number of each open file, by its handle."""
        self.calls = SystemCalls(root, self._called)

    def told(self, path: Path) -> None:
        """Take note that a person was told that what the file holds now is saved."""
        with self._lock:
            self.events.append(Event(TOLD, self._below(path), content=path.read_bytes()))

    def kept(self, path: Path) -> None:
        """Take note that a person was told that text is kept in a recovery file."""
        with self._lock:
            self.events.append(Event(KEPT, self._below(path), content=path.read_bytes()))

    def _below(self, path: Path) -> Path:
        return path.relative_to(self.root)

    def _called(self, call: Call, carry_out: Callable[[], Any]) -> Any:
        self.refuse(call)
        if call.path.suffix == ".lock":
            return carry_out()
        with self._lock:
            result = carry_out()
            self._record(call, result)
            return result

    def _record(self, call: Call, result: Any) -> None:
        path = self._below(call.path)
        match call.name:
            case "open":
                if call.creates:
                    self._files[path] = next(self._numbers)
                    self.events.append(Event(OPEN, path, self._files[path]))
                self._open[result] = self._files.get(path, FOLDER)
            case "write":
                self.events.append(Event(WRITE, path, self._open[call.handle], call.content))
            case "sync":
                self.events.append(Event(SYNC, path, self._open.get(call.handle, FOLDER)))
            case "rename" if call.target is not None:
                number = self._files.pop(path)
                target = self._below(call.target)
                self._files[target] = number
                self.events.append(Event(RENAME, target, number))
                self.events.append(Event(UNLINK, path))
            case "unlink":
                self._files.pop(path, None)
                self.events.append(Event(UNLINK, path))
            case "make folder":
                self.events.append(Event(MAKE_FOLDER, path))


@dataclass
class _Disk:
    """What is certain to be on the disk, and what may be."""

    names: dict[Path, list[int | None]] = field(default_factory=dict)
    """What each name may stand for; None for nothing. The last is what it stands for while the power is on."""
    contents: dict[int, list[bytes]] = field(default_factory=dict)
    """What each file may hold. The last is what it holds while the power is on."""

    def apply(self, event: Event) -> None:
        """Take an event into account."""
        match event.kind:
            case "open":
                self._name(event.path, event.file)
                self.contents[event.file] = [b""]
            case "write":
                before = self.contents[event.file]
                whole = before[-1] + event.content
                self.contents[event.file] = [*before, whole[: len(whole) // 2], bytes(len(whole)), whole]
            case "sync" if event.file != FOLDER:
                self.contents[event.file] = self.contents[event.file][-1:]
            case "sync":
                for path, values in self.names.items():
                    if path.parent == event.path:
                        self.names[path] = values[-1:]
            case "rename":
                self._name(event.path, event.file)
            case "unlink":
                self._name(event.path, None)
            case "make folder":
                self._name(event.path, FOLDER)

    def _name(self, path: Path, value: int | None) -> None:
        self.names[path] = [*self.names.get(path, [None]), value]

    def states(self, chance: random.Random) -> Iterator[dict[Path, bytes]]:
        """What may be found after a power cut at this moment."""
        names = [(path, list(dict.fromkeys(values))) for path, values in self.names.items()]
        reached = {value for _, values in names for value in values if value not in (None, FOLDER)}
        files = [(number, list(dict.fromkeys(self.contents[number]))) for number in sorted(reached, key=str)]
        choices = [values for _, values in names] + [values for _, values in files]
        count = 1
        for values in choices:
            count *= len(values)
        combinations: Iterator[Any] = itertools.product(*choices)
        if count > MOST_STATES:
            combinations = (tuple(map(chance.choice, choices)) for _ in range(MOST_STATES))
        for combination in combinations:
            standing = dict(zip((path for path, _ in names), combination, strict=False))
            content = dict(zip((number for number, _ in files), combination[len(names) :], strict=True))
            yield {
                path: content[value]
                for path, value in standing.items()
                if value not in (None, FOLDER) and _reachable(path, standing)
            }


def _reachable(path: Path, standing: Mapping[Path, int | None]) -> bool:
    return all(standing.get(parent, FOLDER) == FOLDER for parent in path.parents)


@dataclass(frozen=True)
class State:
    """What a power cut may leave, and what had been promised before it."""

    files: Files
    told: Mapping[Path, bytes]
    """The version of each file that was last told as saved."""
    kept: bytes | None
    """The recovery file of which a person was last told."""
    versions: frozenset[bytes]
    """Everything that was put in place under any name up to the cut, or was about to be."""


def states(events: list[Event], chance: random.Random) -> Iterator[State]:
    """Every different state that a power cut at any moment may leave."""
    disk = _Disk()
    told: dict[Path, bytes] = {}
    kept: bytes | None = None
    versions: set[bytes] = set()
    seen: set[tuple[Any, ...]] = set()
    for event in events:
        if event.kind == TOLD:
            told[event.path] = event.content
        elif event.kind == KEPT:
            kept = event.content
        else:
            disk.apply(event)
        if event.kind == WRITE:
            versions.add(event.content)
        for files in disk.states(chance):
            key = (frozenset(files.items()), frozenset(told.items()), kept)
            if key not in seen:
                seen.add(key)
                yield State(files, dict(told), kept, frozenset(versions))


def put_on_disk(root: Path, files: Files) -> None:
    """Have a folder hold exactly these files."""
    for each in root.iterdir():
        shutil.rmtree(each)
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
