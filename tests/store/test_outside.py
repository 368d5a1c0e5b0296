"""The runner for suites of files from outside: it reads every file, and notices what is not as promised."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="this system has no such child processes")

ROOT = Path(__file__).parent.parent.parent


def folder_of_files(folder: Path) -> Path:
    """A few files, good and bad, in folders below each other."""
    (folder / "below").mkdir(parents=True)
    (folder / "empty.toml").touch()
    (folder / "below" / "bytes").write_bytes(bytes(range(256)))
    (folder / "below" / "deep.toml").write_text("a = " + "[" * 9_000, encoding="utf-8")
    (folder / "comment.toml").write_text("# nothing\n", encoding="utf-8")
    return folder


def test_every_file_of_a_folder_is_read_in_every_way(tmp_path: Path) -> None:
    """The table has a line a way with as many files as there are; where all are as promised, the exit code says so."""
    run = [sys.executable, "-m", "tests.store.outside", str(folder_of_files(tmp_path))]
    ended = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    title, *ways = ended.stdout.splitlines()
    assert "slowest" in title
    figures = {way[:26].rstrip(): way[26:].split()[:4] for way in ways}
    assert figures["load"] == ["4", "0", "4", "0"]
    assert figures["load, within a good file"] == ["4", "2", "2", "0"]
    assert {numbers[0] for numbers in figures.values()} == {"4"}


def test_what_is_not_as_promised_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback, a file that is written to, and a process that dies each make the run fail, with the file's name."""
    from tests.store import outside

    def fails(path: Path) -> str:
        raise RecursionError(path.name)

    def writes(path: Path) -> str:
        path.write_text("", encoding="utf-8")
        return outside.RESULT

    def dies(path: Path) -> str:
        os.kill(os.getpid(), 9)
        return path.name

    monkeypatch.setattr(outside, "WAYS", {"fails": fails, "writes": writes, "dies": dies})
    (tmp_path / "one.toml").write_text("a = 1\n", encoding="utf-8")
    found = list(outside.outcomes(tmp_path / "one.toml"))
    assert [one.good for one in found] == [False, False, False]
    said = "\n".join(outside.table(found))
    for words in ("one.toml, fails: a fault: RecursionError", "writes: it was touched", "dies: the process died"):
        assert words in said
