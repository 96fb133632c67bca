"""Where can it go on one day, by the minute? For a timeline: which starts are free in a room, which ends.

The same engine as a placement. What it says changes only where the start or the end of the session passes an
edge of something: a slot, an hour of a room or unit, another session. It is asked once between two edges.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from core.dates.clock import now, today
from planner.scheduling.choices.candidates import Kind, Seeker, length_minutes, seeker_of
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.known_conflicts import OF_PEOPLE
from rooms.domain.availability import local_span
from rooms.domain.facts import MINUTES_OF_DAY, RoomFacts
from rooms.domain.facts import minutes as minutes_of
from sessions.models import GroupSession

STEP = 5
Edge = Literal["start", "end"]


@dataclass(frozen=True)
class Stretch:
    """From `first` up to, not including, `until` (minutes of the day) the answer is the same."""

    first: int
    until: int
    conflicts: tuple[Conflict, ...]

    @property
    def hard(self) -> tuple[Conflict, ...]:
        return tuple(conflict for conflict in self.conflicts if conflict.is_hard)

    @property
    def kind(self) -> str:
        if self.hard:
            return "refused"
        return "soft" if any(conflict.is_asked_about for conflict in self.conflicts) else "free"


def starts(
    session: GroupSession,
    day: dt.date,
    *,
    minutes: int | None = None,
    at: dt.datetime | None = None,
    of_people: bool = True,
) -> dict[int, list[Stretch]]:
    """For each room in use: when it could start there with its present length. Nothing for a day that is over."""
    minutes = minutes or length_minutes(session)
    if day < today(at or now()) or minutes >= MINUTES_OF_DAY:
        return {}
    seeker = seeker_of(session, [day], minutes, day, of_people=of_people)
    last = MINUTES_OF_DAY - minutes
    by_time: dict[Kind, list[Stretch]] = {}
    found = {}
    for room in seeker.rules.rooms.values():
        if not room.is_active:
            continue
        if (kind := seeker.kind(room)) not in by_time:
            cuts = _cuts(_points_of_the_time(seeker, day), last, minutes)
            by_time[kind] = _stretches(cuts, last + STEP, partial(_of_the_time, seeker, day, room))
        cuts = _cuts(_points_of_the_room(seeker, day, room), last, minutes)
        of_the_room = _stretches(cuts, last + STEP, partial(_of_the_room, seeker, day, room))
        found[room.room_id] = _joined(_both(of_the_room, by_time[kind]))
    return found


def _of_the_time(seeker: Seeker, day: dt.date, room: RoomFacts, start: int) -> tuple[Conflict, ...]:
    return seeker.of_the_time(day, start, room)


def _of_the_room(seeker: Seeker, day: dt.date, room: RoomFacts, start: int) -> tuple[Conflict, ...]:
    return seeker.of_the_room(day, seeker.row(day, start, room.room_id))


def _both(ones: list[Stretch], others: list[Stretch]) -> Iterator[Stretch]:
    """Two answers about the same minutes as one; both begin and end at the same minute."""
    one, other = 0, 0
    first = ones[0].first
    while one < len(ones) and other < len(others):
        until = min(ones[one].until, others[other].until)
        yield Stretch(first, until, ones[one].conflicts + others[other].conflicts)
        first = until
        one, other = one + (ones[one].until == until), other + (others[other].until == until)


def edges(
    session: GroupSession, edge: Edge, *, at: dt.datetime | None = None, of_people: bool = True
) -> list[Stretch]:
    """Where its start or its end could lie, while the other stays. Nothing without a room and a time ahead."""
    if session.room_id is None or session.starts_at is None or session.ends_at is None:
        return []
    day, start, end = local_span(session.starts_at, session.ends_at)
    if day < today(at or now()) or end > MINUTES_OF_DAY:
        return []
    seeker = seeker_of(session, [day], end - start, day, of_people=of_people)
    room = seeker.rules.rooms[session.room_id]

    def answer(minute: int) -> tuple[Conflict, ...]:
        begin, seeker.minutes = (minute, end - minute) if edge == "start" else (start, minute - start)
        row = seeker.row(day, begin, room.room_id)
        return seeker.of_the_room(day, row) + seeker.of_the_time(day, begin, room)

    points = _points_of_the_time(seeker, day) | _points_of_the_room(seeker, day, room)
    if edge == "start":
        return _joined(_stretches(_cuts(points, end - STEP, 0), end, answer))
    cuts = [cut for cut in _cuts(points, MINUTES_OF_DAY, 0) if cut > start]
    first = start // STEP * STEP + STEP
    return _joined(_stretches(sorted({first, *cuts}), MINUTES_OF_DAY + STEP, answer))


def _stretches(cuts: list[int], until: int, answer: Callable[[int], tuple[Conflict, ...]]) -> list[Stretch]:
    """From each cut to the next one."""
    return [Stretch(cut, end, answer(cut)) for cut, end in zip(cuts, [*cuts[1:], until], strict=True)]


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Neighbours with the same answer as one."""
    joined: list[Stretch] = []
    for stretch in stretches:
        if joined and _said(joined[-1]) == _said(stretch):
            joined[-1] = Stretch(joined[-1].first, stretch.until, joined[-1].conflicts)
        else:
            joined.append(stretch)
    return joined


def _said(stretch: Stretch) -> set[str]:
    """What is told apart: which rules, with whom; not the minutes that stand in a fact, nor where people are."""
    untold = ("start", "end", "minutes")
    return {
        f"{c.code} {[f for f in c.facts if c.code not in OF_PEOPLE and f[0] not in untold]}"
        for c in stretch.conflicts
    }


def _cuts(points: Iterable[int], last: int, minutes: int) -> list[int]:
    """Each minute of the grid at which the start passes a point, or the end that lies `minutes` later does.

    Every rule is half-open: an end may touch a start. So at a point the start is past it, the end is not yet.
    """
    cuts = {0}
    for point in points:
        cuts.add(-(-point // STEP) * STEP)
        cuts.add((point - minutes) // STEP * STEP + STEP)
    return sorted(cut for cut in cuts if 0 <= cut <= last)


def _points_of_the_time(seeker: Seeker, day: dt.date) -> set[int]:
    """Every minute of that date at which something begins or ends that holds in whichever room."""
    rules, weekday = seeker.rules, day.isoweekday()
    points = {0, MINUTES_OF_DAY}
    for slot in rules.slots_on(day):
        points |= {slot.start, slot.end}
    for unit in rules.units.values():
        points |= {edge for hours in unit.hours.get(weekday, ()) for edge in (hours.start, hours.end)}
    for row in seeker.by_day.get(day, ()):
        if row.starts_at and row.ends_at:
            points |= set(_minutes_on(day, row.starts_at, row.ends_at))
    for worker_id in seeker.workers:
        facts = seeker.snapshot.workers.get(worker_id)
        for span in (*facts.absences, *facts.elsewhere) if facts else ():
            points |= set(_minutes_on(day, *span))
        for _weekday, starts_at, ends_at in facts.wishes if facts else ():
            points |= {minutes_of(starts_at), minutes_of(ends_at)}
    return _within(points)


def _points_of_the_room(seeker: Seeker, day: dt.date, room: RoomFacts) -> set[int]:
    """Every minute of that date at which the room opens or closes, or somebody comes or goes."""
    rules = seeker.rules
    points = {0, MINUTES_OF_DAY}
    points |= {edge for span in (room.hours or {}).get(day.isoweekday(), ()) for edge in span}
    for closure in rules.closures:
        points |= set(_minutes_on(day, closure.starts_at, closure.ends_at))
    for row in seeker.by_day.get(day, ()):
        if row.room_id == room.room_id and row.starts_at and row.ends_at:
            start, end = _minutes_on(day, row.starts_at, row.ends_at)
            points |= {start, end, start - rules.turnaround_minutes, end + rules.turnaround_minutes}
    return _within(points)


def _within(points: set[int]) -> set[int]:
    return {point for point in points if 0 <= point <= MINUTES_OF_DAY}


def _minutes_on(day: dt.date, starts_at: dt.datetime, ends_at: dt.datetime) -> tuple[int, int]:
    """Both ends as minutes of that date; before midnight is negative."""
    span = local_span(starts_at, ends_at)
    shift = (span.day - day).days * MINUTES_OF_DAY
    return span.start + shift, span.end + shift
