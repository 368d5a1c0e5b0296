"""Fields that people type into, in which text is only ever text."""

from typing import Any

from textual import events
from textual.content import Content
from textual.widgets import Input, TextArea

from scrutiny.model.text import clean_line, clean_note


class NoteArea(TextArea):
    """A note of several lines. What is pasted is cleaned before it is shown, since a terminal would obey it."""

    DEFAULT_CSS = """
    NoteArea {
        height: auto; min-height: 5; max-height: 16; border: tall $border-blurred; padding: 0 1;
        &:focus { border: tall $border; }
    }
    """

    def __init__(self, text: str = "", *, hint: str = "", **details: Any) -> None:
        super().__init__(text, soft_wrap=True, tab_behavior="focus", placeholder=Content(hint), **details)

    def show(self, text: str) -> None:
        """Show another note, with a history of its own, without telling anyone that it changed."""
        with self.prevent(TextArea.Changed):
            self.load_text(text)

    def amend(self, text: str) -> None:
        """Show a new version of the same note: the cursor stays near, and nobody is told."""
        if text != self.text:
            with self.prevent(TextArea.Changed):
                cursor = self.cursor_location
                self.replace(text, self.document.start, self.document.end, maintain_selection_offset=False)
                self.move_cursor(cursor)

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        await super()._on_paste(events.Paste(clean_note(event.text)))


class LineInput(Input):
    """A field of one line. Pasted lines are folded into one."""

    def __init__(self, value: str = "", *, hint: str = "", **details: Any) -> None:
        super().__init__(value, placeholder=hint, select_on_focus=False, **details)

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        super()._on_paste(events.Paste(clean_line(event.text)))
        event.stop()
