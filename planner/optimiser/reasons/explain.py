"""Why a session cannot be placed: a minimal set of sessions that cannot all be placed, and of causes for it.

First the sessions: those that the solver needs to show that this one has no place, thinned out one by one.
Then the causes: every rule that touches them is lifted in turn; what can be lifted without making room is no
cause. Each cause that remains would make room if it gave way, alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from planner.optimiser.construct import construct
from planner.optimiser.exact import cpsat
from planner.optimiser.incumbent import Limits
from planner.optimiser.problem import Apart, Clique, Finding, Plan, Problem, ProblemActivity
from planner.optimiser.reasons.causes import Cause, causes_of, lift
from planner.optimiser.tables import Tables, build_tables

_MOST_ROOM_CELLS = 30_000
_NEAREST = 60
_CHECK_SECONDS = 2.0
_CHECK_STEPS = 60


@dataclass(frozen=True, slots=True)
class Explanation:
    session: str
    is_proven: bool
    """True: no plan can hold all of `together`. False: none was found in time, or there is one after all."""
    can_be_placed: bool = False
    """True: there is a plan with this session and all others that the plan at hand places."""
    together: tuple[str, ...] = ()
    """A minimal set of sessions, this one among them, that cannot all be placed."""
    causes: tuple[Finding, ...] = ()
    """A minimal set of rules; lifting any one of them makes room for `together`."""
    common_slots: int = 0
    """Slots open to every session of `together`."""


def explain(problem: Problem, plan: Plan, session: int, limits: Limits | None = None) -> Explanation:
    """Explain why `session` is left out of `plan`. Never raises; says so when time did not suffice."""
    limits = limits or Limits(seconds=10.0)
    tables = build_tables(problem)
    key = problem.sessions[session].key
    core, outcome = _conflicting_sessions(tables, plan, session, limits)
    if core is None:
        return Explanation(key, is_proven=False, can_be_placed=outcome)
    core = _thin_out(problem, core, session)
    part = subproblem(problem, core)
    slots = [set(domain) for domain in build_tables(part).domains]
    return Explanation(
        session=key,
        is_proven=True,
        together=tuple(s.key for s in part.sessions),
        causes=tuple(cause.finding for cause in _needed_causes(part)),
        common_slots=len(set.intersection(*slots)) if slots else 0,
    )


def subproblem(problem: Problem, sessions: Iterable[int]) -> Problem:
    """Only these sessions, with every hard rule between them; soft rules are left away."""
    kept = sorted(sessions)
    place = {s: i for i, s in enumerate(kept)}

    def renumber(members: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(place[s] for s in members if s in place)

    activities = (ProblemActivity(a.key, renumber(a.sessions)) for a in problem.activities)
    cliques = (Clique(c.kind, c.key, renumber(c.sessions)) for c in problem.cliques)
    apart = (Apart(a.key, renumber(a.first), renumber(a.second)) for a in problem.apart)
    return Problem(
        slots=problem.slots,
        rooms=problem.rooms,
        sessions=tuple(problem.sessions[s] for s in kept),
        workers=problem.workers,
        units=problem.units,
        activities=tuple(a for a in activities if len(a.sessions) > 1),
        cliques=tuple(c for c in cliques if len(c.sessions) > 1),
        apart=tuple(a for a in apart if a.first and a.second),
        weights=problem.weights,
    )


def _conflicting_sessions(
    tables: Tables, plan: Plan, session: int, limits: Limits
) -> tuple[list[int] | None, bool]:
    """Sessions that cannot all be placed, or None and whether they can."""
    if not tables.domains[session]:
        return [session], False
    everybody = [s for s in tables.placeable() if plan[s] is not None and s != session]
    near = [session, *sorted(tables.clashes[session] & set(everybody))[:_NEAREST]]
    half = limits.seconds / 2
    for members, seconds in ((near, half / 2), ([session, *everybody], half)):
        free = {s: tables.domains[s] for s in members}
        has_rooms = sum(len(rooms) for d in free.values() for rooms in d.values()) <= _MOST_ROOM_CELLS
        result = cpsat.conflict(tables, free, None if has_rooms else {}, seconds, limits.seed)
        if result.core is not None:
            return list(result.core), False
        if members is not near and has_rooms:
            return None, result.is_feasible
    return None, False


def _thin_out(problem: Problem, core: list[int], session: int) -> list[int]:
    """Drop every session without which the rest still cannot be placed; the one asked about goes last."""
    kept = sorted(core, key=lambda s: (s == session, s))
    for candidate in list(kept):
        rest = [s for s in kept if s != candidate]
        if rest and not is_feasible(subproblem(problem, rest)):
            kept = rest
    return kept


def _needed_causes(part: Problem) -> list[Cause]:
    lifted: list[Cause] = []
    needed: list[Cause] = []
    for cause in causes_of(part):
        if is_feasible(lift(part, [*lifted, cause])):
            needed.append(cause)
        else:
            lifted.append(cause)
    return needed


def is_feasible(part: Problem) -> bool:
    """Can all sessions be placed? Meant for a handful of them; True also when time was too short to tell."""
    tables = build_tables(part)
    if not all(tables.domains):
        return False
    if None not in construct(tables, patience=_CHECK_STEPS):
        return True
    may_fit_slots = cpsat.can_hold_all(tables, {}, _CHECK_SECONDS)
    return may_fit_slots and cpsat.can_hold_all(tables, None, _CHECK_SECONDS)
