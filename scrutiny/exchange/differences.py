"""What two versions of an assessment say differently, in words."""

from datetime import date

from scrutiny.analysis.merge import Place
from scrutiny.exchange.tables import long_day
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
