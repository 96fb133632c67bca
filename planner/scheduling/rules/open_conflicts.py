"""Open conflicts: hard rules that something on the plan breaks, with cause and owner, until they are solved.

Nothing is stored: a conflict is open exactly as long as the engine finds it. So the list is always true.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from core.dates.clock import today
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.known_conflicts import OF_PEOPLE, told
from prisons import gate
from prisons.access import Access, Right
from prisons.models import Prison
from rooms.domain.facts import rules_of
from rooms.models import Room
from sessions.models import GroupSession, Series

DAYS_AHEAD = 42
"""Six weeks: what lies further is the work of planning, not yet a worry of today."""


@dataclass(frozen=True)
class OpenConflict:
    conflict: Conflict
    session: GroupSession


def open_conflicts(
    prison: Prison, first: dt.date, last: dt.date, *, with_soft: bool = False, with_drafts: bool = True
) -> list[OpenConflict]:
    """Every standing conflict of the dates first..last, in order of time; waived ones do not stand."""
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    loaded = snapshot.load(prison, days)
    found = [
        conflict
        for conflict in conflicts.find(
            loaded if with_drafts else snapshot.published(loaded), rules_of(prison)
        )
        if conflict.is_hard or (with_soft and not conflict.is_waived)
    ]
    sessions = _sessions(prison, {conflict.session_id for conflict in found})
    rows = [OpenConflict(c, sessions[c.session_id]) for c in found if c.session_id in sessions]
    within = _within(rows, first, last)
    return sorted(within, key=lambda row: (row.session.starts_at, row.session.pk))


def _sessions(prison: Prison, pks: set[int]) -> dict[int, GroupSession]:
    """With their series and rooms, each of which is read once; what somebody takes away meanwhile is left out."""
    sessions = GroupSession.objects.in_prison(prison).filter(pk__in=pks).in_bulk()
    wanted = {session.series_id for session in sessions.values()}
    rows = Series.objects.in_prison(prison).filter(pk__in=wanted)
    series = rows.select_related("activity__organisation").in_bulk()
    rooms = Room.objects.in_prison(prison).in_bulk(
        {session.room_id for session in sessions.values()} - {None}
    )
    there = {pk: one for pk, one in sessions.items() if one.series_id in series}
    for session in there.values():
        session.series = series[session.series_id]
        session.room = rooms.get(session.room_id) if session.room_id else None
    return there


def open_for(access: Access, first: dt.date, last: dt.date, *, with_soft: bool = False) -> list[OpenConflict]:
    """As far as they are this reader's to know."""
    with_drafts = gate.may_ask(access, gate.Fact.DRAFT)
    rows = open_conflicts(access.prison, first, last, with_soft=with_soft, with_drafts=with_drafts)
    sessions = {row.session.pk: row.session for row in rows}
    known = told(access, (row.conflict for row in rows))
    return [OpenConflict(conflict, sessions[conflict.session_id]) for conflict in known]


def _within(rows: Iterable[OpenConflict], first: dt.date, last: dt.date) -> list[OpenConflict]:
    return [row for row in rows if row.session.starts_at and first <= today(row.session.starts_at) <= last]


def ahead(prison: Prison, *, now: dt.datetime | None = None) -> tuple[dt.date, dt.date]:
    """The dates that first pages and the rail look at: today and six weeks."""
    first = today(now)
    return first, first + dt.timedelta(days=DAYS_AHEAD)


class HardConflict(NamedTuple):
    """One row of the list of open conflicts, as plain values that can be kept."""

    session_id: int
    code: str
    organisation_id: int
    authority: str


def hard_count(access: Access) -> int:
    """How many rows the list of open conflicts has now; kept until the plan or a rule changes."""
    return len(hard_ones(access))


def to_solve(access: Access) -> int:
    """How many of them are the reader's to solve; whoever solves none is told how many stand open."""
    ones = hard_ones(access)
    if not access.has(Right.PLACE):
        return len(ones)
    return sum(_is_own(one, access) for one in ones)


def hard_ones(access: Access, *, now: dt.datetime | None = None) -> tuple[HardConflict, ...]:
    """The rows of that very list, kept as long."""
    prison, with_drafts = access.prison, gate.may_ask(access, gate.Fact.DRAFT)
    ones = _hard_ones(prison.pk, prison.plan_version, prison.rules_version, today(now), with_drafts)
    of_people = dict.fromkeys(one for one in ones if one.code in OF_PEOPLE and _is_told(one, access))
    return (*(one for one in ones if one.code not in OF_PEOPLE), *of_people)


def _is_told(one: HardConflict, access: Access) -> bool:
    return gate.knows_places(access) or _is_own(one, access)


def _is_own(one: HardConflict, access: Access) -> bool:
    return one.organisation_id in access.organisation_ids or one.authority in access.authorities


@lru_cache(maxsize=128)
def _hard_ones(
    prison_id: int, plan_version: int, rules_version: int, day: dt.date, with_drafts: bool
) -> tuple[HardConflict, ...]:
    prison = Prison.objects.get(pk=prison_id)
    last = day + dt.timedelta(days=DAYS_AHEAD)
    return tuple(
        HardConflict(row.session.pk, row.conflict.code, owner.pk, owner.authority)
        for row in open_conflicts(prison, day, last, with_drafts=with_drafts)
        for owner in (row.session.series.activity.organisation,)
    )
