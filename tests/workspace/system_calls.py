"""The system's calls below one folder, handed to the tests before they are carried out.

A test may carry a call out, refuse it, hold it up, or write it down. Calls on other paths are left alone.
"""

import fcntl
import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from unittest import mock

LOOK, LIST, READ, OPEN, WRITE, SYNC, RENAME, UNLINK, MAKE_FOLDER, LOCK = CALLS = (
    "look",
    "list",
    "read",
    "open",
    "write",
    "sync",
    "rename",
    "unlink",
    "make folder",
    "lock",
)
"""What a call does. Files are opened to be written; reading one is a call of its own."""


@dataclass(frozen=True)
class Call:
    """One call of the system."""

    name: str
    path: Path
    target: Path | None = None
    """The new name, for a renaming."""
    content: bytes = b""
    """What is to be written."""
    handle: int = -1
    """The number of the open file, for writing and syncing."""
    creates: bool = False
    """Whether opening makes a file that was not there."""


Watcher = Callable[[Call, Callable[[], Any]], Any]
"""Is given each call and the function that carries it out, and returns what the caller gets."""


class WatchedFile:
    """A file open for writing: without a buffer, so that each write is a call of its own."""

    def __init__(self, handle: int, path: Path, watcher: Watcher) -> None:
        self._handle = handle
        self._path = path
        self._watcher = watcher

    def write(self, content: bytes) -> int:
        """Write all of the content."""

        def carry_out() -> int:
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(self._handle, rest) :]
            return len(content)

        written: int = self._watcher(Call(WRITE, self._path, content=bytes(content), handle=self._handle), carry_out)
        return written

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def fileno(self) -> int:
        """Return the number of the open file."""
        return self._handle

    def __enter__(self) -> "WatchedFile":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        os.close(self._handle)


class SystemCalls:
    """Stands before the system's calls on paths below a folder.

    Args:
        root: The folder, without symbolic links in its path.
        watcher: Is given each call.
    """

    def __init__(self, root: Path, watcher: Watcher) -> None:
        self._below = f"{root}{os.sep}"
        self._root = str(root)
        self._watcher = watcher
        self._paths: dict[int, Path] = {}
        """The path of each open file, by its number."""
        self._lock = threading.Lock()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Have every call go through the watcher."""
        with ExitStack() as patches:
            for name, watched in {
                "open": self._opening(os.open),
                "close": self._closing(os.close),
                "fsync": self._syncing(os.fsync),
                "replace": self._renaming(os.replace),
                "rename": self._renaming(os.rename),
                "unlink": self._simple(UNLINK, os.unlink),
                "mkdir": self._simple(MAKE_FOLDER, os.mkdir),
                "stat": self._simple(LOOK, os.stat),
                "listdir": self._simple(LIST, os.listdir),
                "scandir": self._simple(LIST, os.scandir),
            }.items():
                patches.enter_context(mock.patch.object(os, name, watched))
            patches.enter_context(mock.patch.object(io, "open", self._opening_file(io.open)))
            patches.enter_context(mock.patch.object(fcntl, "flock", self._locking(fcntl.flock)))
            yield

    def _ours(self, path: object) -> Path | None:
        if isinstance(path, str | os.PathLike):
            text = os.fspath(path)
            if isinstance(text, str) and (text.startswith(self._below) or text == self._root):
                return Path(text)
        return None

    def _simple(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any = ".", *arguments: Any, **options: Any) -> Any:
            ours = self._ours(path)
            if ours is None or options.get("dir_fd") is not None:
                return real(path, *arguments, **options)
            return self._watcher(Call(name, ours), lambda: real(path, *arguments, **options))

        return call

    def _renaming(self, real: Callable[..., None]) -> Callable[..., None]:
        def call(source: Any, target: Any, **options: Any) -> None:
            ours = self._ours(source)
            if ours is None:
                real(source, target, **options)
                return
            self._watcher(Call(RENAME, ours, Path(target)), lambda: real(source, target, **options))
            with self._lock:
                self._paths = {handle: Path(target) if path == ours else path for handle, path in self._paths.items()}

        return call

    def _opening(self, real: Callable[..., int]) -> Callable[..., int]:
        def call(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
            ours = self._ours(path)
            if ours is None or options.get("dir_fd") is not None:
                return real(path, flags, *arguments, **options)
            creates = bool(flags & os.O_CREAT) and not ours.exists()
            handle: int = self._watcher(
                Call(OPEN, ours, creates=creates), lambda: real(path, flags, *arguments, **options)
            )
            with self._lock:
                self._paths[handle] = ours
            return handle

        return call

    def _closing(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def call(handle: int) -> None:
            with self._lock:
                self._paths.pop(handle, None)
            real(handle)

        return call

    def _syncing(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def call(handle: int) -> None:
            path = self._paths.get(handle)
            if path is None:
                real(handle)
            else:
                self._watcher(Call(SYNC, path, handle=handle), lambda: real(handle))

        return call

    def _locking(self, real: Callable[[int, int], None]) -> Callable[[int, int], None]:
        def call(handle: int, operation: int) -> None:
            path = self._paths.get(handle)
            if path is None or operation & fcntl.LOCK_UN:
                real(handle, operation)
            else:
                self._watcher(Call(LOCK, path, handle=handle), lambda: real(handle, operation))

        return call

    def _opening_file(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            if isinstance(file, int):
                path = self._paths.get(file)
                return real(file, mode, *arguments, **options) if path is None else self._file(file, path)
            ours = self._ours(file)
            if ours is None or mode not in ("r", "rb"):
                return real(file, mode, *arguments, **options)
            return self._watcher(Call(READ, ours), lambda: real(file, mode, *arguments, **options))

        return call

    def _file(self, handle: int, path: Path) -> WatchedFile:
        return WatchedFile(handle, path, self._watcher)
