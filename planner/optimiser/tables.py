"""The problem in the form every algorithm reads: integer lists, built once, in a fixed order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from planner.optimiser.precheck import Domain, Precheck, check
from planner.optimiser.problem import PatternKind, Place, Plan, Problem, ProblemPattern, Session


@dataclass(frozen=True, slots=True)
class Tables:
    problem: Problem
    precheck: Precheck
    domains: tuple[Domain, ...]
    cliques: tuple[tuple[int, ...], ...]
    """Sessions of which no two may share a slot; merged, no clique inside another."""
    clashes: tuple[frozenset[int], ...]
    """Per session: the sessions that may not share its slot."""
    slot_cost: tuple[tuple[int, ...], ...]
    """[session][slot]: preference and change of a published slot."""
    room_cost: tuple[tuple[int, ...], ...]
    """[session][room]: change of a published room and people over the capacity."""
    cell_cost: tuple[Mapping[Place, int], ...]
    """[session][cell]: what may be lost in that slot and that room only; most sessions have none."""
    movements: tuple[int, ...]
    people: tuple[int, ...]
    """Per session what it takes of a slot's movement limits; 0 for sessions without movement."""
    activity_of: tuple[int, ...]
    """-1 = none."""
    patterns: tuple[ProblemPattern, ...]
    patterns_of: tuple[tuple[int, ...], ...]
    fair_units: tuple[tuple[int, ...], ...]
    """Per unit that counts for fairness: its sessions with preferred slots."""

    @property
    def session_indices(self) -> range:
        return range(len(self.problem.sessions))

    def placeable(self) -> list[int]:
        """Sessions with at least one possible place, in order."""
        return [s for s in self.session_indices if self.domains[s]]

    def cell_count(self) -> int:
        """(session, slot, room) triples in all domains: the size of a full model."""
        return sum(len(rooms) for domain in self.domains for rooms in domain.values())

    def allows(self, session: int, place: Place) -> bool:
        return place.room in self.domains[session].get(place.slot, ())

    def start_plan(self) -> Plan:
        """Where sessions stand now or were published, as far as their domain allows it."""
        return tuple(self._start(s, session) for s, session in enumerate(self.problem.sessions))

    def _start(self, index: int, session: Session) -> Place | None:
        for place in (session.pinned, session.present, session.published):
            if place is not None:
                return place if self.allows(index, place) else None
        return None


def build_tables(problem: Problem) -> Tables:
    precheck = check(problem)
    sessions = problem.sessions
    cliques = _cliques(problem)
    patterns = _merged_patterns(problem)
    activity_of = [-1] * len(sessions)
    for index, activity in enumerate(problem.activities):
        for s in activity.sessions:
            activity_of[s] = index
    moving = [s.needs_movement for s in sessions]
    return Tables(
        problem=problem,
        precheck=precheck,
        domains=precheck.domains,
        cliques=cliques,
        clashes=_clashes(problem, cliques),
        slot_cost=tuple(_slot_costs(problem, s) for s in sessions),
        room_cost=tuple(_room_costs(problem, s) for s in sessions),
        cell_cost=tuple(_cell_costs(problem, s) for s in sessions),
        movements=tuple(len(s.units) * m for s, m in zip(sessions, moving, strict=True)),
        people=tuple(s.people * m for s, m in zip(sessions, moving, strict=True)),
        activity_of=tuple(activity_of),
        patterns=patterns,
        patterns_of=_members(len(sessions), patterns),
        fair_units=_fair_units(problem),
    )


def _cliques(problem: Problem) -> tuple[tuple[int, ...], ...]:
    by_worker: dict[int, set[int]] = {}
    for index, session in enumerate(problem.sessions):
        for worker in session.workers:
            by_worker.setdefault(worker, set()).add(index)
    groups: list[Iterable[int]] = [*by_worker.values()]
    groups.extend(a.sessions for a in problem.activities)
    groups.extend(c.sessions for c in problem.cliques)
    unique = sorted({tuple(sorted(set(g))) for g in groups}, key=lambda g: (-len(g), g))
    kept: list[tuple[int, ...]] = []
    in_kept: dict[int, set[int]] = {}
    for group in unique:
        if len(group) < 2 or set.intersection(*(in_kept.get(s, set()) for s in group)):
            continue
        for s in group:
            in_kept.setdefault(s, set()).add(len(kept))
        kept.append(group)
    return tuple(kept)


def _clashes(problem: Problem, cliques: tuple[tuple[int, ...], ...]) -> tuple[frozenset[int], ...]:
    clashes: list[set[int]] = [set() for _ in problem.sessions]
    for clique in cliques:
        for a, b in combinations(clique, 2):
            clashes[a].add(b)
            clashes[b].add(a)
    for apart in problem.apart:
        for a in apart.first:
            for b in apart.second:
                if a != b:
                    clashes[a].add(b)
                    clashes[b].add(a)
    return tuple(map(frozenset, clashes))


def _slot_costs(problem: Problem, session: Session) -> tuple[int, ...]:
    weights = problem.weights
    costs = [0] * len(problem.slots)
    for slot in range(len(problem.slots)):
        if session.preferred and slot not in session.preferred:
            costs[slot] += weights.preferred
        if slot in session.avoided:
            costs[slot] += weights.avoided
        if session.published is not None and slot != session.published.slot:
            costs[slot] += weights.slot_change * session.notice
    return tuple(costs)


def _room_costs(problem: Problem, session: Session) -> tuple[int, ...]:
    weights = problem.weights
    costs = [0] * len(problem.rooms)
    for index, room in enumerate(problem.rooms):
        if session.published is not None and index != session.published.room:
            costs[index] += weights.room_change * session.notice
        if weights.over_capacity is not None:
            costs[index] += weights.over_capacity * max(0, session.people - room.capacity)
    return tuple(costs)


def _cell_costs(problem: Problem, session: Session) -> dict[Place, int]:
    price = problem.weights.avoided
    return dict.fromkeys(sorted(session.avoided_cells), price) if price else {}


def _merged_patterns(problem: Problem) -> tuple[ProblemPattern, ...]:
    """Patterns of the same kind on the same sessions become one with the sum of their weights."""
    merged: dict[tuple[PatternKind, tuple[int, ...]], ProblemPattern] = {}
    for pattern in problem.patterns:
        members = tuple(sorted(set(pattern.sessions)))
        if not members or pattern.weight <= 0:
            continue
        known = merged.get((pattern.kind, members))
        weight = pattern.weight + (known.weight if known else 0)
        merged[pattern.kind, members] = ProblemPattern(pattern.kind, pattern.key, members, weight)
    return tuple(merged[k] for k in sorted(merged))


def _members(count: int, patterns: tuple[ProblemPattern, ...]) -> tuple[tuple[int, ...], ...]:
    members: list[list[int]] = [[] for _ in range(count)]
    for index, pattern in enumerate(patterns):
        for s in pattern.sessions:
            members[s].append(index)
    return tuple(map(tuple, members))


def _fair_units(problem: Problem) -> tuple[tuple[int, ...], ...]:
    if not problem.weights.fairness:
        return ()
    members: dict[int, list[int]] = {}
    for index, session in enumerate(problem.sessions):
        if session.preferred:
            for unit in session.units:
                members.setdefault(unit, []).append(index)
    return tuple(tuple(members[u]) for u in sorted(members))
