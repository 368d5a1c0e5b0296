"""Help for where you are."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from scrutiny.tui.content import HEADING, join, plain


class HelpDialog(ModalScreen[None]):
    """What a screen is for, and its keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,q", "close", "Close", id="help-close", tooltip="Close help.")
    ]

    def __init__(self, text: str, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._text = text
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The text, then the keys."""
        widest = max(len(key) for key, _ in self._keys)
        rows = [join((f"{key:>{widest}}  ", HEADING), f"{what}\n") for key, what in self._keys]
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
