"""Rooms in which nothing stands in the way at a minute: found for all rooms at once, not cell by cell.

Where most of a house moves, nearly every cell is of this kind. All others are asked one by one (cells.py).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from planner.proposals.problem.meetings import Meeting
from planner.proposals.problem.planning_context import PlanningContext
from rooms.domain import availability, suitability
from rooms.domain.availability import LocalSpan
from sessions.domain.recurrence import instants

Day = dt.date
NONE: frozenset[int] = frozenset()


@dataclass
class EasyRooms:
    """Keeps what it was asked; a room that is missing in an answer may still be well."""

    context: PlanningContext
    _free: dict[tuple[Day, int, int], frozenset[int]] = field(default_factory=dict)
    _reached: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)
    _taken: dict[Day, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for day, room_id in self.context.in_room:
            self._taken[day].add(room_id)

    def of(self, dates: tuple[tuple[Meeting, Day], ...], start: int) -> frozenset[int]:
        """Rooms that are free, open and within reach on all these dates from this minute."""
        found = frozenset(self.context.rules.rooms)
        for meeting, day in dates:
            found &= self._free_at(day, start, meeting.minutes)
            own = self.context.snapshot.series[meeting.series_id].unit_ids
            units = own | self.context.units.get((meeting.session_id, day), NONE)
            if len(units) > len(own):
                found &= self._reached_by(units)
            if not found:
                break
        return found

    def _free_at(self, day: Day, start: int, minutes: int) -> frozenset[int]:
        key = (day, start, minutes)
        if key not in self._free:
            rules, span = self.context.rules, LocalSpan(day, start, start + minutes)
            out = self._taken.get(day, NONE) | self._closed(day, start, minutes)
            self._free[key] = frozenset(
                pk for pk in rules.rooms if pk not in out and availability.is_room_open(rules, pk, span)
            )
        return self._free[key]

    def _closed(self, day: Day, start: int, minutes: int) -> set[int]:
        """The rooms of closures at that time; all of them where a closure asks who comes."""
        starts_at, ends_at = instants(day, dt.time(start // 60, start % 60), minutes)
        near = [
            one
            for one in self.context.closures.get(day, ())
            if one.starts_at < ends_at and starts_at < one.ends_at
        ]
        if any(one.room_id is None for one in near):
            return set(self.context.rules.rooms)
        return {one.room_id for one in near if one.room_id is not None}

    def _reached_by(self, units: frozenset[int]) -> frozenset[int]:
        if units not in self._reached:
            rules = self.context.rules
            self._reached[units] = frozenset(
                pk for pk in rules.rooms if not suitability.units_out_of_reach(rules, pk, units)
            )
        return self._reached[units]
