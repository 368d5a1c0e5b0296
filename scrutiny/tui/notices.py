"""Notices at the edge of the screen: few at a time, and one of a kind."""

from dataclasses import dataclass

from textual.app import App
from textual.notifications import Notification, Notify

MOST = 4
"""The most notices that stand at one time."""

_WEIGHTS = ("information", "warning", "error")


@dataclass
class Notice(Notification):
    """A notice that knows its kind."""

    kind: str = ""
    """A later notice of the same kind replaces it; empty for one that only the same words replace."""

    def of_kind(self, other: Notification) -> bool:
        """Whether another notice says the same, or something of the same kind."""
        kind = other.kind if isinstance(other, Notice) else ""
        return (self.kind == kind) if self.kind or kind else _words(self) == _words(other)


def make_room(app: App[None], event: Notify) -> None:
    """Dismiss what a new notice replaces. Where the same notice is the latest already, the new one is dropped.

    A key that is held down gives a notice each time it repeats; every further one on the screen costs more to lay out.
    """
    _remove_empty_holders(app)
    standing, new = list(app._notifications), event.notification  # noqa: SLF001 - Textual 8.2.8 shows no other way in
    if standing and _words(standing[-1]) == _words(new):
        event.prevent_default()
        return
    replaced = [notice for notice in standing if isinstance(new, Notice) and new.of_kind(notice)]
    others = [notice for notice in standing if notice not in replaced]
    others.sort(key=lambda notice: _WEIGHTS.index(notice.severity))  # the least serious goes first, then the oldest
    for notice in (*replaced, *others[: max(0, len(others) - MOST + 1)]):
        app._unnotify(notice, refresh=False)  # noqa: SLF001 - the same


def _words(notice: Notification) -> tuple[str, str, str]:
    return notice.message, notice.title, notice.severity


def _remove_empty_holders(app: App[None]) -> None:
    """Remove the boxes of dismissed notices, which Textual 8.2.8 leaves behind."""
    for holder in app.screen.query("ToastHolder"):
        if not holder.children:
            holder.remove()
