"""The sections and statements of a framework, with each statement's rating."""

from textual.content import Content

from scrutiny.analysis.progress import tally
from scrutiny.model.assessment import Assessment
from scrutiny.model.framework import Section, Statement
from scrutiny.tui import keys
from scrutiny.tui.content import HEADING, MUTED, chip, join, line
from scrutiny.tui.widgets.row_list import RowList


class StatementList(RowList):
    """A heading a section with how much of it is answered, and a row a statement."""

    def __init__(self, assessment: Assessment, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._assessment = assessment
        self._rows: list[Section | Statement] = []
        self._row_of: dict[str, int] = {}
        for section in assessment.framework.sections:
            self._rows.append(section)
            for statement in section.statements:
                self._row_of[statement.id] = len(self._rows)
                self._rows.append(statement)
        self._widest_ref = max(len(statement.ref) for statement in assessment.framework.statements)
        self._headings = {
            section.id: self._row_of[section.statements[0].id] - 1 for section in assessment.framework.sections
        }
        walking = [key for command in keys.walk_commands(assessment.framework.scale) for key in command.keys]
        self.add_keys(keys.without(keys.VI_LIST, walking))

    def count(self) -> int:
        """Sections and statements."""
        return len(self._rows)

    def selectable(self, index: int) -> bool:
        """Statements, not headings."""
        return 0 <= index < len(self._rows) and isinstance(self._rows[index], Statement)

    def row(self, index: int, width: int) -> Content:
        """A heading with its count on the right, or a statement with its chip."""
        row = self._rows[index]
        if isinstance(row, Section):
            found = tally(self._assessment, row.statements)
            count = f" {found.answered}/{found.total}"
            title = line(f"{row.ref} {row.title}", HEADING).truncate(width - len(count), ellipsis=True, pad=True)
            return join(title, (count, MUTED))
        answer = self._assessment.answer(row.id)
        mark = chip(self._assessment.level(row.id), answer)
        return join((f" {row.ref:<{self._widest_ref}} ", MUTED), mark, " ", line(row.name))

    def statement_at(self, index: int) -> Statement | None:
        """The statement of a row; None for a heading."""
        row = self._rows[index] if 0 <= index < len(self._rows) else None
        return row if isinstance(row, Statement) else None

    def go_to(self, statement_id: str) -> None:
        """Highlight a statement."""
        self.highlighted = self._row_of[statement_id]

    def show(self, assessment: Assessment, changed: str | None = None) -> None:
        """Show a new state of the assessment; only one statement's row where only that one changed."""
        self._assessment = assessment
        if changed is None:
            self.renew()
        else:
            self.renew(self._row_of[changed])
            self.renew(self._headings[assessment.framework.section_of[changed].id])
