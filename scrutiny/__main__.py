"""``scrutiny`` and ``python -m scrutiny``: what can be said at once is said at once, everything else is click's."""

import os
import sys

from scrutiny.cli import terminal
from scrutiny.errors import FileProblem


def main() -> int:
    """Run the command line and return the exit code.

    The version and the overview of commands are asked for most and need nothing: they are answered before click, which
    alone takes nearly four times as long as Python itself, is imported.
    """
    terminal.prepare()
    try:
        return _answer(sys.argv[1:])
    except FileProblem as problem:  # the quick answers could not be written
        terminal.complain(problem.title, problem.detail, problem.hint)
        return 3
    except KeyboardInterrupt:  # while modules were still being imported
        return 130


def _answer(arguments: list[str]) -> int:
    if arguments in (["--version"], ["-V"]):
        from scrutiny import __version__

        terminal.put(f"scrutiny {__version__}")
    elif arguments in (["--help"], ["-h"]):
        from scrutiny.cli.overview import OVERVIEW

        terminal.put(OVERVIEW)
    elif _opens_interface(arguments):
        from pathlib import Path

        from scrutiny.cli.exits import finished, told
        from scrutiny.cli.interface import open_interface

        path = Path(arguments[0]) if arguments else None
        return finished(told(lambda: open_interface(path)))
    else:
        from scrutiny.cli.main import run

        return run(arguments)
    problem = terminal.finish()
    if problem is not None:
        raise problem
    return 0


def _opens_interface(arguments: list[str]) -> bool:
    """Whether there is nothing on the command line, or one word that can only mean a file or a folder."""
    if not arguments:
        return True
    from scrutiny.cli.overview import COMMANDS

    word = arguments[0]
    return len(arguments) == 1 and not word.startswith("-") and word not in COMMANDS and os.path.lexists(word)


if __name__ == "__main__":
    sys.exit(main())
