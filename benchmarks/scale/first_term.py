"""The first term of the set: the demo's first prison, made as busy as a large one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from benchmarks.scale.copying import TERM
from benchmarks.scale.groups import add_groups
from benchmarks.scale.records import add_closures, add_records
from core.dates import clock
from core.dates.clock import BRUSSELS
from core.dates.weeks import Week
from enrollment.models import Participant, Stay
from prisons.models import Building, Organisation, Prison, Unit
from rooms.domain.facts import bump_rules
from rooms.models import Room
from sessions.models import (
    Activity,
    GroupSession,
    Series,
    SeriesWorker,
    SessionWorker,
    Term,
    Worker,
    WorkerAccess,
)

HOURS = ((8, 45), (13, 45), (18, 15))


@dataclass(frozen=True)
class Size:
    """Of a set. `series` is a term's, each with a date a week: so many sessions a week."""

    prisons: int
    terms: int
    series: int
    people: int


def thicken(prison: Prison, size: Size) -> None:
    """Rooms, facilitators, people and series beside those of the demo, until it is as busy as `size` says."""
    now = clock.now()
    term = Term.objects.in_prison(prison).order_by("starts_on")[0]
    slots = [(day, hour) for hour in HOURS for day in range(1, 7)]
    rooms = _rooms(prison, -(-size.series // len(slots)))
    people = _people(prison, size.people, now)
    workers = _workers(prison, len(rooms), now)
    series = _series(prison, term, size.series, slots, rooms)
    sessions = _sessions(prison, term, series, slots, rooms, workers, now)
    add_groups(prison, series, people, slots, sessions, now)
    add_closures(prison, rooms, now)
    add_records(prison, sessions, now)
    bump_rules(prison)


def _rooms(prison: Prison, number: int) -> list[Room]:
    building = Building.objects.filter(prison=prison).order_by("pk")[0]
    return Room.objects.bulk_create(
        Room(prison=prison, building=building, name=f"Zaal {each + 1}", capacity=16) for each in range(number)
    )


NAMES = (
    "Peeters Janssens Maes Jacobs Mertens Willems Claes Goossens Wouters Dubois Lambert Dupont Martin Haddad"
)
FIRST = "Jan Piet Luc Marc Ahmed Youssef Karim David Thomas Bilal Ion Andrei Pavel Jean Michel Paul Driss Samir Tom"


def _people(prison: Prison, number: int, now: dt.datetime) -> list[Participant]:
    units = list(Unit.objects.filter(prison=prison, is_active=True).order_by("pk"))
    last, first = NAMES.split(), FIRST.split()
    people = Participant.objects.bulk_create(
        Participant(
            last_name=f"{last[each % len(last)]}-{last[each // len(last) % len(last)]}",
            first_name=first[each // 7 % len(first)],
            language="fr" if each % 3 else "nl",
        )
        for each in range(number)
    )
    Stay.objects.bulk_create(
        Stay(
            participant=person,
            prison=prison,
            unit=units[each % len(units)],
            cell=f"{each % 90 + 100}",
            register_number=f"{200_000 + each}",
            starts_on=clock.today(now) - dt.timedelta(days=30 + each % 50),
        )
        for each, person in enumerate(people)
    )
    return people


def _workers(prison: Prison, number: int, now: dt.datetime) -> list[Worker]:
    services = list(Organisation.objects.filter(prisons=prison).order_by("pk"))
    workers = Worker.objects.bulk_create(
        Worker(name=f"Lesgever {each + 1}", languages=["nl", "fr"]) for each in range(number)
    )
    until = clock.today(now) + dt.timedelta(days=400)
    WorkerAccess.objects.bulk_create(
        WorkerAccess(prison=prison, worker=worker, permitted_until=until) for worker in workers
    )
    link = Worker.organisations.through
    link.objects.bulk_create(
        link(worker_id=worker.pk, organisation_id=services[each % len(services)].pk)
        for each, worker in enumerate(workers)
    )
    return workers


def _series(
    prison: Prison, term: Term, number: int, slots: list[tuple[int, Any]], rooms: list[Room]
) -> list[Series]:
    activities = list(Activity.objects.filter(organisation__prisons=prison).order_by("pk").distinct())
    return Series.objects.bulk_create(
        Series(
            prison=prison,
            term=term,
            activity=activities[each % len(activities)],
            label=f"Z{each + 1}",
            list_code=f"Z{each + 1}",
            places=12,
            starts_on=term.starts_on + dt.timedelta(days=slots[each % len(slots)][0] - 1),
            start_time=dt.time(*slots[each % len(slots)][1]),
            duration_minutes=90,
            weeks=TERM // 7,
            default_room=rooms[each // len(slots)],
        )
        for each in range(number)
    )


def _sessions(
    prison: Prison,
    term: Term,
    series: list[Series],
    slots: list[tuple[int, Any]],
    rooms: list[Room],
    workers: list[Worker],
    now: dt.datetime,
) -> list[GroupSession]:
    made = []
    for each, row in enumerate(series):
        for week in range(TERM // 7):
            on = row.starts_on + dt.timedelta(weeks=week)
            starts_at = dt.datetime.combine(on, row.start_time, BRUSSELS).astimezone(dt.UTC)
            is_draft = starts_at > now + dt.timedelta(days=35)
            made.append(
                GroupSession(
                    prison=prison,
                    series=row,
                    week_on=Week.from_date(on).monday,
                    pattern_on=on,
                    starts_at=starts_at,
                    ends_at=starts_at + dt.timedelta(minutes=90),
                    room=rooms[each // len(slots)],
                    state="draft" if is_draft else "published",
                    published_at=None if is_draft else now - dt.timedelta(days=40),
                    changed_at=now - dt.timedelta(days=40),
                )
            )
    sessions = GroupSession.objects.bulk_create(made, batch_size=2000)
    weeks = TERM // 7
    SeriesWorker.objects.bulk_create(
        SeriesWorker(series=row, worker=workers[each // len(slots)]) for each, row in enumerate(series)
    )
    SessionWorker.objects.bulk_create(
        (
            SessionWorker(
                session=session,
                worker=workers[each // weeks // len(slots)],
                starts_at=session.starts_at,
                ends_at=session.ends_at,
            )
            for each, session in enumerate(sessions)
        ),
        batch_size=2000,
    )
    return sessions
