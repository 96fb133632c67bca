"""Wherever a room is chosen for a series it stands best first, with what is against the rest."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse

from prisons.models import Organisation, Prison, User
from sessions.models import Series
from tests.factories import make_activity, make_room, make_series, make_session, make_slot, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(haren: Prison, service: Organisation) -> Series:
    """Yoga on two Mondays in room A; on the next Monday a choir is in A, and B is too small."""
    make_slot(haren, 1, "08:30", "11:00")
    room = make_room(haren, name="Class A")
    make_room(haren, name="Class B", capacity=2)
    make_room(haren, name="Class C")
    found = make_series(
        haren, activity=make_activity(service, "Yoga"), default_room=room, starts_on=dt.date(2050, 1, 10)
    )
    for day in ("10", "17"):
        make_session(found, f"2050-01-{day} 09:00", room=room)
    make_session(make_series(haren, activity=make_activity(service, "Koor")), "2050-01-24 09:00", room=room)
    return found


def options(text: str) -> list[str]:
    select = re.search(r'<select[^>]*name="(?:room)".*?</select>', text, re.DOTALL)
    assert select is not None
    return [option.strip() for option in re.findall(r"<option[^>]*>([^<]*)</option>", select[0])]


def test_adding_a_date_proposes_the_next_and_says_of_each_room_why(
    organiser_anna: User, series: Series
) -> None:
    page = signed_in(organiser_anna).get(reverse("planner:series_date_add", args=["haren", series.pk]))
    text = page.content.decode()
    assert 'value="2050-01-24"' in text
    first, *rooms = options(text)
    assert first == "No room yet: into the tray"
    assert rooms[0] == "Class C: 1 of 1 free"
    assert any(room.startswith("Class A: 0 of 1 free. Class A is taken by Koor") for room in rooms[1:])
    assert any(room.startswith("Class B: 0 of 1 free. Class B holds 2") for room in rooms[1:])


@pytest.mark.parametrize("asked", [{"on": "9999-12-31"}, {"on": "x", "starts": "²"}, {"room": "9" * 30}])
def test_rubbish_in_the_address_leaves_the_plain_list(
    organiser_anna: User, series: Series, asked: dict[str, Any]
) -> None:
    page = signed_in(organiser_anna).get(reverse("planner:series_date_add", args=["haren", series.pk]), asked)
    assert page.status_code == 200 and len(options(page.content.decode())) == 4


def test_changing_dates_carries_the_reasons(organiser_anna: User, series: Series) -> None:
    session = series.group_sessions.earliest("starts_at")
    page = signed_in(organiser_anna).get(reverse("planner:session_dates", args=["haren", session.pk]))
    found = options(page.content.decode())
    assert found[0] in ("Class A: 2 of 2 free", "Class C: 2 of 2 free")
    assert any(room.startswith("Class B: 0 of 2 free. Class B holds 2") for room in found)


def test_a_series_that_was_made_can_be_undone_and_leads_to_the_list(
    organiser_anna: User, haren: Prison, series: Series
) -> None:
    client = signed_in(organiser_anna)
    fields = {
        "activity": series.activity_id,
        "places": 8,
        "starts_on": "2050-02-07",
        "start_time": "09:00",
        "end_time": "10:30",
        "weeks": 2,
        "every_weeks": 1,
        "default_room": "",
        "list_code": "ZZ9",
        "units": ["all"],
        "waiting_order": "first_come",
    }
    client.post(reverse("planner:series_add", args=["haren"]), fields | {"preview": "1"})
    shown = client.post(reverse("planner:series_add", args=["haren"]), fields | {"preview": "1"})
    seen = re.search(r'name="seen_dates" value="([^"]+)"', shown.content.decode())
    assert seen is not None
    made = client.post(reverse("planner:series_add", args=["haren"]), fields | {"seen_dates": seen[1]})
    assert made.status_code == 302, made.content.decode()[:2000]
    page = client.get(made["Location"]).content.decode()
    undo = re.search(r'action="(/p/haren/board/changes/\d+/undo/[^"]*)"', page)
    assert undo is not None
    back = client.post(undo[1].replace("&amp;", "&"), {"next": made["Location"]})
    assert (back.status_code, back["Location"]) == (302, reverse("planner:series_list", args=["haren"]))
    assert Series.objects.filter(list_code="ZZ9").count() == 0
    assert "Undone: everything is as it was." in client.get(back["Location"]).content.decode()
