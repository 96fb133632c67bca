"""What the exact solver does beside the annealing: prove a small plan, or bound the cost of a large one."""

from . import cpsat, neighbourhood
from .incumbent import Incumbent

_SMALL_CELLS = 12_000
"""(session, slot, room) cells up to which the full model is solved to the end."""
_BOUND_SHARE = 0.5


def prove_or_improve(run: Incumbent) -> None:
    """Until the run ends: a proof for a small problem; for others a bound first, then better
    neighbourhoods."""
    if any(place is None for place, domain in zip(run.plan, run.tables.domains, strict=True) if domain):
        neighbourhood.search(run, run.limits.seed + 10_000, go_on=lambda: not run.must_end)
        return
    if run.tables.cell_count() <= _SMALL_CELLS:
        prove_small(run, seconds=run.seconds_left)
    else:
        _solve(run, with_rooms=False, seconds=run.seconds_left * _BOUND_SHARE)
    neighbourhood.search(run, run.limits.seed + 10_000, go_on=lambda: not run.must_end)


def prove_small(run: Incumbent, *, seconds: float, deterministic: float | None = None) -> None:
    """Solve the full model when it is small and every session that can be placed is; else do nothing."""
    placed = all(run.plan[s] is not None for s in run.tables.placeable())
    if placed and run.tables.cell_count() <= _SMALL_CELLS and not run.must_end:
        _solve(run, with_rooms=True, seconds=seconds, deterministic=deterministic)


def _solve(run: Incumbent, *, with_rooms: bool, seconds: float, deterministic: float | None = None) -> None:
    """Full model or slots only, with every placeable session free."""
    free = {s: run.tables.domains[s] for s in run.tables.placeable()}
    form = cpsat.build(run.tables, free, run.plan, room_slots=None if with_rooms else {})
    if run.must_end:
        return
    watch = cpsat.Watch(
        on_plan=lambda plan: run.offer(plan, "exact"),
        on_bound=lambda bound: run.raise_bound(bound, "bound"),
        on_start=run.on_end,
    )
    seconds = min(seconds, run.seconds_left)
    outcome = cpsat.optimise(
        form, cpsat.Effort(seconds, seed=run.limits.seed, deterministic=deterministic), watch
    )
    if not outcome.is_infeasible:
        run.raise_bound(outcome.bound, "bound")
