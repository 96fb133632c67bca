"""One entry: a problem in, the best plan that the limits allow out; also when no plan is possible."""

from planner.optimiser.annealing.rounds import Rounds
from planner.optimiser.construct import construct
from planner.optimiser.exact import cpsat, neighbourhood
from planner.optimiser.exact.proving import prove_or_improve, prove_small
from planner.optimiser.incumbent import Incumbent, Limits, OnPlan, OnProgress, ShouldStop
from planner.optimiser.problem import Finding, Problem, Solution
from planner.optimiser.tables import build_tables

_QUICK_SHARE = 0.06
"""Of the run, for a first quick cooling, so that a run stopped early has a good plan already."""
_FULL_UNTIL, _WARM_UNTIL = 0.75, 0.92
"""Then full coolings and warm ones until these shares of it; neighbourhoods to the end."""
_PROOF_SHARE = 0.4
_GRACE_SECONDS = 1.5
_MORE_STARTS, _STARTS_SHARE = 3, 0.1
_STEPS_A_NEIGHBOURHOOD = 200


def solve(
    problem: Problem,
    limits: Limits | None = None,
    *,
    on_progress: OnProgress = lambda progress: None,
    should_stop: ShouldStop = lambda: False,
    on_plan: OnPlan = lambda plan: None,
) -> Solution:
    """Plan as many sessions as possible, at the least cost found.

    `on_progress`, `on_plan` and `should_stop` are called in this thread, at most some four times a second.
    """
    limits = limits or Limits()
    tables = build_tables(problem)
    run = Incumbent(tables, limits, on_progress, should_stop, on_plan=on_plan)
    _construct(run)
    if tables.placeable() and cpsat.is_available() and not run.must_end:
        _improve(run)
    run.tell()
    return finish(run)


def _construct(run: Incumbent) -> None:
    """A first plan; when it leaves somebody out, a few more from other seeds, for a small part of the time."""
    tables, limits = run.tables, run.limits
    start = tables.start_plan() if limits.keep_present else None
    run.offer(construct(tables, start, seed=limits.seed, should_stop=lambda: _is_late(run)), "construct")
    latest = limits.seconds if limits.is_reproducible else run.seconds + _STARTS_SHARE * run.seconds_left
    for seed in range(limits.seed + 1, limits.seed + 1 + _MORE_STARTS):
        if not run.unplaced or run.seconds >= latest:
            break
        plan = construct(
            tables, start, seed=seed, should_stop=lambda: not run.poll() or run.seconds >= latest
        )
        run.offer(plan, "construct")


def _is_late(run: Incumbent) -> bool:
    """The first plan gets its second even when the limit is 0."""
    return not run.poll() and (run.was_stopped or run.seconds > _GRACE_SECONDS)


def finish(run: Incumbent) -> Solution:
    """The run's outcome; sessions without a place are named in the findings."""
    return Solution(
        plan=run.plan,
        score=run.score,
        status=run.status(),
        bound=run.bound,
        findings=(*run.tables.precheck.findings, *_left_out(run), *_missing_parts()),
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


def _missing_parts() -> list[Finding]:
    return [] if cpsat.is_available() else [Finding("constructor_only")]


def _improve(run: Incumbent) -> None:
    if run.limits.steps is not None:
        _improve_by_count(run, run.limits.steps)
    elif run.limits.workers < 2:
        prove_small(run, seconds=run.seconds_left * _PROOF_SHARE)
        _improve_by_clock(run)
        neighbourhood.search(run, run.limits.seed, go_on=run.poll)
    else:
        with run.helper(lambda: prove_or_improve(run)):
            _improve_by_clock(run)
            neighbourhood.search(run, run.limits.seed, go_on=run.poll)


def _improve_by_clock(run: Incumbent) -> None:
    rounds, start, seconds = Rounds(run, run.limits.seed, run.poll), run.seconds, run.seconds_left
    rounds.quick(_QUICK_SHARE * seconds)
    rounds.full(start + _FULL_UNTIL * seconds)
    rounds.warm(start + _WARM_UNTIL * seconds)


def _improve_by_count(run: Incumbent, steps: int) -> None:
    """The same in counted steps; nothing here depends on the clock."""
    rounds, anew = Rounds(run, run.limits.seed, run.poll), steps // _STEPS_A_NEIGHBOURHOOD
    rounds.counted(_QUICK_SHARE * steps, "first round")
    prove_small(run, seconds=run.seconds_left, deterministic=1.0 + anew)
    rounds.counted(_FULL_UNTIL * steps, "annealing")
    neighbourhood.search(run, run.limits.seed, go_on=run.poll, rounds=anew)
