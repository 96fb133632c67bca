"""A room has a name per language and shows one: the reader's; paper for the prison bears both."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from enrollment.domain.lists import day_lists
from prisons.models import Organisation, Prison, User
from rooms.domain.facts import rules_of
from rooms.models import Room
from tests.factories import (
    make_activity,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    signed_in,
)

pytestmark = pytest.mark.django_db
NAMES = {"nl": "Polyvalente zaal", "fr": "Salle polyvalente", "en": "Polyvalente zaal"}


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren, 1)
    make_unit(haren, "A1")
    return make_room(haren, name="Polyvalente zaal", name_fr="Salle polyvalente")


@pytest.fixture
def session(haren: Prison, service: Organisation, room: Room) -> Any:
    series = make_series(haren, activity=make_activity(service, "Yoga"), default_room=room)
    return make_session(series, "2050-01-10 09:00", room=room, state="published")


PAGES = [
    "/p/haren/board/?week=2050-W02",
    "/p/haren/board/?view=day&day=2050-01-10",
    "/p/haren/board/?week=2050-W02&rows=units",
    "/p/haren/board/sessions/{session}/",
    "/p/haren/board/sessions/{session}/places/?week=2050-W02",
    "/p/haren/board/sessions/{session}/cells/?week=2050-W02",
    "/p/haren/board/sessions/{session}/move/",
    "/p/haren/board/sessions/",
    "/p/haren/series/{series}/",
    "/p/haren/settings/rooms/",
    "/p/haren/search/?q=polyvalente",
]


@pytest.mark.parametrize("language", NAMES)
def test_each_page_shows_the_one_name(organiser_anna: User, session: Any, language: str) -> None:
    User.objects.update(language=language)
    organiser_anna.refresh_from_db()
    client = signed_in(organiser_anna)
    for page in PAGES:
        answer = client.get(page.format(session=session.pk, series=session.series_id))
        assert answer.status_code == 200, page
        text = answer.content.decode().replace("\u00ad", "")
        assert ("Salle polyvalente" in text) == (language == "fr"), page
        assert ("Polyvalente zaal" in text) == (language != "fr"), page


def test_names_kept_for_all_readers_are_told_in_the_language_of_each(haren: Prison, room: Room) -> None:
    rules = rules_of(haren)
    for language, name in NAMES.items():
        with translation.override(language):
            assert rules.rooms[room.pk].name == str(room) == name


def test_what_goes_to_the_prison_bears_both(haren: Prison, session: Any) -> None:
    told = []
    for language in ("nl", "fr"):
        with translation.override(language):
            day = day_lists(haren, dt.date(2050, 1, 10))
            told.append([meeting.room for meeting in day.meetings])
    assert told == [["Polyvalente zaal / Salle polyvalente"]] * 2


def test_the_form_asks_for_them(coordinator_karim: User, room: Room) -> None:
    client: Client = signed_in(coordinator_karim)
    page = client.get(f"/p/haren/settings/rooms/{room.pk}/")
    assert page.status_code == 200 and b'name="name_fr"' in page.content
