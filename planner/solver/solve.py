"""One entry: a problem in, the best plan that the limits allow out; also when no plan is possible."""

import time

from . import neighbourhood
from .annealing import Annealer, Cooling
from .construct import construct
from .exact import prove_or_improve
from .incumbent import Incumbent, Limits, OnProgress, ShouldStop
from .problem import Finding, Problem, Solution
from .tables import build_tables

_FIRST_SHARE = 0.08
"""Share of the time for a first quick cooling, so that a run stopped early has a good plan already."""
_SECOND_SHARE = 0.75


def solve(
    problem: Problem,
    limits: Limits | None = None,
    *,
    on_progress: OnProgress = lambda progress: None,
    should_stop: ShouldStop = lambda: False,
) -> Solution:
    """Plan as many sessions as possible, at the least cost found.

    `on_progress` and `should_stop` are called in this thread, at most some four times a second.
    """
    limits = limits or Limits()
    tables = build_tables(problem)
    run = Incumbent(tables, limits, on_progress, should_stop)
    run.offer(construct(tables, seed=limits.seed, should_stop=lambda: not run.poll()), "construct")
    _improve(run)
    run.tell()
    return finish(run)


def finish(run: Incumbent) -> Solution:
    """The run's outcome; sessions without a place are named in the findings."""
    return Solution(
        plan=run.plan,
        score=run.score,
        status=run.status(),
        bound=run.bound,
        findings=(*run.tables.precheck.findings, *_left_out(run)),
        seconds=round(run.seconds, 3),
        is_reproducible=run.limits.is_reproducible and not run.ran_into_clock and not run.was_stopped,
        was_stopped=run.was_stopped,
        trail=tuple(run.trail),
    )


def _left_out(run: Incumbent) -> list[Finding]:
    sessions = run.tables.problem.sessions
    return [
        Finding("left_out", {"session": sessions[s].key})
        for s, place in enumerate(run.plan)
        if place is None and run.tables.domains[s]
    ]


def _improve(run: Incumbent) -> None:
    if run.limits.workers < 2:
        _search(run)
        return
    with run.helper(lambda: prove_or_improve(run)):
        _search(run)


def _search(run: Incumbent) -> None:
    """Cool twice, a quick first time; then small exact steps to the end."""
    cooling = Cooling.for_weights(run.tables)
    left = run.seconds_left
    _anneal(run, cooling, run.limits.seed, left * _FIRST_SHARE, "first round")
    _anneal(run, cooling, run.limits.seed + 1, left * _SECOND_SHARE, "annealing")
    neighbourhood.search(run, run.limits.seed, go_on=run.poll)


def _anneal(run: Incumbent, cooling: Cooling, seed: int, seconds: float, phase: str) -> None:
    if run.must_end:
        return
    annealer = Annealer(run.tables, run.plan, cooling, seed=seed)
    start, offered = time.monotonic(), annealer.best_cost

    def share_done() -> float | None:
        nonlocal offered
        if annealer.best_cost < offered:
            offered = annealer.best_cost
            run.offer(annealer.best_plan(), phase)
        return (time.monotonic() - start) / seconds if run.poll() else None

    annealer.run(share_done)
    run.offer(annealer.best_plan(), phase)
