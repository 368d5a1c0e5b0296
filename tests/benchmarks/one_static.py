"""The yardstick of start-up and memory: a Textual app with one Static."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class OneStatic(App[None]):
    """Shows one line."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("Nothing but this line.")


if __name__ == "__main__":
    OneStatic().run()
