"""Rooms and facilitators of a new series are chosen with eyes open; its term follows from the first date."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from prisons.models import Organisation, Prison, User
from sessions.models import Activity, Series
from tests.factories import (
    make_absence,
    make_activity,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_unit,
    make_worker,
    signed_in,
)
from tests.pages import flat, press

FIRST = dt.date(2090, 11, 27)  # a Monday


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


@pytest.fixture
def activity(haren: Prison, service: Organisation) -> Activity:
    make_slot(haren)
    return make_activity(service, "Nederlands 1")


def typed(activity: Activity, **fields: Any) -> dict[str, Any]:
    return {
        "activity": activity.pk, "label": "A", "places": "8", "units": ["all"], "waiting_order": "first_come",
        "starts_on": FIRST.isoformat(), "start_time": "09:00", "end_time": "10:30", "weeks": "4",
        "every_weeks": "1", "default_room": "", "list_code": "A-01",
    } | fields  # fmt: skip


def test_rooms_say_how_often_they_are_free(anna: Client, haren: Prison, activity: Activity) -> None:
    free, taken = make_room(haren, name="Class 2", capacity=9), make_room(haren, name="Class 1", capacity=8)
    make_session(make_series(haren), f"{FIRST} 09:30", room=taken)
    here = reverse("planner:series_add", args=["haren"])
    shown = flat(anna.post(here, typed(activity, preview="yes"), headers={"HX-Request": "true"}))
    rooms = re.findall(r'name="default_room" id="room-(\d+)"', shown)
    assert rooms == [str(free.pk), str(taken.pk)]
    assert "4 of 4 free" in shown and "3 of 4 free" in shown and "Class 1 is taken by" in shown


def test_the_term_follows_from_the_first_date(anna: Client, haren: Prison, activity: Activity) -> None:
    make_term(haren, starts_on=FIRST - dt.timedelta(weeks=30), ends_on=FIRST - dt.timedelta(days=1))
    term = make_term(haren, starts_on=FIRST, ends_on=FIRST + dt.timedelta(weeks=10))
    data = typed(activity)
    here = reverse("planner:series_add", args=["haren"])
    answer = press(anna, here, data, look={**data, "preview": "yes"}, field="seen_dates")
    assert answer.status_code == 302
    assert Series.objects.get(list_code="A-01").term == term


def test_where_people_never_mix_nobody_is_ticked(anna: Client, haren: Prison, activity: Activity) -> None:
    here = reverse("planner:series_add", args=["haren"])
    everybody = re.compile(r'name="units" value="all"[^>]*checked')
    make_unit(haren, "M1", population="men")
    assert everybody.search(flat(anna.get(here)))
    make_unit(haren, "V1", population="women")
    Prison.objects.filter(pk=haren.pk).update(separates_populations=True)
    assert not everybody.search(flat(anna.get(here)))


def test_facilitators_say_until_when_and_how_often(
    anna: Client, haren: Prison, activity: Activity, service: Organisation
) -> None:
    make_worker(haren, name="Leen Baert", organisation=service, permitted_until=dt.date(2091, 6, 1))
    away = make_worker(haren, name="Leo Busy", permitted_until=dt.date(2091, 6, 1))
    make_absence(away, f"{FIRST} 08:00", f"{FIRST} 12:00")
    make_worker(haren, name="Lea Late", permitted_until=FIRST + dt.timedelta(weeks=1))
    make_worker(haren, name="Someone Else")
    here = reverse("planner:worker_choices", args=["haren"])
    shown = flat(anna.get(here, typed(activity) | {"workers_q": "le"}))
    lines = re.findall(r'data-text="([^"]+)".*?(\d of \d free)', shown)
    assert lines == [("Leen Baert", "4 of 4 free"), ("Leo Busy", "3 of 4 free"), ("Lea Late", "2 of 4 free")]
    assert "Someone Else" not in shown and "permission until" in shown
    assert "of 4 free" not in flat(anna.get(here, {"workers_q": "le", "starts_on": "²", "weeks": "9" * 30}))


def test_who_leads_a_date_is_free_for_it(anna: Client, haren: Prison, service: Organisation) -> None:
    make_slot(haren)
    leader = make_worker(haren, name="Leen Baert", organisation=service, permitted_until=dt.date(2091, 6, 1))
    series = make_series(haren, organisation=service, starts_on=FIRST, weeks=2)
    dates = [make_session(series, f"{FIRST + dt.timedelta(weeks=n)} 09:00", workers=[leader]) for n in (0, 1)]
    here = reverse("planner:worker_choices", args=["haren"])
    shown = anna.get(here, {"workers_q": "leen", "session": dates[0].pk, "scope": "following"})
    assert "2 of 2 free" in flat(shown)
