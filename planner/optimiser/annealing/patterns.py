"""Day patterns (isolated slots, gaps, outings) as bit masks with a cost table, for the grid."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.optimiser.problem import PatternKind
from planner.optimiser.score import pattern_costs
from planner.optimiser.tables import Tables

Ints = NDArray[Any]
MAX_SLOTS_A_DAY = 14
"""Cost tables have 2 ** slots entries per kind and day; a finer day is left to the other algorithms."""


class PatternGrid:
    """Which slots of each day each pattern uses. The last pattern is nobody's, with weight 0."""

    def __init__(self, tables: Tables, day_of: Ints) -> None:
        patterns = tables.patterns
        self.count = len(patterns)
        widest = max((len(p) for p in tables.patterns_of), default=0)
        self.of = np.full((len(tables.patterns_of) + 1, max(1, widest)), self.count)
        for session, members in enumerate(tables.patterns_of):
            self.of[session, : len(members)] = members
        self.member = np.zeros((len(tables.patterns_of) + 1, self.count + 1), dtype=bool)
        for index, pattern in enumerate(patterns):
            self.member[list(pattern.sessions), index] = True
        self.day_of = day_of
        days = int(day_of.max(initial=0)) + 1
        self.used = np.zeros((self.count + 1, len(day_of)), dtype=np.int16)
        self.mask = np.zeros((self.count + 1, days), dtype=np.int32)
        self.weight = np.array([*(p.weight for p in patterns), 0], dtype=np.int32)
        self._load_tables(tables, days)

    def _load_tables(self, tables: Tables, days: int) -> None:
        slots = tables.problem.slots
        self.bit = np.zeros(len(slots), dtype=np.int32)
        by_day: list[list[int]] = [[] for _ in range(days)]
        for index in sorted(range(len(slots)), key=lambda t: slots[t].index_in_day):
            by_day[int(self.day_of[index])].append(index)
        longest = max(map(len, by_day), default=0)
        kinds = sorted({p.kind for p in tables.patterns})
        self.kind = np.array([*(kinds.index(p.kind) for p in tables.patterns), 0], dtype=np.int32)
        width = 1 << min(longest, MAX_SLOTS_A_DAY)
        self.first_cost = self.kind.astype(np.intp) * days * width
        self.table = np.zeros((max(1, len(kinds)), days, width), dtype=np.int32)
        for day, members in enumerate(by_day):
            if len(members) > MAX_SLOTS_A_DAY or not self.count:
                continue
            self.bit[members] = 1 << np.arange(len(members))
            indices = [slots[t].index_in_day for t in members]
            for row, kind in enumerate(kinds):
                self.table[row, day, : 1 << len(members)] = pattern_costs(PatternKind(kind), indices)

    def add(self, session: Any, slot: Any) -> None:
        """One session and its slot, or columns of sessions without a common pattern and their slots."""
        mine = self.of[session]
        self.used[mine, slot] += 1
        self.mask[mine, self.day_of[slot]] |= self.bit[slot]

    def remove(self, session: Ints, slot: Ints) -> None:
        mine = self.of[session]
        left = self.used[mine, slot] - 1
        self.used[mine, slot] = left
        self.mask[mine, self.day_of[slot]] &= ~(self.bit[slot] * (left == 0))

    def exchange(self, session: Ints, other: Ints, here: Ints, there: Ints) -> None:
        """Sessions go from here to there, others back; no pattern may occur in two of these moves."""
        here, there = here[:, None], there[:, None]
        swap = other != len(self.of) - 1
        back, back_here, back_there = other[swap], here[swap], there[swap]
        self.remove(session, here)
        self.remove(back, back_there)
        self.add(session, there)
        self.add(back, back_here)

    def deltas(self, session: Ints, other: Ints, here: Ints, there: Ints) -> Ints:
        """Change of cost when each session goes from here to there and the other comes back."""
        total = np.zeros(len(session), dtype=np.int64)
        moves = np.nonzero(here != there)[0]
        session, other, here, there = session[moves], other[moves], here[moves], there[moves]
        change = self._one_way(session, other, here, there)
        swaps = np.nonzero(other != len(self.of) - 1)[0]
        if len(swaps):
            change[swaps] += self._one_way(other[swaps], session[swaps], there[swaps], here[swaps])
        total[moves] = change
        return total

    def _one_way(self, session: Ints, other: Ints, here: Ints, there: Ints) -> Ints:
        mine = self.of[session]
        here, there = here[:, None], there[:, None]
        day, next_day = self.day_of[here], self.day_of[there]
        same_day, arriving = day == next_day, self.bit[there]
        days, slots = self.mask.shape[1], self.used.shape[1]
        table, mask, row, width = (
            self.table.reshape(-1),
            self.mask.reshape(-1),
            self.first_cost[mine],
            self.table.shape[2],
        )
        before = mask.take(mine * days + day)
        leaving = self.bit[here] * (self.used.reshape(-1).take(mine * slots + here) == 1)
        start = row + day * width
        change = table.take(start + (before & ~leaving | arriving * same_day)) - table.take(start + before)
        before = mask.take(mine * days + next_day)
        start = row + next_day * width
        change += (table.take(start + (before | arriving)) - table.take(start + before)) * ~same_day
        change *= self.weight[mine]
        shared = self.member.reshape(-1).take(other[:, None] * (self.count + 1) + mine)
        total: Ints = np.where(shared, 0, change).sum(axis=1)
        return total
