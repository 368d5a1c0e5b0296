"""The dialog about text that was not saved, and whose file is gone from its place."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Select, Static

from scrutiny import paths
from scrutiny.exchange.tables import local_moment
from scrutiny.model.text import clean_line
from scrutiny.store.recovery_list import RecoveryFile
from scrutiny.tui import keys
from scrutiny.tui.content import HEADING, MUTED, line, plain
from scrutiny.tui.dialogs.dialog import Dialog


class Fate(Enum):
    """What is done with a recovery file."""

    LATER = "later"
    SAVE = "save"
    DISCARD = "discard"


_WORDS = {Fate.LATER: "Decide later", Fate.SAVE: "Save it as a new file here", Fate.DISCARD: "Discard it"}


class UnsavedTextDialog(Dialog[list[Fate]]):
    """Shows each recovery file and asks what is to be done with it. Returns an answer for each.

    Args:
        files: The recovery files.
    """

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.FORM)

    def __init__(self, files: Sequence[RecoveryFile]) -> None:
        super().__init__()
        self._files = files

    def compose(self) -> ComposeResult:
        """A block for each recovery file: its own file, whose it is, and the choice."""
        with Vertical(classes="dialog"):
            heading = "This text was not saved before its window closed, and its file is no longer where it was."
            yield Static(plain(heading, "bold"), classes="title")
            with VerticalScroll(classes="fields", can_focus=False):
                for position, file in enumerate(self._files):
                    yield from self._block(position, file)
            with Horizontal(classes="buttons"):
                yield Button("Do this (ctrl+s)", id="keep", variant="primary", compact=True)
                yield Button("Decide later (esc)", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Stand on the first choice, with no notice before the others."""
        self.app.clear_notifications()
        self.query(Select).first().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Return the answers, or put them off."""
        if event.button.id == "keep":
            self.action_keep()
        else:
            self.action_cancel()

    def action_keep(self) -> None:
        """Return the answers."""
        selects = (self.query_one(f"#choice-{position}", Select) for position in range(len(self._files)))
        self.dismiss([Fate(str(select.value)) for select in selects])

    def action_cancel(self) -> None:
        """Put the answers off."""
        self.dismiss(None)

    def _block(self, position: int, file: RecoveryFile) -> ComposeResult:
        origin = clean_line(paths.shown(file.origin)) if file.origin else "A file that is not known"
        yield Static(line(origin, HEADING), classes="where")
        about = f"Kept {local_moment(file.kept)}"
        if file.assessment is not None:
            whose = file.assessment
            about += f": {whose.area} {whose.cycle}, {whose.perspective.label}, {whose.partnership}"
        elif file.problem is not None:
            about += f". It cannot be used: {file.problem.title}"
        yield Static(line(clean_line(about), MUTED))
        fates = [fate for fate in Fate if fate is not Fate.SAVE or file.assessment is not None]
        yield Select(
            [(Content(_WORDS[fate]), fate.value) for fate in fates],
            value=Fate.LATER.value,
            allow_blank=False,
            id=f"choice-{position}",
            compact=True,
        )
