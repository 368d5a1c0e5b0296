"""``scrutiny`` and ``python -m scrutiny``: what can be said at once is said at once, everything else is click's."""

import sys

from scrutiny.cli import terminal


def main() -> int:
    """Run the command line and return the exit code.

    The version and the overview of commands are asked for most and need nothing: they are answered before click, which
    alone takes four times as long as Python itself, is imported.
    """
    terminal.prepare()
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from scrutiny import __version__

        terminal.put(f"scrutiny {__version__}")
    elif arguments in (["--help"], ["-h"]):
        from scrutiny.cli.overview import OVERVIEW

        terminal.put(OVERVIEW)
    else:
        try:
            from scrutiny.cli.main import run

            return run(arguments)
        except KeyboardInterrupt:  # while the modules were still being imported
            return 130
    return 0 if terminal.finish() is None else 3


if __name__ == "__main__":
    sys.exit(main())
