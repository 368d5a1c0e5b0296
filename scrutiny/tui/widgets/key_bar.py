"""The bottom line: at most seven things that can be done here, each with its key and each to be clicked."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from scrutiny.tui.content import HEADING, join

MOST = 7
"""More than this nobody reads."""


@dataclass(frozen=True)
class Hint:
    """A key, what it does in a word or two, and the action behind it; none where a click could not choose."""

    key: str
    label: str
    action: str = ""


class KeyBar(Widget):
    """Shows hints from left to right as far as they fit; the last two, help and commands, always do."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; background: $panel; color: $foreground; }
    """

    hints: reactive[tuple[Hint, ...]] = reactive(())

    class Pressed(Message):
        """A hint was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def render(self) -> Content:
        """The hints that fit."""
        return join(*(self._content(hint) for hint in self._fitting()))

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked."""
        x = 0
        for hint in self._fitting():
            x += self._content(hint).cell_length
            if event.x < x:
                if hint.action:
                    self.post_message(self.Pressed(hint.action))
                return

    def _fitting(self) -> Sequence[Hint]:
        hints = list(self.hints)
        while len(hints) > MOST or (len(hints) > 1 and self._cells(hints) > self.size.width):
            del hints[-3 if len(hints) > 2 else -1]
        return hints

    def _cells(self, hints: Sequence[Hint]) -> int:
        return sum(self._content(hint).cell_length for hint in hints)

    def _content(self, hint: Hint) -> Content:
        return join((f" {hint.key}", HEADING), f" {hint.label} ")
