"""Commands that only read: list, show, check and locate."""

import json
from pathlib import Path
from typing import Any

import pytest

from scrutiny.exchange import data
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from tests import building
from tests.cli.conftest import Scrutiny


def parsed(text: str) -> Any:
    """What JSON text holds."""
    return json.loads(text)


def test_show_says_everything(scrutiny: Scrutiny, file: Path) -> None:
    """Every text of the file is shown, each behind its name, and ratings as letter and word."""
    said = scrutiny("show", file)
    assert (said.code, said.err) == (0, "")
    shown = " ".join(said.out.split())
    for words in (
        "Partnership: Northshire Safeguarding Partnership",
        "Position as at: 1 Nov 2026",
        "Marking: OFFICIAL",
        "3 of 4 statements rated: G Green 1, A Amber 1, R Red 1, unrated 0, not applicable 1; 33% of the rated are",
        "4 actions: not started 3, in progress 0, complete 0, embedded 1; overdue 1, slipped 1, without an owner 0.",
        "Overdue: 2.2-DDDD5 Due 1 Oct 2026: Agree one plan.",
        "1.1 One plan Statement: There is one plan. Rating: G Green Evidence: One plan. Five “priorities”.",
        "Source: Audit: Neglect audit (30 Jun 2026, Learning group papers, item 4)",
        "Rating: Not applicable Reason: There is a single partner.",
        "Action 2.1-BBBB3, improve: Hear more children.",
        "Owner: Director of Children's Services",
        "Due: 30 Sep 2026 Original due: 30 Jun 2026 Status: Embedded",
        "1 May 2026: Begun.",
        "Evidence of impact: Two services changed what they do.",
        "Decision wanted: Fund it for another year.",
        "Closed by: Chair Closed on: 30 Sep 2026",
        "Archived answers",
        "So it was.",
    ):
        assert words in shown, words


def test_show_stays_within_the_window(scrutiny: Scrutiny, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are wrapped between words at the window's width, and nothing is drawn or coloured."""
    for columns in (30, 60, 100):
        monkeypatch.setenv("COLUMNS", str(columns))
        said = scrutiny("show", file)
        assert all(len(line) <= columns for line in said.out.splitlines())
        assert not any(line != line.rstrip() for line in said.out.splitlines())
        assert not any(0x2500 <= ord(character) <= 0x25FF or character == "\x1b" for character in said.out)


def test_show_as_json(scrutiny: Scrutiny, file: Path, filled: Assessment) -> None:
    """The JSON of an assessment has its header, its figures, every statement in order, and archived answers."""
    said = scrutiny("show", file, "--json")
    assert (said.code, said.err) == (0, "")
    shown = parsed(said.out)
    assert list(shown) == ["assessment", "figures", "statements", "archived"]
    assert shown["assessment"]["area"] == "Northshire"
    assert shown["assessment"]["created"] == "2026-11-01T09:00:00Z"
    assert shown["assessment"]["respondent"]["organisation"] == "Northshire Council"
    assert shown["figures"]["levels"] == {"green": 1, "amber": 1, "red": 1}
    assert shown["figures"]["actions"]["overdue"] == 1
    assert [one["id"] for one in shown["statements"]] == [statement.id for statement in filled.framework.statements]
    plan, leaders, voice, _ = shown["statements"]
    for statement in shown["statements"]:
        assert {"id", "ref", "section", "text", "rating", "evidence", "sources", "actions"} <= set(statement)
    assert (plan["ref"], plan["section"], plan["rating"], plan["band"]) == ("1.1", "leadership", "green", "green")
    assert plan["evidence"] == filled.answer("plan").evidence
    assert plan["sources"][0]["date"] == "2026-06-30"
    assert (leaders["rating"], leaders["band"], leaders["reason"]) == (
        "not-applicable",
        None,
        "There is a single partner.",
    )
    assert (voice["actions"][0]["ref"], voice["actions"][0]["slipped"]) == ("2.1-BBBB3", True)
    assert shown["archived"][0]["evidence"] == "So it was."


def test_an_unrated_statement_is_null_in_json(scrutiny: Scrutiny, tmp_path: Path, draft: Assessment) -> None:
    """What nobody said is null or empty in JSON, never a missing key."""
    path = building.written(tmp_path / "a.toml", draft)
    shown = parsed(scrutiny("show", path, "--json").out)
    assert {**shown["statements"][1], "text": "", "title": ""} == {
        "id": "leaders",
        "ref": "1.2a",
        "section": "leadership",
        "section_ref": "1",
        "section_title": "Leadership",
        "title": "",
        "text": "",
        "band": None,
        "rating": None,
        "reason": "",
        "evidence": "",
        "sources": [],
        "actions": [],
    }
    assert shown["figures"]["percent_confirmed"] is None


def test_a_check_that_finds_nothing(scrutiny: Scrutiny, file: Path) -> None:
    """An assessment that can be submitted is said to be one, with exit code 0 and an empty list in JSON."""
    said = scrutiny("check", file)
    assert (said.code, said.out, said.err) == (0, "Nothing stops submission.\n", "")
    said = scrutiny("check", file, "--json")
    assert (said.code, parsed(said.out)) == (0, [])


def test_a_check_that_finds_something(scrutiny: Scrutiny, tmp_path: Path, filled: Assessment) -> None:
    """What stops submission comes first, with its statement, and ends with exit code 1."""
    bad = edits.write_evidence(edits.rate(filled, "voice", None), "plan", "Ask sam@example.org")
    path = building.written(tmp_path / "a.toml", bad)
    said = scrutiny("check", path)
    assert said.code == 1
    assert said.out.splitlines() == [
        "Stops submission: 1",
        "  2.1 Voice: Not rated yet.",
        "",
        "Worth a look: 1",
        "  1.1 One plan: The evidence seems to hold an e-mail address; nobody should be",
        "    identifiable.",
    ]
    said = scrutiny("check", path, "--json")
    assert said.code == 1
    found = parsed(said.out)
    assert found[1] == {
        "id": "unrated",
        "severity": "stop",
        "statement": "voice",
        "ref": "2.1",
        "action": None,
        "message": "Not rated yet.",
    }
    assert found[0]["severity"] == "warning"


def test_a_check_with_warnings_only(scrutiny: Scrutiny, tmp_path: Path, filled: Assessment) -> None:
    """What is only worth a look does not stop submission, nor a script."""
    path = building.written(tmp_path / "a.toml", edits.write_evidence(filled, "plan", "Ask sam@example.org"))
    said = scrutiny("check", path)
    assert said.code == 0
    assert said.out.startswith("Nothing stops submission.\n\nWorth a look: 1\n")


def test_a_finding_about_an_action_names_it(scrutiny: Scrutiny, tmp_path: Path, filled: Assessment) -> None:
    """A finding about an action has the action's code in text and JSON."""
    bad = edits.put_action(filled, "plan", building.action("AAAA2", owner=""))
    path = building.written(tmp_path / "a.toml", bad)
    assert "1.1 One plan: Action AAAA2 needs an owner." in scrutiny("check", path).out
    assert parsed(scrutiny("check", path, "--json").out)[0]["action"] == "AAAA2"


def test_list_says_what_is_in_a_folder(scrutiny: Scrutiny, file: Path, draft: Assessment) -> None:
    """Every assessment comes with whose it is and its figures, and a file that cannot be read with the reason."""
    building.written(file.with_name("blank.toml"), draft)
    file.with_name("cut.toml").write_text("format = 1\n", encoding="utf-8")
    said = scrutiny("list", file.parent)
    assert (said.code, said.err) == (0, "")
    blocks = said.out.split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == ["blank.toml", "cut.toml", "northshire.toml"]
    assert "Cannot be used:" in blocks[1]
    assert "incomplete" in " ".join(blocks[1].split())
    assert "Northshire, 2026-27, Self-assessment, Northshire Council, Draft" in " ".join(blocks[2].split())
    assert "3 of 4 statements rated" in blocks[2]
    assert "Overdue actions: 1." in blocks[2]


def test_list_as_json(scrutiny: Scrutiny, file: Path) -> None:
    """In JSON a file has either header and figures, or a problem."""
    file.with_name("cut.toml").write_text("format = 1\n", encoding="utf-8")
    said = scrutiny("list", file.parent, "--json")
    cut, good = parsed(said.out)
    assert set(cut) == {"file", "path", "problem"}
    assert set(good) == {"file", "path", "assessment", "figures"}
    assert good["path"] == str(file)
    assert good["figures"]["rated"] == 3
    assert parsed(scrutiny("list", file.parent.parent, "--json").out) == []


def test_list_without_a_folder(scrutiny: Scrutiny, home: Path, filled: Assessment) -> None:
    """Without a folder the usual one is listed, or the one of the settings; one that is not there yet is empty."""
    assert scrutiny("list").out == f"There are no assessments in {home / 'Documents' / 'Scrutiny'}.\n"
    building.written(home / "Documents" / "Scrutiny" / "usual.toml", filled)
    assert scrutiny("list").out.startswith("usual.toml\n")
    building.written(home / "mine" / "mine.toml", filled)
    (home / ".config" / "scrutiny").mkdir(parents=True)
    settings = home / ".config" / "scrutiny" / "settings.toml"
    settings.write_text('folder = "~/mine"\n', encoding="utf-8")
    assert scrutiny("list").out.startswith("mine.toml\n")
    settings.write_text('fodler = "~/mine"\n', encoding="utf-8")
    said = scrutiny("list")
    assert said.code == 0
    assert said.out.startswith("usual.toml\n")
    assert said.err.startswith("Note: ")
    assert "line 1: fodler" in said.err


@pytest.mark.parametrize("word", ["list", "show", "check", "export"])
def test_what_is_not_there_is_a_file_problem(scrutiny: Scrutiny, tmp_path: Path, word: str) -> None:
    """A file or folder that does not exist ends with 3 and one sentence."""
    said = scrutiny(word, tmp_path / "none")
    assert said.code == 3
    assert said.out == ""
    assert len(said.err.splitlines()) == 2
    assert said.err.startswith("Error: ")


def test_files_and_folders_are_told_apart(scrutiny: Scrutiny, file: Path) -> None:
    """A file is not listed and a folder is not shown, and the error says what to run instead."""
    said = scrutiny("list", file)
    assert (said.code, said.out) == (3, "")
    assert f"scrutiny show {file}" in said.err
    spaced = building.written(file.with_name("our own.toml"), building.filled())
    assert f'scrutiny show "{spaced}"' in scrutiny("list", spaced).err
    said = scrutiny("show", file.parent)
    assert said.code == 3
    assert "is a folder" in said.err


@pytest.mark.parametrize("word", ["show", "check", "export"])
def test_a_file_that_cannot_be_used(scrutiny: Scrutiny, file: Path, word: str) -> None:
    """A damaged file ends with 3 and says what is wrong, all of it, and where."""
    text = file.read_text(encoding="utf-8").replace('kind = "audit"', 'kind = "x"', 1)
    file.write_text(text.replace('scope = "joint"', 'scope = "all"'), encoding="utf-8")
    said = scrutiny(word, file)
    assert (said.code, said.out) == (3, "")
    assert "line 10: assessment.scope" in said.err.splitlines()[0]
    assert "answers.plan.sources[1].kind: must be one of" in said.err.splitlines()[1]
    assert said.err.splitlines()[2].startswith("  Try: ")


@pytest.mark.parametrize("word", ["show", "check", "export"])
def test_a_hand_edit_is_said_once(scrutiny: Scrutiny, file: Path, word: str) -> None:
    """A file that was edited by hand is used, and the edit is said once on standard error."""
    text = file.read_text(encoding="utf-8").replace("Some are heard.", "Most are heard.")
    file.write_text(text, encoding="utf-8")
    said = scrutiny(word, file)
    assert said.code == 0
    assert said.err == f"Note: {file} was edited by hand since it was last saved.\n"


def test_locate(scrutiny: Scrutiny, home: Path) -> None:
    """Every place is named, a line each, whether it exists or not, and none is made."""
    before = sorted(home.rglob("*"))
    said = scrutiny("locate")
    lines = said.out.splitlines()
    assert said.code == 0
    assert lines[0] == f"Settings: {home / '.config' / 'scrutiny' / 'settings.toml'}"
    assert lines[1] == f"Assessments: {home / 'Documents' / 'Scrutiny'}"
    assert lines[2] == f"Frameworks: {home / 'Documents' / 'Scrutiny' / 'frameworks'}"
    assert lines[3].startswith("Frameworks: ")
    places = [line.partition(":")[0] for line in lines[-4:]]
    assert places == ["State", "Backups", "Recovery", "Locks"]
    assert sorted(home.rglob("*")) == before


def test_json_is_plain_data(filled: Assessment) -> None:
    """What JSON is made of is text, numbers, lists and tables only, so that nothing is left to a converter."""
    found = data.assessment_data(filled, building.TODAY)
    assert json.loads(json.dumps(found)) == found
    framework = data.framework_data(filled.framework)
    assert json.loads(json.dumps(framework)) == framework
