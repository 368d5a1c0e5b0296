"""The most that a file may hold, counted on its parsed tables before anything else looks at them.

Every limit is far above real use. They exist so that no file, whatever it holds, takes more than a moment to refuse.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrutiny.errors import FileProblem
from scrutiny.model.action import Action, Progress
from scrutiny.model.assessment import Answer, ArchivedAnswer, Assessment, Respondent, Source
from scrutiny.model.framework import Framework, Level, Scale, Section, Statement


@dataclass(frozen=True)
class Limit:
    """The most of one thing that a file may hold."""

    what: str
    """What is counted, in the plural."""
    most: int


LIMITS = {
    "levels": Limit("levels", 1_000),  # a scale of more than nine is refused later, with its line
    "sections": Limit("sections", 10_000),
    "statements": Limit("statements", 10_000),
    "look_for": Limit("things to look for", 100_000),
    "descriptors": Limit("descriptors", 100_000),
    "answers": Limit("answers", 10_000),
    "archived": Limit("archived answers", 10_000),
    "sources": Limit("sources", 50_000),
    "actions": Limit("actions", 50_000),
    "progress": Limit("progress entries", 100_000),
    "keys": Limit("keys for actions", 1_000),
    "places": Limit("remembered places", 10_000),
    "fields": Limit("fields of a form", 1_000),
    "first": Limit("first values of a form", 1_000),
}
"""What is counted over the whole file, by the key of the lists or tables that hold it."""

UNKNOWN_KEYS = Limit("keys that this version of Scrutiny does not know", 10_000)
VALUES = Limit("values", 500_000)

_NAMED_FREELY = {"answers", "descriptors", "keys", "places", "fields", "first"}
"""The tables whose keys are names that people or files give."""

_RECORDS = (
    Action,
    Answer,
    ArchivedAnswer,
    Assessment,
    Framework,
    Level,
    Progress,
    Respondent,
    Scale,
    Section,
    Source,
    Statement,
)
_KNOWN_KEYS = frozenset(
    {"format", "assessment", "end", "digest", "follows"}.union(*(record.model_fields for record in _RECORDS))
)


def check(data: dict[str, Any], path: Path) -> None:
    """Count what a parsed file holds.

    Raises:
        FileProblem: It holds more of something than its limit; names the first limit that was passed.
    """
    counts = dict.fromkeys(LIMITS, 0)
    values = unknown = 0
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        key, value = waiting.pop()
        if key in counts:
            counts[key] += len(value)
            if counts[key] > LIMITS[key].most:
                raise too_many(path, LIMITS[key])
        values += len(value)
        if values > VALUES.most:
            raise too_many(path, VALUES)
        if isinstance(value, dict):
            named_freely = key in _NAMED_FREELY
            if not named_freely and not value.keys() <= _KNOWN_KEYS:
                unknown += sum(name not in _KNOWN_KEYS for name in value)
                if unknown > UNKNOWN_KEYS.most:
                    raise too_many(path, UNKNOWN_KEYS)
            waiting += [
                ("" if named_freely else name, inner)
                for name, inner in value.items()
                if inner and isinstance(inner, dict | list)
            ]
        else:
            waiting += [("", inner) for inner in value if inner and isinstance(inner, dict | list)]


def too_many(path: Path, limit: Limit) -> FileProblem:
    """What is said of a file that holds more of something than its limit."""
    return FileProblem(
        f"{path} holds more than {limit.most:,} {limit.what}, which is more than Scrutiny reads.",
        hint="Restore an earlier copy, or check that it is the file you meant.",
    )
