"""Help for where you are."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Button, Static

from scrutiny.tui import keys
from scrutiny.tui.content import HEADING, join, plain
from scrutiny.tui.dialogs.dialog import Dialog


class HelpDialog(Dialog[None]):
    """What a screen is for, and its keys."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.HELP)

    def __init__(self, text: str, rows: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._text = text
        self._rows = rows

    def compose(self) -> ComposeResult:
        """The text, then the keys."""
        widest = max(len(key) for key, _ in self._rows)
        rows = [join((f"{key:>{widest}}  ", HEADING), f"{what}\n") for key, what in self._rows]
        with Vertical(classes="dialog"):
            with VerticalScroll(can_focus=True):
                yield Static(plain(self._text.strip() + "\n"))
                yield Static(join(*rows))
            yield Button("Close", id="close", compact=True)

    def on_button_pressed(self) -> None:
        """Close."""
        self.dismiss()

    def action_close(self) -> None:
        """Close."""
        self.dismiss()
