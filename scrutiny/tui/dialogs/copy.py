"""The form that asks for another name to save under."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from scrutiny.model.text import clean_line
from scrutiny.store.assessments import SUFFIX
from scrutiny.tui.content import plain
from scrutiny.tui.dialogs.assessment import path_in
from scrutiny.tui.dialogs.form import Form, line_field


class CopyForm(Form[Path]):
    """A name for a copy, in the same folder. Returns its whole path."""

    TITLE_TEXT: ClassVar[str] = "Save a copy"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def fields(self) -> ComposeResult:
        """The name."""
        yield Static(plain("The first file stays as it is; you go on in the copy."), classes="explained")
        yield line_field("file", "File name", f"{clean_line(self._path.stem)}-copy{SUFFIX}")

    def result(self) -> Path:
        """The copy's path."""
        return path_in(self._path.parent, self.text("file"))
