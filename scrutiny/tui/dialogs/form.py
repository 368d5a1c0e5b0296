"""What every form has: labelled fields, a place for what is wrong, keeping and leaving."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import ClassVar, Generic, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Select, Static, TextArea
from textual.widgets.select import InvalidSelectValueError

from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.model.action import Action
from scrutiny.model.assessment import Source
from scrutiny.store.drafts import Draft, Drafting
from scrutiny.store.names import check_new_name
from scrutiny.tui import keys
from scrutiny.tui.background import AsksDisk
from scrutiny.tui.content import plain
from scrutiny.tui.dialogs.confirm import Choice
from scrutiny.tui.dialogs.dialog import Dialog, Result
from scrutiny.tui.widgets.text_fields import LineInput, NoteArea
from scrutiny.workspace.worker import Worker

_NAME_LIMIT = 255
"""The most bytes of a file's name that every common file system holds."""

_KEEP_SECONDS = 1.0
"""How often what stands in an open form is kept."""

Background = Callable[[Callable[[], None]], "Future[None]"]
"""Carries out a task that may wait for the disk, in another thread and after those that were handed in before."""

Item = TypeVar("Item", Source, Action)


class Form(Dialog[Result], Generic[Result]):
    """A form. Returns what it was filled with, or None where it was left."""

    TITLE_TEXT: ClassVar[str] = ""
    KEEP: ClassVar[str] = "Keep"
    """The words on the button that keeps."""

    NAMES_PLACE: ClassVar[bool] = False
    """Whether the form names a place on the disk, which `check_place` looks at."""

    _drafting: Drafting | None = None
    _background: Background
    _found: Draft | None = None
    _keeping_draft: "Future[None] | None" = None
    _elsewhere: Worker
    """Keeps the draft while the background is held up."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.FORM)

    def fields(self) -> ComposeResult:
        """The fields, one below the other."""
        raise NotImplementedError

    def result(self) -> Result:
        """What the form was filled with.

        Raises:
            ScrutinyError: Something is missing or wrong; it is shown, and the form stays.
        """
        raise NotImplementedError

    def check_place(self, found: Result) -> None:
        """Look at the place on the disk that the form names. May wait for the disk; called in another thread.

        Raises:
            ScrutinyError: It cannot be used; that is shown, and the form stays.
        """

    def extra_buttons(self) -> Sequence[Button]:
        """Further buttons between keeping and leaving."""
        return ()

    def compose(self) -> ComposeResult:
        """The title, the fields, what is wrong, and the buttons."""
        with Vertical(classes="dialog"):
            yield Static(plain(self.title_words(), "bold"), classes="title")
            with VerticalScroll(classes="fields", can_focus=False):
                yield from self.fields()
            yield Static(classes="wrong")
            with Horizontal(classes="buttons"):
                yield Button(f"{self.KEEP} (ctrl+s)", id="keep", variant="primary", compact=True)
                yield from self.extra_buttons()
                yield Button("Cancel (esc)", id="cancel", compact=True)

    def title_words(self) -> str:
        """The words above the form."""
        return self.TITLE_TEXT

    def on_mount(self) -> None:
        """Remember what the fields held at first; go on where a session ended with the form open."""
        self.begin()
        self._first = dict(self._values())
        if self._found is not None:
            self._fill(self._found)
        if self._drafting is not None:
            self.set_interval(_KEEP_SECONDS, self.keep_draft)

    def begin(self) -> None:
        """Prepare the fields."""

    def draft_in(self, drafting: Drafting, background: Background, found: Draft | None = None) -> None:
        """Keep what stands in the form, so that it outlives a window that is killed.

        Args:
            background: Carries out what may wait for the disk.
            found: What stood in it when an earlier session ended.
        """
        self._drafting = drafting
        self._background = background
        self._elsewhere = Worker("draft")
        self._found = found
        background(partial(drafting.take_over, found))

    def texts(self) -> dict[str, str]:
        """What stands in each field, by the field's name."""
        return {name: str(value) for name, value in self._values()}

    def keep_draft(self) -> None:
        """Keep what stands in the form at this moment, in the background; elsewhere if a disk still holds it up."""
        if self._drafting is None or not self.is_mounted:
            return
        drafting, texts, first = self._drafting, self.texts(), self._first_texts()
        before = self._keeping_draft
        if before is None or before.done():
            self._keeping_draft = self._background(partial(_keep, drafting, texts, first))
        else:
            self._elsewhere.call(lambda: None if before.done() else _keep_elsewhere(drafting, texts, first))

    def forget_draft(self) -> None:
        """Remove what was kept, because nobody wants it."""
        if self._drafting is not None:
            self._background(self._drafting.forget)

    def text(self, field: str) -> str:
        """What stands in a text field."""
        widget = self.query_one(f"#{field}")
        if isinstance(widget, TextArea):
            return widget.text
        return widget.value if isinstance(widget, Input) else ""

    def choice(self, field: str) -> str:
        """What is chosen in a field of choices."""
        value = self.query_one(f"#{field}", Select).value
        return value if isinstance(value, str) else ""

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Keep or leave."""
        if event.button.id == "keep":
            self.action_keep()
        elif event.button.id == "cancel":
            self.action_cancel()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field."""
        event.stop()
        self.focus_next()

    def action_keep(self) -> None:
        """Return what the form holds, or say what is wrong with it."""
        if not self.is_active:
            return
        try:
            found = self.result()
        except ScrutinyError as problem:
            self.wrong(problem)
            return
        if self.NAMES_PLACE:
            self.run_worker(self._keep_at_place(found), exclusive=True, exit_on_error=False)
        else:
            self.dismiss(found)

    async def _keep_at_place(self, found: Result) -> None:
        try:
            await cast("AsksDisk", self.app).ask_disk(partial(self.check_place, found))
        except ScrutinyError as problem:
            if self.is_mounted:
                self.wrong(problem)
        else:
            if self.is_active:
                self.dismiss(found)

    def wrong(self, problem: ScrutinyError) -> None:
        """Say what is wrong; the form stays as it is."""
        words = f"{problem.title} {problem.hint}".strip()
        self.query_one(".wrong", Static).update(plain(words))
        self.query_one(".dialog").add_class("-wrong")

    @property
    def changed(self) -> bool:
        """Whether it holds anything that somebody entered."""
        return dict(self._values()) != self._first

    def action_cancel(self) -> None:
        """Leave; what was typed is not thrown away without asking."""
        if not self.is_active or not self.changed:
            self.dismiss(None)
            return
        answers = [("stay", "Go on editing"), ("leave", "Throw away")]
        self.app.push_screen(Choice("Leave this form without keeping what you entered?", answers), self._leave)

    def _leave(self, answer: str | None) -> None:
        if answer == "leave":
            self.dismiss(None)

    def _first_texts(self) -> dict[str, str]:
        return {name: str(value) for name, value in self._first.items()}

    def _fill(self, found: Draft) -> None:
        """Enter again what was entered; a field that was only looked at keeps what others put there meanwhile."""
        now = self.texts()
        for widget in self.query("Input, TextArea, Select"):
            name = widget.id or ""
            text, first = found.fields.get(name), found.first.get(name)
            if text is None or text == first:
                continue
            if isinstance(widget, TextArea):
                theirs = now[name] if first is not None and now[name] not in (first, text) else ""
                widget.text = f"{text}\n\n{theirs}" if theirs else text
            elif isinstance(widget, Input):
                widget.value = text
            elif isinstance(widget, Select):
                with contextlib.suppress(InvalidSelectValueError):  # the framework may know other choices by now
                    widget.value = text

    def _values(self) -> Iterator[tuple[str, object]]:
        for widget in self.query("Input, TextArea, Select"):
            if widget.id and isinstance(widget, TextArea):
                yield widget.id, widget.text
            elif widget.id and isinstance(widget, Input | Select):
                yield widget.id, widget.value


@dataclass(frozen=True)
class Removal:
    """The wish to remove what a form was opened on."""

    code: str


class ItemForm(Form[Item | Removal], Generic[Item]):
    """A form for a source or an action, which can also be removed where it is known already.

    Args:
        code: The code of what the form was opened on; None for something new.
    """

    def __init__(self, code: str | None) -> None:
        super().__init__()
        self._code = code

    def extra_buttons(self) -> Sequence[Button]:
        """Removing, for what is known."""
        return [Button("Remove", id="remove", variant="error", compact=True)] if self._code else ()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Remove. Textual calls the form's own method of this name as well."""
        if event.button.id == "remove" and self._code:
            self.dismiss(Removal(self._code))


def file_in(folder: Path, name: str, ending: str) -> Path:
    """The path of a file of that name in the folder and nowhere else, with the ending if it lacks it.

    Raises:
        ScrutinyError: The name is empty, hidden, too long, not possible on Windows, or leads out of the folder.
    """
    name = name.strip()
    if name.lower().endswith(ending):
        name = name[: -len(ending)]
    name += ending
    if name.startswith(".") or Path(name).name != name:
        raise ScrutinyError("The file name cannot be used.", hint="Use letters, digits and hyphens.")
    if len(name.encode(errors="replace")) > _NAME_LIMIT:
        raise ScrutinyError("The file name is too long.", hint="Choose a shorter one.")
    check_new_name(folder / name)
    return folder / name


def _keep(drafting: Drafting, fields: Mapping[str, str], first: Mapping[str, str]) -> None:
    try:
        drafting.keep(fields, first)
    except FileProblem:
        _keep_elsewhere(drafting, fields, first)
    else:
        if drafting.elsewhere is not None:
            drafting.elsewhere.withdraw()


def _keep_elsewhere(drafting: Drafting, fields: Mapping[str, str], first: Mapping[str, str]) -> None:
    if drafting.elsewhere is not None:
        with contextlib.suppress(FileProblem):  # full disks must not disturb whoever is typing
            drafting.elsewhere.keep(fields, first)


def labelled(label: str, widget: Widget, *, note: bool = False) -> Horizontal:
    """A field with its label before it."""
    return Horizontal(Label(plain(label)), widget, classes="field note" if note else "field")


def line_field(name: str, label: str, value: str = "", hint: str = "") -> Horizontal:
    """A field of one line."""
    return labelled(label, LineInput(value, hint=hint, id=name, compact=True))


def note_field(name: str, label: str, value: str = "", hint: str = "") -> Horizontal:
    """A field of several lines."""
    return labelled(label, NoteArea(value, hint=hint, id=name, compact=True), note=True)


def choice_field(name: str, label: str, options: Sequence[tuple[str, str]], value: str) -> Horizontal:
    """A field of choices: pairs of the words that are shown and the value behind them."""
    shown = [(Content(words), key) for words, key in options]
    return labelled(label, Select(shown, value=value, allow_blank=False, id=name, compact=True))


def member_field(name: str, label: str, chosen: StrEnum) -> Horizontal:
    """A field of choices between the members of an enumeration that have labels."""
    options = [(getattr(member, "label", member.value), member.value) for member in type(chosen)]
    return choice_field(name, label, options, chosen.value)
