import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates.clock import BRUSSELS
from core.dates.timespan import Span
from core.dates.weeks import Week
from core.errors import PlannerError
from sessions.domain.recurrence import (
    HOLIDAY,
    MAX_SESSIONS,
    DateMove,
    Extra,
    LeftOutDate,
    Pattern,
    instants,
    occurrences,
)

TUESDAY = dt.date(2026, 11, 24)
CHRISTMAS = dt.date(2026, 12, 25)


def weekly(first_on=TUESDAY, **changes) -> Pattern:
    return Pattern(
        **{"first_on": first_on, "starts": dt.time(13, 30), "duration_minutes": 150, "weeks": 8} | changes
    )


def dates(rows) -> list[str]:
    return [row.on.isoformat() for row in rows if row.takes_place]


def walls(row) -> str:
    """`13:30-16:00` as the clock of Brussels shows it."""
    starts, ends = row.starts_at.astimezone(BRUSSELS), row.ends_at.astimezone(BRUSSELS)
    return f"{starts:%H:%M}-{ends:%H:%M}"


def code_of(**changes) -> str:
    exceptions = changes.pop("exceptions", ())
    with pytest.raises(PlannerError) as refusal:
        occurrences(weekly(**changes), exceptions=exceptions)
    assert refusal.value.status == 422
    assert str(refusal.value)
    return refusal.value.code


DATES = [
    # eight calendar weeks
    (
        weekly(),
        "2026-11-24 2026-12-01 2026-12-08 2026-12-15 2026-12-22 2026-12-29 2027-01-05 2027-01-12",
    ),
    # every second week: eight calendar weeks hold four
    (weekly(interval_weeks=2), "2026-11-24 2026-12-08 2026-12-22 2027-01-05"),
    # the week of a first date counts as a week, also when it begins on a Sunday
    (weekly(dt.date(2026, 11, 29), weeks=2), "2026-11-29 2026-12-06"),
    # two weekdays from a Thursday: its Monday has passed already
    (weekly(dt.date(2026, 11, 26), weeks=2, weekdays=(4, 1)), "2026-11-26 2026-11-30 2026-12-03"),
    # the only weekday lies in the week after: the weeks count from there
    (weekly(TUESDAY, weeks=2, weekdays=(1,)), "2026-11-30 2026-12-07"),
    # two weekdays every second week
    (weekly(weeks=3, interval_weeks=2, weekdays=(2, 5)), "2026-11-24 2026-11-27 2026-12-08 2026-12-11"),
    # over week 53 into the new year
    (weekly(dt.date(2026, 12, 24), weeks=3), "2026-12-24 2026-12-31 2027-01-07"),
    # over 29 February of a leap year, and on it
    (weekly(dt.date(2028, 2, 22), weeks=3), "2028-02-22 2028-02-29 2028-03-07"),
    (weekly(dt.date(2028, 2, 29), weeks=1), "2028-02-29"),
    # on the 31st: weeks know no months
    (weekly(dt.date(2026, 12, 31), weeks=2), "2026-12-31 2027-01-07"),
]


@pytest.mark.parametrize(("pattern", "expected"), DATES)
def test_dates_of_a_pattern(pattern, expected):
    assert dates(occurrences(pattern)) == expected.split()


def test_every_date_knows_its_week_and_what_the_pattern_gave():
    rows = occurrences(weekly(dt.date(2027, 1, 2), weeks=2))
    assert [row.week_on for row in rows] == [dt.date(2026, 12, 28), dt.date(2027, 1, 4)]
    assert [row.pattern_on for row in rows] == [row.on for row in rows]


def test_instants_are_in_utc():
    row = occurrences(weekly(weeks=1))[0]
    assert row.starts_at == dt.datetime(2026, 11, 24, 12, 30, tzinfo=dt.UTC)
    assert row.ends_at == dt.datetime(2026, 11, 24, 15, 0, tzinfo=dt.UTC)
    assert row.starts_at.tzinfo is row.ends_at.tzinfo is dt.UTC


# date, start on the wall, minutes, instants in UTC
CLOCKS = [
    # 25 October 2026: at 03:00 the clock goes back to 02:00
    (
        "2026-10-25",
        "13:30",
        150,
        "2026-10-25T12:30",
        "2026-10-25T15:00",
    ),  # the afternoon is winter time already
    ("2026-10-24", "13:30", 150, "2026-10-24T11:30", "2026-10-24T14:00"),  # the day before is not
    ("2026-10-25", "01:30", 120, "2026-10-24T23:30", "2026-10-25T02:30"),  # to 03:30: three hours pass
    ("2026-10-25", "02:30", 15, "2026-10-25T00:30", "2026-10-25T00:45"),  # comes twice: the first
    ("2026-10-25", "01:30", 60, "2026-10-24T23:30", "2026-10-25T00:30"),  # an end that comes twice: the first
    ("2026-10-25", "02:59", 1, "2026-10-25T00:59", "2026-10-25T02:00"),  # 03:00 comes after the hour again
    ("2026-10-25", "00:00", 1440, "2026-10-24T22:00", "2026-10-25T23:00"),  # a day of 25 hours
    # 28 March 2027: at 02:00 the clock goes forward to 03:00
    ("2027-03-28", "13:30", 150, "2027-03-28T11:30", "2027-03-28T14:00"),
    ("2027-03-27", "13:30", 150, "2027-03-27T12:30", "2027-03-27T15:00"),
    ("2027-03-28", "01:30", 120, "2027-03-28T00:30", "2027-03-28T01:30"),  # to 03:30: one hour passes
    ("2027-03-28", "02:30", 60, "2027-03-28T01:30", "2027-03-28T02:30"),  # does not exist: 03:30 to 04:30
    ("2027-03-28", "02:10", 20, "2027-03-28T01:10", "2027-03-28T01:30"),  # neither start nor end exist
    ("2027-03-28", "01:30", 60, "2027-03-28T00:30", "2027-03-28T01:30"),  # an end that does not exist
    ("2027-03-28", "00:00", 1440, "2027-03-27T23:00", "2027-03-28T22:00"),  # a day of 23 hours
    # midnight
    ("2026-11-24", "00:00", 60, "2026-11-23T23:00", "2026-11-24T00:00"),  # belongs to the day that begins
    ("2026-11-24", "22:00", 120, "2026-11-24T21:00", "2026-11-24T23:00"),  # ends at midnight
    ("2026-12-31", "23:00", 120, "2026-12-31T22:00", "2027-01-01T00:00"),  # over the year's end
]


@pytest.mark.parametrize(("on", "starts", "minutes", "starts_at", "ends_at"), CLOCKS)
def test_wall_time_becomes_instants(on, starts, minutes, starts_at, ends_at):
    found = instants(dt.date.fromisoformat(on), dt.time.fromisoformat(starts), minutes)
    assert [at.replace(tzinfo=None).isoformat(timespec="minutes") for at in found] == [starts_at, ends_at]


@pytest.mark.parametrize("first_on", [dt.date(2026, 10, 20), dt.date(2027, 3, 23)])
def test_a_series_keeps_its_hours_when_the_clocks_change(first_on):
    rows = occurrences(weekly(first_on, weeks=2))
    assert {walls(row) for row in rows} == {"13:30-16:00"}
    assert abs(rows[1].starts_at - rows[0].starts_at - dt.timedelta(weeks=1)) == dt.timedelta(hours=1)


def test_a_holiday_is_skipped_shown_and_not_replaced():
    rows = occurrences(weekly(dt.date(2026, 12, 18), weeks=3), holidays={CHRISTMAS})
    assert dates(rows) == ["2026-12-18", "2027-01-01"]
    assert [row.skipped_reason for row in rows] == ["", HOLIDAY, ""]
    assert rows[1].on == CHRISTMAS


def test_a_series_may_run_on_holidays():
    rows = occurrences(weekly(dt.date(2026, 12, 18), weeks=2, runs_on_holidays=True), holidays={CHRISTMAS})
    assert dates(rows) == ["2026-12-18", "2026-12-25"]


def test_a_skipped_date_is_made_up_for_when_asked():
    new_year = dt.date(2027, 1, 1)
    rows = occurrences(weekly(dt.date(2026, 12, 18), weeks=2, make_up=True), holidays={CHRISTMAS, new_year})
    # Christmas is made up for after the last week, but not on New Year's Day
    assert dates(rows) == ["2026-12-18", "2027-01-08"]
    assert [row.on for row in rows if not row.takes_place] == [CHRISTMAS, new_year]


def test_making_up_changes_nothing_when_nothing_is_skipped():
    assert occurrences(weekly(make_up=True)) == occurrences(weekly())


def test_a_date_is_skipped_for_a_reason():
    rows = occurrences(weekly(weeks=2), exceptions=[LeftOutDate(TUESDAY, "teacher away")])
    assert [row.skipped_reason for row in rows] == ["teacher away", ""]


def test_a_date_is_moved_and_remembers_where_from():
    moved = dt.date(2026, 12, 7)
    rows = occurrences(weekly(weeks=2), exceptions=[DateMove(TUESDAY, moved, dt.time(9))])
    assert [(row.pattern_on, row.on, walls(row)) for row in rows] == [
        (dt.date(2026, 12, 1), dt.date(2026, 12, 1), "13:30-16:00"),
        (TUESDAY, moved, "09:00-11:30"),
    ]
    assert rows[1].week_on == moved


def test_an_exception_beats_a_holiday():
    boxing_day = dt.date(2026, 12, 26)
    rows = occurrences(
        weekly(CHRISTMAS, weeks=1),
        holidays={CHRISTMAS, boxing_day},
        exceptions=[DateMove(CHRISTMAS, boxing_day)],
    )
    assert dates(rows) == ["2026-12-26"]


def test_an_extra_date_takes_the_place_of_a_skipped_one():
    rows = occurrences(
        weekly(CHRISTMAS, weeks=1), holidays={CHRISTMAS}, exceptions=[Extra(CHRISTMAS, dt.time(10))]
    )
    assert [(row.on, row.skipped_reason, walls(row)) for row in rows] == [(CHRISTMAS, "", "10:00-12:30")]


def test_an_extra_date_stands_where_its_time_puts_it():
    rows = occurrences(weekly(weeks=2), exceptions=[Extra(dt.date(2026, 11, 27))])
    assert dates(rows) == ["2026-11-24", "2026-11-27", "2026-12-01"]
    assert rows[1].pattern_on is None


REFUSALS = [
    ({"weeks": 0}, "no_weeks"),
    ({"interval_weeks": 3}, "bad_interval"),
    ({"interval_weeks": 0}, "bad_interval"),
    ({"duration_minutes": 0}, "bad_duration"),
    ({"duration_minutes": -60}, "bad_duration"),
    ({"duration_minutes": 1441}, "bad_duration"),
    ({"weekdays": (0,)}, "bad_weekday"),
    ({"weekdays": (8,)}, "bad_weekday"),
    ({"first_on": dt.date(9999, 12, 31)}, "date_out_of_range"),
    ({"first_on": dt.date(1, 1, 1)}, "date_out_of_range"),
    ({"weeks": 501}, "too_many_sessions"),
    ({"weeks": 10**9}, "too_many_sessions"),
    ({"weeks": 251, "weekdays": (2, 3)}, "too_many_sessions"),
    ({"weeks": 500, "exceptions": [Extra(TUESDAY - dt.timedelta(1))]}, "too_many_sessions"),
    ({"exceptions": [LeftOutDate(TUESDAY + dt.timedelta(1), "x")]}, "date_not_in_pattern"),
    ({"exceptions": [LeftOutDate(TUESDAY, "x"), DateMove(TUESDAY, CHRISTMAS)]}, "exception_twice"),
    ({"exceptions": [Extra(TUESDAY)]}, "dates_overlap"),
    ({"exceptions": [Extra(TUESDAY, dt.time(15, 59))]}, "dates_overlap"),
    ({"exceptions": [DateMove(TUESDAY, TUESDAY + dt.timedelta(7))]}, "dates_overlap"),
    ({"exceptions": [Extra(dt.date.max)]}, "date_out_of_range"),
]


@pytest.mark.parametrize(("changes", "code"), REFUSALS)
def test_what_is_refused(changes, code):
    assert code_of(**changes) == code


def test_five_hundred_sessions_are_allowed_and_back_to_back_is_no_overlap():
    assert len(occurrences(weekly(weeks=500))) == MAX_SESSIONS
    assert len(occurrences(weekly(weeks=1), exceptions=[Extra(TUESDAY, dt.time(16))])) == 2


def test_holidays_without_end_do_not_hang_a_series_that_makes_up():
    every_day = {TUESDAY + dt.timedelta(days) for days in range(365 * 12)}
    with pytest.raises(PlannerError, match="500 sessions"):
        occurrences(weekly(weeks=1, make_up=True), holidays=every_day)


PATTERNS = st.builds(
    Pattern,
    first_on=st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31)),
    starts=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    duration_minutes=st.integers(1, 600),
    weeks=st.integers(1, 60),
    interval_weeks=st.sampled_from([1, 2]),
    weekdays=st.frozensets(st.integers(1, 7), max_size=3),
    runs_on_holidays=st.booleans(),
    make_up=st.booleans(),
)
SKIPPED_DAYS = st.frozensets(st.integers(0, 300), max_size=20)


@given(PATTERNS, SKIPPED_DAYS)
def test_whatever_the_pattern_its_dates_are_in_order_and_within(pattern, days_off):
    holidays = {pattern.first_on + dt.timedelta(days) for days in days_off}
    rows = occurrences(pattern, holidays=holidays)
    within = [row for row in rows if row.on < (pattern.first_week + pattern.weeks).monday]
    held = [row for row in rows if row.takes_place]
    assert [row.starts_at for row in rows] == sorted({row.starts_at for row in rows})
    assert all(row.on in Week.from_date(row.week_on) for row in rows)
    assert all(row.on.isoweekday() in (pattern.weekdays or {pattern.first_on.isoweekday()}) for row in rows)
    assert pattern.make_up or rows == tuple(within)
    assert not pattern.make_up or len(held) == len(within)
    assert all((row.on in holidays and not pattern.runs_on_holidays) is not row.takes_place for row in rows)


@given(PATTERNS)
def test_whatever_the_night_a_session_ends_after_it_starts(pattern):
    for row in occurrences(pattern):
        passed = Span(row.starts_at, row.ends_at).duration
        assert abs(passed - dt.timedelta(minutes=pattern.duration_minutes)) <= dt.timedelta(hours=1)
