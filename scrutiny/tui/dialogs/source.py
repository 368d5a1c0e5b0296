"""The form for a source of evidence."""

from typing import ClassVar

from textual.app import ComposeResult

from scrutiny.model import edits
from scrutiny.model.assessment import Assessment, Source, SourceKind
from scrutiny.tui.dialogs.form import ItemForm, line_field, member_field


class SourceForm(ItemForm[Source]):
    """A source, new or known. Returns it as it is to be kept."""

    TITLE_TEXT: ClassVar[str] = "Source of evidence"

    def __init__(self, assessment: Assessment, source: Source | None) -> None:
        super().__init__(source.id if source else None)
        self._assessment = assessment
        self._source = source

    def fields(self) -> ComposeResult:
        """Kind, title, date and place."""
        source = self._source
        yield line_field("title", "Title", source.title if source else "", "such as Multi-agency neglect audit")
        yield member_field("kind", "Kind", source.kind if source else SourceKind.AUDIT)
        yield line_field(
            "date", "Date", source.date.isoformat() if source and source.date else "", "such as 2026-06-30"
        )
        yield line_field(
            "location", "Where it is", source.location if source else "", "such as Learning group papers, item 4"
        )

    def result(self) -> Source:
        """The source as it is to be kept."""
        known = self._source or edits.new_source(self._assessment, SourceKind(self.choice("kind")), self.text("title"))
        return edits.revise_source(
            known,
            title=self.text("title"),
            kind=self.choice("kind"),
            date=self.text("date").strip() or None,
            location=self.text("location"),
        )
