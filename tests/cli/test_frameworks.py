"""Commands about frameworks."""

import json
from pathlib import Path

import pytest

from scrutiny.store import frameworks
from scrutiny.store.codec import framework_tables
from tests import building
from tests.cli.conftest import Scrutiny


@pytest.fixture
def own(home: Path) -> Path:
    """A framework of the person's own, where it is found."""
    path = home / "Documents" / "Scrutiny" / "frameworks" / "mine.toml"
    path.parent.mkdir(parents=True)
    path.write_text(framework_tables(building.framework()), encoding="utf-8")
    return path


def test_list(scrutiny: Scrutiny, own: Path) -> None:
    """Own frameworks come before shipped ones, each with id, version and file, and broken ones with the reason."""
    own.with_name("zbroken.toml").write_text(
        own.read_text(encoding="utf-8").replace('"1.1"', '"1..1"'), encoding="utf-8"
    )
    said = scrutiny("frameworks", "list")
    assert said.code == 0
    mine, broken, shipped = said.out.split("\n\n")
    assert "Id: small\nVersion: 3\nStatements: 4\n" in mine
    assert " ".join(mine.split()).endswith(f"File: {own}")
    assert "Cannot be used:" in broken
    assert f"Id: {frameworks.DEFAULT}\n" in shipped
    found = json.loads(scrutiny("frameworks", "list", "--json").out)
    assert [one.get("id") for one in found] == ["small", None, frameworks.DEFAULT]
    assert set(found[1]) == {"path", "problem"}


def test_show(scrutiny: Scrutiny, own: Path) -> None:
    """A framework is shown whole, by id or by file, in text or JSON."""
    said = scrutiny("frameworks", "show", "small")
    assert said.code == 0
    assert scrutiny("frameworks", "show", own).out == said.out
    shown = " ".join(said.out.split())
    for words in (
        "Framework: A small framework Id: small Version: 3",
        "G Green: The whole statement can be confirmed",
        "1 Leadership Who leads.",
        "1.1 One plan Id: plan Statement: There is one plan. Look for: The plan.",
        "A measure for each outcome.",
        "Amber: There are two plans. Source: Appendix, 1.1 Note: Two linked plans may do.",
    ):
        assert words in shown, words
    assert (
        json.loads(scrutiny("frameworks", "show", "small", "--json").out)["sections"][0]["statements"][0]["id"]
        == "plan"
    )


def test_show_what_is_not_there(scrutiny: Scrutiny, own: Path) -> None:
    """An unknown id ends with 2 and the ids there are, an unknown file with 3."""
    said = scrutiny("frameworks", "show", "smal")
    assert said.code == 2
    assert "small" in said.err
    assert scrutiny("frameworks", "show", own.with_name("none.toml")).code == 3


def test_check_of_a_good_file(scrutiny: Scrutiny, own: Path) -> None:
    """A framework that can be used is said to be one, and in JSON has no problems."""
    said = scrutiny("frameworks", "check", own)
    assert (said.code, said.out) == (0, f"{own} can be used: 2 sections, 4 statements.\n")
    assert json.loads(scrutiny("frameworks", "check", own, "--json").out) == []


def test_check_of_a_bad_file(scrutiny: Scrutiny, own: Path) -> None:
    """Every problem is printed, a line each with line and key, in the file's order, and the exit code is 3."""
    text = own.read_text(encoding="utf-8").replace('band = "amber"\n', "").replace('ref = "2.2"', 'ref = "1.1"')
    text = text.replace('text = "They are safer."', 'text = ""\nhelp = "x"')
    own.write_text(text, encoding="utf-8")
    said = scrutiny("frameworks", "check", own)
    assert (said.code, said.err) == (3, "")
    assert [line.split(": ")[1] for line in said.out.splitlines()] == [
        "scale.levels[2].band",
        "sections[2].statements[2].ref",
        "sections[2].statements[2].text",
        "sections[2].statements[2].help",
    ]
    assert all(line.startswith("line ") for line in said.out.splitlines())
    assert json.loads(scrutiny("frameworks", "check", own, "--json").out) == said.out.splitlines()


def test_check_of_something_else(scrutiny: Scrutiny, file: Path, tmp_path: Path) -> None:
    """An assessment, a missing file and what is no TOML are refused in one sentence, with 3."""
    (tmp_path / "bad.toml").write_text("x = \n", encoding="utf-8")
    for path in (file, tmp_path / "none.toml", tmp_path / "bad.toml", tmp_path):
        said = scrutiny("frameworks", "check", path)
        assert (said.code, said.out) == (3, "")
        assert said.err.startswith("Error: ")
