"""Mend a plan with the fewest moves, then as well as that number of moves allows.

Any session that changes slot or room counts as one move (times its `notice`); among plans with equally many
moves, those with fewer changes of slot come first. A session left out weighs more than any number of moves.
The proof models rooms only where sessions stand and for those that move: others when a solution asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from planner.optimiser.annealing.cooling import Cooling
from planner.optimiser.construct import construct
from planner.optimiser.exact import cpsat
from planner.optimiser.exact.formulation import Formulation
from planner.optimiser.exact.neighbourhood import Neighbourhoods
from planner.optimiser.incumbent import Incumbent, Limits, OnPlan, OnProgress, ShouldStop
from planner.optimiser.precheck import Domain
from planner.optimiser.problem import Place, Plan, Problem, Score, Solution
from planner.optimiser.solve import finish
from planner.optimiser.tables import Tables, build_tables

_MOVE = 10_000
"""Against 1 for a change of slot: for up to 10,000 moves, fewer moves always come first."""
_IDLE_ROUNDS = 8
"""The polish ends after so many rounds without gain."""
_STEP_SECONDS = 2.5
_WALK_SHARE = 0.35
"""Of the time, for the walk."""
_PRICE_OF_A_MOVE, _WARMTH, _CLASH = 10, 0.3, 3
"""A move costs ten times the hottest temperature of soft rules; the walk starts at 0.3 moves, where not yet everybody
moves; two sessions that may not share a slot cost three moves while they do."""


@dataclass(frozen=True, slots=True)
class Repair:
    solution: Solution
    moves: int
    """Sessions in another place than `Session.present`, weighted by notice; those left out do not count."""
    slot_changes: int
    at_least: int
    """No legal plan that leaves out as few sessions has fewer moves than this."""
    is_minimal: bool
    """Proven: no legal plan leaves out fewer sessions, or as few with fewer moves."""
    moved: tuple[str, ...]
    left_out: tuple[str, ...]


def repair(
    problem: Problem,
    limits: Limits | None = None,
    *,
    on_progress: OnProgress = lambda progress: None,
    should_stop: ShouldStop = lambda: False,
    on_plan: OnPlan = lambda plan: None,
) -> Repair:
    """The nearest legal plan to every session's `present` place. Never raises for a plan beyond repair."""
    limits = limits or Limits()
    tables = build_tables(problem)
    mending = _Mending(tables)
    run = Incumbent(tables, limits, on_progress, should_stop, rank=mending.rank, on_plan=on_plan)
    present = tuple(session.present for session in problem.sessions)
    run.offer(construct(tables, present, should_stop=lambda: not run.poll()), "construct")
    if tables.placeable() and cpsat.is_available():
        with run.helper(lambda: mending.prove(run)) as proof:
            mending.anneal(run)
            mending.polish(run)
            run.wait_for(proof)
    run.tell()
    return mending.outcome(run)


class _Mending:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.sessions = tables.problem.sessions
        notices = sum(session.notice for session in self.sessions)
        self.most_slot_changes = notices
        self.left_out_cost = (_MOVE + 1) * notices + 1
        """Dearer than moving everybody."""
        self.least = sum(self._least_burden(s) for s in tables.placeable()) + self._least_for_limits()
        """Proven lower bound on the burden of a legal plan."""

    def rank(self, plan: Plan, score: Score) -> tuple[int, int]:
        return self.burden(plan), score.total

    def burden(self, plan: Plan) -> int:
        return sum(self._burden_of(s, place) for s, place in enumerate(plan) if self.tables.domains[s])

    def outcome(self, run: Incumbent) -> Repair:
        plan, sessions = run.plan, self.sessions
        moved = [s for s, place in enumerate(plan) if self._is_moved(s, place)]
        by_slot = [s for s in moved if (p := sessions[s].present) and (q := plan[s]) and p.slot != q.slot]
        moves, is_minimal = self._moves(plan), self.is_minimal(plan)
        return Repair(
            solution=finish(run),
            moves=moves,
            slot_changes=len(by_slot),
            at_least=moves if is_minimal else min(moves, self._least_moves(plan)),
            is_minimal=is_minimal,
            moved=tuple(sessions[s].key for s in moved),
            left_out=tuple(sessions[s].key for s, place in enumerate(plan) if place is None),
        )

    def _least_moves(self, plan: Plan) -> int:
        """From the bound on the burden, for plans that leave out as few as this one."""
        known = self.least - self._left_out(plan) * self.left_out_cost - self.most_slot_changes
        return max(0, -(-known // _MOVE))

    def is_minimal(self, plan: Plan) -> bool:
        """Proven: nobody can leave out fewer sessions, or as few with fewer moves."""
        fewer_left_out = (self._left_out(plan) - 1) * self.left_out_cost + self.left_out_cost - 1
        return self.least > fewer_left_out and self._least_moves(plan) >= self._moves(plan)

    def _left_out(self, plan: Plan) -> int:
        return sum(plan[s] is None for s in self.tables.placeable())

    def _moves(self, plan: Plan) -> int:
        return sum(self.sessions[s].notice for s, place in enumerate(plan) if self._is_moved(s, place))

    def prove(self, run: Incumbent) -> None:
        """Relax, solve, add the rooms that were missing, until the plan is whole or its moves are proven."""
        free = {s: self.tables.domains[s] for s in self.tables.placeable()}
        rooms = {s: self._slots_with_rooms(s) for s in free}
        while not run.must_end and not self.is_minimal(run.plan):
            outcome = self._solve_relaxed(run, free, rooms)
            if outcome.plan is None:
                break
            self._learn(outcome.bound)
            missing = [s for s in outcome.slots if outcome.plan[s] is None]
            run.offer(construct(self.tables, outcome.plan) if missing else outcome.plan, "repair")
            if not missing:
                break
            for session in missing:
                rooms[session].update(self.tables.domains[session])

    def _burden_of(self, session: int, place: Place | None) -> int:
        present = self.sessions[session].present
        if place is None:
            return self.left_out_cost
        if present is None or place == present:
            return 0
        return self.sessions[session].notice * (_MOVE + (place.slot != present.slot))

    def _least_burden(self, session: int) -> int:
        """Of the session alone: nothing when it may stay, one move when it may not."""
        present = self.sessions[session].present
        if present is None or self.tables.allows(session, present):
            return 0
        return self.sessions[session].notice * (_MOVE + (present.slot not in self.tables.domains[session]))

    def _least_for_limits(self) -> int:
        """Of those that could stay, some must leave a slot that has become too small for all."""
        tables, least = self.tables, 0
        stayers: list[list[int]] = [[] for _ in tables.problem.slots]
        for s in tables.placeable():
            present = self.sessions[s].present
            if present is not None and tables.allows(s, present):
                stayers[present.slot].append(s)
        for slot, here in zip(tables.problem.slots, stayers, strict=True):
            limits = ((slot.max_movements, tables.movements), (slot.max_people, tables.people))
            known = [(limit, takes) for limit, takes in limits if limit is not None]
            excesses = ((takes, sum(takes[s] for s in here) - limit) for limit, takes in known)
            least += max((self._least_to_free(here, takes, excess) for takes, excess in excesses), default=0)
        return least

    def _least_to_free(self, sessions: list[int], takes: tuple[int, ...], excess: int) -> int:
        """The cheapest burden of moves that make the sessions take so much less."""
        cheapest = [0, *[self.left_out_cost * len(sessions)] * max(0, excess)]
        for s in sessions:
            burden = self.sessions[s].notice * (_MOVE + 1)
            for much in range(len(cheapest) - 1, 0, -1):
                cheapest[much] = min(cheapest[much], cheapest[max(0, much - takes[s])] + burden)
        return cheapest[-1]

    def _learn(self, bound: int) -> None:
        self.least = max(self.least, bound)

    def _is_moved(self, session: int, place: Place | None) -> bool:
        present = self.sessions[session].present
        return place is not None and present is not None and place != present

    def _slots_with_rooms(self, session: int) -> set[int]:
        """Rooms count from the start where a session stands; everywhere for one that must go anyway."""
        present = self.sessions[session].present
        if present is None or not self.tables.allows(session, present):
            return set(self.tables.domains[session])
        return {present.slot}

    def _solve_relaxed(
        self, run: Incumbent, free: Mapping[int, Domain], rooms: Mapping[int, set[int]]
    ) -> cpsat.SolverOutcome:
        form = cpsat.build(
            self.tables, free, run.plan, room_slots=rooms, may_leave_out=free, with_costs=False
        )
        form.terms = self._burden_terms(form)
        form.minimise()
        effort = cpsat.Effort(run.seconds_left, seed=run.limits.seed, is_near=True)
        return cpsat.optimise(form, effort, cpsat.Watch(on_bound=self._learn, on_start=run.on_end))

    def _burden_terms(self, form: Formulation) -> list[Any]:
        """`burden` of the free sessions as linear terms."""
        terms: list[Any] = []
        for session, slots in form.slot_of.items():
            is_out = form.left_out.get(session, 0)
            terms.append(self.left_out_cost * is_out)
            present = self.sessions[session].present
            if present is None:
                continue
            stays = form.cell_of[session].get(present, 0)
            away = sum(x for slot, x in slots.items() if slot != present.slot)
            terms.append(self.sessions[session].notice * (_MOVE * (1 - stays - is_out) + away))
        return terms

    def anneal(self, run: Incumbent) -> None:
        """Fewer moves by a walk in which a move costs more than anything soft, for a part of the time."""
        from planner.optimiser.annealing import native  # and numpy with it: only where a plan is made
        from planner.optimiser.annealing.annealer import Annealer

        if native.library() is None or run.must_end:
            return
        soft, seconds, started = Cooling.for_weights(self.tables), run.seconds_left * _WALK_SHARE, run.seconds
        price = _PRICE_OF_A_MOVE * soft.hot
        cooling = replace(soft, hot=_WARMTH * price, clash=_CLASH * price)
        walk = Annealer(self.tables, run.plan, cooling, seed=run.limits.seed, moved=round(price))

        def share() -> float | None:
            goes_on = run.poll() and not self.is_minimal(run.plan)
            return (run.seconds - started) / max(1e-6, seconds) if goes_on else None

        walk.run(share)
        run.offer(walk.best_plan(), "annealing")

    def polish(self, run: Incumbent) -> None:
        """Fewer moves, then better soft costs, around what moved; ends when nothing is gained any more."""
        neighbourhoods = Neighbourhoods(self.tables, run.limits.seed)
        idle = 0
        while run.poll() and (idle < _IDLE_ROUNDS or not self.is_minimal(run.plan)):
            plan = run.plan
            changed = [s for s in self.tables.placeable() if plan[s] != self.sessions[s].present]
            free = neighbourhoods.around(plan, changed) if changed else {}
            if not free:
                return
            form = cpsat.build(self.tables, free, plan, may_leave_out=free)
            form.terms.extend(self._burden_terms(form))
            form.minimise()
            effort = cpsat.Effort(min(_STEP_SECONDS, run.seconds_left), seed=idle)
            outcome = cpsat.optimise(form, effort)
            neighbourhoods.learn(outcome.is_optimal, 0.0 if outcome.is_optimal else _STEP_SECONDS)
            gained = outcome.plan is not None and run.offer(outcome.plan, "polish")
            idle = 0 if gained else idle + 1
            if outcome.is_optimal and len(free) == len(self.tables.placeable()):
                return
