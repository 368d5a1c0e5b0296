"""The command that brings two edits of one assessment together: merge."""

from pathlib import Path

import click

from scrutiny.analysis.merge import Choice, Conflict, differences, merge, settle
from scrutiny.cli import files, terminal
from scrutiny.cli.commands import HelpfulCommand
from scrutiny.cli.exits import ExitCode
from scrutiny.errors import FileProblem
from scrutiny.exchange.differences import place_words, value_words
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, atomic, recovery
from scrutiny.store.names import check_new_name


@click.command("merge", cls=HelpfulCommand)
@click.argument("base", type=files.PATH)
@click.argument("ours", type=files.PATH)
@click.argument("theirs", type=files.PATH)
@click.option(
    "-o", "--output", type=files.PATH, metavar="OUT", required=True, help="Where the result goes; it may be OURS."
)
def merge_(base: Path, ours: Path, theirs: Path, output: Path) -> int:
    """Bring two edits of one assessment together.

    BASE is the version that both began from. What only one side changed is taken. Where both changed the same note,
    OUT holds both texts, ours first; where both changed anything else, it holds ours. Each is listed, and the exit code
    is 1.

    An empty BASE stands for none, as git gives it for a file that both sides added: everything that differs is listed.

    As git's merge driver: git config merge.scrutiny.driver "scrutiny merge %O %A %B -o %A"
    """
    recovery.sweep_all(output.parent)
    known = not _empty(base)
    stored = {path: assessments.load(path) for path in dict.fromkeys((base, ours, theirs) if known else (ours, theirs))}
    if output not in (ours, theirs):
        if atomic.exists(output):
            raise FileProblem(f"{output} exists already.", hint="-o with another name, or with OURS to replace it.")
        check_new_name(output)
    sides = stored[ours].assessment, stored[theirs].assessment
    merged = merge(stored[base].assessment, *sides) if known else differences(*sides)
    both = {conflict: Choice.BOTH for conflict in merged.conflicts if conflict.textual}
    result = settle(merged, both)
    if output in stored:
        files.Backup()(output)
        assessments.save(output, result, stored[output].digest)
    else:
        assessments.create(output, result)
    for conflict in merged.conflicts:
        terminal.remark(_told(result, conflict, "Changed on both sides" if known else "Different"))
    return ExitCode.FOUND if merged.conflicts else ExitCode.DONE


def _empty(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size == 0
    except OSError:
        return False  # loading it says what is wrong


def _told(assessment: Assessment, conflict: Conflict, how: str) -> str:
    where = place_words(assessment, conflict.place)
    if conflict.textual:
        return f"{how}: {where}. Both texts are kept, ours first."
    ours, theirs = (value_words(assessment, version) for version in (conflict.ours, conflict.theirs))
    return f"{how}: {where}. Ours is kept: {ours}. Theirs was: {theirs}."
