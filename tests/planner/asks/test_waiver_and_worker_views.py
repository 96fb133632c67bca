"""Allowing a rule once and changing who leads, over HTTP."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession, SessionWorker, Waiver, Worker
from tests.factories import (
    make_absence,
    make_activity,
    make_enrollment,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
    signed_in,
)
from tests.pages import flat, seen_on

MONDAY = "2050-01-10"
HX = {"HTTP_HX_REQUEST": "true"}
WHY = "the theatre performs"


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")


@pytest.fixture
def small(haren: Prison) -> Room:
    return make_room(haren, name="Cupboard", capacity=2)


@pytest.fixture
def els(haren: Prison, service: Organisation) -> Worker:
    return make_worker(haren, name="Els", organisation=service)


@pytest.fixture
def session(haren: Prison, service: Organisation, els: Worker) -> GroupSession:
    series = make_series(haren, activity=make_activity(service, "Theatre"), starts_on=dt.date(2050, 1, 10))
    return make_session(series, f"{MONDAY} 09:00", room=make_room(haren), workers=[els])


@pytest.fixture
def karim(coordinator_karim: User) -> Client:
    return signed_in(coordinator_karim)


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


def url(name: str, *args: object) -> str:
    return reverse(f"planner:{name}", args=["haren", *args])


def drop(client: Client, session: GroupSession, room: Room, **data: object) -> tuple[int, str]:
    slot = room.prison.time_slots.order_by("starts").first()
    assert slot
    place = {"room": room.pk, "day": MONDAY, "slot": slot.pk, "version": session.version}
    response = client.post(url("session_drop", session.pk), place | data, **HX)  # type: ignore[arg-type]
    return response.status_code, flat(response)


def allow(client: Client, session: GroupSession, room: Room) -> tuple[int, str]:
    return drop(client, session, room, allow="room_too_small", why=WHY)


def test_a_coordinators_refused_drop_offers_to_allow_it_and_repeats_the_move(
    karim: Client, session: GroupSession, small: Room
) -> None:
    status, page = drop(karim, session, small)
    assert status == 409
    assert 'name="allow" value="room_too_small"' in page

    status, _page = allow(karim, session, small)

    session.refresh_from_db()
    assert (status, session.room) == (200, small)
    assert Waiver.objects.get().reason == WHY


def test_an_organiser_is_not_offered_it_and_cannot_send_it(
    anna: Client, session: GroupSession, small: Room
) -> None:
    assert 'name="allow"' not in drop(anna, session, small)[1]
    assert allow(anna, session, small)[0] == 403
    assert not Waiver.objects.exists()


@pytest.mark.parametrize(
    "data", [{"allow": "room_too_small", "why": " "}, {"allow": "room_taken", "why": WHY}]
)
def test_without_a_reason_or_for_another_rule_it_is_422(
    karim: Client, session: GroupSession, small: Room, data: dict[str, str]
) -> None:
    assert drop(karim, session, small, **data)[0] == 422
    assert not Waiver.objects.exists()


def test_what_a_waiver_cannot_help_is_not_offered(
    karim: Client, session: GroupSession, small: Room, haren: Prison, service: Organisation
) -> None:
    make_session(make_series(haren, organisation=service, places=2), f"{MONDAY} 09:00", room=small)
    status, page = drop(karim, session, small)
    assert (status, 'name="allow"' in page) == (409, False)


def test_panel_and_conflicts_say_who_allowed_what_and_the_prison_reads_no_reason(
    karim: Client, session: GroupSession, small: Room, liaison_bert: User
) -> None:
    allow(karim, session, small)
    GroupSession.objects.filter(pk=session.pk).update(state="published")

    said = f"Allowed this once: {WHY} (Karim Haddad)"
    assert said in flat(karim.get(url("session_detail", session.pk)))
    assert said in flat(karim.get(url("conflicts"), {"week": "2050-W02"}))
    for page in (url("session_detail", session.pk), url("conflicts") + "?week=2050-W02"):
        shown = signed_in(liaison_bert).get(page)
        assert shown.status_code == 200
        assert WHY not in flat(shown)


def test_withdrawing_and_allowing_again_from_the_panel(
    karim: Client, anna: Client, session: GroupSession, small: Room
) -> None:
    allow(karim, session, small)
    withdraw = url("waiver_withdraw", Waiver.objects.get().pk)
    assert anna.post(withdraw).status_code == 403
    assert karim.post(withdraw).status_code == 302
    assert not Waiver.objects.exists()

    session.refresh_from_db()
    panel = url("session_waivers", session.pk)
    assert 'value="room_too_small"' in flat(karim.get(panel))
    assert karim.post(panel, {"allow": "room_too_small", "version": session.version}).status_code == 422
    sent = {"allow": "room_too_small", "why": WHY, "version": session.version}
    assert anna.post(panel, sent).status_code == 403
    assert karim.post(panel, sent | {"version": 1}).status_code == 409
    assert karim.post(panel, sent).status_code == 302
    assert Waiver.objects.get().code == "room_too_small"


def test_the_panel_shows_who_is_free_and_why_others_are_not(
    anna: Client, session: GroupSession, haren: Prison
) -> None:
    make_worker(haren, name="Jan")
    make_worker(haren, name="Piet", permitted_until=None)
    page = flat(anna.get(url("session_workers", session.pk), **HX))  # type: ignore[arg-type]
    assert "Who can come instead of Els" in page
    assert page.index("Jan") < page.index("Piet")
    assert "Piet has no permission" in page


def test_one_click_takes_a_substitute_and_another_takes_them_off(
    anna: Client, session: GroupSession, haren: Prison, els: Worker
) -> None:
    jan = make_worker(haren, name="Jan")
    workers = url("session_workers", session.pk)
    sent = {"worker": jan.pk, "part": "substitute", "instead_of": els.pk, "version": session.version}
    assert anna.post(workers, sent).status_code == 302
    assert [(w.worker, w.part) for w in SessionWorker.objects.all()] == [(jan, "substitute")]

    assert anna.post(workers, sent).status_code == 409  # an older version
    session.refresh_from_db()
    assert anna.post(workers, {"worker": jan.pk, "off": "1", "version": session.version}).status_code == 302
    assert not SessionWorker.objects.exists()


def test_an_interpreter_is_found_by_language_and_booked(
    anna: Client, session: GroupSession, haren: Prison
) -> None:
    amal = make_worker(haren, name="Amal", is_interpreter=True, languages=["ar"])
    make_worker(haren, name="Pavel", is_interpreter=True, languages=["pl"])
    workers = url("session_workers", session.pk)
    page = flat(anna.get(workers, {"part": "interpreter", "language": "ar"}))
    assert "Amal" in page and "Pavel" not in page
    sent = {"worker": amal.pk, "part": "interpreter", "language": "ar", "version": session.version}
    assert anna.post(workers, sent).status_code == 302
    assert "Amal (interpreter)" in flat(anna.get(url("session_detail", session.pk)))


def test_somebody_away_is_refused_and_a_coordinator_may_allow_it(
    anna: Client, karim: Client, session: GroupSession, haren: Prison, els: Worker
) -> None:
    away = make_worker(haren, name="Jan")
    make_absence(away, f"{MONDAY} 08:00", f"{MONDAY} 12:00")
    workers = url("session_workers", session.pk)
    sent = {"worker": away.pk, "part": "substitute", "instead_of": els.pk, "version": session.version}
    refusal = anna.post(workers, sent)
    assert refusal.status_code == 409
    assert "Jan cannot come at that time" in flat(refusal)
    assert 'value="worker_unavailable"' in flat(karim.post(workers, sent))
    assert karim.post(workers, sent | {"allow": "worker_unavailable", "why": WHY}).status_code == 302
    assert SessionWorker.objects.get().worker == away


def test_unusable_input_and_other_owners(
    anna: Client, session: GroupSession, organiser_emile: User, els: Worker
) -> None:
    workers = url("session_workers", session.pk)
    assert anna.post(workers, {"worker": "x", "version": 1}).status_code == 422
    assert anna.post(workers, {"worker": 999999, "version": 1}).status_code == 422
    emile = signed_in(organiser_emile)
    assert "Take off" not in flat(emile.get(workers))
    assert emile.post(workers, {"worker": els.pk, "off": "1", "version": 1}).status_code == 403


def test_the_move_form_says_beforehand_whom_it_tells(anna: Client, session: GroupSession) -> None:
    make_enrollment(session.series)
    assert "This tells" not in flat(anna.get(url("session_move", session.pk)))
    GroupSession.objects.filter(pk=session.pk).update(state="published")
    for name in ("session_move", "session_cancel"):
        page = flat(anna.get(url(name, session.pk)))
        assert "This tells 1 facilitator. 1 person of the group gets a slip." in page


def test_publishing_lists_what_changed_since(anna: Client, session: GroupSession, haren: Prison) -> None:
    week = {"week": "2050-W02"}
    shown = anna.get(url("board_publish"), week)
    assert "This tells 1 facilitator" in flat(shown)
    assert anna.post(url("board_publish"), week | {"seen": seen_on(shown)}).status_code == 302
    session.refresh_from_db()
    assert drop(anna, session, make_room(haren, name="Class Z"))[0] == 200

    page = flat(anna.get(url("board_publish"), week))

    assert "Changed since it was published" in page
    assert "the room" in page
