"""Small prisons drawn by a seed, with everything that a rule can ask."""

from __future__ import annotations

import datetime as dt
import random

from planner.models import Proposal
from planner.proposals.problem.planning_request import PlanningRequest
from prisons.models import Organisation, Prison
from sessions.models import GroupSession
from tests.factories import (
    at,
    make_absence,
    make_closure,
    make_enrollment,
    make_feature,
    make_participant,
    make_room,
    make_room_hours,
    make_separation,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_unit_hours,
    make_worker,
)

NOW = at("2026-11-22 12:00")
MONDAY = dt.date(2026, 11, 23)


def draw(prison: Prison, service: Organisation, seed: int, *, weeks: int = 1) -> list[GroupSession]:
    """Some fixed (published) sessions, some in the tray; returns those in the tray."""
    dice = random.Random(seed)
    for weekday in (1, 2, 3):
        movements = dice.choice([None, 2, 3])
        people = dice.choice([None, 20])
        make_slot(prison, weekday, "08:30", "11:00", max_movements=movements, max_people=people)
        make_slot(prison, weekday, "13:30", "16:00")
    units = [make_unit(prison) for _ in range(3)]
    make_unit_hours(units[0], 2, "09:00", "10:00")
    make_unit_hours(units[1], 3, "13:00", "17:00")
    feature = make_feature()
    rooms = [
        make_room(prison, capacity=8, features=[feature]),
        make_room(prison, capacity=12, reachable_from=units[:2]),
        make_room(prison, capacity=20, inside_unit=units[2]),
        make_room(prison, capacity=20, is_active=dice.random() < 0.8),
    ]
    make_room_hours(rooms[0], 1, "08:00", "12:00")
    make_room_hours(rooms[0], 2, "08:00", "17:00")
    workers = [make_worker(prison) for _ in range(2)]
    make_absence(workers[0], "2026-11-23 08:00", "2026-11-23 12:00")
    make_closure(prison, at("2026-11-24 13:00"), at("2026-11-24 18:00"), room=rooms[3])
    make_closure(prison, at("2026-11-25 08:00"), at("2026-11-25 09:30"), unit=units[2])
    people = [make_participant(prison, unit=dice.choice(units)) for _ in range(4)]
    make_separation(prison, people[0], people[1])
    tray = []
    for number in range(7):
        series = make_series(
            prison,
            organisation=service,
            places=dice.choice([4, 6, 10]),
            units=dice.sample(units, dice.randint(0, 2)),
            needs_features=[feature] if dice.random() < 0.3 else [],
            default_room=dice.choice([None, *rooms]),
            weeks=weeks,
        )
        for person in dice.sample(people, dice.randint(0, 2)):
            make_enrollment(series, person)
        who = dice.sample(workers, dice.randint(0, 1))
        minutes = dice.choice([60, 75, 90, 150])
        series.duration_minutes = minutes
        series.save(update_fields=["duration_minutes"])
        for week in range(weeks):
            monday = MONDAY + dt.timedelta(days=7 * week)
            if number < 2:
                begin = at(f"{monday} {['09:00', '13:30'][number]}")
                make_session(
                    series, begin, minutes=minutes, room=rooms[1 + number], workers=who, state="published"
                )
            else:
                tray.append(make_session(series, None, week_on=monday, workers=who))
    return tray


def brief_for(prison: Prison, *, weeks: int = 1, **changes: object) -> PlanningRequest:
    fields = {
        "prison": prison,
        "first": MONDAY,
        "last": MONDAY + dt.timedelta(days=7 * weeks - 1),
        "is_weekly": weeks > 2,
        "scope": Proposal.Scope.TRAY,
    } | changes
    return PlanningRequest(**fields)  # type: ignore[arg-type]
