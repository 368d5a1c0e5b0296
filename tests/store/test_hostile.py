"""Damaged and hostile files, from the command line and the store: refused soon, in little memory."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrutiny.errors import FileProblem
from scrutiny.store import assessments, codec, index
from tests import building

ROOT = Path(__file__).parent.parent.parent

SECONDS = 2
MEGABYTES = 300

POSIX = pytest.mark.skipif(os.name != "posix", reason="this system has no such limits and files")


@dataclass(frozen=True)
class Hostile:
    """Something that stands where an assessment should, and what is to be said of it."""

    make: Callable[[Path], object]
    said: str


def text() -> str:
    """A whole file."""
    return codec.encode(building.filled())


def holding(content: bytes) -> Callable[[Path], object]:
    """A file of those bytes."""
    return lambda path: path.write_bytes(content)


def changed(old: str, new: str) -> Callable[[Path], object]:
    """A whole file but for one place."""
    assert old in text()
    return lambda path: path.write_bytes(text().replace(old, new, 1).encode())


def sparse(path: Path) -> None:
    """A file of 100 MB, as a sync client or a slip leaves one."""
    with path.open("wb") as file:
        file.truncate(100_000_000)


def large(path: Path) -> None:
    """A file just small enough to be read, full of text."""
    path.write_bytes(text().replace("Some are heard.", "x" * 4_900_000).encode())


def endless(path: Path) -> None:
    """A file just small enough to be read, with as many answers as fit."""
    path.write_text(text() + "\n" + "".join(f"[a{number}]\n" for number in range(300_000)), encoding="utf-8")


MARKERS = text().replace('area = "Northshire"\n', '<<<<<<< HEAD\narea = "A"\n=======\narea = "B"\n>>>>>>> theirs\n', 1)

HOSTILE = {
    "folder": Hostile(Path.mkdir, "is a folder"),
    "pipe": Hostile(lambda path: os.mkfifo(path), "not an ordinary file"),
    "dangling link": Hostile(lambda path: path.symlink_to("nowhere"), "no such file"),
    "link to itself": Hostile(lambda path: path.symlink_to(path.name), "cannot be read"),
    "link to a device": Hostile(lambda path: path.symlink_to("/dev/zero"), "not an ordinary file"),
    "100 MB": Hostile(sparse, "100 MB"),
    "a note of 5 MB": Hostile(large, "characters long"),
    "300,000 tables": Hostile(endless, "more than 10,000 keys that this version"),
    "deep arrays": Hostile(changed('area = "Northshire"', "area = " + "[" * 50_000 + "]" * 50_000), "well-formed"),
    "deep tables": Hostile(changed('area = "Northshire"', "area = " + "{a = " * 20_000 + "1" + "}" * 20_000), "well-"),
    "dotted key": Hostile(changed('area = "Northshire"', "a." * 20_000 + "b = 1"), "well-formed"),
    "huge integer": Hostile(changed('area = "Northshire"', "area = " + "9" * 10_000), "well-formed"),
    "unknown key": Hostile(changed("marking = ", "markign = "), "assessment.markign"),
    "newer format": Hostile(changed("format = 1", "format = 2"), "newer version"),
    "format of many digits": Hostile(changed("format = 1", "format = " + "9" * 5_000), "line 1"),
    "zero bytes": Hostile(holding(b"\0" * 8192), "zero bytes"),
    "empty": Hostile(holding(b""), "is empty"),
    "half": Hostile(lambda path: path.write_bytes(text().encode()[:2000]), "cut short"),
    "UTF-16 with mark": Hostile(lambda path: path.write_bytes(text().encode("utf-16")), "UTF-16"),
    "UTF-16 LE": Hostile(lambda path: path.write_bytes(text().encode("utf-16-le")), "UTF-16"),
    "UTF-16 BE": Hostile(lambda path: path.write_bytes(text().encode("utf-16-be")), "UTF-16"),
    "UTF-16 BE with mark": Hostile(lambda path: path.write_bytes(b"\xfe\xff" + text().encode("utf-16-be")), "UTF-16"),
    "Windows encoding": Hostile(lambda path: path.write_bytes(text().encode("cp1252")), "not UTF-8"),
    "git markers": Hostile(holding(MARKERS.encode()), "unfinished git merge"),
    "git markers, Windows line ends": Hostile(holding(MARKERS.replace("\n", "\r\n").encode()), "unfinished git merge"),
    "workbook": Hostile(holding(b"PK\x03\x04" + b"x" * 4000), "workbook"),
    "somebody else's": Hostile(holding(b'[tool]\nname = "x"\n'), "not a Scrutiny assessment"),
    "noise": Hostile(holding(bytes(range(128, 256)) * 100), "not UTF-8"),
    "wrong end": Hostile(changed("answers = 4", "answers = 4\nseal = 1"), "end.seal"),
}

MEASURED = """
import sys, time
from pathlib import Path
from scrutiny.cli import reading
from scrutiny.cli.main import run
began = time.process_time()
code = run(sys.argv[1:])
took = time.process_time() - began
status = Path("/proc/self/status").read_text() if Path("/proc/self/status").exists() else "VmHWM: 0 kB"
peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
print(f"\\n{code} {took:.2f} {int(peak.split()[1]) / 1024:.0f}")
"""
"""A command, then its exit code, its seconds of processor time and its peak of memory, imports included, in MB."""


@dataclass(frozen=True)
class Said:
    """What a command said, with what it took."""

    out: str
    complaint: str
    code: int
    seconds: float
    megabytes: float


def measured(*arguments: str | Path) -> Said:
    """Carry out a command, and measure it."""
    run = [sys.executable, "-c", MEASURED, *map(str, arguments)]
    ended = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    out, _, last = ended.stdout.rstrip("\n").rpartition("\n")
    assert last, ended.stderr
    code, seconds, megabytes = last.split()
    return Said(out.strip(), ended.stderr.strip(), int(code), float(seconds), float(megabytes))


def untouched(path: Path) -> tuple[object, ...]:
    """What tells whether anybody wrote to a file."""
    found = path.lstat()
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode


@POSIX
def test_every_hostile_file_gets_its_own_sentence(tmp_path: Path) -> None:
    """The store refuses each of them with its reason, a next step, and its hands off the file."""
    titles = set()
    for name, hostile in HOSTILE.items():
        path = tmp_path / f"{name}.toml".replace(" ", "-")
        hostile.make(path)
        before = untouched(path)
        with pytest.raises(FileProblem) as caught:
            assessments.load(path)
        problem = caught.value
        assert hostile.said in problem.title, name
        assert problem.hint, name
        assert len(problem.title) < 300, name
        assert "\n" not in problem.title, name
        assert untouched(path) == before, name
        titles.add(problem.title)
    assert len(titles) == len(HOSTILE)


@POSIX
@pytest.mark.parametrize("name", ["100 MB", "a note of 5 MB", "300,000 tables", "dotted key", "pipe"])
def test_show_answers_soon_and_in_little_memory(tmp_path: Path, name: str) -> None:
    """What is made to exhaust a program is refused by the command line within two seconds and 300 MB."""
    judge_shown(tmp_path, name)


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("name", HOSTILE)
def test_show_answers_soon_to_everything(tmp_path: Path, name: str) -> None:
    """The same for each of them."""
    judge_shown(tmp_path, name)


def judge_shown(folder: Path, name: str) -> None:
    """Check what is said of one hostile file, and what that took."""
    path = folder / "a.toml"
    HOSTILE[name].make(path)
    before = untouched(path)
    said = measured("show", path)
    assert said.code == 3
    assert HOSTILE[name].said in " ".join(said.complaint.split())
    assert "Traceback" not in said.complaint
    assert said.out == ""
    assert said.seconds < SECONDS
    assert said.megabytes < MEGABYTES
    assert untouched(path) == before


@POSIX
def test_a_folder_of_hostile_files_is_listed(tmp_path: Path) -> None:
    """Good files are listed among the worst ones, each of which says why it is not; nothing is written."""
    building.written(tmp_path / "good.toml", building.filled())
    chosen = [name for name in HOSTILE if name not in ("a note of 5 MB", "300,000 tables")]
    for number, name in enumerate(chosen):
        HOSTILE[name].make(tmp_path / f"{number}.toml")
    before = {path: untouched(path) for path in tmp_path.iterdir()}
    said = measured("list", tmp_path, "--json")
    assert said.code == 0
    listed = {one["file"]: one for one in json.loads(said.out)}
    assert "assessment" in listed.pop("good.toml")
    for number, name in enumerate(chosen):
        assert HOSTILE[name].said in listed.pop(f"{number}.toml")["problem"], name
    assert listed == {}
    assert said.seconds < SECONDS
    assert said.megabytes < MEGABYTES
    assert {path: untouched(path) for path in tmp_path.iterdir()} == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_with_a_closed_file_is_listed(tmp_path: Path) -> None:
    """A file that may not be read says whom to ask, among the others."""
    building.written(tmp_path / "a.toml", building.filled()).chmod(0)
    (listed,) = index.list_folder(tmp_path)
    assert listed.problem is not None
    assert "you may not read it" in listed.problem.title


RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    "conin$",
    "conout$",
    *(f"{port}{at}" for port in ("com", "lpt") for at in "0123456789¹²³"),
}

NAMES = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=300),
    st.sampled_from(
        ["../../etc/passwd", "..", ".", "", "CON", "nul.txt", "COM¹", "a" * 500, "é" * 300, "C:\\x", "//host/share"]
    ),
    st.text('. /\\:*?<>|"\0-_ \t\n', max_size=60),
    st.builds(lambda name, end: name + end, st.sampled_from(sorted(RESERVED)), st.sampled_from(["", ".", " ", "-"])),
)


def judge_name(folder: Path, parts: tuple[str, str, str]) -> None:
    """Check that a proposed name is one file in its folder, on every system."""
    area, cycle, organisation = parts
    name = assessments.proposed_name(area, cycle, "self-assessment", organisation)
    stem = name.removesuffix(assessments.SUFFIX)
    assert (folder / name).resolve().parent == folder.resolve()
    assert Path(name).name == name
    assert name == stem + assessments.SUFFIX
    assert stem.split(".")[0] not in RESERVED
    assert set(stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert stem[:1] not in ("-", "")
    assert not stem.endswith((".", " ", "-"))
    assert len(name.encode()) <= 120
    for part in parts:
        assert assessments.slug(part) not in RESERVED


@settings(max_examples=200)
@given(parts=st.tuples(NAMES, NAMES, NAMES))
def test_a_name_stays_in_its_folder(parts: tuple[str, str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever area, cycle and organisation are called, the proposed file is in the folder, for Windows too."""
    judge_name(tmp_path_factory.getbasetemp(), parts)


@pytest.mark.slow
@settings(max_examples=5000)
@given(parts=st.tuples(NAMES, NAMES, NAMES))
def test_five_thousand_names(parts: tuple[str, str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same for five thousand names."""
    judge_name(tmp_path_factory.getbasetemp(), parts)
