"""What a terminal sends reaches the interface as text, whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver

from scrutiny.tui import terminal_input
from scrutiny.tui.terminal_input import PasteFilter

HOSTILE = "A\x1b]0;owned\x07B\x1b[31mred [@click=app.quit]x[/]\r\nnext\x11\x9b"
CLEANED = "A]0;ownedB[31mred [@click=app.quit]x[/]\r\nnext"


def in_pieces(text: str, size: int) -> list[str]:
    """A text cut into pieces of one size."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def parsed(pieces: list[str]) -> list[object]:
    """What Textual makes of a stream, with our mending in place."""
    terminal_input.install()
    parser = XTermParser(debug=False)
    return [event for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize("size", [1, 2, 5, 7, 1000])
def test_a_paste_with_escape_codes_is_one_paste(size: int) -> None:
    """Escape codes in a paste neither end it nor press keys, wherever the stream is cut."""
    found = parsed(in_pieces(f"x\x1b[200~{HOSTILE}\x1b[201~\x1b[A", size))
    pastes = [event.text for event in found if isinstance(event, events.Paste)]
    pressed = [event.key for event in found if isinstance(event, events.Key)]
    assert pastes == [CLEANED]
    assert pressed == ["x", "up"]


def test_textual_itself_still_needs_the_mending() -> None:
    """Without the filter the parser plays the paste as keys; when this fails, the mending can go."""
    terminal_input.install()
    parser = XTermParser(debug=False)
    unmended = XTermParser.feed.__wrapped__  # type: ignore[attr-defined]
    found = list(unmended(parser, f"\x1b[200~{HOSTILE}\x1b[201~"))
    assert any(isinstance(event, events.Key) for event in found)


@given(st.lists(st.sampled_from(["\x1b[200~", "\x1b[201~", "\x1b[A", "\x1b", "[", "2", "0", "1", "~", "a", "\x11"])))
def test_what_is_typed_outside_a_paste_is_untouched_and_cuts_do_not_matter(parts: list[str]) -> None:
    """The filter gives the same for a stream in one piece and in single characters, and only ever takes away."""
    stream = "".join(parts)
    whole, single = PasteFilter(), PasteFilter()
    closed = stream + "\x1b[201~"
    assert whole(closed) == "".join(single(character) for character in closed)
    if "\x1b[200~" not in stream:
        assert PasteFilter()(stream) == stream


def test_bytes_that_are_not_utf_8_do_not_end_the_input() -> None:
    """The Linux driver decodes what is not UTF-8 as the replacement character instead of failing."""
    terminal_input.install()
    decode = linux_driver.getincrementaldecoder("utf-8")().decode  # type: ignore[attr-defined]
    assert decode(b"caf\xe9 \x9b") == "caf\ufffd \ufffd"


def test_installing_twice_filters_once() -> None:
    """A second application in one process does not filter twice."""
    terminal_input.install()
    once = XTermParser.feed
    terminal_input.install()
    assert XTermParser.feed is once
