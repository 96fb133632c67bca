import datetime as dt

import pytest

from core.dates import clock


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-24", 24)])
def test_a_day_is_as_long_as_it_is_in_brussels(day, hours):
    bounds = clock.within("at", dt.date.fromisoformat(day))
    assert set(bounds) == {"at__gte", "at__lt"}
    start, end = (bounds[name].astimezone(dt.UTC) for name in ("at__gte", "at__lt"))
    assert end - start == dt.timedelta(hours=hours)
    assert clock.today(start) == clock.today(end - dt.timedelta(microseconds=1)) == dt.date.fromisoformat(day)


def test_several_days_and_the_ends_of_time():
    bounds = clock.within("at", dt.date(2026, 11, 23), dt.date(2026, 11, 29))
    assert bounds["at__lt"] - bounds["at__gte"] == dt.timedelta(days=7)
    for day in (dt.date.min, dt.date.max):
        bounds = clock.within("at", day)
        assert bounds["at__gte"].astimezone(dt.UTC) < bounds["at__lt"].astimezone(dt.UTC)
