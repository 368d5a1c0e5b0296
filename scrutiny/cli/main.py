"""The group of commands, what a first word means, errors in plain words, and exit codes."""

import importlib
import os
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import click

from scrutiny import __version__
from scrutiny.cli import terminal
from scrutiny.cli.commands import HelpfulCommand, HelpfulGroup
from scrutiny.cli.exits import ExitCode, finished, told
from scrutiny.cli.interface import open_interface
from scrutiny.cli.overview import COMMANDS, OVERVIEW
from scrutiny.errors import ScrutinyError


def run(arguments: list[str]) -> int:
    """Carry out a command line and return its exit code; problems are said on standard error."""
    return finished(told(lambda: _carry_out(arguments)))


def _carry_out(arguments: list[str]) -> int:
    try:
        result = program.main(arguments, prog_name="scrutiny", standalone_mode=False)
    except click.Abort:
        return ExitCode.INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        terminal.usage(error.format_message())
        return ExitCode.USAGE
    except click.ClickException as error:
        terminal.complain(error.format_message(), hint=_usage_hint(error))
        return ExitCode.USAGE
    return result if isinstance(result, int) else ExitCode.DONE


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it, groups after their commands: what documentation has to cover."""
    yield from _below("", program, click.Context(program, info_name="scrutiny"))


def _below(words: str, group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        called = f"{words} {name}".strip()
        if isinstance(command, click.Group):
            yield from _below(called, command, click.Context(command, context, name))
        yield called, command


class _Program(HelpfulGroup):
    """All commands, each imported when it is called, and the interface for everything else."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of all commands, in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command of that name, from its module."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), f"{cmd_name}_")
        return command

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """The overview, which loads no command."""
        return OVERVIEW

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names; else the interface, if the word is a path where something stands."""
        word = args[0]
        if word in COMMANDS:
            return super().resolve_command(ctx, args)
        if word and os.path.lexists(word):
            return "", _interface, args
        raise ScrutinyError(f"There is no command “{word}”, and no file or folder of that name.", hint=_meant(word))


@click.group(
    cls=_Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("-V", "--version", is_flag=True, help="Say which version this is.")
@click.pass_context
def program(context: click.Context, version: bool) -> int:  # noqa: FBT001 - click gives a flag like this
    """Scrutiny: self-assessment and independent scrutiny for safeguarding partnerships."""
    if version:
        terminal.put(f"scrutiny {__version__}")
        context.exit()
    return open_interface(None) if context.invoked_subcommand is None else ExitCode.DONE


@click.command(cls=HelpfulCommand)
@click.argument("path", type=click.Path(path_type=Path))
def _interface(path: Path) -> int:
    """Open the interface on an assessment or a folder."""
    return open_interface(path)


def _meant(word: str) -> str:
    """The next step for a first word that is nothing: the nearest command, or the nearest name beside it."""
    near = get_close_matches(word, COMMANDS, n=1)
    if near:
        return f"scrutiny {near[0]}, if that is what you meant; scrutiny --help shows every command."
    path = Path(word)
    try:
        names = [beside.name for beside in path.parent.iterdir()]
    except OSError:
        names = []
    near = get_close_matches(path.name, names, n=1)
    if near:
        return f"scrutiny {terminal.word(path.parent / near[0])}, if that is what you meant."
    return "scrutiny --help, which shows every command."


def _usage_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else 'scrutiny'} --help, which shows how it is used."
