"""Simulated annealing over legal plans: the fast improver.

Compiled (native.py) it looks at one move after the other. Without a compiler, moves are judged in batches
against one state; of those accepted, the ones that do not touch each other are made. At the low acceptance
rates where annealing spends its time this is nearly the same walk, many times faster than plain Python.
"""

from collections.abc import Callable

import numpy as np

from planner.optimiser.annealing import native
from planner.optimiser.annealing.cooling import Cooling
from planner.optimiser.annealing.grid import Grid, Ints
from planner.optimiser.problem import Place, Plan
from planner.optimiser.tables import Tables

_SMALLEST_BATCH, _LARGEST_BATCH = 64, 8192
_WANTED_ACCEPTED = 20
STEPS_A_ROUND = 20
_MOVES_A_ROUND = 50_000
"""Of the compiled walk: some ten milliseconds."""


class Annealer:
    """One walk. `best_plan` is the cheapest legal plan seen; sessions left out of the start stay out."""

    def __init__(self, tables: Tables, plan: Plan, cooling: Cooling, *, seed: int, moved: int = 0) -> None:
        self.grid = Grid(tables, plan, moved)
        self.cooling = cooling
        self.groups_of = _groups(tables)
        self.random = np.random.Generator(np.random.PCG64(seed))
        self.own_cost = -self.grid.fairness()
        self.cost = self.best_cost = 0.0
        """Relative to the start, fairness unrounded."""
        self.best_cell = self.grid.cell.copy()
        self.clashes = 0
        self.batch = 256
        compiled = native.library()
        self.compiled = None if compiled is None else native.CompiledWalk(compiled, self.grid, cooling, seed)

        self.looked_at = 0
        """Moves so far, of the compiled walk only."""

    @property
    def movable(self) -> int:
        """Sessions that have somewhere else to go."""
        return len(self.grid.movable)

    def run(self, share_done: Callable[[], float | None]) -> None:
        """Walk until `share_done()` is None (stop now) or 1.0; it is asked every few ms."""
        while self.movable:
            share = share_done()
            if share is None or share >= 1.0:
                break
            temperature = self.cooling.at(share)
            if self.compiled is not None:
                self._walk_compiled(self.compiled, temperature)
                continue
            for _ in range(STEPS_A_ROUND):
                self._step(temperature)

    def _walk_compiled(self, compiled: native.CompiledWalk, temperature: float) -> None:
        compiled.walk(_MOVES_A_ROUND, temperature)
        self.looked_at += _MOVES_A_ROUND
        self.cost, self.best_cost, self.clashes = compiled.cost, compiled.best_cost, compiled.clashes
        self.best_cell = compiled.best_cell

    def best_plan(self) -> Plan:
        rooms = self.grid.rooms
        cells = self.best_cell[: self.grid.n].tolist()
        return tuple(Place(*divmod(c, rooms)) if c >= 0 else None for c in cells)

    def _step(self, temperature: float) -> None:
        grid = self.grid
        session, cell, other, clashes = grid.possible(*self._proposals())
        if not len(session):
            self.batch = min(_LARGEST_BATCH, self.batch * 2)
            return
        own, delta = grid.deltas(session, cell, other)
        limit = temperature * self.random.standard_exponential(len(delta))
        accepted = np.nonzero(delta + self.cooling.clash * clashes <= limit)[0]
        self._resize(len(accepted))
        if len(accepted):
            self._make(session[accepted], cell[accepted], other[accepted], (own[accepted], clashes[accepted]))

    def _proposals(self) -> tuple[Ints, Ints]:
        """Half anywhere, a quarter to another slot in the same room, a quarter to another room."""
        grid, size = self.grid, self.batch
        session = grid.movable[self.random.integers(0, len(grid.movable), size)]
        pick = (self.random.random(size) * grid.width[session]).astype(np.int32)
        cell = grid.choices[grid.first[session] + pick].astype(np.intp)
        origin = grid.cell[session]
        quarter = size // 4
        cell[:quarter] += grid.room_of[origin[:quarter]] - grid.room_of[cell[:quarter]]
        other = slice(quarter, 2 * quarter)
        cell[other] = grid.slot_of[origin[other]] * grid.rooms + grid.room_of[cell[other]]
        return session, cell

    def _resize(self, accepted: int) -> None:
        if accepted > 2 * _WANTED_ACCEPTED:
            self.batch = max(_SMALLEST_BATCH, self.batch * 3 // 4)
        elif accepted < _WANTED_ACCEPTED // 2:
            self.batch = min(_LARGEST_BATCH, self.batch * 5 // 4)

    def _make(self, session: Ints, cell: Ints, other: Ints, change: tuple[Ints, Ints]) -> None:
        grid = self.grid
        chosen = self._independent(session, cell, other)
        grid.make(session[chosen], cell[chosen], other[chosen])
        self.own_cost += int(change[0][chosen].sum())
        self.clashes += int(change[1][chosen].sum())
        self.cost = self.own_cost + grid.fairness()
        if self.clashes == 0 and self.cost < self.best_cost - 1e-9:
            self.best_cost = self.cost
            self.best_cell = grid.cell.copy()

    def _independent(self, session: Ints, cell: Ints, other: Ints) -> list[int]:
        """Positions of moves that cost what was said also when made together; first come, first served."""
        grid = self.grid
        origin = grid.cell[session]
        here, there = grid.slot_of[origin].tolist(), grid.slot_of[cell].tolist()
        together = _Together(grid)
        chosen = []
        rows = zip(session.tolist(), other.tolist(), origin.tolist(), cell.tolist(), here, there, strict=True)
        for index, (s, o, c0, c1, t0, t1) in enumerate(rows):
            groups = self.groups_of[s] | self.groups_of[o]
            if together.accepts(s, o, (c0, c1), (t0, t1), groups):
                chosen.append(index)
        return chosen


class _Together:
    """Moves of one batch: none touches another's cells, activities, patterns or clashing sessions."""

    def __init__(self, grid: Grid) -> None:
        self.clashes = grid.tables.clashes
        self.nobody = grid.n
        self.takes = grid.takes_rows
        self.spare = (grid.limit - grid.load).T.tolist() if grid.is_limited else None
        self.cells: set[int] = set()
        self.groups: set[int] = set()
        self.touched: dict[int, list[int]] = {}

    def accepts(
        self, session: int, other: int, cells: tuple[int, int], slots: tuple[int, int], groups: frozenset[int]
    ) -> bool:
        if not self.cells.isdisjoint(cells) or not self.groups.isdisjoint(groups):
            return False
        if slots[0] != slots[1]:
            if self._clashes(session, slots) or self._clashes(other, slots):
                return False
            if self.spare is not None and not self._fits(session, other, *slots):
                return False
            for slot in slots:
                self.touched.setdefault(slot, []).extend((session, other))
        self.cells.update(cells)
        self.groups |= groups
        return True

    def _clashes(self, session: int, slots: tuple[int, int]) -> bool:
        if session == self.nobody:
            return False
        clashes = self.clashes[session]
        return any(slot in self.touched and not clashes.isdisjoint(self.touched[slot]) for slot in slots)

    def _fits(self, session: int, other: int, here: int, there: int) -> bool:
        movements = self.takes[session][0] - self.takes[other][0]
        people = self.takes[session][1] - self.takes[other][1]
        if not (movements or people) or self.spare is None:
            return True
        left, taken = self.spare[here], self.spare[there]
        if movements > taken[0] or people > taken[1] or -movements > left[0] or -people > left[1]:
            return False
        taken[0] -= movements
        taken[1] -= people
        left[0] += movements
        left[1] += people
        return True


def _groups(tables: Tables) -> list[frozenset[int]]:
    """Per session: its patterns (0 and up) and its activity (negative); nobody has none."""
    pairs = zip(tables.patterns_of, tables.activity_of, strict=True)
    return [frozenset((*patterns, *((-1 - a,) if a >= 0 else ()))) for patterns, a in pairs] + [frozenset()]
