"""A note in the person's own text editor."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.model.text import clean_note
from scrutiny.store.atomic import read_bytes

_UNCHANGED = "The note is as it was before"


def edit_outside(path: Path) -> str:
    """Open a file in the person's editor, wait until it is closed, and return the text as it was left.

    The editor is what VISUAL or EDITOR names, else the first of the system's usual ones.

    Raises:
        ScrutinyError: There is no editor, it ended with an error, or it left something other than a text file.
    """
    command = _editor()
    try:
        ended = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the person's own choice of editor
    except (OSError, ValueError) as error:
        raise ScrutinyError(f"The editor {command[0]} cannot be started.", hint="Set EDITOR to another.") from error
    if ended.returncode < 0:
        raise ScrutinyError(
            f"The editor {command[0]} was stopped before it had finished.", hint=f"{_UNCHANGED}; try again."
        )
    if ended.returncode != 0:
        raise ScrutinyError(f"The editor {command[0]} ended with an error.", hint=f"{_UNCHANGED}; try again.")
    try:
        # read_bytes refuses pipes, folders and huge files, any of which could block or swell the program
        return clean_note(read_bytes(path).decode("utf-8-sig")).rstrip("\n")
    except (FileProblem, UnicodeDecodeError) as error:
        raise ScrutinyError(
            "What the editor left cannot be read as text.", hint=f"{_UNCHANGED}; save it as a UTF-8 text file."
        ) from error


def _editor() -> list[str]:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        command = shlex.split(named, posix=os.name == "posix")
    except ValueError as error:
        raise ScrutinyError(
            "The name of the editor cannot be understood.", hint="Close every quotation mark in VISUAL or EDITOR."
        ) from error
    if command:
        return command
    usual = ("notepad.exe",) if os.name == "nt" else ("sensible-editor", "nano", "micro", "vim", "vi")
    found = next((path for path in (shutil.which(name) for name in usual) if path), None)
    if found is None:
        raise ScrutinyError("There is no text editor to be found.", hint="Set the variable EDITOR to yours.")
    return [found]
