"""When nothing is free: shorter, another week, or what would have to move."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.dates.weeks import Week
from planner.scheduling.choices.alternatives import Alternatives, alternatives, free_of
from planner.scheduling.choices.candidates import choices
from prisons.models import Prison, User
from rooms.models import Room
from sessions.models import GroupSession, Series
from tests.factories import at, make_room, make_series, make_session, make_slot, signed_in

NOW = at("2026-11-22 12:00")
WEEK = Week.parse("2026-W48")
MONDAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def room(haren: Prison) -> Room:
    """One room, one slot of two and a half hours a week."""
    make_slot(haren, 1, "08:30", "11:00")
    return make_room(haren, name="Class A")


@pytest.fixture
def series(haren: Prison, service: Any, room: Room) -> Series:
    return make_series(haren, organisation=service, default_room=room)


@pytest.fixture
def seeker(series: Series) -> GroupSession:
    """Ninety minutes, in the tray of that week."""
    return make_session(series, starts_at=None)


def found_for(session: GroupSession) -> Alternatives:
    session = GroupSession.objects.select_related("series__activity__organisation", "prison").get(
        pk=session.pk
    )
    found = choices(session, WEEK, at=NOW)
    assert not free_of(found)
    return alternatives(session, WEEK, found, at=NOW)


def test_the_longest_that_fits_down_to_three_quarters(
    seeker: GroupSession, series: Series, room: Room
) -> None:
    make_session(series, "2026-11-23 09:55", minutes=65, room=room)  # 85 minutes stay free before it
    assert found_for(seeker).minutes == 85
    assert [choice.starts_at for choice in found_for(seeker).shorter] == [at("2026-11-23 08:30")]


@pytest.mark.parametrize(("taken_from", "minutes"), [("09:40", 70), ("09:39", 0)])
def test_not_shorter_than_three_quarters(
    seeker: GroupSession, series: Series, room: Room, taken_from: str, minutes: int
) -> None:
    """67.5 minutes are three quarters; in steps of five that is 70."""
    starts = at(f"2026-11-23 {taken_from}")
    rest = int((at("2026-11-23 11:00") - starts).total_seconds() // 60)
    make_session(series, starts, minutes=rest, room=room)
    assert found_for(seeker).minutes == minutes


def test_the_weeks_around_nearest_first(seeker: GroupSession, series: Series, room: Room) -> None:
    make_session(series, "2026-11-23 08:30", minutes=150, room=room)
    make_session(series, "2026-12-07 08:30", minutes=150, room=room)
    days = [choice.day for choice in found_for(seeker).other_weeks]
    assert days == [dt.date(2026, 11, 30), dt.date(2026, 12, 14)]  # never back before today


def test_what_would_have_to_move_own_sessions_first(
    haren: Prison, seeker: GroupSession, series: Series, room: Room, other_service: Any
) -> None:
    other_room = make_room(haren, name="Class B", capacity=12)
    make_room(haren, name="Closet", capacity=2)  # too small: moving others would not help
    theirs = make_session(
        make_series(haren, organisation=other_service), "2026-11-23 08:30", minutes=150, room=other_room
    )
    own = make_session(series, "2026-11-23 08:30", minutes=150, room=room)

    ways = found_for(seeker).in_the_way

    assert [(way.sessions, way.is_own) for way in ways] == [((own,), True), ((theirs,), False)]


def test_the_panel_says_all_that(
    seeker: GroupSession, series: Series, room: Room, organiser_anna: User
) -> None:
    own = make_session(series, "2026-11-23 09:55", minutes=65, room=room)
    browser = signed_in(organiser_anna)
    url = f"/p/haren/board/sessions/{seeker.pk}"

    page = browser.get(f"{url}/places/?week=2026-W48").content.decode()
    assert "when it lasts 85 min." in page and "In another week" in page
    assert f"/p/haren/board/sessions/{own.pk}/places/" in page

    data = {"room": room.pk, "day": "2026-11-23", "start": "08:30", "minutes": 85, "version": seeker.version}
    assert browser.post(f"{url}/move/", data).status_code == 302
    seeker.refresh_from_db()
    assert seeker.ends_at == at("2026-11-23 09:55")


def test_a_session_that_finds_a_place_is_offered_no_detour(
    seeker: GroupSession, organiser_anna: User
) -> None:
    page = signed_in(organiser_anna).get(f"/p/haren/board/sessions/{seeker.pk}/places/?week=2026-W48")
    assert page.context["nearest"] == {} and page.context["free"]
