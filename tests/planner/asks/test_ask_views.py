"""Asks over HTTP: one click for the asker, one for the owner; strangers, missing rights, refusals."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planner.models import Ask
from planner.scheduling.asks import ask_acts
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.writer import apply
from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import at, make_activity, make_room, make_series, make_session, make_slot, signed_in
from tests.pages import press, seen_on

MONDAY = "2050-01-10"
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")


@pytest.fixture
def rooms(haren: Prison) -> list[Room]:
    return [make_room(haren, name=name) for name in ("Class A", "Class B")]


@pytest.fixture
def theirs(haren: Prison, service: Organisation, rooms: list[Room]) -> GroupSession:
    """Anna's, in Class A; Emile wants something of it."""
    series = make_series(haren, activity=make_activity(service, "Parenting"))
    return make_session(
        series, f"{MONDAY} 09:00", room=rooms[0], state="published", published_at=at("2050-01-01 09:00")
    )


@pytest.fixture
def emile(organiser_emile: User) -> Client:
    return signed_in(organiser_emile)


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


def url(name: str, *args: object) -> str:
    return reverse(f"planner:{name}", args=["haren", *args])


def place(room: Room, session: GroupSession, number: int = 1) -> dict[str, object]:
    slot = list(room.prison.time_slots.order_by("starts"))[number]
    return {"room": room.pk, "day": MONDAY, "slot": slot.pk, "version": session.version}


def asked(theirs: GroupSession, room: Room, by: User) -> Ask:
    start = at(f"{MONDAY} 13:30")
    return ask_acts.ask_to_move(
        theirs, Change(theirs.pk, room.pk, start, start + dt.timedelta(minutes=90)), by=by
    )


def test_a_refused_drop_offers_to_ask_and_one_click_asks(
    emile: Client, theirs: GroupSession, rooms: list[Room]
) -> None:
    drop = place(rooms[1], theirs)
    refusal = emile.post(url("session_drop", theirs.pk), drop, **HX)  # type: ignore[arg-type]

    assert refusal.status_code == 403
    page = refusal.content.decode()
    assert url("session_ask_move", theirs.pk) in page
    assert "Ask De Brug to do it" in page
    assert f'name="slot" value="{drop["slot"]}"' in page

    answer = emile.post(url("session_ask_move", theirs.pk), drop, **HX)  # type: ignore[arg-type]

    assert answer.status_code == 200
    assert "De Brug is asked" in answer.content.decode()
    assert Ask.objects.get().changes[0]["room"] == rooms[1].pk
    theirs.refresh_from_db()
    assert theirs.room == rooms[0]


def test_the_move_form_and_the_cancel_form_offer_to_ask_as_well(
    emile: Client, theirs: GroupSession, rooms: list[Room]
) -> None:
    sent = {"room": rooms[1].pk, "day": MONDAY, "start": "13:30", "minutes": 60, "version": theirs.version}
    refusal = emile.post(url("session_move", theirs.pk), sent)
    assert (refusal.status_code, url("session_ask_move", theirs.pk) in refusal.content.decode()) == (
        403,
        True,
    )
    assert emile.post(url("session_ask_move", theirs.pk), sent).status_code == 302
    assert Ask.objects.get().changes[0]["ends_at"] == "2050-01-10T13:30:00+00:00"

    refusal = emile.post(url("session_cancel", theirs.pk), {"reason": "room", "version": theirs.version})
    assert url("session_ask_cancel", theirs.pk) in refusal.content.decode()


def test_the_owner_sees_it_on_today_in_the_panel_and_in_the_list_and_accepts_with_one_click(
    anna: Client, theirs: GroupSession, rooms: list[Room], organiser_emile: User
) -> None:
    ask = asked(theirs, rooms[1], organiser_emile)

    today = anna.get(url("today")).content.decode()
    assert url("ask_list") in today
    assert (
        "La Passerelle asks: Move it to Class B"
        in anna.get(url("session_detail", theirs.pk)).content.decode()
    )
    page = anna.get(url("ask_list")).content.decode()
    assert page.count("<tr id=") == 1
    assert "Move it to Class B" in page

    response = press(anna, url("ask_accept", ask.pk), {}, page=url("ask_list"))

    assert response.status_code == 302
    theirs.refresh_from_db()
    assert theirs.room == rooms[1]
    assert "Move it to Class B" in anna.get(url("ask_list"), {"tab": "answered"}).content.decode()


def test_the_number_on_today_is_the_length_of_the_list(
    anna: Client, theirs: GroupSession, rooms: list[Room], organiser_emile: User
) -> None:
    asked(theirs, rooms[1], organiser_emile)
    tile = next(t for t in anna.get(url("today")).context["summary"].tiles if t.url == url("ask_list"))
    assert tile.number == len(anna.get(tile.url).context["rows"]) == 1


def test_refusing_and_taking_back(
    anna: Client, emile: Client, theirs: GroupSession, rooms: list[Room], organiser_emile: User
) -> None:
    ask = asked(theirs, rooms[1], organiser_emile)
    assert emile.post(url("ask_refuse", ask.pk)).status_code == 403
    assert anna.post(url("ask_take_back", ask.pk)).status_code == 403
    assert anna.post(url("ask_refuse", ask.pk)).status_code == 302
    assert emile.post(url("ask_take_back", ask.pk)).status_code == 409
    second = asked(theirs, rooms[1], organiser_emile)
    assert emile.post(url("ask_take_back", second.pk)).status_code == 302
    assert set(Ask.objects.values_list("state", flat=True)) == {"refused", "taken_back"}


def test_a_plan_that_changed_since_is_409_in_words_and_the_ask_stays(
    anna: Client, theirs: GroupSession, rooms: list[Room], organiser_emile: User, coordinator_karim: User
) -> None:
    ask = asked(theirs, rooms[1], organiser_emile)
    start = at(f"{MONDAY} 13:30")
    away = Change(theirs.pk, rooms[0].pk, start, start + dt.timedelta(minutes=90))
    apply(theirs.prison, [away], by=coordinator_karim, verb="move")

    response = anna.post(url("ask_accept", ask.pk))

    assert response.status_code == 409
    assert "Karim Haddad changed the time" in response.content.decode()
    assert "changed since" in anna.get(url("ask_list")).content.decode()
    ask.refresh_from_db()
    assert ask.state == "open"


def test_points_to_watch_are_accepted_by_a_second_click(
    anna: Client, theirs: GroupSession, rooms: list[Room], organiser_emile: User
) -> None:
    theirs.series.default_room = rooms[0]
    theirs.series.save(update_fields=["default_room"])
    ask = asked(theirs, rooms[1], organiser_emile)

    first = press(anna, url("ask_accept", ask.pk), {}, page=url("ask_list"))
    assert first.status_code == 409
    assert 'name="accept_soft"' in first.content.decode()
    again = {"accept_soft": "on", "seen": seen_on(first)}
    assert anna.post(url("ask_accept", ask.pk), again).status_code == 302


def test_a_taken_room_offers_to_ask_its_owner_and_to_swap(
    emile: Client, theirs: GroupSession, rooms: list[Room], other_service: Organisation, haren: Prison
) -> None:
    own = make_session(make_series(haren, organisation=other_service), f"{MONDAY} 09:00", room=rooms[1])

    refusal = emile.post(url("session_drop", own.pk), place(rooms[0], own, 0), **HX)  # type: ignore[arg-type]

    page = refusal.content.decode()
    assert refusal.status_code == 409
    assert "Class A is taken by Parenting" in page
    assert url("session_places", theirs.pk) in page
    assert page.count("Room taken") == 1
    swap = emile.post(url("session_ask_swap", theirs.pk), {"own": own.pk}, **HX)  # type: ignore[arg-type]
    assert swap.status_code == 200
    assert Ask.objects.get().swap_with == own


def test_the_places_of_another_services_session_ask_instead_of_moving(
    emile: Client, anna: Client, theirs: GroupSession
) -> None:
    query = {"week": "2050-W02"}
    assert (
        url("session_ask_move", theirs.pk)
        in emile.get(url("session_places", theirs.pk), query).content.decode()
    )
    assert (
        url("session_drop", theirs.pk) in anna.get(url("session_places", theirs.pk), query).content.decode()
    )


def test_the_panel_of_what_can_be_asked(
    emile: Client, theirs: GroupSession, rooms: list[Room], other_service: Organisation, haren: Prison
) -> None:
    own = make_session(make_series(haren, organisation=other_service), f"{MONDAY} 09:00", room=rooms[1])
    page = emile.get(url("session_ask", theirs.pk), **HX).content.decode()  # type: ignore[arg-type]
    assert f'<option value="{own.pk}">' in page
    assert emile.post(url("session_ask_cancel", theirs.pk), {"reason": "nonsense"}).status_code == 422
    assert emile.post(url("session_ask_swap", theirs.pk), {"own": "999999"}).status_code == 422
    assert emile.post(url("session_ask_move", theirs.pk), {"room": "x"}).status_code == 422
    assert emile.post(url("session_ask_cancel", theirs.pk), {"reason": "room"}).status_code == 302
    assert Ask.objects.get().changes[0]["reason"] == "room"


def test_strangers_find_nothing_and_the_prison_may_not_ask(
    stranger_dirk: User, liaison_bert: User, theirs: GroupSession, rooms: list[Room], organiser_emile: User
) -> None:
    ask = asked(theirs, rooms[1], organiser_emile)
    for name, pk in [("session_ask_move", theirs.pk), ("ask_accept", ask.pk), ("session_workers", theirs.pk)]:
        assert signed_in(stranger_dirk).post(url(name, pk)).status_code == 404
        assert signed_in(liaison_bert).post(url(name, pk)).status_code == 403
    assert signed_in(liaison_bert).get(url("ask_list")).status_code == 403


def test_an_ask_between_two_others_is_nobody_elses(
    theirs: GroupSession, rooms: list[Room], organiser_emile: User, haren: Prison
) -> None:
    from tests.factories import make_membership, make_organisation, make_user

    third = make_user("Third")
    make_membership(third, haren, "organiser", make_organisation(haren, authority="common"))
    ask = asked(theirs, rooms[1], organiser_emile)
    client = signed_in(third)
    assert client.post(url("ask_accept", ask.pk)).status_code == 403
    assert "Parenting" not in client.get(url("ask_list")).content.decode()


def test_as_many_queries_for_twelve_asks_as_for_one(
    anna: Client, haren: Prison, service: Organisation, rooms: list[Room], organiser_emile: User
) -> None:
    def fill(count: int, first: int) -> None:
        for number in range(first, first + count):
            series = make_series(haren, organisation=service)
            day = dt.date(2050, 1, 10) + dt.timedelta(weeks=number)
            session = make_session(series, f"{day} 09:00", room=rooms[0])
            ask_acts.ask_to_cancel(session, "room", by=organiser_emile)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert anna.get(url("ask_list")).status_code == 200
        return len(queries)

    fill(1, 0)
    cost()
    few = cost()
    fill(11, 1)
    cost()  # a changed plan has the count of conflicts in the rail made anew, once for everybody
    assert cost() == few
