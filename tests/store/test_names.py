"""Names of new files: what Windows cannot hold is refused wherever a file is named."""

from pathlib import Path

import pytest

from scrutiny.errors import ScrutinyError
from scrutiny.store.assessments import SUFFIX, slug
from scrutiny.store.names import check_new_name
from scrutiny.tui.dialogs.form import file_in

IMPOSSIBLE = ["con", "NUL", "Aux.old", "com1", "LPT9", "COM0", "com¹", "prn ", "CONOUT$", "a:b", "a?", 'a"b', "a|b"]
IMPOSSIBLE += ["a<b>", "a*", "a\\b", "a\tb", "a\x7fb", "a\x85b"]


@pytest.mark.parametrize("stem", IMPOSSIBLE, ids=ascii)
@pytest.mark.parametrize("ending", [".toml", ".xlsx"])
def test_names_that_windows_cannot_hold(tmp_path: Path, stem: str, ending: str) -> None:
    """Reserved names, forbidden characters and control characters are refused, in forms too."""
    with pytest.raises(ScrutinyError, match="Windows cannot hold") as problem:
        check_new_name(tmp_path / f"{stem}{ending}")
    assert problem.value.hint
    with pytest.raises(ScrutinyError):
        file_in(tmp_path, f"{stem}{ending}", ending)


@pytest.mark.parametrize("name", ["a.toml.", "a.toml "])
def test_names_that_end_in_a_dot_or_a_space(name: str) -> None:
    """Windows drops what stands at the end."""
    with pytest.raises(ScrutinyError, match="at the end"):
        check_new_name(Path(name))


@pytest.mark.parametrize("name", ["a.toml", "console.toml", "com10.toml", "com.toml", "x.con.toml", "é ß.xlsx"])
def test_other_names_are_taken(tmp_path: Path, name: str) -> None:
    """Names that only resemble reserved ones are fine."""
    check_new_name(tmp_path / name)
    assert file_in(tmp_path, name, name[-5:]) == tmp_path / name


@pytest.mark.parametrize("name", ["Con", "PRN", "aux", "nul", "COM1", "lpt9", "com²", "conin$", "com0", "Northshire"])
def test_a_proposed_name_is_one_that_is_taken(tmp_path: Path, name: str) -> None:
    """What is proposed for a place of any name is never refused as the name of a file."""
    check_new_name(tmp_path / f"{slug(name)}{SUFFIX}")
