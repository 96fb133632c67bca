import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates.weeks import Week, weeks_between
from core.web.address import WeekConverter

DATES = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))

OWNED_BY = [
    (dt.date(2026, 11, 22), "2026-W47"),  # a Sunday still belongs to the week before
    (dt.date(2026, 11, 23), "2026-W48"),
    (dt.date(2026, 12, 31), "2026-W53"),  # 2026 has 53 weeks
    (dt.date(2027, 1, 3), "2026-W53"),  # the first days of January belong to the old year
    (dt.date(2027, 1, 4), "2027-W01"),
    (dt.date(2024, 12, 30), "2025-W01"),  # the last days of December may belong to the new year
    (dt.date(2028, 2, 29), "2028-W09"),
]


@pytest.mark.parametrize(("on", "text"), OWNED_BY)
def test_week_of_a_date(on, text):
    assert str(Week.from_date(on)) == text
    assert on in Week.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "2026-48", "2026-W54", "2025-W53", "2026-W00", "2026-W4", "0000-W01", "2026-W48x", "٢٠٢٦-W٤٨"],
)
def test_what_is_no_week(text):
    with pytest.raises(ValueError):
        Week.parse(text)


def test_days_run_from_monday_to_sunday():
    week = Week(2026, 48)
    assert week.days[0] == week.monday == dt.date(2026, 11, 23)
    assert week.days[-1] == week.sunday == dt.date(2026, 11, 29)
    assert len(week.days) == 7


def test_neighbours_cross_the_year():
    assert Week(2026, 53).next == Week(2027, 1)
    assert Week(2027, 1).previous == Week(2026, 53)
    assert Week(2027, 1) - Week(2026, 52) == 2
    assert Week(2026, 53) < Week(2027, 1)


SPANS = [
    (
        "2026-W43",
        "2026-10-18T22:00:00+00:00",
        "2026-10-25T23:00:00+00:00",
        169,
    ),  # clocks go back on its Sunday
    ("2026-W44", "2026-10-25T23:00:00+00:00", "2026-11-01T23:00:00+00:00", 168),
    ("2027-W12", "2027-03-21T23:00:00+00:00", "2027-03-28T22:00:00+00:00", 167),  # clocks go forward
]


@pytest.mark.parametrize(("text", "starts", "ends", "hours"), SPANS)
def test_span_follows_the_clock_of_brussels(text, starts, ends, hours):
    span = Week.parse(text).span
    assert span.starts_at == dt.datetime.fromisoformat(starts)
    assert span.ends_at == dt.datetime.fromisoformat(ends)
    assert span.duration == dt.timedelta(hours=hours)


def test_an_instant_belongs_to_the_week_of_brussels():
    assert Week.from_instant(dt.datetime(2026, 11, 22, 23, 0, tzinfo=dt.UTC)) == Week(2026, 48)
    assert Week.from_instant(dt.datetime(2026, 11, 22, 22, 59, tzinfo=dt.UTC)) == Week(2026, 47)


def test_weeks_between_two_dates_count_both_ends():
    weeks = list(weeks_between(dt.date(2026, 12, 31), dt.date(2027, 1, 4)))
    assert weeks == [Week(2026, 53), Week(2027, 1)]
    assert list(weeks_between(dt.date(2026, 12, 31), dt.date(2026, 12, 1))) == []


def test_converter_goes_there_and_back():
    converter = WeekConverter()
    assert converter.to_url(converter.to_python("2026-W48")) == "2026-W48"


@given(DATES)
def test_parse_reads_what_str_writes(on):
    week = Week.from_date(on)
    assert Week.parse(str(week)) == week
    assert on in week.days


@given(DATES)
def test_spans_of_neighbours_touch(on):
    week = Week.from_date(on)
    assert week.span.ends_at == week.next.span.starts_at
