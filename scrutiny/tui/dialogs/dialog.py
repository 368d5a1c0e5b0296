"""What every dialog has: it can be used once it is there, and is left once."""

from typing import Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result | None], Generic[Result]):
    """A modal screen. Returns something, or None where it was left."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave, once: after a double click Textual would close the screen below as well."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Do nothing before everything is there: keys may come faster than a dialog does."""
        return super().check_action(action, parameters) if self.is_mounted else False
