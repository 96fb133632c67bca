"""Pages of the rules: who may, what is refused in place, what comes back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from prisons.domain.unchanged import fingerprint
from prisons.models import Prison, Unit, User
from rooms.models import Feature, Holiday, Room, RoomHours, SoftBand, TimeSlot, UnitHours
from tests.factories import (
    make_band,
    make_building,
    make_feature,
    make_holiday,
    make_room,
    make_room_hours,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_unit_hours,
    signed_in,
)

LISTS = ["building_list", "room_list", "slot_list", "unit_list", "calendar_list"]
FORMS = [
    "building_add",
    "feature_add",
    "room_add",
    "slot_add",
    "unit_add",
    "holiday_add",
    "band_add",
    "house_edit",
]


@pytest.fixture
def karim(coordinator_karim: User) -> Client:
    return signed_in(coordinator_karim)


def url(name: str, prison: Prison, *args: int) -> str:
    return reverse(f"rooms:{name}", args=[prison.slug, *args])


@pytest.mark.parametrize("name", [*LISTS, *FORMS])
def test_empty_pages_say_what_to_do(karim: Client, haren: Prison, name: str) -> None:
    assert karim.get(url(name, haren)).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_full_lists(karim: Client, haren: Prison, name: str) -> None:
    unit = make_unit(haren, "A1", building=make_building(haren, name="West"))
    make_unit_hours(unit)
    room = make_room(
        haren, name="Class A", features=[make_feature("beamer")], reachable_from=[unit], inside_unit=unit
    )
    make_room_hours(room)
    make_slot(haren, max_people=40, max_movements=6)
    make_slot(haren, 2, valid_from=dt.date(2040, 1, 1))
    make_slot(haren, 3, valid_to=dt.date(2021, 1, 1))
    make_holiday(haren, dt.date(2090, 12, 25))
    make_band(haren, dt.date(2090, 12, 25), dt.date(2090, 12, 28))
    assert karim.get(url(name, haren)).status_code == 200


@pytest.mark.parametrize("name", [*LISTS, *FORMS])
def test_a_stranger_finds_nothing(stranger_dirk: User, haren: Prison, name: str) -> None:
    assert signed_in(stranger_dirk).get(url(name, haren)).status_code == 404


@pytest.mark.parametrize("name", [*FORMS, "slot_list"])
def test_an_organiser_may_not_change_rules(organiser_anna: User, haren: Prison, name: str) -> None:
    assert signed_in(organiser_anna).get(url(name, haren)).status_code == 403


def test_a_room_is_added_and_changed(karim: Client, haren: Prison) -> None:
    building, beamer, unit = make_building(haren), make_feature("beamer"), make_unit(haren, "A1")
    data = {
        "name": "=Class A",
        "building": building.pk,
        "capacity": 12,
        "features": [beamer.pk],
        "reachable_from": [unit.pk],
    }
    assert karim.post(url("room_add", haren), data).status_code == 302
    room = Room.objects.get()
    assert (room.name, list(room.features.all()), list(room.reachable_from.all())) == (
        "=Class A",
        [beamer],
        [unit],
    )
    page = karim.get(url("room_edit", haren, room.pk))
    assert fingerprint(room) in page.content.decode()
    changed = data | {"capacity": 14, "features": [], "seen": fingerprint(room)}
    assert karim.post(url("room_edit", haren, room.pk), changed).status_code == 302
    room.refresh_from_db()
    assert (room.capacity, room.features.count()) == (14, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("capacity", 0),
        ("capacity", -3),
        ("capacity", "many"),
        ("name", ""),
        ("name", "a" * 10_000),
        ("name", "Class\x07"),
        ("building", 999_999),
        ("reachable_from", ["999999"]),
    ],
)
def test_a_room_is_refused_in_place(karim: Client, haren: Prison, field: str, value: Any) -> None:
    data = {
        "name": "Class A",
        "building": make_building(haren).pk,
        "capacity": 12,
        "reachable_from": ["all"],
    } | {field: value}
    page = karim.post(url("room_add", haren), data)
    assert page.status_code == 422
    assert not Room.objects.exists()
    assert "Nothing was saved yet" in page.content.decode()


def test_a_unit_of_another_prison_cannot_be_chosen(
    karim: Client, haren: Prison, saint_gilles: Prison
) -> None:
    foreign = make_unit(saint_gilles, "S1")
    data = {"name": "A", "building": make_building(haren).pk, "capacity": 12, "reachable_from": [foreign.pk]}
    assert karim.post(url("room_add", haren), data).status_code == 422


def test_rows_of_another_prison_are_not_there(karim: Client, saint_gilles: Prison, haren: Prison) -> None:
    rows = {
        "room_edit": make_room(saint_gilles),
        "unit_edit": make_unit(saint_gilles),
        "slot_edit": make_slot(saint_gilles),
        "holiday_edit": make_holiday(saint_gilles, dt.date(2026, 12, 25)),
        "band_edit": make_band(saint_gilles, dt.date(2026, 12, 25), dt.date(2026, 12, 28)),
    }
    for name, row in rows.items():
        assert karim.get(url(name, haren, row.pk)).status_code == 404


def test_a_stale_form_keeps_the_text_and_can_be_saved_again(
    karim: Client, organiser_anna: User, haren: Prison
) -> None:
    from rooms.domain.places import save_room

    room = make_room(haren, name="Class A", capacity=12)
    data = {
        "name": "Class Z",
        "building": room.building_id,
        "capacity": 12,
        "reachable_from": ["all"],
        "seen": fingerprint(room),
    }
    save_room(haren, {"capacity": 20}, by=organiser_anna, room=room)
    page = karim.post(url("room_edit", haren, room.pk), data)
    text = page.content.decode()
    assert page.status_code == 409
    assert "Anna Peeters" in text and "Class Z" in text and "<strong>20</strong>" in text
    again = data | {"seen": fingerprint(room)}
    assert again["seen"] in text
    assert karim.post(url("room_edit", haren, room.pk), again).status_code == 302


def test_a_room_with_sessions_stays(karim: Client, haren: Prison) -> None:
    room = make_room(haren)
    make_session(make_series(haren), "2020-11-20 09:00", room=room)
    page = karim.post(url("room_remove", haren, room.pk))
    assert page.status_code == 409
    assert "Take it out of use" in page.content.decode()
    assert karim.post(url("room_use", haren, room.pk), {"use": "no"}).status_code == 302
    room.refresh_from_db()
    assert not room.is_active


def test_hours_of_a_room(karim: Client, haren: Prison) -> None:
    room = make_room(haren)
    data = {"weekdays": ["1", "2"], "starts": "08:00", "ends": "12:00"}
    assert karim.post(url("room_hours_add", haren, room.pk), data).status_code == 302
    assert RoomHours.objects.count() == 2
    page = karim.post(url("room_hours_add", haren, room.pk), data | {"starts": "11:00", "ends": "13:00"})
    assert page.status_code == 422
    assert "overlaps Monday 08:00 to 12:00" in page.content.decode()
    first = RoomHours.objects.first()
    assert first is not None
    assert karim.post(url("room_hours_remove", haren, first.pk)).status_code == 302
    assert RoomHours.objects.count() == 1


def test_slots_on_several_days(karim: Client, haren: Prison) -> None:
    data = {
        "weekdays": ["1", "2", "3"],
        "starts": "08:30",
        "ends": "11:00",
        "valid_from": "2026-01-01",
        "max_people": "40",
    }
    assert karim.post(url("slot_add", haren), data).status_code == 302
    assert TimeSlot.objects.filter(max_people=40, max_movements=None).count() == 3
    page = karim.post(url("slot_add", haren), data | {"weekdays": ["3"]})
    assert page.status_code == 422
    assert "overlaps the slot of Wednesday 08:30 to 11:00" in page.content.decode()
    page = karim.post(url("slot_add", haren), data | {"starts": "12:00", "ends": "11:00"})
    assert "The end must come after the start." in page.content.decode()


def test_a_slot_is_changed_and_removed(karim: Client, haren: Prison) -> None:
    slot = make_slot(haren)
    data = {
        "weekday": "1",
        "starts": "08:30",
        "ends": "11:30",
        "valid_from": "2020-01-01",
        "seen": fingerprint(slot),
    }
    assert karim.post(url("slot_edit", haren, slot.pk), data).status_code == 302
    slot.refresh_from_db()
    assert slot.ends == dt.time(11, 30)
    assert karim.post(url("slot_remove", haren, slot.pk)).status_code == 302
    assert not TimeSlot.objects.exists()


def test_a_unit_and_its_hours(karim: Client, haren: Prison) -> None:
    data = {
        "code": "A1",
        "regime": "open",
        "population": "men",
        "target_group": "sentenced",
        "is_active": "on",
    }
    assert karim.post(url("unit_add", haren), data).status_code == 302
    unit = Unit.objects.get()
    hours = {"weekdays": ["1"], "starts": "09:00", "ends": "10:00", "kind": "yard"}
    assert karim.post(url("unit_hours_add", haren, unit.pk), hours).status_code == 302
    assert karim.get(url("unit_edit", haren, unit.pk)).status_code == 200
    row = UnitHours.objects.get()
    assert karim.post(url("unit_hours_remove", haren, row.pk)).status_code == 302
    assert karim.post(url("unit_add", haren), data | {"code": "a1"}).status_code == 422
    assert karim.post(url("unit_remove", haren, unit.pk)).status_code == 302


def test_the_calendar_is_imported_once(karim: Client, haren: Prison) -> None:
    assert karim.post(url("calendar_import", haren)).status_code == 302
    count = Holiday.objects.count(), SoftBand.objects.count()
    assert min(count) > 10
    karim.post(url("calendar_import", haren))
    assert (Holiday.objects.count(), SoftBand.objects.count()) == count


def test_a_holiday_is_edited_and_removed(karim: Client, haren: Prison) -> None:
    holiday = make_holiday(haren, dt.date(2090, 12, 25))
    make_holiday(haren, dt.date(2090, 12, 26))
    names = {"name_nl": "Kerst", "name_fr": "Noël", "name_en": "Christmas"}
    page = karim.post(url("holiday_edit", haren, holiday.pk), names | {"on": "2090-12-26"})
    assert page.status_code == 422
    assert karim.post(url("holiday_edit", haren, holiday.pk), names | {"on": "2090-12-24"}).status_code == 302
    holiday.refresh_from_db()
    assert (holiday.on, holiday.name_nl) == (dt.date(2090, 12, 24), "Kerst")
    karim.post(url("holiday_remove", haren, holiday.pk))
    assert Holiday.objects.count() == 1


def test_features_and_buildings(karim: Client, haren: Prison) -> None:
    names = {"name_nl": "Water", "name_fr": "Eau", "name_en": "Water"}
    karim.post(url("feature_add", haren), names)
    karim.post(url("feature_add", haren), names)
    assert sorted(Feature.objects.values_list("code", flat=True)) == ["water", "water-2"]
    building = make_building(haren, name="West")
    make_room(haren, building=building)
    assert karim.post(url("building_remove", haren, building.pk)).status_code == 409
    assert karim.post(url("building_add", haren), {"name": "west"}).status_code == 422


def test_the_rules_of_the_house(karim: Client, haren: Prison) -> None:
    data = {
        "name_nl": "Haren",
        "name_fr": "Haren",
        "unit_label_nl": "leefeenheid",
        "unit_label_fr": "unité de vie",
        "number_label_nl": "nummer",
        "number_label_fr": "numéro",
        "promise_days": "5",
        "turnaround_minutes": "15",
        "badge_walkers_apart": "on",
        "seen": fingerprint(haren),
    }
    before = haren.rules_version
    assert karim.post(url("house_edit", haren), data).status_code == 302
    haren.refresh_from_db()
    assert (haren.promise_days, haren.turnaround_minutes, haren.badge_walkers_apart) == (5, 15, True)
    assert not haren.separates_populations
    assert haren.rules_version != before


def test_a_liaison_sees_the_rooms_without_links_to_change_them(liaison_bert: User, haren: Prison) -> None:
    room = make_room(haren, name="Class A")
    page = signed_in(liaison_bert).get(url("room_list", haren))
    assert page.status_code == 200
    assert "Class A" in page.content.decode()
    assert url("room_edit", haren, room.pk) not in page.content.decode()
