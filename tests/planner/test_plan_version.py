"""Whatever a kept count or page reads raises the version under which it is kept."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.dates.clock import today
from core.dates.weeks import Week
from enrollment import plan_version
from enrollment.domain.participants import separations
from planner.scheduling.rules import open_conflicts, rule_hits
from planner.scheduling.rules.open_conflicts import hard_ones
from prisons.access import access_for
from prisons.models import Prison, User
from rooms.domain import places, rulebook, units
from rooms.models import Holiday, Room, SoftBand, TimeSlot, UnitHours
from sessions.models import GroupSession, SessionWorker, Waiver
from tests.factories import (
    at,
    make_absence,
    make_band,
    make_building,
    make_closure,
    make_enrollment,
    make_feature,
    make_holiday,
    make_participant,
    make_room,
    make_separation,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_unit_hours,
    make_wish,
    make_worker,
    signed_in,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

DAY = today() + dt.timedelta(days=7)
OF_THE_READER = {
    "django_session", "prisons_membership", "prisons_user", "prisons_auditentry", "usersessions_usersession",
}  # fmt: skip
"""Who reads, not what is shown; read anew by each request."""
NOT_KEPT = {"enrollment_request", "prisons_organisation_prisons", "prisons_prison"}
"""Filters and numbers beside the board, counted anew by each request; the versions themselves."""

Act = Callable[[Prison, User], Any]


def change(model: Any, **values: Any) -> Act:
    return lambda prison, by: rulebook.write(prison, model.objects.first(), values, by=by)


RULES: dict[str, Act] = {
    "prisons_building": lambda prison, by: places.save_building(
        prison, {"name": "Another name"}, by=by, building=prison.buildings.first()
    ),
    "prisons_unit": lambda prison, by: units.save_unit(
        prison, {"is_active": False}, by=by, unit=prison.units.first()
    ),
    "rooms_room": lambda prison, by: places.set_room_in_use(prison.rooms.first(), False, by=by),
    "rooms_room_features": change(Room, features=[]),
    "rooms_room_reachable_from": change(Room, reachable_from=[]),
    "rooms_roomhours": lambda prison, by: places.add_room_hours(
        prison.rooms.first(), [1], dt.time(8), dt.time(9), by=by
    ),
    "rooms_timeslot": change(TimeSlot, ends=dt.time(23)),
    "rooms_unithours": change(UnitHours, ends=dt.time(23)),
    "rooms_holiday": change(Holiday, name_nl="Anders"),
    "rooms_softband": change(SoftBand, name_nl="Anders"),
}
"""Table -> an act of the only writer of these rules; each draws a new version of the rules."""
WRITTEN_ELSEWHERE = {
    "rooms_closure": "tests/planner/scheduling/closures/test_closing.py follows the board after each act"
}


@pytest.fixture
def full_house(haren: Prison, coordinator_karim: User) -> Prison:
    """One row of everything that a page can read."""
    unit, feature = make_unit(haren), make_feature()
    room = make_room(haren, building=make_building(haren), features=[feature], reachable_from=[unit])
    worker, start = make_worker(haren), f"{DAY} 10:00"
    series = make_series(haren, units=[unit], needs_features=[feature], starts_on=DAY)
    session = make_session(series, start, room=room, workers=[worker])
    Waiver.objects.create(
        session=session, code="capacity", reason="small", by=coordinator_karim, at=at(start)
    )
    one, other = make_participant(haren, unit=unit), make_participant(haren, unit=unit)
    enrollment = make_enrollment(series, one, placed_from=today())
    enrollment.skips.create(session=session, at=at(start))
    one.absences.create(prison=haren, starts_on=DAY, ends_on=DAY)
    make_separation(haren, one, other)
    make_absence(worker, start, f"{DAY} 11:00")
    make_wish(worker)
    make_slot(haren, weekday=DAY.isoweekday())
    make_unit_hours(unit)
    make_holiday(haren, DAY)
    make_band(haren, DAY, DAY)
    make_closure(haren, at(start), at(f"{DAY} 12:00"))
    return haren


def tables_read(act: Callable[[], Any]) -> set[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    statements = " ".join(query["sql"] for query in captured.captured_queries)
    return set(re.findall(r'(?:FROM|JOIN) "(\w+)"', statements))


def everything_read(prison: Prison, client: Client) -> set[str]:
    week = Week.from_date(DAY)
    address = reverse("planner:board", args=[prison.slug])
    found = tables_read(lambda: open_conflicts._hard_ones.__wrapped__(prison.pk, 0, 0, today(), True))
    found |= tables_read(lambda: rule_hits.hits_ahead(prison)) - {"group_sessions_term"}
    for rows in ("rooms", "units", "workers"):
        found |= tables_read(lambda rows=rows: client.get(f"{address}?week={week}&rows={rows}"))
    return found


def versions_of(prison: Prison) -> tuple[int, int]:
    return Prison.objects.values_list("plan_version", "rules_version").get(pk=prison.pk)


def test_every_table_that_is_read_has_a_way_to_raise_the_version(full_house, coordinator_karim) -> None:
    read = everything_read(full_house, signed_in(coordinator_karim))
    known = plan_version.PRISON_OF.keys() | RULES.keys() | WRITTEN_ELSEWHERE.keys()
    assert read - known - OF_THE_READER - NOT_KEPT == set()
    assert {"enrollment_stay", "enrollment_separation", "group_sessions_waiver"} <= read


@pytest.mark.parametrize("table", sorted(plan_version.PRISON_OF))
def test_a_written_row_raises_the_version_however_it_is_written(full_house: Prison, table: str) -> None:
    before = versions_of(full_house)[0]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET id = id")
    assert versions_of(full_house)[0] > before


@pytest.mark.parametrize("table", sorted(RULES))
def test_a_written_rule_draws_a_new_version(full_house, coordinator_karim, table: str) -> None:
    before = versions_of(full_house)
    RULES[table](full_house, coordinator_karim)
    after = versions_of(full_house)
    assert after[0] > before[0]
    assert after[1] != before[1]


def test_rows_that_come_and_go_raise_the_version_of_their_prison_only(
    haren: Prison, saint_gilles: Prison
) -> None:
    series = make_series(haren)
    before, elsewhere = versions_of(haren), versions_of(saint_gilles)
    enrollment = make_enrollment(series)
    came = versions_of(haren)
    enrollment.delete()
    assert before[0] < came[0] < versions_of(haren)[0]
    assert versions_of(saint_gilles) == elsewhere


def test_two_people_kept_apart_are_counted_and_polled_at_once(haren, coordinator_karim, liaison_bert) -> None:
    series = make_series(haren, starts_on=DAY)
    session = make_session(series, f"{DAY} 10:00", room=make_room(haren), state="published")
    make_slot(haren, weekday=DAY.isoweekday(), starts="09:00", ends="12:00")
    people = [make_participant(haren), make_participant(haren)]
    for person in people:
        make_enrollment(series, person, placed_from=today())
    known = {
        row.session_id for row in hard_ones(access_for(coordinator_karim, haren)) if row.code == "separated"
    }
    assert known == set()
    client = signed_in(coordinator_karim)
    live = reverse("planner:board_live", args=[haren.slug])
    seen = versions_of(haren)[0]
    assert client.get(live, {"version": seen}).status_code == 204
    separations.separate(haren, *people, by=liaison_bert)
    assert client.get(live, {"version": seen}).status_code == 200
    fresh = Prison.objects.get(pk=haren.pk)
    listed = open_conflicts.open_conflicts(fresh, *open_conflicts.ahead(fresh))
    assert [row.session_id for row in hard_ones(access_for(coordinator_karim, fresh))] == [
        row.session.pk for row in listed
    ]
    assert session.pk in {row.session_id for row in hard_ones(access_for(coordinator_karim, fresh))}


def test_the_check_asks_for_every_trigger(haren: Prison) -> None:
    with connection.cursor() as cursor:
        of_table = "" if connection.vendor == "sqlite" else " ON enrollment_stay"
        cursor.execute(f"DROP TRIGGER plan_version_enrollment_stay_update{of_table}")
    found = run_checks(include_deployment_checks=False, databases=["default"])
    assert "enrollment.E001" in {one.id for one in found}
    plan_version.lay(connection)
    assert plan_version.missing(connection) == []


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite knows no triggers of a statement")
def test_on_postgresql_a_statement_over_many_rows_raises_the_version_once(haren: Prison) -> None:
    """A thousand versions of one row in one transaction are stepped over one by one, and the prison is locked."""
    series = make_series(haren)
    for number in range(5):
        make_session(series, f"2026-12-0{number + 1} 09:00")
    haren.refresh_from_db()
    before = haren.plan_version
    assert GroupSession.objects.filter(series=series).update(sequence=7) == 5
    haren.refresh_from_db()
    assert haren.plan_version == before + 1


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite knows no triggers of a statement")
def test_on_postgresql_sessions_with_facilitators_raise_it_a_few_times_however_many_they_are(
    haren: Prison,
) -> None:
    """Once for the sessions, once for the copies of their time that their facilitators keep."""
    worker, series = make_worker(haren), make_series(haren)
    for number in range(6):
        make_session(series, f"2026-12-0{number + 1} 09:00", workers=[worker])
    haren.refresh_from_db()
    before = haren.plan_version
    assert GroupSession.objects.filter(series=series).update(state="cancelled") == 6
    haren.refresh_from_db()
    assert haren.plan_version <= before + 2
    assert set(SessionWorker.objects.values_list("live", flat=True)) == {False}
