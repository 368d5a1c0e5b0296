"""Saving in the background, against a disk that writes, fails and hangs on command."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from scrutiny.errors import FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.saving import SaveKind, Saver, SaveState

PATIENCE = 20.0
"""Seconds to wait for what must happen: far longer than it takes on a busy machine."""

NEVER = 3600.0

FULL = FileProblem("The disk is full.", hint="Free some space.")


class Disk:
    """Keeps what is written to it; fails, hangs or lets something else happen meanwhile."""

    def __init__(self) -> None:
        self.tries = 0
        self.written: list[Assessment] = []
        self.outcomes: list[Exception | None] = []
        """What comes of the next tries, in order; after them, every try succeeds."""
        self.during: list[Callable[[], None]] = []
        """What happens during the next tries."""
        self.busy = threading.Event()
        """Set as soon as a write has begun."""
        self.free = threading.Event()
        """While cleared, writes hang."""
        self.free.set()

    def write(self, assessment: Assessment) -> None:
        """Write as a saver wants it written."""
        self.tries += 1
        self.busy.set()
        assert self.free.wait(PATIENCE)
        if self.during:
            self.during.pop(0)()
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        self.written.append(assessment)


class States:
    """Every state that a saver told, to be waited for."""

    def __init__(self) -> None:
        self.told: list[SaveState] = []
        self._condition = threading.Condition()

    def __call__(self, state: SaveState) -> None:
        """Take a state that is told."""
        with self._condition:
            self.told.append(state)
            self._condition.notify_all()

    def wait_for(self, kind: SaveKind, times: int = 1) -> SaveState:
        """Wait until a state of that kind was told so many times, and return the latest of them."""
        with self._condition:
            assert self._condition.wait_for(lambda: len(self._of(kind)) >= times, timeout=PATIENCE)
            return self._of(kind)[-1]

    def _of(self, kind: SaveKind) -> list[SaveState]:
        return [state for state in self.told if state.kind is kind]


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A disk that works."""
    disk = Disk()
    yield disk
    disk.free.set()


@pytest.fixture
def states() -> States:
    """The states told so far: none."""
    return States()


@pytest.fixture
def saver(disk: Disk, states: States, draft: Assessment) -> Iterator[Saver]:
    """A saver whose file holds the draft."""
    saver = Saver(disk.write, draft, states)
    yield saver
    disk.free.set()
    saver.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves begin at once, and are tried again at once."""
    monkeypatch.setattr("scrutiny.saving.QUIET_SECONDS", 0.0)
    monkeypatch.setattr("scrutiny.saving._RETRY_SECONDS", (0.0,))


@pytest.fixture
def only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No save begins by itself, and none is tried again by itself."""
    monkeypatch.setattr("scrutiny.saving.QUIET_SECONDS", NEVER)
    monkeypatch.setattr("scrutiny.saving.LONGEST_WAIT", NEVER)
    monkeypatch.setattr("scrutiny.saving._RETRY_SECONDS", (NEVER,))


def changed(assessment: Assessment, area: str = "Southshire") -> Assessment:
    """Another assessment than the given one."""
    return assessment.model_copy(update={"area": area})


def test_nothing_is_unsaved_at_first(saver: Saver, disk: Disk) -> None:
    """What was read from the file is saved, and is not written again."""
    assert saver.state == SaveState(SaveKind.SAVED)
    assert not saver.unsaved
    assert saver.flush()
    assert saver.close()
    assert disk.tries == 0


@pytest.mark.usefixtures("at_once")
def test_a_change_is_unsaved_until_the_disk_has_it(saver: Saver, disk: Disk, states: States, draft: Assessment) -> None:
    """A change is unsaved while it is being written, and saved afterwards, with the time."""
    disk.free.clear()
    saver.submit(changed(draft))
    assert disk.busy.wait(PATIENCE)
    assert saver.unsaved
    assert saver.state == SaveState(SaveKind.SAVING)
    disk.free.set()
    assert states.wait_for(SaveKind.SAVED).at is not None
    assert not saver.unsaved


def test_many_changes_are_few_writes(
    saver: Saver, disk: Disk, states: States, draft: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that follow each other quickly are written together, the last of them for certain."""
    monkeypatch.setattr("scrutiny.saving.LONGEST_WAIT", NEVER)
    typed = [changed(draft, f"Area {number}") for number in range(100)]
    for assessment in typed:
        saver.submit(assessment)
    states.wait_for(SaveKind.SAVED)
    assert len(disk.written) < 5
    assert disk.written[-1] is typed[-1]


def test_typing_without_a_pause_is_saved_all_the_same(
    saver: Saver, disk: Disk, draft: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is never quiet, a save begins once the longest wait is over."""
    monkeypatch.setattr("scrutiny.saving.QUIET_SECONDS", NEVER)
    deadline = time.monotonic() + PATIENCE
    typed = 0
    while not disk.busy.wait(0.01) and time.monotonic() < deadline:
        typed += 1
        saver.submit(changed(draft, f"Area {typed}"))
    assert disk.busy.is_set()
    assert typed > 5


@pytest.mark.usefixtures("only_when_told")
def test_flush_writes_at_once(saver: Saver, disk: Disk, draft: Assessment) -> None:
    """Flush waits for no quiet, writes only the latest, and says that everything is on the disk."""
    saver.submit(changed(draft))
    latest = changed(draft, "Eastshire")
    saver.submit(latest)
    assert disk.tries == 0
    assert saver.flush(PATIENCE)
    assert disk.written == [latest]
    assert saver.state.kind is SaveKind.SAVED


@pytest.mark.usefixtures("at_once")
def test_what_changes_during_a_write_is_written_after_it(
    saver: Saver, disk: Disk, states: States, draft: Assessment
) -> None:
    """The end of a write that has been overtaken is never told as saved."""
    first, second = changed(draft, "First"), changed(draft, "Second")
    disk.free.clear()
    saver.submit(first)
    assert disk.busy.wait(PATIENCE)
    saver.submit(second)
    disk.free.set()
    states.wait_for(SaveKind.SAVED)
    assert disk.written == [first, second]
    assert [state.kind for state in states.told] == [SaveKind.SAVING, SaveKind.SAVING, SaveKind.SAVED]


@pytest.mark.usefixtures("only_when_told")
def test_a_failure_is_told_with_its_reason(saver: Saver, disk: Disk, states: States, draft: Assessment) -> None:
    """A failing write is told with its reason, and what could not be written is kept."""
    disk.outcomes = [FULL]
    latest = changed(draft)
    saver.submit(latest)
    assert not saver.flush(PATIENCE)
    assert states.wait_for(SaveKind.FAILED).problem is FULL
    assert saver.latest is latest
    assert saver.unsaved


@pytest.mark.usefixtures("at_once")
def test_a_failed_save_is_tried_again_by_itself(saver: Saver, disk: Disk, states: States, draft: Assessment) -> None:
    """Nobody has to do anything for a save to succeed once the disk is well again."""
    disk.outcomes = [FULL, FULL, FULL]
    latest = changed(draft)
    saver.submit(latest)
    assert states.wait_for(SaveKind.SAVED).problem is None
    assert [state.kind for state in states.told] == [SaveKind.SAVING, *[SaveKind.FAILED] * 3, SaveKind.SAVED]
    assert disk.written == [latest]


def test_pauses_between_tries_grow(
    saver: Saver, disk: Disk, states: States, draft: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second failure in a row is followed by the second pause, and a success begins the row anew."""
    monkeypatch.setattr("scrutiny.saving.QUIET_SECONDS", 0.0)
    monkeypatch.setattr("scrutiny.saving._RETRY_SECONDS", (0.0, NEVER))
    disk.outcomes = [FULL, FULL, None, FULL]
    saver.submit(changed(draft, "First"))
    states.wait_for(SaveKind.FAILED, times=2)
    assert disk.tries == 2
    assert saver.flush(PATIENCE)
    saver.submit(changed(draft, "Second"))
    states.wait_for(SaveKind.SAVED, times=2)
    assert disk.tries == 5


@pytest.mark.usefixtures("only_when_told")
def test_typing_after_a_failure_still_says_failed(saver: Saver, disk: Disk, draft: Assessment) -> None:
    """While nothing has been saved since a failure, further changes do not hide it."""
    disk.outcomes = [FULL]
    saver.submit(changed(draft, "First"))
    saver.flush(PATIENCE)
    saver.submit(changed(draft, "Second"))
    assert saver.state.kind is SaveKind.FAILED


@pytest.mark.usefixtures("at_once")
def test_an_unexpected_exception_is_a_failure_too(saver: Saver, disk: Disk, states: States, draft: Assessment) -> None:
    """A fault in writing is told without the words of the exception, and the saver goes on."""
    disk.outcomes = [RuntimeError("a person's note")]
    saver.submit(changed(draft))
    problem = states.wait_for(SaveKind.FAILED).problem
    assert problem is not None
    assert "note" not in f"{problem.title}{problem.detail}{problem.hint}"
    states.wait_for(SaveKind.SAVED)


@pytest.mark.usefixtures("at_once")
def test_a_listener_that_fails_does_not_end_the_saving(disk: Disk, draft: Assessment) -> None:
    """A screen that can no longer be told anything costs no text."""

    def gone(state: SaveState) -> None:
        raise RuntimeError(state)

    saver = Saver(disk.write, draft, gone)
    first, second = changed(draft, "First"), changed(draft, "Second")
    saver.submit(first)
    assert saver.flush(PATIENCE)
    saver.submit(second)
    assert saver.close(PATIENCE)
    assert disk.written == [first, second]


@pytest.mark.usefixtures("only_when_told")
def test_flush_says_when_the_disk_hangs(saver: Saver, disk: Disk, draft: Assessment) -> None:
    """A disk that does not answer in time is not waited for, and nothing is said to be saved before it is."""
    disk.free.clear()
    saver.submit(changed(draft))
    assert not saver.flush(timeout=0.05)
    assert saver.unsaved
    disk.free.set()
    assert saver.flush(PATIENCE)
    assert disk.tries == 1


@pytest.mark.usefixtures("only_when_told")
def test_flush_does_not_wait_in_vain(saver: Saver, disk: Disk, draft: Assessment) -> None:
    """Flush returns when a try of its own fails, whatever succeeded or failed before."""
    first, second = changed(draft, "First"), changed(draft, "Second")
    disk.outcomes = [FULL, None, FULL]
    saver.submit(first)
    assert not saver.flush(PATIENCE)
    disk.during = [lambda: saver.submit(second)]
    began = time.monotonic()
    assert not saver.flush(PATIENCE)
    assert time.monotonic() - began < PATIENCE / 2
    assert disk.written == [first]


@pytest.mark.usefixtures("at_once")
def test_flush_tries_for_itself(saver: Saver, disk: Disk, draft: Assessment) -> None:
    """A try that had begun before and fails is not taken for an answer."""
    disk.outcomes = [FULL]
    disk.free.clear()
    latest = changed(draft)
    saver.submit(latest)
    assert disk.busy.wait(PATIENCE)
    threading.Timer(0.05, disk.free.set).start()
    assert saver.flush(PATIENCE)
    assert disk.written == [latest]


@pytest.mark.usefixtures("only_when_told")
def test_close_writes_what_is_unsaved_and_ends_the_thread(saver: Saver, disk: Disk, draft: Assessment) -> None:
    """After a close everything is on the disk and no thread is left."""
    latest = changed(draft)
    saver.submit(latest)
    assert saver.close(PATIENCE)
    assert disk.written == [latest]
    assert saver._thread is None


@pytest.mark.usefixtures("only_when_told")
def test_close_says_what_it_could_not_write(saver: Saver, disk: Disk, draft: Assessment) -> None:
    """A close that fails says so, and a second one neither waits nor says otherwise."""
    disk.outcomes = [FULL]
    saver.submit(changed(draft))
    assert not saver.close(PATIENCE)
    began = time.monotonic()
    assert not saver.close(PATIENCE)
    assert time.monotonic() - began < PATIENCE / 2
    assert saver.unsaved


@pytest.mark.usefixtures("only_when_told")
def test_close_waits_no_longer_than_it_may(saver: Saver, disk: Disk, draft: Assessment) -> None:
    """A disk that hangs does not keep the program from ending."""
    disk.free.clear()
    saver.submit(changed(draft))
    assert not saver.close(timeout=0.05)


@pytest.mark.usefixtures("at_once")
def test_a_change_after_the_close_is_written_too(saver: Saver, disk: Disk, states: States, draft: Assessment) -> None:
    """A last key that arrives while the program ends is not lost."""
    first, second = changed(draft, "First"), changed(draft, "Second")
    saver.submit(first)
    assert saver.close(PATIENCE)
    saver.submit(second)
    states.wait_for(SaveKind.SAVED, times=2)
    assert disk.written == [first, second]


@pytest.mark.usefixtures("only_when_told")
def test_a_write_that_outlives_the_close_goes_on_with_the_next_change(
    saver: Saver, disk: Disk, draft: Assessment
) -> None:
    """However the end and a hanging disk meet, writes follow one another and the last change is written last."""
    first, second = changed(draft, "First"), changed(draft, "Second")
    disk.free.clear()
    saver.submit(first)
    assert not saver.close(timeout=0.05)
    saver.submit(second)
    disk.free.set()
    assert saver.close(PATIENCE)
    assert disk.written[-1] is second
    assert disk.tries == len(disk.written)
