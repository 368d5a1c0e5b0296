"""Two computers that share a folder and no lock: whose save stands there is told from the line of versions it names."""

import threading
from pathlib import Path

import pytest

from scrutiny.analysis.merge import Choice
from scrutiny.model import edits
from scrutiny.store import assessments, codec
from scrutiny.store.assessments import Stored
from scrutiny.workspace.session import Session
from tests.timing import set_timing
from tests.workspace.working import found_changed

PATIENCE = 20.0
"""Seconds to wait for what must happen: far longer than it takes on a busy machine."""


def write(session: Session, text: str, place: str = "plan") -> None:
    """Write a note and save it."""
    session.edit(lambda now: edits.write_evidence(now, place, text), "the evidence", place)
    assert session.save_now(PATIENCE)


def written_over(path: Path, before: Stored, text: str, place: str) -> None:
    """Have another computer put its save where ours stands, made from what stood there before."""
    theirs = edits.write_evidence(before.assessment, place, text)
    path.write_text(codec.encode_after(before.line, theirs).text, encoding="utf-8")


@pytest.fixture
def before(file: Path) -> Stored:
    """What stands in the file at first."""
    return assessments.load(file)


def test_what_was_written_over_is_brought_in_again(file: Path, before: Stored) -> None:
    """A save that stands where ours stood, and knows nothing of it, is noticed, and both are in the file at last."""
    session = Session(before)
    for text in ("Ours.", "Ours at last."):
        write(session, text)
    written_over(file, before, "Theirs.", "safety")
    assert found_changed(session)
    session.take_in()
    assert session.contested is None
    assert session.close(PATIENCE)
    after = assessments.load(file).assessment
    assert (after.answer("plan").evidence, after.answer("safety").evidence) == ("Ours at last.", "Theirs.")


def test_a_last_save_is_looked_after(file: Path, before: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes the place of a session's last save at the moment it closes is noticed before it is gone."""
    set_timing(monkeypatch, settled=0.6)
    session = Session(before)
    write(session, "Ours.")
    other = threading.Timer(0.2, written_over, (file, before, "Theirs.", "safety"))
    other.start()
    assert session.close(PATIENCE)
    other.join()
    after = assessments.load(file).assessment
    assert (after.answer("plan").evidence, after.answer("safety").evidence) == ("Ours.", "Theirs.")


def test_what_both_wrote_is_asked_about(file: Path, before: Stored) -> None:
    """Where the save that stands there says something else in the same note, a person chooses."""
    session = Session(before)
    write(session, "Ours.")
    written_over(file, before, "Theirs.", "plan")
    assert not session.save_now(PATIENCE)
    assert session.contested is not None
    (conflict,) = session.contested.merged.conflicts
    assert (conflict.ours, conflict.theirs) == ("Ours.", "Theirs.")
    session.settle({})
    assert session.close(PATIENCE)
    assert assessments.load(file).assessment.answer("plan").evidence == "Ours."


def test_what_was_made_from_ours_is_taken(file: Path, before: Stored) -> None:
    """A save that rests on ours has taken ours back on purpose: nothing is brought in again."""
    session = Session(before)
    write(session, "Ours.")
    written_over(file, assessments.load(file), "", "plan")
    session.take_in()
    assert session.contested is None
    assert session.assessment.answer("plan").evidence == ""
    assert session.close(PATIENCE)


def test_a_version_of_unknown_origin_is_asked_about(file: Path, before: Stored) -> None:
    """Where nothing tells what a version was made from, a person chooses for each answer that differs."""
    session = Session(before)
    write(session, "Ours.")
    written_over(file, Stored(file, before.assessment, "", line=("0123456789ab",)), "Theirs.", "safety")
    session.take_in()
    assert session.contested is not None
    conflicts = session.contested.merged.conflicts
    session.settle({conflict: Choice.THEIRS for conflict in conflicts if conflict.place.statement_id == "safety"})
    assert session.close(PATIENCE)
    after = assessments.load(file).assessment
    assert (after.answer("plan").evidence, after.answer("safety").evidence) == ("Ours.", "Theirs.")


def test_the_line_reaches_back_to_the_first_version(file: Path, before: Stored) -> None:
    """The latest versions are all in the line, the older ones ever fewer, the first always; it never grows long."""
    lines = [before.line]
    digest = before.digest
    for number in range(200):
        after = edits.write_evidence(before.assessment, "plan", f"{number}.")
        stored = assessments.save_version(file, after, digest)
        digest = stored.digest
        lines.append(stored.line)
        assert stored == assessments.load(file)
    assert max(map(len, lines)) <= 32
    newest = [line[0] for line in reversed(lines)]
    assert list(lines[-1][:16]) == newest[:16]
    assert lines[-1][-1] == newest[-1]
    assert set(lines[-1]) <= set(newest)


@pytest.mark.parametrize("follows", ["5", '"x"', "[1, 2]", '["x", "0123456789ab"]', '[["a"]]', "[]"])
def test_a_line_that_is_none_says_nothing(file: Path, before: Stored, follows: str) -> None:
    """Whatever somebody wrote in its place, a file is read, and saved with a line of its own again."""
    text = file.read_text(encoding="utf-8").replace("answers = 4", f"answers = 4\nfollows = {follows}")
    file.write_text(text, encoding="utf-8")
    stored = assessments.load(file)
    assert stored.assessment == before.assessment
    assert set(stored.line[1:]) <= {"0123456789ab"}
    assert assessments.save_version(file, before.assessment, stored.digest).line
