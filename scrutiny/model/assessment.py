"""Assessment, respondent, answer and source: one respondent's filled framework."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from scrutiny.model.action import Action, Code
from scrutiny.model.framework import NOT_APPLICABLE, Framework, Identifier, Level, Statement
from scrutiny.model.problems import IN_PARTS, Place, Problem, refuse
from scrutiny.model.record import Day, Moment, Record
from scrutiny.model.text import FilledLine, FilledNote, Line, Note

_CYCLE = re.compile(r"([0-9]{4})(?:[-/]([0-9]{2}|[0-9]{4}))?")


def _cycle(value: str) -> str:
    found = _CYCLE.fullmatch(value)
    next_year = f"{int(found[1]) + 1:04}" if found else ""
    if not found or (found[2] and found[2] not in (next_year, next_year[-2:])):
        raise ValueError("must be a year such as 2026, or two that follow each other such as 2026-27")
    return f"{found[1]}-{found[2][-2:]}" if found[2] else found[1]


Cycle = Annotated[FilledLine, AfterValidator(_cycle)]
"""The year an assessment belongs to: "2026-27", or "2026"."""


class Perspective(StrEnum):
    """Whose view an assessment gives. Views stand side by side and never overwrite one another."""

    SELF_ASSESSMENT = "self-assessment"
    RELEVANT_AGENCY = "relevant-agency"
    INDEPENDENT_SCRUTINY = "independent-scrutiny"
    PEER_REVIEW = "peer-review"

    @property
    def label(self) -> str:
        """The words that people see."""
        return "Self-assessment" if self is Perspective.SELF_ASSESSMENT else self.value.replace("-", " ").capitalize()


class Scope(StrEnum):
    """Whom the assessed arrangements protect."""

    CHILDREN = "children"
    ADULTS = "adults"
    JOINT = "joint"

    @property
    def label(self) -> str:
        """The words that people see."""
        return "Children and adults" if self is Scope.JOINT else self.value.capitalize()


class Marking(StrEnum):
    """The protective marking (Government Security Classifications)."""

    OFFICIAL = "OFFICIAL"
    OFFICIAL_SENSITIVE = "OFFICIAL-SENSITIVE"

    @property
    def label(self) -> str:
        """The words that people see."""
        return self.value


class Status(StrEnum):
    """How far an assessment has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    FINAL = "final"

    @property
    def label(self) -> str:
        """The word that people see."""
        return self.value.capitalize()


class SourceKind(StrEnum):
    """What sort of evidence a source is."""

    DATA = "data"
    AUDIT = "audit"
    REVIEW = "review"
    VOICE = "voice"
    PRACTITIONER_FEEDBACK = "practitioner-feedback"
    DOCUMENT = "document"
    OBSERVATION = "observation"
    TRAINING_EVALUATION = "training-evaluation"

    @property
    def label(self) -> str:
        """The words that people see."""
        if self is SourceKind.VOICE:
            return "Voice of children or adults"
        return self.value.replace("-", " ").capitalize()


class Source(Record):
    """One piece of evidence. Files are cited, never embedded."""

    id: Code
    kind: SourceKind
    title: FilledLine
    date: Day | None = None
    location: Line = ""
    """Where it can be found: a place in words, never a link that is followed."""


class Answer(Record):
    """What a respondent says about one statement."""

    rating: FilledLine | None = None
    """A level's key, `NOT_APPLICABLE`, or None while unrated."""
    reason: Note = ""
    """Why the statement does not apply."""
    evidence: Note = ""
    sources: Annotated[tuple[Source, ...], IN_PARTS] = ()
    actions: Annotated[tuple[Action, ...], IN_PARTS] = ()

    @property
    def not_applicable(self) -> bool:
        """Whether the statement was said not to apply."""
        return self.rating == NOT_APPLICABLE

    @property
    def codes(self) -> list[tuple[Place, str]]:
        """Where the sources and actions stand in the answer, with their codes."""
        sources: list[tuple[Place, str]] = [(("sources", at), source.id) for at, source in enumerate(self.sources)]
        actions: list[tuple[Place, str]] = [(("actions", at), action.id) for at, action in enumerate(self.actions)]
        return [*sources, *actions]

    @property
    def blank(self) -> bool:
        """Whether nothing at all was said."""
        return self == BLANK


BLANK = Answer()
"""The answer to a statement that nobody has touched."""


class ArchivedAnswer(Record):
    """An answer whose statement has left the framework, with enough of the statement to read it by."""

    id: Identifier
    ref: Line = ""
    text: FilledNote
    rating_label: Line = ""
    """The word of the rating as it was, since the scale may have changed too."""
    answer: Answer


class Respondent(Record):
    """Who answers."""

    organisation: Line = ""
    role: Line = ""
    name: Line = ""


class Assessment(Record):
    """One respondent's filled framework."""

    id: UUID
    partnership: FilledLine
    area: FilledLine
    cycle: Cycle
    as_at: Day
    """The day whose position the ratings describe."""
    perspective: Perspective
    scope: Scope = Scope.JOINT
    marking: Marking = Marking.OFFICIAL
    status: Status = Status.DRAFT
    created: Moment
    modified: Moment
    respondent: Respondent = Respondent()
    answers: Annotated[dict[str, Answer], IN_PARTS] = Field(default_factory=dict)
    """Answers by statement id, without blank ones. Never changed in place: an edit makes a new dictionary."""
    archived: Annotated[tuple[ArchivedAnswer, ...], IN_PARTS] = ()
    framework: Framework

    @model_validator(mode="after")
    def _answers_fit(self) -> "Assessment":
        refuse(self._misfits())
        return self

    def _misfits(self) -> Iterator[Problem]:
        """What is wrong with the answers, given the framework and one another."""
        ratings = [*self.framework.scale.by_key, NOT_APPLICABLE]
        codes: set[str] = set()
        for statement_id, answer in self.answers.items():
            place = ("answers", statement_id)
            if statement_id not in self.framework.by_id:
                yield Problem(place, "belongs to no statement of the framework")
            elif answer.rating is not None and answer.rating not in ratings:
                yield Problem((*place, "rating"), f"must be one of: {', '.join(ratings)}")
            for where, code in answer.codes:
                if code in codes:
                    yield Problem((*place, *where, "id"), f"the code {code} is used more than once")
                codes.add(code)

    def answer(self, statement_id: str) -> Answer:
        """The answer to a statement; `BLANK` where there is none yet."""
        return self.answers.get(statement_id, BLANK)

    def level(self, statement_id: str) -> Level | None:
        """The level a statement is rated at; None while unrated or not applicable."""
        return self.framework.scale.by_key.get(self.answer(statement_id).rating or "")

    def in_order(self) -> list[tuple[Statement, Answer]]:
        """Every statement of the framework with its answer, in order."""
        return [(statement, self.answer(statement.id)) for statement in self.framework.statements]

    @property
    def codes(self) -> frozenset[str]:
        """Every action's and source's code in the assessment, archived ones included."""
        answers = [*self.answers.values(), *(archived.answer for archived in self.archived)]
        return frozenset(code for answer in answers for _, code in answer.codes)
