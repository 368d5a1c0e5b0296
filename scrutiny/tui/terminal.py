"""What a terminal sends, made safe before Textual reads it; and a terminal that is gone, to which nothing is sent.

Textual 8.2.8 takes the first escape character inside a paste for the end of the paste and plays the rest as keys, so
that pasted text could press ctrl+q; one byte that is not UTF-8 ends its input thread, after which no key works; and
alt with a digit is taken for a character of a Macintosh keyboard. Its thread that writes ends once the window is
closed, and after thirty more paints the program would wait for it for ever, with what was typed. All are mended here,
at the places where Textual meets the terminal. Tests notice when any changes.
"""

import codecs
import re
import string
from collections.abc import Iterable
from functools import partial, wraps
from typing import Any, cast

from textual import _xterm_parser
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.drivers._writer_thread import WriterThread

_BEGIN = "\x1b[200~"
_END = "\x1b[201~"
_HELD = len(_END) - 1
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class PasteFilter:
    """Takes control characters out of bracketed pastes in a stream of text, wherever the stream is cut."""

    def __init__(self) -> None:
        self._inside = False
        self._before = ""
        """The last characters outside a paste, in which its beginning may have begun."""
        self._held = ""
        """The last characters inside a paste, in which its end may have begun."""

    def __call__(self, data: str) -> str:
        """The next piece of the stream, without what a paste must not hold."""
        passed = []
        while data:
            if self._inside:
                data = self._held + data
                self._held = ""
                text, end, data = data.partition(_END)
                if end:
                    self._inside = False
                else:
                    text, self._held = self._without_unfinished_end(text)
                passed += [_CONTROL.sub("", text), end]
            else:
                seen = self._before + data
                begin = seen.find(_BEGIN)
                cut = begin + len(_BEGIN) - len(self._before) if begin >= 0 else len(data)
                passed.append(data[:cut])
                self._inside = begin >= 0
                self._before = "" if self._inside else seen[-_HELD:]
                data = data[cut:]
        return "".join(passed)

    @staticmethod
    def _without_unfinished_end(text: str) -> tuple[str, str]:
        for length in range(min(_HELD, len(text)), 0, -1):
            if _END.startswith(text[-length:]):
                return text[:-length], text[-length:]
        return text, ""


def install() -> None:
    """Put the mendings in place, once."""
    feed = _xterm_parser.XTermParser.feed
    if hasattr(feed, "__wrapped__"):
        return

    @wraps(feed)
    def safe_feed(parser: Any, data: str) -> Iterable[Any]:
        filtered = parser.__dict__.setdefault("paste_filter", PasteFilter())(data)
        return feed(parser, filtered) if filtered or not data else ()

    for digit in string.digits:
        cast("dict[str, object]", ANSI_SEQUENCES_KEYS).pop(f"\x1b{digit}", None)
    _xterm_parser.XTermParser.feed = safe_feed  # type: ignore[method-assign, assignment]
    run = WriterThread.run

    @wraps(run)
    def safe_run(writer: WriterThread) -> None:
        try:
            run(writer)
        except OSError:
            while writer._queue.get() is not None:  # noqa: SLF001 - what nobody sees any more
                pass

    WriterThread.run = safe_run  # type: ignore[method-assign, assignment]
    try:
        from textual.drivers import linux_driver
    except ImportError:
        return
    decoder = partial(codecs.getincrementaldecoder("utf-8"), errors="replace")
    linux_driver.getincrementaldecoder = lambda encoding: decoder  # type: ignore[attr-defined]  # noqa: ARG005
