"""The command that makes documents for other people."""

import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Scrutiny


def test_export_makes_a_workbook_beside_the_file(scrutiny: Scrutiny, file: Path) -> None:
    """Without a name the workbook stands beside the assessment, and its path is all that is printed."""
    said = scrutiny("export", file)
    assert (said.code, said.err) == (0, "")
    path = Path(said.out.strip())
    assert path.parent == file.parent
    assert zipfile.is_zipfile(path)


def test_export_to_a_name(scrutiny: Scrutiny, file: Path) -> None:
    """A workbook goes where it is asked to."""
    path = file.with_name("board papers.xlsx")
    assert scrutiny("export", file, "-o", path).out == f"{path}\n"
    assert zipfile.is_zipfile(path)


def test_export_replaces_only_when_asked(scrutiny: Scrutiny, file: Path) -> None:
    """A workbook that exists, with the notes of a meeting in it perhaps, is replaced only when asked."""
    path = file.with_name("a.xlsx")
    path.write_bytes(b"notes")
    said = scrutiny("export", file, "-o", path)
    assert (said.code, said.out) == (3, "")
    assert "exists already" in said.err
    assert path.read_bytes() == b"notes"
    assert scrutiny("export", file, "-o", path, "--replace").code == 0
    assert zipfile.is_zipfile(path)


@pytest.mark.parametrize("name", ["a.xls", "a", "a.toml"])
def test_export_makes_workbooks_only(scrutiny: Scrutiny, file: Path, name: str) -> None:
    """A name that is no workbook's is refused, above all the assessment's own."""
    said = scrutiny("export", file, "-o", file.with_name(name), "--replace")
    assert said.code == 2
    assert f"-o {name}.xlsx" in said.err
    assert not file.with_name(name).exists()


def test_export_to_nowhere(scrutiny: Scrutiny, file: Path) -> None:
    """A folder that is not there is said to be missing."""
    assert scrutiny("export", file, "-o", file.parent / "none" / "a.xlsx").code == 3
