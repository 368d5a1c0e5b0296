"""What two versions of an assessment say differently, in words."""

from datetime import date

from scrutiny.analysis.merge import Place
from scrutiny.exchange.tables import long_day, one_line
from scrutiny.model.assessment import Assessment
from scrutiny.model.framework import NOT_APPLICABLE


def place_words(assessment: Assessment, place: Place) -> str:
    """Where a conflict is, as people say it."""
    field = place.field.replace("_", " ")
    if place.statement_id is None:
        return f"The assessment: {field}"
    statement = assessment.framework.by_id[place.statement_id]
    item = f", {place.code}" if place.code else ""
    return f"{statement.ref} {statement.name}{item}: {field}"


def added_words(before: Assessment, after: Assessment) -> list[str]:
    """The sources and actions that one version has and an earlier one lacks, each in a line."""
    added = []
    for statement, answer in after.in_order():
        known = before.answer(statement.id)
        codes = {source.id for source in known.sources} | {action.id for action in known.actions}
        items = [("source", source.id, source.title) for source in answer.sources]
        items += [("action", action.id, one_line(action.text)) for action in answer.actions]
        place = f"{statement.ref} {statement.name}"
        added += [f"{place}, {kind} {code}: {words}" for kind, code, words in items if code not in codes]
    return added


def value_words(assessment: Assessment, value: object) -> str:
    """A version of a field, as people read it."""
    if value in (None, ""):
        return "nothing"
    if isinstance(value, date):
        return long_day(value)
    label = getattr(value, "label", None)
    if isinstance(label, str):
        return label
    if value == NOT_APPLICABLE:
        return "Not applicable"
    level = assessment.framework.scale.by_key.get(str(value))
    return level.label if level else str(value)
