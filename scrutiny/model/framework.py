"""Framework, section, statement, scale and level: what is asked, and how it may be answered."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from scrutiny.model.problems import IN_PARTS, Place, Problem, refuse
from scrutiny.model.record import Record
from scrutiny.model.text import FilledLine, FilledNote, Line, Note

NOT_APPLICABLE = "not-applicable"
"""What an answer's rating says when the statement does not apply; no level may use it as its key."""

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_REFERENCE = re.compile(r"[A-Za-z0-9]+([.\-/][A-Za-z0-9]+)*")
_SHORTCUT = re.compile(r"[a-z0-9]")


def _identifier(value: str) -> str:
    if len(value) > 60 or not _IDENTIFIER.fullmatch(value):
        raise ValueError(
            "must be lower-case words joined by hyphens, such as strategic-plan, beginning with a letter "
            "and no longer than 60 characters"
        )
    return value


def _reference(value: str) -> str:
    if len(value) > 12 or not _REFERENCE.fullmatch(value):
        raise ValueError("must be letters and digits joined by dots, such as 1.2b, no longer than 12 characters")
    return value


def _shortcut(value: str) -> str:
    if not _SHORTCUT.fullmatch(value):
        raise ValueError("must be one lower-case letter or digit: the key that gives this rating")
    return value


def _level_key(value: str) -> str:
    if value == NOT_APPLICABLE:
        raise ValueError(f"cannot be {NOT_APPLICABLE}, which every scale has already")
    return value


def _value(item: object, key: str) -> object:
    return item.get(key) if isinstance(item, dict) else getattr(item, key, None)


def _placed(values: object, place: Place = ()) -> list[tuple[Place, object]]:
    """The entries of a list with their places; none where it is no list."""
    return [((*place, at), value) for at, value in enumerate(values)] if isinstance(values, list | tuple) else []


def _repeats(items: Iterable[tuple[Place, object]], **names: str) -> Iterator[Problem]:
    """A problem for every text that stood under the same key of an item before, whatever its case.

    Args:
        items: Models or plain tables, with their places.
        names: What the text is called, by the key it stands under.
    """
    seen: set[tuple[str, str]] = set()
    for place, item in items:
        for key, name in names.items():
            value = _value(item, key)
            if not isinstance(value, str):
                continue
            if (key, value.casefold()) in seen:
                yield Problem((*place, key), f"the {name} “{value}” is used more than once")
            seen.add((key, value.casefold()))


def _repeated_levels(levels: object, place: Place = ()) -> Iterator[Problem]:
    return _repeats(_placed(levels, place), key="level key", shortcut="shortcut", label="level label")


def repeated_names(framework: object) -> Iterator[Problem]:
    """Every name used more than once, in a framework or in a table that would become one but for other faults."""
    sections = _placed(_value(framework, "sections"), ("sections",))
    statements = [
        placed
        for place, section in sections
        for placed in _placed(_value(section, "statements"), (*place, "statements"))
    ]
    yield from _repeated_levels(_value(_value(framework, "scale"), "levels"), ("scale", "levels"))
    yield from _repeats(sections, id="section id", ref="section ref")
    yield from _repeats(statements, id="statement id", ref="statement ref")


Identifier = Annotated[FilledLine, AfterValidator(_identifier)]
"""A permanent name in the file, never shown as a number and never reused."""

Reference = Annotated[FilledLine, AfterValidator(_reference)]
"""What people call a section or statement: "1" or "1.2b"."""


class Band(StrEnum):
    """The three bands that make different scales comparable."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def letter(self) -> str:
        """The band's letter, for where levels of different scales are counted together."""
        return self.value[0].upper()

    @property
    def label(self) -> str:
        """The band's word."""
        return self.value.capitalize()

    @property
    def needs_evidence(self) -> bool:
        """Whether a rating in this band has to be evidenced (MASA 2023-2026, appendix 3: green and amber)."""
        return self is not Band.RED


class Level(Record):
    """One rating of a scale."""

    key: Annotated[Identifier, AfterValidator(_level_key)]
    label: FilledLine
    shortcut: Annotated[FilledLine, AfterValidator(_shortcut)]
    """The keyboard key that gives this rating; its capital is the letter on the chip."""
    band: Band
    meaning: FilledNote

    @property
    def letter(self) -> str:
        """The letter that stands for the level wherever colour alone would not do."""
        return self.shortcut.upper()


class Scale(Record):
    """The ratings of a framework, best first."""

    levels: Annotated[tuple[Level, ...], IN_PARTS] = Field(min_length=2, max_length=9)

    @field_validator("levels")
    @classmethod
    def _levels_differ(cls, levels: tuple[Level, ...]) -> tuple[Level, ...]:
        refuse(_repeated_levels(levels))
        return levels

    @cached_property
    def by_key(self) -> dict[str, Level]:
        """The levels by their keys, in the scale's order."""
        return {level.key: level for level in self.levels}


DEFAULT_SCALE = Scale(
    levels=(
        Level(
            key="green",
            label="Green",
            shortcut="g",
            band=Band.GREEN,
            meaning="The whole statement can be confirmed, and there is evidence to show it.",
        ),
        Level(
            key="amber",
            label="Amber",
            shortcut="a",
            band=Band.AMBER,
            meaning="Parts of the statement can be confirmed, with evidence; work remains before all of it can.",
        ),
        Level(
            key="red",
            label="Red",
            shortcut="r",
            band=Band.RED,
            meaning="No part of the statement can be confirmed at present.",
        ),
    )
)
"""The scale of a framework that does not bring its own (MASA 2023-2026, appendix 3, in our words)."""


class Statement(Record):
    """One thing that can be confirmed or not."""

    id: Identifier
    ref: Reference
    title: Line = ""
    """A few words for lists; without it, lists show the beginning of the text."""
    text: FilledNote
    look_for: Annotated[tuple[FilledNote, ...], IN_PARTS] = ()
    descriptors: Annotated[dict[str, FilledNote], IN_PARTS] = Field(default_factory=dict)
    """What a rating means for this statement alone, by level key."""
    source: Line = ""
    note: Note = ""

    @property
    def name(self) -> str:
        """The title, or the text in one line where there is no title."""
        return self.title or " ".join(self.text.split())


class Section(Record):
    """An ordered group of statements."""

    id: Identifier
    ref: Reference
    title: FilledLine
    introduction: Note = ""
    statements: Annotated[tuple[Statement, ...], IN_PARTS] = Field(min_length=1)


class Framework(Record):
    """Ordered sections of statements, with a scale."""

    id: Identifier
    version: int = Field(ge=1, le=1_000_000)
    title: FilledLine
    description: Note = ""
    source: Line = ""
    scale: Scale = DEFAULT_SCALE
    sections: Annotated[tuple[Section, ...], IN_PARTS] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> "Framework":
        unknown_levels = (
            Problem(("sections", at, "statements", number, "descriptors", key), f"the scale has no level “{key}”")
            for at, section in enumerate(self.sections)
            for number, statement in enumerate(section.statements)
            for key in statement.descriptors
            if key not in self.scale.by_key
        )
        refuse(chain(repeated_names(self), unknown_levels))
        return self

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement of every section, in order."""
        return tuple(statement for section in self.sections for statement in section.statements)

    @cached_property
    def by_id(self) -> dict[str, Statement]:
        """The statements by their permanent ids, in order."""
        return {statement.id: statement for statement in self.statements}

    @cached_property
    def section_of(self) -> dict[str, Section]:
        """The section of each statement, by the statement's id."""
        return {statement.id: section for section in self.sections for statement in section.statements}

    def find(self, name: str) -> Statement | None:
        """The statement that a person means by its id or its ref, whatever the case; None where there is none."""
        wanted = name.strip().casefold()
        exact = self.by_id.get(wanted)
        return exact or next((found for found in self.statements if found.ref.casefold() == wanted), None)
