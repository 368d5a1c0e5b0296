"""The command that lists a file's backups and puts one of them back: backups."""

import json
from dataclasses import dataclass
from pathlib import Path

import click

from scrutiny.cli import files, terminal, values
from scrutiny.cli.commands import HelpfulCommand, json_option
from scrutiny.cli.reading import rows
from scrutiny.errors import CannotReadNow, FileProblem, UnknownName
from scrutiny.exchange import data, text
from scrutiny.exchange.differences import differing_words
from scrutiny.exchange.tables import local_moment
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, atomic, backups
from scrutiny.store.backups import Backup


@dataclass(frozen=True)
class _Present:
    """What a file holds now."""

    exists: bool
    assessment: Assessment | None
    """None if it is gone or cannot be used."""
    digest: str | None


@click.command("backups", cls=HelpfulCommand)
@click.argument("file", type=files.PATH)
@click.option("--restore", "number", type=click.IntRange(min=1), metavar="N", help="Put that backup back into FILE.")
@json_option
def backups_(file: Path, number: int | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag like this
    """List a file's backups, or put one of them back.

    The last ten are kept in the state folder of this computer, by the path of the file. Number 1 is the latest; each is
    listed with how it differs from the file as it stands.

    --restore N makes that backup the newest version of FILE. What FILE holds before is kept as backup 1, so that
    --restore 1 undoes it. An open window takes the restored version in.

    With --json: a list of objects, one a line, with number, made, size in bytes, path, and either differs (words,
    or null where nothing differs) or problem.
    """
    kept = backups.of(file)
    present = _present(file)
    if number is not None:
        _restore(file, present, _numbered(file, kept, number))
    elif as_json:
        terminal.say(rows([json.dumps(_backup_data(*each, present)) for each in enumerate(kept, 1)]))
    elif kept:
        lines = [_backup_text(*each, present) for each in enumerate(kept, 1)]
        terminal.say("\n".join(text.paragraph(line, terminal.width()) for line in lines))
    elif present.exists:
        terminal.say(f"There are no backups of {terminal.clean(file)} on this computer.")
    else:
        raise FileProblem(f"{file} does not exist and has no backups here.", hint="Check the name and the folder.")


def _present(file: Path) -> _Present:
    if not atomic.exists(file):
        return _Present(exists=False, assessment=None, digest=None)
    try:
        stored = assessments.load(file)
    except CannotReadNow:
        raise
    except FileProblem:  # a backup is wanted all the more
        return _Present(exists=True, assessment=None, digest=assessments.file_digest(file))
    return _Present(exists=True, assessment=stored.assessment, digest=stored.digest)


def _numbered(file: Path, kept: list[Backup], number: int) -> Backup:
    if number <= len(kept):
        return kept[number - 1]
    count = f"{len(kept)} backups" if len(kept) != 1 else "1 backup"
    raise UnknownName(
        f"{file} has {count} here, and none has the number {number}.",
        hint=f"scrutiny backups {terminal.word(file)}, which lists them.",
    )


def _restore(file: Path, present: _Present, backup: Backup) -> None:
    content = assessments.load(backup.path).assessment
    when = _when(backup)
    if present.assessment is not None and not differing_words(present.assessment, content):
        terminal.say(f"{terminal.clean(file)} holds what it held on {when}; nothing was changed.")
        return
    restored = content.model_copy(update={"modified": values.now().replace(microsecond=0)})
    if not present.exists:
        assessments.create(file, restored)
        terminal.say(f"{terminal.clean(file)} was gone, and holds again what it held on {when}.")
        return
    if present.assessment is not None:
        files.changed(file, lambda _now: content, _keep)
    else:
        _keep(file)
        assessments.save_version(file, restored, present.digest or "")
    terminal.say(f"{terminal.clean(file)} holds again what it held on {when}; what it held until now is its backup 1.")


def _keep(file: Path) -> None:
    """Keep the present version, without which restoring could not be undone."""
    try:
        backups.keep(file)
    except FileProblem as problem:
        raise FileProblem(
            f"{file} stays as it is, because what it holds now could not be kept as a backup.",
            detail=problem.title,
            hint=problem.hint,
        ) from problem


def _backup_data(number: int, backup: Backup, present: _Present) -> data.Data:
    said = {
        "number": number,
        "made": backup.made.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "size": _size(backup),
        "path": str(backup.path),
    }
    try:
        content = assessments.load(backup.path).assessment
    except FileProblem as problem:
        return {**said, "problem": problem.title}
    return {**said, "differs": _differs(present, content) or None}


def _backup_text(number: int, backup: Backup, present: _Present) -> str:
    try:
        content = assessments.load(backup.path).assessment
        difference = _differs(present, content) or "It holds the same as the file."
    except FileProblem as problem:
        difference = _without_path(problem, backup.path)
    return f"{number}: {_when(backup)}, {max(1, round(_size(backup) / 1000))} kB. {difference}"


def _differs(present: _Present, content: Assessment) -> str:
    if not present.exists:
        return "The file is gone."
    if present.assessment is None:
        return "The file cannot be used as it is."
    return differing_words(present.assessment, content)


def _without_path(problem: FileProblem, path: Path) -> str:
    """A problem as a sentence that does not repeat the path of a backup, which says nothing to a person."""
    rest = problem.title.removeprefix(str(path))
    return problem.title if rest == problem.title else f"It{rest}"


def _when(backup: Backup) -> str:
    return local_moment(backup.made)


def _size(backup: Backup) -> int:
    try:
        return backup.path.stat().st_size
    except OSError:
        return 0
