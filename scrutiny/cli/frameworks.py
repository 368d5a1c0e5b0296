"""Commands about frameworks: list, show and check."""

import json
from pathlib import Path

import click

from scrutiny.cli import files, terminal
from scrutiny.cli.commands import HelpfulGroup, json_option
from scrutiny.cli.exits import ExitCode
from scrutiny.exchange import data, text
from scrutiny.store import frameworks
from scrutiny.store.frameworks import FoundFramework


@click.group("frameworks", cls=HelpfulGroup)
def frameworks_() -> None:
    """List, show and check frameworks."""


@frameworks_.command("list")
@json_option
def list_(as_json: bool) -> None:  # noqa: FBT001 - click gives a flag like this
    """List the frameworks that an assessment can begin with.

    They are looked for in your own folder of frameworks and among those that come with Scrutiny (scrutiny locate).
    """
    found = frameworks.available(files.framework_folders(files.settings_in_use()))
    if as_json:
        terminal.say(json.dumps([_found_data(one) for one in found], indent=2))
    else:
        terminal.say("\n\n".join(_found_text(one) for one in found) or "There are no frameworks.")


@frameworks_.command("show")
@click.argument("name")
@json_option
def show_(name: str, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag like this
    """Show a framework: its ratings, and its statements with what to look for.

    NAME is a framework's id or its file.
    """
    framework = frameworks.find(name, files.framework_folders(files.settings_in_use()))
    if as_json:
        terminal.say(json.dumps(data.framework_data(framework), indent=2))
    else:
        terminal.say(text.framework_text(framework, terminal.width()))


@frameworks_.command("check")
@click.argument("path", type=files.PATH)
@json_option
def check_(path: Path, as_json: bool) -> int:  # noqa: FBT001 - click gives a flag like this
    """Say everything that is wrong with a framework's file, with the line and the key.

    The exit code is 3 if the file cannot be used. With --json: a list of the problems as sentences.
    """
    checked = frameworks.check(path)
    if as_json:
        terminal.say(json.dumps(checked.problems, indent=2))
    elif checked.framework is None:
        terminal.say("\n".join(checked.problems))
    else:
        sections, statements = len(checked.framework.sections), len(checked.framework.statements)
        terminal.say(f"{terminal.clean(path)} can be used: {sections} sections, {statements} statements.")
    return ExitCode.FILE if checked.framework is None else ExitCode.DONE


def _found_data(one: FoundFramework) -> data.Data:
    where = {"path": str(one.path)}
    if one.framework is None:
        return {**where, "problem": one.problem.title if one.problem else "It cannot be read."}
    framework = one.framework
    return {
        **where,
        "id": framework.id,
        "version": framework.version,
        "title": framework.title,
        "statements": len(framework.statements),
    }


def _found_text(one: FoundFramework) -> str:
    where = ("File", terminal.clean(one.path))
    framework = one.framework
    if framework is None:
        problem = one.problem.title if one.problem else "the reason is not known"
        return text.pairs([where, ("Cannot be used", problem)], terminal.width())
    said = [
        ("Framework", framework.title),
        ("Id", framework.id),
        ("Version", str(framework.version)),
        ("Statements", str(len(framework.statements))),
        where,
    ]
    return text.pairs(said, terminal.width())
