"""Fields that people type into, in which text is only ever text."""

from typing import Any

from textual import events
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, TextArea

from scrutiny.model.text import NOTE_LIMIT, clean_line, clean_note


class NoteArea(TextArea):
    """A note of several lines. What is pasted is cleaned before it is shown, since a terminal would obey it."""

    DEFAULT_CSS = """
    NoteArea {
        height: auto; min-height: 5; max-height: 16; border: tall $border-blurred; padding: 0 1;
        &:focus { border: tall $border; }
    }
    """

    def __init__(self, text: str = "", *, hint: str = "", **details: Any) -> None:
        self._drawn: dict[tuple[object, ...], Strip] = {}
        self._coloured = False
        super().__init__(text, soft_wrap=True, tab_behavior="focus", placeholder=Content(hint), **details)
        self.match_cursor_bracket = False

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines; the colours are worked out when they change, not at every paint as Textual does."""
        if not self._coloured:
            self._coloured = True
            return super().render_lines(crop)
        return Widget.render_lines(self, crop)

    def render_line(self, y: int) -> Strip:
        """Draw a line. One without caret and selection is drawn once for its text; Textual draws all at every key."""
        row = y + self.scroll_offset.y
        start, caret = self.selection
        if start != caret or not self.text or row >= self.wrapped_document.height:
            return super().render_line(y)
        line, section = self.wrapped_document._offset_to_line_info[row]  # noqa: SLF001 - what Textual draws by
        ends = [0, *self.wrapped_document.get_offsets(line), len(self.document.get_line(line))]
        if line == caret[0] and ends[section] <= caret[1] <= ends[section + 1]:
            return super().render_line(y)
        piece = self.document.get_line(line)[ends[section] : ends[section + 1]]
        look = (line == caret[0], self.has_focus, self.theme, self.read_only)
        key = (piece, section + 2 == len(ends), self.scrollable_content_region.width, self.scroll_offset.x, look)
        strip = self._drawn.get(key)
        if strip is None:
            strip = self._drawn[key] = super().render_line(y)
        return strip

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._drawn.clear()
        self._coloured = False

    def show(self, text: str) -> None:
        """Show another note, with a history of its own, without telling anyone that it changed."""
        with self.prevent(TextArea.Changed):
            self._drawn.clear()
            self.load_text(text)

    def amend(self, text: str) -> None:
        """Show a new version of the same note: the cursor stays near, and nobody is told."""
        if text != self.text:
            with self.prevent(TextArea.Changed):
                cursor = self.cursor_location
                self.replace(text, self.document.start, self.document.end, maintain_selection_offset=False)
                self.move_cursor(cursor)

    def show_caret(self) -> None:
        """Keep the line that is written in sight: what scrolls around a note does not follow its caret by itself."""
        around = next((node for node in self.ancestors if isinstance(node, VerticalScroll)), None)
        if around is not None and self.has_focus:
            row = self.cursor_screen_offset.y - around.content_region.y + around.scroll_offset.y
            around.scroll_to_region(Region(0, row - 1, 1, 3), animate=False, force=True, x_axis=False)

    def on_focus(self) -> None:
        """Show where writing begins."""
        self.call_after_refresh(self.show_caret)

    def on_text_area_selection_changed(self) -> None:
        """Follow the caret."""
        self.call_after_refresh(self.show_caret)

    async def _on_key(self, event: events.Key) -> None:
        _leave_to_bindings(event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        text = clean_note(event.text)
        if len(self.text) - len(self.selected_text) + len(text) > NOTE_LIMIT:
            words = f"A note holds at most {NOTE_LIMIT:,} characters. Nothing was pasted."
            self.notify(words, severity="warning", markup=False, timeout=8)
            return
        await super()._on_paste(events.Paste(text))


class LineInput(Input):
    """A field of one line. Pasted lines are folded into one."""

    def __init__(self, value: str = "", *, hint: str = "", **details: Any) -> None:
        super().__init__(value, placeholder=hint, select_on_focus=False, **details)

    async def _on_key(self, event: events.Key) -> None:
        _leave_to_bindings(event)

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        super()._on_paste(events.Paste(clean_line(event.text)))
        event.stop()


def _leave_to_bindings(event: events.Key) -> None:
    """Keep a letter from being typed that was pressed together with alt: most terminals send it along."""
    if event.key.startswith("alt+"):
        event.prevent_default()
