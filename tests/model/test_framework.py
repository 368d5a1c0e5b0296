"""Frameworks: their names differ, and statements are found as people call them."""

from typing import Any

import pytest
from pydantic import ValidationError

from scrutiny.model.framework import DEFAULT_SCALE, Band, Framework, Level, Scale, Statement
from scrutiny.model.problems import problems_in
from tests import building


def level(**changes: Any) -> Level:
    """A level with some fields changed."""
    fields = {"key": "met", "label": "Met", "shortcut": "m", "band": "green", "meaning": "It is."}
    return Level.model_validate({**fields, **changes})


def test_the_usual_scale() -> None:
    """Green, amber and red come in that order, each with its letter, word and band."""
    assert [(one.key, one.letter, one.label, one.band) for one in DEFAULT_SCALE.levels] == [
        ("green", "G", "Green", Band.GREEN),
        ("amber", "A", "Amber", Band.AMBER),
        ("red", "R", "Red", Band.RED),
    ]
    assert [(band.letter, band.label) for band in Band] == [("G", "Green"), ("A", "Amber"), ("R", "Red")]


def test_green_and_amber_need_evidence() -> None:
    """Appendix 3 of the source asks for evidence of green and of amber, not of red."""
    assert [band for band in Band if band.needs_evidence] == [Band.GREEN, Band.AMBER]


def test_four_grades_are_a_scale() -> None:
    """A scale may have two levels in one band, and letters that are no band's."""
    assert [one.letter for one in building.FOUR_GRADES.levels] == ["O", "G", "I", "D"]
    assert building.FOUR_GRADES.by_key["good"].band is Band.GREEN


@pytest.mark.parametrize("changes", [{"key": "Met"}, {"key": "not-applicable"}, {"shortcut": "M"}, {"shortcut": "mm"}])
def test_levels_are_well_formed(changes: dict[str, str]) -> None:
    """Keys are identifiers, and a shortcut is one key of the keyboard."""
    with pytest.raises(ValidationError):
        level(**changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": "met"}, "levels[2].key: the level key “met” is used more than once"),
        ({"shortcut": "m"}, "levels[2].shortcut: the shortcut “m” is used more than once"),
        ({"label": "MET"}, "levels[2].label: the level label “MET” is used more than once"),
    ],
)
def test_levels_differ(changes: dict[str, str], said: str) -> None:
    """Two levels share neither key nor shortcut nor label."""
    other = {"key": "other", "label": "Other", "shortcut": "o", **changes}
    with pytest.raises(ValidationError) as caught:
        Scale(levels=(level(), level(**other)))
    assert [str(problem) for problem in problems_in(caught.value)] == [said]


@pytest.mark.parametrize("count", [0, 1, 10])
def test_a_scale_has_two_to_nine_levels(count: int) -> None:
    """One level is no scale, and ten no keyboard has room for."""
    levels = tuple(level(key=f"l{at}", label=f"L{at}", shortcut=str(at)) for at in range(count))
    with pytest.raises(ValidationError):
        Scale(levels=levels)


@pytest.mark.parametrize("wrong", ["", "1", "-a", "a-", "a--b", "Plan", "a_b", "a b", "á", "a" * 61, "a.b"])
def test_badly_formed_ids(wrong: str) -> None:
    """An id is lower-case words joined by hyphens, so that it is a key in the file without quotes."""
    with pytest.raises(ValidationError):
        Statement(id=wrong, ref="1", text="x")


@pytest.mark.parametrize("wrong", ["", ".1", "1.", "1..2", "1 2", "1.2(b)", "1" * 13, "§1"])
def test_badly_formed_refs(wrong: str) -> None:
    """A ref is letters and digits joined by dots, hyphens or slashes."""
    with pytest.raises(ValidationError):
        Statement(id="a", ref=wrong, text="x")


@pytest.mark.parametrize("ref", ["1", "1.2b", "A", "S11-3", "4/2", "1.2.3.4"])
def test_well_formed_refs(ref: str) -> None:
    """What audits call their statements is a ref."""
    assert Statement(id="a", ref=ref, text="x").ref == ref


def test_statements_in_order() -> None:
    """Statements stand in the order of the sections, and each knows its section."""
    framework = building.framework()
    assert [statement.id for statement in framework.statements] == ["plan", "leaders", "voice", "safety"]
    assert list(framework.by_id) == ["plan", "leaders", "voice", "safety"]
    assert framework.section_of["voice"].title == "Outcomes"


def test_a_statement_has_a_name() -> None:
    """The title names a statement, or else its text in one line."""
    assert Statement(id="a", ref="1", title="T", text="x\ny").name == "T"
    assert Statement(id="a", ref="1", text="x\n  y").name == "x y"


@pytest.mark.parametrize(
    ("name", "found"),
    [("plan", "plan"), ("PLAN", "plan"), ("1.1", "plan"), ("1.2A", "leaders"), (" 1.2a ", "leaders")],
)
def test_statements_are_found(name: str, found: str) -> None:
    """A statement is found by id or ref, whatever the case."""
    statement = building.framework().find(name)
    assert statement is not None
    assert statement.id == found


@pytest.mark.parametrize("name", ["", "1", "1.2", "plans", "leadership"])
def test_other_statements_are_not_found(name: str) -> None:
    """Half a ref, a section or nothing is no statement."""
    assert building.framework().find(name) is None


def test_refs_differ_whatever_the_case() -> None:
    """Two refs that people would read out alike cannot stand in one framework."""
    sections = building.framework().model_dump()["sections"]
    sections[0]["statements"][1]["ref"] = "2.a"
    sections[1]["statements"][0]["ref"] = "2.A"
    with pytest.raises(ValidationError) as caught:
        Framework.model_validate({**building.framework().model_dump(), "sections": sections})
    assert [str(problem) for problem in problems_in(caught.value)] == [
        "sections[2].statements[1].ref: the statement ref “2.A” is used more than once"
    ]


def test_a_described_level_is_one_of_the_scale() -> None:
    """A statement describes no level that its framework does not have."""
    with pytest.raises(ValidationError) as caught:
        building.framework(scale=building.FOUR_GRADES)
    assert [str(problem) for problem in problems_in(caught.value)] == [
        "sections[1].statements[1].descriptors.amber: the scale has no level “amber”"
    ]
