"""When nothing is free for a session: the nearest ways out, and what would have to move.

Other rooms and other slots of the same week are what "Where can it go?" has tried already. Here come a
shorter session, another week, and the cells that only other sessions stand in, own ones first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from core.dates import clock
from core.dates.clock import today
from core.dates.weeks import Week
from planner.scheduling.choices.candidates import Choice, choices
from planner.scheduling.rules.known_conflicts import OF_PEOPLE
from sessions.models import GroupSession

SHORTEST = 0.75
"""Of its length: shorter than that it is another activity."""
STEP_MINUTES = 5
WEEKS_AHEAD = 3

Ask = Callable[..., list[Choice]]

MOVABLE = frozenset({"room_taken", "worker_taken", "person_in_two_places"})
"""Codes that go when the other session does; no move of others helps against the rest. Of people only where the other
one is of the same service: else it would tell where they are.
"""


@dataclass(frozen=True)
class InTheWay:
    """A cell that would be free if these sessions stood elsewhere."""

    choice: Choice
    sessions: tuple[GroupSession, ...]
    is_own: bool
    """All of them belong to the service that asks."""


@dataclass(frozen=True)
class Alternatives:
    """The nearest first in each; empty where there is none."""

    shorter: tuple[Choice, ...] = ()
    minutes: int = 0
    """The length at which `shorter` holds: the longest that fits."""
    other_weeks: tuple[Choice, ...] = ()
    in_the_way: tuple[InTheWay, ...] = ()


def alternatives(
    session: GroupSession,
    week: Week,
    found: Sequence[Choice],
    *,
    most: int = 3,
    at: dt.datetime | None = None,
    of_people: bool = True,
) -> Alternatives:
    """`found` is what `choices` answered for that week, `of_people` as it was asked. Looks at more weeks and
    lengths, writes nothing.
    """
    at = at or clock.now()
    ask = partial(choices, session, at=at, of_people=of_people)
    minutes, shorter = _shorter(session, week, ask)
    return Alternatives(
        shorter=tuple(shorter[:most]),
        minutes=minutes,
        other_weeks=tuple(_other_weeks(week, most, ask, today(at))),
        in_the_way=tuple(_in_the_way(session, found))[:most],
    )


def free_of(found: Iterable[Choice]) -> list[Choice]:
    """Those to which it could move, best first."""
    return [choice for choice in found if choice.is_free and not choice.is_present]


def _length(session: GroupSession) -> int:
    if session.starts_at and session.ends_at:
        return int((session.ends_at - session.starts_at).total_seconds() // 60)
    return session.series.duration_minutes


def _shorter(session: GroupSession, week: Week, ask: Ask) -> tuple[int, list[Choice]]:
    """The longest length from 75 % up at which something is free, and those places; halves its steps."""
    length = _length(session)
    least = -int(-length * SHORTEST // STEP_MINUTES) * STEP_MINUTES
    best: tuple[int, list[Choice]] = (0, [])
    low, high = 0, max(0, (length - 1 - least) // STEP_MINUTES)
    while low <= high:
        # The shortest first: when even that does not fit, nothing longer does.
        middle = (low + high + 1) // 2 if best[0] else low
        minutes = least + middle * STEP_MINUTES
        free = free_of(ask(week, minutes=minutes)) if minutes < length else []
        if free:
            best, low = (minutes, free), middle + 1
        elif not best[0]:
            break
        else:
            high = middle - 1
    return best


def _other_weeks(week: Week, most: int, ask: Ask, on: dt.date) -> Iterator[Choice]:
    """One of each time, the week after first, then the week before, as long as it lies ahead."""
    this_week = Week.from_date(on)
    near = [week + 1, week + -1, *(week + number for number in range(2, WEEKS_AHEAD + 1))]
    count = 0
    for other in near:
        if other < this_week:
            continue
        times: dict[dt.datetime, Choice] = {}
        for choice in free_of(ask(other)):
            times.setdefault(choice.starts_at, choice)
        for choice in list(times.values())[: most - count]:
            count += 1
            yield choice
        if count >= most:
            return


def _in_the_way(session: GroupSession, found: Sequence[Choice]) -> list[InTheWay]:
    """Cells against which nothing else speaks: own sessions first, few before many, then the best cell."""
    blockers = {choice: others for choice in found if (others := _others(session.pk, choice))}
    sessions = (
        GroupSession.objects.in_prison(session.prison_id)
        .filter(pk__in=set().union(*blockers.values()))
        .select_related("series__activity__organisation", "room")
        .in_bulk()
    )
    owner = session.series.activity.organisation_id
    own = {pk for pk, one in sessions.items() if one.series.activity.organisation_id == owner}
    rows: dict[frozenset[int], InTheWay] = {}
    for choice, others in blockers.items():
        standing = tuple(sessions[pk] for pk in sorted(others) if pk in sessions)
        is_own = others <= own
        if standing and _sharing_people(choice) <= own | {session.pk}:
            rows.setdefault(others, InTheWay(choice, standing, is_own))
    return sorted(rows.values(), key=lambda row: (not row.is_own, len(row.sessions), row.choice.rank))


def _sharing_people(choice: Choice) -> set[int]:
    """The sessions in which somebody of this group, or who must not meet it, would be at that time."""
    return {one.session_id for one in choice.hard if one.code in OF_PEOPLE}


def _others(session_id: int, choice: Choice) -> frozenset[int]:
    """The sessions that stand there, if they are all that stands against it."""
    if not choice.hard or any(conflict.code not in MOVABLE for conflict in choice.hard):
        return frozenset()
    ids = {conflict.session_id for conflict in choice.hard}
    ids |= {dict(conflict.facts).get("other", session_id) for conflict in choice.hard}
    return frozenset(ids - {session_id})
