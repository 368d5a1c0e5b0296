"""Saves that are killed, or fail, at a chosen system call: a program of its own, under strace.

A family of processes does it, since to start Python for every case would take minutes: the program forks a leader,
strace takes hold of it and of all its children, and each child makes as many idle calls as bring its n-th own call to
the number at which strace strikes.
"""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from scrutiny.errors import FileProblem
from scrutiny.exchange import workbook
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, atomic, backups, recovery
from tests import building

STRIKE = 100
"""The number of the call at which strace strikes: more than any operation makes of one kind."""

_SAVED, _REFUSED, _FAULT = 0, 10, 11

_ENDS = {_SAVED: "saved", _REFUSED: "refused", _FAULT: "fault"}


@dataclass(frozen=True)
class Outcome:
    """What came of one operation that was struck."""

    operation: str
    call: str
    position: int
    """Which of the operation's calls was struck, counted from 1."""
    error: str
    """The error that the call was made to give; empty for a kill."""
    end: str
    """Said to be saved, refused with a plain sentence, a fault, or killed."""
    content: str
    """What the file holds afterwards: old, new or other."""
    left: int
    """Temporary files left."""
    left_after_start: int
    """Temporary files left after the next start."""


def old() -> Assessment:
    """What stands in the file before."""
    return building.filled()


def new() -> Assessment:
    """What is saved."""
    return edits.write_evidence(building.filled(), "plan", "New. " * 200)


def file_in(folder: Path) -> Path:
    """The assessment's file."""
    return folder / "work" / "northshire.toml"


def workbook_in(folder: Path) -> Path:
    """The exported workbook."""
    return folder / "work" / "northshire.xlsx"


def backup_in(folder: Path) -> Path:
    """The backup."""
    return backups.of(file_in(folder))[0].path


def recovery_in(folder: Path) -> Path:
    """What could not be saved."""
    return building.recovery_path(file_in(folder), "0123")


@dataclass(frozen=True)
class Operation:
    """Something that writes a file."""

    prepare: Callable[[Path], object]
    run: Callable[[Path], object]
    target: Callable[[Path], Path]


def _first_state(folder: Path) -> None:
    file_in(folder).parent.mkdir()


def _saved_state(folder: Path) -> None:
    assessments.create(file_in(folder), old())


def _backed_up_state(folder: Path) -> None:
    digest = assessments.create(file_in(folder), old()).digest
    backups.keep(file_in(folder))
    assessments.save(file_in(folder), new(), digest)


def _kept_state(folder: Path) -> None:
    _saved_state(folder)
    _keep(folder, old())


def _keep(folder: Path, assessment: Assessment) -> None:
    recovery.keep(recovery_in(folder), assessment, Path("northshire.toml"))  # the same for every folder


def _exported_state(folder: Path) -> None:
    _saved_state(folder)
    _export(folder, old())


def _export(folder: Path, assessment: Assessment) -> None:
    workbook.export(assessment, workbook_in(folder), building.TODAY, atomic.replace, replace_existing=True)


def _save(folder: Path) -> None:
    assessments.save(file_in(folder), new(), assessments.file_digest(file_in(folder)))


OPERATIONS = {
    "first save": Operation(_first_state, lambda folder: assessments.create(file_in(folder), new()), file_in),
    "save": Operation(_saved_state, _save, file_in),
    "backup": Operation(_backed_up_state, lambda folder: backups.keep(file_in(folder)), backup_in),
    "recovery": Operation(_kept_state, lambda folder: _keep(folder, new()), recovery_in),
    "export": Operation(_exported_state, lambda folder: _export(folder, new()), workbook_in),
}
"""Everything that puts people's work on the disk."""


def _failing(call: Callable[[], object]) -> Callable[[], None]:
    def idle() -> None:
        with contextlib.suppress(OSError):
            call()

    return idle


_NOWHERE = Path("/nowhere/at/all")

IDLE = {
    "openat": _failing(lambda: os.open(_NOWHERE, os.O_RDONLY)),
    "read": _failing(lambda: os.read(-1, 1)),
    "write": _failing(lambda: os.write(-1, b"x")),
    "close": _failing(lambda: os.close(-1)),
    "fsync": _failing(lambda: os.fsync(sys.stdin.fileno())),
    "fchmod": _failing(lambda: os.fchmod(-1, 0)),
    "rename": _failing(lambda: _NOWHERE.rename(_NOWHERE)),
    "unlink": _failing(lambda: _NOWHERE.unlink()),
    "mkdir": _failing(lambda: _NOWHERE.mkdir()),
    "lseek": _failing(lambda: os.lseek(-1, 0, 0)),
    "newfstatat": _failing(lambda: _NOWHERE.stat()),
    "flock": _failing(lambda: fcntl.flock(sys.stdin, fcntl.LOCK_UN)),
}
"""The calls that can be struck, each with a way to make one that does nothing."""


@dataclass(frozen=True)
class Case:
    """One operation in a folder of its own, to be struck at its n-th call of a kind."""

    operation: str
    position: int
    folder: Path


def prepared(root: Path, operation: str, position: int) -> Case:
    """A case with everything that stands there before it."""
    case = Case(operation, position, root / f"{operation} {position}".replace(" ", "-"))
    case.folder.mkdir()
    _at_home_in(case.folder)
    OPERATIONS[operation].prepare(case.folder)
    return case


def _at_home_in(folder: Path) -> None:
    os.environ["XDG_STATE_HOME"] = str(folder / "state")


def _carried_out(case: Case) -> int:
    """Carry out an operation, and say how it ended as an exit code."""
    try:
        OPERATIONS[case.operation].run(case.folder)
    except FileProblem as problem:
        plain = problem.title.endswith(".") and "\n" not in problem.title and problem.hint.endswith(".")
        return _REFUSED if plain else _FAULT
    except Exception:  # noqa: BLE001 - whatever else it is, it is what must not be
        return _FAULT
    return _SAVED


def _child(case: Case, call: str | None) -> None:
    _at_home_in(case.folder)
    if call is not None:
        for _ in range(STRIKE - case.position):
            IDLE[call]()
    os._exit(_carried_out(case))


def _led(cases: Sequence[Case], call: str | None, options: Sequence[str]) -> list[tuple[int, int]]:
    """Have strace watch a family, a child for each case, and return each child's process and exit code."""
    go_out, go_in = os.pipe()
    told_out, told_in = os.pipe()
    leader = os.fork()
    if leader == 0:
        _let_anybody_trace()
        os.read(go_out, 1)
        ends = []
        for case in cases:
            child = os.fork()
            if child == 0:
                _child(case, call)
            ends.append((child, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
        os.write(told_in, json.dumps(ends).encode())
        os._exit(0)
    os.close(told_in)
    strace = subprocess.Popen(["strace", "-f", *options, "-p", str(leader)], stderr=subprocess.PIPE, text=True)
    assert strace.stderr is not None
    first = strace.stderr.readline()
    if "attached" not in first:
        os.kill(leader, 9)
        os.waitpid(leader, 0)
        raise SystemExit(f"strace is not permitted here: {first}")
    os.write(go_in, b"x")
    with os.fdopen(told_out, "rb") as told:
        ends = json.loads(told.read())
    os.waitpid(leader, 0)
    strace.stderr.read()
    strace.wait()
    os.close(go_in)
    os.close(go_out)
    return [(process, code) for process, code in ends]


def _let_anybody_trace() -> None:
    """Some systems let only a parent trace a process unless the process allows it."""
    import ctypes

    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)


def counted(root: Path, operations: Iterable[str]) -> dict[tuple[str, str], int]:
    """How many calls of each kind each operation makes."""
    cases = [prepared(root, operation, 0) for operation in operations]
    log = root / "calls.txt"
    ends = _led(cases, None, ["-o", str(log), "-e", f"trace={','.join(IDLE)}"])
    made: Counter[tuple[str, str]] = Counter()
    by_process = {str(process): case.operation for case, (process, _) in zip(cases, ends, strict=True)}
    for line in log.read_text(errors="replace").splitlines():
        process, _, rest = line.partition(" ")
        name, found, _ = rest.strip().partition("(")
        if process in by_process and found and name in IDLE:
            made[by_process[process], name] += 1
    assert max(made.values()) < STRIKE, made
    return dict(made)


def struck(root: Path, call: str, error: str, counts: dict[tuple[str, str], int]) -> list[Outcome]:
    """Strike every call of a kind that the operations make, each in a case of its own."""
    cases = [
        prepared(root, operation, position)
        for (operation, made), count in counts.items()
        if made == call
        for position in range(1, count + 1)
    ]
    how = f"error={error}" if error else "signal=KILL"
    ends = _led(cases, call, ["-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{how}:when={STRIKE}"])
    outcomes = []
    for case, (_, code) in zip(cases, ends, strict=True):
        _at_home_in(case.folder)
        left = _left(case.folder)
        recovery.sweep_all(case.folder / "work")
        end = "killed" if code == -9 else _ENDS.get(code, f"exit {code}")
        content = _content(case)
        outcomes.append(Outcome(case.operation, call, case.position, error, end, content, left, _left(case.folder)))
        shutil.rmtree(case.folder)
    return outcomes


def _left(folder: Path) -> int:
    return sum(path.name.startswith(atomic.TEMPORARY_PREFIX) for path in folder.rglob("*"))


_versions: dict[str, tuple[bytes | None, bytes]] = {}
"""What the file of each operation holds before and after it."""


def carry_out_whole(root: Path, operations: Iterable[str]) -> None:
    """Carry every operation out undisturbed: for the two versions, and so that later no import is struck."""
    for name in operations:
        case = prepared(root, name, 0)
        target = OPERATIONS[name].target(case.folder)
        before = _bytes(target)
        assert _carried_out(case) == _SAVED
        after = OPERATIONS[name].target(case.folder)  # a backup has a name of its own each time
        _versions[name] = before, after.read_bytes()
        shutil.rmtree(case.folder)


def _content(case: Case) -> str:
    """Which of the two versions the file holds, byte for byte."""
    before, after = _versions[case.operation]
    found = _bytes(OPERATIONS[case.operation].target(case.folder))
    return "new" if found == after else "old" if found == before else "other"


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def main(root: Path, orders: Sequence[tuple[str, str]], operations: Sequence[str]) -> None:
    """Carry out orders, each a kind of call with an error or none for a kill, and print every outcome as JSON."""
    for _ in range(2):  # the first workbook that a process makes names its styles in another order than all others
        carry_out_whole(root, operations)
    counts = counted(root, operations)
    for operation in operations:
        shutil.rmtree(root / f"{operation} 0".replace(" ", "-"))
    for call, error in orders:
        for outcome in struck(root, call, error, counts):
            print(json.dumps(asdict(outcome)))  # noqa: T201 - what this program is for


if __name__ == "__main__":
    main(Path(sys.argv[1]), [tuple(order) for order in json.loads(sys.argv[2])], json.loads(sys.argv[3]))
