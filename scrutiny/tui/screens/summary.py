"""The summary: how the sections stand, what a board must see, and what still stops submission."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from scrutiny.analysis.checks import Finding, Severity, check, stops
from scrutiny.analysis.exceptions import Standout, exceptions
from scrutiny.analysis.progress import Tally, tally, tally_actions, tally_sections
from scrutiny.errors import ScrutinyError
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment, Status
from scrutiny.model.framework import Band
from scrutiny.settings import today
from scrutiny.tui import keys
from scrutiny.tui.content import ALERT, EMPTY, HEADING, MUTED, band_style, fit, join, line, plain
from scrutiny.tui.dialogs.confirm import Choice, Problem
from scrutiny.tui.page import Page
from scrutiny.tui.widgets.row_list import RowList
from scrutiny.tui.widgets.save_status import SaveStatus
from scrutiny.workspace.session import Session


@dataclass(frozen=True)
class _Row:
    """A row that only tells."""

    content: Content = EMPTY
    statement_id: str | None = None
    """Where enter goes; None for rows that only tell."""

    def draw(self, width: int) -> Content:
        """The row in so many cells."""
        del width
        return self.content


@dataclass(frozen=True)
class _Bar(_Row):
    """A section's name and its ratings as a stacked bar."""

    name: str = ""
    tally: Tally | None = None

    def draw(self, width: int) -> Content:
        """The bar as wide as the window allows."""
        return _bar(self.name, self.tally, width) if self.tally else self.content


class SummaryList(RowList):
    """Bars, exceptions and checks as rows; those about a statement can be chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.add_keys(keys.VI_LIST)
        self._rows: list[_Row] = []

    def show(self, rows: list[_Row]) -> None:
        """Show other rows."""
        self._rows = rows
        self.renew()
        if not self.selectable(self.highlighted):
            self.highlighted = next((index for index in range(len(rows)) if self.selectable(index)), 0)

    def count(self) -> int:
        """All rows."""
        return len(self._rows)

    def selectable(self, index: int) -> bool:
        """Rows about a statement."""
        return 0 <= index < len(self._rows) and self._rows[index].statement_id is not None

    def row(self, index: int, width: int) -> Content:
        """One row."""
        return self._rows[index].draw(width)

    def statement_at(self, index: int) -> str | None:
        """The statement that a row is about."""
        return self._rows[index].statement_id if 0 <= index < len(self._rows) else None


class SummaryScreen(Page):
    """The state of one assessment.

    Args:
        go_to: Shows a statement in the walk below.
    """

    HELP: ClassVar[str] = """
The summary. First each section's ratings, then what a board must see first, then what the checks found. Rows \
that begin with ! stop submission. Enter goes to the statement that a row is about.

Submitting closes ratings and evidence; actions stay open all year. A submitted assessment can be reopened.
"""

    def __init__(self, session: Session, go_to: Callable[[str], None]) -> None:
        super().__init__(keys.SUMMARY)
        self._session = session
        self._go_to = go_to

    def body(self) -> ComposeResult:
        """The state in a line, and the rows."""
        with Horizontal(classes="heading"):
            yield Static(classes="figures")
            yield SaveStatus(self._session.path)
        yield SummaryList()

    def on_mount(self) -> None:
        """Work it out."""
        super().on_mount()
        self.query_one(SaveStatus).follow(self._session)
        self._show()
        self.query_one(SummaryList).focus()

    def hinted(self) -> Sequence[str]:
        """Going there, submitting, exporting."""
        return ("summary-open", "summary-submit", "summary-export", "summary-back")

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Go to the row's statement."""
        statement_id = self.query_one(SummaryList).statement_at(message.index)
        if statement_id:
            self.dismiss()
            self._go_to(statement_id)

    def action_choose(self) -> None:
        """Go to the highlighted row's statement."""
        self.query_one(SummaryList).action_choose()

    def action_back(self) -> None:
        """Back to the walk."""
        self.dismiss()

    def action_export(self) -> None:
        """Export the tracker workbook."""
        self.scrutiny.export(self._session.path, self._session.assessment)

    def action_submit(self) -> None:
        """Submit, where nothing stops it; reopen, where it was submitted."""
        assessment = self._session.assessment
        if assessment.status is not Status.DRAFT:
            words = f"This assessment is {assessment.status.label.lower()}. Change its status?"
            others = [status for status in Status if status is not assessment.status]
            answers = [("leave", "Leave it"), *((status.value, _verb(status)) for status in others)]
            self.app.push_screen(Choice(words, answers), partial(self._set_status, assessment.status))
            return
        stopping = stops(check(assessment))
        if stopping:
            problem = ScrutinyError(
                f"{len(stopping)} {'thing stops' if len(stopping) == 1 else 'things stop'} submission.",
                hint="They are the rows that begin with !; enter goes to each.",
            )
            self.app.push_screen(Problem(problem))
            return
        answers = [("leave", "Not yet"), (Status.SUBMITTED.value, "Submit")]
        words = "Submit this assessment? Its ratings and evidence close; its actions stay open."
        self.app.push_screen(Choice(words, answers), partial(self._set_status, assessment.status))

    def _set_status(self, asked: Status, status: str | None) -> None:
        if status in (None, "leave"):
            return
        now = self._session.assessment
        if now.status is not asked or (now.status is Status.DRAFT and stops(check(now))):
            self.notify("Somebody else changed it meanwhile; its status is as it was.", severity="warning")
            self._show()
            return
        self._session.edit(lambda now: edits.set_status(now, Status(status)), "the status")
        self._show()

    def _show(self) -> None:
        assessment = self._session.assessment
        findings = check(assessment)
        counted, actions = tally(assessment), tally_actions(assessment, today())
        percent = counted.percent_confirmed
        figures = [
            f"{counted.answered} of {counted.total} rated",
            *([f"{percent} % of them green"] if percent is not None else []),
            f"{actions.total} actions, {actions.open} open, {actions.overdue} overdue",
            f"{len(stops(findings))} stop submission" if stops(findings) else "nothing stops submission",
        ]
        status = assessment.status.label.upper()
        self.query_one(".figures", Static).update(join((f"{status}  ", "bold"), " · ".join(figures)))
        self.query_one(SummaryList).show(
            [*_bars(assessment), *_standouts(assessment), *_findings(assessment, findings)]
        )


def _verb(status: Status) -> str:
    return {Status.DRAFT: "Reopen as draft", Status.SUBMITTED: "Submitted", Status.FINAL: "Make it final"}[status]


def _heading(words: str) -> list[_Row]:
    return [_Row(), _Row(plain(words, HEADING))]


def _bars(assessment: Assessment) -> list[_Row]:
    return [
        _Row(plain("Ratings by section", HEADING)),
        *(
            _Bar(
                statement_id=found.section.statements[0].id,
                name=f"{found.section.ref} {found.section.title}",
                tally=found.tally,
            )
            for found in tally_sections(assessment)
        ),
    ]


def _bar(name: str, counted: Tally, width: int) -> Content:
    label = min(40, width * 2 // 5)
    space = width - label - 1
    groups = [(band.letter, counted.bands[band], band_style(band)) for band in (Band.RED, Band.AMBER, Band.GREEN)]
    groups += [("unrated", counted.unrated, band_style(None)), ("n/a", counted.not_applicable, f"{MUTED} on $surface")]
    shown = [group for group in groups if group[1]]
    parts, used = [], 0
    for position, (word, count, style) in enumerate(shown):
        cells = space - used if position == len(shown) - 1 else max(5, space * count // counted.total)
        used += cells
        parts.append(fit(plain(f" {word} {count}"), cells).stylize(style))
    return join(fit(line(name), label), " ", *parts)


def _standouts(assessment: Assessment) -> list[_Row]:
    found = exceptions(assessment, today())
    rows = [_Row(_standout(one), one.statement_id) for one in found] or [_Row(plain("Nothing.", MUTED))]
    return [*_heading("What stands out first"), *rows]


def _standout(one: Standout) -> Content:
    return join(fit(plain(one.kind.label, "bold"), 17), fit(plain(one.ref, MUTED), 12), line(one.message))


def _findings(assessment: Assessment, findings: list[Finding]) -> list[_Row]:
    if not findings:
        return [*_heading("Checks"), _Row(plain("Nothing is missing and nothing is doubtful.", MUTED))]
    ordered = sorted(findings, key=lambda finding: finding.severity is not Severity.STOP)
    return [
        *_heading("Checks: what stops submission (!), and what is worth a look (?)"),
        *(_Row(_finding(assessment, finding), finding.statement_id) for finding in ordered),
    ]


def _finding(assessment: Assessment, finding: Finding) -> Content:
    statement = assessment.framework.by_id.get(finding.statement_id or "")
    mark = "! " if finding.severity is Severity.STOP else "? "
    where = f"{statement.ref} {statement.name}" if statement else "The assessment"
    return join((mark, ALERT), fit(line(where, MUTED), 28), " ", line(finding.message))
