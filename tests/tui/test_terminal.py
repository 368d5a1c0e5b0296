"""What a terminal sends, before Textual reads it: pastes that stay text, keys that mean what they are; and its end."""

import errno
import io
from itertools import pairwise
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from scrutiny.tui import terminal

terminal.install()

pieces = st.lists(
    st.sampled_from(
        ["\x1b", "[", "2", "0", "1", "~", "200~", "201", "\x11", "\r\n", "\x07", "a", "é", "\x1b[31m", "\x9b"]
    ),
    max_size=12,
).map("".join)


def sent(*data: str) -> list[events.Event]:
    """The events that a terminal's bytes become, sent in the given pieces and then nothing more."""
    parser = XTermParser()
    found = [event for part in (*data, "") for event in parser.feed(part)]
    return [event for event in found if isinstance(event, events.Event)]


@given(text=pieces, cuts=st.lists(st.integers(0, 60), max_size=3))
def test_a_paste_is_one_text_wherever_the_stream_is_cut(text: str, cuts: list[int]) -> None:
    """Whatever is between the marks of a paste becomes one paste without control characters, and presses no key."""
    text = text.replace("\x1b[201~", "")
    data = f"\x1b[200~{text}\x1b[201~"
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parts = [data[start:end] for start, end in pairwise(places) if start < end]
    (paste,) = sent(*parts)
    assert isinstance(paste, events.Paste)
    assert not any(character < " " and character not in "\r\n\t" for character in paste.text)
    assert "\x9b" not in paste.text


@pytest.mark.parametrize("key", [*"agrxenswt", *"0123456789"])
def test_alt_and_a_key_is_that_key(key: str) -> None:
    """An escape character before a letter or a digit is alt with it, not a character of some keyboard."""
    (event,) = sent(f"\x1b{key}")
    assert isinstance(event, events.Key)
    assert event.key == f"alt+{key}"


class Gone(io.StringIO):
    """A terminal whose window was closed."""

    def write(self, text: str) -> int:
        """Fail, as the system does."""
        raise OSError(errno.EIO, text)


def test_a_closed_window_holds_nobody_up() -> None:
    """However much is still painted once the terminal is gone, the program goes on and can end."""
    writer = WriterThread(Gone())
    writer.start()

    def paint() -> None:
        for _ in range(3 * MAX_QUEUED_WRITES):
            writer.write("paint")

    painting = Thread(target=paint, daemon=True)
    painting.start()
    painting.join(10)
    assert not painting.is_alive()
    writer.stop()
    assert not writer.is_alive()
