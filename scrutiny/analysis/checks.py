"""Rules that find what is missing or doubtful in an assessment, each with an id, a severity and the place to mend."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from scrutiny.analysis.identifiers import identifiers_in
from scrutiny.model.action import Action, ActionStatus
from scrutiny.model.assessment import Answer, Assessment
from scrutiny.model.framework import Level, Statement
from scrutiny.model.text import CELL_LIMIT, is_blank, utf16_length


class Severity(StrEnum):
    """Whether a finding stops submission or only asks for a second look."""

    STOP = "stop"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """What people see."""
        return "Stops submission" if self is Severity.STOP else "Worth a look"


@dataclass(frozen=True)
class Finding:
    """One thing that a check found."""

    check: str
    """The check's permanent id."""
    severity: Severity
    message: str
    statement_id: str | None = None
    """The statement it concerns; None for the assessment as a whole."""
    action_id: str | None = None
    """The action it concerns, where it concerns one."""


CHECKS: dict[str, str] = {
    "unrated": "a statement has no rating",
    "evidence-missing": "a rating in the green or amber band has no evidence",
    "action-missing": "a rating has no action",
    "reason-missing": "a statement is not applicable without a reason",
    "action-owner": "an action has no owner",
    "action-agency": "an action has no lead agency",
    "action-due": "an action has no due date",
    "action-closing": "an action is complete or embedded without a date and who closed it",
    "action-impact": "an action is embedded without evidence of impact",
    "action-outcome": "an action does not say how anyone will know that it worked",
    "respondent-missing": "the respondent's organisation is not given",
    "text-too-long": "a text is longer than a spreadsheet cell holds",
    "identifier": "a text seems to identify a person",
}
"""Every check by its id, with what it finds."""


def check(assessment: Assessment) -> list[Finding]:
    """Everything the checks find, in the framework's order; what concerns the whole assessment comes first."""
    findings = [*_whole(assessment)]
    for statement, answer in assessment.in_order():
        findings += check_statement(assessment, statement, answer)
    return findings


def check_statement(assessment: Assessment, statement: Statement, answer: Answer) -> list[Finding]:
    """What the checks find about one statement's answer, with what stops submission first."""
    level = assessment.framework.scale.by_key.get(answer.rating or "")
    findings = [
        *_rating(statement, answer, level),
        *(finding for action in answer.actions for finding in _action(statement, action)),
        *_texts(statement, answer),
    ]
    return sorted(findings, key=lambda finding: finding.severity is not Severity.STOP)


def stops(findings: list[Finding]) -> list[Finding]:
    """The findings that stop submission."""
    return [finding for finding in findings if finding.severity is Severity.STOP]


def _whole(assessment: Assessment) -> Iterator[Finding]:
    if is_blank(assessment.respondent.organisation):
        yield Finding("respondent-missing", Severity.WARNING, "The respondent's organisation is not given.")


def _rating(statement: Statement, answer: Answer, level: Level | None) -> Iterator[Finding]:
    if answer.rating is None:
        yield Finding("unrated", Severity.STOP, "Not rated yet.", statement.id)
    elif answer.not_applicable and is_blank(answer.reason):
        yield Finding("reason-missing", Severity.STOP, "Not applicable needs a reason.", statement.id)
    if level is None:
        return
    if level.band.needs_evidence and is_blank(answer.evidence):
        yield Finding("evidence-missing", Severity.STOP, f"{level.label} needs evidence.", statement.id)
    if not answer.actions:
        kind = "an action to sustain it" if level.band.value == "green" else "an action to improve it"
        yield Finding("action-missing", Severity.STOP, f"{level.label} needs {kind}.", statement.id)


def _action(statement: Statement, action: Action) -> Iterator[Finding]:
    def finding(check: str, message: str, severity: Severity = Severity.STOP) -> Finding:
        return Finding(check, severity, f"Action {action.id} {message}", statement.id, action.id)

    if is_blank(action.owner):
        yield finding("action-owner", "needs an owner.")
    if is_blank(action.agency):
        yield finding("action-agency", "needs a lead agency.")
    if action.due is None:
        yield finding("action-due", "needs a due date.")
    if action.status.closed and (is_blank(action.closed_by) or not action.closed_on):
        yield finding("action-closing", f"is {action.status.label.lower()}: say who closed it and when.")
    if action.status is ActionStatus.EMBEDDED and is_blank(action.impact):
        yield finding("action-impact", "is embedded: it needs evidence of impact.")
    if is_blank(action.outcome):
        yield finding("action-outcome", "does not say how anyone will know that it worked.", Severity.WARNING)


def _texts(statement: Statement, answer: Answer) -> Iterator[Finding]:
    for place, text, action_id in _written(answer):
        if utf16_length(text) > CELL_LIMIT:
            message = f"{place} is longer than a spreadsheet cell holds; the workbook carries it on a sheet of its own."
            yield Finding("text-too-long", Severity.WARNING, message, statement.id, action_id)
        for identifier in identifiers_in(text):
            message = f"{place} seems to hold {identifier}; nobody should be identifiable."
            yield Finding("identifier", Severity.WARNING, message, statement.id, action_id)


def _written(answer: Answer) -> Iterator[tuple[str, str, str | None]]:
    """Every text a person wrote in an answer: what it is called, the text, and the action it belongs to."""
    yield "The evidence", answer.evidence, None
    yield "The reason", answer.reason, None
    for source in answer.sources:
        yield f"Source {source.id}", f"{source.title}\n{source.location}", None
    for action in answer.actions:
        words = [action.agency, action.owner, action.closed_by, *(entry.text for entry in action.progress)]
        for text in (action.text, action.outcome, action.impact, action.decision, "\n".join(words)):
            yield f"Action {action.id}", text, action.id
