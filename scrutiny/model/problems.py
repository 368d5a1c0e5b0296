"""What is wrong with a value, in words for a person: the place and the problem, never the value itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

Place = tuple[str | int, ...]
"""The way to a value: keys, and positions in lists counted from 0."""

_KEY_SHOWN = 60
"""The most characters of a key that are told: no key of ours is as long, and a sentence is to be read."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong."""

    place: Place
    message: str

    def __str__(self) -> str:
        where = spell(self.place)
        return f"{where}: {self.message}" if where else self.message


def spell(place: Place) -> str:
    """The place as a person reads it, lists counted from 1: ``sections[2].statements[1].text``."""
    words = ""
    for part in place:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{_short(part)}"
    return words.removeprefix(".")


def _short(key: str) -> str:
    return key if len(key) <= _KEY_SHOWN else key[: _KEY_SHOWN - 3] + "..."


def refuse(problems: Iterable[Problem]) -> None:
    """Raise every given problem at its own place, counted from the model whose validator calls this; none, no error."""
    details = [
        InitErrorDetails(
            type=PydanticCustomError("rule", "{message}", {"message": problem.message}), loc=problem.place, input=None
        )
        for problem in problems
    ]
    if details:
        raise ValidationError.from_exception_data("rules", details, hide_input=True)


def problems_in(error: ValidationError) -> list[Problem]:
    """Every problem that pydantic found, in our own words.

    A list with something wrong in one of its entries is not called too short on top of it, as pydantic does because it
    counts the good entries only.
    """
    found = error.errors(include_url=False, include_input=False)
    faulty = {details["loc"][:depth] for details in found for depth in range(len(details["loc"]))}
    return [
        Problem(_place(details), _message(details))
        for details in found
        if details["type"] != "too_short" or details["loc"] not in faulty
    ]


def _place(details: ErrorDetails) -> Place:
    place = details["loc"]
    return place[:-1] if place and place[-1] == "[key]" else place


UNKNOWN_KEY = "is not a key that this version of Scrutiny knows; look for a typing mistake"
"""What is said of a key that no model has: never dropped, since it may be a slip or a newer version's."""

_MESSAGES = {
    "missing": "is missing",
    "extra_forbidden": UNKNOWN_KEY,
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "uuid_parsing": "must be an identifier such as 0c1f6f0e-3b7a-4c58-9a43-0d8f5d1f2a77",
    "uuid_type": "must be an identifier such as 0c1f6f0e-3b7a-4c58-9a43-0d8f5d1f2a77",
}


def _message(details: ErrorDetails) -> str:
    kind = details["type"]
    context = details.get("ctx", {})
    if kind in _MESSAGES:
        return _MESSAGES[kind]
    if kind == "value_error":
        return str(context["error"])
    if kind == "rule":
        return str(context["message"])
    if kind == "enum":
        return f"must be one of: {str(context['expected']).replace(' or ', ', ').replace(chr(39), '')}"
    if kind == "too_short":
        least = context["min_length"]
        return "is empty" if least == 1 else f"has fewer than {least} entries"
    if kind == "too_long":
        return f"has more than {context['max_length']} entries"
    message: str = details["msg"]
    return message[:1].lower() + message[1:]
