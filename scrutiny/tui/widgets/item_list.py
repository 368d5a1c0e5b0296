"""A statement's sources or actions, with a last row that adds one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.content import Content

from scrutiny.tui.content import MUTED, line
from scrutiny.tui.widgets.row_list import RowList


@dataclass(frozen=True)
class Item:
    """A source or an action in one line."""

    code: str
    content: Content


class ItemList(RowList):
    """Items of one kind. The row after the last one adds another, so that the mouse can do it too."""

    PLACE_ALWAYS_SHOWN: ClassVar[bool] = False
    DEFAULT_CSS = """
    ItemList { height: auto; max-height: 8; }
    """

    def __init__(self, adding: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._adding = adding
        self._items: Sequence[Item] = ()

    def show(self, items: Sequence[Item]) -> None:
        """Show other items."""
        self._items = items
        self.highlighted = min(self.highlighted, len(items))
        self.renew()

    def count(self) -> int:
        """The items and the row that adds one."""
        return len(self._items) + 1

    def row(self, index: int, width: int) -> Content:  # noqa: ARG002 - part of the list's protocol
        """An item, or the invitation to add one."""
        return self._items[index].content if index < len(self._items) else line(f"+ {self._adding}", MUTED)

    def code_at(self, index: int) -> str | None:
        """The code of a row's item; None for the row that adds one."""
        return self._items[index].code if index < len(self._items) else None

    @property
    def highlighted_code(self) -> str | None:
        """The code of the highlighted item."""
        return self.code_at(self.highlighted)
