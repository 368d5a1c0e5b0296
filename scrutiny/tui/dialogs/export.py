"""The form that asks where the tracker workbook is to go."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from scrutiny import paths
from scrutiny.errors import ScrutinyError
from scrutiny.model.text import clean_line
from scrutiny.store.atomic import exists
from scrutiny.tui.content import plain
from scrutiny.tui.dialogs.form import Form, file_in, line_field


class ExportForm(Form[Path]):
    """Where the workbook is to go. Returns its whole path.

    Args:
        proposed: Beside the assessment, under a name of its own.
    """

    TITLE_TEXT: ClassVar[str] = "Export the action tracker as an Excel workbook"
    KEEP: ClassVar[str] = "Export"

    def __init__(self, proposed: Path) -> None:
        super().__init__()
        self._proposed = proposed

    def fields(self) -> ComposeResult:
        """Folder and name."""
        yield Static(
            plain("An overview, a sheet for each section, and every action in one table. Open it in Excel."),
            classes="explained",
        )
        yield line_field("name", "File name", clean_line(self._proposed.name))
        yield line_field("folder", "Folder", self._folder_shown)

    def result(self) -> Path:
        """The workbook's path."""
        words = self.text("folder").strip()
        folder = self._proposed.parent if words == self._folder_shown else paths.expanded(words)
        path = file_in(folder, self.text("name"), ".xlsx")
        if not words or not exists(folder) or not folder.is_dir():
            raise ScrutinyError("There is no such folder.", hint="Name a folder that exists.")
        return path

    @property
    def _folder_shown(self) -> str:
        return clean_line(str(self._proposed.parent))
