"""Today's and tomorrow's lists, from the facts as they stand.

A fixed number of queries, whatever the day holds.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core.dates import clock
from core.dates.clock import BRUSSELS, midnight
from core.words import names
from enrollment.domain.attendance.sheet_codes import code_of
from enrollment.domain.group_facts import CHUNK
from enrollment.domain.lists.day import Day, DayMeeting, Person, Visitor, place_of
from enrollment.domain.taking_part import occupancy
from enrollment.models import FamilyVisit, Stay
from prisons.access import Access
from prisons.models import Organisation, Prison, Role
from rooms.models import Closure, Holiday, TimeSlot
from sessions.models import GroupSession, Material, Series, SessionWorker, Worker, WorkerAccess

_State = GroupSession.State


@dataclass(frozen=True)
class _Outside:
    """What comes in from outside: people by session, material by series, families by session and person."""

    visitors: dict[int, list[Visitor]]
    material: dict[int, list[tuple[str, int]]]
    families: dict[int, dict[int, tuple[int, int]]]

    def family_of(self, session_id: int, coming: Iterable[Person]) -> tuple[int, int]:
        """Adults and children announced for those who come: whoever stays away gets no visit."""
        announced = self.families.get(session_id, {})
        found = [announced.get(person.id, (0, 0)) for person in coming]
        return sum(adults for adults, _children in found), sum(children for _adults, children in found)


def day_lists(prison: Prison, on: dt.date, *, now: dt.datetime | None = None) -> Day:
    """The day as it is known now.

    Published sessions only, and those that were published and then cancelled.
    """
    sessions = list(_sessions(prison, on))
    taking_place = [session.pk for session in sessions if session.state == _State.PUBLISHED]
    there = occupancy(prison, taking_place, with_awaiting=False)
    people = people_on(prison, on, frozenset().union(*there.values()))
    brought = _in_walk_order(there, people)
    closed, units = _closed_units(prison, on), _units(sessions)
    outside = _Outside(_visitors(prison, on), _material(sessions, on), _families(sessions))
    return Day(
        prison=prison.slug,
        name_nl=prison.name_nl,
        name_fr=prison.name_fr,
        unit_nl=prison.unit_label_nl,
        unit_fr=prison.unit_label_fr,
        number_nl=prison.number_label_nl,
        number_fr=prison.number_label_fr,
        on=on,
        made_at=(now or clock.now()).replace(microsecond=0),
        cells_as_of=prison.roster_as_of,
        slots=_slots(prison, on),
        meetings=tuple(
            _meeting(session, brought.get(session.pk, ()), units[session.series_id], closed, outside)
            for session in sessions
        ),
    )


def next_day(prison: Prison, *, now: dt.datetime | None = None) -> dt.date:
    """The day whose lists are handed over next.

    The first after today with sessions or on which people work.
    """
    return next_days(prison, 1, now=now)[0]


def next_days(prison: Prison, number: int, *, now: dt.datetime | None = None) -> list[dt.date]:
    """The first days after today with sessions or on which people work."""
    today = clock.today(now)
    days = [today + dt.timedelta(days=ahead) for ahead in range(1, 15 + number)]
    off = set(
        Holiday.objects.in_prison(prison).filter(on__range=(days[0], days[-1])).values_list("on", flat=True)
    )
    window = (midnight(days[0]), midnight(days[-1] + dt.timedelta(days=1)))
    starts: Any = GroupSession.objects.in_prison(prison).published().filter(starts_at__range=window)
    busy = {at.astimezone(BRUSSELS).date() for at in starts.values_list("starts_at", flat=True).order_by()}
    found = [day for day in days if day in busy or (day.isoweekday() <= 5 and day not in off)]
    return (found or days)[:number]


def _sessions(prison: Prison, on: dt.date) -> Iterable[GroupSession]:
    shown = Q(state=_State.PUBLISHED) | Q(state=_State.CANCELLED, cancellation__was_state=_State.PUBLISHED)
    window = (midnight(on), midnight(on + dt.timedelta(days=1)))
    rows = GroupSession.objects.in_prison(prison).filter(
        shown, starts_at__gte=window[0], starts_at__lt=window[1]
    )
    return rows.select_related("series__activity", "room__inside_unit").order_by(
        "starts_at", "room__name", "pk"
    )


def _units(sessions: list[GroupSession]) -> dict[int, list[str]]:
    """Series -> the units that it is for."""
    found: dict[int, list[str]] = defaultdict(list)
    links = Series.units.through.objects.filter(series__in={session.series_id for session in sessions})
    for series, code in links.values_list("series_id", "unit__code"):
        found[series].append(code)
    return found


def _meeting(
    session: GroupSession,
    there: Collection[Person],
    units: Collection[str],
    closed: dict[str, list[Closure]],
    outside: _Outside,
) -> DayMeeting:
    series, room = session.series, session.room
    starts_at, ends_at = session.starts_at, session.ends_at
    if starts_at is None or ends_at is None:
        raise ValueError("a session on a list has a time")
    shut = {unit for unit, rows in closed.items() if any(_meet(row, starts_at, ends_at) for row in rows)}
    coming = [person for person in there if person.unit not in shut]
    return DayMeeting(
        id=session.pk,
        organisation_id=series.activity.organisation_id,
        code=code_of(session.pk),
        name=series.neutral_name,
        room=room.name_on_paper if room else "",
        inside_unit=room.inside_unit.code if room and room.inside_unit else "",
        starts_at=starts_at,
        ends_at=ends_at,
        is_cancelled=session.state == _State.CANCELLED,
        is_drop_in=series.is_drop_in,
        places=series.places,
        units=tuple(sorted(code for code in units if code not in shut)),
        people=tuple(coming),
        visitors=tuple(outside.visitors.get(session.pk, ())),
        material=tuple(outside.material.get(series.pk, ())),
        family=outside.family_of(session.pk, coming),
    )


def _meet(closure: Closure, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    return closure.starts_at < ends_at and closure.ends_at > starts_at


def people_on(prison: Prison, on: dt.date, ids: Collection[int]) -> dict[int, Person]:
    """Name, number, unit and cell of each as of that day; on the day of a move, where the person goes."""
    stays = Stay.objects.in_prison(prison).open_on(on)
    if len(ids) <= CHUNK:
        stays = stays.filter(participant_id__in=list(ids))
    rows = stays.order_by("starts_on", "pk").values_list(
        "participant_id",
        "participant__last_name",
        "participant__first_name",
        "register_number",
        "unit__code",
        "cell",
    )
    found = {}
    for number, last_name, first_name, register_number, unit, cell in rows:
        if number in ids:
            names.saw(number)
            found[number] = Person(number, last_name, first_name, register_number, unit or "", cell)
    return found


def _in_walk_order(there: dict[int, frozenset[int]], people: dict[int, Person]) -> dict[int, list[Person]]:
    """Session -> those who come, as one meets them on a walk through the house."""
    walk = sorted(people, key=lambda number: place_of(people[number]))
    steps = {number: step for step, number in enumerate(walk)}
    return {
        session: [people[number] for number in sorted(ids & steps.keys(), key=steps.__getitem__)]
        for session, ids in there.items()
    }


def _closed_units(prison: Prison, on: dt.date) -> dict[str, list[Closure]]:
    """Unit -> its confirmed closures of the day: whoever lives there is not brought."""
    closed: dict[str, list[Closure]] = defaultdict(list)
    rows = Closure.objects.in_prison(prison).confirmed().filter(unit__isnull=False)
    for row in rows.touching(midnight(on), midnight(on + dt.timedelta(days=1))).select_related("unit"):
        if row.unit:
            closed[row.unit.code].append(row)
    return closed


def _visitors(prison: Prison, on: dt.date) -> dict[int, list[Visitor]]:
    """Session -> who comes in for it, with the permission for this prison."""
    rows = SessionWorker.objects.filter(
        session__prison=prison,
        live=True,
        starts_at__gte=midnight(on),
        starts_at__lt=midnight(on + dt.timedelta(days=1)),
    )
    accesses = {row.worker_id: row for row in WorkerAccess.objects.in_prison(prison)}
    found: dict[int, list[Visitor]] = defaultdict(list)
    come = list(rows.select_related("worker").order_by("part", "worker__name"))
    services = _services_of({row.worker_id for row in come})
    for row in come:
        access = accesses.get(row.worker_id)
        found[row.session_id].append(
            Visitor(
                name=row.worker.name,
                organisation=", ".join(services[row.worker_id]),
                part=row.part,
                needs_permission=access.needs_permission if access else True,
                permitted_until=access.permitted_until if access else None,
            )
        )
    return found


def _services_of(workers: Collection[int]) -> dict[int, list[str]]:
    """Facilitator -> what the services are called for whom the facilitator works."""
    found: dict[int, list[str]] = defaultdict(list)
    links = Worker.organisations.through.objects.filter(worker__in=workers)
    for worker, name in links.order_by("organisation__short_name").values_list(
        "worker_id", "organisation__short_name"
    ):
        found[worker].append(name)
    return found


def _material(sessions: list[GroupSession], on: dt.date) -> dict[int, list[tuple[str, int]]]:
    """Series -> what the prison lets in on that day."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    granted = Q(granted_until__isnull=True) | Q(granted_until__gte=on)
    rows: Any = Material.objects.filter(
        granted, series__in={session.series_id for session in sessions}, state=Material.State.GRANTED
    )
    for row in rows:
        found[row.series_id].append((row.name, row.count))
    return found


def _families(sessions: list[GroupSession]) -> dict[int, dict[int, tuple[int, int]]]:
    """Session -> person -> adults and children announced."""
    found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for row in FamilyVisit.objects.filter(session__in=[session.pk for session in sessions]):
        found[row.session_id][row.participant_id] = row.adults, row.children
    return found


def _slots(prison: Prison, on: dt.date) -> tuple[tuple[dt.time, dt.time], ...]:
    rows = TimeSlot.objects.in_prison(prison).valid_between(on, on).filter(weekday=on.isoweekday())
    return tuple(sorted(rows.values_list("starts", "ends")))


def sees_whole_day(access: Access) -> bool:
    """The prison's people, who hand the lists to the posts."""
    return Role.LIAISON in access.roles


def scoped(day: Day, access: Access) -> Day:
    """The prison's people see the whole day, a service its own sessions, a coordinator the authority's."""
    if sees_whole_day(access):
        return day
    of_authority = Organisation.objects.filter(authority__in=access.authorities).values_list("pk", flat=True)
    return day.of_organisations({*access.organisation_ids, *(of_authority if access.authorities else ())})


def titles(prison: Prison, day: Day) -> dict[int, str]:
    """Session -> what its group is really called: for screens of services, never for the prison."""
    rows = GroupSession.objects.in_prison(prison).filter(pk__in=[meeting.id for meeting in day.meetings])
    return {row.pk: str(row.series) for row in rows.select_related("series__activity")}
