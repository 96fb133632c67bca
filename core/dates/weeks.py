"""The ISO week: what the board shows, what a series counts in, what stands in an address (`2026-W48`)."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.dates.clock import BRUSSELS
from core.dates.timespan import Span

ADDRESS = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
YEARS = range(2000, 2200)
"""What an address or a form may name: a day on from the last of them still is a day."""


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """Week `number`, Monday to Sunday, of the ISO `year` that owns it. Raises ValueError if there is none."""

    year: int
    number: int

    def __post_init__(self) -> None:
        dt.date.fromisocalendar(self.year, self.number, 7)

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Reads `2026-W48`. Raises ValueError for anything else."""
        if (match := ADDRESS.fullmatch(text)) is None:
            raise ValueError(f"not a week: {text!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def from_date(cls, on: dt.date) -> "Week":
        year, number, _weekday = on.isocalendar()
        return cls(year, number)

    @classmethod
    def from_instant(cls, at: dt.datetime) -> "Week":
        """The week that it is in Brussels at that aware instant."""
        return cls.from_date(at.astimezone(BRUSSELS).date())

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def monday(self) -> dt.date:
        return dt.date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> dt.date:
        return dt.date.fromisocalendar(self.year, self.number, 7)

    @property
    def days(self) -> tuple[dt.date, ...]:
        return tuple(self)

    @property
    def span(self) -> Span:
        """Midnight of Monday to midnight of the next, in Brussels: 167, 168 or 169 hours."""
        midnight = dt.time(tzinfo=BRUSSELS)
        return Span(
            dt.datetime.combine(self.monday, midnight),
            dt.datetime.combine(self.sunday + dt.timedelta(days=1), midnight),
        )

    @property
    def starts_at(self) -> dt.datetime:
        return self.span.starts_at

    @property
    def ends_at(self) -> dt.datetime:
        return self.span.ends_at

    @property
    def next(self) -> "Week":
        return self + 1

    @property
    def previous(self) -> "Week":
        return self + -1

    def __add__(self, weeks: int) -> "Week":
        return Week.from_date(self.monday + dt.timedelta(weeks=weeks))

    def __sub__(self, other: "Week") -> int:
        """How many weeks `other` lies before this one."""
        return (self.monday - other.monday).days // 7

    def __iter__(self) -> Iterator[dt.date]:
        monday = self.monday
        return (monday + dt.timedelta(days=day) for day in range(7))

    def __contains__(self, on: object) -> bool:
        return isinstance(on, dt.date) and self.monday <= on <= self.sunday


def weeks_between(first_on: dt.date, last_on: dt.date) -> Iterator[Week]:
    """Every week that holds a day from `first_on` up to and with `last_on`, in order."""
    week, last = Week.from_date(first_on), Week.from_date(last_on)
    return (week + count for count in range(last - week + 1))
