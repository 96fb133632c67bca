"""A closure that is announced is a point to watch: shown, last in every order, priced by the planner."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from core.dates.weeks import Week
from planner.optimiser.problem import Problem as SolverProblem
from planner.optimiser.problem import ProblemRoom as SolverRoom
from planner.optimiser.problem import Session, Slot, Weights
from planner.optimiser.solve import solve
from planner.scheduling.choices import candidates
from planner.scheduling.rules.open_conflicts import open_conflicts
from prisons.models import Prison
from rooms.domain.availability import minutes_taken
from rooms.models import Closure
from sessions.models import GroupSession
from tests.factories import (
    at,
    make_closure,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    signed_in,
)

STRIKE = dt.date(2090, 11, 22)  # a Wednesday
WEEK = Week.from_date(STRIKE)
NOW = at("2090-11-19 08:00")


@pytest.fixture
def session(haren: Prison, service) -> GroupSession:
    """In a room on Monday; every other day of the week is free, and Wednesday may be lost."""
    room = make_room(haren, capacity=8)
    for weekday in (1, 2, 3):
        make_slot(haren, weekday, "08:30", "11:00")
    make_closure(haren, at(f"{STRIKE} 00:00"), at(f"{STRIKE} 22:00"), state="announced")
    return make_session(make_series(haren, organisation=service), "2090-11-20 09:00", room=room)


def codes_on(session: GroupSession, day: dt.date) -> list[str]:
    return [
        c.code for one in candidates.choices(session, WEEK, at=NOW) if one.day == day for c in one.conflicts
    ]


def test_it_is_a_point_to_watch_of_its_own_and_comes_last(session: GroupSession, haren: Prison) -> None:
    found = candidates.choices(session, WEEK, at=NOW)
    assert codes_on(session, STRIKE) == ["announced"]
    assert all(one.is_free for one in found)
    assert found[-1].day == STRIKE and sum(one.is_announced for one in found) == 1


def test_confirmed_it_forbids(session: GroupSession, haren: Prison) -> None:
    Closure.objects.update(state="confirmed")
    Prison.objects.update(rules_version=77)
    session.refresh_from_db()
    assert codes_on(GroupSession.objects.get(pk=session.pk), STRIKE) == ["closed"]


def test_one_unit_confirmed_and_the_other_announced_is_announced(haren: Prison, service) -> None:
    one, other = make_unit(haren), make_unit(haren)
    start, end = at(f"{STRIKE} 00:00"), at(f"{STRIKE} 22:00")
    make_closure(haren, start, end, unit=one, state="confirmed")
    make_closure(haren, start, end, unit=other, state="announced")
    series = make_series(haren, organisation=service, units=[one, other])
    make_session(series, f"{STRIKE} 09:00", room=make_room(haren))
    found = {c.conflict.code for c in open_conflicts(haren, STRIKE, STRIKE, with_soft=True)}
    assert "announced" in found and "closed" not in found


def test_a_drag_shows_it_and_a_drop_asks(session: GroupSession, haren: Prison, organiser_anna) -> None:
    client = signed_in(organiser_anna)
    cells = client.get(
        reverse("planner:session_cells", args=["haren", session.pk]), {"week": str(WEEK)}
    ).json()
    [strike] = [cell for key, cell in cells.items() if f"{STRIKE:%Y%m%d}" in key]
    assert strike["kind"] == "soft" and "announced" in strike["why"]


def test_a_drop_on_it_says_so_and_is_done_once_that_was_accepted(
    session: GroupSession, organiser_anna
) -> None:
    client, room, before = signed_in(organiser_anna), session.room_id, session.starts_at
    slot = session.prison.time_slots.get(weekday=STRIKE.isoweekday())
    url = reverse("planner:session_drop", args=["haren", session.pk])
    data = {"room": room, "day": f"{STRIKE}", "slot": slot.pk, "version": session.version}
    asked = client.post(url, data)
    assert asked.status_code == 409 and "announced" in asked.content.decode()
    session.refresh_from_db()
    assert session.starts_at == before
    assert client.post(url, data | {"accept_soft": "1"}).status_code in (200, 302)
    session.refresh_from_db()
    assert session.starts_at.date() == STRIKE


def test_the_planner_pays_for_it(session: GroupSession) -> None:
    slots = (Slot("wed", 0, 0), Slot("thu", 1, 0))
    one = Session("a", preferred=frozenset({0}), avoided=frozenset({0}))
    problem = SolverProblem(slots, (SolverRoom("r", 8, frozenset({0, 1})),), (one,), weights=Weights())
    solution = solve(problem)
    assert solution.plan[0] is not None and solution.plan[0].slot == 1
    assert "avoided" not in solution.score.by_rule


@pytest.mark.parametrize(
    ("starts", "ends", "day", "taken"),
    [
        ("2026-11-23 22:30", "2026-11-24 00:30", "2026-11-23", [(1350, 1470)]),
        ("2026-11-23 22:30", "2026-11-24 00:30", "2026-11-24", [(0, 30)]),
        ("2026-11-23 22:30", "2026-11-24 00:30", "2026-11-25", []),
        ("2026-11-23 09:00", "2026-11-23 10:30", "2026-11-23", [(540, 630)]),
        ("2026-11-23 22:00", "2026-11-24 00:00", "2026-11-24", []),
    ],
)
def test_the_minutes_that_a_session_takes_of_a_day(starts: str, ends: str, day: str, taken) -> None:
    assert list(minutes_taken(dt.date.fromisoformat(day), [(at(starts), at(ends))])) == taken
