"""A coordinator in an empty prison follows the checklist, page by page, until it says "Ready to plan"."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.dates.clock import today
from prisons.models import Organisation, Prison, User
from rooms.models import SoftBand
from tests.factories import make_membership, make_user, signed_in
from tests.pages import flat

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def url(name: str, *args: object) -> str:
    return reverse(name, args=["haren", *args])


def next_step(karim: Client) -> tuple[str, str]:
    """The main button of the settings: where it leads and what it says."""
    page = flat(karim.get(url("planner:settings")))
    found = re.search(r'class="btn btn-primary" href="([^"]+)">.*?</svg>(.*?)</a>', page, re.DOTALL)
    assert found, page
    return found[1], found[2].strip()


def send(karim: Client, name: str, values: dict[str, Any], *args: object) -> None:
    answer = karim.post(url(name, *args), values)
    assert answer.status_code == 302, flat(answer)[-3000:]


def test_from_nothing_to_ready_to_plan(haren: Prison, service: Organisation, coordinator_karim: User) -> None:
    karim = signed_in(coordinator_karim)
    first_page = flat(karim.get(url("planner:today")))
    assert "not ready to plan yet. Next: Rooms" in first_page and url("planner:settings") in first_page

    assert next_step(karim) == (url("rooms:building_list"), "Next: Rooms")
    send(karim, "rooms:building_add", {"name": "Main building"})
    assert next_step(karim) == (url("rooms:room_list"), "Next: Rooms")
    building = haren.buildings.get()
    send(
        karim,
        "rooms:room_add",
        {"name": "Class A", "building": building.pk, "capacity": 12, "reachable_from": ["all"]},
    )

    assert next_step(karim) == (url("rooms:slot_list"), "Next: Time slots")
    days = {"weekdays": [1, 2, 3, 4, 5], "starts": "08:30", "ends": "11:00"}
    send(karim, "rooms:slot_add", days | {"valid_from": today().isoformat()})

    assert next_step(karim) == (url("rooms:unit_list"), "Next: Living units")
    unit = {"regime": "half", "population": "men", "target_group": "sentenced", "is_active": "on"}
    send(karim, "rooms:unit_add", unit | {"code": "A1"})
    send(karim, "rooms:unit_add", unit | {"code": "A2"})

    assert next_step(karim) == (url("rooms:unit_list"), "Next: Hours in which units cannot come")
    yard = {"weekdays": [1], "starts": "09:00", "ends": "10:00", "kind": "yard"}
    send(karim, "rooms:unit_hours_add", yard, haren.units.get(code="A1").pk)
    # A2 is free all day: nothing to enter for it stops nobody.

    assert next_step(karim)[0] == url("rooms:calendar_list")
    send(karim, "rooms:calendar_import", {})
    assert SoftBand.objects.in_prison(haren).exists()

    assert next_step(karim) == (url("sessions:term_list"), "Next: Terms")
    last = today() + dt.timedelta(weeks=12)
    term = {"name": "First term", "starts_on": today().isoformat(), "ends_on": last.isoformat()}
    send(karim, "sessions:term_add", term)

    assert next_step(karim)[0] == url("sessions:activity_list")
    activity = {"title_nl": "Yoga", "domain": "sport", "organisation": service.pk, "is_active": "on"}
    send(karim, "sessions:activity_add", activity)

    assert next_step(karim) == (url("sessions:worker_list"), "Next: Facilitators")
    worker = {"name": "Els Cools", "language": "nl", "needs_permission": "on"}
    send(karim, "sessions:worker_add", worker | {"permitted_until": last.isoformat()})

    page = flat(karim.get(url("planner:settings")))
    assert "Ready to plan" in page and "Not yet ready" not in page
    assert next_step(karim) == (url("planner:series_add"), "Plan a series")
    assert "not ready to plan" not in flat(karim.get(url("planner:today")))


def test_the_checklist_says_who_is_still_missing(haren: Prison, coordinator_karim: User) -> None:
    karim = signed_in(coordinator_karim)
    assert "1 service works here, 0 organisers, 0 liaisons" in flat(karim.get(url("planner:settings")))
    make_membership(make_user("Bert"), haren, "liaison")
    assert "0 organisers, 1 liaison" in flat(karim.get(url("planner:settings")))


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("prisons:membership_list", "settings"),
        ("prisons:announcement_list", "settings"),
        ("enrollment:audit_list", "settings"),
        ("planner:closure_list", "board"),
        ("planner:term_overview", "board"),
        ("planner:cannot_come_list", "board"),
        ("planner:call_list", "board"),
        ("enrollment:note_entry", "requests"),
        ("enrollment:change_inbox", "requests"),
        ("enrollment:reading_list", "people"),
        ("planner:today", "today"),
    ],
)
def test_every_page_lights_up_the_place_it_belongs_to(
    haren: Prison, coordinator_karim: User, page: str, place: str
) -> None:
    answer = signed_in(coordinator_karim).get(url(page))
    assert [entry.name for entry in answer.context["nav"] if entry.is_current] == [place]
