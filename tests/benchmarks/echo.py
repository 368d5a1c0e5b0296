"""The yardstick of keys: a Textual app that shows how many keys were pressed, and the last one."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class Echo(App[None]):
    """Shows the last key."""

    pressed = 0

    def compose(self) -> ComposeResult:
        """The line that every key changes."""
        yield Static("Press a key.")

    def on_key(self, event: events.Key) -> None:
        """Show the key."""
        self.pressed += 1
        self.query_one(Static).update(f"Key {self.pressed} was {event.character}.")


if __name__ == "__main__":
    Echo().run()
