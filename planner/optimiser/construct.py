"""A legal plan in under a second, without a solver: iterative forward search.

The hardest unplaced session takes the place with the least weighted resistance and ejects who stands there;
being ejected makes a session weigh more. Who has been tried often waits for the others. After T. Mueller,
"Constraint-based Timetabling" (PhD thesis, 2005).
"""

import heapq
import random
from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from planner.optimiser.draft import Draft
from planner.optimiser.problem import Place, Plan
from planner.optimiser.tables import Tables

_STALL_STEPS = 3000
_FORBIDDEN = 1 << 30


class _Option(NamedTuple):
    resistance: int
    cost: float
    place: Place
    ejected: tuple[int, ...]


def construct(
    tables: Tables,
    start: Plan | None = None,
    *,
    seed: int = 0,
    patience: int = _STALL_STEPS,
    should_stop: Callable[[], bool] = lambda: False,
) -> Plan:
    """Best partial plan found, always legal. Stops when all is placed or `patience` steps gain nothing.

    `start` is kept as far as it is legal and ejections allow.
    """
    search = _Search(tables, seed)
    search.adopt(start or (None,) * len(tables.domains))
    return search.run(patience, should_stop)


class _Search:
    def __init__(self, tables: Tables, seed: int) -> None:
        self.tables = tables
        self.random = random.Random(seed)
        self.draft = Draft(tables, (None,) * len(tables.domains))
        self.weight = [1] * len(tables.domains)
        self.tries = [0] * len(tables.domains)
        self.fixed = [s.pinned is not None for s in tables.problem.sessions]
        self.day = [slot.day for slot in tables.problem.slots]
        self.scarcity = _room_scarcity(tables)
        self.hardness = [_hardness(tables, s) for s in tables.session_indices]
        self.waiting: set[int] = set()
        self.queue: list[tuple[int, float, int]] = []
        for session in tables.placeable():
            self._wait(session)

    def adopt(self, start: Plan) -> None:
        """Take over what is legal of an earlier plan, pins first."""
        order = sorted(self.waiting, key=lambda s: (not self.fixed[s], s))
        for session in order:
            place = start[session]
            if self.fixed[session]:
                place = self.tables.problem.sessions[session].pinned
            if place is None or not self.tables.allows(session, place):
                continue
            if self.draft.occupant[place.slot][place.room] < 0 and self._is_free(session, place.slot):
                self._settle(session, place)

    def run(self, patience: int, should_stop: Callable[[], bool]) -> Plan:
        best, best_left, last_gain = self.draft.plan(), self.draft.left_out, 0
        for step in count():
            if not self.waiting or step - last_gain > patience or (step % 64 == 63 and should_stop()):
                break
            session = self._next()
            option = self._best_option(session)
            if option is None:
                self.waiting.discard(session)
                continue
            for other in option.ejected:
                self._eject(other)
            self._settle(session, option.place)
            if self.draft.left_out < best_left:
                best, best_left, last_gain = self.draft.plan(), self.draft.left_out, step
        return best

    def _wait(self, session: int) -> None:
        self.waiting.add(session)
        heapq.heappush(self.queue, (self.tries[session], self.hardness[session], session))

    def _next(self) -> int:
        """The hardest of those tried least; the queue may name sessions that wait no longer."""
        while True:
            tries, _, session = heapq.heappop(self.queue)
            if session in self.waiting and tries == self.tries[session]:
                self.tries[session] += 1
                return session

    def _is_free(self, session: int, slot: int) -> bool:
        return not self.draft.clashing(session).get(slot) and self.draft.over_limit(session, slot) == (0, 0)

    def _settle(self, session: int, place: Place) -> None:
        self.waiting.discard(session)
        self.draft.put(session, place)

    def _eject(self, session: int) -> None:
        self.draft.take(session)
        self._wait(session)
        self.weight[session] += 1

    def _best_option(self, session: int) -> _Option | None:
        clashing = self.draft.clashing(session)
        best: _Option | None = None
        for slot, rooms in self.tables.domains[session].items():
            in_way = clashing.get(slot, [])
            resistance = self._resistance(in_way)
            if resistance >= _FORBIDDEN or (best and resistance > best.resistance):
                continue
            for_limit = self._room_for_movement(session, slot, in_way)
            if for_limit is None:
                continue
            ejected = (*in_way, *for_limit)
            option = self._best_room(session, slot, rooms, ejected)
            if option and (best is None or option[:2] < best[:2]):
                best = option
        return best

    def _resistance(self, sessions: list[int]) -> int:
        return sum(_FORBIDDEN if self.fixed[s] else 4 + self.weight[s] for s in sessions)

    def _room_for_movement(self, session: int, slot: int, leaving: list[int]) -> list[int] | None:
        """Sessions to eject so that the slot's limits hold; None when not even that helps."""
        movements, people = self.draft.over_limit(session, slot)
        movements -= sum(self.tables.movements[s] for s in leaving)
        people -= sum(self.tables.people[s] for s in leaving)
        if movements <= 0 and people <= 0:
            return []
        chosen = []
        others = (s for s in self.draft.in_slot[slot] if s not in leaving and not self.fixed[s])
        for other in sorted(others, key=lambda s: (self.weight[s], -self.tables.movements[s], s)):
            if movements <= 0 and people <= 0:
                break
            gain = self.tables.movements[other] * (movements > 0) + self.tables.people[other] * (people > 0)
            if gain:
                chosen.append(other)
                movements -= self.tables.movements[other]
                people -= self.tables.people[other]
        return chosen if movements <= 0 and people <= 0 else None

    def _best_room(
        self, session: int, slot: int, rooms: tuple[int, ...], ejected: tuple[int, ...]
    ) -> _Option | None:
        base = self._resistance(list(ejected))
        base_cost = self._slot_cost(session, slot)
        used = self._activity_rooms(session)
        row, room_cost, stability = self.draft.occupant[slot], self.tables.room_cost[session], bool(used)
        cell_cost = self.tables.cell_cost[session]
        best: _Option | None = None
        for room in rooms:
            occupant, resistance, leaving = row[room], base, ejected
            if occupant >= 0 and occupant not in ejected:
                resistance += self._resistance([occupant])
                leaving = (*ejected, occupant)
            if resistance >= _FORBIDDEN or (best and resistance > best.resistance):
                continue
            cost = base_cost + room_cost[room] + self.scarcity[room] + (stability and room not in used)
            cost += cell_cost.get(Place(slot, room), 0) if cell_cost else 0
            if best is None or (resistance, cost) < (best.resistance, best.cost):
                best = _Option(resistance, cost, Place(slot, room), leaving)
        return best

    def _slot_cost(self, session: int, slot: int) -> float:
        cost = self.tables.slot_cost[session][slot] + self.random.random()
        activity = self.tables.activity_of[session]
        if activity >= 0:
            asked = self.tables.problem.activities[activity]
            places = [p for s in asked.sessions if (p := self.draft.place[s]) is not None]
            days = {self.day[p.slot] for p in places}
            if len(days) < asked.min_days and self.day[slot] in days:
                cost += self.tables.problem.weights.spread
        return cost

    def _activity_rooms(self, session: int) -> set[int]:
        activity = self.tables.activity_of[session]
        if activity < 0:
            return set()
        members = self.tables.problem.activities[activity].sessions
        return {place.room for s in members if (place := self.draft.place[s]) is not None}


def _hardness(tables: Tables, session: int) -> float:
    """Small = hard: few places, many sessions that may not share the slot."""
    cells = sum(len(rooms) for rooms in tables.domains[session].values())
    return cells / (1 + len(tables.clashes[session]))


def _room_scarcity(tables: Tables) -> list[float]:
    """Per room: share of the sessions that could use it (0-1), so that sought-after rooms are taken last."""
    wanted = [0] * len(tables.problem.rooms)
    for domain in tables.domains:
        for room in set().union(*domain.values()) if domain else ():
            wanted[room] += 1
    return [w / max(1, len(tables.domains)) for w in wanted]
