"""Whether what is on the screen is on the disk: always there, always true."""

from datetime import datetime
from pathlib import Path

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from scrutiny import paths
from scrutiny.tui.content import line
from scrutiny.workspace.known_file import SaveKind, SaveState
from scrutiny.workspace.session import Session

_LOOK_EVERY = 0.25


class SaveStatus(Widget):
    """ "saved 14:02", "saving", or "NOT SAVED" with the reason.

    Args:
        path: The file, which the reason need not name again.
    """

    DEFAULT_CSS = """
    SaveStatus {
        width: 13; height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; text-align: right;
        &.-failed { width: auto; text-align: left; background: $error; color: auto; text-style: bold; }
    }
    """

    state: reactive[SaveState] = reactive(SaveState(SaveKind.SAVED))
    """Only a failure changes the width: saving and saved come with every key, and must not lay the screen out anew."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def follow(self, session: Session) -> None:
        """Keep up with a session by itself, on screens that have nothing else to do with its saving."""

        def look() -> None:
            self.state = session.save_state

        look()
        self.set_interval(_LOOK_EVERY, look)

    def watch_state(self, state: SaveState) -> None:
        """Let a failure be seen."""
        self.set_class(state.kind is SaveKind.FAILED, "-failed")

    def render(self) -> Content:
        """The state in words."""
        if self.state.kind is SaveKind.SAVING:
            return Content("saving")
        if self.state.kind is SaveKind.FAILED:
            reason = self.state.problem.title if self.state.problem else ""
            for name in (str(self._path), self._path.name):
                reason = reason.replace(name, "the file")
            kept = f" Kept {_where(self.state.kept_at)}." if self.state.kept_at else ""
            return line(f"NOT SAVED: {reason}{kept}")
        return Content(f"saved {_clock(self.state.at)}" if self.state.at else "saved")


def _where(kept_at: Path) -> str:
    """Where a recovery file is, in words."""
    folders = {
        paths.recovery_folder(): "in the recovery folder",
        paths.temporary_recovery_folder(): "in the temporary folder",
    }
    return folders.get(kept_at.parent, "beside the file")


def _clock(moment: datetime) -> str:
    return moment.astimezone().strftime("%H:%M")
