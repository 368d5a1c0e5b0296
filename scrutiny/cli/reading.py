"""Commands that only read: list, show, check and locate."""

import json
from pathlib import Path
from typing import Any

import click

from scrutiny.analysis.checks import Finding, Severity, check, stops
from scrutiny.cli import files, terminal, values
from scrutiny.cli.commands import HelpfulCommand, json_option
from scrutiny.cli.exits import ExitCode
from scrutiny.exchange import data, text
from scrutiny.model.assessment import Assessment
from scrutiny.store.index import Listed


@click.command("list", cls=HelpfulCommand)
@click.argument("folder", type=files.PATH, required=False)
@json_option
def list_(folder: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag like this
    """List the assessments of a folder.

    Without FOLDER, the folder of the settings is listed, or else the usual one (scrutiny locate). Files that cannot be
    read are listed with the reason.

    With --json: a list of objects, one a line, with file, path, and either assessment (whose it is) and figures, or
    problem.
    """
    chosen = folder or files.settings_in_use().assessments_folder
    found = files.listed(chosen, must_exist=folder is not None)
    if as_json:
        terminal.say(rows([json.dumps(_listed_data(listed)) for listed in found]))
    elif found:
        width = terminal.width()
        terminal.say("\n\n".join(_listed_text(listed, width) for listed in found))
    else:
        terminal.say(f"There are no assessments in {terminal.clean(chosen)}.")


@click.command("show", cls=HelpfulCommand)
@click.argument("file", type=files.PATH)
@json_option
def show_(file: Path, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag like this
    """Show an assessment with everything in it.

    That is whose it is, the figures, what stands out, and every statement with its rating, evidence, sources and
    actions; answers whose statements have left the framework come last.

    With --json: an object with assessment (whose it is), figures, statements and archived. Every statement, in order,
    has id, ref, section, text, rating (a level's key, not-applicable or null), band, evidence, reason, sources and
    actions.
    """
    assessment = files.opened(file).assessment
    if as_json:
        terminal.say(json.dumps(data.assessment_data(assessment, values.today()), indent=2))
    else:
        terminal.say(text.assessment_text(assessment, values.today(), terminal.width()))


@click.command("check", cls=HelpfulCommand)
@click.argument("file", type=files.PATH)
@json_option
def check_(file: Path, as_json: bool) -> int:  # noqa: FBT001 - click gives a flag like this
    """Say what is missing or doubtful in an assessment.

    The exit code is 1 if anything found stops submission, and 0 if not.

    With --json: a list of objects with id (the check's), severity (stop or warning), statement and action (ids, or
    null), ref and message.
    """
    assessment = files.opened(file).assessment
    findings = check(assessment)
    if as_json:
        terminal.say(json.dumps([data.finding_data(assessment, finding) for finding in findings], indent=2))
    else:
        terminal.say(_findings_text(assessment, findings))
    return ExitCode.FOUND if stops(findings) else ExitCode.DONE


@click.command("locate", cls=HelpfulCommand)
def locate_() -> None:
    """Say where settings, assessments and frameworks are kept.

    A line for each place; frameworks are looked for in several folders, which are named in order. None of them has to
    exist: everything works without settings, and folders are made when they are needed.
    """
    for name, path in files.places(files.settings_in_use()):
        terminal.say(f"{name}: {terminal.clean(path)}")


def line_of_finding(assessment: Assessment, finding: Finding) -> str:
    """What was found, behind the statement it is about."""
    statement = assessment.framework.by_id.get(finding.statement_id or "")
    where = f"{statement.ref} {statement.title}".strip() + ": " if statement else ""
    return where + finding.message


def _findings_text(assessment: Assessment, findings: list[Finding]) -> str:
    parts = []
    for severity in Severity:
        found = [finding for finding in findings if finding.severity is severity]
        if found:
            lines = [text.paragraph(line_of_finding(assessment, finding), terminal.width(), "  ") for finding in found]
            parts.append("\n".join([f"{severity.label}: {len(found)}", *lines]))
    if not stops(findings):
        parts.insert(0, "Nothing stops submission.")
    return "\n\n".join(parts)


def rows(objects: list[str]) -> str:
    """A JSON list with a row for each object: indenting thousands of objects takes longer than listing them."""
    return "[\n" + ",\n".join(objects) + "\n]" if objects else "[]"


def _listed_data(listed: Listed) -> dict[str, Any]:
    where = {"file": listed.path.name, "path": str(listed.path)}
    if listed.summary is None:
        return {**where, "problem": listed.problem.title if listed.problem else "It cannot be read."}
    return {
        **where,
        "assessment": data.header(listed.summary),
        "figures": data.figures(listed.summary, values.today()),
    }


def _listed_text(listed: Listed, width: int) -> str:
    lines = [terminal.clean(listed.path.name)]
    summary = listed.summary
    if summary is None:
        problem = listed.problem.title if listed.problem else "the reason is not known"
        lines.append(text.paragraph(f"Cannot be used: {problem}", width, "  "))
    else:
        respondent = summary.respondent.organisation
        who = [summary.area, summary.cycle, summary.perspective.label, respondent, summary.status.label]
        lines.append(text.paragraph(", ".join(part for part in who if part), width, "  "))
        overdue = summary.overdue(values.today())
        figures = f"{text.rated_line(summary.framework.scale, summary.tally)} Overdue actions: {overdue}."
        lines.append(text.paragraph(figures, width, "  "))
    return "\n".join(lines)
