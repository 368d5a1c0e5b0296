"""What stood in an open form: kept for the next start, offered once its session has ended, and never in the way."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scrutiny import paths
from scrutiny.errors import FileProblem
from scrutiny.store import drafts, recovery
from scrutiny.store.drafts import Draft, Drafting

FIELDS = {"text": "Agree who leads.\nThen say so.", "due": "31 Mar", "owner": ""}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The file that the form belongs to."""
    return tmp_path / "northshire.toml"


def left(place: Path, form: str = "action", fields: dict[str, str] | None = None) -> None:
    """What a session keeps that ends with a form open."""
    drafting = Drafting(place, form, "voice", "AB12")
    drafting.keep(FIELDS if fields is None else fields)
    drafting._lock.release(force=True)  # as the system does with a dead process's


def found(place: Path) -> list[Draft]:
    """What the next start finds."""
    return list(drafts.find(place))


def file_of(draft: Draft) -> Path:
    """Where a draft was found."""
    assert draft.kept_at is not None
    return draft.kept_at


def names() -> list[str]:
    """What stands in the recovery folder."""
    return sorted(path.name for path in paths.recovery_folder().iterdir())


def test_what_stood_in_a_form_is_found_whole(place: Path) -> None:
    """Every field comes back as it was, valid or not, with what the form was about; elsewhere nothing is found."""
    assert not drafts.waiting_for(place)
    left(place)
    assert drafts.waiting_for(place)
    (draft,) = found(place)
    assert (draft.form, draft.statement_id, draft.code, draft.fields) == ("action", "voice", "AB12", FIELDS)
    assert not found(place.with_name("eastmoor.toml"))
    drafts.forget(draft)
    assert names() == []


def test_a_form_that_is_still_open_is_not_offered(place: Path) -> None:
    """Another window does not find what stands in a form of a session that runs; once that is killed, it does."""
    program = (
        "import sys, time; from pathlib import Path; from scrutiny.store.drafts import Drafting\n"
        "drafting = Drafting(Path(sys.argv[1]), 'action'); drafting.keep({'text': 'Open.'})\n"
        "print('kept', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(place)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "kept\n"
        assert drafts.waiting_for(place)
        assert not found(place)
        other.kill()
        other.wait()
    assert [draft.fields for draft in found(place)] == [{"text": "Open."}]


def test_a_form_that_was_left_keeps_nothing_more(place: Path) -> None:
    """A second thought of the clock that kept the draft does not bring it back."""
    drafting = Drafting(place, "action")
    drafting.keep({"text": "Typed."})
    drafting.forget()
    drafting.keep({"text": "Too late."})
    assert names() == []


def test_a_form_goes_on_under_its_own_name(place: Path) -> None:
    """A draft that was found is the new form's own at once, so that a second end of the window loses nothing."""
    left(place)
    (draft,) = found(place)
    drafting = Drafting(place, "action", "voice", "AB12")
    drafting.take_over(draft)
    assert not file_of(draft).exists()
    assert not found(place)
    drafting._lock.release(force=True)
    assert [one.fields for one in found(place)] == [FIELDS]


def test_of_two_starts_one_is_offered_a_draft(place: Path) -> None:
    """What one window offers is not offered by another, until the first has left it alone."""
    left(place)
    (draft,) = found(place)
    assert not found(place)
    drafts._release(draft.lock)
    assert len(found(place)) == 1


def test_a_form_that_is_as_it_was_at_first_keeps_nothing(place: Path) -> None:
    """What was typed and taken back is no draft; what fields held at first comes back with the others."""
    first = {"text": "", "owner": "Lead"}
    drafting = Drafting(place, "action")
    drafting.keep({"text": "Agree", "owner": "Lead"}, first)
    assert drafts.waiting_for(place)
    drafting.keep(first, first)
    assert names() == []
    drafting.keep({"text": "Agree.", "owner": "Lead"}, first)
    drafting._lock.release(force=True)
    (draft,) = found(place)
    assert (draft.fields["text"], draft.first) == ("Agree.", first)


def test_a_full_disk_leaves_the_old_draft(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new form's own cannot be written, what was found stays."""
    left(place)
    (draft,) = found(place)

    def full(path: Path, content: bytes) -> None:
        raise FileProblem(f"{path.name} of {len(content)} bytes cannot be written.")

    monkeypatch.setattr(recovery, "put", full)
    Drafting(place, "action").take_over(draft)
    assert file_of(draft).exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\0",
        b"format = 1\n",
        b'format = 2\nform = "action"\n[fields]\ntext = "x"\n',
        b'format = 1\nform = "action"\nfields = "x"\n',
        b'format = 1\nform = "action"\n[fields]\n',
        b'format = 1\nform = "action"\n[fields]\ntext = 7\n',
        b'format = 1\nform = 7\n[fields]\ntext = "x"\n',
    ],
)
def test_a_broken_draft_is_met_only_once(place: Path, content: bytes) -> None:
    """A draft that cannot be read is put aside under another name; the next start meets nothing."""
    left(place)
    (draft,) = found(place)
    file_of(draft).write_bytes(content)
    drafts._release(draft.lock)
    told: list[FileProblem] = []
    assert not list(drafts.find(place, told.append))
    assert not drafts.waiting_for(place)
    assert names() == [file_of(draft).with_suffix(".unusable").name]
    assert [str(file_of(draft).with_suffix(".unusable")) in problem.title for problem in told] == [True]


@pytest.mark.parametrize("note", [False, True])
def test_a_draft_that_cannot_be_read_now_is_found_later(
    place: Path, monkeypatch: pytest.MonkeyPatch, *, note: bool
) -> None:
    """While the disk fails, a form and what another editor left stay where they are; afterwards they are found."""
    drafting = Drafting(place, drafts.EVIDENCE if note else "action", "voice")
    if note:
        drafting.note_file("Heard.")
    else:
        drafting.keep(FIELDS)
    drafting._lock.release(force=True)
    before, told = names(), list[FileProblem]()
    system = Path.read_bytes

    def fail(path: Path) -> bytes:
        if path.suffix == (".txt" if note else ".form"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return system(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", fail)
        assert list(drafts.find(place, told.append)) == []
    assert (names(), told) == (before, [])
    assert len(found(place)) == 1


def test_what_another_editor_left_counts(place: Path) -> None:
    """A note in a person's own editor is found as the editor last saved it, and goes with its draft."""
    drafting = Drafting(place, drafts.EVIDENCE, "voice")
    note = drafting.note_file("Before.")
    assert note.read_text(encoding="utf-8") == "Before."
    note.write_bytes(b"Before.\r\nAnd af\x1bter \xff.\n")
    drafting._lock.release(force=True)
    (draft,) = found(place)
    assert draft.fields == {drafts.NOTE: "Before.\nAnd after \ufffd."}
    drafts.forget(draft)
    assert names() == []


@pytest.mark.parametrize(("left_by_it", "kept"), [("Before.", False), ("Before. And more.", True)])
def test_what_an_editor_that_failed_had_saved_is_kept(place: Path, left_by_it: str, *, kept: bool) -> None:
    """An editor that ends with an error leaves nothing behind, unless it had saved something else than it was given."""
    drafting = Drafting(place, drafts.EVIDENCE, "voice")
    drafting.note_file("Before.").write_text(left_by_it, encoding="utf-8")
    drafting.forget_unchanged("Before.")
    assert drafts.waiting_for(place) is kept


def test_a_draft_that_fits_nowhere_is_put_aside(place: Path) -> None:
    """It is not found again, and not lost; one that was never kept leaves nothing to put aside or to remove."""
    left(place)
    (draft,) = found(place)
    drafts.put_aside(draft)
    assert not drafts.waiting_for(place)
    assert names() == [file_of(draft).with_suffix(".unusable").name]
    for never_kept in (drafts.put_aside, drafts.forget):
        never_kept(Draft("action", FIELDS))
    assert len(names()) == 1


def test_nothing_that_acts_on_a_terminal_is_kept(place: Path) -> None:
    """What is typed passes the model's boundary on its way to the disk and back."""
    left(place, fields={"text": "a\x1b]0;owned\x07b\ud800"})
    assert [draft.fields for draft in found(place)] == [{"text": "a]0;ownedb\ufffd"}]
