"""Whatever changes a rule shows which coming sessions it hits, and is done only once just those were accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core import serializers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.dates.clock import today
from planner.scheduling.rules import rule_hits
from prisons.models import Organisation, Prison, Unit, User
from rooms.models import Feature, Holiday, Room, RoomHours, TimeSlot, UnitHours
from sessions.models import GroupSession, Series, Term, WorkerAccess
from tests.factories import (
    make_enrollment,
    make_feature,
    make_holiday,
    make_membership,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_unit,
    make_worker,
    signed_in,
)
from tests.pages import filled, flat, seen_on

pytestmark = pytest.mark.postgres
KEPT = (Room, RoomHours, Unit, UnitHours, TimeSlot, Holiday, Term, WorkerAccess, Series, Feature)
MONDAY = dt.date(2050, 1, 10)


@dataclass
class Change:
    """A form that is sent, or a button that is pressed; and what it does to the session of that Monday."""

    url: str
    code: str
    page: str = ""
    """Where the form stands, when it is filled in from there."""
    data: dict[str, Any] = field(default_factory=dict)


class House:
    """A group of ten for one unit on one Monday of 2050, with everything that a rule can say about it."""

    def __init__(self, haren: Prison, service: Organisation) -> None:
        self.prison = haren
        self.slot = make_slot(haren, 1, "08:30", "11:00")
        self.unit, self.women = make_unit(haren, "Z9"), make_unit(haren, "Z8", population="women")
        self.feature = make_feature()
        self.room = make_room(haren, capacity=12, features=[self.feature])
        self.term = make_term(haren, starts_on=dt.date(2050, 1, 3), ends_on=dt.date(2050, 3, 27))
        self.worker = make_worker(haren, organisation=service)
        self.series = make_series(
            haren, organisation=service, places=10, units=[self.unit], needs_features=[self.feature],
            term=self.term, default_room=self.room, starts_on=MONDAY, workers=[self.worker],
        )  # fmt: skip
        self.session = self.add("2050-01-10 09:00")
        self.holiday = make_holiday(haren, dt.date(2050, 1, 12))

    def add(self, start: str) -> GroupSession:
        return make_session(self.series, start, room=self.room, workers=[self.worker])

    def add_one_more(self, code: str) -> None:
        """On that very date where only that is hit, else a week later."""
        if code in ("holiday", "outside_term"):
            make_session(self.series, "2050-01-10 09:00")
        else:
            self.add("2050-01-17 09:00")

    def url(self, name: str, *args: int) -> str:
        return reverse(name, args=[self.prison.slug, *args])

    def form(self, name: str, row: int, code: str, **data: Any) -> Change:
        url = self.url(name, row)
        return Change(url, code, page=url, data=data)


def smaller_room(house: House) -> Change:
    return house.form("rooms:room_edit", house.room.pk, "room_too_small", capacity=9)


def room_without_feature(house: House) -> Change:
    return house.form("rooms:room_edit", house.room.pk, "feature_missing", features=[])


def room_out_of_reach(house: House) -> Change:
    return house.form("rooms:room_edit", house.room.pk, "unit_cannot_reach", reachable_from=[house.women.pk])


def room_out_of_use(house: House) -> Change:
    return Change(house.url("rooms:room_use", house.room.pk), "room_out_of_use", data={"use": "no"})


def hours_of_the_room(house: House) -> Change:
    data = {"weekdays": ["1"], "starts": "13:00", "ends": "16:00"}
    return Change(house.url("rooms:room_hours_add", house.room.pk), "room_closed_hours", data=data)


def hours_of_the_room_gone(house: House) -> Change:
    hours = [
        RoomHours.objects.create(room=house.room, weekday=day, starts=dt.time(8), ends=dt.time(12))
        for day in (1, 2)
    ]
    return Change(house.url("rooms:room_hours_remove", hours[0].pk), "room_closed_hours")


def shorter_slot(house: House) -> Change:
    return house.form("rooms:slot_edit", house.slot.pk, "outside_slot", ends="10:00")


def slot_for_fewer_people(house: House) -> Change:
    return house.form("rooms:slot_edit", house.slot.pk, "movement_capacity", max_people=9)


def slot_gone(house: House) -> Change:
    return Change(house.url("rooms:slot_remove", house.slot.pk), "outside_slot")


def unit_out_of_use(house: House) -> Change:
    url = house.url("rooms:unit_edit", house.unit.pk)
    return Change(url, "unit_out_of_use", page=url, data={"is_active": []})


def unit_of_another_population(house: House) -> Change:
    house.series.units.add(make_unit(house.prison, "Z7", population="men"))
    Unit.objects.filter(pk=house.unit.pk).update(population="men")
    return house.form("rooms:unit_edit", house.unit.pk, "populations_mixed", population="women")


def hours_of_the_unit(house: House) -> Change:
    data = {"weekdays": ["1"], "starts": "09:30", "ends": "10:00", "kind": "yard"}
    return Change(house.url("rooms:unit_hours_add", house.unit.pk), "unit_not_free", data=data)


def new_holiday(house: House) -> Change:
    names = {"name_nl": "Feest", "name_fr": "Fête", "name_en": "Feast"}
    url = house.url("rooms:holiday_add")
    return Change(url, "holiday", page=url, data={"on": "2050-01-10", **names})


def moved_holiday(house: House) -> Change:
    return house.form("rooms:holiday_edit", house.holiday.pk, "holiday", on="2050-01-10")


def shorter_term(house: House) -> Change:
    return house.form("sessions:term_edit", house.term.pk, "outside_term", starts_on="2050-01-11")


def permission_that_ends(house: House) -> Change:
    url = house.url("sessions:worker_edit", house.worker.pk)
    return Change(url, "permission_missing", page=url, data={"permitted_until": "2050-01-09"})


def permission_that_is_needed(house: House) -> Change:
    WorkerAccess.objects.update(needs_permission=False, permitted_until=None)
    url = house.url("sessions:worker_edit", house.worker.pk)
    return Change(url, "permission_missing", page=url, data={"needs_permission": "on"})


def what_never_mixes(house: House) -> Change:
    house.series.units.add(house.women)
    Unit.objects.filter(pk=house.unit.pk).update(population="men")
    Prison.objects.update(separates_populations=False)
    url = house.url("rooms:house_edit")
    return Change(url, "populations_mixed", page=url, data={"separates_populations": "on"})


def more_places(house: House) -> Change:
    return house.form("planner:series_edit", house.series.pk, "room_too_small", places=13)


def series_of_another_unit(house: House) -> Change:
    data = {"weekday": 1, "starts": "09:00", "ends": "10:00", "kind": "yard"}
    UnitHours.objects.create(unit=house.women, **data)
    return house.form("planner:series_edit", house.series.pk, "unit_not_free", units=[house.women.pk])


TABLE: list[Callable[[House], Change]] = [
    smaller_room, room_without_feature, room_out_of_reach, room_out_of_use, hours_of_the_room,
    hours_of_the_room_gone, shorter_slot, slot_for_fewer_people, slot_gone, unit_out_of_use,
    unit_of_another_population, hours_of_the_unit, new_holiday, moved_holiday, shorter_term,
    permission_that_ends, permission_that_is_needed, what_never_mixes, more_places, series_of_another_unit,
]  # fmt: skip


@pytest.fixture
def house(haren: Prison, service: Organisation) -> House:
    return House(haren, service)


@pytest.fixture
def client(house: House, coordinator_karim: User, service: Organisation) -> Client:
    make_membership(coordinator_karim, house.prison, "organiser", service)
    return signed_in(coordinator_karim)


def rows() -> str:
    stored = [row for model in KEPT for row in model._default_manager.order_by("pk")]
    return serializers.serialize("json", stored) + str(Prison.objects.values("separates_populations"))


def codes(house: House) -> list[str]:
    found = rule_hits.hits_ahead(Prison.objects.get(pk=house.prison.pk))
    return [hit.conflict.code if hit.conflict else "outside_term" for hit in found]


@pytest.mark.parametrize("scene", TABLE, ids=lambda one: one.__name__)
def test_what_it_hits_is_shown_and_accepted(
    house: House, client: Client, scene: Callable[[House], Change]
) -> None:
    change = scene(house)
    data = filled(client, change.page, **change.data) if change.page else change.data
    before, known = rows(), codes(house)

    asked = client.post(change.url, data)

    assert asked.status_code == 409 and rows() == before
    text = flat(asked)
    assert "1 coming session" in text and "10 Jan" in text
    house.add_one_more(change.code)  # a colleague, meanwhile: it would be hit too
    again = client.post(change.url, data | {"accepted": seen_on(asked, "accepted")})
    assert again.status_code == 409 and rows() == before
    assert "2 coming sessions" in flat(again)
    accepted = data | {"accepted": seen_on(again, "accepted")}
    assert client.post(change.url, accepted).status_code == 302
    assert rows() != before
    assert change.code in codes(house) and change.code not in known


def test_what_hits_nothing_is_saved_at_once(house: House, client: Client) -> None:
    url = house.url("rooms:room_edit", house.room.pk)
    assert client.post(url, filled(client, url, capacity=11)).status_code == 302
    GroupSession.objects.update(state="cancelled")
    assert client.post(url, filled(client, url, capacity=3)).status_code == 302


def test_a_room_that_was_too_small_already_is_nothing_new(house: House, client: Client) -> None:
    Series.objects.update(places=20)
    url = house.url("rooms:room_edit", house.room.pk)
    assert client.post(url, filled(client, url, capacity=11)).status_code == 302


def test_the_import_of_holidays_asks_too(house: House, client: Client) -> None:
    make_session(house.series, f"{today().year + 1}-12-25 09:00", room=house.room)
    url = house.url("rooms:calendar_import")
    before = Holiday.objects.count()
    asked = client.post(url)
    assert asked.status_code == 409 and Holiday.objects.count() == before
    assert client.post(url, {"accepted": seen_on(asked, "accepted")}).status_code == 302
    assert Holiday.objects.count() > before


def test_that_a_facilitator_cannot_come_is_a_fact(house: House, client: Client) -> None:
    data = {"starts_on": "2050-01-10", "ends_on": "2050-01-10"}
    url = house.url("sessions:absence_add", house.worker.pk)
    assert client.post(url, data).status_code == 302
    assert codes(house) == ["worker_unavailable"]


def test_people_are_no_part_of_it(house: House, client: Client) -> None:
    """Who takes part is not looked at by whoever changes a rule: a conflict of people is none of the rules."""
    make_enrollment(house.series, make_participant(house.prison, unit=house.unit), placed_from=MONDAY)
    assert client.post(house.url("rooms:room_use", house.room.pk), {"use": "yes"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_open_conflicts_are_looked_for_once_for_each_form(house: House, client: Client) -> None:
    """What stood before the change is known from the look before, until plan or rules change."""
    change = TABLE[0](house)
    data = filled(client, change.page, **change.data) if change.page else change.data
    once = {"once": ""}

    def looked(sent: dict[str, Any]) -> tuple[int, Any]:
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(change.url, sent | once)
        return sum('JOIN "group_sessions_waiver"' in query["sql"] for query in queries), answer

    first, asked = looked(data)
    again, _asked = looked(data)
    accepted, done = looked(data | {"accepted": seen_on(asked, "accepted")})
    assert (asked.status_code, done.status_code) == (409, 302)
    assert (first, again, accepted) == (2, 1, 1)
    GroupSession.objects.update(version=99)
    assert looked(data)[0] == 2, "the plan has changed"
