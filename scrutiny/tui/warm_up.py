"""Importing, once the first frame is painted, what screens and dialogs will need.

What a window needs for the rest of its life is in memory then: an installation that is upgraded or removed under an
open window changes nothing for it.
"""

import contextlib
import importlib
import pkgutil
import time

import scrutiny.tui

_PAUSE = 0.01
"""Seconds between two modules, in which keys are answered."""

_OTHERS = ("scrutiny.exchange.differences", "stdnum.gb.nhs", "stdnum.gb.upn", "tempfile", "textual.scrollbar")


def import_everything() -> None:
    """Import every module of the interface, and what they import only when it is needed."""
    names = [module.name for module in pkgutil.walk_packages(scrutiny.tui.__path__, "scrutiny.tui.")]
    for name in (*_OTHERS, *names):
        with contextlib.suppress(ImportError):  # it is said by whatever needs it
            importlib.import_module(name)
        time.sleep(_PAUSE)
