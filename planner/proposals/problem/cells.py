"""Which (slot, room) an item may have, from which minute, and why not: by the conflict engine's own rules.

A cell is open when the engine finds nothing hard for the item there, beside everything that stays. What items
do to each other (facilitators, people, movements) is the problem's business. Over a term a cell may fail on
few dates: those sessions stay as they are.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from planner.proposals.problem.meetings import Item, Meeting
from planner.proposals.problem.planning_context import PlanningContext
from planner.scheduling.rules import conflicts
from planner.scheduling.rules.snapshot import Snapshot, SnapshotRow
from rooms.domain import availability, suitability
from rooms.domain.availability import LocalSpan
from rooms.domain.facts import ClosureFacts, SlotFacts
from sessions.domain.recurrence import instants

FEW = 5
"""Of so many dates one may fail."""
OTHER_WEEK, OUTSIDE_SPAN, PAST = "other_week", "outside_span", "past"
Day = dt.date


class GridSlot(NamedTuple):
    """A slot of the problem: of one date, or of every week (`day` None)."""

    day: Day | None
    weekday: int
    start: int
    end: int

    @property
    def key(self) -> str:
        return f"{self.day or self.weekday}/{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Cell:
    """From which minute, and which sessions stay as they are because their date cannot."""

    start: int
    skipped: tuple[int, ...] = ()


@dataclass(slots=True)
class SlotAnswer:
    """What is known of an item in a slot before a room is chosen."""

    starts: tuple[tuple[int, frozenset[int]], ...]
    """(minute, sessions that fail then), best first."""
    dates: tuple[tuple[Meeting, Day], ...] = ()
    reason: str = ""
    """Why there is no start at all."""


def grid_of(context: PlanningContext) -> list[GridSlot]:
    """The slots of the span in order of time."""
    found = set()
    for day in context.days:
        for slot in context.rules.slots_on(day):
            on = None if context.brief.is_weekly else day
            found.add(GridSlot(on, day.isoweekday(), slot.start, slot.end))
    return sorted(found, key=lambda slot: (slot.day or Day.min, slot.weekday, slot.start, slot.end))


@dataclass
class Cells:
    """Answers for any item, slot and room; keeps what it was asked."""

    context: PlanningContext
    _reasons: dict[tuple[int, Day, int], str] = field(default_factory=dict)
    _rooms: dict[tuple[int, int], str] = field(default_factory=dict)
    _open: dict[tuple[int, int, int, int], bool] = field(default_factory=dict)

    def in_slot(self, item: Item, slot: GridSlot) -> SlotAnswer:
        """The minutes at which it could start there, as far as the room does not matter."""
        dates, missing = self._dates(item, slot)
        most = self._most_skipped(item)
        if len(missing) > most:
            return SlotAnswer((), reason=Counter(missing.values()).most_common(1)[0][0])
        starts, failures = [], Counter[str]()
        for start in self._candidates(item, slot, dates):
            failed, why = self._fail_at(dates, start)
            failures.update(why)
            skipped = frozenset(missing) | failed
            if len(skipped) <= most:
                starts.append((start, skipped))
        if not starts:
            return SlotAnswer((), dates, failures.most_common(1)[0][0] if failures else "too_long")
        return SlotAnswer(tuple(sorted(starts, key=lambda pair: len(pair[1]))), dates)

    def in_room(self, item: Item, slot: GridSlot, room_id: int, answer: SlotAnswer) -> Cell | str:
        """The cell, or the code of what most often stands in its way."""
        best: Cell | None = None
        failures = Counter[str]()
        most = self._most_skipped(item)
        for start, known in (*answer.starts, *self._after_others(item, slot, room_id, answer)):
            skipped = set(known)
            for meeting, day in answer.dates:
                if meeting.session_id in skipped:
                    continue
                reason = self._room_reason(meeting, day, start, room_id)
                if reason:
                    failures[reason] += 1
                    skipped.add(meeting.session_id)
                    if len(skipped) > most:
                        break
            if len(skipped) <= most and (best is None or len(skipped) < len(best.skipped)):
                best = Cell(start, tuple(sorted(skipped)))
                if not skipped:
                    return best
        return best or (failures.most_common(1)[0][0] if failures else "room_taken")

    def room_never(self, item: Item, room_id: int) -> str:
        """Why the room never suits the item, whatever the time; empty when it may."""
        key = (item.series_id, room_id)
        if key not in self._rooms:
            self._rooms[key] = self._never(item, room_id)
        return self._rooms[key]

    def _never(self, item: Item, room_id: int) -> str:
        rules, series = self.context.rules, self.context.snapshot.series[item.series_id]
        if not rules.rooms[room_id].is_active:
            return "room_out_of_use"
        if suitability.is_too_small(rules, room_id, series.places):
            return "room_too_small"
        if suitability.missing_features(rules, room_id, series.feature_ids):
            return "feature_missing"
        if suitability.units_out_of_reach(rules, room_id, series.unit_ids):
            return "unit_cannot_reach"
        return ""

    def _most_skipped(self, item: Item) -> int:
        return len(item.meetings) // FEW

    def _dates(self, item: Item, slot: GridSlot) -> tuple[tuple[tuple[Meeting, Day], ...], dict[int, str]]:
        """The date of each session in this slot, and why some have none."""
        dates, missing = [], {}
        for meeting in item.meetings:
            day = meeting.on(slot.weekday)
            reason = self._no_date(day, slot)
            if reason:
                missing[meeting.session_id] = reason
            else:
                dates.append((meeting, day))
        return tuple(dates), missing

    def _no_date(self, day: Day, slot: GridSlot) -> str:
        if slot.day is not None and day != slot.day:
            return OTHER_WEEK
        if day < self.context.brief.first or day > self.context.brief.last:
            return OUTSIDE_SPAN
        if not self.context.days or day < self.context.days[0]:
            return PAST
        return "" if self._rule_of(day, slot) else "outside_slot"

    def _rule_of(self, day: Day, slot: GridSlot) -> SlotFacts | None:
        for one in self.context.rules.slots.get(day.isoweekday(), ()):
            if (one.start, one.end) == (slot.start, slot.end) and one.valid_from <= day <= one.valid_to:
                return one
        return None

    def _candidates(
        self, item: Item, slot: GridSlot, dates: tuple[tuple[Meeting, Day], ...]
    ) -> Iterator[int]:
        """As it stands, as usual, the start of the slot, after what the facilitators do there, at the latest."""
        wished = [item.present.start] if item.present and item.present.weekday == slot.weekday else []
        wished += [item.meetings[0].usual[1], slot.start]
        wished += [*sorted(self._ends_of_work(item, dates)), slot.end - item.minutes]
        yield from self._fitting(dict.fromkeys(wished), item, slot)

    def _ends_of_work(self, item: Item, dates: tuple[tuple[Meeting, Day], ...]) -> set[int]:
        ends = set()
        for _meeting, day in dates:
            for worker in item.worker_ids:
                for row in self.context.of_worker.get((day, worker), ()):
                    if row.starts_at is not None and row.ends_at is not None:
                        ends.add(availability.local_span(row.starts_at, row.ends_at).end)
        return ends

    @staticmethod
    def _fitting(starts: dict[int, None], item: Item, slot: GridSlot) -> Iterator[int]:
        return (start for start in starts if slot.start <= start and start + item.minutes <= slot.end)

    def _after_others(
        self, item: Item, slot: GridSlot, room_id: int, answer: SlotAnswer
    ) -> Iterator[tuple[int, frozenset[int]]]:
        """Right after what stays in the room, where the minutes fit."""
        if not any((day, room_id) in self.context.in_room for _m, day in answer.dates):
            return
        known = {start for start, _failed in answer.starts}
        ends = {end for _m, day in answer.dates for _s, end in self.context.in_room.get((day, room_id), ())}
        for start in self._fitting(dict.fromkeys(sorted(ends - known)), item, slot):
            failed, _why = self._fail_at(answer.dates, start)
            missing = {m.session_id for m in item.meetings} - {m.session_id for m, _d in answer.dates}
            if len(failed) + len(missing) <= self._most_skipped(item):
                yield start, failed | missing

    def _fail_at(
        self, dates: tuple[tuple[Meeting, Day], ...], start: int
    ) -> tuple[frozenset[int], Counter[str]]:
        failed, why = set(), Counter[str]()
        for meeting, day in dates:
            reason = self._time_reason(meeting, day, start)
            if reason:
                failed.add(meeting.session_id)
                why[reason] += 1
        return frozenset(failed), why

    def _time_reason(self, meeting: Meeting, day: Day, start: int) -> str:
        """The first hard rule that the time alone breaks, beside what stays; kept."""
        key = (meeting.session_id, day, start)
        if key not in self._reasons:
            self._reasons[key] = self._ask_engine(meeting, day, start)
        return self._reasons[key]

    def _ask_engine(self, meeting: Meeting, day: Day, start: int) -> str:
        context = self.context
        starts_at, ends_at = instants(day, dt.time(start // 60, start % 60), meeting.minutes)
        if starts_at <= context.now:
            return PAST
        row = SnapshotRow(meeting.session_id, meeting.series_id, None, starts_at, ends_at, meeting.worker_ids)
        people = context.people.get((meeting.session_id, day), frozenset())
        near = {one.session_id: one for one in self._near(meeting, day, people)}
        part = Snapshot(
            rows={**near, meeting.session_id: row},
            series=context.snapshot.series,
            workers=context.snapshot.workers,
            people={
                **{pk: context.snapshot.people.get(pk, frozenset()) for pk in near},
                meeting.session_id: people,
            },
            people_units={meeting.session_id: self._people_units(meeting, day)},
            separations=context.snapshot.separations if people else frozenset(),
        )
        for found in conflicts.find(part, context.rules):
            if found.session_id == meeting.session_id and found.is_hard:
                return found.code
        return ""

    def _near(self, meeting: Meeting, day: Day, people: frozenset[int]) -> Iterator[SnapshotRow]:
        """What stays on that date and shares a facilitator or a person, or has somebody to be kept away from."""
        for worker in meeting.worker_ids:
            yield from self.context.of_worker.get((day, worker), ())
        for person in people:
            yield from self.context.of_person.get((day, person), ())
            for partner in self.context.partners.get(person, ()):
                yield from self.context.of_person.get((day, partner), ())

    def _people_units(self, meeting: Meeting, day: Day) -> frozenset[int]:
        return self.context.units.get((meeting.session_id, day), frozenset())

    def _room_reason(self, meeting: Meeting, day: Day, start: int, room_id: int) -> str:
        """The first hard rule that the room breaks at that time; the time itself is well."""
        context, end = self.context, start + meeting.minutes
        if any(begins < end and start < ends for begins, ends in context.in_room.get((day, room_id), ())):
            return "room_taken"
        if not self._is_open(day, start, end, room_id):
            return "room_closed_hours"
        own = context.snapshot.series[meeting.series_id].unit_ids
        units = own | self._people_units(meeting, day)
        if len(units) > len(own) and suitability.units_out_of_reach(context.rules, room_id, units):
            return "unit_cannot_reach"
        return "closed" if self._is_closed(meeting, day, start, room_id, units) else ""

    def _is_open(self, day: Day, start: int, end: int, room_id: int) -> bool:
        key = (room_id, day.isoweekday(), start, end)
        if key not in self._open:
            self._open[key] = availability.is_room_open(
                self.context.rules, room_id, LocalSpan(day, start, end)
            )
        return self._open[key]

    def is_announced(
        self, item: Item, dates: tuple[tuple[Meeting, Day], ...], start: int, room_id: int | None = None
    ) -> bool:
        """Whether half of these dates or more lie in a closure about which nobody has decided yet."""
        announced = self.context.announced
        hit = sum(
            any(not one.is_confirmed for one in self._closures_at(meeting, day, start, room_id))
            for meeting, day in dates
            if day in announced
        )
        return hit > 0 and 2 * hit >= len(dates)

    def _closures_at(self, meeting: Meeting, day: Day, start: int, room_id: int | None) -> list[ClosureFacts]:
        starts_at, ends_at = instants(day, dt.time(start // 60, start % 60), meeting.minutes)
        units = self.context.snapshot.series[meeting.series_id].unit_ids | self._people_units(meeting, day)
        return availability.closures_hitting(
            self.context.rules,
            self.context.announced[day],
            room_id=room_id,
            unit_ids=units,
            starts_at=starts_at,
            ends_at=ends_at,
        )

    def _is_closed(self, meeting: Meeting, day: Day, start: int, room_id: int, units: frozenset[int]) -> bool:
        closures = self.context.closures.get(day)
        if not closures:
            return False
        starts_at, ends_at = instants(day, dt.time(start // 60, start % 60), meeting.minutes)
        hits = availability.closures_hitting(
            self.context.rules,
            closures,
            room_id=room_id,
            unit_ids=units,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        return bool(hits)
