"""The one place where the command line says anything."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scrutiny.cli import terminal
from scrutiny.errors import FileProblem
from scrutiny.model import edits
from tests import building
from tests.cli.conftest import Program, Scrutiny

POSIX = pytest.mark.skipif(os.name != "posix", reason="only there are names any bytes, and devices files")


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "“One” – Łódź £5…"),
        ("cp1252", "“One” – ?ód? £5…"),
        ("ascii", '"One" - ??d? GBP 5...'),
        ("cp850", '"One" - ?ód? £5...'),
    ],
)
def test_what_a_console_cannot_say_is_said_as_well_as_it_can(
    monkeypatch: pytest.MonkeyPatch, encoding: str, said: str
) -> None:
    """Characters that the encoding lacks become the nearest that it has, or a question mark."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.prepare()
    terminal.say("“One” – Łódź £5…")
    stream.flush()
    assert stream.buffer.getvalue() == f"{said}\n".encode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8", "latin-1:strict"])
def test_every_command_can_be_said_in_any_encoding(program: Program, file: Path, encoding: str) -> None:
    """On a console of the C locale, of Windows or of anything else, an assessment is shown, not crashed on."""
    done = program("show", file, env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C"})
    assert done.returncode == 0
    assert done.stderr == b""
    assert b"Five " in done.stdout


def test_json_is_the_same_in_every_encoding(program: Program, file: Path) -> None:
    """JSON is written in ASCII, so that no console or pipe changes what another program reads."""
    said = {
        program("show", file, "--json", env={"PYTHONIOENCODING": encoding}).stdout.replace(b"\r\n", b"\n")
        for encoding in ("ascii", "utf-8")
    }
    assert len(said) == 1
    assert said.pop().isascii()


@POSIX
def test_a_reader_that_stops_is_nobodys_mistake(program: Program, tmp_path: Path) -> None:
    """A pipe that is closed early ends in silence, with the exit code that the command earned."""
    long = edits.write_evidence(building.filled(), "plan", "A long note. " * 5000)
    file = building.written(tmp_path / "long.toml", edits.rate(long, "voice", None))
    for words, code in ((("show", file), 0), (("check", file), 1), (("--help",), 0)):
        reader, writer = os.pipe()
        os.close(reader)
        done = program(*words, stdout=writer, stderr=subprocess.PIPE)
        os.close(writer)
        assert done.stderr == b""
        assert done.returncode == code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_output_that_is_lost_is_said(program: Program, file: Path) -> None:
    """Where the output cannot be written, because the disk is full say, that is an error with a sentence."""
    for words in (("show", file), ("show", file, "--json"), ("list", file.parent)):
        with Path("/dev/full").open("wb") as full:
            done = program(*words, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 3
        assert done.stderr.decode().splitlines()[0] == "Error: The output cannot be written: no space left on device."
        assert b"Traceback" not in done.stderr
        assert b"Exception ignored" not in done.stderr
    with Path("/dev/full").open("wb") as full:
        assert program("--help", stdout=full, stderr=subprocess.PIPE).returncode == 3


@POSIX
def test_closed_streams_are_no_crash(file: Path, home: Path) -> None:
    """With standard output or standard error closed, a command does its work all the same."""
    for words, closed, code in (
        (f"check '{file}'", ">&-", 0),
        (f"check '{file}.none'", "2>&-", 3),
        (f"show '{file}'", ">&- 2>&- <&-", 0),
    ):
        line = f"'{sys.executable}' -m scrutiny {words} {closed}"
        done = subprocess.run(["sh", "-c", line], capture_output=True, cwd=home, check=False, timeout=60)
        assert done.returncode == code
        assert done.stderr == b""


@POSIX
def test_names_cannot_act_on_the_terminal(scrutiny: Scrutiny, tmp_path: Path) -> None:
    """A file name with escape codes, line ends or any bytes is shown without them, in results and in errors."""
    evil = "a\x1b[2J\x1b]0;title\x07\n\u202eb" + os.fsdecode(b"\xff") + ".toml"
    good = building.written(tmp_path / evil, building.filled())
    bad = tmp_path / ("bad" + evil)
    bad.write_text("format = 1\n", encoding="utf-8")
    framework = tmp_path / ("fw" + evil)
    framework.write_text('[[sections]]\nid = "x"\n', encoding="utf-8")
    calls = [
        ("list", tmp_path),
        ("show", bad),
        ("check", bad),
        ("check", tmp_path / ("none" + evil)),
        ("rate", bad, "1.1", "green"),
        ("rate", good, evil, "green"),
        ("rate", good, "1.1", evil),
        ("new", good, "--partnership", "P", "--area", "A", "--cycle", "2026"),
        ("new", tmp_path / ("new" + evil), "--partnership", "P", "--area", "A", "--cycle", "2026"),
        ("export", good, "-o", tmp_path / "tracker\x1b[2J.xlsx"),
        ("frameworks", "check", framework),
        ("frameworks", "check", bad),
        ("frameworks", "show", evil),
        ("show", good, "--" + evil),
        (evil,),
    ]
    for words in calls:
        said = scrutiny(*words)
        assert said.code != 70, (words, said.err)
        assert not set(said.out + said.err) & set("\x1b\x07\x9b\u202e"), words
        assert said.err == "" or all(line.startswith(("Error: ", "  ", "Note: ")) for line in said.err.splitlines())


@POSIX
def test_json_carries_names_as_they_are(scrutiny: Scrutiny, tmp_path: Path) -> None:
    """JSON holds the very name, escaped, so that a script can open the file."""
    import json

    path = building.written(tmp_path / "a\x1b[2J\u202e\x7f.toml", building.filled())
    said = scrutiny("list", tmp_path, "--json")
    assert not set(said.out) & set("\x1b\x7f\u202e")
    assert json.loads(said.out)[0]["path"] == str(path)


def test_notes_cannot_act_on_the_terminal(scrutiny: Scrutiny, file: Path) -> None:
    """An escape code written into a file by hand is gone when its text is shown."""
    text = file.read_text(encoding="utf-8").replace("Some are heard.", "\\u001b[2JSome\\u009b are \\u202eheard.")
    file.write_text(text, encoding="utf-8")
    said = scrutiny("show", file)
    assert "[2JSome are heard." in said.out
    assert not set(said.out) & set("\x1b\x9b\u202e")


@pytest.mark.parametrize(("columns", "width"), [("40", 40), ("5", 20), ("0", 80), ("x", 80), ("-3", 80), ("500", 100)])
def test_the_width(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    """Lines are as wide as the window, within what can be read and what makes sense."""

    def no_terminal(_handle: int) -> os.terminal_size:
        raise OSError

    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(os, "get_terminal_size", no_terminal)
    assert terminal.width() == width
    monkeypatch.delenv("COLUMNS")
    monkeypatch.setattr(os, "get_terminal_size", lambda _handle: os.terminal_size((66, 20)))
    assert terminal.width() == 66


def test_somebody_is_there_only_with_a_terminal_at_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interface needs keys and a screen; a closed stream is neither."""

    class Terminal(io.StringIO):
        """A stream that says it is a terminal."""

        def isatty(self) -> bool:
            """Say so."""
            return True

    for stdin, stdout, stderr, expected in (
        (Terminal(), Terminal(), Terminal(), True),
        (io.StringIO(), Terminal(), Terminal(), False),
        (Terminal(), io.StringIO(), Terminal(), False),
        (Terminal(), Terminal(), io.StringIO(), False),
        (None, Terminal(), Terminal(), False),
        (Terminal(), None, Terminal(), False),
        (Terminal(), Terminal(), None, False),
    ):
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys, "stdout", stdout)
        monkeypatch.setattr(sys, "stderr", stderr)
        assert terminal.interactive() is expected


def test_long_details_are_kept_short(capsys: pytest.CaptureFixture[str]) -> None:
    """Of hundreds of problems thirty are told, and how many there are besides."""
    terminal.complain("All is wrong.", "\n".join(f"problem {number}" for number in range(500)), "Mend it.")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Error: All is wrong."
    assert lines[-2:] == ["  and 470 more", "  Try: Mend it."]
    assert len(lines) == 33


def test_a_lost_line_is_a_file_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written is raised where it happens, and a reader that left is not."""

    class Broken(io.StringIO):
        """A stream that fails in one way."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        def write(self, _text: str, /) -> int:
            """Fail."""
            raise OSError(self.number, "no such luck")

    monkeypatch.setattr(sys, "stdout", Broken(5))
    with pytest.raises(FileProblem, match="no such luck"):
        terminal.put("x")
    monkeypatch.setattr(sys, "stdout", Broken(32))
    terminal.put("x")
