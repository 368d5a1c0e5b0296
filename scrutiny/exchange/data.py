"""Assessments as plain data for other programs: what ``--json`` prints. Keys are added over time, never renamed.

Dates are ISO text, a rating is a level's key, ``not-applicable`` or null, and what nobody wrote is an empty text, an
empty list or null, never a missing key.
"""

from datetime import date, datetime
from typing import Any

from scrutiny.analysis.checks import Finding
from scrutiny.analysis.progress import Tally
from scrutiny.analysis.summary import Summary, summarise
from scrutiny.model.action import Action
from scrutiny.model.assessment import Answer, Assessment, Source
from scrutiny.model.framework import Framework, Statement

Data = dict[str, Any]
"""An object of JSON."""


def assessment_data(assessment: Assessment, today: date) -> Data:
    """A whole assessment: ``assessment`` (whose it is), ``figures``, ``statements`` in order, ``archived`` answers."""
    summary = summarise(assessment)
    return {
        "assessment": header(summary),
        "figures": figures(summary, today),
        "statements": [_statement(assessment, statement, answer, today) for statement, answer in assessment.in_order()],
        "archived": [
            {
                "id": archived.id,
                "ref": archived.ref,
                "text": archived.text,
                "rating_label": archived.rating_label,
                **_answer(archived.ref, archived.answer, today),
            }
            for archived in assessment.archived
        ],
    }


def header(summary: Summary) -> Data:
    """Whose assessment it is and what it describes."""
    framework = summary.framework
    return {
        "id": str(summary.id),
        "partnership": summary.partnership,
        "area": summary.area,
        "cycle": summary.cycle,
        "as_at": summary.as_at.isoformat(),
        "perspective": summary.perspective.value,
        "scope": summary.scope.value,
        "marking": summary.marking.value,
        "status": summary.status.value,
        "created": _moment(summary.created),
        "modified": _moment(summary.modified),
        "respondent": dict(summary.respondent),
        "framework": {"id": framework.id, "version": framework.version, "title": framework.title},
    }


def figures(summary: Summary, today: date) -> Data:
    """Every figure, with the actions as they stand on a day."""
    actions = summary.action_tally(today)
    return {
        **_tally(summary.tally),
        "sections": [
            {"id": section.id, "ref": section.ref, "title": section.title, **_tally(tally)}
            for section, tally in summary.section_tallies
        ],
        "actions": {
            "total": actions.total,
            "open": actions.open,
            "overdue": actions.overdue,
            "slipped": actions.slipped,
            "without_owner": actions.without_owner,
            "statuses": {status.value: count for status, count in actions.statuses.items()},
        },
    }


def finding_data(assessment: Assessment, finding: Finding) -> Data:
    """What a check found: the check's ``id``, and the ids of the statement and the action it is about, or null."""
    statement = assessment.framework.by_id.get(finding.statement_id or "")
    return {
        "id": finding.check,
        "severity": finding.severity.value,
        "statement": finding.statement_id,
        "ref": statement.ref if statement else None,
        "action": finding.action_id,
        "message": finding.message,
    }


def framework_data(framework: Framework) -> Data:
    """A whole framework."""
    data: Data = framework.model_dump(mode="json")
    return data


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _tally(found: Tally) -> Data:
    return {
        "total": found.total,
        "rated": found.rated,
        "unrated": found.unrated,
        "not_applicable": found.not_applicable,
        "levels": dict(found.levels),
        "bands": {band.value: count for band, count in found.bands.items()},
        "percent_confirmed": found.percent_confirmed,
    }


def _statement(assessment: Assessment, statement: Statement, answer: Answer, today: date) -> Data:
    section = assessment.framework.section_of[statement.id]
    level = assessment.level(statement.id)
    return {
        "id": statement.id,
        "ref": statement.ref,
        "section": section.id,
        "section_ref": section.ref,
        "section_title": section.title,
        "title": statement.title,
        "text": statement.text,
        "band": level.band.value if level else None,
        **_answer(statement.ref, answer, today),
    }


def _answer(ref: str, answer: Answer, today: date) -> Data:
    return {
        "rating": answer.rating,
        "reason": answer.reason,
        "evidence": answer.evidence,
        "sources": [_source(source) for source in answer.sources],
        "actions": [_action(ref, action, today) for action in answer.actions],
    }


def _source(source: Source) -> Data:
    return source.model_dump(mode="json")


def _action(ref: str, action: Action, today: date) -> Data:
    return {
        **action.model_dump(mode="json"),
        "ref": f"{ref}-{action.id}",
        "overdue": action.overdue(today),
        "slipped": action.slipped,
    }
