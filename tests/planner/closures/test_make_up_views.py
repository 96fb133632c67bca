"""Other dates for what was cancelled: proposed, taken by one click, remembered, undone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from planner.models import MadeUp
from planner.scheduling.placement.undo import undo
from planner.scheduling.series.make_up import dates_for
from prisons.models import ChangeSet, Prison, User
from rooms.models import Room
from sessions.models import Cancellation, GroupSession, Series
from tests.factories import (
    at,
    make_closure,
    make_enrollment,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
    signed_in,
)
from tests.pages import flat, press

NOW = at("2026-11-22 12:00")


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def room(haren: Prison) -> Room:
    for weekday in range(1, 4):
        make_slot(haren, weekday, "08:30", "11:00")
    return make_room(haren, name="Class A")


@pytest.fixture
def series(haren: Prison, service: Any, room: Room) -> Series:
    return make_series(haren, organisation=service, default_room=room)


@pytest.fixture
def session(haren: Prison, series: Series, room: Room) -> GroupSession:
    """Cancelled by a strike on Tuesday."""
    strike = make_closure(haren, at("2026-11-23 22:00"), at("2026-11-24 22:00"))
    session = make_session(
        series,
        "2026-11-24 09:00",
        room=room,
        workers=[make_worker(haren)],
        state="cancelled",
        published_at=NOW,
    )
    Cancellation.objects.create(
        session=session, reason="closure", closure=strike, was_state="published", at=NOW
    )
    make_enrollment(series)
    return session


@pytest.fixture
def organiser(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


def sent(choice: Any) -> dict[str, str]:
    return {
        "room": str(choice.room_id),
        "starts_at": choice.starts_at.isoformat(),
        "ends_at": choice.ends_at.isoformat(),
    }


def make(organiser: Client, session: GroupSession, choice: Any) -> Any:
    """Press the button beside this date."""
    url, data = f"/p/haren/board/sessions/{session.pk}/make-up/", sent(choice)
    beside = f'name="room" value="{choice.room_id}"'
    shown = f'name="starts_at" value="{choice.starts_at:%Y-%m-%dT%H:%M:%S%z}"'
    for form in flat(organiser.get(url)).split("<form"):
        if beside in form and shown in form and (seen := re.search(r'name="seen" value="([^"]+)"', form)):
            return organiser.post(url, {**data, "seen": seen[1]})
    return organiser.post(url, data)


def test_the_nearest_free_places_come_first(
    haren: Prison, session: GroupSession, series: Series, room: Room
) -> None:
    """The own room first; not the closed Tuesday, not the Wednesday on which the series meets already."""
    make_session(series, "2026-11-25 09:00", room=room)
    other = make_room(haren, name="Class B")
    make_session(make_series(haren), "2026-11-30 09:00", room=room)

    found = [(choice.day.isoformat(), choice.room_id) for choice in dates_for(session, most=3, now=NOW)]

    assert found[0] == ("2026-11-23", room.pk)
    assert all(day != "2026-11-24" and day != "2026-11-25" for day, _room in found)
    assert ("2026-11-30", other.pk) in [
        (choice.day.isoformat(), choice.room_id) for choice in dates_for(session, most=9, now=NOW)
    ]


def test_one_click_makes_the_session_anew(organiser: Client, session: GroupSession, series: Series) -> None:
    choice = dates_for(session, now=NOW)[0]

    answer = make(organiser, session, choice)

    assert answer.status_code == 302
    instead = MadeUp.objects.get(session=session).instead
    assert (instead.series, instead.pattern_on, instead.state) == (series, None, "published")
    assert (instead.room_id, instead.starts_at) == (choice.room_id, choice.starts_at)
    assert instead.session_workers.get().worker == session.session_workers.get().worker
    session.refresh_from_db()
    assert session.state == "cancelled"
    page = flat(organiser.get(f"/p/haren/board/sessions/{session.pk}/make-up/"))
    assert "made up" in page and "Mon 23 Nov" in page


def test_it_is_made_up_once(organiser: Client, session: GroupSession) -> None:
    first, second = dates_for(session, now=NOW)[:2]
    make(organiser, session, first)

    answer = make(organiser, session, second)

    assert answer.status_code == 409 and "made up already" in flat(answer)
    assert MadeUp.objects.count() == 1


def test_a_place_that_was_taken_meanwhile_is_refused_and_nothing_is_left(
    haren: Prison, organiser: Client, session: GroupSession, room: Room
) -> None:
    choice = dates_for(session, now=NOW)[0]
    make_session(make_series(haren), choice.starts_at, room=room)
    before = GroupSession.objects.count()

    answer = make(organiser, session, choice)

    assert answer.status_code == 409 and "is taken by" in flat(answer)
    assert (GroupSession.objects.count(), MadeUp.objects.count()) == (before, 0)


def test_undo_of_a_published_one_cancels_it_for_all_who_saw_it(
    organiser: Client, session: GroupSession, organiser_anna: User, series: Series
) -> None:
    make(organiser, session, dates_for(session, now=NOW)[0])

    undo(ChangeSet.objects.get(verb="make_up"), by=organiser_anna, now=NOW)

    assert not MadeUp.objects.exists()
    other = GroupSession.objects.filter(series=series).exclude(pk=session.pk).get()
    assert (other.state, other.cancellation.reason) == ("cancelled", "not_needed")
    assert Series.objects.filter(pk=series.pk).exists()


def test_what_is_made_up_does_not_return_with_the_closure(
    organiser: Client, session: GroupSession, liaison_bert: User
) -> None:
    make(organiser, session, dates_for(session, now=NOW)[0])
    closure = session.cancellation.closure
    liaison = signed_in(liaison_bert)

    page = liaison.get(f"/p/haren/closures/{closure.pk}/lift/")
    assert "It is made up on" in flat(page)
    press(liaison, f"/p/haren/closures/{closure.pk}/lift/", {})

    session.refresh_from_db()
    assert session.state == "cancelled"


def test_only_the_owner_makes_it_up(session: GroupSession, organiser_emile: User, liaison_bert: User) -> None:
    choice, url = dates_for(session, now=NOW)[0], f"/p/haren/board/sessions/{session.pk}/make-up/"
    assert signed_in(organiser_emile).post(url, sent(choice)).status_code == 403
    assert signed_in(liaison_bert).post(url, sent(choice)).status_code == 403
    assert not MadeUp.objects.exists()


@pytest.mark.parametrize("data", [{}, {"room": "1"}, {"room": "x", "starts_at": "soon", "ends_at": "later"}])
def test_unusable_input_is_refused(organiser: Client, session: GroupSession, data: dict[str, str]) -> None:
    answer = organiser.post(f"/p/haren/board/sessions/{session.pk}/make-up/", data)
    assert answer.status_code == 422


def test_the_page_of_a_closure_lists_the_own_sessions(organiser: Client, session: GroupSession) -> None:
    page = organiser.get(f"/p/haren/closures/{session.cancellation.closure_id}/make-up/")
    assert [row.session.pk for row in page.context["rows"]] == [session.pk]
