"""How many people must be brought in a slot, and whether the prison can: one pure sum over the sessions.

A session counts its places, not who is enrolled, so that an approval can never break the limit. All sessions
that *start* in the slot count. A room inside a living unit costs no movement. Where people who walk with a
badge (those of an open regime) count apart, a group from such units only costs none, and these units are not
counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from rooms.domain.availability import LocalSpan, slot_at_start
from rooms.domain.facts import Rules, SlotFacts


class Brought(NamedTuple):
    """A placed session, as far as bringing its people goes. `unit_ids` empty: from all units."""

    session_id: int
    span: LocalSpan
    room_id: int
    places: int
    unit_ids: Collection[int] = ()


@dataclass(slots=True)
class Load:
    """What one slot of one date must bring."""

    slot: SlotFacts
    day: dt.date
    people: int = 0
    movements: int = 0
    session_ids: list[int] = field(default_factory=list)
    """The sessions that cost anything, in the order in which they were given."""

    @property
    def is_over(self) -> bool:
        return exceeds(self.slot.max_people, self.people) or exceeds(self.slot.max_movements, self.movements)


def exceeds(limit: int | None, count: int) -> bool:
    """No limit is never exceeded; the limit itself is still allowed."""
    return limit is not None and count > limit


def cost(rules: Rules, room_id: int, places: int, unit_ids: Collection[int]) -> tuple[int, int]:
    """(people, movements) that one session costs: one movement per unit it draws from, at most its places."""
    room = rules.rooms[room_id]
    if room.inside_unit_id is not None:
        return 0, 0
    units = unit_ids or room.reachable_from or rules.active_unit_ids
    escorted = len(rules.escorted_unit_ids.intersection(units))
    if units and not escorted:
        return 0, 0
    return places, min(escorted, places)


def loads(rules: Rules, sessions: Iterable[Brought]) -> dict[tuple[dt.date, int], Load]:
    """(date, slot id) -> what it must bring. Sessions that start outside every slot are in none."""
    found: dict[tuple[dt.date, int], Load] = {}
    for session in sessions:
        slot = slot_at_start(rules, session.span)
        if slot is None:
            continue
        people, movements = cost(rules, session.room_id, session.places, session.unit_ids)
        if not people:
            continue
        key = (session.span.day, slot.slot_id)
        load = found.get(key)
        if load is None:
            load = found[key] = Load(slot, session.span.day)
        load.people += people
        load.movements += movements
        load.session_ids.append(session.session_id)
    return found


def overloads(rules: Rules, sessions: Iterable[Brought]) -> list[Load]:
    """The slots of dates that must bring more than the prison can, in order of time."""
    over = [load for load in loads(rules, sessions).values() if load.is_over]
    return sorted(over, key=lambda load: (load.day, load.slot.start))
