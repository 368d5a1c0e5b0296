"""Dates and moments, and what every model has in common."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scrutiny.model.problems import problems_in
from scrutiny.model.record import EARLIEST, LATEST, Day, Moment, Record, day_from


class Dated(Record):
    """A model with a date and a moment."""

    day: Day = EARLIEST
    moment: Moment = datetime(2026, 1, 1, tzinfo=UTC)


def problem(**values: object) -> str:
    """The first problem with some values."""
    with pytest.raises(ValidationError) as caught:
        Dated.model_validate(values)
    return str(problems_in(caught.value)[0])


@pytest.mark.parametrize(
    "text", ["2026-11-01", "1/11/2026", "01/11/2026", "1.11.2026", "1 Nov 2026", "1st  November 2026", " 2026-11-1 "]
)
def test_a_day_as_people_write_it(text: str) -> None:
    """ISO, day first, and with the month's name are the same day."""
    assert day_from(text) == date(2026, 11, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026",
        "11/2026",
        "2026-13-01",
        "31/02/2026",
        "2026-02-30",
        "1/11/26",
        "1 Foo 2026",
        "20261101",
        "1-11-2026",
    ],
)
def test_what_is_no_day(text: str) -> None:
    """What is no day, or not certainly one, is refused with an example."""
    with pytest.raises(ValueError, match="must be a da"):
        day_from(text)


@given(day=st.dates())
def test_days_have_ends(day: date) -> None:
    """Days that every spreadsheet program counts alike are taken, all others refused."""
    if EARLIEST <= day <= LATEST:
        assert Dated(day=day).day == day
        assert Dated.model_validate({"day": day.isoformat()}).day == day
    else:
        assert "must be a date between 1900-03-01 and 2199-12-31" in problem(day=day)


@pytest.mark.parametrize("value", [datetime(2026, 1, 1, tzinfo=UTC), 20260101, 1.5, None, ["2026-01-01"]])
def test_a_day_is_nothing_else(value: object) -> None:
    """Moments, numbers and lists are no days."""
    assert problem(day=value).startswith("day: must be a date such as")


@given(moment=st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_moments_are_kept_in_utc(moment: datetime) -> None:
    """A moment is kept in UTC to the second if it is within the dates, and refused without a crash if not."""
    try:
        kept = Dated(moment=moment).moment
    except ValidationError as error:
        assert "between" in str(problems_in(error)[0])  # noqa: PT017 - either is right, depending on the moment
        assert not EARLIEST + timedelta(2) <= moment.date() <= LATEST - timedelta(2)
    else:
        assert kept.tzinfo is UTC
        assert kept.microsecond == 0
        assert timedelta(0) <= moment - kept < timedelta(seconds=1)


@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
@pytest.mark.parametrize("hours", [-14, 0, 14])
def test_the_ends_of_the_calendar_do_not_crash(moment: datetime, hours: int) -> None:
    """Where a change of time zone would leave the calendar, the moment is refused like any other."""
    assert "between" in problem(moment=moment.replace(tzinfo=timezone(timedelta(hours=hours))))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (datetime(2026, 1, 1), "must say its time zone"),
        (date(2026, 1, 1), "must be a date and time"),
        ("2026-01-01T00:00:00Z", "must be a date and time"),
        (0, "must be a date and time"),
    ],
)
def test_a_moment_is_nothing_else(value: object, said: str) -> None:
    """A moment has a date, a time and a zone."""
    assert said in problem(moment=value)


def test_records_are_frozen_and_know_their_keys() -> None:
    """No record changes in place, and none takes a key it does not know."""
    record = Dated()
    with pytest.raises(ValidationError):
        record.day = LATEST  # type: ignore[misc]
    assert problem(dya="2026-01-01").startswith("dya: is not a key that this version of Scrutiny knows")


def test_errors_do_not_repeat_what_was_typed() -> None:
    """Neither pydantic's own words nor ours hold the value that was refused."""
    with pytest.raises(ValidationError) as caught:
        Dated.model_validate({"day": "Canary-4711", "Canary": 1, "moment": "Canary-4711"})
    assert "4711" not in str(caught.value)
    assert "4711" not in " ".join(map(str, problems_in(caught.value)))
