"""Hostile texts, and files in which they stand as a sender's own program may have put them there."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError

from scrutiny.model.action import Progress
from scrutiny.model.assessment import Answer, ArchivedAnswer, Assessment, Respondent
from scrutiny.model.text import LINE_LIMIT
from scrutiny.store import codec
from tests import building

Place = tuple[str | int, ...]

MARK, MARK_NOTE = "PLANTED", "SETDOWN"

MARKUP = "[/b] [@click=app.quit]x[/] [red on $nothing [/] ]] [[ \\[ [=] [link=file:///]y[/link] {0} %s $v"
TERMINAL = "\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b[2J\x1b[31m\x9b31m\x90q\x9c\x9d0;c1\x07\x00\x08\x7f\x1bcz"
WRITING = "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 שָׁלוֹם العربية \u202eoverride\u202c \u2066isolate\u2069 漢字かな ﷽ 𝒳\ufdd0\u200b\ufeff"
SPACE = "a\r\nb\rc\u2028d\u0085e\x0bf\tg\t\th  i"


def paths(value: object, place: Place = ()) -> Iterator[Place]:
    """The places of all texts in plain data."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, inner in items:
        if isinstance(inner, str):
            yield (*place, key)
        else:
            yield from paths(inner, (*place, key))


def planted(value: Any, place: Place, text: str) -> Any:
    """Plain data with another text at a place."""
    if not place:
        return text
    key, *rest = place
    if isinstance(value, dict):
        return {**value, key: planted(value[key], tuple(rest), text)}
    assert isinstance(key, int)
    return [*value[:key], planted(value[key], tuple(rest), text), *value[key + 1 :]]


@cache
def takes(place: Place, text: str = "Any text, at all") -> bool:
    """Whether a text may stand at a place of the filled assessment."""
    try:
        Assessment.model_validate(planted(building.filled().model_dump(), place, text))
    except ValidationError:
        return False
    return True


@cache
def every_place() -> list[Place]:
    """Every place of framework and assessment that takes any text, answers that were archived included."""
    return [place for place in paths(building.filled().model_dump()) if takes(place)]


def fields() -> dict[str, Place]:
    """Every field of framework and assessment that takes any text, by what it is called, with one place of it each."""
    found: dict[str, Place] = {}
    for place in every_place():
        named = (part for at, part in enumerate(place) if not isinstance(part, int) and place[at - 1] != "answers")
        found.setdefault(".".join(str(part) for part in named), place)
    return found


def escaped(text: str) -> str:
    """A text inside the quotation marks of a TOML string, with escapes for whatever a person could not type there."""
    plain = {'"': '\\"', "\\": "\\\\"}
    return "".join(
        plain.get(character, character)
        if character.isprintable() and character < "\x7f"
        else f"\\U{ord(character):08X}"
        for character in text
    )


def short(text: str) -> str:
    """As much of a text as fits on a line, with room for what else stands there."""
    return text[: LINE_LIMIT - 50]


def written(path: Path, places: list[Place], text: str) -> Path:
    """A file in which a text stands at some places as somebody's own program may have put it there."""
    data: Any = building.filled().model_copy(update={"id": uuid4()}).model_dump()
    for place in places:
        data = planted(data, place, f"{MARK} {place[-1]}")
    content = codec.encode(Assessment.model_validate(data))
    path.write_text(content.replace(MARK, escaped(text)), encoding="utf-8")
    return path


OWN: set[Place] = {("area",), ("respondent", "name"), ("answers", "plan")}
"""Where versions of one assessment say different things."""


def full_of(text: str, own: UUID | None = None, version: str = "") -> str:
    """A whole file in which a text stands in every field, as far as the field holds it.

    Args:
        own: The assessment's id; without it, a new one.
        version: What tells this version of an assessment from another one on the same framework.
    """
    data: Any = building.filled().model_copy(update={"id": own or uuid4()}).model_dump()
    for number, place in enumerate(every_place()):
        mark = MARK_NOTE if takes(place, "x" * (LINE_LIMIT + 1)) else MARK
        data = planted(data, place, f"{version if place[:2] in OWN else ''}{mark} {number}")
    content = codec.encode(Assessment.model_validate(data))
    return content.replace(MARK_NOTE, escaped(text)).replace(MARK, escaped(short(text)))


def framework_in(content: str) -> str:
    """The framework of a whole file as a file of its own, hostile texts and all."""
    tables = content[content.index("\n[framework]\n") : content.rindex("\n[end]\n")]
    return re.sub(r"(?m)^(\[\[?)framework\.", r"\1", tables.replace("\n[framework]\n", "", 1))


CANARY = "Kanarie4711"
"""A word that nobody else writes: wherever it turns up, a person's text got there."""


def canaries() -> Assessment:
    """An assessment with a canary in every field that a person fills in."""
    action = building.action(
        text=CANARY,
        agency=CANARY,
        owner=CANARY,
        outcome=CANARY,
        impact=CANARY,
        decision=CANARY,
        closed_by=CANARY,
        progress=(Progress(date=date(2026, 5, 1), text=CANARY),),
    )
    answer = Answer(
        rating="amber",
        evidence=CANARY,
        reason=CANARY,
        sources=(building.source(title=CANARY, location=CANARY),),
        actions=(action,),
    )
    old = Answer(rating="amber", evidence=CANARY, actions=(building.action("FFFF7", text=CANARY),))
    return building.draft(
        partnership=CANARY,
        area=CANARY,
        respondent=Respondent(organisation=CANARY, role=CANARY, name=CANARY),
        answers={"plan": answer},
        archived=(ArchivedAnswer(id="gone", ref="9.9", text=CANARY, rating_label=CANARY, answer=old),),
    )
