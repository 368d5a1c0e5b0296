"""Commands and groups as this program has them: click's, except that their help is said where everything is said."""

from typing import Any

import click

from scrutiny.cli import terminal

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs instead of text.")
"""The option of every command that other programs may want to read."""


class HelpfulCommand(click.Command):
    """A command whose help goes through the terminal module."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The help option, with a callback of ours."""
        return _ours(super().get_help_option(ctx))


class HelpfulGroup(click.Group):
    """A group whose help goes through the terminal module, and that of its commands too."""

    command_class = HelpfulCommand

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The help option, with a callback of ours."""
        return _ours(super().get_help_option(ctx))


def _ours(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.callback = _show_help
    return option


def _show_help(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
    if value and not context.resilient_parsing:
        terminal.put(context.get_help())
        context.exit()
