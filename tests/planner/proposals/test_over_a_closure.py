"""A real proposal goes around a closure that is announced, of the whole prison or of a single room."""

from __future__ import annotations

import datetime as dt

import pytest

from core.dates import clock
from planner.models import Proposal
from planner.proposals import running, starting
from planner.proposals.starting import PlanningWish
from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import at, make_closure, make_room, make_series, make_session, make_slot, make_unit
from tests.planner.proposals.worlds import MONDAY, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TUESDAY = MONDAY + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def rooms(haren: Prison) -> list[Room]:
    for weekday in (1, 2):
        make_slot(haren, weekday, "08:30", "11:00")
    return [make_room(haren, name=name, capacity=10) for name in ("A", "B")]


def proposed(prison: Prison, by: User, session: GroupSession) -> tuple[dt.date, int]:
    wish = PlanningWish(first=MONDAY, last=MONDAY + dt.timedelta(days=6), seconds=1)
    proposal = starting.start_proposal(prison, wish, by=by, now=NOW)
    assert proposal.job_id is not None
    running.run(proposal.job_id)
    line = Proposal.objects.get(pk=proposal.pk).lines.get()
    assert line.sessions[0][0] == session.pk
    return MONDAY + dt.timedelta(days=line.weekday - 1), line.room_id


def in_the_tray(prison: Prison, service: Organisation, room: Room, day: dt.date) -> GroupSession:
    """Its pattern would place it in that room on that day."""
    series = make_series(
        prison, organisation=service, starts_on=day, start_time=dt.time(9), default_room=room, places=8
    )
    return make_session(series, None, week_on=MONDAY)


@pytest.mark.parametrize("day", [MONDAY, TUESDAY])
def test_it_goes_to_the_other_day(
    haren: Prison, service: Organisation, organiser_anna: User, rooms: list[Room], day: dt.date
) -> None:
    session = in_the_tray(haren, service, rooms[0], day)
    assert proposed(haren, organiser_anna, session)[0] == day
    Proposal.objects.all().delete()
    make_closure(haren, at(f"{day} 00:00"), at(f"{day} 22:00"), state="announced")
    assert proposed(haren, organiser_anna, session)[0] != day


@pytest.mark.parametrize("number", [0, 1])
def test_it_goes_to_the_other_room(
    haren: Prison, service: Organisation, organiser_anna: User, rooms: list[Room], number: int
) -> None:
    session = in_the_tray(haren, service, rooms[number], MONDAY)
    assert proposed(haren, organiser_anna, session)[1] == rooms[number].pk
    Proposal.objects.all().delete()
    make_closure(haren, at(f"{MONDAY} 00:00"), at(f"{TUESDAY} 22:00"), room=rooms[number], state="announced")
    assert proposed(haren, organiser_anna, session)[1] == rooms[1 - number].pk


@pytest.mark.parametrize("closed", [MONDAY, TUESDAY])
def test_the_slots_of_a_room_are_priced_one_by_one(
    haren: Prison, service: Organisation, organiser_anna: User, rooms: list[Room], closed: dt.date
) -> None:
    """With the other room taken, a room that may close on one of its two days is used on the other."""
    other = TUESDAY if closed == MONDAY else MONDAY
    rooms[1].delete()
    session = in_the_tray(haren, service, rooms[0], closed)
    assert proposed(haren, organiser_anna, session) == (closed, rooms[0].pk)
    Proposal.objects.all().delete()
    make_closure(haren, at(f"{closed} 00:00"), at(f"{closed} 22:00"), room=rooms[0], state="announced")
    assert proposed(haren, organiser_anna, session) == (other, rooms[0].pk)


def test_a_room_inside_a_unit_that_may_be_closed_is_one_too(
    haren: Prison, service: Organisation, organiser_anna: User, rooms: list[Room]
) -> None:
    unit = make_unit(haren)
    Room.objects.filter(pk=rooms[0].pk).update(inside_unit=unit)
    session = in_the_tray(haren, service, rooms[0], MONDAY)
    make_closure(haren, at(f"{MONDAY} 00:00"), at(f"{TUESDAY} 22:00"), unit=unit, state="announced")
    assert proposed(haren, organiser_anna, session)[1] == rooms[1].pk
