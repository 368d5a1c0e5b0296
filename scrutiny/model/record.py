"""The ground that every model stands on: frozen, strict about keys, silent about what people wrote."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

EARLIEST = date(1900, 3, 1)
"""The first day that every spreadsheet program counts alike."""

LATEST = date(2199, 12, 31)


class Record(BaseModel):
    """A frozen value. Unknown keys are refused, and error messages never repeat the input."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=False)


def _day(value: object) -> object:
    if isinstance(value, datetime):
        raise ValueError("must be a date such as 2026-11-01, without a time")  # noqa: TRY004 - pydantic takes no TypeError
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            raise ValueError("must be a date such as 2026-11-01") from None
    if not isinstance(value, date):
        raise ValueError("must be a date such as 2026-11-01")  # noqa: TRY004 - pydantic takes no TypeError
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
