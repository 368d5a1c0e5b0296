"""Text that a person typed: cleaned once, and then harmless everywhere."""

import unicodedata

import pytest
from hypothesis import given
from pydantic import BaseModel, ValidationError

from scrutiny.model.problems import problems_in
from scrutiny.model.text import (
    CELL_LIMIT,
    LINE_LIMIT,
    NOTE_LIMIT,
    FilledLine,
    FilledNote,
    Line,
    Note,
    clean_line,
    clean_note,
    is_blank,
    utf16_length,
)
from tests import strategies


class Texts(BaseModel):
    """A model with one field of each kind of text."""

    note: Note = ""
    line: Line = ""
    filled_note: FilledNote = "x"
    filled_line: FilledLine = "x"


INVISIBLE = [
    *("", " ", "\n\t", "\u200b", "\ufeff", "\u00ad", "\u2060", "\u200d\u200c", "\u00a0", "\u2028", "\u0301", "\ufe0f"),
    *("\u3164", "\u115f\u1160", "\u2800", "\uffa0", "\u200e \u2060\n\u3164", "\x1b"),
]
"""Texts in which nothing is to be seen."""


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_invisible_text_does_not_count(text: str) -> None:
    """Spaces, joiners, fillers and lone marks are no text, alone or with one another."""
    assert is_blank(text)
    for field in ("filled_note", "filled_line"):
        with pytest.raises(ValidationError, match="is empty"):
            Texts.model_validate({field: text})


@pytest.mark.parametrize("text", ["x", "\u200bx", "می\u200cخواهم", "👩\u200d👩\u200d👧", "e\u0301", "0"], ids=ascii)
def test_visible_text_counts_as_it_is(text: str) -> None:
    """Joiners and marks inside words stay where they are."""
    assert not is_blank(text)
    assert Texts(filled_note=text).filled_note == Texts(filled_line=text).filled_line == text


def test_a_byte_order_mark_is_no_part_of_a_note() -> None:
    """Editors of Windows put it at the beginning of a file, and a paste anywhere."""
    assert (clean_note("\ufeffa\ufeffb"), clean_line("\ufeffa b")) == ("ab", "a b")


@given(text=strategies.any_text)
def test_a_cleaned_note_stays_as_it_is(text: str) -> None:
    """Cleaning twice is cleaning once, for notes and for lines, and a cleaned line is a clean note."""
    note, line = clean_note(text), clean_line(text)
    assert clean_note(note) == note
    assert clean_line(line) == line
    assert clean_note(line) == line
    assert clean_line(note) == line


@given(text=strategies.any_text)
def test_clean_text_can_be_written_anywhere(text: str) -> None:
    """No control character but newline and tab, no override of direction, and nothing that UTF-8 cannot carry."""
    note, line = clean_note(text), clean_line(text)
    assert note.encode("utf-8").decode("utf-8") == note
    assert {character for character in note if unicodedata.category(character) in ("Cc", "Cs")} <= {"\n", "\t"}
    assert not set(note) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\x85")
    assert not any(0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE for character in note)
    assert not set(line) & {"\n", "\t", "\r"}
    assert line == line.strip()
    assert "  " not in line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("\x1b[2Jgone\x1b]0;title\x07", "[2Jgone]0;title"),
        ("tab\there", "tab\there"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("half \ud83d a face", "half \ufffd a face"),
        ("whole \U0001f600 face", "whole \U0001f600 face"),
        ("  kept  ", "  kept  "),
        ("\ufffe\uffff\U0001ffff", ""),
        ("family: \U0001f468\u200d\U0001f469\u200d\U0001f467", "family: \U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("Ynys Môn, £5, “so”, ½ – Łódź, שלום", "Ynys Môn, £5, “so”, ½ – Łódź, שלום"),
    ],
)
def test_what_becomes_of_a_note(typed: str, kept: str) -> None:
    """Line ends become one form, what acts on terminals and files goes, what people write stays."""
    assert clean_note(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  a \n\n b\t\tc\u00a0d ", "a b c d"), ("\n", ""), ("\x00", ""), ("a\x00b", "ab"), ("\u2003wide\u2003", "wide")],
)
def test_what_becomes_of_a_line(typed: str, kept: str) -> None:
    """A line has single spaces, none at its ends."""
    assert clean_line(typed) == kept


@pytest.mark.parametrize("nothing", ["", " ", "\n\t ", "\x00", "\x1b\x07", "\u2028", "\u202e", "\u00a0", " \x00 "])
@pytest.mark.parametrize("field", ["filled_note", "filled_line"])
def test_nothing_does_not_fill_a_field(field: str, nothing: str) -> None:
    """A field that needs something is not satisfied by what cleaning removes: it could be saved but never loaded."""
    with pytest.raises(ValidationError) as caught:
        Texts.model_validate({field: nothing})
    assert [str(problem) for problem in problems_in(caught.value)] == [f"{field}: is empty"]


@pytest.mark.parametrize(("field", "limit"), [("note", NOTE_LIMIT), ("line", LINE_LIMIT)])
def test_texts_have_limits(field: str, limit: int) -> None:
    """A text of the greatest length is taken, and one character more is refused with both numbers."""
    assert Texts.model_validate({field: "x" * limit})
    with pytest.raises(ValidationError) as caught:
        Texts.model_validate({field: "x" * (limit + 1)})
    assert f"{limit + 1:,} characters long; the most it can hold is {limit:,}" in str(problems_in(caught.value)[0])


def test_the_limit_counts_what_is_kept() -> None:
    """What cleaning removes does not count."""
    assert Texts(line="x" + "\x00" * LINE_LIMIT + " " * LINE_LIMIT).line == "x"


@pytest.mark.parametrize("value", [1, None, ["a"], {"a": 1}])
def test_what_is_no_text_is_refused(value: object) -> None:
    """Numbers, lists and the like are not turned into text."""
    for field in ("note", "line", "filled_note", "filled_line"):
        with pytest.raises(ValidationError):
            Texts.model_validate({field: value})


def test_lengths_as_spreadsheets_count() -> None:
    """Characters beyond the first plane count twice, as in a spreadsheet cell."""
    assert utf16_length("aé€") == 3
    assert utf16_length("\U0001f600" * 2) == 4
    assert utf16_length("x" * CELL_LIMIT) == CELL_LIMIT


@given(text=strategies.any_text)
def test_lengths_are_those_of_utf_16(text: str) -> None:
    """The length is that of the text in UTF-16."""
    text = clean_note(text)
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2
