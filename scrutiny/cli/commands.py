"""Commands and groups as this program has them: click's, except that their help is said where everything is said."""

from typing import Any

import click

from scrutiny.cli import terminal

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs instead of text.")
"""The option of every command that other programs may want to read."""


class HelpfulCommand(click.Command):
    """A command whose help goes through the terminal module, and which refuses an option that is given twice."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words, and refuse a second value, which click would take in place of the first."""
        if not ctx.resilient_parsing:
            _, _, given = self.make_parser(ctx).parse_args(list(args))
            for option in given:
                single = isinstance(option, click.Option) and not (option.multiple or option.count or option.is_flag)
                if single and given.count(option) > 1:
                    raise click.BadOptionUsage(option.opts[-1], f"{option.opts[-1]} can be given only once.", ctx)
        return super().parse_args(ctx, args)

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
