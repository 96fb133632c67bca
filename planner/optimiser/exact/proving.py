"""What runs beside the annealing: a proof for a small plan; a bound and rounds of its own for a large one."""

import threading
from collections.abc import Callable

from planner.optimiser.annealing.cooling import Cooling
from planner.optimiser.annealing.rounds import Rounds
from planner.optimiser.annealing.walker import Walk, walk_elsewhere
from planner.optimiser.exact import cpsat, neighbourhood
from planner.optimiser.exact.formulation import UNPLACED_COST
from planner.optimiser.incumbent import Incumbent

_SMALL_CELLS = 12_000
"""(session, slot, room) cells up to which the full model is solved to the end."""
_BOUND_SHARE, _HOPE_SHARE = 0.5, 0.15
"""Of the time, for a bound; and after how much of it one below half of the cost is given up."""
_LONGEST_HOPE, _NAP_SECONDS = 25.0, 0.2
_ANY_SECONDS = 1e6
"""The run's own clock ends this solve."""
_WALK_SHARE, _QUICK_SHARE, _LEAST_WALK_SECONDS = 0.75, 0.05, 10.0
_OTHER_SEEDS = 5_000


def prove_or_improve(run: Incumbent) -> None:
    """Until the run ends: a proof or a bound, full coolings beside the other thread's, neighbourhoods."""
    if is_small(run):
        prove_small(run, seconds=run.seconds_left)
    else:
        until = run.seconds + run.seconds_left * _WALK_SHARE
        if not run.unplaced:
            _bound(run)
        _walk(run, until)
    neighbourhood.search(run, run.limits.seed + 10_000, go_on=lambda: not run.must_end)


def is_small(run: Incumbent) -> bool:
    return run.tables.cell_count() <= _SMALL_CELLS


def prove_small(run: Incumbent, *, seconds: float, deterministic: float | None = None) -> None:
    """Solve the full model when it is small; else do nothing."""
    if is_small(run) and not run.must_end:
        effort = cpsat.Effort(min(seconds, run.seconds_left), 1, run.limits.seed, deterministic)
        _solve(run, effort, with_rooms=True)


def _bound(run: Incumbent) -> None:
    """Bound the cost as long as there is hope: with few prices there is often no bound worth the name."""
    seconds, started = run.seconds_left, run.seconds
    hope, longest = min(_LONGEST_HOPE, seconds * _HOPE_SHARE), seconds * _BOUND_SHARE
    stops: list[Callable[[], None]] = []
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(_NAP_SECONDS):
            spent, is_hopeless = run.seconds - started, run.bound is None or 2 * run.bound < run.score.total
            if spent > longest or (spent > hope and is_hopeless):
                for stop in stops:
                    stop()

    threading.Thread(target=watch, name="planner-hope", daemon=True).start()
    try:
        effort = cpsat.Effort(_ANY_SECONDS, seed=run.limits.seed)
        _solve(run, effort, with_rooms=False, on_start=stops.append)
    finally:
        is_over.set()


def _walk(run: Incumbent, until: float) -> None:
    """Rounds of annealing on the second core."""
    from planner.optimiser.annealing import native  # and numpy with it

    if native.library() is not None:
        rounds = Rounds(run, run.limits.seed + _OTHER_SEEDS, go_on=lambda: not run.must_end)
        rounds.quick(_QUICK_SHARE * (until - run.seconds))
        rounds.full(until)
        return
    seconds = until - run.seconds
    if seconds < _LEAST_WALK_SECONDS or run.must_end:
        return
    cooling = Cooling.for_weights(run.tables)
    walk = Walk(run.tables.problem, run.plan, cooling, run.limits.seed + _OTHER_SEEDS, seconds)
    plan = walk_elsewhere(walk, lambda: not run.must_end)
    if plan is not None:
        run.offer(plan, "second walk")


def _solve(
    run: Incumbent,
    effort: cpsat.Effort,
    *,
    with_rooms: bool,
    on_start: Callable[[Callable[[], None]], None] | None = None,
) -> None:
    """Full model or slots only, with every placeable session free."""
    free = {s: run.tables.domains[s] for s in run.tables.placeable()}
    room_slots: dict[int, tuple[int, ...]] | None = None if with_rooms else {}
    may_leave_out = free if run.unplaced else ()
    form = cpsat.build(run.tables, free, run.plan, room_slots=room_slots, may_leave_out=may_leave_out)
    if run.must_end:
        return

    def register(stop: Callable[[], None]) -> None:
        run.on_end(stop)
        if on_start is not None:
            on_start(stop)

    watch = cpsat.Watch(
        on_plan=lambda plan: run.offer(plan, "exact"),
        on_bound=lambda bound: _learn(run, bound),
        on_start=register,
    )
    outcome = cpsat.optimise(form, effort, watch)
    if outcome.plan is not None and with_rooms:
        run.offer(outcome.plan, "exact")
    if not outcome.is_infeasible:
        _learn(run, outcome.bound)


def _learn(run: Incumbent, bound: int) -> None:
    """Take the bound apart: how many must stay out, and what the others cost at least."""
    if bound >= 0:
        unplaced, cost = divmod(bound, UNPLACED_COST)
        run.raise_bound(cost + _cost_of_the_impossible(run), "bound", unplaced)


def _cost_of_the_impossible(run: Incumbent) -> int:
    """Activities of which no session has a place lack all their days in every plan."""
    problem = run.tables.problem
    hopeless = (a for a in problem.activities if not any(run.tables.domains[s] for s in a.sessions))
    return problem.weights.spread * sum(a.min_days for a in hopeless)
