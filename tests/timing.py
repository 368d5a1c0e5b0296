"""How tests change when sessions save, look and keep text aside."""

from dataclasses import replace
from typing import Any

import pytest

from scrutiny.workspace import timing


def set_timing(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Change the timing of the sessions that are opened from now on."""
    monkeypatch.setattr(timing, "USUAL", replace(timing.USUAL, **changes))
