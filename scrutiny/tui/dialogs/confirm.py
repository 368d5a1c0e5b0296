"""A question with a few answers, and a problem with its next step."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Static

from scrutiny.errors import ScrutinyError
from scrutiny.tui import keys
from scrutiny.tui.content import plain
from scrutiny.tui.dialogs.dialog import Dialog


class Choice(Dialog[str]):
    """A question. Returns the key of the chosen answer, or None where it was left with escape.

    Args:
        question: One plain sentence.
        answers: Pairs of a key and the words on its button; the first one is the safe one and has the focus.
        detail: Further lines.
    """

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.CHOICE)

    def __init__(self, question: str, answers: Sequence[tuple[str, str]], detail: str = "") -> None:
        super().__init__()
        self._question = question
        self._answers = answers
        self._detail = detail

    def compose(self) -> ComposeResult:
        """The question, its details and a button an answer."""
        with Vertical(classes="dialog small"):
            with VerticalScroll(classes="words", can_focus=False):
                yield Static(plain(self._question, "bold"))
                if self._detail:
                    yield Static(plain("\n" + self._detail))
            with Horizontal(classes="buttons"):
                for position, (key, words) in enumerate(self._answers):
                    yield Button(plain(words), id=key, variant="primary" if position == 0 else "default", compact=True)

    def on_mount(self) -> None:
        """Stand on the safe answer, with no notice before the others."""
        self.app.clear_notifications()
        self.query(Button).first().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Return the answer."""
        self.dismiss(event.button.id)

    def action_leave(self) -> None:
        """Return nothing."""
        self.dismiss(None)


class Problem(Choice):
    """Something went wrong: what, where, and the next step."""

    def __init__(self, problem: ScrutinyError) -> None:
        detail = "\n\n".join(part for part in (problem.detail, problem.hint) if part)
        super().__init__(problem.title, [("close", "Close")], detail)
