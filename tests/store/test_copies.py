"""Second versions that sync clients leave are found by content and told from the original by name."""

import errno
from pathlib import Path
from uuid import UUID

import pytest

from scrutiny.analysis.summary import summarise
from scrutiny.errors import FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.store import copies
from scrutiny.store.index import Listed
from tests.store.simulated import failing


def listed(name: str, assessment: Assessment | None) -> Listed:
    """A file of a folder."""
    return Listed(Path("folder") / name, None if assessment is None else summarise(assessment))


MARKED = [
    "north (Ann's conflicted copy 2026-11-01).toml",
    "north (conflicted copy 2026-11-01 090000).toml",
    "north (Conflicted Copy).toml",
    "north.sync-conflict-20261101-090000-ABCDEFG.toml",
    "north-DESKTOP-7F3K2Q.toml",
    "north-laptop-annsown.toml",
    "north-PC-17.toml",
    "north-WIN-4711ABC.toml",
    "north_conflict.toml",
    "north conflict 2.toml",
    "north-conflict.toml",
    "north (1).toml",
    "north(12).toml",
    "north - Copy.toml",
    "north_copy.toml",
    "north copy 3.toml",
    "Copy of north.toml",
]
"""Names that sync clients, browsers and people give to second versions."""


@pytest.mark.parametrize("original", ["north.toml", f"north{'-and-all-around-it' * 5}.toml"], ids=["short", "long"])
@pytest.mark.parametrize("name", MARKED)
def test_a_second_version_is_a_copy_of_the_first(draft: Assessment, name: str, original: str) -> None:
    """Whatever the sync client calls it, the file without its mark is the original, however long its name."""
    found = copies.conflict_copies([listed(name, draft), listed(original, draft)])
    assert found == {Path("folder") / name: Path("folder") / original}


def test_names_alone_make_no_copy(draft: Assessment) -> None:
    """Another assessment with a copy's name, and a file that cannot be read, are copies of nothing."""
    other = draft.model_copy(update={"id": UUID(int=7)})
    assert copies.conflict_copies([listed("a.toml", draft), listed("a (1).toml", other), listed("b.toml", None)]) == {}


def test_of_two_names_without_a_mark_the_shorter_is_the_original(draft: Assessment) -> None:
    """Somebody's own second name for a file is the copy."""
    found = copies.conflict_copies([listed("north-old.toml", draft), listed("north.toml", draft)])
    assert found == {Path("folder/north-old.toml"): Path("folder/north.toml")}


def test_a_mark_counts_for_more_than_length(draft: Assessment) -> None:
    """The original is the file without a sync client's mark, though its name be longer."""
    found = copies.conflict_copies([listed("a (1).toml", draft), listed("northshire-2026-27.toml", draft)])
    assert found == {Path("folder/a (1).toml"): Path("folder/northshire-2026-27.toml")}


@pytest.mark.parametrize("name", ["north-2026.toml", "copying.toml", "conflicts of interest.toml", "north-winter.toml"])
def test_usual_words_are_no_marks(draft: Assessment, name: str) -> None:
    """A word in a name that only looks like a sync client's mark makes no copy of the file that bears it."""
    longer = "n" * 40 + ".toml"
    found = copies.conflict_copies([listed(longer, draft), listed(name, draft)])
    assert found == {Path("folder") / longer: Path("folder") / name}


def test_copies_of_several_assessments_are_told_apart(draft: Assessment) -> None:
    """Every assessment of a folder has its own original and its own copies, however many."""
    other = draft.model_copy(update={"id": UUID(int=7)})
    found = copies.conflict_copies(
        [
            *(listed(name, draft) for name in ("a.toml", "a (1).toml", "a (2).toml")),
            *(listed(name, other) for name in ("b (1).toml", "b.toml")),
        ]
    )
    folder = Path("folder")
    assert found == {
        folder / "a (1).toml": folder / "a.toml",
        folder / "a (2).toml": folder / "a.toml",
        folder / "b (1).toml": folder / "b.toml",
    }


def test_a_copy_that_cannot_be_put_aside_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that another program holds is named, stays where it is, and somebody is told what to do."""
    copy = tmp_path / "a (1).toml"
    copy.write_text("kept")
    monkeypatch.setattr(Path, "rename", failing(errno.EACCES))
    with pytest.raises(FileProblem) as caught:
        copies.put_aside(copy)
    assert caught.value.title == f"{copy} cannot be renamed."
    assert "by hand" in caught.value.hint
    assert copy.read_text() == "kept"


def test_a_merged_copy_is_put_aside_and_not_lost(tmp_path: Path) -> None:
    """It gets a name that is not listed, and never another file's."""
    for expected in ("a (1).toml.merged", "a (1).toml.merged-2", "a (1).toml.merged-3"):
        copy = tmp_path / "a (1).toml"
        copy.write_text("kept")
        assert copies.put_aside(copy) == tmp_path / expected
        assert (tmp_path / expected).read_text() == "kept"
        assert not copy.exists()
