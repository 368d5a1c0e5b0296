"""A simulated computer: its clock, its disk, its threads, and the programs that may die at any system call.

Programs run in this process. Each system call that they make below one folder is carried out, refused, or held up here.
"""

import contextlib
import errno
import itertools
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any
from unittest import mock

from scrutiny.cli import values
from scrutiny.store import assessments, atomic, backups, recovery
from tests import building
from tests.workspace.system_calls import LOOK, MAKE_FOLDER, OPEN, READ, RENAME, SYNC, UNLINK, WRITE, Call, SystemCalls

SHORT = 0.15
"""Seconds to wait for a disk that hangs."""

WORK, RECOVERY, TEMPORARY, LOCKS, BACKUPS, STATE = AREAS = ("work", "recovery", "tmp", "locks", "backups", "state")
"""The folders that can fail on their own."""


class Died(BaseException):
    """The program that makes a system call is killed in it."""


class FaultKind(Enum):
    """What goes wrong with a system call."""

    ERROR = "error"
    ANSWER_LOST = "answer lost"
    """It is carried out, and then fails."""
    HANG = "hang"
    SLOW = "slow"
    MEMORY = "memory"


_CHANGES = {WRITE, SYNC, RENAME, UNLINK, MAKE_FOLDER}
"""The calls that change the disk and give nothing back."""


@dataclass
class Fault:
    """Something that is wrong with a part of the disk."""

    kind: FaultKind
    areas: frozenset[str]
    calls: frozenset[str]
    number: int = errno.EIO
    times: int | None = None
    """How many calls it meets; None for all of them until it ends."""
    steps: int = 1
    """After how many steps it ends."""
    ended: threading.Event = field(default_factory=threading.Event)

    def meets(self, area: str, call: str) -> bool:
        """Whether a call is one of those that go wrong."""
        return area in self.areas and call in self.calls


class Program:
    """A window or a command that may die at any system call."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead = False
        self.calls_left: int | None = None
        """After how many system calls it is killed; None for never."""
        self.threads: list[threading.Thread] = []
        self.locks: list[Any] = []
        """The locks of recovery files that it may hold, which the system gives back when it has died."""


class Computer:
    """A computer on which anything can go wrong.

    Args:
        root: An empty folder that stands for its disk.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self.folder = self.root / "work"
        """Where people keep their files."""
        self.faults: list[Fault] = []
        self.no_threads = 0
        """For how many steps no thread can be started."""
        self.log: list[str] = []
        """What has happened."""
        self._ticks = itertools.count()
        self._clock_wrong_by = timedelta()
        self._acting: Program | None = None
        self._owners: dict[threading.Thread, Program] = {}
        self._news = threading.Condition()
        self._replacing = threading.Lock()
        """Held from a save's last look at the file until it has replaced it; without a lock of the file, another
        program that writes in between cannot be noticed by anybody."""
        self._of_thread = threading.local()
        self._main_thread = threading.current_thread()
        self._patches = ExitStack()
        for name in ("work", "state", "tmp"):
            (self.root / name).mkdir()

    def begin(self) -> None:
        """Put this computer in the place of the real one."""
        put_in = self._patches.enter_context
        folders = {"XDG_STATE_HOME": str(self.root / "state"), "TMPDIR": str(self.root / "tmp")}
        put_in(mock.patch.dict(os.environ, folders))
        put_in(mock.patch.object(tempfile, "tempdir", str(self.root / "tmp")))
        put_in(mock.patch.object(assessments, "_LOCK_SECONDS", 0.05))
        put_in(mock.patch.object(assessments, "SETTLED_SECONDS", 0.0))
        put_in(mock.patch.object(values, "now", self.now))
        put_in(mock.patch.object(backups, "datetime", self._datetime()))
        put_in(mock.patch.object(recovery, "lock_of", self._recording_locks(recovery.lock_of)))
        put_in(mock.patch.object(threading.Thread, "start", self._starting(threading.Thread.start)))
        put_in(mock.patch.object(threading, "excepthook", self._thread_ended(threading.excepthook)))
        put_in(SystemCalls(self.root, self._called).watched())

    def end(self) -> None:
        """Put the real computer back in its place."""
        self._patches.close()

    def note(self, happening: str) -> None:
        """Write down what happens, for whoever has to find out why a promise was broken."""
        self.log.append(happening)

    def now(self) -> datetime:
        """The time that the clock shows, in UTC."""
        return building.NOW + timedelta(seconds=next(self._ticks)) + self._clock_wrong_by

    def jump(self, seconds: float) -> None:
        """Set the clock forward or back."""
        self.note(f"the clock jumps by {seconds}")
        self._clock_wrong_by = timedelta(seconds=seconds)

    def _datetime(self) -> type[datetime]:
        world = self

        class Moment(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> "Moment":
                return cls.fromtimestamp(world.now().timestamp(), tz)

        return Moment

    def _recording_locks(self, real: Callable[[Path], Any]) -> Callable[[Path], Any]:
        def lock_of(kept_at: Path) -> Any:
            lock = real(kept_at)
            program = self._program()
            if program is not None:
                program.locks.append(lock)
            return lock

        return lock_of

    def _starting(self, real: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
        def start(thread: threading.Thread) -> None:
            program = self._program()
            if program is not None:
                if self.no_threads:
                    raise RuntimeError("can't start new thread")
                self._owners[thread] = program
                program.threads.append(thread)
            real(thread)

        return start

    def _thread_ended(self, real: Callable[..., Any]) -> Callable[..., None]:
        def excepthook(ended: Any, /) -> None:
            if not issubclass(ended.exc_type, Died):
                real(ended)

        return excepthook

    def _program(self) -> Program | None:
        """The program that the current thread belongs to; None for the tests themselves."""
        thread = threading.current_thread()
        return self._acting if thread is self._main_thread else self._owners.get(thread)

    @contextmanager
    def acting(self, program: Program | None) -> Iterator[None]:
        """Do what a program does; None for what is done past it."""
        before, self._acting = self._acting, program
        try:
            yield
        except Died:
            if program is None:
                raise
        finally:
            self._acting = before

    def area(self, path: Path) -> str:
        """The part of the disk that a path belongs to."""
        parts = path.relative_to(self.root).parts
        if parts[:1] == ("state",):
            return parts[2] if len(parts) > 2 and parts[2] in AREAS else STATE
        return parts[0] if parts and parts[0] in AREAS else STATE

    def _called(self, call: Call, carry_out: Callable[[], Any]) -> Any:
        program = self._program()
        if program is None:
            return carry_out()
        if program.dead and call.path.suffix == ".lock":
            return carry_out()  # the system gives back its locks
        try:
            self._die_if_due(program, call)
            result = self._carried_out(program, call, carry_out)
            if program.dead:
                _close(call, result)
            self._die_if_killed(program)
        except Died:
            self._leave_replacing()
            raise
        finally:
            if call.name not in (LOOK, READ):
                self._leave_replacing()
        if call.name == SYNC and self._is_temporary(call.path):
            self._replacing.acquire()
            self._of_thread.replacing = True
        return result

    def _is_temporary(self, path: Path) -> bool:
        return path.parent == self.folder and path.name.endswith(atomic.TEMPORARY_SUFFIX)

    def _leave_replacing(self) -> None:
        if getattr(self._of_thread, "replacing", False):
            self._of_thread.replacing = False
            self._replacing.release()

    def _die_if_killed(self, program: Program) -> None:
        if program.dead:
            raise Died

    def _die_if_due(self, program: Program, call: Call) -> None:
        if program.calls_left is not None and not program.dead:
            program.calls_left -= 1
            if program.calls_left < 0:
                program.dead = True
                if call.name == WRITE:
                    os.write(call.handle, call.content[: len(call.content) // 2])
                self._tell()
        self._die_if_killed(program)

    def _carried_out(self, program: Program, call: Call, carry_out: Callable[[], Any]) -> Any:
        area = self.area(call.path)
        for fault in list(self.faults):
            if fault.meets(area, call.name):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._remove(fault)
                self._strike(program, fault, call, carry_out)
        return carry_out()

    def _strike(self, program: Program, fault: Fault, call: Call, carry_out: Callable[[], Any]) -> None:
        match fault.kind:
            case FaultKind.ERROR:
                raise OSError(fault.number, os.strerror(fault.number), str(call.path))
            case FaultKind.ANSWER_LOST:
                if call.name in _CHANGES:
                    carry_out()
                raise OSError(fault.number, os.strerror(fault.number), str(call.path))
            case FaultKind.MEMORY:
                raise MemoryError
            case FaultKind.SLOW:
                fault.ended.wait(0.005)
            case FaultKind.HANG:
                if threading.current_thread() is self._main_thread:  # nobody else could end the fault
                    raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), str(call.path))
                self._hang(program, fault)

    def _hang(self, program: Program, fault: Fault) -> None:
        with self._news:
            while not (fault.ended.is_set() or program.dead):
                self._news.wait()
        if program.dead:
            raise Died

    def _remove(self, fault: Fault) -> None:
        with contextlib.suppress(ValueError):
            self.faults.remove(fault)
        fault.ended.set()

    def _tell(self) -> None:
        with self._news:
            self._news.notify_all()

    def _wait_for_news(self, seconds: float) -> None:
        with self._news:
            self._news.wait(seconds)

    @property
    def hanging(self) -> bool:
        """Whether any part of the disk hangs."""
        return any(fault.kind is FaultKind.HANG for fault in self.faults)

    def refuse_threads(self, steps: int) -> None:
        """Have no thread be started for some steps."""
        self.note(f"no threads for {steps} steps")
        self.no_threads = steps

    @property
    def _patient(self) -> float:
        """Seconds to wait in a call that ends early if all is well."""
        return SHORT if self.faults or self.no_threads else 2.0

    def break_disk(self, fault: Fault) -> None:
        """Have a part of the disk fail from now on."""
        self.note(f"breaks: {fault}")
        self.faults.append(fault)

    def mend(self) -> None:
        """Have everything work again."""
        self.note("all is mended")
        self.no_threads = 0
        for fault in list(self.faults):
            self._remove(fault)
        self._tell()

    def age_faults(self) -> None:
        """Have what has lasted long enough end."""
        self.no_threads = max(0, self.no_threads - 1)
        for fault in list(self.faults):
            fault.steps -= 1
            if fault.steps < 0:
                self._remove(fault)
        self._tell()

    def lose_locks(self) -> None:
        """Have another program remove the lock files."""
        self.note("locks go")
        with self.acting(None):
            for path in self.root.rglob("*.lock"):
                path.unlink(missing_ok=True)


def _close(call: Call, result: Any) -> None:
    """Close what a program that has died meanwhile was about to get, as the system does."""
    if call.name == OPEN:
        os.close(result)
    elif hasattr(result, "close"):
        result.close()
