"""A list of one-line rows that draws only what is seen, for lists of any length."""

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import BindingsMap, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from scrutiny.tui import keys
from scrutiny.tui.content import fit
from scrutiny.tui.keys import Command

_GUTTER = 2


class RowList(ScrollView, can_focus=True):
    """Rows of text, one of them highlighted. Subclasses say how many there are and what each shows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--row", "row-list--highlighted", "row-list--hover"}
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.LIST)
    DEFAULT_CSS = """
    RowList {
        height: 1fr;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .row-list--row { color: $foreground; }
        & > .row-list--hover { background: $boost; }
        & > .row-list--highlighted { background: $primary 10%; text-style: bold; }
        &:focus > .row-list--highlighted { background: $primary 20%; text-style: bold; }
    }
    """

    PLACE_ALWAYS_SHOWN: ClassVar[bool] = True
    """Whether the highlight is seen while the focus is elsewhere, too."""

    highlighted: reactive[int] = reactive(0, init=False, repaint=False)
    hovered: reactive[int] = reactive(-1, init=False, repaint=False)

    class Chosen(Message):
        """A row was chosen with enter or the mouse."""

        def __init__(self, row_list: "RowList", index: int) -> None:
            super().__init__()
            self.row_list = row_list
            self.index = index

        @property
        def control(self) -> "RowList":
            """The list."""
            return self.row_list

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._strips: dict[tuple[int, int, str], Strip] = {}

    def add_keys(self, commands: Iterable[Command]) -> None:
        """Have further keys do what they do in this list."""
        for key, binding in BindingsMap(keys.bindings(commands)):
            self._bindings.key_to_bindings.setdefault(key, []).append(binding)

    def count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def row(self, index: int, width: int) -> Content:
        """What a row shows in so many cells; it is cut or padded to fit."""
        raise NotImplementedError

    def selectable(self, index: int) -> bool:
        """Whether a row can be highlighted; headings cannot."""
        return 0 <= index < self.count()

    def renew(self, index: int | None = None) -> None:
        """Draw the rows again, or one of them, because what they show has changed."""
        if index is None:
            self._strips.clear()
            height = self.count()
            if self.virtual_size.height != height:
                self.virtual_size = Size(0, height)
                if self.styles.is_auto_height:
                    self.refresh(layout=True)
            self.refresh()
        else:
            self._strips = {key: strip for key, strip in self._strips.items() if key[0] != index}
            self._refresh_row(index)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """As many lines as there are rows, for lists whose height follows their content."""
        return self.count()

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._strips.clear()

    def on_resize(self) -> None:
        """Forget what was drawn at another width."""
        self._strips.clear()
        self.virtual_size = Size(0, self.count())
        self._reveal(self.highlighted)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the window onto the rows."""
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if index >= self.count():
            return Strip.blank(width, self.rich_style)
        look = self._look(index)
        key = (index, width, look)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._draw(index, width, look)
        return strip

    def watch_highlighted(self, old: int, new: int) -> None:
        """Show where the highlight went."""
        self._refresh_row(old)
        self._refresh_row(new)
        self._reveal(new)

    def watch_hovered(self, old: int, new: int) -> None:
        """Show which row the mouse is over."""
        self._refresh_row(old)
        self._refresh_row(new)

    def validate_highlighted(self, index: int) -> int:
        """Keep the highlight on a row."""
        return max(0, min(index, self.count() - 1))

    def action_move(self, rows: int) -> None:
        """Move the highlight by so many rows, over headings."""
        step = 1 if rows > 0 else -1
        target = max(0, min(self.highlighted + rows, self.count() - 1))
        while 0 <= target < self.count() and not self.selectable(target):
            target += step
        if not self.selectable(target):
            target = self._end(forwards=rows < 0)
        self.highlighted = target

    def action_page(self, pages: int) -> None:
        """Move the highlight by a page."""
        self.action_move(pages * max(1, self.scrollable_content_region.height - 1))

    def action_first(self) -> None:
        """Move the highlight to the first row."""
        self.highlighted = self._end(forwards=True)

    def action_last(self) -> None:
        """Move the highlight to the last row."""
        self.highlighted = self._end(forwards=False)

    def action_choose(self) -> None:
        """Choose the highlighted row."""
        if self.selectable(self.highlighted):
            self.post_message(self.Chosen(self, self.highlighted))

    def on_focus(self) -> None:
        """Show the place as it looks with the focus."""
        self.renew(self.highlighted)

    def on_blur(self) -> None:
        """Show the place as it looks without the focus."""
        self.renew(self.highlighted)

    def on_click(self, event: events.Click) -> None:
        """Highlight and choose the row that was clicked."""
        index = event.y + self.scroll_offset.y
        if self.selectable(index):
            self.highlighted = index
            self.post_message(self.Chosen(self, index))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse."""
        self.hovered = event.y + self.scroll_offset.y

    def on_leave(self) -> None:
        """The mouse has gone."""
        self.hovered = -1

    def _end(self, *, forwards: bool) -> int:
        order = range(self.count()) if forwards else range(self.count() - 1, -1, -1)
        return next((index for index in order if self.selectable(index)), 0)

    def _look(self, index: int) -> str:
        placed = index == self.highlighted and (self.has_focus or self.PLACE_ALWAYS_SHOWN)
        if placed and self.selectable(index):
            return "row-list--highlighted"
        return "row-list--hover" if index == self.hovered and self.selectable(index) else ""

    def _draw(self, index: int, width: int, look: str) -> Strip:
        style = self.get_visual_style("row-list--row", *([look] if look else []))
        marker = "> " if look == "row-list--highlighted" else " " * _GUTTER
        content = Content.assemble(marker, fit(self.row(index, width - _GUTTER), width - _GUTTER))
        strips = Visual.to_strips(self, content, width, 1, style, apply_selection=False)
        return strips[0].adjust_cell_length(width, style.rich_style)

    def _refresh_row(self, index: int) -> None:
        width = self.scrollable_content_region.width
        self.refresh(Region(0, index - self.scroll_offset.y, width, 1))

    def _reveal(self, index: int) -> None:
        if self.size.height:
            above = 1 if index and not self.selectable(index - 1) else 0
            self.scroll_to_region(
                Region(0, index - above, 1, 1 + above), animate=False, force=True, immediate=True, x_axis=False
            )
