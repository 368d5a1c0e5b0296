"""The tracker: every action of one assessment, or of all in a folder, followed through the year."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from scrutiny.analysis.progress import PlacedAction, placed_actions
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.exchange.tables import long_day, one_line
from scrutiny.model import edits
from scrutiny.model.action import Action, ActionStatus
from scrutiny.model.assessment import Assessment
from scrutiny.model.text import is_blank
from scrutiny.settings import today
from scrutiny.store import assessments
from scrutiny.store.index import load_chosen
from scrutiny.tui import keys
from scrutiny.tui.background import on_disk
from scrutiny.tui.content import ALARM, MUTED, fit, join, line, plain
from scrutiny.tui.dialogs.conflicts import ConflictsDialog, proposed
from scrutiny.tui.page import Page
from scrutiny.tui.screens.item_forms import ItemForms
from scrutiny.tui.widgets.row_list import RowList
from scrutiny.tui.widgets.save_status import SaveStatus
from scrutiny.tui.widgets.text_fields import LineInput
from scrutiny.workspace.session import Session


@dataclass(frozen=True)
class Tracked:
    """An action with the assessment and the file it is in."""

    path: Path
    assessment: Assessment
    placed: PlacedAction

    @property
    def action(self) -> Action:
        """The action."""
        return self.placed.action

    def holds(self, words: Sequence[str]) -> bool:
        """Whether all words stand somewhere in what can be searched: who, where, how far and what."""
        action = self.action
        parts = [self.assessment.area, self.placed.ref, self.placed.section.title, self.placed.statement.name]
        parts += [action.agency, action.owner, action.status.label, action.priority.label, action.text]
        text = " ".join(parts).casefold()
        return all(word in text for word in words)


class Filter(Enum):
    """Which actions are shown."""

    ALL = "all actions"
    OPEN = "open"
    OVERDUE = "overdue"
    SLIPPED = "slipped"
    NO_OWNER = "without an owner"
    DECISION = "a decision is wanted"

    def keeps(self, action: Action) -> bool:
        """Whether an action is shown."""
        rules: dict[Filter, Callable[[], bool]] = {
            Filter.ALL: lambda: True,
            Filter.OPEN: lambda: not action.status.closed,
            Filter.OVERDUE: lambda: action.overdue(today()),
            Filter.SLIPPED: lambda: action.slipped,
            Filter.NO_OWNER: lambda: not action.owner,
            Filter.DECISION: lambda: not is_blank(action.decision),
        }
        return rules[self]()

    @property
    def following(self) -> "Filter":
        """The filter that comes after this one, around the end."""
        every = list(Filter)
        return every[(every.index(self) + 1) % len(every)]


class TrackerList(RowList):
    """A row an action, in columns as wide as the window allows."""

    def __init__(self, *, several: bool) -> None:
        super().__init__()
        self.add_keys(keys.without(keys.VI_LIST, [key for command in keys.TRACKER for key in command.keys]))
        self._several = several
        self._shown: list[Tracked] = []

    def show(self, tracked: list[Tracked]) -> None:
        """Show these actions, with the highlight where it was."""
        here = self.at(self.highlighted)
        self._shown = tracked
        self.renew()
        same = [index for index, one in enumerate(tracked) if here and _same(one, here)]
        self.highlighted = same[0] if same else self.highlighted

    def at(self, index: int) -> Tracked | None:
        """The action of a row."""
        return self._shown[index] if 0 <= index < len(self._shown) else None

    def count(self) -> int:
        """As many as are shown."""
        return len(self._shown)

    def columns(self, width: int) -> list[tuple[str, int]]:
        """The columns with their widths in cells, 0 for those that do not fit."""
        wide = width >= 100
        area = 13 if self._several else 0
        owner = 24 if wide else 0
        status = 14 if width >= 70 else 0
        rest = width - area - 12 - 14 - status - owner
        return [("Area", area), ("Ref", 12), ("Due", 14), ("Status", status), ("Owner", owner), ("Action", rest)]

    def row(self, index: int, width: int) -> Content:
        """The columns of a row."""
        one = self._shown[index]
        action = one.action
        late = action.overdue(today())
        due = f"{'! ' if late else ''}{long_day(action.due)}" if action.due else "no date"
        cells = [
            line(one.assessment.area, "bold"),
            plain(one.placed.ref, MUTED),
            plain(due, ALARM if late else ""),
            plain(action.status.label),
            line(action.owner or action.agency or "no owner", "" if action.owner else MUTED),
            line(one_line(action.text)),
        ]
        titled = self.columns(width)
        return join(*(fit(cell, cells) for cell, (_, cells) in zip(cells, titled, strict=True) if cells))


class TrackerScreen(Page):
    """Every action of an open assessment, or of every assessment in a folder.

    Args:
        session: The open assessment.
        go_to: Shows a statement in the walk below.
        folder: The folder, where there is no one assessment.
    """

    HELP: ClassVar[str] = """
The tracker. Enter changes an action: its status, its due date, today's progress. f goes through the filters; \
/ searches owners, agencies, sections, statuses and the actions themselves. An exclamation mark says overdue.

Complete needs a date and who closed it; embedded needs evidence of impact. A due date that moves keeps its \
first date.
"""

    class Found(Message):
        """The folder was read."""

        def __init__(self, tracked: list[Tracked]) -> None:
            super().__init__()
            self.tracked = tracked

    def __init__(
        self,
        session: Session | None = None,
        go_to: Callable[[str], None] | None = None,
        folder: Path | None = None,
    ) -> None:
        super().__init__(keys.TRACKER)
        self._session = session
        self._go_to = go_to
        self._folder = folder
        self._tracked: list[Tracked] = []
        self._filter = Filter.ALL

    def body(self) -> ComposeResult:
        """The heading, the search, the column titles and the actions."""
        with Horizontal(classes="heading"):
            yield Static(classes="figures")
            yield LineInput(hint="search", id="search", compact=True)
            if self._session is not None:
                yield SaveStatus(self._session.path)
        yield Static(classes="titles")
        yield TrackerList(several=self._session is None)

    @property
    def tracker(self) -> TrackerList:
        """The list of actions."""
        return self.query_one(TrackerList)

    def on_mount(self) -> None:
        """Collect the actions."""
        super().on_mount()
        if self._session is not None:
            self.query_one(SaveStatus).follow(self._session)
        self.tracker.focus()
        self._collect()

    def on_resize(self) -> None:
        """Keep the titles over the columns."""
        titles = [fit(plain(title), cells) for title, cells in self.tracker.columns(self.size.width - 3) if cells]
        self.query_one(".titles", Static).update(join("  ", *titles))

    def hinted(self) -> Sequence[str]:
        """Changing, filtering, searching."""
        return ("tracker-open", "tracker-filter", "tracker-search", "tracker-go", "tracker-back")

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Change the action."""
        one = self.tracker.at(message.index)
        if one is not None:
            self._with_forms(one, lambda forms: forms.action(one.placed.statement, one.action.id))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as one types."""
        event.stop()
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the actions that were found."""
        event.stop()
        self.tracker.focus()

    def on_tracker_screen_found(self, message: Found) -> None:
        """Show the folder's actions."""
        self._tracked = message.tracked
        self._show()

    def action_choose(self) -> None:
        """Change the highlighted action."""
        self.tracker.action_choose()

    def action_filter(self) -> None:
        """Go to the next filter."""
        self._filter = self._filter.following
        self._show()

    def action_search(self) -> None:
        """Begin to search."""
        self.query_one("#search", Input).focus()

    def action_status(self) -> None:
        """Begin the highlighted action, or put it back."""
        one = self.tracker.at(self.tracker.highlighted)
        if one is None or one.action.status.closed:
            self.notify("Closing and reopening are done in the form: press enter.", markup=False)
            return
        begun = one.action.status is ActionStatus.IN_PROGRESS
        status = ActionStatus.NOT_STARTED if begun else ActionStatus.IN_PROGRESS
        begun_or_not = edits.revise_action(one.action, status=status)
        self._with_forms(one, lambda forms: forms.put_action(one.assessment, one.placed.statement, begun_or_not))

    def action_go(self) -> None:
        """Go to the highlighted action's statement."""
        one = self.tracker.at(self.tracker.highlighted)
        if one is None:
            return
        self.dismiss()
        if self._go_to is not None:
            self._go_to(one.placed.statement.id)
        else:
            self.scrutiny.open_assessment(one.path, one.placed.statement.id)

    def action_back(self) -> None:
        """Out of the search, then back to where one came from."""
        if isinstance(self.focused, Input):
            self.tracker.focus()
        else:
            self.dismiss()

    @work(thread=True, exclusive=True, group="tracker", exit_on_error=False)
    def read_folder(self, folder: Path) -> None:
        """Collect the actions of every assessment in the folder."""
        stored = load_chosen(folder, lambda summary: summary.has_actions)
        self.post_message(self.Found([one for found in stored for one in _tracked(found.path, found.assessment)]))

    def _collect(self) -> None:
        if self._session is not None:
            self._tracked = list(_tracked(self._session.path, self._session.assessment))
            self._show()
        elif self._folder is not None:
            self.read_folder(self._folder)

    def _show(self) -> None:
        words = self.query_one("#search", Input).value.casefold().split()
        shown = [one for one in self._tracked if self._filter.keeps(one.action) and one.holds(words)]
        self.tracker.show(shown)
        overdue = sum(one.action.overdue(today()) for one in shown)
        figures = f"{len(shown)} of {len(self._tracked)} actions · {self._filter.value} · {overdue} overdue"
        self.query_one(".figures", Static).update(plain(figures))

    def _with_forms(self, one: Tracked, do: Callable[[ItemForms], object]) -> None:
        """Do something with the forms of the file that an action is in."""
        if self._session is not None:
            do(ItemForms(self.scrutiny, self._session, self._collect))
        else:
            self._with_forms_of_file(one.path, do)

    @work(exclusive=True, group="forms", exit_on_error=False)
    async def _with_forms_of_file(self, path: Path, do: Callable[[ItemForms], object]) -> None:
        try:
            session = Session(await self.scrutiny.ask_disk(partial(assessments.load, path)))
        except ScrutinyError as problem:
            self.scrutiny.show_problem(problem)
            self._collect()
        else:
            do(ItemForms(self.scrutiny, session, partial(self._save, session)))

    @work(group="save", exit_on_error=False)
    async def _save(self, session: Session) -> None:
        """Save a file that is open for one change only."""
        saved = await on_disk(session.close)
        contested = session.contested
        if contested is not None:
            heading = "Somebody else saved this file, and changed what you changed, too. Which is to be kept?"
            conflicts = contested.merged.conflicts
            dialog = ConflictsDialog(session.assessment, conflicts, heading, ("Yours", "Theirs"), later="As proposed")
            choices = await self.app.push_screen_wait(dialog)
            session.settle(choices or {conflict: proposed(conflict) for conflict in conflicts})
            saved = await on_disk(session.close)
        self._collect()
        if not saved:
            raise session.save_state.problem or FileProblem("The file could not be written in time.")


def _tracked(path: Path, assessment: Assessment) -> Iterable[Tracked]:
    return (Tracked(path, assessment, placed) for placed in placed_actions(assessment))


def _same(one: Tracked, other: Tracked) -> bool:
    return one.path == other.path and one.action.id == other.action.id
