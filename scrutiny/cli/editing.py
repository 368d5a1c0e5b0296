"""Commands that change an assessment: new, rate and action add."""

from datetime import date
from pathlib import Path

import click

from scrutiny.analysis.checks import check_statement
from scrutiny.cli import files, terminal, values
from scrutiny.cli.commands import HelpfulCommand, HelpfulGroup
from scrutiny.errors import ScrutinyError
from scrutiny.exchange import text
from scrutiny.exchange.tables import rating_words
from scrutiny.model import edits
from scrutiny.model.action import Action, ActionKind, ActionScope, ActionStatus, Priority
from scrutiny.model.assessment import Assessment, Marking, Perspective, Scope
from scrutiny.model.framework import NOT_APPLICABLE
from scrutiny.model.text import is_blank
from scrutiny.store import assessments, frameworks
from scrutiny.store.names import check_new_name


@click.command("new", cls=HelpfulCommand)
@click.argument("file", type=files.PATH)
@click.option("--framework", default=frameworks.DEFAULT, show_default=True, help="A framework's id, or its file.")
@click.option("--partnership", required=True, help="The partnership that is assessed.")
@click.option("--area", required=True, help="The area it works in.")
@click.option("--cycle", required=True, help="The year it belongs to, such as 2026-27 or 2026.")
@click.option(
    "--perspective",
    type=values.words(Perspective),
    default=Perspective.SELF_ASSESSMENT.value,
    show_default=True,
    help="Whose view it gives.",
)
@click.option("--organisation", help="Who answers: the organisation. Left out, that of the settings.")
@click.option("--role", help="The role of the person who answers. Left out, that of the settings.")
@click.option("--name", help="The name of the person who answers. Left out, that of the settings.")
@click.option("--as-at", type=values.day, metavar="DATE", help="The day that the ratings describe. Left out, today.")
@click.option(
    "--scope", type=values.words(Scope), default=Scope.JOINT.value, show_default=True, help="Whom it is about."
)
@click.option(
    "--marking",
    type=values.words(Marking),
    default=Marking.OFFICIAL.value,
    show_default=True,
    help="The protective marking.",
)
def new_(
    file: Path,
    framework: str,
    partnership: str,
    area: str,
    cycle: str,
    perspective: str,
    organisation: str | None,
    role: str | None,
    name: str | None,
    as_at: date | None,
    scope: str,
    marking: str,
) -> None:
    """Begin an assessment in a new file.

    FILE ends in .toml and must not exist yet. Dates are written 2026-11-01 or, day first, 1/11/2026.
    """
    if file.suffix != assessments.SUFFIX:
        raise ScrutinyError(
            f"The file of an assessment ends in {assessments.SUFFIX}.", hint=f"{file.name}{assessments.SUFFIX}"
        )
    check_new_name(file)
    settings = files.settings_in_use()
    assessment = edits.create(
        frameworks.find(framework, files.framework_folders(settings)),
        partnership=partnership,
        area=area,
        cycle=cycle,
        as_at=as_at or values.today(),
        perspective=Perspective(perspective),
        now=values.now(),
        respondent=edits.new_respondent(
            organisation=settings.organisation if organisation is None else organisation,
            role=settings.role if role is None else role,
            name=settings.name if name is None else name,
        ),
        scope=Scope(scope),
        marking=Marking(marking),
    )
    assessments.create(file, assessment)
    count = len(assessment.framework.statements)
    terminal.say(f"{terminal.clean(file)} was made, with {count} statements to rate.")


@click.command("rate", cls=HelpfulCommand)
@click.argument("file", type=files.PATH)
@click.argument("statement")
@click.argument("rating")
@click.option(
    "--evidence",
    metavar="TEXT",
    help="The evidence note, in place of the one there is; - reads it from standard input.",
)
@click.option("--reason", metavar="TEXT", help="Why the statement does not apply; only with not-applicable.")
def rate_(file: Path, statement: str, rating: str, evidence: str | None, reason: str | None) -> None:
    """Rate a statement, with its evidence.

    STATEMENT is a statement's ref or id. RATING is a rating's word or letter, not-applicable (or na), or unrated to
    take a rating back. Only a draft can be rated. An empty standard input removes no evidence: --evidence "" does.
    """
    note = None if evidence is None else values.text_or_input(evidence)

    def edit(assessment: Assessment) -> Assessment:
        found = edits.statement_named(assessment.framework, statement)
        wanted = values.rating(assessment.framework.scale, rating)
        if reason is not None and wanted != NOT_APPLICABLE:
            raise ScrutinyError("A reason belongs to not-applicable only.", hint="--evidence, for every other rating.")
        after = edits.rate(assessment, found.id, wanted)
        after = after if reason is None else edits.give_reason(after, found.id, reason)
        if evidence == "-" and is_blank(note or "") and not is_blank(after.answer(found.id).evidence):
            raise ScrutinyError(
                f"Standard input holds no text, so {found.ref} and its evidence stay as they are.",
                hint='--evidence "", to remove the evidence on purpose.',
            )
        return after if note is None else edits.write_evidence(after, found.id, note)

    after = files.changed(file, edit)
    found = edits.statement_named(after.framework, statement)
    answer = after.answer(found.id)
    terminal.say(f"{found.ref} {found.title}".strip() + f": {text.spoken_rating(rating_words(after, answer))}")
    for finding in check_statement(after, found, answer):
        terminal.say(text.paragraph(f"{finding.severity.label}: {finding.message}", terminal.width(), "  "))


@click.group("action", cls=HelpfulGroup)
def action_() -> None:
    """Add an action to a statement."""


@action_.command("add")
@click.argument("file", type=files.PATH)
@click.argument("statement")
@click.option(
    "--text", "what", required=True, metavar="TEXT", help="What must be done; - reads it from standard input."
)
@click.option("--kind", type=values.words(ActionKind), help="Left out, it follows the rating: green is sustained.")
@click.option("--agency", help="The agency that leads.")
@click.option("--owner", help="The role that answers for it, rather than a name.")
@click.option("--due", type=values.day, metavar="DATE", help="When it is due.")
@click.option("--outcome", metavar="TEXT", help="How anyone will know that it worked.")
@click.option(
    "--priority",
    type=values.words(Priority),
    default=Priority.MEDIUM.value,
    show_default=True,
    help="How pressing it is.",
)
@click.option(
    "--status",
    type=values.words(ActionStatus),
    default=ActionStatus.NOT_STARTED.value,
    show_default=True,
    help="How far it has come.",
)
@click.option(
    "--scope",
    type=values.words(ActionScope),
    default=ActionScope.PARTNERSHIP.value,
    show_default=True,
    help="Who has to act.",
)
@click.option("--decision", metavar="TEXT", help="What a board is asked to decide.")
def add_(
    file: Path,
    statement: str,
    what: str,
    kind: str | None,
    agency: str | None,
    owner: str | None,
    due: date | None,
    outcome: str | None,
    priority: str,
    status: str,
    scope: str,
    decision: str | None,
) -> None:
    """Add an action to a statement, and print its ref.

    STATEMENT is a statement's ref or id. Dates are written 2026-11-01 or, day first, 1/11/2026. Actions can be added
    whatever the status of the assessment. What the action still lacks is said on standard error.
    """
    wording = values.text_or_input(what)
    added: list[Action] = []

    def edit(assessment: Assessment) -> Assessment:
        found = edits.statement_named(assessment.framework, statement)
        action = edits.new_action(
            assessment,
            found.id,
            wording,
            kind=ActionKind(kind) if kind else None,
            agency=agency or "",
            owner=owner or "",
            due=due,
            outcome=outcome or "",
            priority=Priority(priority),
            status=ActionStatus(status),
            scope=ActionScope(scope),
            decision=decision or "",
        )
        added.append(action)
        return edits.put_action(assessment, found.id, action)

    after = files.changed(file, edit)
    found = edits.statement_named(after.framework, statement)
    code = added[-1].id
    terminal.say(f"{found.ref}-{code}")
    for finding in check_statement(after, found, after.answer(found.id)):
        if finding.action_id == code:
            terminal.remark(f"{finding.severity.label}: {finding.message}")
