"""From one term to the next over HTTP: make the term, copy, find the tray, undo, copy again, publish."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from core.dates.clock import today
from core.dates.weeks import Week
from enrollment.models import Enrollment
from prisons.models import ChangeSet, Organisation, Prison, User
from sessions.models import GroupSession, Series, Term
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_worker,
    signed_in,
)
from tests.pages import press

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

THIS = Week.from_date(today())


def url(name: str, *args: object) -> str:
    return reverse(name, args=["haren", *args])


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def autumn(haren: Prison, service: Organisation) -> Term:
    """Two groups of four weeks in two rooms, with people in the first."""
    make_slot(haren)
    term = make_term(haren, name="Autumn", starts_on=(THIS + -4).monday, ends_on=(THIS + 2).sunday)
    for number, title in enumerate(("Dutch 1", "Cooking")):
        room, worker = make_room(haren, name=f"Class {number}"), make_worker(haren, organisation=service)
        series = make_series(
            haren,
            activity=make_activity(service, title),
            term=term,
            starts_on=term.starts_on,
            weeks=4,
            default_room=room,
            workers=[worker],
        )
        for week in range(4):
            on = term.starts_on + dt.timedelta(weeks=week)
            make_session(series, f"{on} 09:00", room=room, workers=[worker], pattern_on=on, state="published")
    make_enrollment(Series.objects.get(activity__title_en="Dutch 1"))
    return term


def test_a_term_is_copied_mended_and_published(
    haren: Prison, autumn: Term, organiser_anna: User, coordinator_karim: User, other_service: Organisation
) -> None:
    anna, karim = signed_in(organiser_anna), signed_in(coordinator_karim)

    assert "There is no later term yet" in text(anna.get(url("planner:term_copy")))
    dates = {"starts_on": (THIS + 6).monday.isoformat(), "ends_on": (THIS + 16).sunday.isoformat()}
    karim.post(url("sessions:term_add"), {"name": "Spring", **dates})
    spring = Term.objects.get(name="Spring")
    taken = make_series(haren, organisation=other_service)
    second_monday = (THIS + 7).monday
    make_session(taken, at(f"{second_monday} 09:00"), room=haren.rooms.get(name="Class 0"))

    copied = copy(anna, autumn, spring)
    assert "2 series were copied to Spring." in text(copied) and "Class 0 is taken by" in text(copied)
    (waiting,) = GroupSession.objects.filter(series__term=spring, room=None)
    assert waiting.week_on == second_monday
    assert Enrollment.objects.filter(series__term=spring).count() == 0

    act = ChangeSet.objects.get(verb="copy_series")
    press(anna, url("planner:undo", act.pk), {})
    assert not Series.objects.filter(term=spring).exists()

    copy(anna, autumn, spring)
    overview = anna.get(url("planner:term_overview"), {"term": spring.pk, "mine": "1"})
    assert (overview.context["overview"].drafts, overview.context["overview"].in_tray) == (8, 1)

    moved = GroupSession.objects.get(series__term=spring, room=None)
    place = {
        "room": haren.rooms.get(name="Class 1").pk,
        "day": second_monday.isoformat(),
        "start": "09:00",
        "minutes": 60,
        "version": moved.version,
    }
    refused = anna.post(url("planner:session_move", moved.pk), place)
    assert refused.status_code == 409, "Cooking is there"
    free = make_room(haren, name="Class 2")
    answer = anna.post(url("planner:session_move", moved.pk), place | {"room": free.pk, "accept_soft": "on"})
    assert answer.status_code == 302

    publish = url("planner:board_publish")
    press(karim, publish, {"term": spring.pk}, page=f"{publish}?term={spring.pk}")
    assert GroupSession.objects.published().filter(series__term=spring).count() == 8


def copy(anna: Client, source: Term, target: Term) -> Any:
    page = anna.get(url("planner:term_copy"))
    choice = page.context["choice"]
    assert (choice.source, choice.target) == (source, target)
    sent = {"was": source.pk, "from": source.pk, "to": target.pk, "conflicts": "tray"}
    sent |= {"series": [one.pk for one in choice.picked]}
    here = url("planner:term_copy")
    return press(anna, here, sent, page=f"{here}?{urlencode(sent, doseq=True)}", follow=True)
