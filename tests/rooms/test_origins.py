"""Imported again, the calendar stays as people keep it: what was moved, renamed or removed stays so."""

from __future__ import annotations

import datetime as dt

import pytest

from prisons.models import Prison, User
from rooms.domain import calendar
from rooms.models import Holiday, RemovedOrigin, SoftBand
from tests.factories import make_holiday

pytestmark = pytest.mark.postgres
YEARS = [2026, 2027]


def rows() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    return (
        list(Holiday.objects.order_by("pk").values_list("pk", "on", "name_nl")),
        list(SoftBand.objects.order_by("pk").values_list("pk", "kind", "starts_on", "ends_on", "name_nl")),
    )


@pytest.mark.parametrize("days", [1, -1, 40])
def test_a_moved_row_is_not_brought_a_second_time(haren: Prison, coordinator_karim: User, days: int) -> None:
    calendar.import_years(haren, YEARS, by=coordinator_karim)
    step = dt.timedelta(days=days)
    for holiday in Holiday.objects.order_by("-on" if days > 0 else "on"):
        values = {"on": holiday.on + step * (1 if days < 40 else 0), "name_nl": "Anders"}
        if not Holiday.objects.filter(on=values["on"]).exclude(pk=holiday.pk).exists():
            calendar.save_holiday(haren, values, by=coordinator_karim, holiday=holiday)
    for band in SoftBand.objects.filter(kind="ramadan"):
        calendar.save_band(
            haren, {"kind": band.kind, "starts_on": band.starts_on + step, "ends_on": band.ends_on + step},
            by=coordinator_karim, band=band,
        )  # fmt: skip
    before = rows()
    assert calendar.import_years(haren, YEARS, by=coordinator_karim) == 0
    assert rows() == before


def test_a_removed_row_stays_away_and_can_be_entered_by_hand(haren: Prison, coordinator_karim: User) -> None:
    calendar.import_years(haren, YEARS, by=coordinator_karim)
    christmas = Holiday.objects.get(on=dt.date(2026, 12, 25))
    calendar.remove(christmas, by=coordinator_karim)
    calendar.remove(SoftBand.objects.filter(kind="ramadan").latest("starts_on"), by=coordinator_karim)
    before = rows()
    assert calendar.import_years(haren, YEARS, by=coordinator_karim) == 0
    assert rows() == before and RemovedOrigin.objects.count() == 2
    names = {"name_nl": "Kerstmis", "name_fr": "Noël", "name_en": "Christmas"}
    calendar.save_holiday(haren, {"on": dt.date(2026, 12, 25), **names}, by=coordinator_karim)
    assert calendar.import_years(haren, YEARS, by=coordinator_karim) == 0


def test_the_next_year_adds_only_its_own(haren: Prison, coordinator_karim: User) -> None:
    calendar.import_years(haren, [2026, 2027], by=coordinator_karim)
    before = Holiday.objects.filter(on__year=2027).count()
    calendar.import_years(haren, [2027, 2028], by=coordinator_karim)
    assert Holiday.objects.filter(on__year=2027).count() == before
    assert Holiday.objects.filter(on__year=2028).exists()


def test_what_was_entered_by_hand_is_taken_for_what_it_is(haren: Prison, coordinator_karim: User) -> None:
    """Entered before the first import and moved after it: no second one comes."""
    row = make_holiday(haren, dt.date(2026, 12, 25))
    calendar.import_years(haren, YEARS, by=coordinator_karim)
    row.refresh_from_db()
    assert row.origin.startswith("public 2026")
    calendar.save_holiday(haren, {"on": dt.date(2026, 12, 24)}, by=coordinator_karim, holiday=row)
    assert calendar.import_years(haren, YEARS, by=coordinator_karim) == 0


def test_two_ramadans_in_one_year_are_two(haren: Prison, coordinator_karim: User) -> None:
    calendar.import_years(haren, [2030], by=coordinator_karim)
    origins = SoftBand.objects.filter(kind="ramadan").values_list("origin", flat=True)
    assert len(set(origins)) == len(origins) == 2
