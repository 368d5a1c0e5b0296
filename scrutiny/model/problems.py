"""What is wrong with a value, in words for a person: the place and the problem, never the value itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import ValidationError, ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

Place = tuple[str | int, ...]
"""The way to a value: keys, and positions in lists counted from 0."""

MOST_PROBLEMS = 1000
"""The most problems of one file that are looked for: validation stops there, and no more are told."""

_PART = 100
"""How many entries of a list or table are validated before the problems are counted."""

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
    """Raise the given problems, each at its own place, counted from the model whose validator calls this.

    Without a problem, nothing is raised. Of more than `MOST_PROBLEMS`, only the first are.
    """
    details = [
        InitErrorDetails(
            type=PydanticCustomError("rule", "{message}", {"message": problem.message}), loc=problem.place, input=None
        )
        for problem in islice(problems, MOST_PROBLEMS)
    ]
    if details:
        raise ValidationError.from_exception_data("rules", details, hide_input=True)


@dataclass
class ProblemCount:
    """How many problems a validation has met. Given to pydantic as the context, it stops at `MOST_PROBLEMS`."""

    met: int = 0

    @property
    def stopped(self) -> bool:
        """Whether the rest of the lists and tables is left unread."""
        return self.met >= MOST_PROBLEMS

    def knows_all(self, problems: Iterable[Problem]) -> bool:
        """Whether the given problems, which this validation raised, are certainly all there are."""
        others = sum(problem.message != UNKNOWN_KEY for problem in problems)  # pydantic names all unknown keys
        return not self.stopped and others < MOST_PROBLEMS


def _in_parts(value: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo[Any]) -> Any:
    """Validate a long list or table part by part, and leave the rest of it once there are enough problems.

    Pydantic itself collects every error there is, which takes minutes and gigabytes where everything is wrong.
    """
    count: ProblemCount | None = info.context
    if count is None or not isinstance(value, list | dict):
        return validate(value)
    if count.stopped:
        return {} if isinstance(value, dict) else ()  # the problems that stopped it are raised already
    if len(value) <= _PART:
        return _counted(value, validate, count)
    entries: list[Any] = list(value.items()) if isinstance(value, dict) else value
    validated: list[Any] = []
    problems: list[Problem] = []
    for start in range(0, len(entries), _PART):
        part = entries[start : start + _PART]
        try:
            result = _counted(dict(part) if isinstance(value, dict) else part, validate, count)
        except ValidationError as error:
            problems += [_moved(problem, 0 if isinstance(value, dict) else start) for problem in problems_in(error)]
        else:
            validated += result.items() if isinstance(value, dict) else result
        if count.met >= MOST_PROBLEMS:
            break
    refuse(problems)
    return dict(validated) if isinstance(value, dict) else tuple(validated)


def _counted(value: Any, validate: ValidatorFunctionWrapHandler, count: ProblemCount) -> Any:
    before = count.met
    try:
        return validate(value)
    except ValidationError as error:
        count.met = before + error.error_count()  # those of lists within were counted there, and are among these
        raise


def _moved(problem: Problem, by: int) -> Problem:
    """A problem of an entry of a list, as one of an entry further down."""
    if not problem.place or not isinstance(problem.place[0], int):
        return problem
    return Problem((problem.place[0] + by, *problem.place[1:]), problem.message)


IN_PARTS = WrapValidator(_in_parts)
"""Marks a list or table that may be long, so that its validation can stop early."""


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
