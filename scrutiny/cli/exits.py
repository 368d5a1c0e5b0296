"""How the program ends: exit codes, and problems told in plain words."""

import os
from collections.abc import Callable
from enum import IntEnum

from scrutiny.cli import terminal
from scrutiny.errors import FileProblem, NotAllowed, ScrutinyError

DEBUG = "SCRUTINY_DEBUG"
"""The environment variable that shows the traceback of a fault in Scrutiny itself."""


class ExitCode(IntEnum):
    """What a caller learns from how the program ended."""

    DONE = 0
    FOUND = 1
    """A check found something that stops submission."""
    USAGE = 2
    """Wrong usage: of the command, or a statement, rating, framework or value that does not exist."""
    FILE = 3
    """A file that cannot be used as it is: missing, damaged, closed for edits, or not to be written."""
    FAULT = 70
    """Something went wrong in Scrutiny itself (EX_SOFTWARE of sysexits.h)."""
    INTERRUPTED = 130


def told(carry_out: Callable[[], int]) -> int:
    """Carry something out and return its exit code; what goes wrong is said on standard error, without a traceback."""
    try:
        return carry_out()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except ScrutinyError as error:
        terminal.complain(error.title, error.detail, error.hint)
        return ExitCode.FILE if isinstance(error, FileProblem | NotAllowed) else ExitCode.USAGE
    except Exception as error:  # the command line's one last resort, so that no traceback shows people's notes
        if os.environ.get(DEBUG):
            raise
        terminal.complain(
            f"Something went wrong in Scrutiny itself ({type(error).__name__}); this is our fault, not yours.",
            hint=f"Set {DEBUG}=1 and run the command again to see where, then report it without names or notes.",
        )
        return ExitCode.FAULT


def finished(code: int) -> int:
    """The exit code once standard output is closed: another one where what was said did not arrive."""
    problem = terminal.finish()
    if problem is not None:
        terminal.complain(problem.title, problem.detail, problem.hint)
        return ExitCode.FILE
    return code
