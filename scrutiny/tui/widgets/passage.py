"""Paragraphs whose later lines hang under the first one's text."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from scrutiny.tui.content import EMPTY


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, and what stands before its first line, such as a bullet."""

    content: Content
    lead: Content = EMPTY

    def lines(self, width: int) -> list[Content]:
        """The paragraph's lines at a width in cells."""
        indent = self.lead.cell_length
        if indent * 2 > width:  # too little would be left beside it
            return (self.lead + self.content).wrap(max(1, width))
        wrapped = self.content.wrap(max(1, width - indent))
        rest = Content(" " * indent)
        return [(self.lead if position == 0 else rest) + line for position, line in enumerate(wrapped)]


class Passage(Widget):
    """Paragraphs one below the other, as high as they need to be."""

    DEFAULT_CSS = """
    Passage { height: auto; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._paragraphs: Sequence[Paragraph] = ()
        self._alternatives: Sequence[Sequence[Paragraph]] = ()
        self._lines: tuple[int, list[Content]] | None = None
        self._room: tuple[int, int] | None = None

    def show(self, paragraphs: Sequence[Paragraph]) -> None:
        """Show other paragraphs; nothing happens where they say the same."""
        width = self.size.width
        before = self._wrapped(width) if width else None
        self._paragraphs = paragraphs
        self._lines = None
        if before is None:  # not laid out yet; at no width at all, every letter would be a line
            self.refresh(layout=True)
            return
        after = self._wrapped(width)
        if len(before) != len(after):
            self.refresh(layout=True)
        elif not all(one.is_same(other) for one, other in zip(before, after, strict=True)):
            self.refresh()

    def keep_room(self, alternatives: Sequence[Sequence[Paragraph]]) -> None:
        """Keep room for the highest of what may be shown next, so that exchanging one for another moves nothing."""
        self._alternatives = alternatives
        self._lines = self._room = None

    def render(self) -> Content:
        """The lines at the present width."""
        return Content("\n").join(self._wrapped(self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """As many lines as there are at a width."""
        return len(self._wrapped(width))

    def _wrapped(self, width: int) -> list[Content]:
        if self._lines is None or self._lines[0] != width:
            lines = _lines(self._paragraphs, width)
            self._lines = (width, lines + [EMPTY] * (self._room_at(width) - len(lines)))
        return self._lines[1]

    def _room_at(self, width: int) -> int:
        if self._room is None or self._room[0] != width:
            heights = (len(_lines(alternative, width)) for alternative in self._alternatives)
            self._room = (width, max(heights, default=0))
        return self._room[1]


def _lines(paragraphs: Sequence[Paragraph], width: int) -> list[Content]:
    return [line for paragraph in paragraphs for line in paragraph.lines(width)]
