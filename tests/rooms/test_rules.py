"""Writing the rules of a prison: refused in words, recorded, and known to everybody at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.errors import PlannerError
from prisons.domain.unchanged import fingerprint
from prisons.models import AuditEntry, Prison, User
from rooms.domain import calendar, places, slots, units
from rooms.domain.facts import rules_of
from rooms.models import Holiday, Room, SoftBand, TimeSlot
from tests.factories import (
    make_building,
    make_feature,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
)

pytestmark = pytest.mark.postgres

MORNING: dict[str, Any] = {
    "starts": dt.time(8, 30),
    "ends": dt.time(11),
    "valid_from": dt.date(2026, 1, 1),
    "valid_to": None,
    "max_people": 40,
    "max_movements": None,
}


def refused(error: pytest.ExceptionInfo[PlannerError]) -> tuple[str, int]:
    return error.value.code, error.value.status


def test_a_new_room_is_recorded_and_known_at_once(haren: Prison, coordinator_karim: User) -> None:
    before = rules_of(haren)
    values = {
        "name": "Class A",
        "capacity": 12,
        "building": make_building(haren),
        "features": [make_feature()],
    }
    room = places.save_room(haren, values, by=coordinator_karim)
    entry = AuditEntry.objects.get(verb="add_room")
    assert (entry.object_id, entry.by, entry.fields) == (
        room.pk,
        coordinator_karim,
        ["building", "capacity", "features", "name"],
    )
    assert room.pk not in before.rooms
    assert rules_of(haren).rooms[room.pk].capacity == 12


def test_only_what_changed_is_recorded(haren: Prison, coordinator_karim: User) -> None:
    room = make_room(haren, name="Class A", capacity=12)
    places.save_room(haren, {"name": "Class A", "capacity": 14}, by=coordinator_karim, room=room)
    assert AuditEntry.objects.get(verb="change_room").fields == ["capacity"]
    places.save_room(haren, {"name": "Class A", "capacity": 14}, by=coordinator_karim, room=room)
    assert AuditEntry.objects.filter(verb="change_room").count() == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "CLASS A", "capacity": 3}, "name_taken"),
        ({"name": "Class B", "capacity": 0}, "capacity_too_small"),
    ],
)
def test_a_room_is_refused(haren: Prison, coordinator_karim: User, values: dict[str, Any], code: str) -> None:
    make_room(haren, name="Class A")
    with pytest.raises(PlannerError) as error:
        places.save_room(haren, values | {"building": make_building(haren)}, by=coordinator_karim)
    assert refused(error) == (code, 422)
    assert Room.objects.count() == 1


def test_a_unit_of_another_prison_is_refused(
    haren: Prison, saint_gilles: Prison, coordinator_karim: User
) -> None:
    foreign = make_unit(saint_gilles, "S1")
    room = make_room(haren)
    for values in ({"reachable_from": [foreign]}, {"inside_unit": foreign}):
        with pytest.raises(PlannerError) as error:
            places.save_room(haren, values, by=coordinator_karim, room=room)
        assert refused(error) == ("other_prison", 422)
    assert not room.reachable_from.exists()


def test_a_room_with_sessions_is_not_removed(haren: Prison, coordinator_karim: User) -> None:
    room = make_room(haren)
    make_session(make_series(haren), "2020-01-06 09:00", room=room)
    with pytest.raises(PlannerError) as error:
        places.remove_room(room, by=coordinator_karim)
    assert refused(error) == ("room_has_sessions", 409)
    assert "Take it out of use" in str(error.value)
    places.set_room_in_use(room, False, by=coordinator_karim)
    assert not rules_of(haren).rooms[room.pk].is_active


def test_a_room_without_sessions_is_removed(haren: Prison, coordinator_karim: User) -> None:
    room = make_room(haren)
    places.remove_room(room, by=coordinator_karim)
    assert not Room.objects.exists()
    assert AuditEntry.objects.filter(verb="remove_room", model="rooms.room").exists()


def test_a_stale_form_is_told_who_was_faster(
    haren: Prison, coordinator_karim: User, organiser_anna: User
) -> None:
    room = make_room(haren, capacity=12)
    seen = fingerprint(room)
    places.save_room(haren, {"capacity": 14}, by=organiser_anna, room=room, seen=seen)
    with pytest.raises(PlannerError) as error:
        places.save_room(haren, {"capacity": 10}, by=coordinator_karim, room=room, seen=seen)
    assert refused(error) == ("changed_meanwhile", 409)
    assert "Anna Peeters" in str(error.value)
    room.refresh_from_db()
    assert room.capacity == 14


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "slots_overlap"),
        ({"starts": dt.time(10, 59), "ends": dt.time(12)}, "slots_overlap"),
        ({"starts": dt.time(11), "ends": dt.time(12)}, None),  # touches
        ({"starts": dt.time(7), "ends": dt.time(8, 30)}, None),
        ({"valid_from": dt.date(2025, 1, 1), "valid_to": dt.date(2025, 12, 31)}, None),  # the year before
        ({"valid_from": dt.date(2025, 1, 1), "valid_to": dt.date(2026, 1, 1)}, "slots_overlap"),  # one day
        ({"starts": dt.time(12), "ends": dt.time(12)}, "ends_before_start"),
        ({"valid_to": dt.date(2025, 12, 31)}, "bad_validity"),
    ],
)
def test_slots(haren: Prison, coordinator_karim: User, change: dict[str, Any], code: str | None) -> None:
    slots.add_slots(haren, [1], MORNING, by=coordinator_karim)
    if code is None:
        slots.add_slots(haren, [1], MORNING | change, by=coordinator_karim)
        assert TimeSlot.objects.count() == 2
        return
    with pytest.raises(PlannerError) as error:
        slots.add_slots(haren, [1], MORNING | change, by=coordinator_karim)
    assert refused(error) == (code, 422)
    assert TimeSlot.objects.count() == 1


def test_slots_of_several_days_come_all_or_none(haren: Prison, coordinator_karim: User) -> None:
    make_slot(haren, weekday=3)
    with pytest.raises(PlannerError):
        slots.add_slots(haren, [1, 2, 3], MORNING, by=coordinator_karim)
    assert TimeSlot.objects.count() == 1


def test_a_slot_does_not_overlap_itself(haren: Prison, saint_gilles: Prison, coordinator_karim: User) -> None:
    make_slot(saint_gilles)  # other prisons have slots of their own
    slot = slots.add_slots(haren, [1], MORNING, by=coordinator_karim)[0]
    values = MORNING | {"weekday": 1, "ends": dt.time(11, 30)}
    slots.change_slot(slot, values, by=coordinator_karim, seen=fingerprint(slot))
    assert rules_of(haren).slots[1][0].end == 690


def test_hours_of_a_unit(haren: Prison, coordinator_karim: User) -> None:
    unit = make_unit(haren)
    units.add_unit_hours(unit, [1, 2], dt.time(9), dt.time(10), "yard", by=coordinator_karim)
    with pytest.raises(PlannerError) as error:
        units.add_unit_hours(unit, [2], dt.time(9, 59), dt.time(11), "visit", by=coordinator_karim)
    assert refused(error) == ("hours_overlap", 422)
    units.add_unit_hours(unit, [2], dt.time(10), dt.time(11), "visit", by=coordinator_karim)
    hours = rules_of(haren).units[unit.pk].hours
    assert [row.kind for row in hours[2]] == ["yard", "visit"]
    units.remove_unit_hours(unit.hours.first(), by=coordinator_karim)
    assert 1 not in rules_of(haren).units[unit.pk].hours


def test_an_import_adds_only_what_is_missing(haren: Prison, coordinator_karim: User) -> None:
    edited = Holiday.objects.create(
        prison=haren, on=dt.date(2026, 12, 25), name_nl="Kerst", name_fr="Noël", name_en="X"
    )
    added = calendar.import_years(haren, [2026, 2027], by=coordinator_karim)
    edited.refresh_from_db()
    assert edited.name_nl == "Kerst"
    assert Holiday.objects.count() == 24
    assert added == 23 + SoftBand.objects.count()
    assert calendar.import_years(haren, [2026, 2027], by=coordinator_karim) == 0


def test_the_library_knows_the_free_weeks_of_both_communities() -> None:
    flemish = {
        (one.names.nl, one.starts_on, one.ends_on) for one in calendar.school_holidays("Flemish", [2026])
    }
    french = {
        (one.names.fr, one.starts_on, one.ends_on) for one in calendar.school_holidays("French", [2026])
    }
    assert ("Kerstvakantie", dt.date(2026, 12, 21), dt.date(2027, 1, 3)) in flemish
    assert ("Zomervakantie", dt.date(2026, 7, 1), dt.date(2026, 8, 31)) in flemish
    assert ("Vacances d'automne", dt.date(2026, 10, 19), dt.date(2026, 11, 2)) in french
    assert calendar.ramadans([2027])[0].starts_on == dt.date(2027, 2, 8)


@pytest.mark.parametrize("days", [(0, "ok"), (-1, "ends_before_start")])
def test_bands(haren: Prison, coordinator_karim: User, days: tuple[int, str]) -> None:
    first = dt.date(2027, 2, 8)
    names = {"name_nl": "Ramadan", "name_fr": "Ramadan", "name_en": "Ramadan"}
    values = names | {"kind": "ramadan", "starts_on": first, "ends_on": first + dt.timedelta(days[0])}
    if days[1] == "ok":
        band = calendar.save_band(haren, values, by=coordinator_karim)
        calendar.save_band(haren, values | {"name_fr": "Carême"}, by=coordinator_karim, band=band)
        assert SoftBand.objects.get().name_fr == "Carême"
        return
    with pytest.raises(PlannerError) as error:
        calendar.save_band(haren, values, by=coordinator_karim)
    assert refused(error) == (days[1], 422)


def test_a_version_that_was_rolled_back_never_comes_again(haren: Prison, coordinator_karim: User) -> None:
    first = haren.rules_version
    places.save_building(haren, {"name": "West"}, by=coordinator_karim)
    second = haren.rules_version
    with pytest.raises(PlannerError):
        places.save_building(haren, {"name": "west"}, by=coordinator_karim)
    places.save_building(haren, {"name": "East"}, by=coordinator_karim)
    assert len({first, second, haren.rules_version}) == 3
    haren.refresh_from_db()
    assert haren.rules_version not in {first, second}
