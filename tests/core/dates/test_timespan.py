import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates.clock import BRUSSELS
from core.dates.timespan import Span, sweep_overlaps
from core.errors import PlannerError


def hours(start: int, end: int) -> Span:
    day = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    return Span(day + dt.timedelta(hours=start), day + dt.timedelta(hours=end))


#  a        b         overlaps touches contains
CASES = [
    ((9, 11), (13, 16), False, False, False),  # apart
    ((9, 11), (11, 12), False, True, False),  # back to back: the room changes hands
    ((11, 12), (9, 11), False, True, False),
    ((9, 11), (10, 12), True, False, False),  # tail in head
    ((10, 12), (9, 11), True, False, False),
    ((9, 12), (10, 11), True, False, True),  # within
    ((10, 11), (9, 12), True, False, False),  # around
    ((9, 11), (9, 11), True, False, True),  # the same
    ((9, 12), (9, 10), True, False, True),  # same start
    ((9, 12), (11, 12), True, False, True),  # same end
]


@pytest.mark.parametrize(("a", "b", "overlaps", "touches", "contains"), CASES)
def test_how_two_spans_meet(a, b, overlaps, touches, contains):
    assert hours(*a).overlaps(hours(*b)) is overlaps
    assert hours(*a).touches(hours(*b)) is touches
    assert hours(*a).contains(hours(*b)) is contains


def test_an_instant_lies_within_from_the_start_up_to_the_end():
    span = hours(9, 11)
    assert span.contains(span.starts_at)
    assert not span.contains(span.ends_at)


@pytest.mark.parametrize("end", [9, 8])
def test_a_span_must_end_after_it_starts(end):
    with pytest.raises(PlannerError) as refusal:
        hours(9, end)
    assert refusal.value.code == "ends_before_start"
    assert refusal.value.status == 422


def test_naive_times_are_refused():
    with pytest.raises(ValueError, match="starts_at must be aware"):
        Span(dt.datetime(2026, 11, 23, 9), dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC))


def test_the_night_the_clocks_go_back_has_an_hour_more():
    span = Span(dt.datetime(2026, 10, 25, 1, tzinfo=BRUSSELS), dt.datetime(2026, 10, 25, 4, tzinfo=BRUSSELS))
    assert span.duration == dt.timedelta(hours=4)


def test_the_same_wall_time_twice_in_one_night_is_an_hour():
    wall = dt.datetime(2026, 10, 25, 2, 30, tzinfo=BRUSSELS)
    assert Span(wall, wall.replace(fold=1)).duration == dt.timedelta(hours=1)


def test_sweep_finds_overlaps_within_a_key_only():
    rows = [
        ("room 1", 9, 11, "a"),
        ("room 1", 10, 12, "b"),
        ("room 1", 11, 13, "c"),  # touches a, overlaps b
        ("room 2", 9, 13, "d"),
        ("room 1", 10, 10, "empty"),
    ]
    assert sweep_overlaps(rows) == [("a", "b"), ("b", "c")]


def test_a_long_row_meets_every_short_one_beneath_it():
    rows = [(1, 0, 100, "long"), *((1, n, n + 1, n) for n in range(1, 5))]
    assert sweep_overlaps(rows) == [("long", n) for n in range(1, 5)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(0, 30)), max_size=25))
def test_sweep_agrees_with_comparing_everything_with_everything(spans):
    rows = [(*span, number) for number, span in enumerate(spans)]
    real = [row for row in rows if row[1] < row[2]]
    expected = {
        frozenset((a[3], b[3]))
        for a, b in itertools.combinations(real, 2)
        if a[0] == b[0] and a[1] < b[2] and b[1] < a[2]
    }
    found = sweep_overlaps(rows)
    assert {frozenset(pair) for pair in found} == expected
    assert len(found) == len(expected)
