"""The README names everything there is: commands, options, keys, settings, checks, exit codes."""

import re
from pathlib import Path

import pytest

from scrutiny.analysis.checks import CHECKS
from scrutiny.cli.exits import ExitCode
from scrutiny.cli.main import commands
from scrutiny.settings import Settings
from scrutiny.tui.keys import LIBRARY, SUMMARY, TRACKER, WALK, Command, spelled

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
KEYS = README.partition("## Keys")[2].partition("## Commands")[0]
COMMANDS = README.partition("## Commands")[2].partition("### JSON")[0]
SETTINGS = README.partition("### Settings")[2].partition("### A framework")[0]


def test_every_command_and_option_is_described() -> None:
    """A command or an option that the README leaves out is one that nobody finds."""
    named = set(re.findall(r"--[a-z-]+", COMMANDS))
    for words, command in commands():
        assert all(word in COMMANDS for word in words.split()), words
        options = {name for option in command.params for name in option.opts if name.startswith("--")}
        assert options - {"--help"} <= named, (words, options - named)


@pytest.mark.parametrize("command", [*WALK, *LIBRARY, *SUMMARY, *TRACKER], ids=lambda command: command.id)
def test_every_key_is_described(command: Command) -> None:
    """Each command of the interface stands in the tables of keys with its first key."""
    if command.keys:
        assert f"`{spelled(command.keys[0])}`" in KEYS.replace("`escape`", "`esc`")


def test_every_setting_is_described() -> None:
    """Each setting stands in the example of a settings file."""
    for name in Settings.model_fields:
        assert re.search(rf"^(\[{name}\]|{name} =)", SETTINGS, re.MULTILINE), name


def test_every_check_and_exit_code_is_described() -> None:
    """Each check stands in its table, each exit code in its sentence."""
    assert [name for name in CHECKS if f"`{name}`" not in README] == []
    sentence = COMMANDS.partition("Exit codes:")[2]
    assert [code for code in ExitCode if not re.search(rf"\b{code.value}\b", sentence)] == []


def test_the_picture_and_the_example_are_there() -> None:
    """What the README shows and opens exists, and the picture fetches nothing from elsewhere."""
    picture = (ROOT / ".pictures" / "walk.svg").read_text(encoding="utf-8")
    assert ".pictures/walk.svg" in README
    assert set(re.findall(r"https?://[^\s\"')]+", picture)) <= {"http://www.w3.org/2000/svg"}
    assert (ROOT / "assessments" / "northshire-2026-27-self-assessment.toml").is_file()
