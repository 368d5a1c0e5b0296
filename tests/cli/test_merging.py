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


def test_export_to_a_name_that_is_too_long(scrutiny: Scrutiny, file: Path) -> None:
    """The reason is told as it is."""
    said = scrutiny("export", file, "-o", file.with_name(f"{'x' * 300}.xlsx"))
    assert said.code == 3
    assert "its name is too long" in said.err
