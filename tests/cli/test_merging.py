"""The command that brings two edits of one assessment together."""

from pathlib import Path

import pytest

from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments
from tests import building
from tests.cli.conftest import Scrutiny


@pytest.fixture
def sides(tmp_path: Path, filled: Assessment) -> tuple[Path, Path]:
    """Two versions of an assessment that differ in a rating and a note."""
    theirs = edits.write_evidence(edits.rate(filled, "plan", "amber"), "plan", "Theirs.")
    return building.written(tmp_path / "ours.toml", filled), building.written(tmp_path / "theirs.toml", theirs)


def test_an_empty_base_lists_every_difference(scrutiny: Scrutiny, sides: tuple[Path, Path], tmp_path: Path) -> None:
    """Where git knows no common version, both notes are kept, everything that differs is listed, and the code is 1."""
    ours, theirs = sides
    (tmp_path / "base").touch()
    before = assessments.load(ours).assessment.answer("plan")
    said = scrutiny("merge", tmp_path / "base", ours, theirs, "-o", ours)
    assert said.code == 1
    assert said.err.count("Different: ") == 2
    assert "Theirs was: Amber" in said.err
    after = assessments.load(ours).assessment.answer("plan")
    assert after.rating == before.rating
    assert before.evidence in after.evidence
    assert "Theirs." in after.evidence


def test_an_empty_base_of_equal_files(scrutiny: Scrutiny, sides: tuple[Path, Path], tmp_path: Path) -> None:
    """Two sides that say the same have nothing to tell."""
    (tmp_path / "base").touch()
    said = scrutiny("merge", tmp_path / "base", sides[0], sides[0], "-o", tmp_path / "out.toml")
    assert (said.code, said.err) == (0, "")


def test_merge_names_its_output_well(scrutiny: Scrutiny, sides: tuple[Path, Path], tmp_path: Path) -> None:
    """A new file gets no name that Windows cannot hold or that is too long; a version that has one is replaced."""
    ours, theirs = sides
    for name, told in (("nul.toml", "Windows cannot hold"), (f"{'x' * 300}.toml", "too long")):
        said = scrutiny("merge", ours, ours, theirs, "-o", tmp_path / name)
        assert said.code in (2, 3)
        assert told in said.err
    odd = ours.rename(tmp_path / "aux.toml")
    assert scrutiny("merge", odd, odd, theirs, "-o", odd).code == 0


@pytest.mark.parametrize("name", ["con", "a:b"])
def test_new_files_get_names_that_windows_can_hold(scrutiny: Scrutiny, file: Path, name: str) -> None:
    """new and export refuse such a name and make nothing; a file that has one is still opened."""
    folder = file.parent
    said = scrutiny("new", folder / f"{name}.toml", "--partnership", "P", "--area", "A", "--cycle", "2026")
    exported = scrutiny("export", file, "-o", folder / f"{name}.xlsx")
    for outcome in (said, exported):
        assert (outcome.code, outcome.out) == (2, "")
        assert "Windows cannot hold" in outcome.err
    assert list(folder.iterdir()) == [file]
    odd = file.rename(folder / f"{name}.toml")
    assert scrutiny("show", odd).code == 0
    assert scrutiny("rate", odd, "1.1", "red").code == 0


def test_export_to_a_name_that_is_too_long(scrutiny: Scrutiny, file: Path) -> None:
    """The reason is told as it is."""
    said = scrutiny("export", file, "-o", file.with_name(f"{'x' * 300}.xlsx"))
    assert said.code == 3
    assert "its name is too long" in said.err
