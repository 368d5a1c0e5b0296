"""A machine that drives windows, commands and other programs at random; after each step nothing may be lost.

Each step is one thing that a person, another program, or the system does. After most steps everything comes to rest and
the whole promise is checked; some steps follow each other at once, and then only loss is checked.
"""

import errno
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from scrutiny.analysis.merge import Choice
from scrutiny.model import edits
from scrutiny.store import codec
from tests import building
from tests.workspace import system_calls
from tests.workspace.computer import AREAS, RECOVERY, WORK, Fault, FaultKind
from tests.workspace.marking import ITEMS, adding, appending, clearing
from tests.workspace.world import PATIENCE, Window, World

ERRORS = (
    *(errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EINTR, errno.EAGAIN),
    *(errno.ENOMEM, errno.ENOENT, errno.EMFILE, errno.EBUSY, errno.ESTALE, errno.ETIMEDOUT, errno.ENOLCK),
)
"""What disks, network drives and systems in need say."""

MOST_WINDOWS, MOST_FAULTS = 3, 3

YEAR = 365 * 86_400
"""Seconds."""

_indexes = strategies.integers(0, 1000)
_choices = strategies.sampled_from(list(Choice))


def _subsets(values: tuple[str, ...]) -> strategies.SearchStrategy[frozenset[str]]:
    """One of some values, or a few, or all."""
    return strategies.one_of(
        strategies.sampled_from(values).map(lambda value: frozenset([value])),
        strategies.frozensets(strategies.sampled_from(values), min_size=1, max_size=4),
        strategies.just(frozenset(values)),
    )


def another_framework(raw: bytes) -> bytes | None:
    """The file as a person saves it who has a newer version of the framework."""
    try:
        now = codec.decode(raw.decode(), Path("a.toml")).assessment
    except Exception:  # noqa: BLE001 - whatever stands in the file, it is not to be made anything of
        return None
    newer = now.framework.model_copy(update={"version": now.framework.version + 1})
    return codec.encode(now.model_copy(update={"framework": newer})).encode()


class Machine(RuleBasedStateMachine):
    """Windows, commands and other programs on one assessment, and a computer on which everything goes wrong.

    Each rule is as likely as every other one, so those that matter less are kinds of one rule. What is drawn never
    depends on the world, whose threads take their own time: a step that has no sense is another one.
    """

    folder: Path
    patience = PATIENCE
    complaints: ClassVar[list[str]] = []
    """Takes every promise that is found broken."""
    counted: Callable[[], object] = staticmethod(lambda: None)
    """Called at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(dir=self.folder))
        self.world = World(self.root, self.patience, self.complaints)
        self.world.begin()
        self.at_once = 0
        """How many further steps follow without a rest."""

    def teardown(self) -> None:
        """End the world."""
        self.world.end()
        shutil.rmtree(self.root, ignore_errors=True)

    def window(self, index: int) -> Window | None:
        """One of the open windows; where there is none, one is opened, if that is possible."""
        if not self.world.windows:
            if self.world.damaged:
                self.world.bring_back()
            self.world.open_window()
        return self.world.windows[index % len(self.world.windows)] if self.world.windows else None

    def earlier(self, index: int) -> bytes:
        """Something that the file held before; the last versions are the likeliest."""
        history = self.world.history[-12:] if index % 3 else self.world.history
        return history[index % len(history)]

    @initialize()
    def a_window_is_opened(self) -> None:
        """Nearly everything needs one."""
        self.world.open_window()

    @invariant()
    def nothing_is_lost(self) -> None:
        """Check what is promised."""
        self.counted()
        if self.at_once > 0:
            self.at_once -= 1
            self.world.check_nothing_lost()
        else:
            self.world.come_to_rest()
        self.world.age_faults()

    @rule(steps=strategies.integers(1, 8))
    def several_things_happen_at_once(self, steps: int) -> None:
        """The next steps follow each other without a rest."""
        self.at_once = steps + 1

    # Windows

    @rule()
    def a_person_opens_a_window(self) -> None:
        """Start the program on the file."""
        if len(self.world.windows) < MOST_WINDOWS:
            self.world.open_window()

    @rule(index=_indexes, keys=strategies.integers(0, 3))
    def a_person_writes(self, index: int, keys: int) -> None:
        """Add an action, or write on in the note."""
        window = self.window(index)
        if keys == 0 and window:
            self.world.edit(window, adding(self.world.next_number()))
        for _ in range(keys):
            if window and not window.dead:
                self.world.edit(window, appending(self.world.next_number()), typing=True)

    @rule(
        index=_indexes,
        which=_indexes,
        what=strategies.sampled_from(["write", "write", "remove", "empty", "undo", "undo", "redo", "form", "save"]),
    )
    def a_person_works(self, index: int, which: int, what: str) -> None:
        """Write, remove an action, empty the note, undo, redo, open or leave a form, press ctrl+s."""
        window = self.window(index)
        if window is None:
            return
        match what:
            case "write":
                self.world.edit(window, adding(self.world.next_number()))
            case "remove":
                self._remove_action(window, which)
            case "empty":
                self.world.edit(window, clearing)
            case "undo":
                self.world.step_back(window)
            case "redo":
                self.world.step_forward(window)
            case "save":
                self.world.save(window)
            case _ if window.form_opened_on is None:
                self.world.open_form(window)
            case _:
                self.world.leave_form(window, adding(self.world.next_number()))

    def _remove_action(self, window: Window, which: int) -> None:
        actions = window.session.assessment.answer(ITEMS).actions
        if actions:
            code = actions[which % len(actions)].id
            self.world.edit(window, lambda now: edits.remove_action(now, ITEMS, code))

    @rule(choice=_choices, index=_indexes, refused=strategies.booleans())
    def a_person_answers(self, choice: Choice, index: int, *, refused: bool) -> None:
        """Choose between two versions, take recovered text back or discard it, or go back to an older copy."""
        asked = [window for window in self.world.windows if window.asked]
        if not asked:
            return
        window = asked[index % len(asked)]
        if window.session.contested is not None:
            self.world.settle_conflict(window, choice)
        elif window.session.older_copy is not None:
            self.world.answer_older_copy(window, use=not refused)
        else:
            self.world.answer_offer(window, None if refused else choice)

    @rule(index=_indexes, how=strategies.sampled_from(["closed", "ended by the system", "killed"]))
    def a_window_ends(self, index: int, how: str) -> None:
        """A person closes it, SIGTERM or SIGKILL ends it."""
        window = self.window(index)
        if window is None:
            return
        match how:
            case "closed":
                self.world.close(window)
            case "killed":
                self.world.kill(window)
            case _:
                self.world.end_from_outside(window)

    @rule(index=_indexes, calls=strategies.integers(0, 60))
    def a_window_will_be_killed(self, index: int, calls: int) -> None:
        """SIGKILL in one of its next system calls."""
        window = self.window(index)
        if window is not None:
            window.calls_left = calls

    # Commands

    @rule(
        what=strategies.sampled_from(["rate", "rate", "add", "add", "rate without text", "export", "export to a link"]),
        calls=strategies.one_of(strategies.none(), strategies.integers(0, 40)),
    )
    def a_command_runs(self, what: str, calls: int | None) -> None:
        """A command changes or exports the file, and may be killed in one of its system calls."""
        match what:
            case "rate":
                self.world.rate_by_command(calls)
            case "add":
                self.world.add_by_command(calls)
            case "rate without text":
                self.world.rate_without_text(calls)
            case _:
                self.world.export_by_command(to_a_link=what != "export", calls_left=calls)

    # Other programs

    @rule(index=_indexes, renamed=strategies.booleans())
    def an_older_copy_is_put_back(self, index: int, *, renamed: bool) -> None:
        """A sync client or a person puts an earlier version in place."""
        self.window(index)
        self.world.put("is an older copy", self.earlier(index), renamed=renamed)

    @rule(
        what=strategies.sampled_from(["newer", "newer", "made from an older one", "by hand", "removed"]),
        index=_indexes,
        note=strategies.booleans(),
        renamed=strategies.booleans(),
    )
    def another_version_comes(self, what: str, index: int, *, note: bool, renamed: bool) -> None:
        """Another computer or a text editor saves a version of its own."""
        number = self.world.next_number()
        edit = appending(number) if note else adding(number)
        if self.window(index) is None:
            return
        if what == "by hand":
            self._edit_by_hand(index, renamed=renamed)
        elif what == "made from an older one":
            self.world.save_elsewhere(self.earlier(index), edit, number)
        elif what == "newer":
            self.world.save_elsewhere(None, edit, number)
        else:
            self.world.remove_elsewhere(index)

    def _edit_by_hand(self, index: int, *, renamed: bool) -> None:
        raw = self.earlier(index)
        self.world.put(
            "is edited by hand", raw.replace(b"Head of Safeguarding", b"Head of Safeguarding, by hand"), renamed=renamed
        )

    @rule(
        what=strategies.sampled_from(["part", "zeros", "gone", "framework", "format", "other", "duplicate", "folder"]),
        kept=strategies.integers(0, 100),
    )
    def the_file_is_damaged(self, what: str, kept: int) -> None:
        """A part of it comes, or a newer format, or another assessment, or it goes."""
        self.window(kept)
        raw = self.world.content().raw or b""
        start = raw[: len(raw) * kept // 100]
        match what:
            case "part":
                self.world.put(what, start, renamed=False)
            case "zeros":
                self.world.put(what, start + bytes(len(raw) - len(start)), renamed=False)
            case "gone":
                self.world.put(what, None)
            case "framework":
                self.world.put(what, another_framework(raw) or raw)
            case "format":
                self.world.put(what, raw.replace(b"format = 1", b"format = 2", 1))
            case "other":
                other = building.draft(id="11111111-1111-4111-8111-111111111111")
                self.world.put(what, codec.encode(other).encode())
            case "duplicate":
                (self.world.folder / "northshire (1).toml").write_bytes(raw)
            case _:
                self.world.move_file(self.world.folder / "elsewhere" / "northshire.toml")

    @rule()
    def the_file_comes_back(self) -> None:
        """Whatever stands there, the latest good version replaces it."""
        if self.world.damaged:
            self.world.bring_back()

    # The system

    @rule(
        kind=strategies.sampled_from([FaultKind.ERROR, FaultKind.ERROR, *FaultKind]),
        areas=_subsets(AREAS),
        calls=_subsets(system_calls.CALLS),
        number=strategies.sampled_from(ERRORS),
        times=strategies.one_of(strategies.none(), strategies.integers(1, 4)),
        steps=strategies.integers(1, 8),
    )
    def the_disk_breaks(
        self,
        kind: FaultKind,
        areas: frozenset[str],
        calls: frozenset[str],
        number: int,
        times: int | None,
        steps: int,
    ) -> None:
        """Some calls on a part of the disk fail, hang or are slow for some time."""
        if len(self.world.faults) < MOST_FAULTS:
            self.world.break_disk(Fault(kind, areas, calls, number, times, steps))

    @rule(
        index=_indexes,
        kind=strategies.sampled_from([FaultKind.ERROR, FaultKind.HANG, FaultKind.MEMORY]),
        how=strategies.sampled_from(["closed", "ended by the system", "killed"]),
    )
    def a_window_ends_while_its_disk_is_broken(self, index: int, kind: FaultKind, how: str) -> None:
        """The disk of the file takes nothing, a person writes on, and then the window ends."""
        window = self.window(index)
        if window is None:
            return
        self.world.break_disk(Fault(kind, frozenset([WORK]), frozenset(["write"]), errno.EIO))
        self.world.edit(window, adding(self.world.next_number()))
        self.world.come_to_rest()
        self.a_window_ends(index, how)

    @rule(
        call=strategies.sampled_from(["read", "look", "list", "lock", "open"]),
        times=strategies.one_of(strategies.none(), strategies.integers(1, 3)),
    )
    def a_window_is_opened_while_recovery_files_cannot_be_read(self, call: str, times: int | None) -> None:
        """The program is started while the recovery folder fails, perhaps only once."""
        fault = Fault(FaultKind.ERROR, frozenset([RECOVERY]), frozenset([call]), errno.EIO, times)
        self.world.break_disk(fault)
        if len(self.world.windows) < MOST_WINDOWS:
            self.world.open_window()

    @rule(steps=strategies.integers(1, 8))
    def no_thread_can_be_had(self, steps: int) -> None:
        """The system starts no further threads for some time."""
        self.world.refuse_threads(steps)

    @rule()
    def all_is_mended(self) -> None:
        """Everything works again."""
        self.world.mend()

    @rule(seconds=strategies.sampled_from([-40 * YEAR, -86_400, -3600, 0, 3600, 86_400, 10 * YEAR]))
    def the_clock_jumps(self, seconds: int) -> None:
        """The clock is set forward or back."""
        self.world.jump(seconds)

    @rule()
    def lock_files_are_removed(self) -> None:
        """Another program tidies the lock files away."""
        self.world.lose_locks()
