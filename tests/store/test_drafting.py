"""Drafts of forms where something is missing: no draft to go on with, and a lock that cannot be used."""

from pathlib import Path

from scrutiny import paths
from scrutiny.store import drafts
from scrutiny.store.drafts import Drafting


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
