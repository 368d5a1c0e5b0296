"""Rows as plain text, for people and for screen readers.

Every value stands behind its name, so that it makes sense read out line by line: nothing depends on colour, on columns
or on drawn lines. Lines are wrapped between words and never inside a ref, a date or a file name.
"""

import textwrap
from collections.abc import Iterable
from datetime import date

from scrutiny.analysis.progress import Tally, tally, tally_actions, tally_sections
from scrutiny.exchange import tables
from scrutiny.exchange.tables import Cell
from scrutiny.model.action import Action
from scrutiny.model.assessment import Answer, ArchivedAnswer, Assessment
from scrutiny.model.framework import NOT_APPLICABLE, Framework, Scale, Section, Statement

_STEP = "  "
"""How far a line is indented below what it belongs to."""


def assessment_text(assessment: Assessment, today: date, width: int) -> str:
    """A whole assessment: whose it is, the figures, what stands out on a day, every answer, and archived answers."""
    scale = assessment.framework.scale
    parts = [
        pairs(tables.identity(assessment), width),
        paragraph(rated_line(scale, tally(assessment)), width)
        + "\n"
        + paragraph(actions_line(assessment, today), width),
    ]
    standouts = tables.standouts(assessment, today)
    if standouts.rows:
        lines = [f"{_cell(kind)}: {_cell(ref)} {_cell(message)}" for kind, ref, message in standouts.rows]
        parts.append("\n".join([standouts.title, *(paragraph(line, width) for line in lines)]))
    for found in tally_sections(assessment):
        heading = f"{found.section.ref} {found.section.title}: {tally_line(scale, found.tally)}"
        parts.append(paragraph(heading, width))
        parts += [
            _statement(assessment, statement, assessment.answer(statement.id), width)
            for statement in found.section.statements
        ]
    if assessment.archived:
        parts.append(paragraph("Archived answers, whose statements have left the framework", width))
        parts += [_archived(archived, width) for archived in assessment.archived]
    return "\n\n".join(parts)


def framework_text(framework: Framework, width: int) -> str:
    """A whole framework: its ratings and its statements with what to look for."""
    parts = [
        pairs(
            [
                ("Framework", framework.title),
                ("Id", framework.id),
                ("Version", str(framework.version)),
                ("Source", framework.source),
                ("Description", framework.description),
            ],
            width,
        ),
        "Ratings\n"
        + "\n".join(
            paragraph(f"{level.letter} {level.label}: {level.meaning}", width) for level in framework.scale.levels
        ),
    ]
    for section in framework.sections:
        introduction = paragraph(section.introduction, width)
        parts.append("\n".join(part for part in (_heading(section, width), introduction) if part))
        parts += [_asked(statement, framework.scale, width) for statement in section.statements]
    return "\n\n".join(parts)


def rated_line(scale: Scale, found: Tally) -> str:
    """How an assessment is rated, as one sentence: "12 of 19 statements rated: G Green 6, ..."."""
    confirmed = f"; {found.percent_confirmed}% of the rated are green" if found.percent_confirmed is not None else ""
    line = tally_line(scale, found)
    return f"{found.rated} of {found.total} statements rated: {line}{confirmed}."


def tally_line(scale: Scale, found: Tally) -> str:
    """How statements were answered, as part of a sentence: "G Green 6, A Amber 4, R Red 2, unrated 7"."""
    levels = [f"{level.letter} {level.label} {found.levels[level.key]}" for level in scale.levels]
    return ", ".join([*levels, f"unrated {found.unrated}", f"not applicable {found.not_applicable}"])


def actions_line(assessment: Assessment, today: date) -> str:
    """How far the actions have come on a day, as one sentence."""
    found = tally_actions(assessment, today)
    statuses = ", ".join(f"{status.label.lower()} {count}" for status, count in found.statuses.items())
    return (
        f"{found.total} {'action' if found.total == 1 else 'actions'}: {statuses}; "
        f"overdue {found.overdue}, slipped {found.slipped}, without an owner {found.without_owner}."
    )


def pairs(labelled: Iterable[tuple[str, str]], width: int, indent: str = "") -> str:
    """A line for each name and value; a value of several lines stands below its name. Empty values are left out."""
    lines = []
    for label, value in labelled:
        if "\n" in value.strip("\n"):
            lines += [f"{indent}{label}:", paragraph(value.strip("\n"), width, indent + _STEP)]
        elif value.strip():
            lines.append(paragraph(f"{label}: {value.strip()}", width, indent))
    return "\n".join(lines)


def paragraph(text: str, width: int, indent: str = "") -> str:
    """A text wrapped between words; its own line ends stay, and what follows a first line is indented a step more."""
    single = "\n" not in text
    wrapped = [
        textwrap.wrap(
            line,
            width,
            initial_indent=indent,
            subsequent_indent=indent + _STEP if single else indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    ]
    return "\n".join("\n".join(lines) for lines in wrapped)


def spoken_rating(words: str) -> str:
    """A rating without the dash and the wide gap that set it off in a cell."""
    return " ".join(words.replace("–", " ").split())


def _statement(assessment: Assessment, statement: Statement, answer: Answer, width: int) -> str:
    heading = paragraph(f"{statement.ref} {statement.title}".strip(), width)
    said = [
        ("Statement", tables.one_line(statement.text)),
        ("Rating", spoken_rating(tables.rating_words(assessment, answer))),
        ("Reason", answer.reason),
        ("Evidence", answer.evidence),
        *(("Source", tables.source_line(source)) for source in answer.sources),
    ]
    actions = [_action(f"{statement.ref}-{action.id}", action, width) for action in answer.actions]
    return "\n".join([heading, pairs(said, width, _STEP), *actions])


def _action(ref: str, action: Action, width: int) -> str:
    first = paragraph(f"Action {ref}, {action.kind.label.lower()}: {tables.one_line(action.text)}", width, _STEP)
    said = [
        ("Lead agency", action.agency),
        ("Owner", action.owner),
        ("Due", _cell(action.due)),
        ("Original due", _cell(action.original_due)),
        ("Status", action.status.label),
        ("Priority", action.priority.label),
        ("Scope", action.scope.label),
        ("Intended outcome", action.outcome),
        ("Progress", tables.progress_lines(action)),
        ("Evidence of impact", action.impact),
        ("Decision wanted", action.decision),
        ("Closed by", action.closed_by),
        ("Closed on", _cell(action.closed_on)),
    ]
    return "\n".join([first, pairs(said, width, _STEP * 2)])


def _archived(archived: ArchivedAnswer, width: int) -> str:
    answer = archived.answer
    said = [
        ("Statement", tables.one_line(archived.text)),
        (
            "Rating",
            archived.rating_label or ("Not applicable" if answer.rating == NOT_APPLICABLE else answer.rating or ""),
        ),
        ("Reason", answer.reason),
        ("Evidence", answer.evidence),
        *(("Source", tables.source_line(source)) for source in answer.sources),
    ]
    name = archived.ref or archived.id
    actions = [_action(f"{name}-{action.id}", action, width) for action in answer.actions]
    return "\n".join([name, pairs(said, width, _STEP), *actions])


def _asked(statement: Statement, scale: Scale, width: int) -> str:
    heading = paragraph(f"{statement.ref} {statement.title}".strip(), width)
    said = [
        ("Id", statement.id),
        ("Statement", statement.text),
        *(("Look for", prompt) for prompt in statement.look_for),
        *((scale.by_key[key].label, meaning) for key, meaning in statement.descriptors.items()),
        ("Source", statement.source),
        ("Note", statement.note),
    ]
    return "\n".join([heading, pairs(said, width, _STEP)])


def _heading(section: Section, width: int) -> str:
    return paragraph(f"{section.ref} {section.title}", width)


def _cell(cell: Cell) -> str:
    if isinstance(cell, date):
        return tables.long_day(cell)
    return "" if cell is None else str(cell)
