"""The line of a day: minutes that are used keep their length, gaps shrink, and no order is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planner.board.week.axis import SQUEEZED, STEP, axis

HOURS = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] < pair[1])
SPANS = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1]), max_size=6
)


@given(HOURS, SPANS)
def test_used_minutes_keep_their_length_and_their_order(
    hours: tuple[int, int], used: list[tuple[int, int]]
) -> None:
    first, last = hours[0] * 60, hours[1] * 60
    line = axis(first, last, used)
    places = [line.at(minute) for minute in range(first, last + 1, STEP)]
    assert places == sorted(places) and places[0] == first and places[-1] == line.end
    assert line.end % 60 == 0 and all(place % STEP == 0 for place in places)
    for start, end in used:
        begin, until = max(start // STEP * STEP, first), min(-(-end // STEP) * STEP, last)
        if begin < until:
            assert line.at(until) - line.at(begin) == until - begin


def test_what_lies_between_is_squeezed() -> None:
    line = axis(480, 1020, [(510, 660), (810, 960)])
    assert (line.at(660), line.at(810)) == (660, 660 + SQUEEZED)
    assert line.is_squeezed(720) and not line.is_squeezed(600)
    assert line.at(0) == 480 and line.at(1440) == line.end == 900
