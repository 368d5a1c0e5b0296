"""The command that makes documents for other people: export."""

from pathlib import Path

import click

from scrutiny.cli import files, terminal, values
from scrutiny.cli.commands import HelpfulCommand
from scrutiny.errors import ScrutinyError
from scrutiny.store import atomic
from scrutiny.store.names import check_new_name

_SUFFIX = ".xlsx"


@click.command("export", cls=HelpfulCommand)
@click.argument("file", type=files.PATH)
@click.option(
    "-o", "--output", type=files.PATH, metavar="OUT.xlsx", help="The workbook. Left out, it stands beside FILE."
)
@click.option("--replace", is_flag=True, help="Replace an earlier workbook; no other file.")
def export_(file: Path, output: Path | None, replace: bool) -> None:  # noqa: FBT001 - click gives a flag like this
    """Export the action tracker as an Excel workbook.

    The workbook also holds the figures, what stands out, and every statement with its evidence. Its path is printed.
    """
    if output is not None and output.suffix.casefold() != _SUFFIX:
        raise ScrutinyError(f"A workbook's name ends in {_SUFFIX}.", hint=f"-o {output.name}{_SUFFIX}")
    if output is not None and not atomic.exists(output):
        check_new_name(output)
    assessment = files.opened(file).assessment
    from scrutiny.exchange import workbook

    path = output or workbook.proposed_path(file)
    atomic.sweep(path.parent)
    workbook.export(assessment, path, values.today(), atomic.replace, source=file, replace_existing=replace)
    terminal.say(terminal.clean(path))
