"""Assessment to TOML text and back: file format 1.

Keys stand in a fixed order, so that a change to one answer is a change to one place. The last table, ``[end]``, says
how many answers there are and seals what stands above it: a file without it was cut short, and a file whose seal does
not fit was edited by hand, which is allowed and said aloud.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scrutiny.errors import FileProblem
from scrutiny.model.action import Action
from scrutiny.model.assessment import Answer, Assessment
from scrutiny.model.framework import Framework
from scrutiny.model.problems import UNKNOWN_KEY, Place, Problem, problems_in
from scrutiny.store import toml

FORMAT = 1
"""The file format that this version writes."""

_TABLES = ("respondent", "answers", "archived", "framework")
"""The tables of a file that are fields of the assessment, beside its own table."""

_BEGINNING = "format = "
_FORMAT = re.compile(r"(?:[ \t]*(?:#.*)?\n)*[ \t]*format[ \t]*=[ \t]*([0-9]{1,9}\b)?")
"""How an assessment begins, below comments that somebody may have written above it."""

_END = "\n[end]\n"
_END_RECORD = re.compile(r'^\[end\]\n(?:.*\n)*?digest = "sha256:[0-9a-f]{64}"', re.MULTILINE)


@dataclass(frozen=True)
class Decoded:
    """An assessment as it was read."""

    assessment: Assessment
    edited_by_hand: bool
    """Whether something other than Scrutiny changed the file since it was last saved."""


def encode(assessment: Assessment) -> str:
    """The whole file of an assessment as text."""
    parts = [
        f"format = {FORMAT}\n",
        "[assessment]\n" + _header(assessment),
        "[respondent]\n" + toml.table(dict(assessment.respondent)),
    ]
    count = 0
    for statement in assessment.framework.statements:
        answer = assessment.answers.get(statement.id)
        if answer is not None:
            count += 1
            parts += _answer(f"answers.{statement.id}", answer)
    for archived in assessment.archived:
        parts.append(
            "[[archived]]\n"
            + toml.table({name: getattr(archived, name) for name in ("id", "ref", "text", "rating_label")})
        )
        parts += _answer("archived.answer", archived.answer)
    parts.append(_framework(assessment.framework))
    body = "\n".join(parts)
    return f'{body}{_END}answers = {count}\ndigest = "{_seal(body)}"\n'


def decode(text: str, path: Path) -> Decoded:
    """The assessment in a file's text.

    Raises:
        FileProblem: It is not an assessment, was cut short, is newer than this program, or holds something wrong; the
            detail lists every problem with its place.
    """
    written_as = _FORMAT.match(text)
    if written_as and written_as[1]:
        _check_format(int(written_as[1]), path)
    if _cut_short(text):
        raise _incomplete(path)
    data = toml.parse(text, path)
    _check_kind(data, path)
    end = data.pop("end", None)
    if not isinstance(end, dict) or "digest" not in end:
        raise _incomplete(path)
    unknown: list[Place] = [("end", key) for key in end if key not in ("answers", "digest")]
    unknown += [(key,) for key in data if key not in ("format", "assessment", *_TABLES)]
    header = data.get("assessment")
    if unknown or not isinstance(header, dict):
        problems = [Problem(place, UNKNOWN_KEY) for place in unknown]
        problems += [] if isinstance(header, dict) else [Problem(("assessment",), "must be a table")]
        raise _unusable(path, text, problems)
    rest: dict[str, Any] = {key: data[key] for key in _TABLES if key in data}
    misplaced = [Problem(("assessment", key), "does not belong in this table") for key in _TABLES if key in header]
    if misplaced:
        raise _unusable(path, text, misplaced)
    try:
        assessment = Assessment.model_validate({**header, **rest})
    except ValidationError as error:
        raise _unusable(path, text, [_located(problem, rest) for problem in problems_in(error)]) from error
    body = text[: text.rfind(_END)]
    return Decoded(assessment, edited_by_hand=end["digest"] != _seal(body))


def _incomplete(path: Path) -> FileProblem:
    return FileProblem(
        f"{path} is incomplete: it was cut short before its end record.",
        hint="Restore an earlier copy, for example from the version history of your shared folder.",
    )


def _cut_short(text: str) -> bool:
    """Whether a text that begins like an assessment does not reach the end of its end record."""
    begins = _FORMAT.match(text) or _BEGINNING.startswith(text.strip())
    return bool(begins) and not _END_RECORD.search(text)


def _check_kind(data: dict[str, Any], path: Path) -> None:
    version = data.get("format")
    if version is None or "assessment" not in data:
        if "sections" in data:
            raise FileProblem(
                f"{path} is a framework, not an assessment.",
                hint="Begin an assessment with it: scrutiny new FILE --framework " + path.name,
            )
        raise FileProblem(f"{path} is not a Scrutiny assessment.", hint="Choose a file that Scrutiny saved.")
    if not isinstance(version, int) or isinstance(version, bool):
        raise FileProblem(f"{path}: format must be a whole number such as {FORMAT}.", hint="Mend its first line.")
    _check_format(version, path)


def _check_format(version: int, path: Path) -> None:
    if version < 1:
        raise FileProblem(f"{path}: format must be a whole number such as {FORMAT}.", hint="Mend its first line.")
    if version > FORMAT:
        raise FileProblem(
            f"{path} was saved by a newer version of Scrutiny (format {version}; this one reads up to {FORMAT}).",
            hint="Update Scrutiny on this computer, then open the file again.",
        )


def _located(problem: Problem, rest: dict[str, Any]) -> Problem:
    place = problem.place
    inside = not place or place[0] in rest or place[0] == "framework"
    return problem if inside else Problem(("assessment", *place), problem.message)


def _unusable(path: Path, text: str, problems: list[Problem]) -> FileProblem:
    lines = toml.located(text, problems)
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return FileProblem(
        f"{path} cannot be used: {lines[0]}{more}.",
        detail="\n".join(lines[1:]),
        hint="Mend it in a text editor, or restore an earlier copy. The file was not touched.",
    )


def _header(assessment: Assessment) -> str:
    words = {
        name: str(getattr(assessment, name))
        for name in ("id", "partnership", "area", "cycle", "perspective", "scope", "marking", "status")
    }
    before = toml.table({name: words[name] for name in ("id", "partnership", "area", "cycle")})
    after = toml.table({name: words[name] for name in ("perspective", "scope", "marking", "status")})
    return (
        f"{before}as_at = {assessment.as_at}\n{after}"
        f"created = {_moment(assessment.created)}\nmodified = {_moment(assessment.modified)}\n"
    )


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _answer(name: str, answer: Answer) -> list[str]:
    parts = [
        f"[{name}]\n" + toml.table({"rating": answer.rating, "reason": answer.reason, "evidence": answer.evidence})
    ]
    parts += [f"[[{name}.sources]]\n{toml.table(dict(source))}" for source in answer.sources]
    parts += [_action(f"{name}.actions", action) for action in answer.actions]
    return parts


def _action(name: str, action: Action) -> str:
    lines = f"[[{name}]]\n" + toml.table({key: value for key, value in dict(action).items() if key != "progress"})
    for entry in action.progress:
        lines += f"\n[[{name}.progress]]\n{toml.table(dict(entry))}"
    return lines


_latest_framework: tuple[Framework, str] | None = None


def _framework(framework: Framework) -> str:
    """The framework's tables. The latest one is kept, since a session saves one framework again and again."""
    global _latest_framework
    if _latest_framework is None or _latest_framework[0] is not framework:
        _latest_framework = (framework, framework_tables(framework, under="framework"))
    return _latest_framework[1]


def framework_tables(framework: Framework, under: str = "") -> str:
    """A framework as TOML: a file of its own, or the tables below a name."""
    dot = f"{under}." if under else ""
    own = toml.table({name: getattr(framework, name) for name in ("id", "version", "title", "description", "source")})
    parts = [f"[{under}]\n{own}" if under else own]
    parts += [f"[[{dot}scale.levels]]\n{toml.table(dict(level))}" for level in framework.scale.levels]
    for section in framework.sections:
        parts.append(
            f"[[{dot}sections]]\n"
            + toml.table({name: getattr(section, name) for name in ("id", "ref", "title", "introduction")})
        )
        for statement in section.statements:
            lines = toml.table(
                {name: getattr(statement, name) for name in ("id", "ref", "title", "text")}
                | {"look_for": list(statement.look_for) or None}
                | {name: getattr(statement, name) for name in ("source", "note")}
            )
            if statement.descriptors:
                lines += f"\n[{dot}sections.statements.descriptors]\n{toml.table(statement.descriptors)}"
            parts.append(f"[[{dot}sections.statements]]\n{lines}")
    return "\n".join(parts)


def _seal(body: str) -> str:
    return "sha256:" + hashlib.sha256(body.encode()).hexdigest()
