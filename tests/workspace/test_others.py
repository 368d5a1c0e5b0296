"""Two sessions on one file: what the one saves comes to the other, and nothing is written over."""

import threading

import pytest

from scrutiny.analysis.merge import Choice
from scrutiny.errors import ChangedElsewhere, FileProblem, NotAllowed
from scrutiny.model import edits
from scrutiny.model.assessment import Status
from scrutiny.store import assessments, recovery
from scrutiny.workspace.known_file import SaveKind, SaveState
from scrutiny.workspace.session import Session
from tests import building
from tests.timing import set_timing
from tests.workspace.working import (
    FULL,
    NEVER,
    PATIENCE,
    PLACE,
    Disk,
    evidence,
    found_changed,
    on_disk,
    rating,
    wait_for,
    wait_until,
)


def changed_elsewhere(state: SaveState) -> bool:
    """Whether a save failed because of somebody else."""
    return state.kind is SaveKind.FAILED and isinstance(state.problem, ChangedElsewhere)


@pytest.mark.usefixtures("at_once")
def test_what_somebody_else_saved_is_never_overwritten(session: Session) -> None:
    """Where both changed one rating, the file stays as it is until somebody chooses, however often it is tried."""
    other = Session(assessments.load(session.path))
    other.edit(rating("red"), "the rating")
    assert other.close(PATIENCE)
    theirs = session.path.read_bytes()
    session.edit(rating("green"), "the rating")
    problem = wait_until(session, changed_elsewhere).problem
    assert problem is not None
    assert "changed by somebody else" in problem.title
    assert not session.save_now(PATIENCE)
    assert session.contested is not None
    assert [conflict.place.field for conflict in session.contested.merged.conflicts] == ["rating"]
    assert session.path.read_bytes() == theirs
    session.settle({})
    assert session.save_now(PATIENCE)
    assert on_disk(session).answer(PLACE).rating == "green"


@pytest.mark.usefixtures("only_when_told")
def test_what_somebody_else_saved_is_taken_in(session: Session) -> None:
    """What others changed elsewhere in the file comes in; what was changed here stays, in file and session alike."""
    other = Session(assessments.load(session.path))
    other.edit(evidence("From a colleague.", "plan"), "the evidence")
    assert other.close(PATIENCE)
    assert found_changed(session)
    session.edit(rating("green"), "the rating")
    assert session.save_now(PATIENCE)
    assert not found_changed(session)
    assert on_disk(session) == session.assessment
    assert session.assessment.answer("plan").evidence == "From a colleague."
    assert session.assessment.answer(PLACE).rating == "green"


@pytest.mark.usefixtures("only_when_told")
def test_a_snapshot_made_before_another_s_work_came_in_is_not_written(session: Session) -> None:
    """A snapshot that rests on an older version of the file never replaces a version that it does not contain."""
    session.edit(rating("green"), "the rating")
    other = Session(assessments.load(session.path))
    other.edit(evidence("From a colleague.", "plan"), "the evidence")
    assert other.close(PATIENCE)
    session.sync.hurry()
    assert session.save_now(PATIENCE)
    assert on_disk(session).answer("plan").evidence == "From a colleague."
    assert on_disk(session).answer(PLACE).rating == "green"


@pytest.mark.usefixtures("only_when_told")
def test_undo_takes_back_only_what_was_done_here(session: Session) -> None:
    """After another's work has come in, undo and redo leave it where it is."""
    session.edit(rating("green"), "the rating")
    assert session.save_now(PATIENCE)
    other = Session(assessments.load(session.path))
    other.edit(evidence("From a colleague.", "plan"), "the evidence")
    assert other.close(PATIENCE)
    session.take_in()
    session.undo()
    assert session.assessment.answer(PLACE).rating == "amber"
    assert session.assessment.answer("plan").evidence == "From a colleague."
    session.redo()
    assert session.assessment.answer(PLACE).rating == "green"
    assert session.assessment.answer("plan").evidence == "From a colleague."


@pytest.mark.usefixtures("only_when_told")
def test_an_edit_begun_in_a_form_keeps_what_came_meanwhile(session: Session) -> None:
    """A form that was opened before another's work came in does not put the old state back."""
    opened_on = session.assessment
    other = Session(assessments.load(session.path))
    other.edit(evidence("From a colleague."), "the evidence")
    assert other.close(PATIENCE)
    session.take_in()
    session.edit_from(opened_on, rating("red"), "the rating")
    assert session.assessment.answer(PLACE).rating == "red"
    assert session.assessment.answer(PLACE).evidence == "From a colleague."


@pytest.mark.usefixtures("at_once")
def test_a_file_that_is_gone_is_not_made_anew(session: Session) -> None:
    """A file that was moved or deleted is missed aloud, and saved again once it is back."""
    ours = session.path.read_bytes()
    session.path.unlink()
    session.edit(rating("green"), "the rating")
    problem = wait_until(session, changed_elsewhere).problem
    assert problem is not None
    assert "no longer" in problem.title
    assert not session.path.exists()
    session.path.write_bytes(ours)
    wait_for(session, SaveKind.SAVED)
    assert on_disk(session) == session.assessment


@pytest.mark.usefixtures("only_when_told")
def test_of_two_sessions_on_one_file_the_second_to_save_is_told(session: Session) -> None:
    """Two windows on one file cannot overwrite each other, and neither loses its text."""
    other = Session(assessments.load(session.path))
    session.edit(rating("green"), "the rating")
    other.edit(rating("red"), "the rating")
    assert session.save_now(PATIENCE)
    assert not other.close(PATIENCE)
    assert other.contested is not None
    assert on_disk(session) == session.assessment
    assert other.assessment.answer(PLACE).rating == "red"


@pytest.mark.usefixtures("only_when_told")
def test_a_form_asks_where_others_changed_the_same(session: Session) -> None:
    """Where a form and somebody else's save changed one thing differently, nothing is done before both were seen."""
    opened_on = session.assessment
    other = Session(assessments.load(session.path))
    other.edit(evidence("Theirs."), "the evidence")
    assert other.close(PATIENCE)
    session.take_in()
    merged = session.edit_from(opened_on, evidence("Ours."), "the evidence")
    assert [(one.ours, one.theirs) for one in merged.conflicts] == [("Ours.", "Theirs.")]
    assert session.assessment.answer(PLACE).evidence == "Theirs."
    assert session.history.undoable is None


@pytest.mark.usefixtures("only_when_told")
@pytest.mark.parametrize("content", [None, b"rubbish", b""], ids=["gone", "rubbish", "empty"])
def test_a_file_that_lost_what_was_saved_is_not_called_saved(session: Session, content: bytes | None) -> None:
    """Whatever stands there instead, the state says so until it is mended, and closing keeps what was there."""
    ours = session.path.read_bytes()
    if content is None:
        session.path.unlink()
    else:
        session.path.write_bytes(content)
    if found_changed(session):
        with pytest.raises(FileProblem):
            session.take_in()
    assert session.save_state.kind is SaveKind.FAILED
    assert session.save_state.problem is not None
    assert not session.save_now(PATIENCE)
    assert not session.close(PATIENCE)
    session.path.write_bytes(ours)
    assert [one.assessment for one in recovery.find(session.path)] == [session.assessment]
    assert not found_changed(session)
    wait_for(session, SaveKind.SAVED)
    assert session.close(PATIENCE)


@pytest.mark.usefixtures("only_when_told")
def test_undo_of_typing_leaves_what_came_in_between(session: Session) -> None:
    """Letters before and after another's save are two steps: taking them back takes nothing of the other's."""
    session.edit(evidence("So"), "the evidence", typing=True)
    assert session.save_now(PATIENCE)
    other = Session(assessments.load(session.path))
    other.edit(evidence("From a colleague.", "plan"), "the evidence")
    assert other.close(PATIENCE)
    session.take_in()
    session.edit(evidence("So it is"), "the evidence", typing=True)
    while session.undo() is not None:
        assert session.assessment.answer("plan").evidence == "From a colleague."
    assert session.assessment.answer(PLACE).evidence == "Some."


@pytest.mark.usefixtures("only_when_told")
def test_what_another_changed_since_is_not_said_to_be_taken_back(session: Session) -> None:
    """Where undo would take another's choice back, nothing happens, and that is said."""
    session.edit(rating("green"), "the rating")
    assert session.save_now(PATIENCE)
    other = Session(assessments.load(session.path))
    other.edit(rating("red"), "the rating")
    assert other.close(PATIENCE)
    session.take_in()
    with pytest.raises(NotAllowed, match="Somebody else has changed that since"):
        session.undo()
    assert session.assessment.answer(PLACE).rating == "red"
    assert session.history.redoable is None


@pytest.mark.usefixtures("only_when_told")
def test_what_was_saved_and_displaced_is_not_called_saved(session: Session) -> None:
    """While two versions wait for a choice nothing is called saved, and ending then loses neither."""
    session.edit(evidence("Ours, and saved."), "the evidence")
    before = session.path.read_bytes()
    assert session.save_now(PATIENCE)
    session.path.write_bytes(before)
    other = Session(assessments.load(session.path))
    other.edit(evidence("Theirs."), "the evidence")
    assert other.close(PATIENCE)
    session.take_in()
    assert session.contested is not None
    assert session.save_state.kind is SaveKind.FAILED
    assert not session.close(PATIENCE)
    assert [one.assessment.answer(PLACE).evidence for one in recovery.find(session.path)] == ["Ours, and saved."]
    session.settle(dict.fromkeys(session.contested.merged.conflicts, Choice.THEIRS))
    assert session.close(PATIENCE)
    assert list(recovery.find(session.path)) == []


@pytest.mark.usefixtures("only_when_told")
def test_a_recovery_leaves_what_came_while_it_was_offered(session: Session) -> None:
    """What others saved while a person chose is not put back to how it was."""
    kept_at = building.recovery_path(session.path, "before")
    recovery.keep(kept_at, evidence("Found.")(session.assessment), session.path)
    recovered = session.left_behind.offer(session.assessment)
    assert recovered is not None
    other = Session(assessments.load(session.path))
    other.edit(evidence("From a colleague.", "plan"), "the evidence")
    assert other.close(PATIENCE)
    session.take_in()
    session.take_back(recovered, dict.fromkeys(recovered.conflicts, Choice.THEIRS))
    assert session.save_now(PATIENCE)
    assert on_disk(session).answer(PLACE).evidence == "Found."
    assert on_disk(session).answer("plan").evidence == "From a colleague."


@pytest.mark.usefixtures("only_when_told")
def test_a_form_keeps_to_the_rules_of_the_moment(session: Session) -> None:
    """What was begun in a draft is refused once somebody has submitted it."""
    opened_on = session.assessment
    session.edit(lambda now: edits.set_status(now, Status.SUBMITTED), "the status")
    with pytest.raises(NotAllowed):
        session.edit_from(opened_on, evidence("Too late."), "the evidence")
    assert session.assessment.answer(PLACE).evidence == "Some."


@pytest.mark.usefixtures("only_when_told")
def test_what_waits_for_a_save_is_done_after_it(session: Session, disk: Disk) -> None:
    """Not before everything is on the disk, not after a save that failed, and at once where nothing is unsaved."""
    done: list[str] = []
    session.sync.when_saved(lambda: done.append("at once"))
    session.wait_for_background()
    assert done == ["at once"]
    session.edit(rating("green"), "the rating")
    disk.problem = FULL
    session.sync.when_saved(lambda: done.append("saved"))
    assert not session.save_now(PATIENCE)
    assert done == ["at once"]
    disk.problem = None
    assert session.save_now(PATIENCE)
    assert done == ["at once", "saved"]


def test_a_choice_is_saved_at_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the pauses between tries have become, what was chosen is not held up by them."""
    set_timing(monkeypatch, retries=(NEVER,))
    other = Session(assessments.load(session.path))
    other.edit(rating("red"), "the rating")
    assert other.close(PATIENCE)
    session.edit(rating("green"), "the rating")
    wait_until(session, changed_elsewhere)
    session.take_in()
    session.settle({})
    wait_for(session, SaveKind.SAVED)
    assert on_disk(session).answer(PLACE).rating == "green"


@pytest.mark.usefixtures("only_when_told")
def test_a_choice_holds_for_what_was_typed_after_it_was_asked(session: Session) -> None:
    """Both texts are kept where that was chosen, though ours grew between the question and the answer."""
    other = Session(assessments.load(session.path))
    other.edit(evidence("Theirs."), "the evidence")
    assert other.close(PATIENCE)
    session.edit(evidence("Our"), "the evidence")
    session.take_in()
    assert session.contested is not None
    (conflict,) = session.contested.merged.conflicts
    session.edit(evidence("Ours."), "the evidence")
    session.settle({conflict: Choice.BOTH})
    assert session.save_now(PATIENCE)
    assert on_disk(session).answer(PLACE).evidence == "Ours.\n\nTheirs."


@pytest.mark.usefixtures("at_once")
def test_what_waits_for_a_save_that_has_begun_is_done_after_it(session: Session, disk: Disk) -> None:
    """A wish that comes while its very state is being written is not left until the next save."""
    done = threading.Event()
    disk.free.clear()
    disk.busy.clear()
    session.edit(rating("green"), "the rating")
    assert disk.busy.wait(PATIENCE)
    session.sync.when_saved(done.set)
    assert not done.is_set()
    disk.free.set()
    wait_for(session, SaveKind.SAVED)
    assert done.wait(PATIENCE)
