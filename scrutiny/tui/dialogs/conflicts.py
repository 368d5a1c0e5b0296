"""The dialog in which a person settles what two versions of one assessment say differently."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Select, Static

from scrutiny.analysis.merge import Choice, Conflict, settle
from scrutiny.errors import ScrutinyError
from scrutiny.exchange.differences import place_words, value_words
from scrutiny.model.assessment import Assessment
from scrutiny.tui import keys
from scrutiny.tui.content import HEADING, MUTED, line, plain
from scrutiny.tui.dialogs.dialog import Dialog
from scrutiny.workspace.session import Edit, Session

Settled = dict[Conflict, Choice]


class ConflictsDialog(Dialog[Settled]):
    """Shows both versions of each field, and asks which is to be kept. Returns None where that is put off.

    Args:
        assessment: The assessment they belong to.
        conflicts: What is said differently.
        heading: What happened, in a sentence or two.
        names: What to call the one version and the other.
        prefer: What is proposed where both say something and cannot be kept together.
        later: What escape does, in words.
        added: What comes besides without being contested, a line each.
        unasked: It comes while somebody works: it begins on the button that changes nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.FORM)

    def __init__(
        self,
        assessment: Assessment,
        conflicts: Sequence[Conflict],
        heading: str,
        names: tuple[str, str],
        *,
        prefer: Choice = Choice.OURS,
        later: str = "Decide later",
        added: Sequence[str] = (),
        unasked: bool = False,
    ) -> None:
        super().__init__()
        self._prefer = prefer
        self._later = later
        self._added = added
        self._unasked = unasked
        self._assessment = assessment
        self._conflicts = conflicts
        self._heading = heading
        self._names = names

    def compose(self) -> ComposeResult:
        """A block a conflict: where, both versions, and the choice."""
        with Vertical(classes="dialog"):
            yield Static(plain(self._heading, "bold"), classes="title")
            with VerticalScroll(classes="fields"):  # long texts are read by key, too
                for position, conflict in enumerate(self._conflicts):
                    yield from self._block(position, conflict)
                if self._added:
                    yield Static(line(f"{self._names[1]} besides", HEADING), classes="where")
                    yield from (Static(line(words)) for words in self._added)
            with Horizontal(classes="buttons"):
                yield Button("Keep these (ctrl+s)", id="keep", variant="primary", compact=True)
                yield Button(f"{self._later} (esc)", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Stand on the button that changes nothing, where keys may have been meant for something else."""
        if self._unasked:
            self.query_one("#cancel").focus()

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
        yield Select(
            options,
            value=proposed(conflict, self._prefer).value,
            allow_blank=False,
            id=f"choice-{position}",
            compact=True,
        )


def change(
    app: App[Any],
    session: Session,
    base: Assessment,
    edit: Edit,
    what: str,
    statement_id: str | None,
    then: Callable[[], object],
) -> None:
    """Carry out an edit that was begun on an earlier state, in a form, and something after it.

    Where others changed the same thing meanwhile, in another way, a person chooses first. Putting that off would lose
    what the form held: it is then kept as proposed, both texts or the form's own choice.

    Raises:
        ScrutinyError: A rule forbids the edit; nothing changed.
    """
    merged = session.edit_from(base, edit, what, statement_id)
    if not merged.conflicts:
        then()
        return
    now = session.assessment

    def settled(choices: Settled | None) -> None:
        chosen = choices or {conflict: proposed(conflict) for conflict in merged.conflicts}
        try:
            change(app, session, now, lambda _: settle(merged, chosen), what, statement_id, then)
        except ScrutinyError as problem:
            app.notify(f"{problem.title} {problem.hint}", severity="warning", timeout=8)

    heading = "Somebody else changed this while your form was open. Which is to be kept?"
    dialog = ConflictsDialog(now, merged.conflicts, heading, ("Yours", "Theirs"), later="As proposed")
    app.push_screen(dialog, settled)


def proposed(conflict: Conflict, prefer: Choice = Choice.OURS) -> Choice:
    """What is proposed: both texts where that can be, and something rather than nothing."""
    if conflict.textual:
        return Choice.BOTH
    if bool(conflict.ours) != bool(conflict.theirs):
        return Choice.OURS if conflict.ours else Choice.THEIRS
    return prefer
