"""Files from outside, every one of a folder: ``python -m tests.store.outside FOLDER``.

Each file is read in every way there is, by a child process whose time and memory are measured: it gives a result or one
plain sentence, soon, in little memory, and is not touched. Prints a table; exits with 1 where any file did otherwise.
For suites that are not part of this project, such as toml-test's cases.
"""

import contextlib
import io
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scrutiny.cli import frameworks as _frameworks_command  # noqa: F401 - imported here once, not by every child
from scrutiny.cli import reading as _reading_command  # noqa: F401
from scrutiny.cli.main import run
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.store import assessments, codec, frameworks, index
from tests import building

SECONDS, MEGABYTES = 2.0, 300.0

_STOPPED_AFTER = 30
"""Seconds after which a child is stopped."""

RESULT, SENTENCE = "result", "sentence"

GOOD = codec.encode(building.filled()).encode()


def loaded(path: Path) -> str:
    """As an assessment."""
    assessments.load(path)
    return RESULT


def checked(path: Path) -> str:
    """As a framework."""
    return RESULT if frameworks.check(path).framework else SENTENCE


def grafted(path: Path) -> str:
    """As a part of an assessment, so that what is well-formed is looked at further than its first line."""
    body, _, end = GOOD.partition(b"\n[end]\n")
    whole = path.with_name("whole.toml")
    whole.write_bytes(body + b"\n" + path.read_bytes() + b"\n[end]\n" + end)
    return loaded(whole)


def listed(path: Path) -> str:
    """As the library reads its folder."""
    problems = [one.problem for one in index.list_folder(path.parent) if one.problem]
    for problem in problems:
        raise problem
    return RESULT


def told(path: Path, *words: str) -> str:
    """As the command line is asked for it."""
    out, complaint = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaint):
        code = run([*words, str(path)])
    said = out.getvalue() + complaint.getvalue()
    if code not in (0, 1, 3) or "Traceback" in said or complaint.getvalue().count("Error: ") > 1:
        raise AssertionError(f"exit code {code}: {said[:200]}")
    return SENTENCE if code == 3 else RESULT


WAYS: dict[str, Callable[[Path], str]] = {
    "load": loaded,
    "load, within a good file": grafted,
    "frameworks.check": checked,
    "list_folder": listed,
    "scrutiny show": lambda path: told(path, "show"),
    "scrutiny check": lambda path: told(path, "check"),
    "scrutiny frameworks check": lambda path: told(path, "frameworks", "check"),
}
"""How a file is read, by what it is called in the table."""


@dataclass(frozen=True)
class Outcome:
    """What came of reading one file in one way."""

    path: Path
    way: str
    kind: str
    """A result, a sentence, or what went wrong."""
    seconds: float
    megabytes: float

    @property
    def good(self) -> bool:
        """Whether it is as promised."""
        return self.kind in (RESULT, SENTENCE) and self.seconds < SECONDS and self.megabytes < MEGABYTES


def tried(way: Callable[[Path], str], path: Path) -> str:
    """What comes of reading a file."""
    before = path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino
    try:
        kind = way(path)
    except FileProblem as problem:
        kind = SENTENCE if problem.title and problem.hint and "\n" not in problem.title else "no plain sentence"
    except ScrutinyError as problem:
        kind = f"an error of another kind: {type(problem).__name__}"
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what this is looking for
        kind = f"a fault: {type(error).__name__}: {error}"[:300]
    untouched = before == (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
    return kind if untouched else "it was touched"


def outcomes(path: Path) -> Iterator[Outcome]:
    """Read a copy of one file in every way, each in a child process of its own."""
    for name, way in WAYS.items():
        with tempfile.TemporaryDirectory(prefix="scrutiny-outside-") as folder:
            copy = Path(folder) / "a.toml"
            shutil.copyfile(path, copy)
            kind, seconds, megabytes = _in_a_child(way, copy)
        yield Outcome(path, name, kind, seconds, megabytes)


def _in_a_child(way: Callable[[Path], str], path: Path) -> tuple[str, float, float]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(_STOPPED_AFTER)
            began = time.perf_counter()
            kind = tried(way, path)
            os.write(writing, json.dumps([kind, time.perf_counter() - began]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, _, used = os.wait4(child, 0)
    kind, seconds = json.loads(said) if said else ("the process died, or was stopped", float(_STOPPED_AFTER))
    return kind, seconds, used.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)


def table(found: list[Outcome]) -> Iterator[str]:
    """The figures of every way, line by line, and whatever is not as promised."""
    yield f"{'way':<26}{'files':>7}{'results':>9}{'sentences':>11}{'faults':>8}{'slowest':>10}{'peak':>9}"
    for way in WAYS:
        mine = [one for one in found if one.way == way]
        counts = [sum(one.kind == kind for one in mine) for kind in (RESULT, SENTENCE)]
        slowest, peak = max(one.seconds for one in mine), max(one.megabytes for one in mine)
        faults = len(mine) - sum(counts)
        yield f"{way:<26}{len(mine):>7}{counts[0]:>9}{counts[1]:>11}{faults:>8}{slowest:>8.2f} s{peak:>6.0f} MB"
    for one in found:
        if not one.good:
            yield f"{one.path}, {one.way}: {one.kind} ({one.seconds:.2f} s, {one.megabytes:.0f} MB)"


def main(folder: Path) -> int:
    """Read every file of a folder and what is below it; the exit code."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        sys.stderr.write(f"There are no files in {folder}.\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="scrutiny-outside-") as home:
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            os.environ[name] = home
        found = [outcome for path in files for outcome in outcomes(path)]
    sys.stdout.write("\n".join(table(found)) + "\n")
    return 0 if all(one.good for one in found) else 1


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main(Path(sys.argv[1])))
