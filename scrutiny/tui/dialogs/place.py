"""Forms that ask where on the disk something is to be saved."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from scrutiny import paths
from scrutiny.errors import ScrutinyError
from scrutiny.model.text import clean_line
from scrutiny.store.assessments import SUFFIX
from scrutiny.store.atomic import exists
from scrutiny.tui.content import plain
from scrutiny.tui.dialogs.form import Form, file_in, line_field


class PlaceForm(Form[Path]):
    """A file name and a folder. Returns the whole path.

    Args:
        proposed: The path that is filled in.
    """

    NAMES_PLACE = True
    EXPLANATION: ClassVar[str] = ""
    ENDING: ClassVar[str] = ""
    """The ending of the file's name."""

    def __init__(self, proposed: Path) -> None:
        super().__init__()
        self._proposed = proposed

    def fields(self) -> ComposeResult:
        """Name and folder."""
        yield Static(plain(self.EXPLANATION), classes="explained")
        yield line_field("name", "File name", clean_line(self._proposed.name))
        yield line_field("folder", "Folder", self._folder_shown)

    def result(self) -> Path:
        """The path."""
        words = self.text("folder").strip()
        if not words:
            raise _NO_FOLDER
        folder = self._proposed.parent if words == self._folder_shown else paths.expanded(words)
        return file_in(folder, self.text("name"), self.ENDING)

    def check_place(self, found: Path) -> None:
        """Refuse a folder that does not exist."""
        if not exists(found.parent) or not found.parent.is_dir():
            raise _NO_FOLDER

    @property
    def _folder_shown(self) -> str:
        return clean_line(str(self._proposed.parent))


class ExportForm(PlaceForm):
    """Where the action tracker's workbook goes."""

    TITLE_TEXT: ClassVar[str] = "Export the action tracker as an Excel workbook"
    KEEP: ClassVar[str] = "Export"
    EXPLANATION = "An overview, a sheet for each section, and every action in one table. Open it in Excel."
    ENDING = ".xlsx"


class CopyForm(PlaceForm):
    """Where a copy of the open assessment goes."""

    TITLE_TEXT: ClassVar[str] = "Save a copy"
    EXPLANATION = "The first file stays as it is; you go on in the copy."
    ENDING = SUFFIX

    def check_place(self, found: Path) -> None:
        """Refuse a file that exists, too."""
        super().check_place(found)
        refuse_existing(found)


def refuse_existing(path: Path) -> None:
    """Refuse a file that exists.

    Raises:
        ScrutinyError: It exists.
    """
    if exists(path):
        raise ScrutinyError(f"{path.name} exists already.", hint="Choose another file name.")


_NO_FOLDER = ScrutinyError("There is no such folder.", hint="Name a folder that exists.")
