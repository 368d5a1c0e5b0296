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


def differing_words(present: Assessment, other: Assessment) -> str:
    """How another version differs from the present one, as a short sentence; empty where it says the same."""
    if other.id != present.id:
        return "It is another assessment."
    if other.framework != present.framework:
        return "It rests on another version of the framework."
    statements = sum(present.answer(one.id) != other.answer(one.id) for one in present.framework.statements)
    details = set(Assessment.model_fields) - {"modified", "answers", "archived"}
    parts = [f"{statements} statement{'' if statements == 1 else 's'}"] if statements else []
    parts += ["the details"] if any(getattr(present, name) != getattr(other, name) for name in details) else []
    parts += ["the archived answers"] if present.archived != other.archived else []
    if not parts:
        return ""
    words = " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
    return f"{words[0].upper()}{words[1:]} {'differs' if words == '1 statement' else 'differ'}."


def added_words(before: Assessment, after: Assessment) -> list[str]:
    """What one version has and an earlier one lacks, each in a line: sources, actions, progress, archived answers."""
    added = []
    for statement, answer in after.in_order():
        known = before.answer(statement.id)
        codes = {source.id for source in known.sources} | {action.id for action in known.actions}
        items = [("source", source.id, source.title) for source in answer.sources]
        items += [("action", action.id, one_line(action.text)) for action in answer.actions]
        place = f"{statement.ref} {statement.name}"
        added += [f"{place}, {kind} {code}: {words}" for kind, code, words in items if code not in codes]
        progress = {action.id: action.progress for action in known.actions}
        added += [
            f"{place}, {action.id}, progress of {long_day(entry.date)}: {one_line(entry.text)}"
            for action in answer.actions
            for entry in action.progress
            if action.id in progress and entry not in progress[action.id]
        ]
    added += [
        f"Archived answer {archived.ref}: {one_line(archived.text)}"
        for archived in after.archived
        if archived not in before.archived
    ]
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
