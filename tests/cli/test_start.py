"""Starting: what is loaded for what, what a first word means, and how the program ends."""

import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from scrutiny import __version__, paths
from scrutiny.cli import terminal
from scrutiny.cli.exits import ExitCode
from scrutiny.cli.main import commands
from scrutiny.cli.overview import COMMANDS, OVERVIEW
from scrutiny.store import atomic
from tests.cli.conftest import Program, Scrutiny

POSIX = pytest.mark.skipif(os.name != "posix", reason="this system has no such signals and devices")

LOADED = """\
import sys
from scrutiny.__main__ import main
sys.argv = ["scrutiny", *sys.argv[1:]]
code = main()
sys.stderr.write("\\nLOADED " + " ".join(sys.modules) + "\\n")
sys.exit(code)
"""


def loaded(*words: str | Path) -> set[str]:
    """The top-level modules that a command loads in a fresh interpreter, and ours in full."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    names = done.stderr.rpartition("LOADED ")[2].split()
    return {name if name.startswith("scrutiny") else name.partition(".")[0] for name in names}


def test_the_interface_opens_without_click(file: Path) -> None:
    """Neither a file, nor a folder, nor nothing at all makes anybody wait for click."""
    for words in ((), (file,), (file.parent,)):
        modules = loaded(*words)
        assert "scrutiny.cli.interface" in modules
        assert not modules & {"click", "scrutiny.cli.main"}


@pytest.mark.parametrize("word", ["--version", "-V", "--help", "-h"])
def test_the_quick_answers_load_next_to_nothing(word: str) -> None:
    """The version and the overview load neither pydantic nor Textual, nor click, nor even typing."""
    modules = loaded(word)
    assert not modules & {"pydantic", "textual", "click", "rtoml", "platformdirs", "typing", "re", "json"}
    assert {name for name in modules if name.startswith("scrutiny")} <= {
        "scrutiny",
        "scrutiny.__main__",
        "scrutiny.cli",
        "scrutiny.cli.overview",
        "scrutiny.cli.terminal",
        "scrutiny.errors",
    }


def test_a_wrong_first_word_loads_no_model() -> None:
    """Not even a slip loads the models."""
    assert not loaded("--wersion") & {"textual", "rtoml"}


@pytest.mark.parametrize(
    "words",
    [("show",), ("check",), ("export",), ("rate", "1.1", "green"), ("action", "add", "1.1", "--text", "Do it.")],
    ids=lambda words: words[0],
)
def test_no_command_loads_textual(file: Path, words: tuple[str, ...]) -> None:
    """A command on a file works without the interface, which is not even loaded."""
    at = 2 if words[0] == "action" else 1
    modules = loaded(*words[:at], file, *words[at:])
    assert "pydantic" in modules
    assert not modules & {"textual", "rich", "openpyxl"}
    assert ("xlsxwriter" in modules) == (words[0] == "export")


@pytest.mark.parametrize("words", [("list",), ("locate",), ("frameworks", "list"), ("new", "--help")])
def test_no_other_command_loads_textual(words: tuple[str, ...]) -> None:
    """Nor is the interface loaded for any command without a file, or for its help."""
    assert not loaded(*words) & {"textual", "rich", "openpyxl", "xlsxwriter"}


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version(program: Program, scrutiny: Scrutiny, word: str) -> None:
    """The version is said, by the quick answer as by click."""
    assert program(word).stdout.decode().splitlines() == [f"scrutiny {__version__}"]
    assert scrutiny(word).out == f"scrutiny {__version__}\n"
    assert scrutiny(word, "show", "x").out == f"scrutiny {__version__}\n"


def test_the_overview(program: Program, scrutiny: Scrutiny) -> None:
    """The overview is the same from the quick answer and from click, and names every command and exit code."""
    done = program("--help")
    assert done.returncode == 0
    assert done.stdout.decode().splitlines() == OVERVIEW.splitlines()
    assert scrutiny("--help").out == OVERVIEW + "\n"
    assert scrutiny("-h").code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in OVERVIEW
    for code in ExitCode:
        assert f"\n  {code.value:<4}" in OVERVIEW
    assert all(len(line) <= 79 for line in OVERVIEW.splitlines())


def test_the_overview_says_what_the_commands_say() -> None:
    """The line of each command in the overview is the first line of its own help, without its being loaded."""
    first = {words: (command.help or "").splitlines()[0] for words, command in commands()}
    assert {name: first[name] for name in COMMANDS} == {name: line for name, (_, line) in COMMANDS.items()}


def test_every_command_and_option_has_help(scrutiny: Scrutiny) -> None:
    """Each command explains itself and every option of it, through the one place where things are said."""
    found = dict(commands())
    assert {"new", "list", "show", "rate", "action add", "check", "export", "locate"} <= set(found)
    assert {"frameworks list", "frameworks show", "frameworks check"} <= set(found)
    for words, command in found.items():
        said = scrutiny(*words.split(), "--help")
        assert said.code == 0
        assert said.out.startswith(f"Usage: scrutiny {words} ")
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert getattr(parameter, "help", None), (words, parameter.name)
                assert parameter.opts[-1] in said.out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["lst"], "scrutiny list"),
        (["shwo", "x.toml"], "scrutiny show"),
        (["framework", "list"], "scrutiny frameworks"),
        (["northshir.toml"], "northshire.toml"),
        (["nothing-like-it"], "scrutiny --help"),
        ([""], "scrutiny --help"),
    ],
)
def test_a_first_word_that_is_nothing(
    scrutiny: Scrutiny, file: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], hint: str
) -> None:
    """A first word that is neither command nor path ends with 2 and the nearest there is."""
    monkeypatch.chdir(file.parent)
    said = scrutiny(*words)
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith(f"Error: There is no command “{words[0]}”, and no file or folder of that name.\n  Try: ")
    assert hint in said.err


@pytest.mark.parametrize(
    "words",
    [
        ["--colour"],
        ["show"],
        ["show", "a", "b"],
        ["rate", "a"],
        ["show", "--jsn", "a"],
        ["new", "a.toml"],
        ["action"],
        ["action", "ad"],
        ["frameworks", "chek"],
        ["check", "--json=1", "a"],
    ],
)
def test_wrong_usage(scrutiny: Scrutiny, words: list[str]) -> None:
    """Missing, unknown and surplus words end with 2, a sentence and a way to the help, all on standard error."""
    said = scrutiny(*words)
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("Error: ") or words == ["action"]
    assert "--help" in said.err


class Interface:
    """Stands in for the interface, and remembers what it was opened on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[Path | None] = []
        module = types.ModuleType("scrutiny.tui.app")
        module.__dict__["run"] = self.run
        monkeypatch.setitem(sys.modules, "scrutiny.tui.app", module)

    def run(self, path: Path | None) -> int:
        """Remember a path and end in an unusual way."""
        self.opened.append(path)
        return 42


@pytest.fixture
def interface(monkeypatch: pytest.MonkeyPatch) -> Interface:
    """The interface, with somebody at the terminal."""
    monkeypatch.setattr(terminal, "interactive", lambda: True)
    monkeypatch.setattr("scrutiny.cli.interface.run_apart", lambda function: function())
    return Interface(monkeypatch)


def test_the_interface_opens(scrutiny: Scrutiny, interface: Interface, file: Path) -> None:
    """Without a command the interface opens on nothing, a file or a folder, and its exit code is passed on."""
    assert scrutiny().code == 42
    assert scrutiny(file).code == 42
    assert scrutiny(file.parent).code == 42
    assert interface.opened == [None, file, file.parent]


def test_a_path_wins_over_a_command_only_as_a_path(
    scrutiny: Scrutiny, interface: Interface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a file is called like a command, the word is the command and ./word is the file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list").write_text("x", encoding="utf-8")
    assert scrutiny("list").code == 0
    assert interface.opened == []
    assert scrutiny("./list").code == 42
    assert interface.opened == [Path("list")]
    assert scrutiny("./list", "more").code == 2


def test_without_a_terminal_the_interface_does_not_open(program: Program, file: Path) -> None:
    """With no terminal at either end, one sentence says what to run instead, and the exit code is 2."""
    for words, instead in (
        ((), "scrutiny list"),
        ((file,), f"scrutiny show {file}"),
        ((file.parent,), "scrutiny list"),
    ):
        done = program(*words)
        assert done.returncode == 2
        assert done.stdout == b""
        assert instead in done.stderr.decode()
        assert len(done.stderr.decode().splitlines()) == 2


def test_a_fault_of_ours_is_said_to_be_ours(scrutiny: Scrutiny, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception nobody foresaw is owned up to without its words, which could be somebody's note."""

    def fail(_path: Path) -> None:
        raise RuntimeError("Canary-4711")

    monkeypatch.setattr("scrutiny.store.assessments.load", fail)
    said = scrutiny("show", file)
    assert said.code == 70
    assert said.out == ""
    assert "this is our fault" in said.err
    assert "SCRUTINY_DEBUG=1" in said.err
    assert "4711" not in said.err
    assert "Traceback" not in said.err
    monkeypatch.setenv("SCRUTINY_DEBUG", "1")
    with pytest.raises(RuntimeError, match="Canary-4711"):
        scrutiny("show", file)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, EOFError])
def test_an_interrupted_command_is_quiet(
    scrutiny: Scrutiny, file: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    """Ctrl-C in the middle of a command ends it with 130 and nothing but the end of the line."""

    def interrupt(_path: Path) -> None:
        raise interruption

    monkeypatch.setattr("scrutiny.store.assessments.load", interrupt)
    said = scrutiny("show", file)
    assert said.code == 130
    assert (said.out + said.err).strip() == ""


@POSIX
def test_ctrl_c_while_reading_input(home: Path, file: Path) -> None:
    """Ctrl-C while evidence is read from standard input ends quietly with 130, and the file is untouched."""
    before = file.read_bytes()
    words = [sys.executable, "-m", "scrutiny", "rate", str(file), "1.1", "green", "--evidence", "-"]
    ready, told = os.pipe()
    hook = home / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(
        "import os, sys\n"
        "class Told:\n"
        f"    def read(self): os.write({told}, b'x'); return sys.__stdin__.buffer.read()\n"
        "class Input:\n"
        "    buffer = Told()\n"
        "sys.stdin = Input()\n",
        encoding="utf-8",
    )
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[told],
        env={**os.environ, "PYTHONPATH": str(hook)},
    ) as started:
        os.close(told)
        assert os.read(ready, 1) == b"x"
        started.send_signal(signal.SIGINT)
        out, err = started.communicate(timeout=60)
    os.close(ready)
    assert started.returncode == 130
    assert (out + err).strip() == b""
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [("show",), ("check",), ("rate", "1.1", "green"), ("export", "-o", "{folder}/a.xlsx"), ("list",), ("merge",)],
    ids=lambda words: words[0],
)
def test_every_start_sweeps_what_the_dead_left(scrutiny: Scrutiny, file: Path, words: tuple[str, ...]) -> None:
    """Whatever is done next, no temporary file of a killed save, backup or recovery is left after it."""
    name = f".scrutiny-{atomic._host()}-999999999-0123abcd.tmp"
    folders = (file.parent, paths.state_folder(), paths.backups_folder(), paths.recovery_folder())
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("Half a note.", encoding="utf-8")
    given: list[str | Path] = [file, *(word.format(folder=file.parent) for word in words[1:])]
    if words[0] in ("list", "merge"):
        given = [file.parent] if words[0] == "list" else [file, file, file, "-o", file]
    assert scrutiny(words[0], *given).code in (0, 1)
    assert [folder for folder in folders if (folder / name).exists()] == []
