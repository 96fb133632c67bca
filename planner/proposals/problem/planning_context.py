"""The context on which a proposal is made: rules, what stays where it is, who would be where on which date.

Loaded once, in a fixed number of queries for each weekday; everything after it is plain values.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from core.dates.clock import midnight, today
from enrollment.domain.participants.separations import partners_of
from enrollment.domain.participants.whereabouts import units_of_people
from enrollment.domain.taking_part import people_there
from planner.proposals.problem import meetings as meeting_rows
from planner.proposals.problem.meetings import Item, Meeting
from planner.proposals.problem.planning_request import PlanningRequest
from planner.proposals.problem.suppositions import suppose
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.snapshot import Snapshot, SnapshotRow, WorkerFacts
from rooms.domain import availability
from rooms.domain.facts import ClosureFacts, Rules, rules_of
from sessions.domain.movements import Brought, Load, loads

Day = dt.date


@dataclass
class PlanningContext:
    brief: PlanningRequest
    now: dt.datetime
    rules: Rules
    days: tuple[Day, ...]
    snapshot: Snapshot
    items: list[Item] = field(default_factory=list)
    held: int = 0
    """Sessions in the scope that stay: outside every slot, or there by a waiver."""
    people: dict[tuple[int, Day], frozenset[int]] = field(default_factory=dict)
    units: dict[tuple[int, Day], frozenset[int]] = field(default_factory=dict)
    of_worker: dict[tuple[Day, int], list[SnapshotRow]] = field(default_factory=lambda: defaultdict(list))
    of_person: dict[tuple[Day, int], list[SnapshotRow]] = field(default_factory=lambda: defaultdict(list))
    in_room: dict[tuple[Day, int], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """Spans of the room, in minutes of the day, that stay taken."""
    loads: Mapping[tuple[Day, int], Load] = field(default_factory=dict)
    closures: dict[Day, list[ClosureFacts]] = field(default_factory=dict)
    announced: dict[Day, list[ClosureFacts]] = field(default_factory=dict)
    """Beside `closures`, which are certain or taken as certain: those about which nobody has decided."""
    partners: dict[int, set[int]] = field(default_factory=dict)


def load(brief: PlanningRequest, now: dt.datetime) -> PlanningContext:
    """Read all facts of the span. Days that are over are not asked."""
    first = max(brief.first, today(now))
    days = tuple(first + dt.timedelta(days=n) for n in range((brief.last - first).days + 1))
    rules = suppose(rules_of(brief.prison), brief)
    rows = meeting_rows.load(brief, days, now)
    loaded = snapshot.load(
        brief.prison,
        days,
        extra_workers={worker for row in rows for worker in row.worker_ids},
        extra_series={row.series_id for row in rows},
    )
    if brief.what_if.lost_worker_id is not None and days:
        loaded = _without_worker(loaded, brief.what_if.lost_worker_id, days)
    broken = {one.session_id for one in conflicts.find(loaded, rules) if one.is_hard}
    context = PlanningContext(brief, now, rules, days, loaded)
    _choose_items(context, rows, broken)
    _keep_the_rest(context)
    _look_up_people(context)
    around = {day: list(_closures_of(rules, day)) for day in days}
    context.closures = {day: [one for one in found if one.is_confirmed] for day, found in around.items()}
    context.announced = {
        day: found for day, found in around.items() if any(not c.is_confirmed for c in found)
    }
    return context


def _without_worker(loaded: Snapshot, worker_id: int, days: tuple[Day, ...]) -> Snapshot:
    away = (midnight(days[0]), midnight(days[-1] + dt.timedelta(days=1)))
    facts = loaded.workers.get(worker_id) or WorkerFacts()
    gone = replace(facts, absences=(*facts.absences, away))
    return replace(loaded, workers={**loaded.workers, worker_id: gone})


def _choose_items(context: PlanningContext, rows: list[Meeting], broken: set[int]) -> None:
    moving = []
    for row in rows:
        if meeting_rows.may_move(context.brief, row, broken):
            if _is_held(context, row, broken):
                context.held += 1
            else:
                moving.append(row)
    if context.brief.what_if.helped_worker_id is not None:
        moving = list(_with_help(moving, context.brief.what_if.helped_worker_id))
    items = meeting_rows.as_items(context.brief, moving, broken)
    context.items = list(_apart_in_cells(context, items)) if context.brief.is_repair else items


def _is_held(context: PlanningContext, row: Meeting, broken: set[int]) -> bool:
    """A place that no slot describes, or that somebody allowed, is kept as long as nothing is wrong with it."""
    if row.stands is None or row.session_id in broken:
        return False
    return bool(context.snapshot.waivers.get(row.session_id)) or slot_of(context.rules, row) is None


def slot_of(rules: Rules, row: Meeting) -> tuple[int, int] | None:
    """(start, end) of the slot that holds it where it stands."""
    if row.stands is None or row.stands.day is None:
        return None
    slot = rules.slot_around(row.stands.day, row.stands.start, row.stands.start + row.minutes)
    return (slot.start, slot.end) if slot else None


def _with_help(rows: list[Meeting], worker_id: int) -> Iterator[Meeting]:
    """Every second session of the facilitator is led by somebody who is always free."""
    series = sorted({row.series_id for row in rows if worker_id in row.worker_ids})
    helped = set(series[1::2]) if len(series) > 1 else set()
    led = 0
    for row in rows:
        if worker_id in row.worker_ids:
            led += 1
            if row.series_id in helped or (not helped and led % 2 == 0):
                row = row._replace(worker_ids=tuple(w for w in row.worker_ids if w != worker_id))
        yield row


def _apart_in_cells(context: PlanningContext, items: list[Item]) -> Iterator[Item]:
    """The engine puts one session in a room and slot: those that share one stay as they are, beside."""
    seen: dict[tuple[object, ...], int] = defaultdict(int)
    cells = [_cell_of(context, item) for item in items]
    for cell in cells:
        if cell is not None:
            seen[cell] += 1
    for item, cell in zip(items, cells, strict=True):
        if cell is None or seen[cell] == 1 or item.is_broken:
            yield item
        else:
            context.held += len(item.meetings)


def _cell_of(context: PlanningContext, item: Item) -> tuple[object, ...] | None:
    spot = item.present
    if spot is None:
        return None
    slots = context.rules.slots.get(spot.weekday, ())
    start = next((s.start for s in slots if s.start <= spot.start < s.end), spot.start)
    return (spot.day, spot.weekday, start, spot.room_id)


def _keep_the_rest(context: PlanningContext) -> None:
    moving = {meeting.session_id for item in context.items for meeting in item.meetings}
    brought = []
    for row in context.snapshot.rows.values():
        if row.session_id in moving or row.starts_at is None or row.ends_at is None:
            continue
        span = availability.local_span(row.starts_at, row.ends_at)
        for number in range((span.end - 1) // 1440 + 1):
            day, midnights = span.day + dt.timedelta(days=number), 1440 * number
            _note(context, row, day, max(0, span.start - midnights), span.end - midnights)
        if row.room_id is not None:
            series = context.snapshot.series[row.series_id]
            brought.append(Brought(row.session_id, span, row.room_id, series.places, series.unit_ids))
    context.loads = loads(context.rules, brought)
    context.partners = partners_of(context.snapshot.separations)


def _note(context: PlanningContext, row: SnapshotRow, day: Day, start: int, end: int) -> None:
    for worker in row.worker_ids:
        context.of_worker[day, worker].append(row)
    for person in context.snapshot.people.get(row.session_id, ()):
        context.of_person[day, person].append(row)
    if row.room_id is not None:
        context.in_room[day, row.room_id].append((start, end))


def _look_up_people(context: PlanningContext) -> None:
    """Who would be at each meeting on each date of its week: places, stays and absences have dates."""
    every = [meeting for item in context.items for meeting in item.meetings]
    for weekday in sorted(context.rules.slots):
        rows = [(one.session_id, one.series_id, one.on(weekday)) for one in every]
        there = people_there(context.brief.prison.pk, rows)
        units = units_of_people(context.brief.prison, there, now=context.now)
        for session_id, _series, day in rows:
            context.people[session_id, day] = there.get(session_id, frozenset())
            context.units[session_id, day] = units.get(session_id, frozenset())


def _closures_of(rules: Rules, day: Day) -> Iterable[ClosureFacts]:
    return availability.closures_between(rules, midnight(day), midnight(day + dt.timedelta(days=1)))
