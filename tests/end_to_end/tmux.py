"""A terminal that obeys what it is told, with the program in it: tmux, on a server of its own."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from tests.end_to_end.terminal import CONTROL_STRINGS, PATIENCE, UNUSUAL

TMUX = shutil.which("tmux")

TITLE = "as it was"
"""The pane's title before the program begins."""

_SHAPE = re.compile(rb"\x1b\]22;[a-z]*\x07")
"""The shape of the mouse's pointer: the one thing that Textual tells a terminal in a control string."""

_COLOURS = re.compile(r"\x1b\[[0-9;:]*m")
"""What tmux itself writes around the text of a captured pane."""

_SEEN_UNUSUAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef]")

_SHORT = tempfile.gettempdir()
"""Where the server's socket stands: a test's own temporary folder has a path too long for one."""

_KEEPING_THE_CODE = '"$@"; echo $? >"$0.part"; mv "$0.part" "$0"'
"""tmux 3.3 does not always notice that a command has ended, so the command's exit code goes into a file."""


class Tmux:
    """A command in a pane of a tmux server, which lets titles, names, clipboards and whatever is passed through in.

    Args:
        folder: Where what the pane was sent is kept.
        command: What runs in the pane.
        size: Columns and rows.
    """

    def __init__(self, folder: Path, command: Sequence[str | Path], size: tuple[int, int] = (130, 40)) -> None:
        self._name = f"scrutiny-{os.getpid()}-{uuid4().hex[:8]}"
        self._sockets = tempfile.TemporaryDirectory(prefix="tmux-", dir=_SHORT)
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("TMUX")}
        self._environment |= {"TMUX_TMPDIR": self._sockets.name, "TEXTUAL_ANIMATIONS": "none", "LANG": "C.UTF-8"}
        self._sent, self._code = folder / "sent", folder / "code"
        self._sent.touch()
        self._begin(list(map(str, command)), size)
        self.seen: list[str] = []
        """What the pane showed whenever somebody looked."""

    def _begin(self, command: list[str], size: tuple[int, int]) -> None:
        options = ["set-clipboard on", "exit-empty off", "default-terminal tmux-256color", "escape-time 20"]
        settings = ["allow-passthrough on", "allow-rename on", "automatic-rename off", "remain-on-exit on"]
        run = ["start-server"]
        for option in options:
            run += [";", "set-option", "-s", *option.split()]
        for setting in settings:
            run += [";", "set-option", "-g", *setting.split()]
        columns, rows = map(str, size)
        run += [";", "new-session", "-d", "-s", "pane", "-n", TITLE, "-x", columns, "-y", rows]
        run += ["--", "sh", "-c", _KEEPING_THE_CODE, str(self._code), *command]
        run += [";", "select-pane", "-T", TITLE, ";", "pipe-pane", "-O", f"exec cat >>'{self._sent}'"]
        self._tell(*run)

    def __enter__(self) -> "Tmux":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        try:
            self._tell("kill-server")
        finally:
            self._sockets.cleanup()

    def _tell(self, *words: str) -> str:
        told = subprocess.run(
            [str(TMUX), "-u", "-L", self._name, "-f", "/dev/null", *words],
            env=self._environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=True,
            timeout=PATIENCE,
        )
        return told.stdout

    def send(self, *keys: str) -> None:
        """Press keys, in tmux's names."""
        self._tell("send-keys", *keys)

    def write(self, text: str) -> None:
        """Type a text."""
        self._tell("send-keys", "-l", text)

    def shown(self) -> str:
        """What the pane shows, with colours and whatever else tmux holds of it."""
        shown = self._tell("capture-pane", "-p", "-e", "-t", "pane")
        self.seen.append(shown)
        return shown

    def until(self, words: str, *, gone: bool = False, keys: Sequence[str] = ()) -> str:
        """Press keys and wait until the pane shows words, or shows them no more; the whole of what it shows.

        On a busy machine a key may come before a screen is ready for it, and is pressed once more as a person would.
        """
        began, pressed = time.monotonic(), 0
        while True:
            waited = time.monotonic() - began
            if keys and pressed <= min(1, waited // (PATIENCE / 2)):
                self.send(*keys)
                pressed += 1
            plain = _COLOURS.sub("", self.shown())
            if (words in plain) is not gone:
                return plain
            assert waited < PATIENCE, f"{words!r} {'stays' if gone else 'does not appear'}:\n{plain}"
            time.sleep(0.02)

    def end(self) -> int:
        """Wait until the command has ended; its exit code."""
        deadline = time.monotonic() + PATIENCE
        while not self._code.exists():
            assert time.monotonic() < deadline, self.shown()
            time.sleep(0.02)
        return int(self._code.read_text())

    def told(self) -> list[str]:
        """Everything that the terminal was made to do by what it was sent: nothing, if text was only text."""
        states = "#{pane_title}\n#{window_name}\n#{window_bell_flag}"
        out = self._tell("display-message", "-p", "-t", "pane", states, ";", "list-buffers", "-F", "a clipboard")
        title, name, bell, *buffers = out.splitlines()
        told = [f"a title: {title!r}"] if title != TITLE else []
        told += [f"a name: {name!r}"] if name != TITLE else []
        told += ["a bell"] if bell == "1" else []
        return [*told, *buffers, *self._unusual()]

    def _unusual(self) -> list[str]:
        sent = _SHAPE.sub(b"", self._sent.read_bytes())
        told = [f"a control string: {found!r}" for found in set(CONTROL_STRINGS.findall(sent))]
        told += [f"a control character: {found!r}" for found in set(UNUSUAL.findall(sent))]
        for shown in self.seen:
            plain = _COLOURS.sub("", shown)
            told += [f"a link: {found!r}" for found in re.findall("\x1b]8;[^\x1b\x07]*", plain)]
            told += [f"on the screen: {found!r}" for found in set(_SEEN_UNUSUAL.findall(plain))]
        return sorted(set(told))

    @property
    def sent(self) -> bytes:
        """Everything that the pane was sent."""
        return self._sent.read_bytes()
