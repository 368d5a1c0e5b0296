"""Values as people type them on a command line: dates, ratings, texts from standard input; and what time it is."""

import sys
from datetime import UTC, date, datetime
from enum import StrEnum

import click

from scrutiny.errors import ScrutinyError, UnknownName
from scrutiny.model.framework import NOT_APPLICABLE, Scale
from scrutiny.model.record import day_from

_NOT_APPLICABLE = {NOT_APPLICABLE, "not applicable", "na", "n/a"}
_UNRATED = "unrated"


def today() -> date:
    """The day by which actions are overdue."""
    return date.today()


def now() -> datetime:
    """The moment that an edit is stamped with, in UTC."""
    return datetime.now(UTC)


def day(text: str) -> date:
    """A date as people write it, as the type of an option: 2026-11-01, day first 1/11/2026, or 1 Nov 2026."""
    try:
        return day_from(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


def words(kind: type[StrEnum]) -> click.Choice[str]:
    """The type of an option that takes one word of a list, whatever its case."""
    return click.Choice([word.value for word in kind], case_sensitive=False)


def rating(scale: Scale, word: str) -> str | None:
    """The rating that a person means by a level's key, label or letter; None for "unrated", which takes it back.

    Raises:
        UnknownName: The scale has no such level.
    """
    wanted = " ".join(word.split()).casefold()
    for name in ("key", "label", "letter"):
        for level in scale.levels:
            if wanted == getattr(level, name).casefold():
                return level.key
    if wanted in _NOT_APPLICABLE:
        return NOT_APPLICABLE
    if wanted == _UNRATED:
        return None
    levels = ", ".join(f"{level.key} ({level.letter})" for level in scale.levels)
    raise UnknownName(
        f"There is no rating “{word}” on this framework's scale.", hint=f"{levels}, {NOT_APPLICABLE} or {_UNRATED}."
    )


def text_or_input(text: str) -> str:
    """The text itself, or for ``-`` what standard input holds, without the line end that closes it.

    Raises:
        ScrutinyError: Standard input cannot be read, or is not UTF-8 text.
    """
    if text != "-":
        return text
    if sys.stdin is None:
        return ""
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise ScrutinyError(
            "Standard input is not UTF-8 text.", hint="Save the text with the encoding UTF-8, then pipe it in again."
        ) from error
    except OSError as error:
        raise ScrutinyError("Standard input cannot be read.", hint="Pipe a text in, or give it in quotes.") from error
