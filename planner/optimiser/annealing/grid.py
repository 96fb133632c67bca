"""The plan as numpy arrays: thousands of moves are judged at once, a few are made.

A cell is a (slot, room) pair numbered slot x rooms + room. A move takes a session to a cell; whoever stands
there goes the other way. Row `n`, past the last session, is nobody: it may stand anywhere and costs nothing.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.optimiser.annealing.patterns import PatternGrid
from planner.optimiser.problem import Place, Plan
from planner.optimiser.tables import Tables

Ints = NDArray[Any]
_NO_LIMIT = 1 << 30


class Grid:
    """State of a plan; sessions that are left out of `plan` stay out and are never touched."""

    def __init__(self, tables: Tables, plan: Plan, moved: int = 0) -> None:
        """`moved`: what it costs, times its notice, that a session is not in its present place."""
        problem = tables.problem
        self.tables = tables
        self.n, self.slots, self.rooms = len(plan), len(problem.slots), len(problem.rooms)
        self.slot_of = np.repeat(np.arange(self.slots), self.rooms)
        self.room_of = np.tile(np.arange(self.rooms), self.slots)
        self.day_of = _dense([slot.day for slot in problem.slots])
        self._load_domains()
        self._load_costs()
        self._load_present(moved)
        self._load_activities()
        self._load_movements()
        self._load_fairness(plan)
        self.patterns = PatternGrid(tables, self.day_of)
        self.movable = np.array(
            [s for s, place in enumerate(plan) if place and self.width[s] > 1], dtype=np.intp
        )
        self.cell = np.full(self.n + 1, -1)
        self.occupant = np.full(self.slots * self.rooms, self.n)
        self.clashing = np.zeros((self.slots, self.n + 1), dtype=np.int16)
        for session, place in enumerate(plan):
            if place is not None:
                self._add(session, place.slot * self.rooms + place.room)

    def plan(self) -> Plan:
        cells = self.cell[: self.n].tolist()
        return tuple(Place(*divmod(c, self.rooms)) if c >= 0 else None for c in cells)

    def _load_domains(self) -> None:
        self.allowed = np.zeros((self.n + 1, self.slots * self.rooms), dtype=bool)
        for session, domain in enumerate(self.tables.domains):
            for slot, rooms in domain.items():
                self.allowed[session, [slot * self.rooms + r for r in rooms]] = True
        self.allowed[self.n] = True
        rows, self.choices = np.nonzero(self.allowed[: self.n])
        self.choices = self.choices.astype(np.int32)
        self.width = np.bincount(rows, minlength=self.n).astype(np.int32)
        self.first = np.concatenate([[0], np.cumsum(self.width)[:-1]]).astype(np.intp)
        self.clash = np.zeros((self.n + 1, self.n + 1), dtype=np.int16)
        for session, others in enumerate(self.tables.clashes):
            self.clash[session, list(others)] = 1

    def _load_costs(self) -> None:
        self.slot_cost = _with_nobody(self.tables.slot_cost, self.slots)
        self.room_cost = _with_nobody(self.tables.room_cost, self.rooms)
        self._load_cell_costs()

    def _load_cell_costs(self) -> None:
        """One row for each set of cells that has a price; row 0 is free, and that of most sessions."""
        rows: dict[tuple[tuple[Place, int], ...], int] = {(): 0}
        row_of = [rows.setdefault(tuple(costs.items()), len(rows)) for costs in self.tables.cell_cost]
        self.cell_row = np.array([*row_of, 0], dtype=np.int32)
        self.cell_cost = np.zeros((len(rows), self.slots * self.rooms), dtype=np.int32)
        for priced, row in rows.items():
            for place, price in priced:
                self.cell_cost[row, place.slot * self.rooms + place.room] = price

    def _load_present(self, moved: int) -> None:
        sessions = self.tables.problem.sessions
        self.present = np.full(self.n + 1, -1)
        self.moved_cost = np.zeros(self.n + 1, dtype=np.int32)
        for index, session in enumerate(sessions):
            if moved and session.present is not None:
                self.present[index] = session.present.slot * self.rooms + session.present.room
                self.moved_cost[index] = moved * session.notice

    def _load_activities(self) -> None:
        """Sessions without an activity, and nobody, get an activity of their own that asks nothing."""
        activities = self.tables.problem.activities
        named = [*self.tables.activity_of, -1]
        alone = np.arange(len(named)) + len(activities)
        self.activity = np.where(np.array(named) >= 0, named, alone)
        count = len(activities) + len(named)
        self.min_days = np.zeros(count, dtype=np.int32)
        self.min_days[: len(activities)] = [a.min_days for a in activities]
        self.day_count = np.zeros((count, int(self.day_of.max(initial=0)) + 1), dtype=np.int16)
        self.room_count = np.zeros((count, self.rooms), dtype=np.int16)
        self.room_count[-1] = 2  # nobody never opens or leaves a room
        self.days = np.zeros(count, dtype=np.int32)

    def _load_movements(self) -> None:
        slots = self.tables.problem.slots
        self.load = np.zeros((2, self.slots), dtype=np.int32)
        limits = [[s.max_movements for s in slots], [s.max_people for s in slots]]
        self.limit = np.array(
            [[_NO_LIMIT if v is None else v for v in row] for row in limits], dtype=np.int32
        )
        self.takes = np.array([[*self.tables.movements, 0], [*self.tables.people, 0]], dtype=np.int32)
        self.takes_rows = self.takes.T.tolist()
        self.is_limited = bool((self.limit < _NO_LIMIT).any())

    def _load_fairness(self, plan: Plan) -> None:
        """`outside` marks the slots a session would rather not have; only placed sessions count."""
        units = self.tables.fair_units
        self.outside = np.zeros((self.n + 1, self.slots), dtype=np.int8)
        self.draws = np.zeros((self.n + 1, len(units)), dtype=np.int16)
        for unit, members in enumerate(units):
            for s in members:
                self.draws[s, unit] += plan[s] is not None
                inside = list(self.tables.problem.sessions[s].preferred)
                self.outside[s] = 1
                self.outside[s, inside] = 0
        self.fair_total = self.draws[: self.n].sum(axis=0).astype(np.float64)
        self.fair_missed = np.zeros(len(units), dtype=np.float64)
        self.is_fair = bool(self.fair_total.sum() and self.tables.problem.weights.fairness)

    def _add(self, session: int, cell: int) -> None:
        slot, room = divmod(cell, self.rooms)
        activity, day = self.activity[session], self.day_of[slot]
        self.cell[session] = cell
        self.occupant[cell] = session
        self.clashing[slot] += self.clash[session]
        self.days[activity] += self.day_count[activity, day] == 0
        self.day_count[activity, day] += 1
        self.room_count[activity, room] += 1
        self.load[:, slot] += self.takes[:, session]
        if self.is_fair and self.outside[session, slot]:
            self.fair_missed += self.draws[session]
        self.patterns.add(session, slot)

    def make(self, session: Ints, cell: Ints, other: Ints) -> None:
        """Make moves that do not touch each other: sessions to cells, occupants back."""
        origin = self.cell[session]
        self.cell[session] = cell
        self.occupant[origin] = other
        self.occupant[cell] = session
        self.cell[other] = origin
        swap = other != self.n
        apart = self.activity[session] != self.activity[other]
        self._change_rooms(session[apart], origin[apart], cell[apart])
        apart &= swap
        self._change_rooms(other[apart], cell[apart], origin[apart])
        here, there = self.slot_of[origin], self.slot_of[cell]
        self._change_slots(session, other, here, there)

    def _change_rooms(self, session: Ints, origin: Ints, cell: Ints) -> None:
        activity = self.activity[session]
        self.room_count[activity, self.room_of[origin]] -= 1
        self.room_count[activity, self.room_of[cell]] += 1
        day, next_day = self.day_of[self.slot_of[origin]], self.day_of[self.slot_of[cell]]
        self.day_count[activity, day] -= 1
        self.days[activity] -= self.day_count[activity, day] == 0
        self.days[activity] += self.day_count[activity, next_day] == 0
        self.day_count[activity, next_day] += 1

    def _change_slots(self, session: Ints, other: Ints, here: Ints, there: Ints) -> None:
        moved = here != there
        if not moved.any():
            return
        session, other, here, there = session[moved], other[moved], here[moved], there[moved]
        rows = self.clash[session] - self.clash[other]
        for row, left, reached in zip(rows, here.tolist(), there.tolist(), strict=True):
            self.clashing[left] -= row
            self.clashing[reached] += row
        if self.is_limited:
            takes = self.takes[:, session] - self.takes[:, other]
            for limit in (0, 1):
                np.subtract.at(self.load[limit], here, takes[limit])
                np.add.at(self.load[limit], there, takes[limit])
        if self.is_fair:
            mine = self.outside[session, there] - self.outside[session, here]
            theirs = self.outside[other, here] - self.outside[other, there]
            self.fair_missed += mine @ self.draws[session] + theirs @ self.draws[other]
        if self.patterns.count:
            self.patterns.exchange(session, other, here, there)

    def possible(self, session: Ints, cell: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Of proposed moves those within domains and movement limits, with at most one more clash.

        Returns (session, cell, who stands there, change in the number of clashing pairs).
        """
        other = self.occupant[cell]
        origin = self.cell[session]
        keep = self.allowed[session, cell] & self.allowed[other, origin] & (cell != origin)
        session, cell, other, origin = session[keep], cell[keep], other[keep], origin[keep]
        here, there = self.slot_of[origin], self.slot_of[cell]
        more = self.clashing[there, session] - self.clashing[here, session]
        more += self.clashing[here, other] - self.clashing[there, other] - 2 * self.clash[session, other]
        more *= here != there
        keep = more <= 1
        if self.is_limited:
            takes = self.takes[:, session] - self.takes[:, other]
            fits = (self.load[:, there] + takes <= self.limit[:, there]) & (
                self.load[:, here] - takes <= self.limit[:, here]
            )
            keep &= fits.all(axis=0) | (here == there)
        return session[keep], cell[keep], other[keep], more[keep]

    def deltas(self, session: Ints, cell: Ints, other: Ints) -> tuple[Ints, Ints]:
        """Change of cost of each move: (own costs, the same with fairness, unrounded).

        Fairness looks at all units together: its changes do not add up over moves; see `fairness`.
        """
        origin = self.cell[session]
        here, there = self.slot_of[origin], self.slot_of[cell]
        old_room, new_room = self.room_of[origin], self.room_of[cell]
        total = self.slot_cost[session, there] - self.slot_cost[session, here]
        total += self.slot_cost[other, here] - self.slot_cost[other, there]
        total += self.room_cost[session, new_room] - self.room_cost[session, old_room]
        total += self.room_cost[other, old_room] - self.room_cost[other, new_room]
        if len(self.cell_cost) > 1:
            mine, theirs = self.cell_row[session], self.cell_row[other]
            total += self.cell_cost[mine, cell] - self.cell_cost[mine, origin]
            total += self.cell_cost[theirs, origin] - self.cell_cost[theirs, cell]
        total += self._moved_delta(session, origin, cell) + self._moved_delta(other, cell, origin)
        apart = self.activity[session] != self.activity[other]
        total += apart * self._activity_delta(session, here, there, old_room, new_room)
        total += apart * self._activity_delta(other, there, here, new_room, old_room)
        if self.patterns.count:
            total += self.patterns.deltas(session, other, here, there)
        return total, self._with_fairness(total, session, other, here, there) if self.is_fair else total

    def fairness(self) -> float:
        """Cost of unfairness now, without its rounding."""
        if not self.is_fair:
            return 0.0
        return self.tables.problem.weights.fairness * float(self._unfairness(self.fair_missed[None, :])[0])

    def _moved_delta(self, session: Ints, origin: Ints, cell: Ints) -> Ints:
        present = self.present[session]
        delta: Ints = self.moved_cost[session] * ((cell != present).astype(np.int64) - (origin != present))
        return delta

    def _activity_delta(self, session: Ints, here: Ints, there: Ints, old: Ints, new: Ints) -> Ints:
        weights = self.tables.problem.weights
        activity = self.activity[session]
        day, next_day = self.day_of[here], self.day_of[there]
        days = self.days[activity]
        lost = (self.day_count[activity, day] == 1) & (day != next_day)
        won = (self.day_count[activity, next_day] == 0) & (day != next_day)
        asked = self.min_days[activity]
        spread = np.maximum(0, asked - days + lost - won) - np.maximum(0, asked - days)
        count = self.room_count
        rooms = (count[activity, new] == 0).astype(np.int32) - ((count[activity, old] == 1) & (old != new))
        delta: Ints = weights.spread * spread + weights.room_stability * (rooms * (old != new))
        return delta

    def _with_fairness(self, own: Ints, session: Ints, other: Ints, here: Ints, there: Ints) -> Ints:
        total = own.astype(np.float64)
        mine = self.outside[session, there] - self.outside[session, here]
        theirs = self.outside[other, here] - self.outside[other, there]
        changed = np.nonzero((mine != 0) | (theirs != 0))[0]
        if not len(changed):
            return total
        change = (
            mine[changed, None] * self.draws[session[changed]]
            + theirs[changed, None] * self.draws[other[changed]]
        )
        before = self._unfairness(self.fair_missed[None, :])
        after = self._unfairness(self.fair_missed + change)
        total[changed] += self.tables.problem.weights.fairness * (after - before)
        return total

    def _unfairness(self, missed: Ints) -> Ints:
        mean = 100 * missed.sum(axis=1, keepdims=True) / self.fair_total.sum()
        share = 100 * missed / np.maximum(1, self.fair_total)
        excess: Ints = np.maximum(0, share - mean).sum(axis=1) / 10
        return excess


def _dense(values: list[int]) -> Ints:
    """0-based ranks of the values: days numbered without holes."""
    ranks = {value: rank for rank, value in enumerate(sorted(set(values)))}
    return np.array([ranks[v] for v in values], dtype=np.intp)


def _with_nobody(rows: tuple[tuple[int, ...], ...], width: int) -> Ints:
    return np.array([*rows, (0,) * width], dtype=np.int32).reshape(len(rows) + 1, width)
