"""A disk that stops answering when it is told to: ``python -m tests.end_to_end.hanging_disk BACKING MOUNT``.

It shows the folder BACKING at MOUNT. What it is to do next is read from standard input, one order a line, and each is
answered with ``ok``:

    hang everything | hang fsync | hang writes      keep such requests without an answer
    slow SECONDS                                    answer every request after so many seconds
    fail ERRNO OPERATION                            refuse an operation: ``fail EIO WRITE``
    go on                                           answer everything, also what was kept

At the end of standard input it unmounts and ends, and every process that still waits for it gets an error.

It speaks the protocol of /dev/fuse itself, as linux/fuse.h describes it, with the operations that the program needs.
It takes Linux and root.
"""

import contextlib
import ctypes
import errno
import os
import select
import signal
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent

_DEVICE = "/dev/fuse"
_MINOR = 31
"""The version of the protocol is 7.31."""
_LONGEST_WRITE = 1 << 17
_LARGEST_REQUEST = _LONGEST_WRITE + 4096
_ATOMIC_TRUNCATION, _BIG_WRITES, _PARALLEL_LOOKUPS = 1 << 3, 1 << 5, 1 << 18
_DETACH = 2

_HEADER = struct.Struct("<IIQQIIIHH")
_ANSWER = struct.Struct("<IiQ")
_ATTRIBUTES = struct.Struct("<QQQQQQIIIIIIIIII")
_ENTRY = struct.Struct("<QQQQII")
_SETATTR = struct.Struct("<IIQQQQQQIIIIIIII")
_READ = struct.Struct("<QQIIQII")
_DIRENT = struct.Struct("<QQII")


class Operation(IntEnum):
    """What the kernel asks for."""

    LOOKUP = 1
    FORGET = 2
    GETATTR = 3
    SETATTR = 4
    READLINK = 5
    SYMLINK = 6
    MKDIR = 9
    UNLINK = 10
    RMDIR = 11
    RENAME = 12
    LINK = 13
    OPEN = 14
    READ = 15
    WRITE = 16
    STATFS = 17
    RELEASE = 18
    FSYNC = 20
    FLUSH = 25
    INIT = 26
    OPENDIR = 27
    READDIR = 28
    RELEASEDIR = 29
    FSYNCDIR = 30
    ACCESS = 34
    CREATE = 35
    INTERRUPT = 36
    DESTROY = 38
    BATCH_FORGET = 42
    RENAME2 = 45


_UNANSWERED = {Operation.FORGET, Operation.BATCH_FORGET, Operation.INTERRUPT}
_NEVER_KEPT = _UNANSWERED | {Operation.INIT, Operation.DESTROY}

_SYNCING = {Operation.FSYNC, Operation.FSYNCDIR}
_WRITING = _SYNCING | {
    Operation.SETATTR,
    Operation.SYMLINK,
    Operation.MKDIR,
    Operation.UNLINK,
    Operation.RMDIR,
    Operation.RENAME,
    Operation.RENAME2,
    Operation.LINK,
    Operation.WRITE,
    Operation.CREATE,
}
KINDS = {"everything": set(Operation) - _NEVER_KEPT, "fsync": _SYNCING, "writes": _WRITING}
"""What may hang, by the word that orders it."""


class Request(NamedTuple):
    """One request of the kernel."""

    operation: int
    unique: int
    """By which the answer is told from others."""
    node: int
    user: int
    group: int
    body: bytes


@dataclass
class _Node:
    """A file or folder that the kernel knows."""

    handle: int
    lookups: int = 0
    """How often the kernel has been told of it, and has to forget it."""


@dataclass
class _Behaviour:
    """How the disk answers at present."""

    hanging: set[Operation] = field(default_factory=set)
    slow: float = 0.0
    failing: dict[Operation, int] = field(default_factory=dict)


class FileSystem:
    """A folder, as the file system that a kernel asks through /dev/fuse.

    Args:
        backing: The folder that it shows.
    """

    def __init__(self, backing: Path) -> None:
        self._nodes = {1: _Node(os.open(backing, os.O_PATH | os.O_DIRECTORY), 1)}
        self._numbers: dict[tuple[int, int], int] = {}
        """The nodes by device and inode."""
        self._last_number = 1
        self._listings: dict[int, list[tuple[str, os.stat_result]]] = {}
        self._last_listing = 0
        self._methods: dict[int, Callable[[Request], bytes]] = {
            Operation.LOOKUP: lambda request: self._found(request.node, _name(request.body)),
            Operation.GETATTR: lambda request: self._attributes(request.node),
            Operation.SETATTR: self._set_attributes,
            Operation.READLINK: self._read_link,
            Operation.SYMLINK: self._symlink,
            Operation.MKDIR: self._make_folder,
            Operation.UNLINK: self._unlink,
            Operation.RMDIR: self._remove_folder,
            Operation.RENAME: lambda request: self._rename(request, 8),
            Operation.RENAME2: self._rename_with_flags,
            Operation.LINK: self._link,
            Operation.OPEN: self._open,
            Operation.READ: self._read,
            Operation.WRITE: self._write,
            Operation.STATFS: lambda _: self._space(),
            Operation.RELEASE: self._release,
            Operation.FSYNC: self._sync,
            Operation.FLUSH: lambda _: b"",
            Operation.INIT: self._begin,
            Operation.OPENDIR: self._open_folder,
            Operation.READDIR: self._list_folder,
            Operation.RELEASEDIR: self._release_folder,
            Operation.FSYNCDIR: lambda _: b"",
            Operation.CREATE: self._create,
            Operation.DESTROY: lambda _: b"",
        }

    def answer(self, request: Request) -> bytes | None:
        """The answer to a request; None where the kernel wants none.

        Raises:
            OSError: The request is refused.
        """
        if request.operation in _UNANSWERED:
            self._forget(request)
            return None
        method = self._methods.get(request.operation)
        if method is None:
            raise OSError(errno.ENOSYS, "no such operation")
        return method(request)

    def _begin(self, request: Request) -> bytes:
        major, minor, read_ahead, flags = struct.unpack_from("<IIII", request.body)
        del major
        flags &= _ATOMIC_TRUNCATION | _BIG_WRITES | _PARALLEL_LOOKUPS
        told = struct.pack("<IIIIHHIIHHI", 7, min(minor, _MINOR), read_ahead, flags, 64, 48, _LONGEST_WRITE, 1, 0, 0, 0)
        return told.ljust(64, b"\0")

    def _place(self, node: int) -> str:
        return f"/proc/self/fd/{self._nodes[node].handle}"

    def _found(self, parent: int, name: str) -> bytes:
        handle = os.open(name, os.O_PATH | os.O_NOFOLLOW, dir_fd=self._nodes[parent].handle)
        found = os.fstat(handle)
        key = (found.st_dev, found.st_ino)
        number = self._numbers.get(key)
        if number is None:
            self._last_number += 1
            number = self._numbers[key] = self._last_number
            self._nodes[number] = _Node(handle)
        else:
            os.close(handle)
        self._nodes[number].lookups += 1
        return _ENTRY.pack(number, 0, 0, 0, 0, 0) + _packed(found)

    def _forget(self, request: Request) -> None:
        if request.operation == Operation.FORGET:
            self._forget_node(request.node, struct.unpack_from("<Q", request.body)[0])
        elif request.operation == Operation.BATCH_FORGET:
            (count,) = struct.unpack_from("<I", request.body)
            for number in range(count):
                self._forget_node(*struct.unpack_from("<QQ", request.body, 8 + 16 * number))

    def _forget_node(self, number: int, lookups: int) -> None:
        node = self._nodes.get(number)
        if node is None or number == 1:
            return
        node.lookups -= lookups
        if node.lookups <= 0:
            found = os.fstat(node.handle)
            self._numbers.pop((found.st_dev, found.st_ino), None)
            os.close(self._nodes.pop(number).handle)

    def _attributes(self, node: int) -> bytes:
        return struct.pack("<QII", 0, 0, 0) + _packed(os.fstat(self._nodes[node].handle))

    def _set_attributes(self, request: Request) -> bytes:
        values = _SETATTR.unpack_from(request.body)
        wanted, size, mode, owner, group = values[0], values[3], values[11], values[13], values[14]
        place = self._place(request.node)
        if wanted & 0b110:
            os.chown(place, owner if wanted & 2 else -1, group if wanted & 4 else -1)
        if wanted & 1:
            Path(place).chmod(stat.S_IMODE(mode))
        if wanted & 8:
            os.truncate(place, size)
        if wanted & 0b110000:
            now = time.time_ns()
            before = os.fstat(self._nodes[request.node].handle)
            times = [before.st_atime_ns, before.st_mtime_ns]
            for position, (chosen, at_present) in enumerate(((16, 128), (32, 256))):
                if wanted & at_present:
                    times[position] = now
                elif wanted & chosen:
                    times[position] = values[5 + position] * 10**9 + values[8 + position]
            os.utime(place, ns=(times[0], times[1]))
        return self._attributes(request.node)

    def _read_link(self, request: Request) -> bytes:
        return os.fsencode(os.readlink("", dir_fd=self._nodes[request.node].handle))

    def _symlink(self, request: Request) -> bytes:
        name, target = request.body.split(b"\0")[:2]
        os.symlink(target, name, dir_fd=self._nodes[request.node].handle)
        return self._made(request, os.fsdecode(name))

    def _make_folder(self, request: Request) -> bytes:
        mode, umask = struct.unpack_from("<II", request.body)
        name = _name(request.body[8:])
        os.mkdir(name, stat.S_IMODE(mode) & ~umask, dir_fd=self._nodes[request.node].handle)
        return self._made(request, name)

    def _made(self, request: Request, name: str) -> bytes:
        """Give what was made to the user who asked for it."""
        parent = self._nodes[request.node].handle
        os.chown(name, request.user, request.group, dir_fd=parent, follow_symlinks=False)
        return self._found(request.node, name)

    def _unlink(self, request: Request) -> bytes:
        os.unlink(_name(request.body), dir_fd=self._nodes[request.node].handle)
        return b""

    def _remove_folder(self, request: Request) -> bytes:
        os.rmdir(_name(request.body), dir_fd=self._nodes[request.node].handle)
        return b""

    def _rename(self, request: Request, names_at: int) -> bytes:
        (target,) = struct.unpack_from("<Q", request.body)
        before, after = request.body[names_at:].split(b"\0")[:2]
        handles = self._nodes[request.node].handle, self._nodes[target].handle
        os.rename(before, after, src_dir_fd=handles[0], dst_dir_fd=handles[1])
        return b""

    def _rename_with_flags(self, request: Request) -> bytes:
        _, flags = struct.unpack_from("<QI", request.body)
        if flags:
            raise OSError(errno.EINVAL, "only plain renaming")
        return self._rename(request, 16)

    def _link(self, request: Request) -> bytes:
        (target,) = struct.unpack_from("<Q", request.body)
        name = _name(request.body[8:])
        os.link(self._place(target), name, dst_dir_fd=self._nodes[request.node].handle, follow_symlinks=True)
        return self._found(request.node, name)

    def _open(self, request: Request) -> bytes:
        (flags,) = struct.unpack_from("<I", request.body)
        flags &= ~(os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW)
        return struct.pack("<QII", os.open(self._place(request.node), flags), 0, 0)

    def _create(self, request: Request) -> bytes:
        flags, mode, umask, _ = struct.unpack_from("<IIII", request.body)
        name = _name(request.body[16:])
        parent = self._nodes[request.node].handle
        handle = os.open(name, flags | os.O_CREAT, stat.S_IMODE(mode) & ~umask, dir_fd=parent)
        return self._made(request, name) + struct.pack("<QII", handle, 0, 0)

    def _read(self, request: Request) -> bytes:
        handle, offset, size, *_ = _READ.unpack_from(request.body)
        return os.pread(handle, size, offset)

    def _write(self, request: Request) -> bytes:
        handle, offset, size, *_ = _READ.unpack_from(request.body)
        written = os.pwrite(handle, request.body[_READ.size : _READ.size + size], offset)
        return struct.pack("<II", written, 0)

    def _space(self) -> bytes:
        found = os.fstatvfs(self._nodes[1].handle)
        told = struct.pack(
            "<QQQQQIII",
            found.f_blocks,
            found.f_bfree,
            found.f_bavail,
            found.f_files,
            found.f_ffree,
            found.f_bsize,
            found.f_namemax,
            found.f_frsize,
        )
        return told.ljust(80, b"\0")

    def _release(self, request: Request) -> bytes:
        os.close(struct.unpack_from("<Q", request.body)[0])
        return b""

    def _sync(self, request: Request) -> bytes:
        os.fsync(struct.unpack_from("<Q", request.body)[0])
        return b""

    def _open_folder(self, request: Request) -> bytes:
        place = self._place(request.node)
        self._last_listing += 1
        with os.scandir(place) as entries:
            listing = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
        own = os.fstat(self._nodes[request.node].handle)
        self._listings[self._last_listing] = [(".", own), ("..", own), *listing]
        return struct.pack("<QII", self._last_listing, 0, 0)

    def _list_folder(self, request: Request) -> bytes:
        listing, offset, size, *_ = _READ.unpack_from(request.body)
        told = b""
        for position, (text, found) in enumerate(self._listings[listing][offset:], offset + 1):
            name = os.fsencode(text)
            entry = _DIRENT.pack(found.st_ino, position, len(name), stat.S_IFMT(found.st_mode) >> 12) + name
            entry = entry.ljust(-(-len(entry) // 8) * 8, b"\0")
            if len(told) + len(entry) > size:
                break
            told += entry
        return told

    def _release_folder(self, request: Request) -> bytes:
        del self._listings[struct.unpack_from("<Q", request.body)[0]]
        return b""


def _name(body: bytes) -> str:
    return os.fsdecode(body.split(b"\0", 1)[0])


def _packed(found: os.stat_result) -> bytes:
    times = (found.st_atime_ns, found.st_mtime_ns, found.st_ctime_ns)
    return _ATTRIBUTES.pack(
        found.st_ino,
        found.st_size,
        found.st_blocks,
        *(moment // 10**9 for moment in times),
        *(moment % 10**9 for moment in times),
        found.st_mode,
        found.st_nlink,
        found.st_uid,
        found.st_gid,
        found.st_rdev,
        found.st_blksize,
        0,
    )


class _Disk:
    """Answers the kernel as it was ordered to."""

    def __init__(self, device: int, files: FileSystem) -> None:
        self._device = device
        self._files = files
        self._behaviour = _Behaviour()
        self._kept: list[tuple[float, Request]] = []
        """Requests without an answer yet, and when each came."""

    def serve(self, orders: int) -> None:
        """Answer until the orders end, or the file system was unmounted."""
        written = b""
        while True:
            ready, _, _ = select.select([self._device, orders], [], [], self._pause())
            if orders in ready:
                piece = os.read(orders, 4096)
                if not piece:
                    return
                *lines, written = (written + piece).split(b"\n")
                for line in lines:
                    self._obey(line.decode().split())
                    os.write(1, b"ok\n")
            if self._device in ready and not self._take():
                return
            self._answer_what_is_due()

    def _obey(self, order: list[str]) -> None:
        match order:
            case ["hang", kind]:
                self._behaviour.hanging = set(KINDS[kind])
            case ["slow", seconds]:
                self._behaviour.slow = float(seconds)
            case ["fail", code, operation]:
                self._behaviour.failing[Operation[operation]] = getattr(errno, code)
            case ["go", "on"]:
                self._behaviour = _Behaviour()
            case _:
                raise ValueError(f"no such order: {order}")

    def _take(self) -> bool:
        try:
            raw = os.read(self._device, _LARGEST_REQUEST)
        except OSError as error:
            return error.errno in (errno.EINTR, errno.EAGAIN, errno.ENOENT)
        length, operation, unique, node, user, group, *_ = _HEADER.unpack_from(raw)
        request = Request(operation, unique, node, user, group, raw[_HEADER.size : length])
        if operation in _NEVER_KEPT:
            self._answer(request)
        else:
            self._kept.append((time.monotonic(), request))
        return True

    def _due_at(self, came: float, request: Request) -> float | None:
        if request.operation in self._behaviour.hanging:
            return None
        return came + self._behaviour.slow

    def _pause(self) -> float | None:
        moments = [self._due_at(came, request) for came, request in self._kept]
        return min((max(0.0, moment - time.monotonic()) for moment in moments if moment is not None), default=None)

    def _answer_what_is_due(self) -> None:
        kept, self._kept = self._kept, []
        for came, request in kept:
            due = self._due_at(came, request)
            if due is not None and due <= time.monotonic():
                self._answer(request)
            else:
                self._kept.append((came, request))

    def _answer(self, request: Request) -> None:
        refused = next((code for each, code in self._behaviour.failing.items() if each == request.operation), 0)
        if refused:
            self._send(request, -refused, b"")
            return
        try:
            content = self._files.answer(request)
        except OSError as error:
            self._send(request, -(error.errno or errno.EIO), b"")
        else:
            if content is not None:
                self._send(request, 0, content)

    def _send(self, request: Request, code: int, content: bytes) -> None:
        with contextlib.suppress(FileNotFoundError):  # whoever asked was ended meanwhile
            os.write(self._device, _ANSWER.pack(_ANSWER.size + len(content), code, request.unique) + content)


@contextlib.contextmanager
def _mounted(place: Path) -> Iterator[int]:
    """Mount a file system, and give the device through which the kernel asks it."""
    libc = ctypes.CDLL(None, use_errno=True)
    device = os.open(_DEVICE, os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
    if libc.mount(b"hanging", os.fsencode(place), b"fuse", 0, options.encode()) != 0:
        code = ctypes.get_errno()
        os.close(device)
        raise OSError(code, os.strerror(code))
    try:
        yield device
    finally:
        os.close(device)  # whoever waits gets an error
        libc.umount2(os.fsencode(place), _DETACH)


class HangingDisk:
    """The file system in a process of its own.

    Args:
        backing: The folder that it shows.
        place: An empty folder, where it is shown.
    """

    def __init__(self, backing: Path, place: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(backing), str(place)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._await()

    def __enter__(self) -> "HangingDisk":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.communicate(timeout=30)

    def tell(self, order: str) -> None:
        """Give an order, and wait until it is carried out."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        self._await()

    def _await(self) -> None:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        assert answer == "ok\n", "the file system has failed"


def unavailable() -> str:
    """Why there can be no such file system here; empty where there can be one."""
    if sys.platform != "linux" or not os.access(_DEVICE, os.R_OK | os.W_OK):
        return "needs Linux with /dev/fuse"
    return "" if os.geteuid() == 0 else "needs root to mount a file system"


def main(backing: Path, place: Path) -> None:
    """Show a folder elsewhere, until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to whoever runs the tests, too
    with _mounted(place) as device:
        files = FileSystem(backing)
        os.write(1, b"ok\n")
        _Disk(device, files).serve(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
