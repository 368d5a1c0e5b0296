"""Drafts of forms where something is missing: no draft to go on with, and a lock that cannot be used."""

import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from scrutiny import paths
from scrutiny.store import drafts, recovery
from scrutiny.store.drafts import Draft, Drafting


def ended(place: Path, text: str) -> Path:
    """The file of a form that a session kept before it ended."""
    drafting = Drafting(place, "action")
    drafting.keep({"text": text})
    drafting._lock.release(force=True)  # as the system does with a dead process's
    return drafting._kept_at


def test_a_form_without_a_draft_begins_empty(tmp_path: Path) -> None:
    """Where nothing was found there is nothing to go on with, and nothing is kept before somebody types."""
    drafting = Drafting(tmp_path / "a.toml", "action")
    drafting.take_over(None)
    assert not drafts.waiting_for(tmp_path / "a.toml")
    drafting.keep({"text": "Typed."})
    assert drafts.waiting_for(tmp_path / "a.toml")
    drafting.forget()


def test_a_draft_whose_lock_cannot_be_used_is_offered(tmp_path: Path) -> None:
    """Where nothing tells whether its session still runs, what stood in a form is offered rather than lost."""
    drafting = Drafting(tmp_path / "a.toml", "action")
    drafting.keep({"text": "Typed."})
    drafting._lock.release(force=True)  # as the system does with a dead process's
    (kept_at,) = paths.recovery_folder().glob("*.form")
    lock = kept_at.with_suffix(".lock")
    lock.unlink(missing_ok=True)
    lock.mkdir()
    assert [draft.fields for draft in drafts.find(tmp_path / "a.toml")] == [{"text": "Typed."}]


def test_a_form_that_cannot_be_locked_is_kept(tmp_path: Path) -> None:
    """Where the lock cannot be had, what stands in a form is on the disk all the same."""
    drafting = Drafting(tmp_path / "a.toml", "action")
    drafting._kept_at.with_suffix(".lock").mkdir(parents=True)
    drafting.keep({"text": "Typed."})
    assert [draft.fields for draft in drafts.find(tmp_path / "a.toml")] == [{"text": "Typed."}]


def test_a_form_that_somebody_looks_at_is_kept(tmp_path: Path) -> None:
    """Another window that holds the lock for a moment, to see whether it is free, does not keep a form off the disk."""
    ended(tmp_path / "a.toml", "Before.")  # the folder is there
    drafting = Drafting(tmp_path / "a.toml", "action")
    with drafts._lock_of(drafting._kept_at):
        drafting.keep({"text": "Typed."})
    texts = [draft.fields["text"] for draft in drafts.find(tmp_path / "a.toml")]
    assert sorted(texts) == ["Before.", "Typed."]


def test_a_form_whose_lock_stays_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that the system does not take back stops nobody from leaving a form, and brings no draft back."""

    def refuse(_lock: FileLock, *, force: bool = False) -> None:
        raise OSError(37, f"No locks available, forced or not ({force})")

    drafting = Drafting(tmp_path / "a.toml", "action")
    drafting.keep({"text": "Typed."})
    with monkeypatch.context() as patch:
        patch.setattr(type(drafting._lock), "release", refuse)
        drafting.forget()
    drafting._lock.release(force=True)
    assert not drafts.waiting_for(tmp_path / "a.toml")


def test_what_is_there_already_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock that keeps a form writes only where something changed since, and a change back is one."""
    written: list[bytes] = []
    put = recovery.put

    def count(path: Path, content: bytes) -> None:
        written.append(content)
        put(path, content)

    monkeypatch.setattr(recovery, "put", count)
    drafting = Drafting(tmp_path / "a.toml", "action")
    fields = {"text": "One."}
    for text in ("One.", "One.", "Two.", "Two.", "One."):
        fields["text"] = text  # the form hands over the same mapping each time
        drafting.keep(fields)
    assert len(written) == 3
    drafting.forget()


def test_a_form_without_a_statement_is_found_as_it_was(tmp_path: Path) -> None:
    """What a form was not about comes back as nothing, and with the file that it was found in."""
    kept_at = ended(tmp_path / "a.toml", "Typed.")
    assert list(drafts.find(tmp_path / "a.toml")) == [Draft("action", {"text": "Typed."}, kept_at=kept_at)]


def test_every_draft_is_found_whatever_stands_before_it(tmp_path: Path) -> None:
    """Neither a form that is open nor a broken draft hides the drafts that come after it, and nobody waits for them."""
    place = tmp_path / "a.toml"
    ends = [ended(place, f"{number}.") for number in range(4)]
    first, second, third, fourth = sorted(ends)
    texts = [f"{ends.index(kept_at)}." for kept_at in (second, fourth)]
    third.write_bytes(b"format = 1\n")
    began = time.monotonic()
    with drafts._lock_of(first):
        assert [draft.fields["text"] for draft in drafts.find(place)] == texts
    assert time.monotonic() - began < 0.8
    assert first.exists()


def test_a_form_may_be_left_in_another_thread_than_it_was_kept_in(tmp_path: Path) -> None:
    """The lock that one thread took is given back by the other; only so can its file go on every system."""
    drafting = Drafting(tmp_path / "a.toml", "action")
    clock = threading.Thread(target=drafting.keep, args=({"text": "Typed."},))
    clock.start()
    clock.join()
    drafting.keep({"text": "More."})
    locked = [drafting._lock.is_locked]
    drafting.forget()
    assert [*locked, drafting._lock.is_locked] == [True, False]
    assert list(paths.recovery_folder().iterdir()) == []


def test_what_an_editor_adds_around_a_note_is_no_part_of_it(tmp_path: Path) -> None:
    """A byte order mark, line ends of Windows and empty lines at the end come from the editor, not from the person."""
    drafting = Drafting(tmp_path / "a.toml", drafts.EVIDENCE, "voice")
    note = drafting.note_file("Før.")
    assert note.read_bytes() == "Før.".encode()
    note.write_bytes(b"\xef\xbb\xbfOne.\r\n\r\nTwo, \r\n\r\n")
    drafting._lock.release(force=True)
    assert [draft.fields for draft in drafts.find(tmp_path / "a.toml")] == [{drafts.NOTE: "One.\n\nTwo, "}]


def test_a_broken_draft_whose_lock_cannot_go_is_put_aside(tmp_path: Path) -> None:
    """Where the lock beside it cannot be removed, a draft that does not serve stops no start."""
    kept_at = ended(tmp_path / "a.toml", "Typed.")
    kept_at.write_bytes(b"cut")
    kept_at.with_suffix(".lock").unlink(missing_ok=True)
    kept_at.with_suffix(".lock").mkdir()
    assert list(drafts.find(tmp_path / "a.toml")) == []
    assert kept_at.with_suffix(".unusable").read_bytes() == b"cut"
    assert not drafts.waiting_for(tmp_path / "a.toml")


def test_forgetting_a_draft_is_quiet(tmp_path: Path) -> None:
    """A draft goes though what stands beside it cannot, and one that is gone already is no reason to stop anybody."""
    kept_at = ended(tmp_path / "a.toml", "Typed.")
    kept_at.with_suffix(".lock").unlink(missing_ok=True)
    kept_at.with_suffix(".lock").mkdir()
    for _ in range(2):
        drafts.forget(Draft("action", {}, kept_at=kept_at))
        assert not drafts.waiting_for(tmp_path / "a.toml")


def test_a_form_is_kept_elsewhere_under_the_path_as_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The temporary folder's draft asks neither the file's disk nor the state folder's, and is found as others are."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    place = tmp_path / "link" / "a.toml"
    drafting = Drafting(place, "action")
    assert drafting.elsewhere is not None
    with monkeypatch.context() as patch:
        patch.setattr(recovery, "mark_of", None)
        patch.setattr("scrutiny.paths.recovery_folder", None)
        drafting.elsewhere.keep({"text": "Typed."})
    drafting.elsewhere._lock.release(force=True)
    (draft,) = drafts.find(place)
    assert draft.fields == {"text": "Typed."}
    drafts.forget(draft)
    drafting.elsewhere.keep({"text": "Typed on."})
    drafting.elsewhere.withdraw()
    assert not drafts.waiting_for(place)
    drafting.elsewhere.keep({"text": "Typed on."})
    drafting.forget()
    assert not drafts.waiting_for(place)
