"""The programs that use one assessment on a simulated computer, and what they promise.

Windows and commands are the real ones. What other programs do to the file is done past the computer's faults.

What is checked (`World.come_to_rest`): what was told as saved is in the file, or in a recovery file that the next start
offers; and what a window shows as saved is what the file holds.
"""

import contextlib
import errno
import io
import itertools
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from scrutiny import paths
from scrutiny.analysis.merge import Choice, Merged
from scrutiny.cli.main import run
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.model import edits
from scrutiny.model.assessment import Answer, Assessment
from scrutiny.store import assessments, codec, recovery
from scrutiny.workspace.history import Step
from scrutiny.workspace.known_file import SaveKind, SaveState
from scrutiny.workspace.session import Edit, Session
from scrutiny.workspace.timing import Timing
from tests import building
from tests.workspace.computer import (
    BACKUPS,
    LOCKS,
    RECOVERY,
    SHORT,
    STATE,
    TEMPORARY,
    WORK,
    Computer,
    FaultKind,
    Program,
)
from tests.workspace.marking import COMMAND_ITEMS, COMMAND_NOTE, ITEMS, MARK, NOTE, marked, marks
from tests.workspace.system_calls import LOCK, LOOK, MAKE_FOLDER, OPEN, RENAME, WRITE

PATIENCE = 20.0
"""Seconds within which everything must have come to rest: far longer than it takes on a busy machine."""

TIMING = Timing(
    quiet=0.0, longest=0.0, retries=(0.01,), recovery=0.03, recovery_place=0.2, late=0.1, settled=0.0, join=2.0
)
"""A session's usual timing, a hundred times as fast."""

_KEEPING_AREAS = (RECOVERY, TEMPORARY, WORK)
"""Where recovery files are written, in the order in which the places are tried."""

_KEEPING = {LOOK, OPEN, WRITE, RENAME, MAKE_FOLDER}
"""The calls that writing a recovery file needs."""


class BrokenPromise(AssertionError):
    """Text that was told as saved is lost, or a window shows something that is not true."""


class Window(Program):
    """A window in which the assessment is open."""

    session: Session

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.recovered: Merged | None = None
        """What an earlier window left, offered and not yet answered."""
        self.form_opened_on: Assessment | None = None

    @property
    def asked(self) -> bool:
        """Whether it asks the person something."""
        session = self.session
        return bool(session.contested or session.older_copy or self.recovered or session.left_behind.unmergeable)


@dataclass(frozen=True)
class Content:
    """What a file holds."""

    raw: bytes | None
    """None if there is no file."""
    assessment: Assessment | None
    """None if it is no assessment that can be read."""


class World(Computer):
    """One assessment on a computer, and the programs that use it.

    Args:
        root: An empty folder.
        patience: Seconds within which everything must have come to rest.
        complaints: Takes every promise that is found broken.
    """

    def __init__(self, root: Path, patience: float = PATIENCE, complaints: list[str] | None = None) -> None:
        super().__init__(root)
        self.path = self.folder / "northshire.toml"
        self.patience = patience
        self.complaints = [] if complaints is None else complaints
        self.windows: list[Window] = []
        self.history: list[bytes] = []
        """Everything that the file was seen to hold."""
        self.wanted: set[str] = set()
        """The marks that nobody has deliberately removed."""
        self.told: set[str] = set()
        """The marks that somebody was told are saved."""
        self.excused: set[str] = set()
        """Marks that only a live window still holds, through no fault of the program: its death may lose them."""
        self.copies: list[Path] = []
        """Files to which recovered text was saved."""
        self._numbers = itertools.count(1)
        self._opened = 0
        self._decoded: dict[bytes, Assessment | None] = {}

    def begin(self) -> None:
        """Put this computer in the place of the real one, and make the assessment."""
        super().begin()
        assessments.create(self.path, building.draft(answers={NOTE: Answer(evidence="Heard.")}))
        self.remember_content()

    def end(self) -> None:
        """Kill every program and put the real computer back in its place."""
        try:
            self.mend()
            for window in list(self.windows):
                self._kill(window)
        finally:
            super().end()

    def _broken(self, complaint: str) -> BrokenPromise:
        self.complaints.append(complaint)
        content = self.content()
        there = (
            sorted(marks(content.assessment)) if content.assessment else "no assessment" if content.raw else "nothing"
        )
        self.log.append(f"  the file holds {there}; recovery files hold {sorted(self._kept())}")
        return BrokenPromise("\n".join([complaint, *self.log[-60:]]))

    def note(self, happening: str) -> None:
        """Write down what happens, for whoever has to find out why a promise was broken."""
        shown = [f"{window.name} {self._state(window).kind.value}" for window in self.windows]
        self.log.append(f"  {happening}   [{', '.join(shown)}]")

    # What people do

    def next_number(self) -> int:
        """A number for a new edit."""
        return next(self._numbers)

    def open_window(self) -> Window | None:
        """Start the program on the file; None if it refuses to open it."""
        self._opened += 1
        window = Window(f"window {self._opened}")
        with self.acting(window):
            try:
                recovery.sweep_all(self.path.parent)
                stored = assessments.load(self.path)
            except ScrutinyError:
                return None
            except MemoryError:
                return None
            session = Session(stored, clock=self.now, timing=TIMING)
            window.session = session
            session.sync.news.listen(self._tell)
            session.sync.start()
            self.windows.append(window)
            self._look_for_recovered(window)
        self.note(f"{window.name} is opened")
        self._note_told(window)
        return window

    def _look_for_recovered(self, window: Window) -> None:
        session = window.session
        session.left_behind.look()
        deadline = time.monotonic() + self._patient
        while not (session.left_behind.ready or window.dead) and time.monotonic() < deadline:
            self._wait_for_news(0.01)
        with contextlib.suppress(MemoryError):
            window.recovered = session.left_behind.offer(session.assessment)

    def answer_offer(self, window: Window, choice: Choice | None) -> None:
        """Take the offered text of an earlier window back, or discard it."""
        self.note(f"{window.name} answers the offer: {choice}")
        session, offered = window.session, window.recovered
        with self.acting(window):
            if session.left_behind.unmergeable is not None:
                with contextlib.suppress(FileProblem, MemoryError):
                    self.copies.append(session.left_behind.save_unmergeable())
            if offered is None:
                return
            window.recovered = None
            before = marks(session.assessment) | self._marks_offered(offered)
            if choice is None:
                session.left_behind.discard()
            else:
                session.take_back(offered, dict.fromkeys(offered.conflicts, choice))
            self._changed(before, marks(session.assessment))
        self._note_told(window)

    def _marks_offered(self, offered: Merged) -> frozenset[str]:
        texts = " ".join(f"{conflict.ours} {conflict.theirs}" for conflict in offered.conflicts)
        return marks(offered.assessment) | frozenset(MARK.findall(texts))

    def edit(self, window: Window, edit: Edit, *, typing: bool = False) -> None:
        """Carry out an edit in a window."""
        self.note(f"{window.name} edits: {sorted(marks(window.session.assessment))}")
        with self.acting(window):
            before = marks(window.session.assessment)
            window.session.edit(edit, "an edit", NOTE, typing=typing)
            self._changed(before, marks(window.session.assessment))
        self._note_told(window)

    def open_form(self, window: Window) -> None:
        """Open a form on the assessment as it stands."""
        self.note(f"{window.name} opens a form")
        window.form_opened_on = window.session.assessment

    def leave_form(self, window: Window, edit: Edit) -> None:
        """Carry out the edit of a form that was opened earlier."""
        self.note(f"{window.name} leaves a form")
        base, window.form_opened_on = window.form_opened_on, None
        if base is None:
            return
        with self.acting(window), contextlib.suppress(ScrutinyError):
            before = marks(window.session.assessment)
            window.session.edit_from(base, edit, "an edit", NOTE)
            self._changed(before, marks(window.session.assessment))
        self._note_told(window)

    def step_back(self, window: Window) -> None:
        """Undo the last edit: its own marks go, and nobody else's."""
        self.note(f"{window.name} undoes")
        self._step(window, window.session.history.undoable, window.session.undo)

    def step_forward(self, window: Window) -> None:
        """Redo the last edit that was undone."""
        self.note(f"{window.name} redoes")
        self._step(window, window.session.history.redoable, window.session.redo)

    def _step(self, window: Window, step: Step | None, move: Callable[[], object]) -> None:
        if step is None:
            return
        before = marks(window.session.assessment)
        with self.acting(window), contextlib.suppress(ScrutinyError):
            move()
        after = marks(window.session.assessment)
        if not before ^ after <= marks(step.before) | marks(step.after):
            raise self._broken(f"{window.name}: a step has moved what others wrote")
        self._changed(before, after)
        self._note_told(window)

    def save(self, window: Window) -> None:
        """Press ctrl+s."""
        self.note(f"{window.name} saves")
        with self.acting(window):
            window.session.save_now(self._patient)
        self._note_told(window)

    def settle_conflict(self, window: Window, choice: Choice) -> None:
        """Choose between two versions."""
        self.note(f"{window.name} settles: {choice}")
        session = window.session
        if session.contested is None:
            return
        before = marks(session.assessment) | marks(session.contested.theirs.assessment)
        if session.sync.file.replaced is not None:
            before |= marks(session.sync.file.replaced.assessment)
        with self.acting(window), contextlib.suppress(ScrutinyError):
            session.settle(dict.fromkeys(session.contested.merged.conflicts, choice))
            self._changed(before, marks(session.assessment))
        self._note_told(window)

    def answer_older_copy(self, window: Window, *, use: bool) -> None:
        """Go back to the older copy that was put in the file's place, or do not."""
        self.note(f"{window.name} uses the older copy: {use}")
        before = marks(window.session.assessment)
        with self.acting(window):
            if use:
                window.session.use_older_copy()
            window.session.older_copy = None
        self._changed(before, marks(window.session.assessment))

    def close(self, window: Window) -> None:
        """Close a window; what its answer promises must be true at once."""
        self.note(f"{window.name} closes")
        session = window.session
        saved: bool | None = None
        with self.acting(window):
            saved = session.close(self._patient)
        if saved and self.content(session.path).assessment != session.assessment and not self._unseen(window):
            raise self._broken(f"{window.name} says it is saved and closes, but the file holds something else")
        if saved is False and not window.dead:
            self._await_kept(window)
        self._note_told(window)
        self._kill(window)

    def end_from_outside(self, window: Window) -> None:
        """End a window as SIGTERM does."""
        self.note(f"{window.name} is ended by the system")
        session = window.session
        with self.acting(window):
            answer = session.ending()
            if not self._within(window, answer):
                session.sync.keep_aside()
                self._within(window, lambda: session.sync.kept_aside)
        self._note_told(window)
        self._kill(window)

    def _within(self, window: Window, answer: Callable[[], bool | None]) -> bool | None:
        deadline = time.monotonic() + (SHORT if self.hanging else self.patience)
        while time.monotonic() < deadline and not window.dead:
            result = answer()
            if result is not None:
                return result
            self._wait_for_news(0.01)
        return None

    def _await_kept(self, window: Window) -> None:
        """Wait until a window that could not save has kept its text, if that is possible."""
        deadline = time.monotonic() + self.patience
        while (complaint := self._not_kept(window)) and not window.dead:
            if time.monotonic() > deadline:
                raise self._broken(complaint)
            self._wait_for_news(0.01)

    def _unseen(self, window: Window) -> bool:
        """Whether something may have happened to the file that a window cannot have seen yet."""
        return self._blind() or len(self.windows) > 1 or window.dead

    def kill(self, window: Window) -> None:
        """Kill a window at this moment."""
        self._kill(window)

    def _kill(self, window: Window) -> None:
        self.note(f"{window.name} is dead")
        window.dead = True
        self._tell()
        with self.acting(None):
            deadline = time.monotonic() + PATIENCE
            while alive := [thread for thread in window.threads if thread.is_alive()]:
                window.session.left_behind._worker.stop()
                with self.acting(window):
                    window.session.sync._saver.stop()
                with self.acting(window):
                    window.session.sync.keeper.stop()  # again, since a keeper at work starts its workers anew
                alive[0].join(0.05)
                if time.monotonic() > deadline:
                    stack = "".join(traceback.format_stack(sys._current_frames()[alive[0].ident or 0]))
                    raise self._broken(f"{window.name}: the thread {alive[0].name} does not end\n{stack}")
            for lock in window.locks:
                recovery.release(lock)
        for thread in window.threads:
            self._owners.pop(thread, None)
        if window in self.windows:
            self.windows.remove(window)
        self._forgive()

    def bury(self) -> None:
        """Take note of the windows that have died by themselves."""
        for window in list(self.windows):
            if window.dead:
                self._kill(window)

    # Commands

    def command(self, *words: str, stdin: bytes = b"", calls_left: int | None = None) -> bool:
        """Run a command; returns whether it says that all is well."""
        program = Program("command")
        program.calls_left = calls_left
        self.note(f"command {words[0]}, killed after {calls_left}")
        code: int | None = None
        with (
            self.acting(program),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")),
        ):
            code = run(list(words))
        with self.acting(None):
            for lock in program.locks:
                recovery.release(lock)
        return code == 0

    def rate_by_command(self, calls_left: int | None = None) -> None:
        """Give a statement a rating and a note in place of the last one."""
        number = self.next_number()
        for window in self.windows:
            self._unwant(MARK.findall(window.session.assessment.answer(COMMAND_NOTE).evidence))
        now = self.content().assessment
        if now is not None:
            self._unwant(MARK.findall(now.answer(COMMAND_NOTE).evidence))
        self.wanted.add(marked(number))
        words = ("rate", str(self.path), COMMAND_NOTE, "amber", "--evidence", marked(number))
        if self.command(*words, calls_left=calls_left):
            self._tell_saved(marked(number))

    def add_by_command(self, calls_left: int | None = None) -> None:
        """Add an action."""
        number = self.next_number()
        self.wanted.add(marked(number))
        words = ("action", "add", str(self.path), COMMAND_ITEMS, "--text", marked(number))
        if self.command(*words, calls_left=calls_left):
            self._tell_saved(marked(number))

    def rate_without_text(self, calls_left: int | None = None) -> None:
        """Give the note to a command on its standard input, where there is nothing."""
        before = self.content().assessment
        self.command("rate", str(self.path), NOTE, "amber", "--evidence", "-", calls_left=calls_left)
        after = self.content().assessment
        if before is None or after is None or not before.answer(NOTE).evidence:
            return
        wished = any(not window.session.assessment.answer(NOTE).evidence for window in self.windows)
        if not after.answer(NOTE).evidence and not wished:
            raise self._broken("a command has removed the note")

    def export_by_command(self, *, to_a_link: bool, calls_left: int | None = None) -> None:
        """Export a workbook, perhaps to a link that leads back to the assessment."""
        link = self.folder / "link.xlsx"
        if not link.is_symlink():
            link.symlink_to(self.path)
        target = link if to_a_link else self.folder / "tracker.xlsx"
        before = self.content().assessment
        self.command("export", str(self.path), "-o", str(target), "--replace", calls_left=calls_left)
        if before is not None and self.content().assessment is None:
            raise self._broken("an export has replaced the assessment")

    def _tell_saved(self, mark: str) -> None:
        self.told.add(mark)

    # What other programs do

    @contextmanager
    def elsewhere(self, what: str) -> Iterator[bool]:
        """Change the file as another program does; says whether that is possible just now."""
        free = self._replacing.acquire(timeout=SHORT if self.hanging else PATIENCE)
        try:
            with self.acting(None):
                yield free
        finally:
            if free:
                self._replacing.release()
        self.note(f"the file {what}: {sorted(marks(self.content().assessment))} {self.path.relative_to(self.root)}")
        self._displaced()

    def _displaced(self) -> None:
        """What another program has removed is owed only by those who still hold it."""
        self.remember_content()
        missing = self._owed() - self._durable()
        self.excused |= missing
        self._forgive()

    def put(self, what: str, raw: bytes | None, *, renamed: bool = True) -> None:
        """Have the file hold something else; None for no file."""
        with self.elsewhere(what) as free:
            if free:
                self._put(raw, renamed=renamed)

    def _put(self, raw: bytes | None, *, renamed: bool) -> None:
        if raw is None:
            self.path.unlink(missing_ok=True)
        elif renamed:
            beside = self.path.with_name("from-elsewhere")
            beside.write_bytes(raw)
            beside.replace(self.path)
        else:
            self.path.write_bytes(raw)

    def save_elsewhere(self, raw: bytes | None, edit: Edit, number: int) -> None:
        """Have another computer save an edit of a version of the file; None for the one that stands there now."""
        with self.elsewhere("is saved elsewhere") as free:
            base = self.content().raw if raw is None else raw
            newer = self._saved_elsewhere(base, edit) if free and base is not None else None
            if newer is not None:
                self._put(newer, renamed=True)
                self.wanted.add(marked(number))
                self.told.add(marked(number))

    def remove_elsewhere(self, which: int) -> None:
        """Have another computer remove an action on purpose."""
        with self.elsewhere("loses an action elsewhere") as free:
            content = self.content()
            actions = content.assessment.answer(ITEMS).actions if content.assessment else ()
            if not free or content.raw is None or not actions:
                return
            gone = actions[which % len(actions)]
            newer = self._saved_elsewhere(content.raw, lambda now: edits.remove_action(now, ITEMS, gone.id))
            if newer is not None:
                self._put(newer, renamed=True)
                self._unwant(MARK.findall(gone.text))

    def _saved_elsewhere(self, raw: bytes, edit: Edit) -> bytes | None:
        """What another computer makes of a version of the file; None if it cannot read it."""
        with self.acting(None):
            there = self.root / "there" / self.path.name
            there.parent.mkdir(exist_ok=True)
            there.write_bytes(raw)
            try:
                stored = assessments.load(there)
                after = edit(stored.assessment).model_copy(update={"modified": self.now()})
                assessments.save_version(there, after, stored.digest)
            except ScrutinyError:
                return None
            return there.read_bytes()

    def move_file(self, to: Path) -> None:
        """Move the file to another folder; it is opened there from now on."""
        with self.elsewhere("is moved") as free:
            if free and self.path.exists():
                to.parent.mkdir(exist_ok=True)
                self.path.replace(to)
                self.path = to

    @property
    def damaged(self) -> bool:
        """Whether the file is not the assessment that everybody works on."""
        assessment = self.content().assessment
        return assessment is None or assessment.id != building.draft().id

    def bring_back(self) -> None:
        """Put the latest good version in the place of whatever stands there."""
        for raw in reversed(self.history):
            assessment = self._decode(raw)
            if assessment is not None and assessment.id == building.draft().id:
                self.put("comes back", raw)
                return

    # What is true

    def content(self, path: Path | None = None) -> Content:
        """What the file holds."""
        with self.acting(None):
            try:
                raw = (path or self.path).read_bytes()
            except OSError:
                return Content(None, None)
            return Content(raw, self._decode(raw))

    def _decode(self, raw: bytes) -> Assessment | None:
        if raw not in self._decoded:
            try:
                self._decoded[raw] = codec.decode(raw.decode("utf-8-sig"), self.path).assessment
            except (ScrutinyError, UnicodeDecodeError):
                self._decoded[raw] = None
        return self._decoded[raw]

    def remember_content(self) -> None:
        """Write down what the file holds, so that it can be put back later."""
        raw = self.content().raw
        if raw is not None and (not self.history or self.history[-1] != raw):
            self.history.append(raw)

    def _changed(self, before: frozenset[str], after: frozenset[str]) -> None:
        """Take note of what a person added and removed."""
        self._unwant(before - after)
        self.wanted |= after - before

    def _unwant(self, gone: Iterable[str]) -> None:
        self.wanted.difference_update(gone)
        self.told.difference_update(gone)
        self.excused.difference_update(gone)

    def _state(self, window: Window) -> SaveState:
        """What a window shows of its file."""
        states = [SaveState(SaveKind.FAILED)]  # for a window that dies when it is asked
        with self.acting(window):  # it takes up what its threads have to tell, and may start others
            states.append(window.session.save_state)
        return states[-1]

    def _note_told(self, window: Window) -> None:
        if not window.dead and self._state(window).kind is SaveKind.SAVED:
            told = marks(window.session.assessment) & self.wanted
            if told - self.told:
                self.told |= told & marks(self.content().assessment)

    def _owed(self) -> set[str]:
        return self.wanted & self.told

    def _kept(self) -> set[str]:
        """The marks in recovery files that the next start offers, or that a live window would leave to it."""
        found: set[str] = set()
        with self.acting(None):
            folders = (paths.recovery_folder(), paths.temporary_recovery_folder(), self.folder)
            for path in (path for folder in folders for path in folder.glob("*.toml")):
                if path.parent != self.folder or path.name.startswith(recovery.BESIDE_PREFIX):
                    found |= marks(self.content(path).assessment)
        return found

    def _offered(self) -> set[str]:
        """The marks in recovery files that a start at this moment offers, and that no live window holds a lock of."""
        found: set[str] = set()
        with self.acting(None):
            for recovered in recovery.find(self.path, building.draft().id):
                found |= marks(recovered.assessment)
                recovery.release(recovered.lock)
        return found

    def _durable(self) -> set[str]:
        """The marks that survive if every program dies at this moment."""
        found = self._kept() | marks(self.content().assessment)
        for path in self.copies:
            found |= marks(self.content(path).assessment)
        return found

    def _in_memory(self) -> set[str]:
        found: set[str] = set()
        for window in self.windows:
            found |= marks(window.session.assessment)
        return found

    def _forgive(self) -> None:
        """What was excused and is held by nobody any more, is lost through no fault of the program."""
        if self.excused:
            self._unwant(self.excused - self._durable() - self._in_memory())

    def check_nothing_lost(self) -> None:
        """While programs are at work: what was told as saved is on the disk, or a window still holds it."""
        self.bury()
        deadline = time.monotonic() + self.patience
        while missing := self._owed() - self._durable() - self._in_memory():
            if time.monotonic() > deadline:
                raise self._broken(f"told as saved, and lost: {sorted(missing)}")
            self._wait_for_news(0.02)
            self.bury()

    def come_to_rest(self) -> None:
        """Wait until every window is at rest, and check that everything promised is true then."""
        deadline = time.monotonic() + self.patience
        while (complaint := self._complaint()) is not None:
            if time.monotonic() > deadline:
                raise self._broken(complaint)
            self._wait_for_news(0.02)
        self.remember_content()

    def _complaint(self) -> str | None:
        self.bury()
        for window in list(self.windows):
            self._tick(window)
        self.bury()
        complaints = [self._false(window) for window in self.windows]
        found = next((complaint for complaint in complaints if complaint), None)
        return found or self._lost()

    def _tick(self, window: Window) -> None:
        """Do what the screen does every second."""
        session = window.session
        with self.acting(window):
            session.sync.wait_for_look(time.monotonic() + SHORT)
            if session.sync.file.replaced is not None:
                with contextlib.suppress(ScrutinyError):
                    session.take_in()
        self._note_told(window)

    def _false(self, window: Window) -> str | None:
        """What a window shows that is not true, or may not stay so; None if all is well."""
        session = window.session
        if window.dead:
            return None
        state = self._state(window)
        content = self.content(session.path)
        if content.assessment == session.assessment and state.kind is SaveKind.SAVED:
            return None
        if state.kind is SaveKind.SAVED:
            return None if self._blind() else f"{window.name} shows saved, but the file holds something else"
        if state.kind is SaveKind.SAVING:
            return f"{window.name} shows saving for ever"
        if session.contested is None and self._may_save(session, content):
            return f"{window.name} shows not saved, although nothing is wrong: {state.problem}"
        if content.assessment == session.assessment:
            return None
        return self._not_kept(window)

    def _not_kept(self, window: Window) -> str | None:
        session = window.session
        if self.content(session.path).assessment == session.assessment or self._keeping_broken():
            return None
        state = self._state(window)
        if state.kept_at is not None and self.content(state.kept_at).assessment == session.assessment:
            return None
        if marks(session.assessment) & self.wanted <= self._durable():
            return None  # another window has found it, and the file holds it
        return f"{window.name} neither saves its text nor keeps it: {state}"

    def _blind(self) -> bool:
        """Whether a window cannot see that the file was changed, and cannot know that it cannot."""
        return bool(self.no_threads) or any(
            fault.kind is not FaultKind.ERROR and {WORK, LOCKS, BACKUPS, STATE} & fault.areas for fault in self.faults
        )

    def _may_save(self, session: Session, content: Content) -> bool:
        """Whether nothing keeps a window from saving."""
        if self.no_threads or content.assessment is None:
            return False
        theirs, ours = content.assessment, session.assessment
        if theirs.id != ours.id or theirs.framework != ours.framework:
            return False
        for fault in self.faults:
            if WORK in fault.areas or fault.kind is FaultKind.MEMORY:
                return False
            if fault.kind in (FaultKind.HANG, FaultKind.SLOW) and fault.areas - {RECOVERY, TEMPORARY}:
                return False
            if fault.meets(LOCKS, LOCK) and fault.number in (errno.EAGAIN, errno.EACCES):
                return False  # so says a lock that another program holds
        return True

    def _keeping_broken(self) -> bool:
        """Whether no recovery file can be written anywhere."""

        def broken(area: str) -> bool:
            areas = {area}
            if area == RECOVERY and not paths.recovery_folder().is_dir():
                areas.add(STATE)  # where it has to be made
            return any(areas & fault.areas and fault.calls & _KEEPING for fault in self.faults)

        return all(broken(area) for area in _KEEPING_AREAS)

    def _lost(self) -> str | None:
        durable = self._durable()
        missing = self._owed() - durable
        excused: set[str] = set()
        for window in self.windows:
            if missing and (self._blind() or self._keeping_broken()):
                excused |= missing & marks(window.session.assessment)
        self.excused = excused
        if missing - excused:
            return f"told as saved, and neither in the file nor kept: {sorted(missing - excused)}"
        if not self.windows and self._owed() - marks(self.content().assessment):
            return self._not_offered()
        return None

    def _not_offered(self) -> str | None:
        offered = self._offered()
        for path in self.copies:
            offered |= marks(self.content(path).assessment)
        missing = self._owed() - offered - marks(self.content().assessment)
        return f"kept, but not offered at the next start: {sorted(missing)}" if missing else None
