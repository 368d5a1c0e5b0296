"""Summaries as text and as plain data, in the form in which whole assessments are given out."""

from datetime import date

from scrutiny.analysis.progress import Tally
from scrutiny.analysis.summary import Summary
from scrutiny.exchange.data import Data
from scrutiny.exchange.text import tally_line


def header(summary: Summary) -> Data:
    """Whose assessment it is and what it describes, as `data.header` says it of the whole assessment."""
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
        "created": summary.created.isoformat().replace("+00:00", "Z"),
        "modified": summary.modified.isoformat().replace("+00:00", "Z"),
        "respondent": dict(summary.respondent),
        "framework": {"id": framework.id, "version": framework.version, "title": framework.title},
    }


def figures(summary: Summary, today: date) -> Data:
    """Every figure, with the actions as they stand on a day, as `data.figures` says it of the whole assessment."""
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


def rated_line(summary: Summary) -> str:
    """How an assessment is rated, as one sentence: "12 of 19 statements rated: G Green 6, ..."."""
    found = summary.tally
    confirmed = f"; {found.percent_confirmed}% of the rated are green" if found.percent_confirmed is not None else ""
    line = tally_line(summary.framework.scale, found)
    return f"{found.rated} of {found.total} statements rated: {line}{confirmed}."


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
