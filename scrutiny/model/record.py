"""The ground that every model stands on: frozen, strict about keys, silent about what people wrote."""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

EARLIEST = date(1900, 3, 1)
"""The first day that every spreadsheet program counts alike."""

LATEST = date(2199, 12, 31)


class Record(BaseModel):
    """A frozen value. Unknown keys are refused, and error messages never repeat the input."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=False)


_SPELLINGS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<name>[A-Za-z]{3,9})\.?,? (?P<year>\d{4})"),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_HINT = "must be a date such as 2026-11-01, 1/11/2026 or 1 Nov 2026"


def day_from(text: str) -> date:
    """A date as people in Britain write it: 2026-11-01, day first 1/11/2026, or 1 Nov 2026.

    Raises:
        ValueError: It is none of these, or there is no such day.
    """
    for spelling in _SPELLINGS:
        found = spelling.fullmatch(" ".join(text.split()))
        if found:
            parts = found.groupdict()
            name = parts.get("name", "")[:3].casefold()
            if name and name not in _MONTHS:
                break
            month = _MONTHS.index(name) + 1 if name else int(parts["month"])
            try:
                return date(int(parts["year"]), month, int(parts["day"]))
            except ValueError:
                raise ValueError("must be a day that there is") from None
    raise ValueError(_DAY_HINT)


def _day(value: object) -> object:
    if isinstance(value, str):
        value = day_from(value)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(_DAY_HINT)  # noqa: TRY004 - pydantic collects ValueErrors
    if not EARLIEST <= value <= LATEST:
        raise ValueError(f"must be a date between {EARLIEST} and {LATEST}")
    return value


def _moment(value: object) -> object:
    if not isinstance(value, datetime):
        raise ValueError("must be a date and time such as 2026-11-01T09:00:00Z")  # noqa: TRY004 - pydantic takes no TypeError
    if value.tzinfo is None:
        raise ValueError("must say its time zone, as in 2026-11-01T09:00:00Z")
    if not EARLIEST <= value.date() <= LATEST:  # at the ends of the calendar, even a change of time zone fails
        raise ValueError(f"must be a date and time between {EARLIEST} and {LATEST}")
    return value.astimezone(UTC).replace(microsecond=0)


Day = Annotated[date, BeforeValidator(_day)]
"""A calendar date between `EARLIEST` and `LATEST`; ISO text is taken too."""

Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A moment in UTC, to the second, between `EARLIEST` and `LATEST` where it was told."""
