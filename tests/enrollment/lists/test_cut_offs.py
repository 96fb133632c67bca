"""For every pattern of closed days each working day has one cut-off, on the last working day before it."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.dates.clock import BRUSSELS
from enrollment.domain.lists import cut_off
from enrollment.models import ListVersion
from prisons.models import Prison
from rooms.models import Holiday
from tests.factories import at, make_holiday, make_prison

YEAR = [dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(365)]
CLOSED_STRETCHES = st.lists(
    st.tuples(st.sampled_from(YEAR), st.integers(min_value=1, max_value=24)), max_size=12
)


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), BRUSSELS)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CLOSED_STRETCHES)
@example([(YEAR[0], 24), (YEAR[18], 22)])  # nobody works before the days that are looked at
def test_each_working_day_has_one_cut_off_on_the_last_working_day_before(
    db: None, stretches: list[tuple[dt.date, int]]
) -> None:
    prison = make_prison()
    closed = {first + dt.timedelta(days=number) for first, length in stretches for number in range(length)}
    Holiday.objects.bulk_create(
        Holiday(prison=prison, on=day, name_nl="Dicht", name_fr="Fermé", name_en="Closed") for day in closed
    )
    works = [day for day in YEAR if day.isoweekday() <= 5 and day not in closed]
    before = dict(zip(works[1:], works, strict=False))
    announced: dict[dt.date, set[dt.date]] = {}
    for today in YEAR[30:]:
        for day, cut in cut_off.cut_offs(prison, noon(today)).items():
            announced.setdefault(day, set()).add(cut.date())
            assert cut == cut_off.cut_off_of(prison, day, noon(today))
    for day in works:
        if before.get(day, YEAR[0]) >= YEAR[30] and day > YEAR[31]:
            assert announced[day] == {before[day]}


def test_the_lists_of_the_first_day_after_a_closed_week_are_frozen_on_the_last_day_before(
    haren: Prison,
) -> None:
    day = dt.date(2026, 12, 24)
    while day <= dt.date(2027, 1, 1):
        make_holiday(haren, day)
        day += dt.timedelta(days=1)
    first_back = dt.date(2027, 1, 4)
    assert cut_off.cut_off_of(haren, first_back, at("2026-12-20 10:00")) == at("2026-12-23 15:00")
    cut_off.freeze_due(haren, at("2026-12-23 14:59"))
    assert not ListVersion.objects.filter(on=first_back).exists()
    cut_off.freeze_due(haren, at("2026-12-23 15:00"))
    assert ListVersion.objects.get(on=first_back).made_at == at("2026-12-23 15:00")
