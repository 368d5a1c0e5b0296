"""Importing what the interface needs later, so that it goes on working when its installation is replaced or removed."""

import contextlib
import importlib
import pkgutil
import time

_PACKAGES = ("scrutiny.model", "scrutiny.analysis", "scrutiny.store", "scrutiny.exchange", "scrutiny.tui")

_OTHERS = ("stdnum.gb.nhs", "stdnum.gb.upn", "tempfile")
"""Modules that ours import inside functions."""

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
