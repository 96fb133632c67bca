"""The only clock. Everything else takes `now` as a parameter or asks here, so that tests can freeze it."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

BRUSSELS = ZoneInfo("Europe/Brussels")


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def today(at: dt.datetime | None = None) -> dt.date:
    """The calendar date in Brussels, of `at` or of this moment."""
    return (at or now()).astimezone(BRUSSELS).date()


def midnight(day: dt.date) -> dt.datetime:
    """The instant at which this date begins in Brussels."""
    return dt.datetime.combine(day, dt.time(), BRUSSELS)


def within(field: str, first: dt.date, last: dt.date | None = None) -> dict[str, dt.datetime]:
    """What a query asks for the local dates from `first` to and with `last`: two bounds that an index answers.

    `field__date` would turn every row into a date first, in Python where SQLite is.
    """
    earliest, latest = dt.date.min + dt.timedelta(days=1), dt.date.max - dt.timedelta(days=1)
    start, end = (min(max(day, earliest), latest) for day in (first, last or first))
    return {f"{field}__gte": midnight(start), f"{field}__lt": midnight(end + dt.timedelta(days=1))}
