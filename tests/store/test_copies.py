"""Second versions that sync clients leave are found by content and told from the original by name."""

from pathlib import Path
from uuid import UUID

import pytest

from scrutiny.model.assessment import Assessment
from scrutiny.store import copies
from scrutiny.store.assessments import Listed


def listed(name: str, assessment: Assessment | None) -> Listed:
    """A file of a folder."""
    return Listed(Path("folder") / name, assessment)


@pytest.mark.parametrize(
    "name",
    [
        "north (Ann's conflicted copy 2026-11-01).toml",
        "north (conflicted copy 2026-11-01 090000).toml",
        "north.sync-conflict-20261101-090000-ABCDEFG.toml",
        "north-DESKTOP-7F3K2Q.toml",
        "north_conflict.toml",
        "north (1).toml",
        "north - Copy.toml",
        "Copy of north.toml",
    ],
)
def test_a_second_version_is_a_copy_of_the_first(draft: Assessment, name: str) -> None:
    """Whatever the sync client calls it, the file without its mark is the original."""
    found = copies.conflict_copies([listed(name, draft), listed("north.toml", draft)])
    assert found == {Path("folder") / name: Path("folder/north.toml")}


def test_names_alone_make_no_copy(draft: Assessment) -> None:
    """Another assessment with a copy's name, and a file that cannot be read, are copies of nothing."""
    other = draft.model_copy(update={"id": UUID(int=7)})
    assert copies.conflict_copies([listed("a.toml", draft), listed("a (1).toml", other), listed("b.toml", None)]) == {}


def test_of_two_names_without_a_mark_the_shorter_is_the_original(draft: Assessment) -> None:
    """Somebody's own second name for a file is the copy."""
    found = copies.conflict_copies([listed("north-old.toml", draft), listed("north.toml", draft)])
    assert found == {Path("folder/north-old.toml"): Path("folder/north.toml")}


def test_a_merged_copy_is_put_aside_and_not_lost(tmp_path: Path) -> None:
    """It gets a name that is not listed, and never another file's."""
    for expected in ("a (1).toml.merged", "a (1).toml.merged-2"):
        copy = tmp_path / "a (1).toml"
        copy.write_text("kept")
        assert copies.put_aside(copy) == tmp_path / expected
        assert (tmp_path / expected).read_text() == "kept"
        assert not copy.exists()
