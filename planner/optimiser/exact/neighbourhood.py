"""Large neighbourhood search: free some sessions, place them anew with the exact solver, keep what is better.

May be stopped at any time; the plan is never worse than before. Several threads may search around one
incumbent.
"""

import random
from collections.abc import Callable

from planner.optimiser.draft import Draft
from planner.optimiser.exact import cpsat
from planner.optimiser.incumbent import Incumbent
from planner.optimiser.precheck import Domain
from planner.optimiser.problem import Plan
from planner.optimiser.tables import Tables

_SECONDS = 2.5
_SMALLEST, _FIRST, _LARGEST = 12, 30, 400
_MOST_CELLS = 12_000


class Neighbourhoods:
    """Chooses what to free, by four kinds in turn, and adapts how much to how fast the last ones were
    solved."""

    def __init__(self, tables: Tables, seed: int) -> None:
        self.tables = tables
        self.random = random.Random(seed)
        self.kinds: list[Callable[[Draft], list[int]]] = [
            self._same_slots,
            self._related,
            self._same_rooms,
            self._related,
        ]
        self.size = [float(_FIRST)] * len(self.kinds)
        self.turn = 0

    def next(self, plan: Plan) -> dict[int, Domain]:
        """The sessions to free, with the cells that the others leave them."""
        self.turn = (self.turn + 1) % len(self.kinds)
        draft = Draft(self.tables, plan)
        missing = [s for s in self.tables.placeable() if plan[s] is None]
        return self._open(plan, [*missing, *self.kinds[self.turn](draft)])

    def around(self, plan: Plan, sessions: list[int]) -> dict[int, Domain]:
        """Frees these sessions and some that are related to them."""
        self.turn = (self.turn + 1) % len(self.kinds)
        draft = Draft(self.tables, plan)
        some = self.random.sample(sessions, min(len(sessions), max(2, self._count // 3)))
        near = [other for s in some for other in self._relatives(s) if plan[other] is not None]
        others = near[: self._count // 3] if self.turn % 2 else self.kinds[self.turn](draft)
        return self._open(plan, [*some, *others])

    def _open(self, plan: Plan, sessions: list[int]) -> dict[int, Domain]:
        """Domains of as many of the sessions as a quick model holds, first ones first."""
        chosen = list(dict.fromkeys(sessions))
        while chosen:
            free = open_domains(self.tables, plan, chosen)
            if sum(len(rooms) for domain in free.values() for rooms in domain.values()) <= _MOST_CELLS:
                return free
            chosen = chosen[: len(chosen) * 3 // 4]
        return {}

    def learn(self, was_solved: bool, seconds: float) -> None:
        """Grow a kind that is solved quickly, shrink one that is not solved to the end."""
        factor = 0.9 if not was_solved else 1.15 if seconds < _SECONDS / 3 else 1.0
        self.size[self.turn] = min(_LARGEST, max(_SMALLEST, self.size[self.turn] * factor))

    @property
    def _count(self) -> int:
        return int(self.size[self.turn])

    def _same_slots(self, draft: Draft) -> list[int]:
        """Everybody in some slots, neighbours in time first."""
        slots = list(range(len(draft.in_slot)))
        self.random.shuffle(slots)
        day_of = [slot.day for slot in self.tables.problem.slots]
        order = sorted(slots, key=lambda slot: day_of[slot] != day_of[slots[0]])
        chosen: list[int] = []
        for slot in order:
            if len(chosen) >= self._count:
                break
            chosen.extend(sorted(draft.in_slot[slot]))
        return chosen

    def _same_rooms(self, draft: Draft) -> list[int]:
        rooms = list(range(len(self.tables.problem.rooms)))
        self.random.shuffle(rooms)
        chosen: list[int] = []
        for room in rooms:
            if len(chosen) >= self._count:
                break
            chosen.extend(row[room] for row in draft.occupant if row[room] >= 0)
        return chosen

    def _related(self, draft: Draft) -> list[int]:
        """A session, its activity, its patterns and clashes, and onwards, at random."""
        placed = [s for s, place in enumerate(draft.place) if place is not None]
        if not placed:
            return []
        chosen = {self.random.choice(placed): None}
        queue = list(chosen)
        while queue and len(chosen) < self._count:
            session = queue.pop(self.random.randrange(len(queue)))
            for other in self._relatives(session):
                if draft.place[other] is not None and other not in chosen and len(chosen) < self._count:
                    chosen[other] = None
                    queue.append(other)
            if not queue:
                queue = [s for s in self.random.sample(placed, min(3, len(placed))) if s not in chosen]
                chosen.update(dict.fromkeys(queue))
        return list(chosen)

    def _relatives(self, session: int) -> list[int]:
        tables = self.tables
        near: list[int] = []
        if tables.activity_of[session] >= 0:
            near.extend(tables.problem.activities[tables.activity_of[session]].sessions)
        for pattern in tables.patterns_of[session]:
            near.extend(tables.patterns[pattern].sessions)
        near.extend(sorted(tables.clashes[session]))
        return self.random.sample(near, min(len(near), 12))


def open_domains(tables: Tables, plan: Plan, chosen: list[int]) -> dict[int, Domain]:
    """What is open to the chosen sessions when all others stay where they are."""
    draft = Draft(tables, plan)
    for session in chosen:
        draft.take(session)
    free: dict[int, Domain] = {}
    for session in chosen:
        taken = draft.clashing(session)
        domain: Domain = {}
        for slot, rooms in tables.domains[session].items():
            if slot in taken or draft.over_limit(session, slot) != (0, 0):
                continue
            row = draft.occupant[slot]
            if left := tuple(r for r in rooms if row[r] < 0):
                domain[slot] = left
        free[session] = domain
    return free


def search(run: Incumbent, seed: int, *, go_on: Callable[[], bool], rounds: int | None = None) -> None:
    """Improve the incumbent until `go_on()` is False, or for some rounds of fixed deterministic effort."""
    neighbourhoods = Neighbourhoods(run.tables, seed)
    done = 0
    while go_on() and (rounds is None or done < rounds):
        done += 1
        plan = run.plan
        free = neighbourhoods.next(plan)
        if not free:
            return
        started = run.seconds
        outcome = _place_anew(run, free, plan, seed + done, rounds is not None)
        seconds = 0.0 if rounds is not None else run.seconds - started
        neighbourhoods.learn(outcome.is_optimal or outcome.is_infeasible, seconds)
        if outcome.plan is not None and outcome.plan != plan:
            run.offer(outcome.plan, "neighbours")
        if outcome.is_optimal and len(free) == len(run.tables.placeable()):
            return


def _place_anew(
    run: Incumbent, free: dict[int, Domain], plan: Plan, seed: int, is_reproducible: bool
) -> cpsat.SolverOutcome:
    missing = tuple(s for s in free if plan[s] is None)
    form = cpsat.build(run.tables, free, plan, may_leave_out=missing)
    seconds = min(_SECONDS, run.seconds_left)
    effort = cpsat.Effort(run.seconds_left if is_reproducible else seconds, seed=seed)
    if is_reproducible:
        effort = cpsat.Effort(run.seconds_left, seed=seed, deterministic=1.0)
    return cpsat.optimise(form, effort)
