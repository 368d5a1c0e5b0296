"""Importing, once the first frame is painted, what screens and dialogs will need.

What a window needs for the rest of its life is in memory then: an installation that is upgraded or removed under an
open window changes nothing for it.
"""

import contextlib
import importlib
import pkgutil
import time

_PACKAGES = ("scrutiny.analysis", "scrutiny.store", "scrutiny.exchange", "scrutiny.tui")

_OTHERS = ("stdnum.gb.nhs", "stdnum.gb.upn", "tempfile", "textual.scrollbar")
"""Modules that ours and Textual import inside functions."""

_PAUSE = 0.01
"""Seconds between two modules, in which keys are answered."""


def import_everything() -> None:
    """Import every module of the interface and of what it stands on. Takes a while: to be called in a thread."""
    names = [
        module.name
        for package in _PACKAGES
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
    ]
    for name in (*names, *_OTHERS):
        with contextlib.suppress(ImportError, OSError):  # whatever needs it says so
            importlib.import_module(name)
        time.sleep(_PAUSE)
