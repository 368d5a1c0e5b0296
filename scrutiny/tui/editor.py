"""A note in the person's own text editor."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from scrutiny.errors import ScrutinyError
from scrutiny.model.text import clean_note


def edit_outside(path: Path) -> str:
    """Open a file in the person's editor, wait until it is closed, and return the text as it was left.

    The editor is what VISUAL or EDITOR names, else the first of the system's usual ones.

    Raises:
        ScrutinyError: There is no editor, or it ended with an error.
    """
    command = _editor()
    try:
        ended = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the person's own choice of editor
    except OSError as error:
        raise ScrutinyError(f"The editor {command[0]} cannot be started.", hint="Set EDITOR to another.") from error
    if ended.returncode != 0:
        raise ScrutinyError(
            f"The editor {command[0]} ended with an error.", hint="The note is as it was before; try again."
        )
    try:
        return clean_note(path.read_text(encoding="utf-8-sig")).rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ScrutinyError(
            "What the editor left cannot be read.", hint="Save it as UTF-8 text; the note is as it was before."
        ) from error


def _editor() -> list[str]:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if named:
        return shlex.split(named, posix=os.name == "posix")
    usual = ("notepad.exe",) if os.name == "nt" else ("sensible-editor", "nano", "micro", "vim", "vi")
    found = next((path for path in (shutil.which(name) for name in usual) if path), None)
    if found is None:
        raise ScrutinyError("There is no text editor to be found.", hint="Set the variable EDITOR to yours.")
    return [found]
