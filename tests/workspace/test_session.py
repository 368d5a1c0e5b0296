"""One open assessment: its edits, what can be taken back, and what is true of its file."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from unittest import mock
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrutiny.errors import FileProblem, NotAllowed, ScrutinyError, UnknownName
from scrutiny.model import edits
from scrutiny.model.action import Action, ActionStatus
from scrutiny.model.assessment import Assessment, Source, SourceKind, Status
from scrutiny.model.framework import NOT_APPLICABLE
from scrutiny.store import assessments
from scrutiny.workspace.known_file import SaveKind, SaveState
from scrutiny.workspace.session import Edit, Session
from scrutiny.workspace.timing import Timing
from tests import building
from tests.workspace.working import (
    FULL,
    NEVER,
    PATIENCE,
    PLACE,
    Disk,
    content,
    evidence,
    on_disk,
    rating,
    wait_for,
    wait_until,
)


def reason(text: str) -> Edit:
    """Write why a statement does not apply."""
    return lambda now: edits.give_reason(now, PLACE, text)


def details(**changed: object) -> Edit:
    """Change whose assessment it is or what it describes."""
    return lambda now: edits.describe(now, **changed)


def the_source(assessment: Assessment) -> Source:
    """The source that the session's assessment begins with."""
    return assessment.answer(PLACE).sources[0]


def the_action(assessment: Assessment) -> Action:
    """The action that the session's assessment begins with."""
    return assessment.answer(PLACE).actions[0]


def add_source(now: Assessment) -> Assessment:
    """Add a source."""
    return edits.put_source(now, PLACE, edits.new_source(now, SourceKind.VOICE, "Care leavers' forum"))


def change_source(now: Assessment) -> Assessment:
    """Give the source a date."""
    return edits.put_source(now, PLACE, edits.revise_source(the_source(now), date=date(2026, 9, 30)))


def remove_source(now: Assessment) -> Assessment:
    """Take the source away."""
    return edits.remove_source(now, PLACE, the_source(now).id)


def add_action(now: Assessment) -> Assessment:
    """Add an action."""
    return edits.put_action(now, PLACE, edits.new_action(now, PLACE, "Publish the findings", due=date(2027, 1, 31)))


def change_action(now: Assessment) -> Assessment:
    """Begin the action."""
    return edits.put_action(now, PLACE, edits.revise_action(the_action(now), status=ActionStatus.IN_PROGRESS))


def remove_action(now: Assessment) -> Assessment:
    """Take the action away."""
    return edits.remove_action(now, PLACE, the_action(now).id)


EDITS: dict[str, Edit] = {
    "rating": rating("green"),
    "rating not applicable": rating(NOT_APPLICABLE),
    "rating taken back": rating(None),
    "evidence": evidence("Two focus groups.\n\nSix practitioners each."),
    "evidence emptied": evidence(""),
    "reason": reason("Adults only."),
    "source": add_source,
    "source changed": change_source,
    "source removed": remove_source,
    "action": add_action,
    "action changed": change_action,
    "action removed": remove_action,
    "area": details(area="Southshire"),
    "respondent": details(respondent=edits.new_respondent("Police", "Superintendent", "")),
    "status": details(status=Status.SUBMITTED),
}


def test_a_session_begins_with_what_the_file_holds(session: Session) -> None:
    """Nothing is unsaved, and nothing can be undone or redone."""
    assert on_disk(session) == session.assessment
    assert session.save_state.kind is SaveKind.SAVED
    assert not session.unsaved
    assert session.history.undoable is None
    assert session.history.redoable is None
    assert session.undo() is None
    assert session.redo() is None


@pytest.mark.usefixtures("only_when_told")
@pytest.mark.parametrize("name", EDITS)
def test_every_edit_can_be_undone_and_redone(session: Session, name: str) -> None:
    """Undo brings back what was there before, redo what was there after, and the file follows each of them."""
    before = session.assessment
    assert session.edit(EDITS[name], f"the {name}", PLACE)
    after = session.assessment
    assert content(after) != content(before)
    assert session.save_now(PATIENCE)
    assert on_disk(session) == after

    undone = session.undo()
    assert undone is not None
    assert (undone.what, undone.statement_id) == (f"the {name}", PLACE)
    assert content(session.assessment) == content(before)
    assert (session.history.undoable, session.history.redoable) == (None, undone)
    assert session.save_now(PATIENCE)
    assert on_disk(session) == session.assessment

    assert session.redo() is undone
    assert content(session.assessment) == content(after)
    assert (session.history.undoable, session.history.redoable) == (undone, None)
    assert session.save_now(PATIENCE)
    assert on_disk(session) == session.assessment


@pytest.mark.usefixtures("only_when_told")
def test_edits_are_undone_from_the_last_to_the_first(session: Session) -> None:
    """Undo goes back through edits of every kind in turn, and redo comes all the way back."""
    names, states = list(EDITS), [session.assessment]
    for name in names:
        assert session.edit(EDITS[name], name)
        states.append(session.assessment)
    for name, state in reversed(list(zip(names, states, strict=False))):
        step = session.undo()
        assert step is not None
        assert step.what == name
        assert content(session.assessment) == content(state)
    for name, state in zip(names, states[1:], strict=True):
        step = session.redo()
        assert step is not None
        assert step.what == name
        assert content(session.assessment) == content(state)


def test_a_new_edit_ends_what_could_be_redone(session: Session) -> None:
    """After an undo and another edit, redo would mix two histories, so there is nothing to redo."""
    session.edit(rating("green"), "the rating")
    session.undo()
    session.edit(rating("red"), "the rating")
    assert session.history.redoable is None
    assert session.redo() is None


def test_an_edit_that_changes_nothing_leaves_no_trace(session: Session) -> None:
    """Giving the rating that was given already is no edit: nothing to save, nothing to undo, redo still there."""
    session.edit(rating("green"), "the rating")
    session.undo()
    assert session.save_now(PATIENCE)
    before = session.assessment
    assert not session.edit(rating("amber"), "the rating")
    assert session.assessment is before
    assert session.history.undoable is None
    assert session.history.redoable is not None
    assert not session.unsaved


def test_the_number_of_steps_is_bounded(session: Session) -> None:
    """The oldest steps are forgotten first."""
    session.history._steps = 2
    for key in ("green", "red", "amber", "green"):
        session.edit(rating(key), f"{key}")
    assert [step.what for step in iter(session.undo, None)] == ["green", "amber"]
    assert session.assessment.answer(PLACE).rating == "red"


def test_every_change_is_stamped(path: Path, draft: Assessment) -> None:
    """The assessment says when it was last modified, to the second, undo included."""
    moment = datetime(2026, 11, 2, 10, 30, 15, 999, UTC)
    session = Session(assessments.create(path, draft), clock=lambda: moment)
    session.edit(rating("green"), "the rating")
    assert session.assessment.modified == moment.replace(microsecond=0)
    moment = datetime(2026, 11, 3, 11, 0, tzinfo=UTC)
    session.undo()
    assert session.assessment.modified == moment
    assert session.close()


def type_text(session: Session, text: str, place: str = PLACE, so_far: str = "") -> None:
    """Type a text into a note, key by key."""
    for end in range(1, len(text) + 1):
        session.edit(evidence(so_far + text[:end], place), f"the evidence of {place}", place, typing=True)


def test_typing_is_undone_as_a_whole(session: Session) -> None:
    """Keys typed into one note without a pause are one step."""
    session.history._join_seconds = NEVER
    before = session.assessment
    type_text(session, "Audits")
    after = session.assessment
    session.undo()
    assert content(session.assessment) == content(before)
    assert session.history.undoable is None
    session.redo()
    assert content(session.assessment) == content(after)


def test_a_pause_in_typing_begins_another_step(session: Session) -> None:
    """What was typed before a pause stays when what was typed after it is undone."""
    session.history._join_seconds = NEVER
    type_text(session, "Audits")
    session.history._join_seconds = 0.0
    type_text(session, "!", so_far="Audits")
    session.undo()
    assert session.assessment.answer(PLACE).evidence == "Audits"
    assert session.history.undoable is not None


@pytest.mark.parametrize("between", ["another note", "a rating", "undo and redo"])
def test_something_else_in_between_begins_another_step(session: Session, between: str) -> None:
    """Typing does not join what was typed before another note, another edit or an undo."""
    session.history._join_seconds = NEVER
    type_text(session, "Audits")
    if between == "another note":
        type_text(session, "Plans", "plan")
    elif between == "a rating":
        session.edit(rating("green"), "the rating", PLACE)
    else:
        session.undo()
        session.redo()
    type_text(session, " show it", so_far="Audits")
    session.undo()
    assert session.assessment.answer(PLACE).evidence == "Audits"
    assert session.history.undoable is not None


def test_what_was_typed_and_erased_is_no_step(session: Session) -> None:
    """Undo never takes back something that cannot be seen, and never joins over it."""
    session.history._join_seconds = NEVER
    session.edit(evidence(""), "the evidence", PLACE)
    session.edit(rating("green"), "the rating", PLACE)
    for text in ("A", "Au", "A", "", "B"):
        session.edit(evidence(text), f"the evidence of {PLACE}", PLACE, typing=True)
    assert [step.what for step in iter(session.undo, None)] == [
        f"the evidence of {PLACE}",
        "the rating",
        "the evidence",
    ]


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (rating("purple"), UnknownName),
        (rating("green", "no-such-statement"), UnknownName),
        (evidence("x" * 100_001), ScrutinyError),
        (details(area=" "), ScrutinyError),
    ],
)
def test_what_a_rule_refuses_leaves_everything_as_it_was(
    session: Session, edit: Edit, error: type[ScrutinyError]
) -> None:
    """A refused edit changes neither the assessment nor its history nor what is unsaved."""
    session.edit(rating("green"), "the rating")
    session.edit(rating("red"), "the rating")
    session.undo()
    assert session.save_now(PATIENCE)
    before = (session.assessment, session.history.undoable, session.history.redoable, session.save_state)
    with pytest.raises(error):
        session.edit(edit, "something forbidden", typing=True)
    assert (session.assessment, session.history.undoable, session.history.redoable, session.save_state) == before
    assert not session.unsaved


def test_a_submitted_assessment_refuses_ratings_until_the_submission_is_undone(session: Session) -> None:
    """Submitting closes ratings and evidence; undoing the submission opens them again."""
    session.edit(details(status=Status.SUBMITTED), "the status")
    submitted = session.assessment
    with pytest.raises(NotAllowed):
        session.edit(rating("green"), "the rating")
    assert session.assessment is submitted
    assert session.edit(add_action, "an action")
    session.undo()
    session.undo()
    assert session.edit(rating("green"), "the rating")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("change", ["edit", "undo", "redo"])
def test_what_is_unsaved_is_always_known(session: Session, disk: Disk, change: str) -> None:
    """Every change is unsaved until the disk has it, and told as saved only then."""
    changes: dict[str, Callable[[], object]] = {
        "edit": lambda: session.edit(rating("green"), "the rating"),
        "undo": session.undo,
        "redo": session.redo,
    }
    for earlier in list(changes)[: list(changes).index(change)]:
        changes[earlier]()
    assert session.save_now(PATIENCE)
    disk.busy.clear()
    disk.free.clear()
    changes[change]()
    assert disk.busy.wait(PATIENCE)
    assert (session.unsaved, session.save_state.kind) == (True, SaveKind.SAVING)
    assert on_disk(session) != session.assessment
    disk.free.set()
    assert wait_for(session, SaveKind.SAVED).at is not None
    assert not session.unsaved
    assert on_disk(session) == session.assessment


@pytest.mark.usefixtures("at_once")
def test_a_full_disk_costs_no_text(session: Session, disk: Disk) -> None:
    """While nothing can be written the reason is told and the text kept; once it can, it is written by itself."""
    disk.problem = FULL
    session.edit(evidence("Kept."), "the evidence")
    assert wait_for(session, SaveKind.FAILED).problem is FULL
    assert not session.save_now(PATIENCE)
    assert session.unsaved
    assert session.assessment.answer(PLACE).evidence == "Kept."
    disk.problem = None
    wait_for(session, SaveKind.SAVED)
    assert on_disk(session) == session.assessment


@pytest.mark.usefixtures("only_when_told")
def test_a_copy_holds_what_is_unsaved_and_leaves_the_original_alone(session: Session, tmp_path: Path) -> None:
    """Saving a copy goes on in a new file; the old session and its file are as they were."""
    before = session.path.read_bytes()
    session.edit(evidence("Not in the first file."), "the evidence")
    copy = session.save_copy(tmp_path / "new folder" / "copy.toml")
    assert on_disk(copy) == copy.assessment == session.assessment
    assert not copy.unsaved
    assert session.unsaved
    assert session.path.read_bytes() == before
    copy.edit(rating("red"), "the rating")
    assert copy.close(PATIENCE)
    assert on_disk(copy).answer(PLACE).rating == "red"
    assert session.assessment.answer(PLACE).rating == "amber"


def test_a_copy_overwrites_nothing(session: Session, tmp_path: Path) -> None:
    """A copy is refused where a file stands already."""
    taken = tmp_path / "taken.toml"
    taken.write_text("theirs")
    session.edit(rating("green"), "the rating")
    with pytest.raises(FileProblem):
        session.save_copy(taken)
    assert taken.read_text() == "theirs"


@pytest.mark.usefixtures("only_when_told")
def test_close_puts_everything_on_the_disk(session: Session) -> None:
    """What was typed a moment ago is in the file when the session has ended."""
    session.edit(evidence("The last word."), "the evidence", typing=True)
    assert session.close(PATIENCE)
    assert on_disk(session).answer(PLACE).evidence == "The last word."
    assert session.close(PATIENCE)


@pytest.mark.usefixtures("only_when_told")
def test_close_says_what_it_could_not_save(session: Session, disk: Disk) -> None:
    """A session that ends with unsaved text says so, whether the disk refuses or hangs."""
    disk.problem = FULL
    session.edit(rating("green"), "the rating")
    assert not session.close(PATIENCE)
    disk.free.clear()
    session.edit(rating("red"), "the rating")
    assert not session.close(timeout=0.05)
    assert session.unsaved


NOTES = st.text(st.characters(codec="utf-8"), max_size=40)
PLACES = st.sampled_from([PLACE, "plan"])

ANY_EDIT: st.SearchStrategy[Edit] = st.one_of(
    st.builds(rating, st.sampled_from(["green", "amber", "red", NOT_APPLICABLE, None]), PLACES),
    st.builds(evidence, NOTES, PLACES),
    st.sampled_from(list(EDITS.values())),
)


def carry_out(session: Session, step: str | Edit) -> None:
    """Do one step of a story: an edit, refused or not, or what its name says."""
    if not isinstance(step, str):
        try:
            session.edit(step, "something", typing=True)
        except (ScrutinyError, IndexError):  # a rule forbids it, or the source or action is gone
            return
    elif step == "undo":
        session.undo()
    elif step == "redo":
        session.redo()
    elif step == "flush":
        session.save_now(PATIENCE)
    elif step == "wait":
        wait_until(session, lambda state: state.kind is not SaveKind.SAVING)


@settings(max_examples=60, deadline=None)
@given(
    story=st.lists(
        st.one_of(ANY_EDIT, st.sampled_from(["undo", "redo", "flush", "wait", "break", "mend"])), max_size=25
    )
)
def test_saved_is_always_true(tmp_path_factory: pytest.TempPathFactory, story: list[str | Edit]) -> None:
    """Whatever happens in whatever order, a session that says saved has its assessment in its file."""
    disk = Disk()
    lies: list[Assessment] = []
    with (
        mock.patch("scrutiny.store.assessments.replace", disk.replace),
    ):
        timing = Timing(quiet=0.0005, retries=(0.001,), settled=0.0)
        stored = assessments.create(tmp_path_factory.mktemp("session") / f"{uuid4()}.toml", building.draft())
        session = Session(stored, timing=timing)

        def check(state: SaveState) -> None:
            if state.kind is SaveKind.SAVED and on_disk(session) != session.assessment:
                lies.append(session.assessment)

        for step in story:
            if step in ("break", "mend"):
                disk.problem = FULL if step == "break" else None
            else:
                carry_out(session, step)
            check(session.save_state)
            assert session.unsaved or on_disk(session) == session.assessment
        disk.problem = None
        assert session.save_now(PATIENCE)
        assert session.close(PATIENCE)
        check(session.save_state)
    assert not lies


@settings(max_examples=60, deadline=None)
@given(story=st.lists(ANY_EDIT, max_size=15))
def test_undoing_everything_brings_back_the_beginning(
    tmp_path_factory: pytest.TempPathFactory, story: list[Edit]
) -> None:
    """After any edits, as many undos as there are lead to the beginning, and as many redos to the end."""
    session = Session(assessments.create(tmp_path_factory.mktemp("session") / f"{uuid4()}.toml", building.draft()))
    for edit in story:
        carry_out(session, edit)
    end = session.assessment
    while session.undo():
        pass
    assert content(session.assessment) == content(building.draft())
    while session.redo():
        pass
    assert content(session.assessment) == content(end)
    assert session.close(PATIENCE)
