"""Framework files: found in order, and every mistake in one named with its line and its key."""

from pathlib import Path

import pytest

from scrutiny import paths
from scrutiny.errors import FileProblem, UnknownName
from scrutiny.model.framework import DEFAULT_SCALE
from scrutiny.store import frameworks
from scrutiny.store.codec import framework_tables
from tests import building

GOOD = """\
id = "small"
version = 1
title = "A small framework"

[[scale.levels]]
key = "met"
label = "Met"
shortcut = "m"
band = "green"
meaning = "It is."

[[scale.levels]]
key = "not-met"
label = "Not met"
shortcut = "n"
band = "red"
meaning = "It is not."

[[sections]]
id = "one"
ref = "1"
title = "One"

[[sections.statements]]
id = "first"
ref = "1.1"
text = "The first."
look_for = [
    "This.",
    "That.",
]

[[sections.statements]]
id = "second"
ref = "1.2"
text = \"\"\"
The
second.\"\"\"

[sections.statements.descriptors]
met = "All of it."

[[sections]]
id = "two"
ref = "2"
title = "Two"

[[sections.statements]]
id = "third"
ref = "2.1"
text = "The third."
"""


def write(path: Path, text: str) -> Path:
    """A file with the given text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_is_loaded(tmp_path: Path) -> None:
    """A framework of somebody's own is read with its scale, sections and statements."""
    framework = frameworks.load(write(tmp_path / "a.toml", GOOD))
    assert [statement.ref for statement in framework.statements] == ["1.1", "1.2", "2.1"]
    assert list(framework.scale.by_key) == ["met", "not-met"]
    assert framework.by_id["second"].descriptors == {"met": "All of it."}


def test_the_scale_may_be_left_out(tmp_path: Path) -> None:
    """A framework without levels is rated green, amber and red."""
    text = GOOD[: GOOD.index("[[scale")] + GOOD[GOOD.index("[[sections]]") :].replace('met = "', 'amber = "')
    assert frameworks.load(write(tmp_path / "a.toml", text)).scale == DEFAULT_SCALE


MISTAKES = [
    ('id = "second"', 'id = "first"', 'id = "first"', 2, "the statement id “first” is used more than once"),
    ('id = "third"', 'id = "first"', 'id = "first"', 2, "the statement id “first” is used more than once"),
    ('ref = "1.2"', 'ref = "1.1"', 'ref = "1.1"', 2, "the statement ref “1.1” is used more than once"),
    ('id = "two"', 'id = "one"', 'id = "one"', 2, "the section id “one” is used more than once"),
    ('ref = "2"\n', 'ref = "1"\n', 'ref = "1"\n', 2, "the section ref “1” is used more than once"),
    ('id = "second"', 'id = "Second one"', 'id = "Second', 1, "must be lower-case words joined by hyphens"),
    ('id = "second"', f'id = "{"s" * 61}"', 'id = "sss', 1, "no longer than 60 characters"),
    ('ref = "1.2"', 'ref = "1..2"', 'ref = "1..2"', 1, "must be letters and digits joined by dots"),
    ('ref = "1.2"', 'ref = "1.2 (b)"', 'ref = "1.2 (b)"', 1, "must be letters and digits joined by dots"),
    ('ref = "1.2"', "ref = 1.2", "ref = 1.2", 1, "must be text"),
    ('text = "The first."', 'text = ""', 'text = ""', 1, "is empty"),
    ('text = "The first."', 'text = " \\t "', 'text = "', 1, "is empty"),
    ('text = "The first."', 'text = "\\u0007"', 'text = "', 1, "is empty"),
    ('title = "Two"', 'title = ""', 'title = ""', 1, "is empty"),
    ('    "This.",', '    "",', "look_for", 1, "is empty"),
    ('band = "red"\n', "", "[[scale.levels]]", 2, "scale.levels[2].band: is missing"),
    ('band = "red"', 'band = "blue"', 'band = "blue"', 1, "must be one of: green, amber, red"),
    ('shortcut = "n"', 'shortcut = "m"', 'shortcut = "m"', 2, "the shortcut “m” is used more than once"),
    ('shortcut = "n"', 'shortcut = "no"', 'shortcut = "no"', 1, "must be one lower-case letter or digit"),
    ('key = "not-met"', 'key = "met"', 'key = "met"', 2, "the level key “met” is used more than once"),
    ('key = "not-met"', 'key = "not-applicable"', 'key = "not-app', 1, "which every scale has already"),
    ('label = "Not met"', 'label = "MET"', 'label = "MET"', 1, "the level label “MET” is used more than once"),
    ('met = "All', 'most = "All', 'most = "All', 1, "the scale has no level “most”"),
    ('met = "All of it."', 'met = ""', 'met = ""', 1, "is empty"),
    ('title = "One"', 'title = "One"\nheading = "x"', "heading", 1, "is not a key"),
    ("version = 1", "version = 1\nowner = 2", "owner", 1, "is not a key"),
    ("version = 1", "version = 1.5", "version", 1, "must be a whole number"),
    ("version = 1", "version = 0", "version", 1, "version: "),
    ("version = 1\n", "", None, 0, "version: is missing"),
    ('ref = "2.1"\n', "", "[[sections.statements]]", 3, "sections[2].statements[1].ref: is missing"),
    ('text = "The first."', f'text = "{"x" * 100_001}"', 'text = "xxx', 1, "the most it can hold is 100,000"),
    ('title = "Two"', f'title = "{"x" * 501}"', 'title = "xxx', 1, "the most it can hold is 500"),
]


@pytest.mark.parametrize(("old", "new", "place", "nth", "said"), MISTAKES, ids=lambda value: str(value)[:20])
def test_every_mistake_is_named(tmp_path: Path, old: str, new: str, place: str | None, nth: int, said: str) -> None:
    """A mistake in a framework names the file, the line, the key and what is wrong."""
    assert GOOD.count(old) == 1
    text = GOOD.replace(old, new)
    path = write(tmp_path / "a.toml", text)
    with pytest.raises(FileProblem) as caught:
        frameworks.load(path)
    assert str(path) in caught.value.title
    assert said in caught.value.title
    if place is not None:
        before = text.split(place)[:nth]
        line = place.join(before).count("\n") + 1
        assert f"line {line}: " in caught.value.title


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('id = "x"\nversion = 1\ntitle = "X"\nsections = []\n', "line 4: sections: is empty"),
        ('id = "x"\nversion = 1\ntitle = "X"\n', "sections: is missing"),
        ('id = "x"\nversion = 1\ntitle = "X"\nsections = "none"\n', "line 4: sections: must be a list"),
        ('id = "x"\nversion = 1\ntitle = "X"\nsections = [1]\n', "sections[1]: must be a table"),
        (GOOD[: GOOD.index("[[sections.statements]]")], "sections[1].statements: is missing"),
        (GOOD.replace("scale.levels", "scale.grades"), "scale.levels: is missing"),
    ],
)
def test_missing_parts_are_named(tmp_path: Path, text: str, said: str) -> None:
    """A framework without its parts says which part is missing."""
    with pytest.raises(FileProblem) as caught:
        frameworks.load(write(tmp_path / "a.toml", text))
    assert said in caught.value.title + caught.value.detail


def test_one_level_is_not_enough(tmp_path: Path) -> None:
    """A scale has two levels at least."""
    text = GOOD.replace(GOOD[GOOD.index('[[scale.levels]]\nkey = "not-met"') : GOOD.index("[[sections]]")], "")
    with pytest.raises(FileProblem, match=r"scale.levels: has fewer than 2 entries"):
        frameworks.load(write(tmp_path / "a.toml", text))


def test_all_mistakes_are_found_in_one_round(tmp_path: Path) -> None:
    """Names used twice are found although other things are wrong too, and all problems come in the file's order."""
    text = GOOD
    for old, new in [
        ('label = "Met"', 'label = ""'),
        ('shortcut = "n"', 'shortcut = "m"'),
        ('band = "red"\n', ""),
        ('id = "second"', 'id = "first"'),
        ('ref = "1.2"', 'ref = "1.1"'),
        ('title = "Two"', 'title = "Two"\nnumber = 2'),
        ('text = "The third."', 'text = ""'),
    ]:
        text = text.replace(old, new)
    checked = frameworks.check(write(tmp_path / "a.toml", text))
    assert checked.framework is None
    assert [problem.split(": ")[1] for problem in checked.problems] == [
        "scale.levels[1].label",
        "scale.levels[2].band",
        "scale.levels[2].shortcut",
        "sections[1].statements[2].id",
        "sections[1].statements[2].ref",
        "sections[2].number",
        "sections[2].statements[1].text",
    ]
    assert all(problem.startswith("line ") for problem in checked.problems)


def test_of_several_mistakes_the_first_is_the_sentence(tmp_path: Path) -> None:
    """The others are counted, and told one a line; of a single one it is not said that there are none."""
    wrong = [('band = "red"', 'band = "blue"'), ('title = "Two"', 'title = ""'), ('ref = "2.1"\n', "")]
    text = GOOD
    for count, (old, new) in enumerate(wrong):
        text = text.replace(old, new)
        with pytest.raises(FileProblem) as caught:
            frameworks.load(write(tmp_path / "a.toml", text))
        assert "is not a usable framework: line 16: scale.levels[2].band: " in caught.value.title
        assert caught.value.title.count(" more)") == (1 if count else 0)
        assert caught.value.title.endswith(f" (and {count} more)." if count else "red.")
        assert len(caught.value.detail.splitlines()) == count
        assert "README" in caught.value.hint
    told = [line.split(": ") for line in caught.value.detail.splitlines()]
    assert [place for _, place, _ in told] == ["sections[2].title", "sections[2].statements[1].ref"]
    assert [line for line, _, _ in told] == ["line 46", "line 48"]


def test_a_good_file_has_no_problems(tmp_path: Path) -> None:
    """A check of a framework without mistakes finds none."""
    assert frameworks.check(write(tmp_path / "a.toml", GOOD)).problems == []


@pytest.mark.parametrize(("text", "said"), [("", "is empty"), ("x = \n", "well-formed"), ("PK\3\4", "workbook")])
def test_what_is_no_framework_at_all_is_named(tmp_path: Path, text: str, said: str) -> None:
    """A file that is not even a text that could be one is named, with what it is."""
    path = write(tmp_path / "a.toml", text)
    with pytest.raises(FileProblem, match=said) as caught:
        frameworks.check(path)
    assert str(path) in caught.value.title


def test_an_assessment_is_no_framework(file: Path, tmp_path: Path) -> None:
    """An assessment given as a framework is told from a broken framework, and a framework from an assessment."""
    with pytest.raises(FileProblem, match="is an assessment, not a framework") as caught:
        frameworks.load(file)
    assert "framework file" in caught.value.hint
    with pytest.raises(FileProblem, match="assessment: is not a key"):
        frameworks.load(write(tmp_path / "a.toml", GOOD + "[assessment]\nx = 1\n"))


def test_the_shipped_framework_is_what_it_says() -> None:
    """The framework that ships first has the six sections and nineteen statements of its source."""
    framework = frameworks.find(frameworks.DEFAULT, frameworks.folders(None))
    assert len(framework.sections) == 6
    assert " ".join(statement.ref for statement in framework.statements) == (
        "1.1 1.2a 1.2b 1.2c 2.1 2.2 2.3 3.1 3.2 3.3 4.1 4.2 4.3 5.1 5.2 5.3 6.1 6.2 6.3"
    )
    assert framework.scale == DEFAULT_SCALE
    assert all(statement.look_for and statement.title and statement.source for statement in framework.statements)
    assert framework.by_id["community-training"].note.startswith("This statement is a reading.")


def test_folders_are_searched_in_order(tmp_path: Path) -> None:
    """Folders that are named come first, then the person's own, then those that ship; absent ones are left out."""
    own, also = tmp_path / "own", tmp_path / "also"
    own.mkdir()
    also.mkdir()
    shipped = [
        folder for folder in (paths.checkout_frameworks(), paths.installed_frameworks()) if folder and folder.is_dir()
    ]
    assert frameworks.folders(own, [also, tmp_path / "none"]) == [also, own, *shipped]
    assert frameworks.folders(None) == shipped
    assert frameworks.folders(tmp_path / "none") == shipped


def test_the_first_of_one_id_wins(tmp_path: Path) -> None:
    """A framework of one's own takes the place of a shipped one with the same id."""
    mine = write(tmp_path / "one" / "mine.toml", GOOD.replace("A small framework", "Mine"))
    write(tmp_path / "two" / "theirs.toml", GOOD)
    search = [tmp_path / "one", tmp_path / "two"]
    assert [found.path for found in frameworks.available(search)] == [mine]
    assert frameworks.find("small", search).title == "Mine"


def test_what_is_listed(tmp_path: Path, file: Path) -> None:
    """A broken framework is listed with its problem; assessments and other TOML are passed over."""
    folder = tmp_path / "frameworks"
    write(folder / "a.toml", GOOD)
    broken = write(folder / "b.toml", GOOD.replace('band = "red"', 'band = "blue"').replace('"small"', '"other"'))
    write(folder / "c.toml", file.read_text(encoding="utf-8"))
    write(folder / "d.toml", '[tool]\nname = "x"\n')
    write(folder / "e.toml", "")
    found = frameworks.available([folder])
    assert [(one.path.name, one.framework is None) for one in found] == [("a.toml", False), ("b.toml", True)]
    assert found[1].problem is not None
    assert str(broken) in found[1].problem.title


def test_a_framework_is_found_by_id_or_file(tmp_path: Path) -> None:
    """A framework is meant by its id, or by a file wherever it is, even one that does not end in .toml."""
    path = write(tmp_path / "elsewhere" / "x.toml", GOOD)
    other = write(tmp_path / "elsewhere" / "x.txt", GOOD)
    folder = tmp_path / "frameworks"
    write(folder / "renamed.toml", GOOD)
    assert frameworks.find(str(path), []).id == "small"
    assert frameworks.find(str(other), []).id == "small"
    assert frameworks.find("small", [folder]).id == "small"


def test_an_unknown_framework_says_which_there_are(tmp_path: Path) -> None:
    """A name that nothing has is refused with the names that something has, and a home that nobody has is no crash."""
    write(tmp_path / "a.toml", GOOD)
    with pytest.raises(UnknownName) as caught:
        frameworks.find("smal", [tmp_path])
    assert "small" in caught.value.hint
    with pytest.raises(UnknownName):
        frameworks.find("~nobody-of-that-name", [])
    with pytest.raises(FileProblem):
        frameworks.find("none.toml", [])


def test_a_broken_framework_says_why_it_is_not_found(tmp_path: Path) -> None:
    """Asking for a framework whose file is broken tells what is wrong with the file."""
    write(tmp_path / "mine.toml", GOOD.replace('band = "red"', 'band = "blue"'))
    with pytest.raises(FileProblem, match="must be one of: green, amber, red"):
        frameworks.find("mine", [tmp_path])


def test_every_broken_framework_is_listed(tmp_path: Path) -> None:
    """Several that are broken are all listed, each with its own problem, and those that are not go with them."""
    broken = GOOD.replace('band = "red"', 'band = "blue"')
    for name in ("a", "b"):
        write(tmp_path / f"{name}.toml", broken)
    write(tmp_path / "c.toml", GOOD)
    found = frameworks.available([tmp_path])
    assert [one.path.name for one in found] == ["a.toml", "b.toml", "c.toml"]
    assert [str(one.path) in one.problem.title for one in found if one.problem] == [True, True]


def test_somebody_elses_broken_framework_is_not_in_the_way(tmp_path: Path) -> None:
    """A broken file is told of to who asks for it, and stands in nobody else's way."""
    write(tmp_path / "a.toml", GOOD.replace('band = "red"', 'band = "blue"'))
    write(tmp_path / "b.toml", GOOD)
    assert frameworks.find("small", [tmp_path]).id == "small"
    with pytest.raises(UnknownName, match="There is no framework “other”") as caught:
        frameworks.find("other", [tmp_path])
    assert caught.value.hint == "Name a file, or one of: small."


def test_all_known_frameworks_are_named(tmp_path: Path) -> None:
    """Who asks for what is not there is told what is there, or to name a file where nothing is."""
    with pytest.raises(UnknownName) as caught:
        frameworks.find("none", [tmp_path])
    assert caught.value.hint == "Name a file."
    write(tmp_path / "a.toml", GOOD)
    write(tmp_path / "b.toml", GOOD.replace('"small"', '"other"'))
    with pytest.raises(UnknownName) as caught:
        frameworks.find("none", [tmp_path])
    assert caught.value.hint == "Name a file, or one of: small, other."


def test_a_framework_survives_its_own_writing(tmp_path: Path) -> None:
    """A framework written as a file of its own is read back the same."""
    for framework in (building.framework(), building.graded()):
        assert frameworks.load(write(tmp_path / "a.toml", framework_tables(framework))) == framework


def test_of_very_many_problems_the_first_thousand_are_listed(tmp_path: Path) -> None:
    """Validation stops at a thousand problems, in the order of the file, and says that there may be more."""
    path = write(tmp_path / "a.toml", GOOD + "\n" + "[[sections]]\n" * 3000)
    checked = frameworks.check(path)
    assert len(checked.problems) == 1001
    assert checked.problems[-1] == "Only the first 1,000 problems are listed; there may be more."
    assert not checked.all_known
    with pytest.raises(FileProblem, match=r"\(and at least \d+ more\)"):
        frameworks.load(path)


def test_unknown_keys_beyond_the_thousandth_are_counted(tmp_path: Path) -> None:
    """Of more than a thousand unknown keys it is known how many there are."""
    keys = "".join(f"k{number} = 1\n" for number in range(1500))
    path = write(tmp_path / "a.toml", keys + GOOD)
    assert frameworks.check(path).problems[-1] == "500 more problems are not listed."
    with pytest.raises(FileProblem, match=r"\(and 1499 more\)"):
        frameworks.load(path)
