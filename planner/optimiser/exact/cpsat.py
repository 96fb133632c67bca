"""The only file that imports ortools, and only when a model is made: some 100 MB and a second."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from planner.optimiser.exact.formulation import Formulation
from planner.optimiser.exact.objective import add_costs
from planner.optimiser.precheck import Domain
from planner.optimiser.problem import Plan
from planner.optimiser.tables import Tables


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits of one exact solve. With `deterministic` (CP-SAT's own unit) one worker gives the same twice."""

    seconds: float
    workers: int = 1
    seed: int = 0
    deterministic: float | None = None
    is_near: bool = False
    """The hint is nearly the answer: skip the simplifications that pay off only in a long search."""


@dataclass(frozen=True, slots=True)
class SolverOutcome:
    is_optimal: bool
    is_infeasible: bool
    plan: Plan | None
    """None when no solution was found; without places where rooms are not modelled."""
    slots: Mapping[int, int]
    """session -> slot, for placed sessions of the model."""
    objective: int | None
    bound: int


@dataclass(slots=True)
class Watch:
    """What a caller wants to hear during a solve; called from solver threads."""

    on_plan: Callable[[Plan], object] | None = None
    on_bound: Callable[[int], None] | None = None
    on_start: Callable[[Callable[[], None]], object] | None = None
    """Gets a function that stops the solve."""


def is_available() -> bool:
    """Without ortools, and the numpy it brings along, only the constructor works."""
    return find_spec("ortools") is not None


def build(
    tables: Tables,
    free: Mapping[int, Domain],
    plan: Plan,
    *,
    room_slots: Mapping[int, Collection[int]] | None = None,
    may_leave_out: Iterable[int] = (),
    with_costs: bool = True,
) -> Formulation:
    """The model of the free sessions around the rest of the plan, hinted with the plan."""
    from ortools.sat.python import cp_model

    form = Formulation(
        cp_model.CpModel(), tables, free, plan, room_slots=room_slots, may_leave_out=may_leave_out
    )
    if with_costs:
        add_costs(form)
        form.minimise()
    form.hint(plan)
    return form


def optimise(form: Formulation, effort: Effort, watch: Watch | None = None) -> SolverOutcome:
    """Solve the model within its limits."""
    from ortools.sat.python import cp_model

    watch = watch or Watch()
    solver = new_solver(effort)
    on_bound = watch.on_bound
    if on_bound is not None:
        solver.best_bound_callback = lambda bound: on_bound(round_up(bound))
    if watch.on_start is not None:
        watch.on_start(solver.stop_search)
    callback = _listener(form, watch.on_plan) if watch.on_plan and form.with_rooms else None
    status = solver.solve(form.model, callback)
    has_plan = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return SolverOutcome(
        is_optimal=status == cp_model.OPTIMAL,
        is_infeasible=status == cp_model.INFEASIBLE,
        plan=form.read(solver.value) if has_plan else None,
        slots=form.read_slots(solver.value) if has_plan else {},
        objective=round(solver.objective_value) if has_plan else None,
        bound=round_up(solver.best_objective_bound),
    )


def new_solver(effort: Effort) -> Any:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = effort.workers
    solver.parameters.linearization_level = 2  # soft rules are sums: the relaxation proves most of the bound
    solver.parameters.random_seed = effort.seed
    solver.parameters.max_time_in_seconds = max(0.01, effort.seconds)
    if effort.is_near:
        solver.parameters.cp_model_presolve = False
        solver.parameters.symmetry_level = 0
        solver.parameters.linearization_level = 1
    if effort.deterministic is not None:
        solver.parameters.max_deterministic_time = effort.deterministic
    return solver


def round_up(bound: float) -> int:
    """The cost is integer: a bound of 44.2 proves 45."""
    return -int(-(bound - 1e-6) // 1)


def _listener(form: Formulation, on_plan: Callable[[Plan], object]) -> Any:
    from ortools.sat.python import cp_model

    class Listener(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            on_plan(form.read(self.value))

    return Listener()


@dataclass(frozen=True, slots=True)
class ConflictingRules:
    """`core`: sessions that cannot all be placed; None when they can, or when time was too short to tell."""

    core: tuple[int, ...] | None
    is_feasible: bool


def conflict(
    tables: Tables,
    free: Mapping[int, Domain],
    room_slots: Mapping[int, Collection[int]] | None,
    seconds: float,
    seed: int,
) -> ConflictingRules:
    """Can these sessions all be placed, all others set aside? Without all rooms, only "no" is an answer."""
    from ortools.sat.python import cp_model

    nobody: Plan = (None,) * len(tables.domains)
    form = build(tables, free, nobody, room_slots=room_slots, may_leave_out=free, with_costs=False)
    session_of = {}
    for session, is_out in form.left_out.items():
        is_in = is_out.negated()
        form.model.add_assumption(is_in)
        session_of[is_in.index] = session
    solver = new_solver(Effort(seconds, seed=seed))
    status = solver.solve(form.model)
    if status != cp_model.INFEASIBLE:
        return ConflictingRules(None, status in (cp_model.OPTIMAL, cp_model.FEASIBLE))
    core = tuple(session_of[index] for index in solver.sufficient_assumptions_for_infeasibility())
    return ConflictingRules(core or tuple(free), False)


def can_hold_all(tables: Tables, room_slots: Mapping[int, Collection[int]] | None, seconds: float) -> bool:
    """Can a few sessions all be placed? True also when time was too short to tell.

    Asked as "leave out as few as possible": the relaxation then counts pigeons and holes at once.
    """
    free = {s: tables.domains[s] for s in tables.session_indices}
    nobody: Plan = (None,) * len(tables.domains)
    form = build(tables, free, nobody, room_slots=room_slots, may_leave_out=free, with_costs=False)
    form.terms = list(form.left_out.values())
    form.minimise()
    solver_stop: list[Callable[[], None]] = []

    def on_bound(bound: int) -> None:
        if bound > 0:
            solver_stop[0]()

    watch = Watch(on_bound=on_bound, on_start=solver_stop.append)
    return optimise(form, Effort(seconds, is_near=True), watch).bound <= 0
