"""What every full screen has: a key bar, help, its commands in the palette, and a word when the window is too small."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import BindingsMap
from textual.screen import Screen
from textual.widgets import Input, Static, TextArea
from textual.worker import Worker

from scrutiny.tui.content import plain
from scrutiny.tui.keys import EVERYWHERE, Command, bindings, spelled
from scrutiny.tui.widgets.key_bar import Hint, KeyBar

if TYPE_CHECKING:
    from scrutiny.tui.app import ScrutinyApp

SMALLEST = (60, 15)
"""Columns and rows below which nothing useful fits."""

WIDTHS = [(0, "-too-narrow"), (SMALLEST[0], "-narrow"), (80, "-normal"), (110, "-wide")]
"""Classes by columns: one column of content below 80."""

HEIGHTS = [(0, "-too-short"), (SMALLEST[1], "-short"), (22, "-medium"), (30, "-tall")]
"""Classes by rows."""


class Page(Screen[None]):
    """A full screen.

    Args:
        commands: What can be done here, with its keys.
    """

    HELP: ClassVar[str] = ""
    """What this screen is for, in plain words; {command_id} stands for the command's key."""

    DEFAULT_CSS = """
    Page {
        layers: page notice; overflow: hidden;
        & > .too-small {
            display: none; layer: notice; width: 100%; height: 100%; background: $background;
            content-align: center middle; text-align: center;
        }
        &.-too-narrow > .too-small, &.-too-short > .too-small { display: block; }
    }
    """

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self.commands = tuple(commands)
        own = BindingsMap(bindings(self.commands)).key_to_bindings
        self._bindings = BindingsMap.from_keys({**self._bindings.key_to_bindings, **own})

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave, once: after a double click Textual would close the screen below as well."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Do nothing before everything is there: keys may come faster than a screen does."""
        return super().check_action(action, parameters) if self.is_mounted else False

    @property
    def scrutiny(self) -> "ScrutinyApp":
        """The application this screen is part of."""
        return cast("ScrutinyApp", self.app)

    def body(self) -> ComposeResult:
        """What the screen holds above its key bar."""
        raise NotImplementedError

    def hinted(self) -> Sequence[str]:
        """The ids of the commands that the key bar shows at this moment, most useful first."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The body, the key bar and the notice for small windows."""
        self._fit_at_once()
        yield from self.body()
        yield KeyBar()
        columns, rows = SMALLEST
        yield Static(plain(f"The window is too small.\nScrutiny needs {columns} x {rows}."), classes="too-small")

    def _fit_at_once(self) -> None:
        """Lay the first frame out for the window as it is; Textual says its size only after that frame."""
        for steps, extent in ((WIDTHS, self.app.size.width), (HEIGHTS, self.app.size.height)):
            name = [name for least, name in steps if extent >= least][-1]
            self.update_classes({other: other == name for _, other in steps}, animate=False)

    def on_mount(self) -> None:
        """Show the hints."""
        self.show_hints()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Have said what went wrong in the background of this screen."""
        self.scrutiny.on_worker_state_changed(event)

    def on_key_bar_pressed(self, message: KeyBar.Pressed) -> None:
        """Do what was clicked in the key bar."""
        self.run_worker(self.run_action(message.action), exclusive=False)

    def show_hints(self) -> None:
        """Bring the key bar up to date with what can be done now."""
        self.query_one(KeyBar).hints = tuple(self.hints())

    def hints(self) -> Iterator[Hint]:
        """The hints of the key bar; help and commands come last."""
        by_id = {command.id: command for command in (*self.commands, *EVERYWHERE)}
        for name in (*self.hinted(), "help", "palette"):
            command = by_id[name]
            key = self.key_of(command)
            if key:
                yield Hint(key, command.label, command.action)

    def key_of(self, command: Command) -> str:
        """The key of a command as it is written on the screen, with the person's own keys in mind; empty for none.

        While text is typed, a key that works meanwhile is shown rather than a letter.
        """
        known = self._own_keys(command)
        if not known:
            taken = {spelled(key) for other in (*self.commands, *EVERYWHERE) for key in self._own_keys(other)}
            known = [key for key in command.keys if spelled(key) not in taken]
        if isinstance(self.focused, TextArea | Input):
            known.sort(key=lambda key: (len(key) == 1, key.startswith("alt+")))
        return spelled(known[0]) if known else ""

    def _own_keys(self, command: Command) -> list[str]:
        own = self.scrutiny.own_keys.get(command.id, "")
        return [key.strip() for key in own.split(",") if key.strip()]

    def action_help(self) -> None:
        """Show what this screen is for, and its keys."""
        from scrutiny.tui.dialogs.help import HelpDialog

        every = {command.id: command for command in (*self.commands, *EVERYWHERE)}
        rows = [(self.key_of(command), command.tooltip) for command in every.values()]
        keys = {name.replace("-", "_"): self.key_of(command) for name, command in every.items()}
        self.app.push_screen(HelpDialog(self.HELP.format(**keys), [row for row in rows if row[0]]))
