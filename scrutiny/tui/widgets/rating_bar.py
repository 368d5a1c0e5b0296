"""The ratings of a scale, side by side, to be given by key, arrow or mouse."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from scrutiny.model.framework import NOT_APPLICABLE, Scale
from scrutiny.tui import keys
from scrutiny.tui.content import band_style

_GAP = 1


@dataclass(frozen=True)
class _Chip:
    rating: str
    content: Content
    x: int
    y: int

    def holds(self, x: int, y: int) -> bool:
        """Whether a cell of the bar belongs to the chip."""
        return y == self.y and self.x <= x < self.x + self.content.cell_length


class RatingBar(Widget, can_focus=True):
    """One chip a level and one for not applicable; they flow over as many lines as they need."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.RATING_BAR)
    DEFAULT_CSS = """
    RatingBar { height: auto; width: 1fr; }
    """

    rating: reactive[str | None] = reactive(None)
    """The rating as it is."""
    place: reactive[int] = reactive(0)
    """The chip that the arrows have reached."""

    class Chosen(Message):
        """A rating was chosen."""

        def __init__(self, rating: str) -> None:
            super().__init__()
            self.rating = rating

    class Moved(Message):
        """The arrows have reached another rating, whose meaning may be shown."""

        def __init__(self, rating: str) -> None:
            super().__init__()
            self.rating = rating

    def __init__(self, scale: Scale, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._scale = scale
        self._ratings = [*(level.key for level in scale.levels), NOT_APPLICABLE]

    def show(self, rating: str | None) -> None:
        """Show a rating, with the arrows' place on it."""
        self.rating = rating
        self.place = self._ratings.index(rating) if rating in self._ratings else 0

    def render(self) -> Content:
        """The chips, a space apart."""
        lines: list[list[Content]] = []
        for chip in self._chips(self.size.width):
            while len(lines) <= chip.y:
                lines.append([])
            lines[chip.y].append(chip.content)
        return Content("\n").join(Content(" " * _GAP).join(row) for row in lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """As many lines as the chips need."""
        return max(chip.y for chip in self._chips(width)) + 1

    def validate_place(self, place: int) -> int:
        """Keep the place on the bar."""
        return max(0, min(place, len(self._ratings) - 1))

    def on_focus(self) -> None:
        """Show the place."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the place."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose the chip under the mouse."""
        for chip in self._chips(self.size.width):
            if chip.holds(event.x, event.y):
                self.post_message(self.Chosen(chip.rating))

    def action_step(self, chips: int) -> None:
        """Move the place along the bar."""
        self.place += chips
        self.post_message(self.Moved(self._ratings[self.place]))

    def action_choose(self) -> None:
        """Choose the rating at the place."""
        self.post_message(self.Chosen(self._ratings[self.place]))

    def _chips(self, width: int) -> Iterator[_Chip]:
        x = y = 0
        for place, rating in enumerate(self._ratings):
            content = self._chip(place, rating)
            if content.cell_length > width > 0:
                content = content.truncate(width, ellipsis=True)
            if x and x + content.cell_length > width:
                x, y = 0, y + 1
            yield _Chip(rating, content, x, y)
            x += content.cell_length + _GAP

    def _chip(self, place: int, rating: str) -> Content:
        level = self._scale.by_key.get(rating)
        chosen = rating == self.rating
        here = self.has_focus and place == self.place
        letter, label = (level.letter, level.label) if level else ("–", "Not applicable")
        style = band_style(level.band if level else None) if chosen else "$foreground on $panel"
        if here:
            style += " underline"
        left, right = ("[", "]") if here else (" ", " ")
        return Content.styled(f"{left}{'●' if chosen else '○'} {letter} {label}{right}", style)
