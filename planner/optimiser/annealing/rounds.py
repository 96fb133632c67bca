"""Rounds of annealing around one incumbent: a quick one, full ones from hot to cold, warm ones from the best plan.

A full round forgets where it began, so several differ like several runs; one that is longer than it needs to be
gains less than a second one. A warm round keeps the plan's outline and looks for a better one near it. Each
thread of a run does its own rounds with its own seeds.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import count, cycle
from typing import TYPE_CHECKING

from planner.optimiser.annealing.cooling import Cooling
from planner.optimiser.incumbent import Incumbent
from planner.optimiser.problem import Plan
from planner.optimiser.score import score

if TYPE_CHECKING:
    from planner.optimiser.annealing.annealer import Annealer

GoOn = Callable[[], bool]
_ENOUGH_MOVES = 2_000_000
"""Per session that can move: a round with more gains less than another round."""
_WARM_SHARE = 0.3
"""Of a full round's moves."""
_WARMTHS = (0.1, 0.16, 0.06)
"""Of the hottest temperature."""
_OFFER_SECONDS = 0.2


class Rounds:
    """The rounds of one thread. `go_on` is asked every few milliseconds and ends whatever is going on."""

    def __init__(self, run: Incumbent, seed: int, go_on: GoOn) -> None:
        self.run = run
        self.go_on = go_on
        self.cooling = Cooling.for_weights(run.tables)
        self.seeds = count(seed)
        self.speed = 0.0
        """Moves a second of the last round; 0 = not known, or so slow that one round is all there is time for."""
        self.movable = 0

    def quick(self, seconds: float) -> None:
        """One cooling in little time, so that a run stopped early has something good."""
        self._timed(self.run.plan, self.cooling, seconds, "first round")

    def full(self, until: float) -> None:
        """As many equal full coolings as are long enough, one at least, until that second of the run."""
        left = until - self.run.seconds
        enough = self._seconds_for(_ENOUGH_MOVES)
        rounds = max(1, round(left / enough)) if enough else 1
        for remaining in range(rounds, 0, -1):
            self._timed(self.run.plan, self.cooling, (until - self.run.seconds) / remaining, "annealing")

    def warm(self, until: float) -> None:
        """Coolings from moderate temperatures, each from the best plan so far, until that second of the run."""
        length = self._seconds_for(_ENOUGH_MOVES * _WARM_SHARE) or (until - self.run.seconds) / len(_WARMTHS)
        for warmth in cycle(_WARMTHS):
            left = until - self.run.seconds
            if left <= 0 or not self.movable or not self.go_on():
                return
            cooling = replace(self.cooling, hot=max(self.cooling.cold, self.cooling.hot * warmth))
            self._timed(self.run.plan, cooling, left if left < 2 * length else length, "warm round")

    def counted(self, steps: float, phase: str) -> None:
        """One full cooling of so many steps; nothing depends on the clock."""
        done = iter(range(int(steps) + 2))
        self._anneal(self.run.plan, self.cooling, lambda: next(done) / max(1.0, steps), phase)

    def _seconds_for(self, moves_a_session: float) -> float:
        return moves_a_session * self.movable / self.speed if self.speed else 0.0

    def _timed(self, plan: Plan, cooling: Cooling, seconds: float, phase: str) -> None:
        started = self.run.seconds
        self._anneal(plan, cooling, lambda: (self.run.seconds - started) / max(1e-6, seconds), phase)

    def _anneal(self, plan: Plan, cooling: Cooling, share_done: Callable[[], float], phase: str) -> None:
        if not self.go_on():
            return
        from planner.optimiser.annealing.annealer import (
            Annealer,  # numpy only where a plan is made, not where one is read
        )

        annealer = Annealer(self.run.tables, plan, cooling, seed=next(self.seeds))
        offers = _Offers(self.run, annealer, plan, phase)
        started = self.run.seconds

        def share() -> float | None:
            offers.make_now_and_then()
            return share_done() if self.go_on() else None

        annealer.run(share)
        offers.make()
        self.movable = annealer.movable
        self.speed = annealer.looked_at / max(1e-3, self.run.seconds - started)


class _Offers:
    """Hands the walk's best plan over when it seems better than the incumbent: to count a plan takes milliseconds."""

    def __init__(self, run: Incumbent, annealer: "Annealer", start: Plan, phase: str) -> None:
        self.run, self.annealer, self.phase = run, annealer, phase
        self.start = score(run.tables, start).total - run.tables.problem.weights.fairness
        """Of the start, or a little less: the walk does not round fairness."""
        self.last_cost, self.last_time = 0.0, run.seconds

    def make(self) -> None:
        if (
            self.annealer.best_cost < self.last_cost
            and self.start + self.annealer.best_cost < self.run.score.total
        ):
            self.last_cost = self.annealer.best_cost
            self.run.offer(self.annealer.best_plan(), self.phase)

    def make_now_and_then(self) -> None:
        if self.run.seconds - self.last_time > _OFFER_SECONDS:
            self.make()
            self.last_time = self.run.seconds
