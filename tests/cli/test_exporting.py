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
    assert scrutiny("export", file, "-o", path).code == 0
    before = path.read_bytes() + b"notes"
    path.write_bytes(before)
    said = scrutiny("export", file, "-o", path)
    assert (said.code, said.out) == (3, "")
    assert "exists already" in said.err
    assert path.read_bytes() == before
    assert scrutiny("export", file, "-o", path, "--replace").code == 0
    assert path.read_bytes() != before


@pytest.mark.parametrize("kind", ["link", "copy", "letter"])
def test_export_replaces_nothing_but_a_workbook(scrutiny: Scrutiny, file: Path, kind: str) -> None:
    """The assessment under another name, a copy of it and a letter are refused, and stay as they are."""
    path = file.with_name("a.xlsx")
    if kind == "link":
        path.symlink_to(file)
    else:
        path.write_bytes(file.read_bytes() if kind == "copy" else b"Dear partner")
    before = path.read_bytes(), file.read_bytes()
    source = path if kind == "copy" else file
    said = scrutiny("export", source, "-o", path, "--replace")
    assert (said.code, said.out) == (3, "")
    assert "a (2).xlsx" in said.err
    assert (path.read_bytes(), file.read_bytes()) == before


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
