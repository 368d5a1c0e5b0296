"""The dialog in which a person settles what two versions of one assessment say differently."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Select, Static

from scrutiny.analysis.merge import Choice, Conflict
from scrutiny.exchange.differences import place_words, value_words
from scrutiny.model.assessment import Assessment
from scrutiny.tui import keys
from scrutiny.tui.content import HEADING, MUTED, line, plain
from scrutiny.tui.dialogs.dialog import Dialog

Settled = dict[Conflict, Choice]


class ConflictsDialog(Dialog[Settled]):
    """Shows both versions of each field, and asks which is to be kept. Returns None where that is put off.

    Args:
        assessment: The assessment they belong to.
        conflicts: What is said differently.
        heading: What happened, in a sentence or two.
        names: What to call the one version and the other.
    """

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.FORM)

    def __init__(
        self, assessment: Assessment, conflicts: Sequence[Conflict], heading: str, names: tuple[str, str]
    ) -> None:
        super().__init__()
        self._assessment = assessment
        self._conflicts = conflicts
        self._heading = heading
        self._names = names

    def compose(self) -> ComposeResult:
        """A block a conflict: where, both versions, and the choice."""
        with Vertical(classes="dialog"):
            yield Static(plain(self._heading, "bold"), classes="title")
            with VerticalScroll(classes="fields", can_focus=False):
                for position, conflict in enumerate(self._conflicts):
                    yield from self._block(position, conflict)
            with Horizontal(classes="buttons"):
                yield Button("Keep these (ctrl+s)", id="keep", variant="primary", compact=True)
                yield Button("Decide later (esc)", id="cancel", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Keep the choices, or put them off."""
        if event.button.id == "keep":
            self.action_keep()
        else:
            self.action_cancel()

    def action_keep(self) -> None:
        """Return the choices."""
        chosen = {
            conflict: Choice(str(self.query_one(f"#choice-{position}", Select).value))
            for position, conflict in enumerate(self._conflicts)
        }
        self.dismiss(chosen)

    def action_cancel(self) -> None:
        """Put the choices off."""
        self.dismiss(None)

    def _block(self, position: int, conflict: Conflict) -> ComposeResult:
        one, other = self._names
        yield Static(line(place_words(self._assessment, conflict.place), HEADING), classes="where")
        yield Static(Content.assemble((f"{one}: ", MUTED), plain(value_words(self._assessment, conflict.ours))))
        yield Static(Content.assemble((f"{other}: ", MUTED), plain(value_words(self._assessment, conflict.theirs))))
        options = [(Content(f"Keep {one.lower()}"), "ours"), (Content(f"Keep {other.lower()}"), "theirs")]
        if conflict.textual:
            options.append((Content("Keep both, one after the other"), "both"))
        proposed = "both" if conflict.textual else "ours"
        yield Select(options, value=proposed, allow_blank=False, id=f"choice-{position}", compact=True)
