"""When lists are frozen, and what remembering the next cut-off spares."""

import datetime as dt

from enrollment.domain.lists import cut_off
from rooms.domain.facts import bump_rules
from tests.factories import at, make_holiday


def test_no_cut_off_is_looked_up_twice_until_a_holiday_is_named(haren, django_assert_num_queries) -> None:
    morning, evening = at("2026-09-08 09:00"), at("2026-09-08 18:00")
    cut_off.freeze_due(haren, morning)
    with django_assert_num_queries(0):
        assert cut_off.freeze_due(haren, at("2026-09-08 14:59")) == []
    assert [version.on for version in cut_off.freeze_due(haren, evening)] == [dt.date(2026, 9, 9)]
    make_holiday(haren, dt.date(2026, 9, 9))
    bump_rules(haren)
    assert [version.on for version in cut_off.freeze_due(haren, evening)] == [dt.date(2026, 9, 10)]
