"""What a screen on an open file has to do about the disk: tell its state, take in others' work, offer what was lost."""

import contextlib
import time
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from scrutiny.analysis.merge import Choice
from scrutiny.errors import ScrutinyError
from scrutiny.exchange.tables import long_day
from scrutiny.store.assessments import Stored
from scrutiny.tui.keys import Command
from scrutiny.tui.page import Page
from scrutiny.workspace.saving import somebody_else_was_faster
from scrutiny.workspace.session import Session

if TYPE_CHECKING:
    from scrutiny.tui.dialogs.conflicts import Settled

_LOOK_EVERY = 1.0
"""Seconds between two looks at the file, to notice another's save within two."""

_TYPING_SECONDS = 1.5
"""For so long after a letter somebody counts as typing."""

_ASK_LATER = 0.25

_NO_LOCK = (
    "The folder of the locks cannot be used; scrutiny locate says where it is. Until it can be used again, do not "
    "save this file in two windows at the same moment."
)


class OpenFileScreen(Page):
    """A screen on one open file.

    Args:
        session: The open file.
        commands: What can be done here.
    """

    NAMES: ClassVar[tuple[str, str]] = ("Yours", "Theirs")

    class SessionNews(Message):
        """Something may have changed that the session can be asked: its save state, another writer, what was left."""

        def can_replace(self, message: Message) -> bool:
            """Let one take the place of all that wait: the session is asked once for everything."""
            return isinstance(message, OpenFileScreen.SessionNews)

    def __init__(self, session: Session, commands: Sequence[Command]) -> None:
        super().__init__(commands)
        self.session = session
        self._asking = False
        self._offered = False
        """Whether what the last session could not save was offered."""
        self._told = ""
        self._told_of_lock = False
        self._typed_at = 0.0
        """When somebody typed into a note the last time, by the monotonic clock."""

    @abstractmethod
    def refresh_all(self) -> None:
        """Show everything as it stands in the session."""

    @abstractmethod
    def keep_notes(self) -> None:
        """Keep what stands in the notes, though the word of its last letters may still be on its way here."""

    @abstractmethod
    def show_save_state(self) -> None:
        """Show what is true of the file."""

    @abstractmethod
    def go_on(self) -> object:
        """Open the form again that was open when the last session on the file ended."""

    def watch_file(self) -> None:
        """Begin to follow the file, and offer what the last session could not save."""
        self.session.sync.news.listen(lambda: self.post_message(self.SessionNews()))
        self.session.left_behind.look()
        self.set_interval(_LOOK_EVERY, self.look)
        self.call_after_refresh(self.session.sync.start)

    def look(self) -> None:
        """Have the file looked at in the background, and show how the saving stands."""
        self.session.sync.look()
        self.show_save_state()

    def on_open_file_screen_session_news(self) -> None:
        """Take in what others saved, offer what was left, and show how the saving stands."""
        if self.session.left_behind.ready and not self._offered:
            self._offered = True
            self._offer_newer_backup()
            while self.session.left_behind.put_aside:
                self.scrutiny.tell_put_aside(self.session.left_behind.put_aside.pop())
        if self.session.sync.file.replaced is not None:
            self._take_in()
        if not (self.session.sync.file.on_disk.locked or self._told_of_lock):
            self._told_of_lock = True
            self.notify(_NO_LOCK, title="Saved without a lock", severity="warning", timeout=12)
        problem = None if self.session.contested else self.session.save_state.problem
        if problem is None:
            self._told = ""
        elif not somebody_else_was_faster(problem) or self.session.sync.file.problem:
            self._tell(problem)
        self.show_save_state()

    def _tell(self, problem: ScrutinyError) -> None:
        """Say why the text is not saved: once, though it is met again and again."""
        if problem.title != self._told:
            self._told = problem.title
            self.notify(f"{problem.title} {problem.hint}", title="Not saved", severity="error", timeout=12)

    def ask_again(self) -> None:
        """Show what is still to be settled, if anything is."""
        self._typed_at = 0.0
        if self.session.contested is not None:
            self._take_in()

    def somebody_types(self) -> None:
        """Remember that somebody typed at this moment."""
        self._typed_at = time.monotonic()

    def _take_in(self) -> None:
        self.keep_notes()
        before = self.session.assessment
        try:
            self.session.take_in()
        except ScrutinyError as problem:
            self._tell(problem)
            self.show_save_state()
            return
        if self.session.contested is not None:
            if not self._asking:
                self._asking = True
                self._ask()
        elif self.session.older_copy is not None:
            self._ask_about_older_copy()
        elif self.session.assessment != before:
            self.refresh_all()
            self.notify("Somebody else saved this file. Their changes are here now, beside yours.", timeout=5)
        self.show_save_state()

    def _ask_about_older_copy(self) -> None:
        """Say that an older copy was put back, and offer to use it; not while somebody types."""
        if not self.is_current or time.monotonic() - self._typed_at < _TYPING_SECONDS:
            self.set_timer(_ASK_LATER, self._ask_about_older_copy)
            return
        older = self.session.older_copy
        if older is None:
            return
        from scrutiny.tui.dialogs.confirm import Choice as ChoiceDialog

        def carry_out(answer: str | None) -> None:
            if answer == "older":
                self.keep_notes()
                self.session.use_older_copy()
                self.refresh_all()
            self.session.older_copy = None

        heading = f"An older copy of this file, last changed on {_moment(older)}, was put in its place."
        answers = [("keep", "Keep what is here"), ("older", "Use the older copy")]
        detail = "What is here is newer and is saved again. If you use the older copy, undo brings this back."
        self.app.push_screen(ChoiceDialog(heading, answers, detail), carry_out)

    def _ask(self) -> None:
        """Ask what is to be kept; not before nobody types, since a dialog must not come between somebody's letters."""
        if not self.is_current or time.monotonic() - self._typed_at < _TYPING_SECONDS:
            self.set_timer(_ASK_LATER, self._ask)
            return
        with contextlib.suppress(ScrutinyError):  # it is told by the next look
            self.session.take_in()  # with what was typed since
        contested = self.session.contested
        if contested is None:
            self._asking = False
            self.refresh_all()
            return
        from scrutiny.tui.dialogs.conflicts import ConflictsDialog

        heading = "Somebody else saved this file, and changed what you changed, too. Which is to be kept?"
        dialog = ConflictsDialog(self.session.assessment, contested.merged.conflicts, heading, self.NAMES, unasked=True)
        self.app.push_screen(dialog, self._settle)

    def _settle(self, choices: "Settled | None") -> None:
        self._asking = False
        if choices is not None:
            self.keep_notes()
            self.session.settle(choices)
            self.refresh_all()
        self.show_save_state()

    def _offer_newer_backup(self) -> None:
        """Say that the file is older than what was saved here, and offer that; then go on to what was not saved."""
        newer = self.session.left_behind.newer
        if newer is None:
            self._offer_recovered()
            return
        from scrutiny.tui.dialogs.confirm import Choice as ChoiceDialog

        def carry_out(answer: str | None) -> None:
            if answer == "newer":
                self.keep_notes()
                self.session.use_newer_backup()
                self.refresh_all()
            elif answer == "keep":
                self.session.left_behind.keep_opened_version()
            self._offer_recovered()

        heading = f"This file is older than what was saved on this computer on {_moment(newer)}."
        answers = [("keep", "Keep this file"), ("newer", "Bring back the newer version")]
        detail = "A sync client or a person may have put an older copy in its place. Undo takes the choice back."
        self.app.push_screen(ChoiceDialog(heading, answers, detail), carry_out)

    def _offer_recovered(self) -> None:
        recovered = self.session.left_behind.offer(self.session.assessment)
        if recovered is None:
            self._offer_unmergeable()
            return
        from scrutiny.exchange.differences import added_words
        from scrutiny.tui.dialogs.conflicts import ConflictsDialog

        heading = (
            "The last session ended before it could save all of this. What was saved stands beside what was found."
        )
        added = added_words(self.session.assessment, recovered.assessment)
        names = ("Saved", "Found")
        prefer = Choice.THEIRS  # what nobody has saved can be had nowhere else
        dialog = ConflictsDialog(recovered.assessment, recovered.conflicts, heading, names, prefer=prefer, added=added)

        def take_back(choices: "Settled | None") -> None:
            if choices is not None:  # otherwise it is offered again at the next start
                self.session.take_back(recovered, choices)
                self.refresh_all()
            self._offer_unmergeable()

        self.app.push_screen(dialog, take_back)

    def _offer_unmergeable(self) -> None:
        """Offer text that rests on another version of the framework as a new file; then go on to an open form."""
        if self.session.left_behind.unmergeable is None:
            self.go_on()
            return
        from scrutiny.tui.dialogs.confirm import Choice as ChoiceDialog

        def carry_out(answer: str | None) -> None:
            if answer == "new":
                self.run_worker(self._save_unmergeable(), exclusive=True, group="recovered", exit_on_error=False)
            self.go_on()

        heading = "The last session ended before it could save everything, and this file has another framework now."
        answers = [("later", "Later"), ("new", "Save it as a new file")]
        detail = "What was found cannot be merged into this file. As a new file beside it, it can be opened and copied."
        self.app.push_screen(ChoiceDialog(heading, answers, detail), carry_out)

    async def _save_unmergeable(self) -> None:
        copy = await self.scrutiny.ask_disk(self.session.left_behind.save_unmergeable)
        self.notify(f"What was found is in {copy.name}.", title="Saved", timeout=10)


def _moment(stored: Stored) -> str:
    """When a version was last changed, on the person's own clock."""
    moment = stored.assessment.modified.astimezone()
    return f"{long_day(moment.date())} at {moment:%H:%M}"
