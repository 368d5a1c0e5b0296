"""Whether what is on the screen is on the disk: always there, always true."""

from datetime import datetime

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from scrutiny.saving import SaveKind, SaveState


class SaveStatus(Widget):
    """ "saved 14:02", "saving", or "NOT SAVED" with the reason."""

    DEFAULT_CSS = """
    SaveStatus {
        width: auto; height: 1; padding: 0 1;
        &.-failed { background: $error; color: auto; text-style: bold; }
    }
    """

    state: reactive[SaveState] = reactive(SaveState(SaveKind.SAVED), layout=True)

    def watch_state(self, state: SaveState) -> None:
        """Let a failure be seen."""
        self.set_class(state.kind is SaveKind.FAILED, "-failed")

    def render(self) -> Content:
        """The state in words."""
        if self.state.kind is SaveKind.SAVING:
            return Content("saving")
        if self.state.kind is SaveKind.FAILED:
            reason = self.state.problem.title if self.state.problem else ""
            return Content(f"NOT SAVED: {reason}")
        return Content(f"saved {_clock(self.state.at)}" if self.state.at else "saved")


def _clock(moment: datetime) -> str:
    return moment.astimezone().strftime("%H:%M")
