"""Faults that once lost work, each put back in the place of what mended it.

The names are those of the review that found them. `tests.workspace.test_model` shows that the machine finds each one.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from scrutiny import paths
from scrutiny.analysis.merge import Merged, merge
from scrutiny.cli import editing, values
from scrutiny.errors import CannotReadNow, FileProblem
from scrutiny.exchange import workbook
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, atomic, recovery
from scrutiny.store.assessments import Stored
from scrutiny.workspace import saving
from scrutiny.workspace.known_file import KnownFile, SaveState
from scrutiny.workspace.left_behind import LeftBehind
from scrutiny.workspace.recovery import RecoveryKeeper
from scrutiny.workspace.saving import Failed, Saver
from scrutiny.workspace.sync import Sync
from scrutiny.workspace.versions import KnownVersions, Reconciled, Relation

Patches = Callable[[Any, str, Any], object]
"""Puts something in the place of an attribute."""


def older_copy_is_taken_for_ours(put: Patches) -> None:
    """A1: after an older copy was put back, what is here is not saved again."""
    adopt = Sync.adopt

    def adopt_ours(sync: Sync, assessment: Assessment, theirs: Stored) -> None:
        if assessment is sync.assessment:
            sync._file.taken_in(theirs)
            sync.versions.add(theirs)
        else:
            adopt(sync, assessment, theirs)

    put(Sync, "adopt", adopt_ours)


def only_this_session_s_versions_are_known(put: Patches) -> None:
    """A2: a copy older than the session counts as another person's deletions."""
    begin = KnownVersions.__init__

    def begin_with_opened(versions: KnownVersions, stored: Stored) -> None:
        begin(versions, stored)
        versions.opened = stored.assessment  # type: ignore[attr-defined]

    def reconcile(versions: KnownVersions, ours: Assessment, theirs: Stored) -> Reconciled:
        base = versions._common(theirs) or versions.opened  # type: ignore[attr-defined]
        return Reconciled(Relation.NEWER, merge(base, ours, theirs.assessment))

    put(KnownVersions, "__init__", begin_with_opened)
    put(KnownVersions, "reconcile", reconcile)


def only_failures_are_kept(put: Patches) -> None:
    """A3: a save that never returns never fails, so that nothing is kept aside and nothing said."""
    keep = Sync._keep

    def _keep(sync: Sync, *, urgent: bool = False) -> None:
        if urgent:
            keep(sync, urgent=True)

    put(Sync, "_keep", _keep)
    put(KnownFile, "state", _never_late)


def _never_late(file: KnownFile, assessment: Assessment, kept_at: Path | None, *, late: bool) -> SaveState:
    del late
    return _STATE(file, assessment, kept_at, late=False)


_STATE = KnownFile.state


def only_expected_failures_are_kept(put: Patches) -> None:
    """A4: where a save ends in an error that nobody expected, nothing is kept aside."""
    take_up, keep = Sync._take_up, Sync._keep

    def _take_up(sync: Sync, report: object) -> None:
        if isinstance(report, Failed) and report.problem is saving._FAULT:
            sync._file.failed(report.attempt, report.problem)
            sync.keeper.release()
        else:
            take_up(sync, report)

    def _keep(sync: Sync, *, urgent: bool = False) -> None:
        if sync._file.save_problem is not saving._FAULT:
            keep(sync, urgent=urgent)

    put(Sync, "_take_up", _take_up)
    put(Sync, "_keep", _keep)


def a_thread_that_cannot_start_is_taken_for_one_that_runs(put: Patches) -> None:
    """A5: the saver believes in a thread that the system refused, and nothing is kept aside in its place."""

    def start(saver: Saver) -> bool:
        with saver._condition:
            if saver._thread is None:
                saver._stopping = False
                saver._thread = threading.Thread(target=saver._run, name="saver", daemon=True)
                with contextlib.suppress(RuntimeError):
                    saver._thread.start()
            return True

    put(Saver, "start", start)
    start_keeper = RecoveryKeeper.start
    put(RecoveryKeeper, "start", lambda keeper: start_keeper(keeper) or True)
    put(Saver, "stop", _stop_if_running)
    put(KnownFile, "state", _never_late)


def _stop_if_running(saver: Saver, timeout: float = 0.0) -> None:
    with saver._condition:
        saver._stopping = True
        saver._condition.notify_all()
    if saver._thread is not None and saver._thread.is_alive():
        saver._thread.join(timeout)


def nothing_is_saved_without_a_lock(put: Patches) -> None:
    """A6: a state folder that cannot be used stops every save, and is the only place for recovery files."""
    locked = assessments._locked

    @contextmanager
    def _locked(path: Path) -> Iterator[bool]:
        try:
            atomic.private_folder(paths.locks_folder())
            (paths.locks_folder() / "a").touch()
        except OSError as error:
            raise FileProblem("The folder of the locks cannot be used.") from error
        with locked(path) as held:
            yield held

    put(assessments, "_locked", _locked)
    places = recovery.places
    put(recovery, "places", lambda *words: [places(*words)[0]] * 3)


def a_workbook_replaces_anything(put: Patches) -> None:
    """A7: an export follows a link to the assessment and replaces it."""
    put(workbook, "_check_place", lambda *_, **__: None)


def an_empty_input_removes_the_note(put: Patches) -> None:
    """A8: a note is replaced by a standard input that holds nothing."""
    put(editing, "is_blank", lambda _text: False)
    put(values, "text_or_input", lambda text: "" if text == "-" else text)


def a_file_that_cannot_be_read_now_is_put_aside(put: Patches) -> None:
    """B1: one error of the disk hides a recovery file for ever."""
    read = recovery.read

    def _read(kept_at: Path) -> recovery.Recovered:
        try:
            return read(kept_at)
        except CannotReadNow as problem:
            raise FileProblem(problem.title) from problem

    put(recovery, "read", _read)


def recovered_text_belongs_to_a_path_and_a_framework(put: Patches) -> None:
    """B2: text that rests on another version of the framework is put aside, and a file's move hides it."""
    offer = LeftBehind.offer

    def offered_or_put_aside(left_behind: LeftBehind, assessment: Assessment) -> Merged | None:
        merged = offer(left_behind, assessment)
        if left_behind.unmergeable is not None:
            recovery.release(left_behind.unmergeable.lock)
            recovery.put_aside(left_behind.unmergeable.kept_at)
            left_behind.unmergeable = None
        return merged

    put(LeftBehind, "offer", offered_or_put_aside)
    put(recovery, "_belongs", lambda name, marks, _assessment_id: name.partition("-")[0] in marks)


FAULTS: dict[str, Callable[[Patches], None]] = {
    "A1": older_copy_is_taken_for_ours,
    "A2": only_this_session_s_versions_are_known,
    "A3": only_failures_are_kept,
    "A4": only_expected_failures_are_kept,
    "A5": a_thread_that_cannot_start_is_taken_for_one_that_runs,
    "A6": nothing_is_saved_without_a_lock,
    "A7": a_workbook_replaces_anything,
    "A8": an_empty_input_removes_the_note,
    "B1": a_file_that_cannot_be_read_now_is_put_aside,
    "B2": recovered_text_belongs_to_a_path_and_a_framework,
}
"""The review's faults that lost work, by the names that it gave them."""


@contextmanager
def fault(name: str) -> Iterator[None]:
    """Put a fault back in its place."""
    with ExitStack() as patches:
        FAULTS[name](lambda owner, attribute, value: patches.enter_context(mock.patch.object(owner, attribute, value)))
        yield
