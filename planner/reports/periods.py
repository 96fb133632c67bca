"""The days that a report is of: any span, a month, a calendar year or a school year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format

from core.dates.clock import BRUSSELS
from core.web import address


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included."""

    first: dt.date
    last: dt.date

    @property
    def starts_at(self) -> dt.datetime:
        return dt.datetime.combine(self.first, dt.time(), BRUSSELS)

    @property
    def ends_at(self) -> dt.datetime:
        return dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), BRUSSELS)


@dataclass(frozen=True)
class Month(Period):
    """A month of the calendar: `2026-11` in addresses and forms."""

    @classmethod
    def read(cls, text: str) -> Month:
        """Raises ValueError for what is no month."""
        if (first := address.month(text)) is None:
            raise ValueError(text)
        return cls.of(first)

    @classmethod
    def of(cls, day: dt.date) -> Month:
        first = day.replace(day=1)
        following = (first + dt.timedelta(days=31)).replace(day=1)
        return cls(first, following - dt.timedelta(days=1))

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    def __str__(self) -> str:
        return date_format(self.first, "F Y")


class MonthConverter:
    """For `register_converter`: `<month:month>` in an address; a month that is none gives 404."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> Month:
        return Month.read(value)

    def to_url(self, value: Month | str) -> str:
        return value.key if isinstance(value, Month) else value


def calendar_year(year: int) -> Period:
    return Period(dt.date(year, 1, 1), dt.date(year, 12, 31))


def school_year(year: int) -> Period:
    """The one that begins in September of this year."""
    return Period(dt.date(year, 9, 1), dt.date(year + 1, 8, 31))
