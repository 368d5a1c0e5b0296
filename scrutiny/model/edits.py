"""Every edit that a person can make, each a function from an assessment to the next one.

Ratings, evidence and sources belong to the position that was submitted, so they are closed once an assessment has left
draft. Actions live on through the year and stay open whatever the status.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import uuid4

from pydantic import ValidationError

from scrutiny.errors import NotAllowed, ScrutinyError, UnknownName
from scrutiny.model.action import Action, ActionKind, kind_for, new_code
from scrutiny.model.assessment import (
    Answer,
    Assessment,
    Perspective,
    Respondent,
    Source,
    SourceKind,
    Status,
)
from scrutiny.model.framework import NOT_APPLICABLE, Framework, Statement
from scrutiny.model.problems import problems_in, spell

Item = TypeVar("Item", bound=Source | Action)

DETAILS = ("partnership", "area", "cycle", "as_at", "perspective", "scope", "marking", "respondent")
"""The fields that say whose assessment it is and what it describes."""


def create(
    framework: Framework,
    *,
    partnership: str,
    area: str,
    cycle: str,
    as_at: date,
    perspective: Perspective,
    now: datetime,
    respondent: Respondent | None = None,
    **details: Any,
) -> Assessment:
    """A new assessment without answers.

    Args:
        now: The moment of creation, with a time zone.
        details: Scope and marking, where they differ from the usual.

    Raises:
        ScrutinyError: A field is empty or badly formed; the hint names it.
    """
    with _plainly("This assessment cannot be begun yet"):
        return Assessment(
            id=uuid4(),
            partnership=partnership,
            area=area,
            cycle=cycle,
            as_at=as_at,
            perspective=perspective,
            created=now,
            modified=now,
            respondent=respondent or Respondent(),
            framework=framework,
            **details,
        )


def new_respondent(organisation: str = "", role: str = "", name: str = "") -> Respondent:
    """Who answers, not yet part of any assessment."""
    with _plainly("This respondent cannot be kept yet"):
        return Respondent(organisation=organisation, role=role, name=name)


def statement_named(framework: Framework, name: str) -> Statement:
    """The statement a person means by an id or a ref.

    Raises:
        UnknownName: The framework has no such statement.
    """
    statement = framework.find(name)
    if statement is None:
        refs = ", ".join(statement.ref for statement in framework.statements[:40])
        raise UnknownName(
            f"There is no statement “{name}” in this framework.", hint=f"Name one by its id or its ref: {refs}."
        )
    return statement


def require_draft(assessment: Assessment) -> None:
    """Make sure that ratings and evidence may be changed.

    Raises:
        NotAllowed: The assessment has left draft.
    """
    if assessment.status is not Status.DRAFT:
        raise NotAllowed(
            f"This assessment is {assessment.status.label.lower()}, so its ratings and evidence are closed.",
            hint="Reopen it as a draft to change them; its actions can be changed as they are.",
        )


def rate(assessment: Assessment, statement_id: str, rating: str | None) -> Assessment:
    """Give a statement a level's key, `NOT_APPLICABLE`, or None to take its rating back. Nothing else changes."""
    require_draft(assessment)
    levels = assessment.framework.scale.by_key
    if rating not in (None, NOT_APPLICABLE) and rating not in levels:
        raise UnknownName(
            f"There is no rating “{rating}” on this framework's scale.",
            hint=f"Use one of: {', '.join([*levels, NOT_APPLICABLE])}.",
        )
    return _answer(assessment, statement_id, rating=rating)


def give_reason(assessment: Assessment, statement_id: str, reason: str) -> Assessment:
    """Say why a statement does not apply."""
    require_draft(assessment)
    return _answer(assessment, statement_id, reason=reason)


def write_evidence(assessment: Assessment, statement_id: str, evidence: str) -> Assessment:
    """Replace a statement's evidence note."""
    require_draft(assessment)
    return _answer(assessment, statement_id, evidence=evidence)


def new_source(assessment: Assessment, kind: SourceKind, title: str, **details: Any) -> Source:
    """A source with a code of its own, not yet part of any answer."""
    with _plainly("This source is not complete yet"):
        return Source(id=new_code(assessment.codes), kind=kind, title=title, **details)


def revise_source(source: Source, **changes: Any) -> Source:
    """The source with some fields changed."""
    with _plainly("This source is not complete yet"):
        return Source(**{**_fields(source), **changes})


def put_source(assessment: Assessment, statement_id: str, source: Source) -> Assessment:
    """Add a source to a statement, or replace the one with the same code."""
    require_draft(assessment)
    sources = _with(assessment, assessment.answer(statement_id).sources, source)
    return _answer(assessment, statement_id, sources=sources)


def remove_source(assessment: Assessment, statement_id: str, code: str) -> Assessment:
    """Take a source away from a statement."""
    require_draft(assessment)
    sources = tuple(source for source in assessment.answer(statement_id).sources if source.id != code)
    return _answer(assessment, statement_id, sources=sources)


def new_action(
    assessment: Assessment, statement_id: str, text: str, *, kind: ActionKind | None = None, **details: Any
) -> Action:
    """An action with a code of its own, not yet part of any answer; its kind follows the rating unless given."""
    level = assessment.level(statement_id)
    with _plainly("This action is not complete yet"):
        return Action(
            id=new_code(assessment.codes), kind=kind or kind_for(level.band if level else None), text=text, **details
        )


def revise_action(action: Action, **changes: Any) -> Action:
    """The action with some fields changed. A due date that is moved or taken away stays on as the original one."""
    due = changes.get("due", action.due)
    if action.due is not None and due != action.due and action.original_due is None:
        changes["original_due"] = action.due
    with _plainly("This action is not complete yet"):
        return Action(**{**_fields(action), **changes})


def put_action(assessment: Assessment, statement_id: str, action: Action) -> Assessment:
    """Add an action to a statement, or replace the one with the same code."""
    actions = _with(assessment, assessment.answer(statement_id).actions, action)
    return _answer(assessment, statement_id, actions=actions)


def remove_action(assessment: Assessment, statement_id: str, code: str) -> Assessment:
    """Take an action away from a statement."""
    actions = tuple(action for action in assessment.answer(statement_id).actions if action.id != code)
    return _answer(assessment, statement_id, actions=actions)


def describe(assessment: Assessment, **details: Any) -> Assessment:
    """Change whose assessment it is and what it describes: any field but the answers and the framework."""
    if set(details) - {"status"}:
        require_draft(assessment)
    with _plainly("These details cannot be kept yet"):
        return Assessment(**{**_fields(assessment), **details})


def set_status(assessment: Assessment, status: Status) -> Assessment:
    """Submit an assessment, make it final, or reopen it as a draft."""
    return describe(assessment, status=status)


def _answer(assessment: Assessment, statement_id: str, **changes: Any) -> Assessment:
    statement = assessment.framework.by_id.get(statement_id)
    if statement is None:
        raise UnknownName(f"There is no statement with the id “{statement_id}” in this framework.")
    with _plainly(f"Statement {statement.ref} cannot be kept like this"):
        answer = Answer(**{**_fields(assessment.answer(statement_id)), **changes})
    answers = {**assessment.answers, statement_id: answer}
    if answer.blank:
        del answers[statement_id]
    return assessment.model_copy(update={"answers": answers})


def _with(assessment: Assessment, items: tuple[Item, ...], item: Item) -> tuple[Item, ...]:
    if any(present.id == item.id for present in items):
        return tuple(item if present.id == item.id else present for present in items)
    if item.id in assessment.codes:  # a file in which a code stands twice could not be opened again
        raise ScrutinyError(f"The code {item.id} belongs to something else in this assessment.")
    return (*items, item)


def _fields(record: Action | Answer | Assessment | Source) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields}


@contextmanager
def _plainly(title: str) -> Iterator[None]:
    """Turn what pydantic refuses into one sentence with the places to mend."""
    try:
        yield
    except ValidationError as error:
        reasons = "; ".join(
            f"{spell(problem.place).replace('_', ' ')} {problem.message}".strip() for problem in problems_in(error)
        )
        raise ScrutinyError(f"{title}: {reasons}.") from error
