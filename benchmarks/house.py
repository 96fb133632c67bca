"""A large invented house to measure on: rooms, slots, sessions and enrolments in bulk, in a database of its own."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from dataclasses import dataclass
from typing import Any

MONDAY = dt.date(2050, 1, 10)
HOURS = (("08:30", "11:00"), ("13:30", "16:00"), ("18:00", "20:00"))


def open_database() -> None:
    """A fresh SQLite database in a temporary folder; Django is set up on it."""
    folder = tempfile.mkdtemp(prefix="planner-bench-")
    os.environ.update(
        DATA_DIR=folder, PLANNER_TESTING="yes", DATABASE_URL="", DEMO="", DEBUG="", ALLOWED_HOSTS="testserver"
    )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


@dataclass
class House:
    prison: Any
    organiser: Any
    rooms: list[Any]
    sessions: list[Any]


def build(slug: str, *, rooms: int, sessions: int, enrollments: int = 0, placed: bool = True) -> House:
    """`sessions` of one hour in one week, one series each, spread over rooms and slots; `enrollments` places."""
    from prisons.models import Prison
    from tests import factories as make

    prison = make.make_prison(slug, separates_populations=False)
    service = make.make_organisation(prison)
    organiser = make.make_user(f"Organiser {slug}")
    make.make_membership(organiser, prison, "organiser", service)
    for weekday in range(1, 8):
        for starts, ends in HOURS:
            make.make_slot(prison, weekday, starts, ends)
    all_rooms = [make.make_room(prison, capacity=30) for _number in range(rooms)]
    rows = _sessions(prison, service, all_rooms, sessions, placed)
    _enroll(prison, [row.series for row in rows], enrollments)
    return House(Prison.objects.get(pk=prison.pk), organiser, all_rooms, rows)


def _sessions(prison: Any, service: Any, rooms: list[Any], count: int, placed: bool) -> list[Any]:
    from sessions.models import GroupSession, Series, SessionWorker, Worker, WorkerAccess
    from tests import factories as make

    activity = make.make_activity(service)
    common = {
        "prison": prison,
        "activity": activity,
        "places": 12,
        "starts_on": MONDAY,
        "start_time": dt.time(9),
    }
    series = Series.objects.bulk_create([Series(list_code=f"B{n}", **common) for n in range(count)])
    workers = Worker.objects.bulk_create(
        [Worker(name=f"Worker {n}") for n in range(max(count // 4, len(rooms)))]
    )
    until = dt.date(2060, 1, 1)
    WorkerAccess.objects.bulk_create(
        [WorkerAccess(worker=worker, prison=prison, permitted_until=until) for worker in workers]
    )
    cells = [(day, slot, room) for day in range(7) for slot in range(3) for room in range(len(rooms))]
    made = []
    for number, one in enumerate(series):
        day, slot, room = cells[number % len(cells)]
        start = make.at(f"{MONDAY + dt.timedelta(days=day)} {HOURS[slot][0]}") + dt.timedelta(
            minutes=65 * (number // len(cells))
        )
        times = (
            {"starts_at": start, "ends_at": start + dt.timedelta(minutes=60), "room": rooms[room]}
            if placed
            else {}
        )
        made.append(GroupSession(prison=prison, series=one, week_on=MONDAY, changed_at=start, **times))
    made = GroupSession.objects.bulk_create(made, batch_size=500)
    SessionWorker.objects.bulk_create(
        [SessionWorker(session=row, worker=workers[n % len(rooms)]) for n, row in enumerate(made)],
        batch_size=500,
    )
    return made


def _enroll(prison: Any, series: list[Any], count: int) -> None:
    from enrollment.models import Enrollment, Participant, Stay
    from tests import factories as make

    if not count:
        return
    unit, now = make.make_unit(prison), make.at("2049-12-01 12:00")
    people = Participant.objects.bulk_create(
        [Participant(last_name=f"Person {n}") for n in range(count // 4)]
    )
    Stay.objects.bulk_create(
        [Stay(participant=p, prison=prison, unit=unit, starts_on=dt.date(2020, 1, 1)) for p in people],
        batch_size=500,
    )
    per_series = count // len(series)
    Enrollment.objects.bulk_create(
        [
            Enrollment(
                series=one,
                participant=people[(number * per_series + place) % len(people)],
                state=Enrollment.State.PLACED,
                requested_at=now,
                placed_from=dt.date(2020, 1, 1),
            )
            for number, one in enumerate(series)
            for place in range(per_series)
        ],
        batch_size=500,
    )
