"""An assessment as plain rows: the one source of what text, workbook and report say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from scrutiny.analysis.exceptions import exceptions
from scrutiny.analysis.progress import PlacedAction, Tally, placed_actions, tally, tally_actions, tally_sections
from scrutiny.model.action import Action, ActionStatus
from scrutiny.model.assessment import Answer, Assessment, Source
from scrutiny.model.framework import NOT_APPLICABLE, Band, Level, Section

Cell = str | int | date | None
"""What one cell holds; None where there is nothing to say."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    key: str
    """What programs call it."""
    title: str
    """What people call it."""
    width: int
    """A sensible width in characters."""


@dataclass(frozen=True)
class Table:
    """Rows under columns; every row has a cell for every column."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def position(self, key: str) -> int:
        """Where the column of that key stands, counted from 0."""
        return next(position for position, column in enumerate(self.columns) if column.key == key)


TRACKER_COLUMNS = (
    Column("ref", "Ref", 13),
    Column("statement", "Statement", 16),
    Column("rating", "Rating", 11),
    Column("action", "Action", 31),
    Column("agency", "Lead agency", 13),
    Column("owner", "Owner", 13),
    Column("due", "Due", 14),
    Column("status", "Status", 12),
    Column("priority", "Priority", 10),
    Column("outcome", "Intended outcome", 25),
    Column("progress", "Progress", 34),
    Column("impact", "Evidence of impact", 22),
    Column("decision", "Decision wanted", 20),
    Column("section", "Section", 20),
    Column("kind", "Kind", 10),
    Column("scope", "Scope", 14),
    Column("original_due", "Original due", 13),
    Column("closed_by", "Closed by", 18),
    Column("closed_on", "Closed on", 13),
)
"""What a meeting reads comes first; what is only searched and filtered comes last."""

STATEMENT_COLUMNS = (
    Column("ref", "Ref", 7),
    Column("statement", "Statement", 32),
    Column("rating", "Rating", 13),
    Column("evidence", "Evidence", 58),
    Column("sources", "Sources", 28),
    Column("actions", "Actions", 42),
)

UNRATED = "–  Unrated"
"""How a rating reads that nobody has given yet."""

INAPPLICABLE = "–  Not applicable"
"""How a rating reads where the statement does not apply."""


def level_words(level: Level) -> str:
    """A level as letter and word: "A  Amber"."""
    return f"{level.letter}  {level.label}"


def rating_words(assessment: Assessment, answer: Answer) -> str:
    """A rating as letter and word, `UNRATED` or `INAPPLICABLE`."""
    if answer.rating is None:
        return UNRATED
    if answer.rating == NOT_APPLICABLE:
        return INAPPLICABLE
    return level_words(assessment.framework.scale.by_key[answer.rating])


def identity(assessment: Assessment) -> list[tuple[str, str]]:
    """Whose assessment it is and what it describes, as labels and values; values nobody gave are left out."""
    respondent = assessment.respondent
    framework = assessment.framework
    pairs = [
        ("Partnership", assessment.partnership),
        ("Area", assessment.area),
        ("Cycle", assessment.cycle),
        ("Position as at", long_day(assessment.as_at)),
        ("Perspective", assessment.perspective.label),
        ("Scope", assessment.scope.label),
        ("Respondent", ", ".join(part for part in (respondent.name, respondent.role, respondent.organisation) if part)),
        ("Status", assessment.status.label),
        ("Marking", assessment.marking.label),
        ("Framework", f"{framework.title}, version {framework.version}"),
    ]
    return [(label, value) for label, value in pairs if value]


def tracker(assessment: Assessment) -> Table:
    """The action tracker: a row an action, in the framework's order."""
    rows = tuple(_tracker_row(assessment, placed) for placed in placed_actions(assessment))
    return Table("Action tracker", TRACKER_COLUMNS, rows)


def section_table(assessment: Assessment, section: Section) -> Table:
    """A section's statements with rating, evidence, sources and actions, in order."""
    rows = []
    for statement in section.statements:
        answer = assessment.answer(statement.id)
        evidence = "\n\n".join(part for part in (_reason(answer), answer.evidence) if part)
        rows.append(
            (
                statement.ref,
                statement.text,
                rating_words(assessment, answer),
                evidence,
                "\n".join(f"• {source_line(source)}" for source in answer.sources),
                "\n\n".join(f"{statement.ref}-{action.id}  {action_line(action)}" for action in answer.actions),
            )
        )
    return Table(f"{section.ref} {section.title}", STATEMENT_COLUMNS, tuple(rows))


def counts(assessment: Assessment) -> Table:
    """Statements at each level by section, with a last row for all of them."""
    levels = assessment.framework.scale.levels
    columns = (
        Column("section", "Section", 40),
        *(Column(level.key, level_words(level), 10) for level in levels),
        Column("unrated", "Unrated", 10),
        Column("not_applicable", "Not applicable", 10),
        Column("total", "Statements", 11),
        Column("percent_confirmed", "Green, % of rated", 11),
    )
    rows = [
        _counts_row(f"{found.section.ref} {found.section.title}", found.tally) for found in tally_sections(assessment)
    ]
    rows.append(_counts_row("All sections", tally(assessment)))
    return Table("Ratings by section", columns, tuple(rows))


def meanings(assessment: Assessment) -> Table:
    """What each rating of the scale means, best first, and what it means to have none."""
    columns = (Column("rating", "Rating", 16), Column("band", "Colour", 10), Column("meaning", "What it means", 80))
    levels = [(level_words(level), level.band.label, level.meaning) for level in assessment.framework.scale.levels]
    rest = [
        (UNRATED, "Grey", "Nobody has rated the statement yet. It is not counted as red, and not in percentages."),
        (INAPPLICABLE, "Grey", "The statement does not apply, for the reason given. It is not counted as green."),
    ]
    return Table("What the ratings mean", columns, (*levels, *rest))


def action_figures(assessment: Assessment, today: date) -> Table:
    """How far the actions had come on a day."""
    found = tally_actions(assessment, today)
    columns = (Column("figure", "Actions", 30), Column("count", "Number", 8))
    rows = (
        ("All actions", found.total),
        ("Open", found.open),
        *((status.label, found.statuses[status]) for status in ActionStatus),
        ("Overdue", found.overdue),
        ("Slipped (due date moved back)", found.slipped),
        ("Without an owner", found.without_owner),
    )
    return Table(f"Actions as they stood on {long_day(today)}", columns, rows)


def standouts(assessment: Assessment, today: date) -> Table:
    """What a board must see first on a day."""
    columns = (Column("kind", "Why", 16), Column("ref", "Ref", 12), Column("message", "What", 80))
    rows = tuple((found.kind.label, found.ref, found.message) for found in exceptions(assessment, today))
    return Table("What stands out first", columns, rows)


def band_of(assessment: Assessment, answer: Answer) -> Band | None:
    """The band of an answer's rating; None while unrated or not applicable."""
    level = assessment.framework.scale.by_key.get(answer.rating or "")
    return level.band if level else None


def source_line(source: Source) -> str:
    """A source in one line: kind, title, date and where it is."""
    details = ", ".join(part for part in (long_day(source.date) if source.date else "", source.location) if part)
    return f"{source.kind.label}: {source.title}" + (f" ({details})" if details else "")


def action_line(action: Action) -> str:
    """An action in one line: text, who, by when and how far."""
    due = f"due {long_day(action.due)}" if action.due else ""
    details = ", ".join(part for part in (action.agency, action.owner, due, action.status.label.lower()) if part)
    return f"{action.kind.label}: {one_line(action.text)} ({details})"


def progress_lines(action: Action) -> str:
    """The progress entries, a line each, latest first."""
    entries = sorted(action.progress, key=lambda entry: entry.date, reverse=True)
    return "\n".join(f"{long_day(entry.date)}: {entry.text}" for entry in entries)


def long_day(day: date) -> str:
    """A date as people write it: 1 Nov 2026."""
    return f"{day.day} {day:%b %Y}"


def local_moment(moment: datetime) -> str:
    """A moment by the clock of this computer: 1 Nov 2026 14:02:11."""
    local = moment.astimezone()
    return f"{long_day(local.date())} {local:%H:%M:%S}"


def one_line(text: str) -> str:
    """A note folded into one line."""
    return " ".join(text.split())


def _tracker_row(assessment: Assessment, placed: PlacedAction) -> tuple[Cell, ...]:
    action = placed.action
    return _texts_or_none(
        (
            placed.ref,
            f"{placed.statement.ref} {placed.statement.name}",
            rating_words(assessment, placed.answer),
            action.text,
            action.agency,
            action.owner,
            action.due,
            action.status.label,
            action.priority.label,
            action.outcome,
            progress_lines(action),
            action.impact,
            action.decision,
            f"{placed.section.ref} {placed.section.title}",
            action.kind.label,
            action.scope.label,
            action.original_due,
            action.closed_by,
            action.closed_on,
        )
    )


def _reason(answer: Answer) -> str:
    return f"Not applicable: {answer.reason}" if answer.not_applicable and answer.reason else ""


def _counts_row(name: str, found: Tally) -> tuple[Cell, ...]:
    percent = found.percent_confirmed
    return (name, *found.levels.values(), found.unrated, found.not_applicable, found.total, percent)


def _texts_or_none(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    return tuple(None if cell == "" else cell for cell in cells)
