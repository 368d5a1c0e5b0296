"""Reading takes time in proportion to a file's size, whatever the file holds, and never more than a moment."""

import gc
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

import pytest

from scrutiny import paths, settings
from scrutiny.errors import FileProblem
from scrutiny.model.assessment import Answer
from scrutiny.store import assessments, codec, drafts, frameworks, index, limits, recovery
from tests import building
from tests.store.test_hostile import MEGABYTES, POSIX, ROOT, SECONDS

GROWTH = 2.6
"""The most that reading may take longer where a file is twice as large."""

FLOOR = 0.05
"""Seconds of processor time below which a measurement says nothing."""

ASSESSMENT = codec.encode(building.filled())
FRAMEWORK = codec.framework_tables(building.framework())
SECTION = 'id = "x"\nversion = 1\ntitle = "X"\n[[sections]]\nid = "a"\nref = "1"\ntitle = "A"\n'
DRAFT = 'format = 1\nform = "note"\nstatement = "plan"\ncode = ""\n'
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def respondent(lines: str) -> str:
    """An assessment with lines in its respondent's table."""
    return ASSESSMENT.replace("[respondent]\n", f"[respondent]\n{lines}", 1)


def tables(lines: str) -> str:
    """An assessment with further tables."""
    return ASSESSMENT.replace("\n[end]\n", f"\n{lines}\n[end]\n", 1)


def looking_for(entries: str) -> str:
    """An assessment whose first statement names more things to look for."""
    return ASSESSMENT.replace("look_for = [", f"look_for = [{entries}", 1)


def acted_on(count: int) -> str:
    """A good assessment with many actions on one statement."""
    codes = islice(("".join(letters) for letters in product(ALPHABET, repeat=5)), count)
    answer = Answer(rating="amber", evidence="x", actions=tuple(building.action(code) for code in codes))
    return codec.encode(building.draft(answers={"plan": answer}))


def numbered(pattern: str, count: int) -> str:
    """A text again and again, with a number in it."""
    return "".join(pattern.format(number) for number in range(count))


@dataclass(frozen=True)
class Kind:
    """A kind of file that was made to take long."""

    make: Callable[[int], str]
    """The file's text, for a size."""
    measured: int
    """The size at which its growth is measured."""
    full: int
    """The size of the largest file of this kind, or of the one that did harm."""


ASSESSMENTS = {
    "end records": Kind(lambda n: ASSESSMENT + "[end]\n" * n, 2_500, 20_000),
    "end records alone": Kind(lambda n: "format = 1\n" + "[end]\n" * n, 2_500, 20_000),
    "a line of spaces": Kind(lambda n: respondent("zzz = [\n[" + " " * n + "\n1]]\n"), 300, 3_000),
    "lines of spaces": Kind(lambda n: respondent("zzz = [\n" + ("[" + " " * 150 + "\n1],\n") * n + "]\n"), 200, 3_000),
    "escaped quotation marks": Kind(lambda n: respondent('zzz = """' + ' \\"""' * n + '\n"""\n'), 10_000, 100_000),
    "backslashes": Kind(lambda n: respondent('zzz = "' + "\\\\" * n + '"\n'), 200_000, 2_000_000),
    "unknown answers": Kind(lambda n: tables(numbered("[answers.q{}]\n", n)), 4_000, 250_000),
    "as many unknown answers as are counted": Kind(lambda n: tables(numbered("[answers.q{}]\n", n)), 4_000, 9_900),
    "numbers to look for": Kind(lambda n: looking_for("1," * n), 40_000, 1_500_000),
    "nothing to look for": Kind(lambda n: looking_for('"",' * n), 40_000, 99_000),
    "archived answers": Kind(lambda n: tables("[[archived]]\n" * n), 4_000, 350_000),
    "levels": Kind(lambda n: tables("[[framework.scale.levels]]\n" * n), 40_000, 150_000),
    "sections": Kind(lambda n: tables("[[framework.sections]]\n" * n), 4_500, 180_000),
    "sources": Kind(lambda n: tables("[[answers.leaders.sources]]\n" * n), 20_000, 150_000),
    "as many sources as are counted": Kind(lambda n: tables("[[answers.leaders.sources]]\n" * n), 20_000, 49_900),
    "actions": Kind(lambda n: tables("[[answers.leaders.actions]]\n" * n), 20_000, 49_900),
    "progress": Kind(
        lambda n: tables("[[answers.leaders.actions]]\n" + "[[answers.leaders.actions.progress]]\n" * n),
        40_000,
        120_000,
    ),
    "unknown keys": Kind(lambda n: respondent(numbered("k{} = 1\n", n)), 4_500, 300_000),
    "blank lines": Kind(lambda n: "\n" * n + ASSESSMENT, 500_000, 4_800_000),
    "comments": Kind(lambda n: "# a\n" * n + ASSESSMENT, 100_000, 900_000),
    "short comments": Kind(lambda n: "#\n" * n + ASSESSMENT, 200_000, 2_300_000),
    "spaces before the format's value": Kind(lambda n: "format" + " " * n + "= 1\n", 200_000, 4_900_000),
    "empty tables": Kind(lambda n: tables("x = [" + "{}," * n + "]"), 50_000, 1_500_000),
    "good actions": Kind(acted_on, 1_000, 10_000),
}

FRAMEWORKS = {
    "statements of one id": Kind(
        lambda n: SECTION + '[[sections.statements]]\nid = "a"\nref = "1"\ntext = "x"\n' * n, 4_500, 60_000
    ),
    "as many of one id as are counted": Kind(
        lambda n: SECTION + '[[sections.statements]]\nid = "a"\nref = "1"\ntext = "x"\n' * n, 4_500, 9_990
    ),
    "empty statements": Kind(lambda n: FRAMEWORK + "\n" + "[[sections.statements]]\n" * n, 4_500, 170_000),
    "a line of spaces": Kind(
        lambda n: FRAMEWORK.replace("look_for = [", "look_for = [[\n[" + " " * n + "\n1]],", 1), 300, 3_000
    ),
    "unknown keys": Kind(lambda n: numbered("k{} = 1\n", n) + FRAMEWORK, 4_500, 300_000),
}

PERSONAL = {
    "a line of spaces": Kind(lambda n: "zzz = [\n[" + " " * n + "\n1]]\n", 300, 3_000),
    "places": Kind(lambda n: "[places]\n" + numbered("k{} = 1\n", n), 4_500, 300_000),
    "keys": Kind(lambda n: "[keys]\n" + numbered("k{} = 1\n", n), 450, 300_000),
    "unknown keys": Kind(lambda n: numbered("k{} = 1\n", n), 4_500, 300_000),
}

DRAFTS = {
    "fields": Kind(lambda n: DRAFT + "[fields]\n" + numbered('k{} = "x"\n', n), 450, 250_000),
    "a line of spaces": Kind(lambda n: DRAFT + "zzz = [\n[" + " " * n + "\n1]]\n", 300, 3_000),
    "long numbers": Kind(lambda n: DRAFT + "zzz = [" + "1," * n + "]\n", 40_000, 1_500_000),
}


def read_settings(path: Path) -> object:
    """Read a file as the person's settings."""
    return settings._load(path, settings.Settings)


def read_remembered(path: Path) -> object:
    """Read a file as what the last run left."""
    return settings._load(path, settings.Remembered)


READERS: dict[str, tuple[Callable[[Path], object], dict[str, Kind]]] = {
    "assessment": (assessments.load, ASSESSMENTS),
    "framework": (frameworks.load, FRAMEWORKS),
    "settings": (read_settings, PERSONAL),
    "remembered": (read_remembered, PERSONAL),
    "draft": (drafts._read, DRAFTS),
}

CASES = [(reader, kind) for reader, (_, kinds) in READERS.items() for kind in kinds]


def read(reader: str, path: Path) -> float:
    """Read a file, check that it is refused with one sentence if at all, and say how many seconds that took."""
    gc.collect()
    gc.disable()  # as timeit does, since its turn comes at any time
    began = time.process_time()
    try:
        READERS[reader][0](path)
    except FileProblem as problem:
        took = time.process_time() - began
        assert len(problem.title.removeprefix(str(path))) < 300  # noqa: PT017 - good files are read too
        assert "\n" not in problem.title  # noqa: PT017
        assert len(problem.detail.splitlines()) < 1_001  # noqa: PT017
        return took
    finally:
        gc.enable()
    return time.process_time() - began


@pytest.mark.parametrize(("reader", "name"), CASES)
def test_twice_as_large_a_file_takes_twice_as_long(tmp_path: Path, reader: str, name: str) -> None:
    """Whatever a file holds, reading it takes time in proportion to its size."""
    kind = READERS[reader][1][name]
    single, double = tmp_path / "single.toml", tmp_path / "double.toml"
    single.write_text(kind.make(kind.measured), encoding="utf-8")
    double.write_text(kind.make(2 * kind.measured), encoding="utf-8")
    read(reader, single)  # the first time, modules are loaded and patterns compiled
    seconds = {single: 60.0, double: 60.0}
    for attempt in range(25):  # the best of several, since other processes disturb a measurement
        for path in seconds:
            seconds[path] = min(seconds[path], read(reader, path))
        if attempt and (seconds[double] < FLOOR or seconds[double] <= GROWTH * seconds[single]):
            return
    assert seconds[double] <= GROWTH * seconds[single], seconds


def test_one_file_does_no_harm_to_those_beside_it(tmp_path: Path) -> None:
    """A folder with the worst file of each kind is listed soon, and the good file in it opens."""
    building.written(tmp_path / "good.toml", building.filled())
    for number, (name, kind) in enumerate(ASSESSMENTS.items()):
        if name != "good actions":
            (tmp_path / f"{number}.toml").write_text(kind.make(kind.measured), encoding="utf-8")
    began = time.process_time()
    listed = {one.path.name: one for one in index.list_folder(tmp_path)}
    assert time.process_time() - began < 2 * SECONDS
    assert listed["good.toml"].problem is None


def test_recovery_files_are_read_as_soon_as_assessments(tmp_path: Path) -> None:
    """Recovery files in which everything is wrong do not delay the start."""
    place = tmp_path / "northshire.toml"
    folder = paths.recovery_folder()
    folder.mkdir(parents=True)
    for name in ("a line of spaces", "lines of spaces", "end records", "nothing to look for"):
        text = ASSESSMENTS[name].make(ASSESSMENTS[name].full)
        (folder / recovery.file_name(place, name.replace(" ", "-"), None)).write_text(text, encoding="utf-8")
    began = time.process_time()
    assert list(recovery.find(place)) == []
    assert time.process_time() - began < 2 * SECONDS
    assert [path.name for path in folder.iterdir() if path.suffix == ".toml"] == []


def test_the_readme_states_every_limit() -> None:
    """The table in the README has each limit, as it is counted."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| ([A-Za-z ]+) \| ([0-9,]+) \|$", readme, re.MULTILINE))
    every = [*limits.LIMITS.values(), limits.UNKNOWN_KEYS, limits.VALUES]
    assert stated == {limit.what: f"{limit.most:,}" for limit in every}


ALONE = """
import sys, time
from pathlib import Path
from scrutiny.errors import FileProblem
from tests.store import test_growth
began = time.process_time()
try:
    test_growth.READERS[sys.argv[1]][0](Path(sys.argv[2]))
except FileProblem:
    pass
took = time.process_time() - began
status = Path("/proc/self/status").read_text() if Path("/proc/self/status").exists() else "VmHWM: 0 kB"
peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
print(took, int(peak.split()[1]) / 1024)
"""
"""Read one file, and say the seconds of processor time and, imports included, the peak of memory in MB."""


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize(("reader", "name"), CASES)
def test_the_largest_file_is_answered_soon_and_in_little_memory(tmp_path: Path, reader: str, name: str) -> None:
    """Every kind of file at its full size is answered within two seconds of processor time and 300 MB."""
    kind = READERS[reader][1][name]
    path = tmp_path / "a.toml"
    path.write_text(kind.make(kind.full), encoding="utf-8")
    run = [sys.executable, "-c", ALONE, reader, str(path)]
    ended = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    seconds, megabytes = map(float, ended.stdout.split())
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
