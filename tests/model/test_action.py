"""Actions: codes that can be read out, and what is derived from dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scrutiny.model.action import ActionKind, ActionScope, ActionStatus, Priority, kind_for, new_code
from scrutiny.model.framework import Band
from tests import building


def test_codes_can_be_read_out() -> None:
    """A code has five characters, none that looks or sounds like another, and a digit among them."""
    for code in {new_code() for _ in range(300)}:
        assert len(code) == 5
        assert not set(code) & set("01ILO")
        assert any(character.isdigit() for character in code)
        assert building.action(code).id == code


def test_a_taken_code_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code that something has already is drawn again."""
    drawn = iter("AAAA2AAAA3")
    monkeypatch.setattr("secrets.choice", lambda _alphabet: next(drawn))
    assert new_code({"AAAA2"}) == "AAAA3"


@pytest.mark.parametrize("code", ["", "AAAA", "AAAAAA", "aaaa2", "AAA 2", "AAAI2", "AAAO2", "AAAA1", "AAAA\u0662"])
def test_other_codes_are_refused(code: str) -> None:
    """A code that nobody would read out right is no code."""
    with pytest.raises(ValidationError):
        building.action(code)


@pytest.mark.parametrize(
    ("band", "kind"),
    [
        (Band.GREEN, ActionKind.SUSTAIN),
        (Band.AMBER, ActionKind.IMPROVE),
        (Band.RED, ActionKind.IMPROVE),
        (None, ActionKind.IMPROVE),
    ],
)
def test_a_rating_asks_for_a_kind(band: Band | None, kind: ActionKind) -> None:
    """Green is sustained, and everything else improved."""
    assert kind_for(band) is kind


def test_words_that_people_see() -> None:
    """Every word of a list has a label without hyphens."""
    assert [status.label for status in ActionStatus] == ["Not started", "In progress", "Complete", "Embedded"]
    assert [scope.label for scope in ActionScope] == ["Single agency", "Partnership", "Regional"]
    assert [priority.label for priority in Priority] == ["High", "Medium", "Low"]
    assert [kind.label for kind in ActionKind] == ["Improve", "Sustain"]


@given(
    due=st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 9)),
    today=st.dates(date(2026, 1, 1), date(2026, 1, 9)),
    status=st.sampled_from(ActionStatus),
)
def test_overdue_is_open_past_its_day(due: date | None, today: date, status: ActionStatus) -> None:
    """An action is overdue from the day after it was due, for as long as it is open, and never without a due date."""
    overdue = building.action(due=due, status=status).overdue(today)
    assert overdue == (due is not None and today >= due + timedelta(1) and not status.closed)
    assert {status for status in ActionStatus if status.closed} == {ActionStatus.COMPLETE, ActionStatus.EMBEDDED}


@pytest.mark.parametrize(
    ("original", "due", "slipped"),
    [
        (None, date(2026, 1, 2), False),
        (date(2026, 1, 2), None, False),
        (date(2026, 1, 2), date(2026, 1, 2), False),
        (date(2026, 1, 2), date(2026, 1, 1), False),
        (date(2026, 1, 2), date(2026, 1, 3), True),
    ],
)
def test_slipped_is_due_later_than_first(original: date | None, due: date | None, slipped: bool) -> None:  # noqa: FBT001
    """An action has slipped if it is due later than it first was; one brought forward has not."""
    assert building.action(original_due=original, due=due).slipped is slipped
