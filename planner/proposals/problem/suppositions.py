"""What if: the rules of the prison as they would be with something more, or with something lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from core.dates.clock import midnight
from planner.proposals.problem.planning_request import PlanningRequest, WhatIf
from rooms.domain.facts import ClosureFacts, RoomFacts, Rules, SlotFacts

LOST = -1
"""The id of what nobody has written: closures, rooms and slots that are only supposed are below zero."""


def suppose(rules: Rules, brief: PlanningRequest) -> Rules:
    """The rules with the suppositions of the brief, its announced closures taken as certain."""
    what_if = brief.what_if
    closures = [
        one._replace(is_confirmed=True) if one.closure_id in brief.closure_ids else one
        for one in rules.closures
    ]
    closures += _lost(what_if, brief)
    return replace(
        rules,
        rooms={**rules.rooms, **{room.room_id: room for room in _more_rooms(rules, what_if.more_rooms)}},
        slots=_slots(rules, brief),
        closures=tuple(sorted(closures, key=lambda one: one.starts_at)),
    )


def _lost(what_if: WhatIf, brief: PlanningRequest) -> Iterator[ClosureFacts]:
    start, end = midnight(brief.first), midnight(brief.last + dt.timedelta(days=1))
    if what_if.lost_room_id is not None:
        yield ClosureFacts(LOST, what_if.lost_room_id, None, start, end, "works", True)
    if what_if.lost_unit_id is not None:
        yield ClosureFacts(LOST, None, what_if.lost_unit_id, start, end, "works", True)
    if what_if.lost_day is not None:
        next_day = what_if.lost_day + dt.timedelta(days=1)
        yield ClosureFacts(LOST, None, None, midnight(what_if.lost_day), midnight(next_day), "strike", True)


def _more_rooms(rules: Rules, number: int) -> Iterator[RoomFacts]:
    """Rooms like the one of middling size, always open, reached by everybody."""
    rooms = sorted(
        (room for room in rules.rooms.values() if room.is_active and room.inside_unit_id is None),
        key=lambda room: (room.capacity, room.room_id),
    )
    if not rooms:
        return
    like = rooms[len(rooms) // 2]
    for n in range(number):
        yield replace(like, room_id=LOST - n, reachable_from=frozenset(), hours=None)


def _slots(rules: Rules, brief: PlanningRequest) -> dict[int, tuple[SlotFacts, ...]]:
    slots = {
        weekday: tuple(slot for slot in row if slot.slot_id != brief.what_if.lost_slot_id)
        for weekday, row in rules.slots.items()
    }
    if brief.what_if.slot is not None:
        weekday, start, end = brief.what_if.slot
        more = SlotFacts(LOST, weekday, start, end, dt.date.min, dt.date.max, None, None)
        row = [one for one in slots.get(weekday, ()) if one.end <= start or end <= one.start]
        slots[weekday] = tuple(sorted((*row, more), key=lambda slot: slot.start))
    return slots
