"""The application: which screens there are, how one gets from one to the next, and how it ends."""

import asyncio
import contextlib
import gc
import signal
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, work
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.notifications import Notify
from textual.screen import Screen
from textual.worker import Worker as TextualWorker
from textual.worker import WorkerState

from scrutiny import settings as settings_module
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.model.assessment import Assessment
from scrutiny.model.text import clean_note
from scrutiny.settings import Remembered, Settings
from scrutiny.store import assessments, drafts, recovery
from scrutiny.store.patience import within
from scrutiny.tui import crash, keys, terminal
from scrutiny.tui.background import on_disk
from scrutiny.tui.key_order import KeyOrder, ordered
from scrutiny.tui.notices import Notice, make_room
from scrutiny.tui.page import HEIGHTS, WIDTHS, Page
from scrutiny.tui.process_end import LONGEST_END, end_at_the_latest, leave_hung_threads
from scrutiny.tui.warm_up import import_everything
from scrutiny.workspace.session import Session
from scrutiny.workspace.worker import Worker

if TYPE_CHECKING:
    from textual.command import Provider

    from scrutiny.tui.screens.walk import WalkScreen

Value = TypeVar("Value")

_FAULT = ScrutinyError("Something went wrong inside Scrutiny.", hint="Your work is saved. Try again, or start anew.")


_GRACE_SECONDS = 0.1
"""For so long what was typed before the window was closed may be on its way through the terminal."""

_MOMENT = 0.2
"""Seconds for which leaving a file waits for the disk before the screen goes on being used."""

_PATIENCE = 5.0
"""Seconds after which leaving a file asks what to do about a disk that does not answer."""

_LAST_SAVE, _LAST_KEEP, _LAST_CHORES = 0.8, 1.0, 0.2
"""Seconds that the last save, keeping aside what it could not save, and smaller matters may take at the end."""

_SETTINGS_SECONDS = 1.0
"""Seconds after which the program begins without settings whose disk does not answer."""

_SETTINGS_LATE = ScrutinyError("The settings could not be read: their disk does not answer.")

_IMPORT_AFTER = 0.3
"""Seconds after the first frame at which the modules of other screens are imported."""

_ASK_EVERY = 0.005
"""Seconds between two questions whether the disk has answered."""


def _page_commands() -> "type[Provider]":
    from scrutiny.tui.palette import PageCommands

    return PageCommands


class ScrutinyApp(App[None]):
    """Scrutiny in the terminal.

    Args:
        settings: The person's settings.
        remembered: What the last run left.
        folder: The folder whose assessments the library shows.
        session: The assessment to open at once; None to begin with the library.
        notice: Something to say at the start.
    """

    TITLE = "Scrutiny"
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "app.tcss",
        *(f"screens/{name}.tcss" for name in ("library", "walk", "summary", "tracker")),  # a default screen loads none
    ]
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.EVERYWHERE)
    COMMANDS = {_page_commands}  # noqa: RUF012 - typed by Textual
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(
        self,
        settings: Settings,
        remembered: Remembered,
        folder: Path,
        session: Session | None = None,
        notice: ScrutinyError | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.remembered = remembered
        self.folder = folder
        self.session = session
        self.own_keys = dict(settings.keys)
        self.asked = 0
        """How many answers of a disk are awaited."""
        self._notice = notice
        self._key_order = KeyOrder(self, super().on_event)
        self.chores = Worker("chores")
        """Writes to the state folder, whose disk may hang."""

    def get_default_screen(self) -> Screen[None]:
        """The assessment that was named, or else the library. Pushed onto a blank screen it would be painted twice."""
        screen = self._walk(self.session) if self.session else self._library()
        screen._push_result_callback(self, None)  # noqa: SLF001 - without one, Textual 8.2.8 cannot switch to another
        return screen

    async def on_event(self, event: events.Event) -> None:
        """Let keys pass in the order of their effects."""
        if ordered(event):
            await self._key_order.take(event)
        else:
            await super().on_event(event)

    def on_mount(self) -> None:
        """Put the person's choices into effect."""
        self._choose_theme()
        self.set_keymap(self.own_keys)
        unknown = set(self.own_keys) - {command.id for command in keys.every_command()}
        unknown = {name for name in unknown if not name.startswith("rate-")}
        if unknown:
            self.notify(f"The settings name keys that do not exist: {', '.join(sorted(unknown))}.", markup=False)
        if self._notice:
            self.show_problem(self._notice)
        self.theme_changed_signal.subscribe(self, lambda theme: self._remember(theme=theme.name))
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                with contextlib.suppress(NotImplementedError):  # Windows' event loop takes no handlers
                    asyncio.get_running_loop().add_signal_handler(getattr(signal, name), self._ended_from_outside)
        self.call_after_refresh(_tidy_memory)
        self.call_after_refresh(self.chores.call, partial(recovery.sweep_all, self.folder))
        self.set_timer(_IMPORT_AFTER, partial(Worker("imports").call, import_everything))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """None of Textual's own: ours are in `PageCommands`, where text is only text."""
        del screen
        return ()

    def notify(self, message: str, *, kind: str = "", timeout: float | None = None, **details: Any) -> None:
        """Give a notice, in which text is only ever text; it replaces one that says the same or is of its kind."""
        details["markup"] = False
        seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        self.post_message(Notify(Notice(clean_note(message), kind=kind, timeout=seconds, **details)))

    def _on_notify(self, event: Notify) -> None:
        """Make room before Textual shows a notice."""
        make_room(self, event)

    def on_worker_state_changed(self, event: TextualWorker.StateChanged) -> None:
        """Say what went wrong in the background."""
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            self.show_problem(error if isinstance(error, ScrutinyError) else _FAULT)

    # From one screen to the next

    async def ask_disk(self, function: Callable[[], Value]) -> Value:
        """Carry out a function that may wait for a disk; what is typed meanwhile is for what is shown next.

        Raises:
            FileProblem: The disk does not answer.
        """
        answered = self._key_order.hold()
        self.asked += 1
        try:
            return await on_disk(function)
        finally:
            self.asked -= 1
            answered()

    @work(exclusive=True, group="open", exit_on_error=False)
    async def open_assessment(self, path: Path, statement_id: str | None = None) -> None:
        """Open a file in the walk, or say why it cannot be."""
        stored = await self.ask_disk(partial(assessments.load, path))
        self.session = Session(stored)
        await self.push_screen(self._walk(self.session, statement_id))

    async def leave_assessment(self) -> None:
        """Save, remember the place, and go back to the library."""
        await self._save_then(self._to_library)

    @work(exclusive=True, group="begin", exit_on_error=False)
    async def begin_assessment(self) -> None:
        """Begin a new assessment in the library's folder."""
        from scrutiny.tui.screens import files

        await files.begin(self)

    @work(exclusive=True, group="begin", exit_on_error=False)
    async def go_on(self) -> None:
        """Open the form for a new assessment again that was open when the last session in the folder ended."""
        if await self.ask_disk(partial(drafts.waiting_for, self.folder)):
            from scrutiny.tui.screens import files

            await files.go_on(self)

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def save_copy(self) -> None:
        """Ask for another name, save the open assessment there, and go on there at the same statement."""
        from scrutiny.tui.screens import files

        if self._open_walk is not None:
            await files.save_copy(self, self._open_walk)

    def go_on_in(self, copy: Session, walk: "WalkScreen") -> None:
        """Go on in a copy of the open assessment, at the same statement."""
        self.session = copy
        while self.screen is not walk:
            self.pop_screen()
        self.switch_screen(self._walk(copy, walk.statement.id))

    @work(exclusive=True, group="open", exit_on_error=False)
    async def merge_copy(self, copy: Path, original: Path) -> None:
        """Merge a sync client's copy into its file, with every difference shown, and open the result."""
        from scrutiny.tui.screens import files

        session = await files.merge_copy(self, copy, original)
        if session is not None:
            self.session = session
            await self.push_screen(self._walk(session))

    @work(exclusive=True, group="export", exit_on_error=False)
    async def export(self, source: Path, assessment: Assessment | None = None) -> None:
        """Ask where to, then write the tracker workbook of an assessment, which is read from its file if left out."""
        from scrutiny.tui.screens import files

        if assessment is None:
            assessment = (await self.ask_disk(partial(assessments.load, source))).assessment
        await files.export(self, source, assessment)

    # Problems and the end

    def show_problem(self, problem: ScrutinyError) -> None:
        """Say what is wrong and what to do next."""
        from scrutiny.tui.dialogs.confirm import Problem

        self.push_screen(Problem(problem))

    def tell_put_aside(self, problem: ScrutinyError | None) -> None:
        """Say that something which was kept for this start could not be used, and where it is now."""
        if problem is not None:
            self.notify(f"{problem.title} {problem.hint}", title="Not offered", severity="warning", timeout=12)

    def action_help(self) -> None:
        """Help for where you are."""
        if isinstance(self.screen, Page):
            self.screen.action_help()
        else:
            words = (
                "tab goes to the next field, shift+tab back; ctrl+s keeps, escape leaves and asks first if you typed."
            )
            self.notify(words, title="In a form", markup=False, timeout=8)

    async def action_quit(self) -> None:
        """Save what is unsaved and end; ask where that is not possible, and where a form holds what nobody kept."""
        await self._quit()

    def action_help_quit(self) -> None:
        """Tell whoever presses ctrl+c, which copies, how to quit."""
        self.notify(f"Press {keys.spelled(self.own_keys.get('quit') or 'ctrl+q')} to quit.")

    def remember_place(self) -> None:
        """Keep the statement in hand for the next time."""
        walk = self._open_walk
        if walk is not None:
            self._keep(self.remembered.with_place(str(walk.session.assessment.id), walk.statement.id))

    @property
    def _open_walk(self) -> "WalkScreen | None":
        from scrutiny.tui.screens.walk import WalkScreen

        return next((screen for screen in self.screen_stack if isinstance(screen, WalkScreen)), None)

    def _walk(self, session: Session, statement_id: str | None = None) -> Screen[None]:
        from scrutiny.tui.screens.walk import WalkScreen

        return WalkScreen(session, statement_id or self.remembered.places.get(str(session.assessment.id)))

    def _library(self) -> Screen[None]:
        from scrutiny.tui.screens.library import LibraryScreen

        return LibraryScreen(self.folder)

    def _to_library(self) -> None:
        from scrutiny.tui.screens.library import LibraryScreen

        self.remember_place()
        if self.session is not None:
            self.session.sync.keep_aside()
            self.session.abandon()
            self.session = None
        if any(isinstance(screen, LibraryScreen) for screen in self.screen_stack):
            self.pop_screen()
        else:
            self.switch_screen(LibraryScreen(self.folder))

    async def _quit(self) -> None:
        from scrutiny.tui.dialogs.confirm import Choice
        from scrutiny.tui.dialogs.conflicts import ConflictsDialog
        from scrutiny.tui.dialogs.form import Form

        forms = [screen for screen in self.screen_stack if isinstance(screen, Form)]

        def leave(answer: str | None) -> None:
            if answer == "leave":
                for form in forms:
                    form.forget_draft()
                self.run_worker(self._save_and_end(), group="leave", exit_on_error=False)

        if type(self.screen) is Choice:
            return  # it waits for its own answer
        if isinstance(self.screen, ConflictsDialog):
            self.notify("Choose first, or leave this with escape.", severity="warning")
            return
        if any(form.changed for form in forms):
            answers = [("stay", "Go on editing"), ("leave", "Quit")]
            self.push_screen(Choice("Quit without keeping what you entered in this form?", answers), leave)
        else:
            await self._save_and_end()

    async def _save_and_end(self) -> None:
        self._keep_notes()
        await self._save_then(self._end)

    async def _save_then(self, leave: Callable[[], None]) -> None:
        """Leave the open file once it is saved. A disk that takes long is waited for without holding up the screen."""
        answer = self.session.ending() if self.session else None
        saved = await _within(_MOMENT, answer)
        if saved:
            leave()
        elif saved is None and answer is not None:
            self._wait_for_disk(answer, leave)
        else:
            self._ask_about_unsaved(leave)

    @work(exclusive=True, group="leave", exit_on_error=False)
    async def _wait_for_disk(self, answer: Callable[[], bool | None], leave: Callable[[], None]) -> None:
        if await _within(_PATIENCE, answer):
            leave()
        else:
            self._ask_about_unsaved(leave)

    def _keep_notes(self) -> None:
        walk = self._open_walk
        if walk is not None:
            walk.keep_notes()

    def _keep_forms(self) -> None:
        from scrutiny.tui.dialogs.form import Form

        for screen in self.screen_stack:
            if isinstance(screen, Form):
                screen.keep_draft()

    def _ask_about_unsaved(self, then: Callable[[], None]) -> None:
        from scrutiny.tui.dialogs.confirm import Choice

        session = self.session
        if session is None:
            return
        problem = session.save_state.problem
        why = problem.title if problem else "The file could not be written in time."
        if session.sync.kept_aside:
            why += " What is here is kept aside, and offered when the file is opened again."
        answers = [("stay", "Stay here"), ("copy", "Save a copy"), ("leave", "Leave without saving")]

        def carry_out(answer: str | None) -> None:
            if answer == "copy":
                self.save_copy()
            elif answer == "leave":
                then()

        self.push_screen(Choice("Your latest changes are not saved.", answers, why), carry_out)

    def _end(self) -> None:
        self.run_worker(self._end_with(0), group="end", exit_on_error=False)

    def _ended_from_outside(self) -> None:
        """The window was closed or the system ends: save everything, then what is still on its way here."""
        end_at_the_latest(LONGEST_END)
        self.set_timer(_GRACE_SECONDS, partial(self._key_order.behind, self._end_from_outside))
        self._keep_all()

    def _end_from_outside(self) -> None:
        self.run_worker(self._end_with(1), group="end", exit_on_error=False)
        self._keep_all()

    async def _end_with(self, return_code: int) -> None:
        """End once everything is saved, or else kept aside, or else the disk has had its time."""
        if self.session is not None and not await _within(_LAST_SAVE, self.session.ending()):
            sync = self.session.sync
            sync.keep_aside()
            if await _within(_LAST_KEEP, lambda: sync.kept_aside):
                self.session.abandon()
                self.session = None  # there is nothing left to wait for
        self.remember_place()
        self.exit(return_code=return_code)

    async def on_unmount(self) -> None:
        """Let the state folder take what was handed to it, if its disk answers."""
        await _within(_LAST_CHORES, lambda: None if self.chores.busy else True)

    def _keep_all(self) -> None:
        self._keep_notes()
        if self.session is not None:
            self.session.sync.hurry()
        self._keep_forms()

    def _fatal_error(self) -> None:
        """Textual's own way out prints local variables, which are people's notes; ours saves, and says so plainly."""
        with contextlib.suppress(Exception):  # whatever has failed, what can be kept is kept
            self._keep_notes()
            self._keep_forms()
            self.chores.wait(_LAST_CHORES)
        saved = self.session is None or self.session.close(timeout=2)
        report = crash.keep_report(self._exception) if self._exception else None
        self._exit_renderables.append(crash.panel(report, saved=saved))
        self._close_messages_no_wait()

    def _choose_theme(self) -> None:
        wanted = (self.settings.theme, self.remembered.theme)
        self.theme = next((name for name in wanted if name in self.available_themes), self.theme)
        if self.settings.theme not in ("", *self.available_themes):
            known = ", ".join(sorted(self.available_themes))
            self.notify(f"The settings name an unknown theme. There are: {known}.", markup=False, timeout=10)

    def _remember(self, **changes: str) -> None:
        self._keep(self.remembered.model_copy(update=changes))

    def remember_details(self, assessment: Assessment) -> None:
        """Keep whose assessment it is, to propose it for the next one."""
        respondent = assessment.respondent
        self._remember(
            partnership=assessment.partnership,
            area=assessment.area,
            cycle=assessment.cycle,
            organisation=respondent.organisation,
            role=respondent.role,
            name=respondent.name,
            framework=assessment.framework.id,
        )

    def _keep(self, remembered: Remembered) -> None:
        self.remembered = remembered
        self.chores.call(partial(settings_module.keep_remembered, remembered))  # no work depends on its success


def run(path: Path | None) -> int:
    """Open the interface on an assessment, on a folder, or on the person's own folder; returns the exit code.

    Raises:
        FileProblem: The named file cannot be used.
    """
    terminal.install()
    sys.setswitchinterval(0.0005)  # a paint must not wait for a save: Python's own 5 ms are as long as a paint takes
    notice: ScrutinyError | None = None
    try:
        settings = within(_SETTINGS_SECONDS, settings_module.load_settings)
    except FileProblem as problem:
        settings, notice = Settings(), problem
    except TimeoutError:
        settings, notice = Settings(), _SETTINGS_LATE
    try:
        remembered = within(_SETTINGS_SECONDS, settings_module.load_remembered)
    except TimeoutError:
        remembered = Remembered()
    path = path.absolute() if path is not None else None
    session = Session(assessments.load(path)) if path is not None and not path.is_dir() else None
    folder = settings.assessments_folder if path is None else path if path.is_dir() else path.parent
    app = ScrutinyApp(settings, remembered, folder, session, notice)
    loop = asyncio.new_event_loop()  # our own, since asyncio.run would wait for threads that a disk holds up
    asyncio.set_event_loop(loop)
    try:
        app.run(loop=loop)
    finally:
        if app.session is not None:
            app.session.close(timeout=_LAST_SAVE)
        loop.close()
    leave_hung_threads(app.return_code or 0)
    return app.return_code or 0


def _tidy_memory() -> None:
    """Let the collector pass over what start-up made, which lives as long as the program."""
    gc.enable()
    gc.freeze()


async def _within(seconds: float, answer: Callable[[], bool | None] | None) -> bool | None:
    """Ask again and again, without holding up the screen, until there is an answer or the time is over."""
    deadline = time.monotonic() + seconds
    while answer is not None:
        result = answer()
        if result is not None or time.monotonic() >= deadline:
            return result
        await asyncio.sleep(_ASK_EVERY)
    return True
