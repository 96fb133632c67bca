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
