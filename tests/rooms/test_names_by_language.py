"""A room has a name per language and shows one: the reader's; paper for the prison bears both."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from core.words.folding import called
from core.words.languages import named, named_in
from enrollment.domain.lists.day_lists import day_lists
from prisons.domain.people.tokens import create_token
from prisons.models import Membership, Organisation, Prison, Unit, User
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
from tests.pages import flat

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
        text = flat(answer).replace("\u00ad", "")
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


PLACES = [
    "/p/haren/settings/rooms/",
    "/p/haren/settings/buildings/",
    "/p/haren/settings/units/",
    "/p/haren/search/?q=polyvalente",
]


@pytest.mark.parametrize("language", NAMES)
def test_a_building_has_one_name_too(
    coordinator_karim: User, haren: Prison, room: Room, language: str
) -> None:
    haren.buildings.update(name="Plein", name_fr="Place")
    Unit.objects.update(building=room.building)
    User.objects.update(language=language)
    coordinator_karim.refresh_from_db()
    client = signed_in(coordinator_karim)
    for page in PLACES:
        text = flat(client.get(page))
        assert (">Place<" in text or "Place</" in text) == (language == "fr"), page
        assert ("Plein<" in text) == (language != "fr"), page


def test_the_name_of_a_building_is_asked_in_each_language_and_kept(
    coordinator_karim: User, room: Room
) -> None:
    client = signed_in(coordinator_karim)
    url = f"/p/haren/settings/buildings/{room.building_id}/"
    seen = client.get(url).context["form"].initial.get("seen", "")
    answer = client.post(url, {"name": "Plein", "name_fr": "Place", "seen": seen})
    assert answer.status_code == 302
    room.building.refresh_from_db()
    with translation.override("fr"):
        assert str(room.building) == "Place"


@pytest.mark.parametrize(
    ("door", "names", "language", "told"),
    [
        ("Zaal 3", {"fr": "Salle 3"}, "fr", ("Salle 3", "fr")),
        ("Zaal 3", {"fr": "Salle 3"}, "en", ("Zaal 3", "en")),
        ("", {"fr": "Cuisine", "en": "Cooking"}, "nl", ("Cuisine", "fr")),
        ("", {"fr": "Cuisine", "en": "Cooking"}, "en", ("Cooking", "en")),
        ("", {}, "nl", ("", "nl")),
    ],
)
def test_one_rule_says_which_name_is_shown(
    door: str, names: dict[str, str], language: str, told: tuple[str, str]
) -> None:
    assert named_in(door, names, language) == told
    assert named(door, names, language) == told[0]


def test_no_other_line_of_the_code_chooses_among_titles() -> None:
    """A fallback of its own shows another name on one page than on the next."""
    own = re.compile(r"(title|name)_(nl|fr|en)\b[^\n]{0,30}\bor\b[^\n]{0,30}(title|name)_(nl|fr|en)")
    roots = ("core", "prisons", "rooms", "sessions", "enrollment", "planner")
    found = {
        f"{path}:{number}"
        for root in roots
        for path in Path(root).rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if own.search(line)
    }
    assert found == set()


def test_the_api_tells_every_name(organiser_anna: User, room: Room) -> None:
    token = create_token(Membership.objects.get(user=organiser_anna), "test", by=organiser_anna)[1]
    answer = Client().get("/api/v1/haren/rooms", headers={"Authorization": f"Bearer {token}"}).json()
    assert answer["items"][0]["names"] == NAMES


@pytest.mark.parametrize(
    "head",
    [
        "Lokaal\tNaam in het Frans\tCapaciteit",
        "Nom (nl)\tNom (fr)\tCapacité",
        "Naam NL\tNaam FR\tMax",
        "Room\tName in French\tCapacity",
    ],
)
def test_pasted_rooms_bring_their_names(coordinator_karim: User, haren: Prison, head: str) -> None:
    client = signed_in(coordinator_karim)
    pasted = f"{head}\nTurnzaal\tSalle de gymnastique\t20\n"
    look = client.post("/p/haren/settings/rooms/paste/", {"pasted": pasted, "look": "yes"})
    assert [entry.state for entry in look.context["outcome"].entries] == ["new"]
    seen = look.context["outcome"].digest
    client.post("/p/haren/settings/rooms/paste/", {"pasted": pasted, "accept": "yes", "seen": seen})
    made = Room.objects.in_prison(haren).get()
    assert (made.name, made.name_fr, made.capacity) == ("Turnzaal", "Salle de gymnastique", 20)


def test_a_pasted_line_knows_a_room_and_a_building_by_either_name(haren: Prison, room: Room) -> None:
    assert called("salle  POLYVALENTE", Room.objects.in_prison(haren)) == room
    assert called("", Room.objects.in_prison(haren)) is None
