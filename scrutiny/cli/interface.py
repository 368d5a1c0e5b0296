"""Opening the interface: the one thing that the command line does without click, for the sake of the first frame."""

import gc
from pathlib import Path

from scrutiny.cli import terminal
from scrutiny.cli.exits import told
from scrutiny.errors import ScrutinyError
from scrutiny.tui.process_end import run_apart


def open_interface(path: Path | None) -> int:
    """Open the interface on an assessment, a folder, or the person's own folder; returns the exit code.

    Raises:
        ScrutinyError: There is no terminal, or the file cannot be used.
    """
    if not terminal.interactive():
        hint = f"scrutiny show {path}" if path and path.is_file() else f"scrutiny list {path or ''}"
        raise ScrutinyError(
            "The interface needs a terminal for its keys and its screen.", hint=f"{hint.strip()}, or scrutiny --help."
        )
    return run_apart(lambda: told(lambda: _run(path)))


def _run(path: Path | None) -> int:
    gc.disable()  # until the first frame is painted: importing makes much that stays, and nothing that goes
    from scrutiny.tui.app import run

    return run(path)
