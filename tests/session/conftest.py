"""What the tests of sessions begin with."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scrutiny.model import edits
from scrutiny.model.assessment import Assessment, Perspective
from scrutiny.store import frameworks

SHIPPED = Path(__file__).resolve().parents[2] / "frameworks" / "multi-agency-scrutiny.toml"


@pytest.fixture(scope="session")
def blank() -> Assessment:
    """An assessment without answers on the shipped framework."""
    return edits.create(
        frameworks.load(SHIPPED),
        partnership="Northshire Safeguarding Partnership",
        area="Northshire",
        cycle="2026-27",
        as_at=date(2026, 11, 1),
        perspective=Perspective.SELF_ASSESSMENT,
        now=datetime(2026, 11, 1, 9, tzinfo=UTC),
    )
