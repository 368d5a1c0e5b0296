"""Text files: everything that can be wrong with one is said in plain words."""

import os
import time
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from scrutiny.errors import FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.model.problems import Problem
from scrutiny.store import assessments, codec, limits, toml
from tests import building


def refused(path: Path) -> FileProblem:
    """What reading an assessment from a path is refused with: always a hint, and always the path."""
    with pytest.raises(FileProblem) as caught:
        assessments.load(path)
    assert str(path) in caught.value.title
    assert caught.value.hint
    return caught.value


def with_bytes(folder: Path, content: bytes) -> Path:
    """A file that holds the given bytes."""
    path = folder / "a.toml"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\t\n"])
def test_an_empty_file_is_called_empty(tmp_path: Path, content: bytes) -> None:
    """A file of nothing, or of white space, is empty, not damaged."""
    assert "is empty" in refused(with_bytes(tmp_path, content)).title


def test_zero_bytes_are_called_lost_content(tmp_path: Path) -> None:
    """A file of zero bytes, as a sync client leaves one, is told from an empty one."""
    assert "zero bytes" in refused(with_bytes(tmp_path, b"\0" * 4096)).title


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_recognised(tmp_path: Path, encoding: str, filled: Assessment) -> None:
    """A file that an editor saved as UTF-16 says so, with or without a byte order mark."""
    assert "UTF-16" in refused(with_bytes(tmp_path, codec.encode(filled).encode(encoding))).title


def test_a_byte_order_mark_is_nothing_to_speak_of(tmp_path: Path, filled: Assessment) -> None:
    """Notepad's byte order mark neither stops loading nor counts as an edit."""
    stored = assessments.load(with_bytes(tmp_path, codec.encode(filled).encode("utf-8-sig")))
    assert stored.assessment == filled
    assert not stored.edited_by_hand


def test_a_byte_of_another_encoding_is_placed(tmp_path: Path, filled: Assessment) -> None:
    """A file saved in the encoding of Windows names the line of the first byte that gives it away."""
    text = codec.encode(filled)
    problem = refused(with_bytes(tmp_path, text.encode("cp1252")))
    assert f"line {text[: text.index('“')].count(chr(10)) + 1}" in problem.title


@pytest.mark.parametrize(("before", "line"), [(b"", 1), (b"\n", 2), (b"a = 1\r\n\n", 3)])
def test_a_byte_is_placed_from_the_first_line_on(tmp_path: Path, before: bytes, line: int) -> None:
    """Lines are counted from the very first, empty or not."""
    assert f"line {line} holds a byte" in refused(with_bytes(tmp_path, before + b'area = "M\xf4n"\n')).title


def test_a_cut_within_a_character_is_called_a_cut(tmp_path: Path, filled: Assessment) -> None:
    """A file cut between the bytes of one character is incomplete, not wrongly encoded."""
    raw = codec.encode(filled).encode()
    assert "incomplete" in refused(with_bytes(tmp_path, raw[: raw.index("“".encode()) + 1])).title


def test_every_cut_of_the_bytes_is_recognised() -> None:
    """A file that ends after any of its bytes is refused as cut short."""
    raw = codec.encode(building.filled()).encode()
    for length in range(1, len(raw) - 1):
        with pytest.raises(FileProblem, match="cut short"):
            codec.decode(toml.text_in(raw[:length], Path("a.toml")), Path("a.toml"))


def test_a_zero_byte_inside_is_refused(tmp_path: Path, filled: Assessment) -> None:
    """A zero byte within the text is not taken for text."""
    raw = codec.encode(filled).encode()
    for torn in (raw.replace(b"heard", b"he\0rd"), b"form\0" + raw):  # UTF-16 shows in the first four
        assert "well-formed" in refused(with_bytes(tmp_path, torn)).title


@pytest.mark.parametrize("start", [b"PK\x03\x04rest of a workbook", b"\xd0\xcf\x11\xe0rest of a protected one"])
def test_a_workbook_is_recognised(tmp_path: Path, start: bytes) -> None:
    """A workbook given in place of the assessment is called a workbook."""
    assert "is a workbook or an archive" in refused(with_bytes(tmp_path, start)).title


def test_git_markers_are_recognised(tmp_path: Path, filled: Assessment) -> None:
    """A file in the middle of a git merge says so, with the line of the first marker."""
    lines = codec.encode(filled).splitlines(keepends=True)
    lines[5:6] = ["<<<<<<< HEAD\n", lines[5], "=======\n", lines[5], ">>>>>>> theirs\n"]
    problem = refused(with_bytes(tmp_path, "".join(lines).encode()))
    assert "unfinished git merge" in problem.title
    assert "line 6" in problem.title


def test_git_markers_in_a_note_are_text(tmp_path: Path) -> None:
    """An e-mail pasted with seven levels of quoting is evidence like any other."""
    from scrutiny.model import edits

    draft = edits.write_evidence(building.draft(), "plan", "Sam wrote:\n>>>>>>> all is well\n<<<<<<< HEAD\n")
    path = building.written(tmp_path / "a.toml", draft)
    assert assessments.load(path).assessment == draft


@pytest.mark.parametrize(
    ("bad", "line"),
    [("x = \n", 3), ("x = 'a\n", 3), ("[a\n", 3), ("x = 1\nx = 2\n", 4), ("x == 3\n", 3), ("é = 1\n", 3)],
)
def test_what_is_no_toml_is_placed(bad: str, line: int) -> None:
    """The line where reading stopped is named, and nothing of the line is repeated."""
    with pytest.raises(FileProblem) as caught:
        toml.parse(f"secret = 1\n\n{bad}", Path("a.toml"))
    assert caught.value.title == f"a.toml is not well-formed TOML: reading stopped at line {line}."


@pytest.mark.parametrize(
    "hostile",
    [
        "a." * 20_000 + "b = 1",
        "a = " + "[" * 50_000,
        "a = " + "{b = " * 10_000,
        "a = " + "9" * 10_000,
        "a = 1e999999999",
        "[" * 10_000,
        '"' * 99_999,
        "a = 2026-13-45",
        "a = 24:00:60",
        "\x00\x01",
    ],
    ids=lambda hostile: hostile[:8],
)
def test_hostile_toml_is_refused_quickly(hostile: str) -> None:
    """What is made to exhaust a parser is refused in one sentence and in good time."""
    began = time.process_time()
    try:
        codec.decode(hostile, Path("a.toml"))
    except FileProblem as problem:
        assert len(problem.title) < 200  # noqa: PT017 - whether it is refused matters less than how
    assert time.process_time() - began < 2


def test_many_problems_are_placed_quickly(filled: Assessment) -> None:
    """A file in which everything is wrong is refused in good time too."""
    wrong = "".join(f"k{number} = 1\n" for number in range(5000))
    text = codec.encode(filled).replace("[respondent]\n", "[respondent]\n" + wrong)
    began = time.process_time()
    with pytest.raises(FileProblem) as caught:
        codec.decode(text, Path("a.toml"))
    assert "(and 4999 more)" in caught.value.title
    assert time.process_time() - began < 2


@given(st.binary(max_size=200))
def test_any_bytes_give_a_file_problem(raw: bytes) -> None:
    """No bytes at all make anything but a plain refusal."""
    with pytest.raises(FileProblem):
        codec.decode(toml.text_in(raw, Path("a.toml")), Path("a.toml"))


def test_a_missing_file_is_called_missing(tmp_path: Path) -> None:
    """A path where nothing stands says so, also below a file."""
    assert "no such file" in refused(tmp_path / "none.toml").title
    assert "no such file" in refused(with_bytes(tmp_path, b"x") / "none.toml").title


def test_a_folder_is_called_a_folder(tmp_path: Path) -> None:
    """A folder given in place of a file is called one."""
    assert "is a folder" in refused(tmp_path).title


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    """A named pipe with nobody at its other end is refused at once."""
    os.mkfifo(tmp_path / "pipe.toml")
    assert "not an ordinary file" in refused(tmp_path / "pipe.toml").title


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such device")
def test_a_device_is_refused() -> None:
    """A device that never ends is not read."""
    assert "not an ordinary file" in refused(Path("/dev/zero")).title


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """A file hundreds of times too large is refused by its size, unread."""
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    assert "3,000 MB" in refused(path).title


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(file: Path) -> None:
    """A file without the right to read it says whom to ask."""
    file.chmod(0)
    assert "you may not read it" in refused(file).title


def test_a_name_too_long_is_called_too_long(tmp_path: Path) -> None:
    """A name that no file can have is called too long."""
    assert "too long" in refused(tmp_path / ("n" * 300)).title


TRIPLE = "'" * 3

LAID_OUT = [
    'id = "x"',
    "[[scale.levels]]",
    'key = "green"',
    "[[scale.levels]]",
    r'key = "a \"\"\" b"  # """',
    "band = 'red'",
    "[[sections]]",
    f'title = "One {TRIPLE} two"',
    "[[sections.statements]]",
    'id = "a"',
    'text = """',
    "[[sections]]",
    'band = 2"""',
    "look_for = [",
    '    "one",',
    "]",
    'note = \'x """ y\'',
    "[[sections.statements]]",
    'text = """one line"""',
    'ref = "2"',
    "[[sections]]",
    "[[sections.statements]]",
    'ref = "3"',
    "[sections.statements.descriptors]",
    'green = "x"',
]


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("id",), 'id = "x"'),
        (("scale", "levels", 1, "band"), "band = 'red'"),
        (("sections", 0, "title"), f'title = "One {TRIPLE} two"'),
        (("sections", 0, "statements", 0, "look_for", 0), "look_for = ["),
        (("sections", 0, "statements", 0, "note"), 'note = \'x """ y\''),
        (("sections", 0, "statements", 1, "ref"), 'ref = "2"'),
        (("sections", 1, "statements", 0, "ref"), 'ref = "3"'),
        (("sections", 1, "statements", 0, "descriptors", "green"), 'green = "x"'),
        (("nothing",), None),
        ((), None),
    ],
)
def test_the_line_of_a_value(place: tuple[str | int, ...], line: str | None) -> None:
    """Values are found in nested tables, past lists and strings of several lines; unknown ones are not made up."""
    text = "\n".join(LAID_OUT)
    assert toml.parse(text, Path("a.toml"))
    assert toml.line_of(text, place) == (LAID_OUT.index(line) + 1 if line else None)


def test_a_missing_value_is_placed_at_its_table() -> None:
    """What is missing is looked for where the table begins that should hold it."""
    assert toml.line_of("\n".join(LAID_OUT), ("sections", 1, "title")) == 21


AS_PEOPLE_WRITE = [
    "[ one ]  # said with room",
    '"key" = 1',
    "  [[ one.two ]]",
    "  x = 1",
    '["three"]',
    "y = 2  # [four]",
    "[[one.two]]  # again",
    "x = '''",
    "[one]",
    "key = 3'''",
    "z = '#'",
    "[one.two.five]",
    "x = 5",
    'X = "a = b"',
    "y = ['''a",
    "b''', '''c",
    "[one]",
    "d''']",
    "z = 1",
]


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("one",), 1),
        (("one", "key"), 2),
        (("one", "two", 0), 3),
        (("one", "two", 0, "x"), 4),
        (("three", "y"), 6),
        (("four",), None),
        (("one", "two", 1), 7),
        (("one", "two", 1, "x"), 8),
        (("one", "two", 1, "z"), 11),
        (("one", "two", 1, "five", "x"), 13),
        (("one", "two", 1, "five", "X"), 14),
        (("one", "two", 1, "five", "z"), 19),
        (("one", "two", 0, "five", "x"), 3),
    ],
)
def test_the_line_of_a_value_as_people_write_it(place: tuple[str | int, ...], line: int | None) -> None:
    """Room, quotes, comments and indentation, which Scrutiny does not write itself, do not mislead."""
    text = "\n".join(AS_PEOPLE_WRITE)
    assert toml.parse(text, Path("a.toml"))
    assert toml.line_of(text, place) == line


def test_problems_are_told_in_the_order_of_the_file() -> None:
    """What stands nowhere comes first, then line after line, and of one line as it was found."""
    found = [("b", "late"), ("a", "soon"), ("c", "lost"), ("a", "again")]
    told = toml.located("a = 1\nb = 2", [Problem((key,), message) for key, message in found])
    assert told == ["c: lost", "line 1: a: soon", "line 1: a: again", "line 2: b: late"]


@pytest.mark.parametrize(("lines", "line"), [(3, 3), (2, 1)])
def test_so_many_lines_are_searched(monkeypatch: pytest.MonkeyPatch, lines: int, line: int) -> None:
    """The last line that is searched is found; what stands below is placed at its table."""
    monkeypatch.setattr(toml, "_PLACED_LINES", lines)
    assert toml.line_of("[one]\na = 1\nb = 2\nc = 3", ("one", "b")) == line


def test_a_wrong_byte_at_the_very_end_is_no_cut(tmp_path: Path, filled: Assessment) -> None:
    """Only half a character at the end is called a cut; a byte that begins none is one of another encoding."""
    raw = codec.encode(filled).encode()
    problem = refused(with_bytes(tmp_path, raw + b"\xff"))
    line = raw.count(b"\n") + 1
    assert f"not UTF-8 text: line {line} holds a byte" in problem.title
    assert "UTF-8" in problem.hint


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_a_byte_order_mark_alone_tells_utf_16(tmp_path: Path, mark: bytes) -> None:
    """Text in another script has no zero bytes among its first in UTF-16; its mark tells it all the same."""
    encoding = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    assert "UTF-16" in refused(with_bytes(tmp_path, mark + "北北北".encode(encoding))).title


@pytest.mark.parametrize(("before", "line"), [("", 1), ("\n", 2), ("a = 1\nb = 2\n", 3)])
def test_either_end_of_a_git_conflict_is_recognised(before: str, line: int) -> None:
    """A file in which somebody took out half of the markers still says where the others begin."""
    for marker in ("<<<<<<< HEAD", ">>>>>>> theirs"):
        with pytest.raises(FileProblem, match=f"unfinished git merge: line {line} begins"):
            toml.parse(f"{before}{marker}\n", Path("a.toml"))


def test_what_is_left_empty_is_left_out() -> None:
    """Nothing and empty text are not written; nought, false and lists are."""
    written = toml.table({"a": None, "b": "", "c": 0, "d": False, "e": "x\ny", "f": " "})
    assert written == 'c = 0\nd = false\ne = """\nx\ny"""\nf = " "\n'


@given(
    values=st.dictionaries(
        st.text(max_size=5),
        st.text(max_size=30) | st.dates() | st.datetimes() | st.booleans() | st.integers(0, 9) | st.just("a\nb"),
        max_size=4,
    )
)
def test_a_table_is_written_as_the_library_writes_it(values: dict[str, object]) -> None:
    """Plain texts and dates, which are written without the TOML library, look the same as with it."""
    present = {key: value for key, value in values.items() if value != ""}
    assert toml.table(values) == tomli_w.dumps(present, multiline_strings=True)


def test_an_escaped_quotation_mark_does_not_end_a_string() -> None:
    """Three quotation marks, the first of them escaped, are part of a string, and so are two before its end."""
    text = 'a = """ \\""" \\"\\"\\"\n[one]\n\\\\"""""  # "\n[two]\nb = 1'
    assert toml.parse(text, Path("a.toml")).keys() == {"a", "two"}
    assert toml.line_of(text, ("one",)) is None
    assert toml.line_of(text, ("two", "b")) == 5


@pytest.mark.parametrize("text", ['a = "1,2"  # 3,4', "a = [1, 2]\n", "a = '''x,\n,''' # ,", 'a = """\\""",,,"""'])
def test_commas_in_text_do_not_count_as_values(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note full of commas is not taken for a long list."""
    monkeypatch.setattr(limits, "VALUES", limits.Limit("values", 3))
    assert toml.parse(text, Path("a.toml"))


def test_a_long_list_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """More commas outside strings than there may be values are refused without the parser."""
    monkeypatch.setattr(limits, "VALUES", limits.Limit("values", 3))
    monkeypatch.setattr("rtoml.loads", pytest.fail)
    with pytest.raises(FileProblem, match="more than 3 values"):
        toml.parse('a = [",", 1, 2, 3, 4, 5]', Path("a.toml"))
