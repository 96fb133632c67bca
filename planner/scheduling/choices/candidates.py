"""Where can it go? Every (room, slot) of a week for one session: free, with points to watch, or refused.

Asks the same engine as a placement does, in two passes: what depends on the time only is asked once per slot,
what depends on the room once per room and slot, against that room's own day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.dates.clock import BRUSSELS, now, today
from core.dates.weeks import Week
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.snapshot import Snapshot, SnapshotRow
from rooms.domain import availability
from rooms.domain.facts import RoomFacts, Rules, SlotFacts, rules_of
from sessions.domain.recurrence import instants
from sessions.models import GroupSession

OF_THE_ROOM = frozenset(
    {
        "room_taken",
        "room_too_small",
        "feature_missing",
        "room_changed",
        "room_out_of_use",
        "room_closed_hours",
        "unit_cannot_reach",
        "turnaround",
    }
)
"""Codes that only the second pass may report; closures and `movement_capacity` belong to both."""
OF_BOTH = frozenset({"closed", "announced"})

Kind = tuple[bool, frozenset[int]]
"""Inside a living unit or not, and which units can reach it."""


@dataclass(frozen=True)
class Choice:
    """One cell for one session, with the time it would get there."""

    room_id: int
    day: dt.date
    slot_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    conflicts: tuple[Conflict, ...]
    is_present: bool = False
    fill: int = 0
    """Seats of the room that would stay empty: a small group leaves the large room to others."""

    @property
    def hard(self) -> tuple[Conflict, ...]:
        return tuple(conflict for conflict in self.conflicts if conflict.is_hard)

    @property
    def to_ask(self) -> tuple[Conflict, ...]:
        """Points to watch that a placement there asks about."""
        return tuple(conflict for conflict in self.conflicts if conflict.is_asked_about)

    @property
    def is_free(self) -> bool:
        return not self.hard

    @property
    def is_announced(self) -> bool:
        """It would lie in a closure that is announced: free today, perhaps not on the day."""
        return any(conflict.code == "announced" for conflict in self.conflicts)

    @property
    def rank(self) -> tuple[bool, bool, int, int, dt.datetime, int]:
        """Best first: allowed, no closure announced, few points to watch, the tightest room, the earliest."""
        return (
            not self.is_free,
            self.is_announced,
            len(self.to_ask),
            self.fill,
            self.starts_at,
            self.room_id,
        )


def choices(
    session: GroupSession,
    week: Week,
    *,
    at: dt.datetime | None = None,
    minutes: int | None = None,
    of_people: bool = True,
) -> list[Choice]:
    """Every cell of the week that lies ahead, best first. A fixed number of queries, nothing is written.

    `minutes` asks as if the session lasted so long; without `of_people` it looks away from who takes part, as
    another service must.
    """
    day_of_now = today(at or now())
    days = [day for day in week.days if day >= day_of_now]
    seeker = seeker_of(session, days, minutes or length_minutes(session), day_of_now, of_people=of_people)
    return sorted(seeker.all(days), key=lambda choice: choice.rank)


def seeker_of(
    session: GroupSession, days: list[dt.date], minutes: int, otherwise: dt.date, *, of_people: bool = True
) -> Seeker:
    """The session, with everything else that stands on these days. A fixed number of queries."""
    workers = tuple(session.session_workers.values_list("worker_id", flat=True))
    loaded = snapshot.load(
        session.prison,
        days,
        extra_workers=workers,
        expected={session.pk: (session.series_id, _expected_on(session, days, otherwise))},
    )
    # What was allowed once holds for its present place only, so it helps nowhere else.
    without = loaded.with_rows([], gone=[session.pk], waivers={session.pk: frozenset()})
    rules = rules_of(session.prison)
    standing = frozenset(c.key for c in conflicts.find(loaded, rules) if not c.is_waived)
    if not of_people:
        without = replace(without, people={}, separations=frozenset())
    return Seeker(session, workers, without, rules, minutes, standing)


class Seeker:
    """One session looking for a place."""

    def __init__(
        self,
        session: GroupSession,
        workers: tuple[int, ...],
        loaded: Snapshot,
        rules: Rules,
        minutes: int,
        standing: frozenset[Any],
    ) -> None:
        """`loaded` is without the session; `standing` are keys of what is in conflict now, and so not added."""
        self.session, self.workers, self.snapshot, self.rules = session, workers, loaded, rules
        self.series = loaded.series[session.series_id]
        self.minutes, self.standing = minutes, standing
        self._known: dict[Any, frozenset[Any]] = {}
        self.by_day: dict[dt.date, list[SnapshotRow]] = defaultdict(list)
        for row in loaded.rows.values():
            if row.starts_at is not None:
                self.by_day[today(row.starts_at)].append(row)

    def all(self, days: Iterable[dt.date]) -> Iterator[Choice]:
        for day in days:
            for slot in self.rules.slots_on(day):
                yield from self._in_slot(day, slot)

    def _in_slot(self, day: dt.date, slot: SlotFacts) -> Iterator[Choice]:
        known: dict[tuple[int, Kind], tuple[Conflict, ...]] = {}
        for room in self.rules.rooms.values():
            if not room.is_active:
                continue
            start = self._start(day, slot, room)
            key = start, self.kind(room)
            if key not in known:
                known[key] = self.of_the_time(day, start, room)
            yield self._choice(day, slot, start, room, known[key])

    def kind(self, room: RoomFacts) -> Kind:
        """Rooms of one kind cost the same movements: what `of_the_time` says holds for all of them."""
        reach = frozenset() if self.series.unit_ids else room.reachable_from
        return room.inside_unit_id is not None, reach

    def _start(self, day: dt.date, slot: SlotFacts, room: RoomFacts) -> int:
        return start_in_slot(self.session, day, slot, sorted(self._busy(day, room.room_id)), self.minutes)

    def _busy(self, day: dt.date, room_id: int) -> Iterator[tuple[int, int]]:
        near = [*self.by_day.get(day - dt.timedelta(days=1), ()), *self.by_day.get(day, ())]
        beside = ((row.starts_at, row.ends_at) for row in near if row.room_id == room_id)
        return availability.minutes_taken(day, beside)

    def row(self, day: dt.date, start: int, room_id: int) -> SnapshotRow:
        starts_at, ends_at = instants(day, dt.time(start // 60, start % 60), self.minutes)
        return SnapshotRow(self.session.pk, self.session.series_id, room_id, starts_at, ends_at, self.workers)

    def _added(
        self, key: Any, rows: Iterable[SnapshotRow], row: SnapshotRow, *, with_people: bool
    ) -> list[Conflict]:
        """What the row would add to these; what they have without it is found once for each `key`."""
        near = replace(
            self.snapshot,
            rows={one.session_id: one for one in rows},
            people=self.snapshot.people if with_people else {},
            separations=self.snapshot.separations if with_people else frozenset(),
        )
        if key not in self._known:
            without = conflicts.find(near, self.rules)
            self._known[key] = self.standing | {c.key for c in without if not c.is_waived}
        known = self._known[key]
        found = conflicts.find(near.with_rows([row]), self.rules)
        return [conflict for conflict in found if not conflict.is_waived and conflict.key not in known]

    def of_the_time(self, day: dt.date, start: int, room: RoomFacts) -> tuple[Conflict, ...]:
        """Facilitators, people, units, the day itself, movements: against everything of that day."""
        row = self.row(day, start, room.room_id)
        found = self._added(day, self.by_day.get(day, ()), row, with_people=True)
        return tuple(c for c in found if c.code not in OF_THE_ROOM | OF_BOTH)

    def of_the_room(self, day: dt.date, row: SnapshotRow) -> tuple[Conflict, ...]:
        """The room itself and who else is in it: against everything in that room on that day."""
        beside = [one for one in self.by_day.get(day, ()) if one.room_id == row.room_id]
        found = self._added((day, row.room_id), beside, row._replace(worker_ids=()), with_people=False)
        return tuple(c for c in found if c.code in OF_THE_ROOM | OF_BOTH)

    def _choice(
        self, day: dt.date, slot: SlotFacts, start: int, room: RoomFacts, of_the_time: tuple[Conflict, ...]
    ) -> Choice:
        row = self.row(day, start, room.room_id)
        of_the_room = self.of_the_room(day, row)
        is_present = (self.session.room_id, self.session.starts_at) == (room.room_id, row.starts_at)
        return Choice(
            room.room_id,
            day,
            slot.slot_id,
            row.starts_at or now(),
            row.ends_at or now(),
            of_the_room + of_the_time,
            is_present,
            max(0, room.capacity - self.series.places),
        )


def _expected_on(session: GroupSession, days: list[dt.date], otherwise: dt.date) -> dt.date:
    """The date whose group counts: the present one, else the first of the week."""
    return today(session.starts_at) if session.starts_at else next(iter(days), otherwise)


def length_minutes(session: GroupSession) -> int:
    """How long it lasts: as it is placed, else as the series says."""
    if session.starts_at and session.ends_at:
        return int((session.ends_at - session.starts_at).total_seconds() // 60)
    return session.series.duration_minutes


def start_in_slot(
    session: GroupSession, day: dt.date, slot: SlotFacts, busy: list[tuple[int, int]], minutes: int
) -> int:
    """When it would start there, in minutes of the day: what is shown while dragging and what a drop does.

    The present time, else the usual one, else the first at which the room is free long enough; else the start
    of the slot, for the refusal. `busy` are spans of the room on that day.
    """
    usual = session.series.start_time.hour * 60 + session.series.start_time.minute
    for start in (*_present_start(session, day), usual, slot.start, *sorted(end for _begin, end in busy)):
        fits = slot.start <= start and start + minutes <= slot.end
        if fits and not any(begin < start + minutes and start < end for begin, end in busy):
            return start
    return slot.start


def _present_start(session: GroupSession, day: dt.date) -> Iterator[int]:
    if session.starts_at is not None:
        local = session.starts_at.astimezone(BRUSSELS)
        if local.date() == day:
            yield local.hour * 60 + local.minute
