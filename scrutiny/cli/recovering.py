"""The command about text that a session could not save to its own file: recover."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from scrutiny.analysis.merge import Conflict, choice_without_loss, differences, settle
from scrutiny.analysis.summary import summarise
from scrutiny.cli import files, terminal, values
from scrutiny.cli.commands import HelpfulCommand, json_option
from scrutiny.cli.exits import ExitCode
from scrutiny.cli.reading import rows
from scrutiny.errors import FileProblem, NotAllowed, ScrutinyError, UnknownName
from scrutiny.exchange import data, text
from scrutiny.exchange.differences import added_words, differing_words, place_words, value_words
from scrutiny.exchange.tables import local_moment
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, atomic, recovery, recovery_list
from scrutiny.store.names import check_new_name
from scrutiny.store.recovery_list import RecoveryFile


@dataclass(frozen=True)
class _Named:
    """A recovery file that a person named, and the file that its text belongs to."""

    file: RecoveryFile
    target: Path | None
    """The file that was named, or else the one for which the text was kept; None if that is not known."""


@dataclass(frozen=True)
class _United:
    """A file's version and the kept one together."""

    assessment: Assessment
    undecided: tuple[Conflict, ...]
    """Where choosing either version would lose something; the file's version stands there."""


class _Undecided(ScrutinyError):
    """Both versions say something that the other one does not hold."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__("Both versions differ.")
        self.conflicts = conflicts


@click.command("recover", cls=HelpfulCommand)
@click.argument("name", metavar="[FILE|NAME]", required=False)
@click.option("--list", "listing", is_flag=True, help="List recovery files; what is done without an option.")
@click.option("--show", is_flag=True, help="Show what it holds that its file does not.")
@click.option("--restore", is_flag=True, help="Put what it holds into its file, or with -o into a new one.")
@click.option("--discard", is_flag=True, help="Remove it for good, after a question.")
@click.option("-o", "--output", type=files.PATH, metavar="NEW.toml", help="With --restore: save it as a new file.")
@click.option("--yes", is_flag=True, help="With --discard: do not ask.")
@json_option
def recover_(name: str | None, output: Path | None, **flags: bool) -> int:
    """List, restore or discard text that a session could not save.

    Such text stands in a recovery file on this computer and is offered when its file is opened. Without NAME every
    recovery file is listed; with a file or folder, those that belong to it. NAME is the short name at the beginning of
    a line, or the file that the text belongs to.

    --restore changes nothing where both the file and the recovery file say something that the other one does not: each
    such place is listed, and the exit code is 1. A backup of the file is kept first. What was restored is removed from
    the recovery folder.

    With --json: a list of objects, one a line, with name, path, file, exists, kept, running, and either assessment
    (whose it is) or problem.
    """
    action = _action(flags)
    _refuse_misfits(action, name, output, flags)
    if action == "listing" or name is None:
        _list(name, as_json=flags["as_json"])
        return ExitCode.DONE
    named = _named(name)
    if action == "show":
        _show(named)
    elif action == "discard":
        _discard(named.file, sure=flags["yes"])
    elif output is not None:
        _save_as(named.file, output)
    else:
        return _restore(named)
    return ExitCode.DONE


def _action(flags: Mapping[str, bool]) -> str:
    chosen = [name for name in ("listing", "show", "restore", "discard") if flags[name]]
    if len(chosen) > 1:
        raise click.UsageError("Only one of --list, --show, --restore and --discard can be given.")
    return chosen[0] if chosen else "listing"


def _refuse_misfits(action: str, name: str | None, output: Path | None, flags: Mapping[str, bool]) -> None:
    """Refuse options that say nothing about what is to be done."""
    if action != "listing" and name is None:
        raise click.UsageError(f"--{action} needs the name of a recovery file; scrutiny recover lists them.")
    if output is not None and action != "restore":
        raise click.UsageError("-o belongs to --restore.")
    if flags["yes"] and action != "discard":
        raise click.UsageError("--yes belongs to --discard.")
    if flags["as_json"] and action != "listing":
        raise click.UsageError("--json belongs to the list.")


# Which recovery files there are


def _found(*more: Path) -> list[RecoveryFile]:
    """Every recovery file that can be found, beside the assessments of the usual folders too."""
    return recovery_list.every([files.settings_in_use().assessments_folder, *more])


def _named(name: str) -> _Named:
    """The recovery file that a person means.

    Raises:
        ScrutinyError: There is none, or a file has several.
    """
    path = recovery_list.absolute(Path(name))
    found = _found(path.parent)
    for one in found:
        if _is_named(one, name):
            return _Named(one, one.origin)
    own = _of_file(found, path)
    if not own:
        raise UnknownName(
            f"There is no recovery file “{name}”, and none for a file of that name.",
            hint="scrutiny recover, which lists every recovery file.",
        )
    if len(own) > 1:
        names = ", ".join(_reference(one) for one in own)
        raise UnknownName(f"{name} has {len(own)} recovery files.", hint=f"Name one of them: {names}.")
    return _Named(own[0], path)


def _is_named(one: RecoveryFile, name: str | None) -> bool:
    return name is not None and (name.casefold() == one.name or recovery_list.absolute(Path(name)) == one.path)


def _of_file(found: list[RecoveryFile], path: Path) -> list[RecoveryFile]:
    assessment_id = None
    try:
        if atomic.exists(path):
            assessment_id = assessments.load(path).assessment.id
    except FileProblem:
        pass  # its own name is enough to go by
    return [one for one in found if one.belongs_to(path, assessment_id)]


def _reference(one: RecoveryFile) -> str:
    """How to refer to a recovery file: by its short name, or by its path where it stands beside assessments."""
    beside = one.path.name.startswith(recovery.BESIDE_PREFIX)
    return terminal.word(one.path) if beside else one.name


def _list(name: str | None, *, as_json: bool) -> None:
    place = recovery_list.absolute(Path(name)) if name else None
    if place is None:
        found = _found(Path())
    elif place.is_dir():
        found = [one for one in _found(place) if place in (one.path.parent, one.origin and one.origin.parent)]
    else:
        found = _found(place.parent)
        named = [one for one in found if _is_named(one, name)]
        found = named or _of_file(found, place)
    if as_json:
        terminal.say(rows([json.dumps(_data(one)) for one in found]))
    elif found:
        width = terminal.width()
        terminal.say("\n".join(text.paragraph(_line(one), width) for one in found))
    elif place is None:
        terminal.say("There are no recovery files: nothing waits to be saved.")
    else:
        terminal.say(f"There are no recovery files for {terminal.clean(name)}.")


def _line(one: RecoveryFile) -> str:
    parts = [terminal.clean(one.origin) if one.origin else "its file is not known", f"kept {local_moment(one.kept)}"]
    if one.assessment is not None:
        whose = one.assessment
        parts += [f"{whose.area} {whose.cycle}", whose.perspective.label, whose.partnership]
    said = [f"{_reference(one)}: {', '.join(parts)}."]
    said += ["Its session still runs."] if one.running else []
    said += ["That file is gone."] if one.origin_exists is False else []
    said += [f"It cannot be used: {one.problem.title}"] if one.problem else []
    return " ".join(said)


def _data(one: RecoveryFile) -> data.Data:
    known = {
        "name": one.name,
        "path": str(one.path),
        "file": str(one.origin) if one.origin else None,
        "exists": one.origin_exists,
        "kept": one.kept.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "running": one.running,
    }
    if one.assessment is None:
        return {**known, "problem": one.problem.title if one.problem else "It cannot be read."}
    return {**known, "assessment": data.header(summarise(one.assessment))}


# What is done with one of them


def _show(named: _Named) -> None:
    width = terminal.width()
    kept = _usable(named.file)
    terminal.say(text.paragraph(_line(named.file), width))
    terminal.say()
    try:
        _, stored = _target(named, kept)
    except ScrutinyError as problem:
        terminal.remark(f"Note: {problem.title} This is all of its text.")
        terminal.say(text.assessment_text(kept, values.today(), width))
        return
    merged = differences(stored, kept)
    lines = [line for conflict in merged.conflicts for line in _sides(stored, conflict, width)]
    lines += [text.paragraph(f"Only kept: {words}", width) for words in added_words(stored, merged.assessment)]
    terminal.say("\n".join(lines) or "It holds nothing that its file does not hold.")


def _sides(stored: Assessment, conflict: Conflict, width: int) -> list[str]:
    sides = [(words, value_words(stored, side)) for words, side in (("File", conflict.ours), ("Kept", conflict.theirs))]
    return [place_words(stored, conflict.place), text.pairs(sides, width, "  ")]


def _restore(named: _Named) -> int:
    with recovery_list.claimed(named.file.path):
        kept = _usable(named.file)
        target, stored = _target(named, kept)
        shown = terminal.clean(target)
        before = _united(stored, kept)
        if not before.undecided and not differing_words(stored, before.assessment):
            said = f"{shown} holds all that was kept on {local_moment(named.file.kept)}; nothing was changed."
        else:
            try:
                files.changed(target, lambda now: _without_loss(now, kept))
            except _Undecided as undecided:
                _complain_of(undecided.conflicts, stored, named)
                return ExitCode.FOUND
            said = f"{shown} now also holds what was kept on {local_moment(named.file.kept)}."
        recovery_list.remove(named.file.path)
    terminal.say(f"{said} The recovery file was removed.")
    return ExitCode.DONE


def _united(now: Assessment, kept: Assessment) -> _United:
    merged = differences(now, kept)
    choices = {conflict: choice_without_loss(conflict) for conflict in merged.conflicts}
    decided = {conflict: choice for conflict, choice in choices.items() if choice is not None}
    undecided = tuple(conflict for conflict in merged.conflicts if conflict not in decided)
    return _United(settle(merged, decided), undecided)


def _without_loss(now: Assessment, kept: Assessment) -> Assessment:
    united = _united(now, kept)
    if united.undecided:
        raise _Undecided(united.undecided)
    return united.assessment


def _complain_of(conflicts: Sequence[Conflict], stored: Assessment, named: _Named) -> None:
    for conflict in conflicts:
        file, kept = (value_words(stored, side) for side in (conflict.ours, conflict.theirs))
        sides = "--show prints both texts" if conflict.textual else f"The file: {file}. Kept: {kept}"
        terminal.remark(f"Different: {place_words(stored, conflict.place)}. {sides}.")
    reference = _reference(named.file)
    count = f"{len(conflicts)} places" if len(conflicts) > 1 else "1 place"
    terminal.complain(
        f"Nothing was changed, because the file and the kept text differ in {count}.",
        hint=f"Open {named.target} in the interface to choose, or scrutiny recover --restore {reference} -o NEW.toml.",
    )


def _save_as(one: RecoveryFile, output: Path) -> None:
    if output.suffix != assessments.SUFFIX:
        raise ScrutinyError(
            f"The file of an assessment ends in {assessments.SUFFIX}.", hint=f"-o {output.name}{assessments.SUFFIX}"
        )
    check_new_name(output)
    with recovery_list.claimed(one.path):
        assessments.create(output, _usable(one))
        recovery_list.remove(one.path)
    terminal.say(f"{terminal.clean(output)} was made with what was kept on {local_moment(one.kept)}.")


def _discard(one: RecoveryFile, *, sure: bool) -> None:
    with recovery_list.claimed(one.path):
        if not sure and not terminal.interactive():
            raise ScrutinyError(
                "Discarding cannot be undone, and nobody can be asked here.", hint="--yes, to discard it all the same."
            )
        if not sure and not _agreed(one):
            terminal.say("Nothing was discarded.")
            return
        recovery_list.remove(one.path)
    terminal.say(f"{_reference(one)} was discarded.")


def _agreed(one: RecoveryFile) -> bool:
    terminal.say(text.paragraph(_line(one), terminal.width()))
    terminal.say("Discard this text? It cannot be brought back. Type yes to discard it:")
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _usable(one: RecoveryFile) -> Assessment:
    """The text as it stands in the file at this moment.

    Raises:
        FileProblem: It cannot be used.
    """
    return recovery.read(one.path).assessment


def _target(named: _Named, kept: Assessment) -> tuple[Path, Assessment]:
    """The file that the text belongs to, and what it holds.

    Raises:
        ScrutinyError: It is gone or not known, or holds something that the text cannot be brought together with.
    """
    instead = f"scrutiny recover --restore {_reference(named.file)} -o NEW.toml, to save the text as a new file."
    if named.target is None:
        raise FileProblem("The recovery file does not say which file its text belongs to.", hint=instead)
    if not atomic.exists(named.target):
        raise FileProblem(f"{named.target} is gone.", hint=instead)
    stored = assessments.load(named.target).assessment
    if stored.id != kept.id:
        raise NotAllowed(f"{named.target} holds another assessment now.", hint=instead)
    if stored.framework != kept.framework:
        raise NotAllowed(f"{named.target} rests on another version of the framework.", hint=instead)
    return named.target, stored
