"""What the exact solver does beside the annealing: prove a small plan, or bound the cost of a large one."""

from . import cpsat, neighbourhood
from .formulation import UNPLACED_COST
from .incumbent import Incumbent

_SMALL_CELLS = 12_000
"""(session, slot, room) cells up to which the full model is solved to the end."""
_BOUND_SHARE = 0.5


def prove_or_improve(run: Incumbent) -> None:
    """Until the run ends: a proof for a small problem; for others a bound first, then better
    neighbourhoods."""
    if is_small(run):
        prove_small(run, seconds=run.seconds_left)
    elif not run.unplaced:
        _solve(run, with_rooms=False, seconds=run.seconds_left * _BOUND_SHARE)
    neighbourhood.search(run, run.limits.seed + 10_000, go_on=lambda: not run.must_end)


def prove_small(run: Incumbent, *, seconds: float, deterministic: float | None = None) -> None:
    """Solve the full model when it is small; else do nothing."""
    if is_small(run) and not run.must_end:
        _solve(run, with_rooms=True, seconds=seconds, deterministic=deterministic)


def is_small(run: Incumbent) -> bool:
    return run.tables.cell_count() <= _SMALL_CELLS


def _solve(run: Incumbent, *, with_rooms: bool, seconds: float, deterministic: float | None = None) -> None:
    """Full model or slots only, with every placeable session free."""
    free = {s: run.tables.domains[s] for s in run.tables.placeable()}
    may_leave_out = free if run.unplaced else ()
    form = cpsat.build(
        run.tables, free, run.plan, room_slots=None if with_rooms else {}, may_leave_out=may_leave_out
    )
    if run.must_end:
        return
    watch = cpsat.Watch(
        on_plan=lambda plan: run.offer(plan, "exact"),
        on_bound=lambda bound: _learn(run, bound),
        on_start=run.on_end,
    )
    seconds = min(seconds, run.seconds_left)
    outcome = cpsat.optimise(
        form, cpsat.Effort(seconds, seed=run.limits.seed, deterministic=deterministic), watch
    )
    if outcome.plan is not None and with_rooms:
        run.offer(outcome.plan, "exact")
    if not outcome.is_infeasible:
        _learn(run, outcome.bound)


def _learn(run: Incumbent, bound: int) -> None:
    """Take the bound apart: how many must stay out, and what the others cost at least."""
    if bound >= 0:
        unplaced, cost = divmod(bound, UNPLACED_COST)
        run.raise_bound(cost, "bound", unplaced)
