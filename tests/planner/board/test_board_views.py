"""The board over HTTP: what it shows to whom, what a drop does, and what it costs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import (
    make_activity,
    make_holiday,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
    signed_in,
)
from tests.pages import press, seen_on

WEEK = "2050-W02"
MONDAY = "2050-01-10"
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")


@pytest.fixture
def room(haren: Prison) -> Room:
    return make_room(haren, name="Class A")


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


def session_of(organisation: Organisation, prison: Prison, **fields: object) -> GroupSession:
    activity = make_activity(organisation, "Dutch for beginners")
    series = make_series(prison, activity=activity, start_time=dt.time(9))
    fields.setdefault("starts_at", None)
    session = make_session(series, **fields)  # type: ignore[arg-type]
    GroupSession.objects.filter(pk=session.pk, starts_at=None).update(week_on=dt.date(2050, 1, 10))
    session.refresh_from_db()
    return session


def board(client: Client, **query: str) -> str:
    response = client.get(reverse("planner:board", args=["haren"]), {"week": WEEK} | query)
    assert response.status_code == 200
    return response.content.decode().replace("\u00ad", "")


def drop(client: Client, session: GroupSession, to: Room | None, in_slot: int = 0, **data: object) -> object:
    place = {"room": to.pk, "day": "20500110", "slot": in_slot} if to else {}
    url = reverse("planner:session_drop", args=["haren", session.pk])
    return client.post(url, place | {"version": session.version} | data, **HX)  # type: ignore[arg-type]


def first_slot(prison: Prison) -> int:
    return prison.time_slots.order_by("starts").first().pk  # type: ignore[union-attr]


def test_the_week_shows_rooms_slots_cards_and_the_tray(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    session_of(
        service, haren, starts_at=f"{MONDAY} 09:00", room=room, workers=[make_worker(haren, name="Els")]
    )
    session_of(service, haren)

    page = board(anna)

    for text in ("Class A", "08:30–11", "Els", "0/8", "To schedule · 1"):
        assert text in page


def test_an_unknown_week_shows_this_one(anna: Client, haren: Prison) -> None:
    assert "week-picker" in board(anna, week="2050-W99")


def test_a_drop_places_the_session_and_offers_undo(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    session = session_of(service, haren)

    response = drop(anna, session, room, first_slot(haren))

    assert response.status_code == 200  # type: ignore[attr-defined]
    session.refresh_from_db()
    assert session.room == room
    assert "/undo/" in response.content.decode()  # type: ignore[attr-defined]


def test_a_refused_drop_says_why_and_changes_nothing(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    session_of(service, haren, starts_at=f"{MONDAY} 08:30", minutes=150, room=room)
    session = session_of(service, haren)

    response = drop(anna, session, room, first_slot(haren))

    assert response.status_code == 409  # type: ignore[attr-defined]
    assert "Class A is taken by Dutch for beginners" in response.content.decode()  # type: ignore[attr-defined]
    session.refresh_from_db()
    assert session.room is None


def test_a_drop_takes_the_first_free_minute(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    session_of(service, haren, starts_at=f"{MONDAY} 08:30", minutes=45, room=room)
    session = session_of(service, haren, minutes=90)

    drop(anna, session, room, first_slot(haren))

    session.refresh_from_db()
    assert session.starts_at is not None
    assert session.starts_at.isoformat() == "2050-01-10T08:15:00+00:00"


def test_a_point_to_watch_asks_once_then_goes_on(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    session = session_of(service, haren)
    make_holiday(haren, dt.date(2050, 1, 10))

    asked = drop(anna, session, room, first_slot(haren))
    assert asked.status_code == 409 and "Do it all the same" in asked.content.decode()  # type: ignore[attr-defined]
    done = drop(anna, session, room, first_slot(haren), accept_soft="on")

    assert done.status_code == 200  # type: ignore[attr-defined]


def test_another_room_than_usual_was_chosen_and_is_not_asked_about(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    session = session_of(service, haren)
    session.series.default_room = make_room(haren)
    session.series.save()
    assert drop(anna, session, room, first_slot(haren)).status_code == 200  # type: ignore[attr-defined]


def test_a_stale_drop_is_told_who_changed_it(
    anna: Client, coordinator_karim: User, haren: Prison, service: Organisation, room: Room
) -> None:
    session = session_of(service, haren)
    drop(signed_in(coordinator_karim), session, room, first_slot(haren))

    response = drop(anna, session, None)

    assert response.status_code == 409  # type: ignore[attr-defined]
    assert "Karim Haddad" in response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("data", [{"slot": "999999"}, {"day": "x"}, {"version": ""}, {"room": "-1"}])
def test_an_unusable_drop_is_422(
    anna: Client, haren: Prison, service: Organisation, room: Room, data: dict[str, str]
) -> None:
    session = session_of(service, haren)
    assert drop(anna, session, room, first_slot(haren), **data).status_code == 422  # type: ignore[attr-defined]


def test_the_form_without_javascript_moves_cancels_and_restores(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    session = session_of(service, haren)
    move = reverse("planner:session_move", args=["haren", session.pk])
    sent = {"room": room.pk, "day": MONDAY, "start": "09:00", "minutes": 60, "version": session.version}
    assert anna.get(move).status_code == 200
    assert anna.post(move, sent).status_code == 302
    cancel = reverse("planner:session_cancel", args=["haren", session.pk])
    assert anna.post(cancel, {"version": 2}).status_code == 422
    assert anna.post(cancel, {"version": 2, "reason": "worker"}).status_code == 302
    session.refresh_from_db()
    assert session.state == "cancelled"
    restore = reverse("planner:session_restore", args=["haren", session.pk])
    assert anna.post(restore).status_code == 302
    session.refresh_from_db()
    assert (session.state, session.room) == ("draft", room)


@pytest.mark.parametrize("filtered", ["", "&mine=1", "&unit=7", "&view=day&day=2050-01-10"])
def test_after_a_move_to_another_week_one_lands_where_the_session_is(
    anna: Client, haren: Prison, service: Organisation, room: Room, filtered: str
) -> None:
    session = session_of(service, haren, starts_at="2050-01-10 09:00", room=room)
    anna.get(f"{reverse('planner:board', args=['haren'])}?week={WEEK}{filtered}")
    sent = {"room": room.pk, "day": "2050-01-24", "start": "09:00", "minutes": 60, "version": session.version}
    landed = press(anna, reverse("planner:session_move", args=["haren", session.pk]), sent, follow=True)
    assert landed.status_code == 200
    assert f'data-session="{session.pk}"' in landed.content.decode()


def test_the_poll_costs_204_when_nothing_changed(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    live = reverse("planner:board_live", args=["haren"])
    haren.refresh_from_db()
    anna.get(live, {"week": WEEK, "version": haren.plan_version}, **HX)
    with CaptureQueriesContext(connection) as queries:
        answer = anna.get(live, {"week": WEEK, "version": haren.plan_version}, **HX)
    assert answer.status_code == 204
    assert len(queries) <= 3
    drop(anna, session_of(service, haren), room, first_slot(haren))

    assert anna.get(live, {"week": WEEK, "version": haren.plan_version}, **HX).status_code == 200


def test_liaison_sees_neutral_names_and_no_drafts(
    liaison_bert: User, haren: Prison, service: Organisation, room: Room
) -> None:
    session_of(service, haren, starts_at=f"{MONDAY} 09:00", room=room, state="published")
    session_of(service, haren, starts_at=f"{MONDAY} 13:30", room=room)

    page = board(signed_in(liaison_bert))

    assert "Dutch for beginners" not in page
    assert page.count("data-session=") == 1 and "Activiteit / Activité" in page


def test_another_services_session_is_readable_but_cannot_be_moved(
    anna: Client, haren: Prison, other_service: Organisation, room: Room
) -> None:
    theirs = session_of(other_service, haren)

    response = drop(anna, theirs, room, first_slot(haren))

    assert "Dutch for beginners" in board(anna)
    assert response.status_code == 403  # type: ignore[attr-defined]


def test_a_stranger_finds_nothing_and_a_worker_may_not_move(
    stranger_dirk: User, worker_chloe: User, haren: Prison, service: Organisation, room: Room
) -> None:
    session = session_of(service, haren)
    assert drop(signed_in(stranger_dirk), session, room).status_code == 404  # type: ignore[attr-defined]
    assert drop(signed_in(worker_chloe), session, room).status_code == 403  # type: ignore[attr-defined]


def test_a_session_of_another_prison_is_not_found(
    anna: Client, saint_gilles: Prison, service: Organisation, haren: Prison
) -> None:
    foreign = session_of(service, saint_gilles)
    assert anna.get(reverse("planner:session_detail", args=["haren", foreign.pk])).status_code == 404


def test_publish_shows_what_is_ready_then_does_it(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    session = session_of(service, haren, starts_at=f"{MONDAY} 09:00", room=room)
    url = reverse("planner:board_publish", args=["haren"])
    assert "Publish 1 session" in anna.get(url, {"week": WEEK}).content.decode()

    assert press(anna, url, {"week": WEEK}, page=f"{url}?week={WEEK}").status_code == 302

    session.refresh_from_db()
    assert session.state == "published"


def test_where_can_it_go_lists_free_places_and_reasons(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    small = make_room(haren, name="Cupboard", capacity=2)
    session = session_of(service, haren)
    url = reverse("planner:session_places", args=["haren", session.pk])

    page = anna.get(url, {"week": WEEK}).content.decode()

    assert page.count("Move here") == 2
    assert "places that it cannot have" in page and "<span>room too small</span>" in page
    assert "Cupboard holds 2" not in page, "the board says it of each cell"
    cells = anna.get(reverse("planner:session_cells", args=["haren", session.pk]), {"week": WEEK}).json()
    assert {cells[key]["kind"] for key in cells if key.startswith(f"{small.pk}-")} == {"refused"}


def test_the_week_costs_as_many_queries_for_300_sessions_as_for_3(
    anna: Client, haren: Prison, service: Organisation
) -> None:
    rooms = [make_room(haren) for _number in range(50)]
    series = [make_series(haren, organisation=service, workers=[]) for _number in range(3)]

    def fill(count: int, first: int = 0) -> None:
        for number in range(first, first + count):
            clock = f"{8 + number // 50 % 3:02d}:30"
            make_session(
                series[number % 3], f"2050-01-{10 + number // 150} {clock}", minutes=50,
                room=rooms[number % 50], workers=[make_worker(haren)],
            )  # fmt: skip

    fill(3)
    board(anna)
    with CaptureQueriesContext(connection) as few:
        board(anna)
    fill(297, 3)
    board(anna)  # a changed plan has the count of conflicts in the rail made anew, once for everybody
    with CaptureQueriesContext(connection) as many:
        page = board(anna)

    assert page.count('data-session="') == 300
    assert len(many) == len(few) <= 24


def test_a_drop_goes_where_the_cell_said_it_would(
    anna: Client, haren: Prison, service: Organisation, room: Room
) -> None:
    """One rule for the marks of a drag and for the drop: free at the present time or later in the slot."""
    other = make_room(haren, name="Class B")
    session_of(service, haren, starts_at=f"{MONDAY} 08:30", minutes=60, room=other)
    session = session_of(service, haren, starts_at=f"{MONDAY} 08:45", minutes=60, room=room)
    cells = anna.get(reverse("planner:session_cells", args=["haren", session.pk]), {"week": WEEK}).json()
    assert cells[f"{other.pk}-20500110-{first_slot(haren)}"]["kind"] == "free"

    assert drop(anna, session, other, first_slot(haren)).status_code == 200  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("start", "until", "sentence"),
    [
        ("09:00", "", "Say until when."),
        ("09:00", "09:02", "from five minutes"),
        ("09:00", "08:00", "twelve hours"),
    ],
)
def test_the_form_to_move_says_until_when(
    anna: Client, haren: Prison, service: Organisation, room: Room, start: str, until: str, sentence: str
) -> None:
    session = session_of(service, haren)
    url = reverse("planner:session_move", args=[haren.slug, session.pk])
    shown = anna.get(url).content.decode()
    assert 'name="until"' in shown and "Minutes" not in shown
    sent = {"room": room.pk, "day": MONDAY, "start": start, "version": session.version}
    refused = anna.post(url, sent | {"until": until})
    assert refused.status_code == 422 and sentence in refused.content.decode()
    anna.post(url, sent | {"until": "10:30", "seen": seen_on(refused)})
    session.refresh_from_db()
    assert session.ends_at - session.starts_at == dt.timedelta(minutes=90)
