"""What a plan costs, rule by rule, and whether it is legal: counted from scratch, the referee of all."""

from collections import Counter
from collections.abc import Iterator, Sequence

from planner.optimiser.problem import Finding, PatternKind, Place, Plan, Score
from planner.optimiser.tables import Tables


def score(tables: Tables, plan: Plan) -> Score:
    """Cost by rule (count x weight). Sessions left out cost nothing here; they are counted apart."""
    cost = Counter[str](_own_costs(tables, plan))
    cost.update(_activity_costs(tables, plan))
    for pattern in tables.patterns:
        places = [plan[s] for s in pattern.sessions]
        cost[pattern.kind.value] += pattern.weight * _pattern_count(tables, pattern.kind, places)
    cost["fairness"] = tables.problem.weights.fairness * unfairness(tables, plan)
    by_rule = {rule: cost[rule] for rule in sorted(cost) if cost[rule]}
    return Score(by_rule, sum(by_rule.values()), sum(place is None for place in plan))


def breaches(tables: Tables, plan: Plan) -> list[Finding]:
    """Every hard rule that the plan breaks; empty for a legal (perhaps partial) plan."""
    return [*_cell_breaches(tables, plan), *_clash_breaches(tables, plan), *_limit_breaches(tables, plan)]


def unfairness(tables: Tables, plan: Plan) -> int:
    """Percent points of units' sessions outside preferred slots above the mean, summed, / 10, floored.

    A session that draws from two units counts in both; sessions without preference or place do not count.
    """
    missed, total = [], []
    for members in tables.fair_units:
        placed = [(s, place.slot) for s in members if (place := plan[s]) is not None]
        total.append(len(placed))
        missed.append(sum(slot not in tables.problem.sessions[s].preferred for s, slot in placed))
    return excess_over_mean(missed, total)


def excess_over_mean(missed: Sequence[int], total: Sequence[int]) -> int:
    """floor(sum of max(0, 100 missed/total - mean) / 10), in floats as published plans are scored."""
    if not sum(total):
        return 0
    mean = 100 * sum(missed) / sum(total)
    return int(sum(max(0, 100 * m / t - mean) for m, t in zip(missed, total, strict=True) if t) / 10)


def pattern_costs(kind: PatternKind, indices: Sequence[int]) -> list[int]:
    """[bit mask of used positions] -> count, for one day whose slots have these `index_in_day`, in order."""
    return [
        _count(kind, [indices[i] for i in range(len(indices)) if m >> i & 1])
        for m in range(1 << len(indices))
    ]


def _count(kind: PatternKind, used: Sequence[int]) -> int:
    if kind is PatternKind.OUTINGS:
        return len(used)
    if kind is PatternKind.ISOLATED:
        return sum(i - 1 not in used and i + 1 not in used for i in used)
    return max(used) - min(used) + 1 - len(used) if used else 0


def _pattern_count(tables: Tables, kind: PatternKind, places: Sequence[Place | None]) -> int:
    days: dict[int, set[int]] = {}
    for place in places:
        if place is not None:
            slot = tables.problem.slots[place.slot]
            days.setdefault(slot.day, set()).add(slot.index_in_day)
    return sum(_count(kind, sorted(used)) for used in days.values())


def _own_costs(tables: Tables, plan: Plan) -> dict[str, int]:
    problem, weights, cost = tables.problem, tables.problem.weights, Counter[str]()
    for session, place in zip(problem.sessions, plan, strict=True):
        if place is None:
            continue
        if session.preferred and place.slot not in session.preferred:
            cost["preferred"] += weights.preferred
        if place.slot in session.avoided:
            cost["avoided"] += weights.avoided
        if place in session.avoided_cells:
            cost["avoided"] += weights.avoided
        if session.published is not None:
            cost["slot_change"] += (
                weights.slot_change * session.notice * (place.slot != session.published.slot)
            )
            cost["room_change"] += (
                weights.room_change * session.notice * (place.room != session.published.room)
            )
        if weights.over_capacity is not None:
            over = max(0, session.people - problem.rooms[place.room].capacity)
            cost["over_capacity"] += weights.over_capacity * over
    return cost


def _activity_costs(tables: Tables, plan: Plan) -> dict[str, int]:
    """Days short of the asked spread, and rooms beyond the first. Sessions left out excuse no missing day."""
    problem, cost = tables.problem, Counter[str]()
    for activity in problem.activities:
        places = [place for s in activity.sessions if (place := plan[s]) is not None]
        days = {problem.slots[place.slot].day for place in places}
        cost["spread"] += problem.weights.spread * max(0, activity.min_days - len(days))
        cost["room_stability"] += problem.weights.room_stability * max(0, len({p.room for p in places}) - 1)
    return cost


def _cell_breaches(tables: Tables, plan: Plan) -> Iterator[Finding]:
    taken: dict[Place, int] = {}
    sessions = tables.problem.sessions
    for s, place in enumerate(plan):
        if place is None:
            continue
        if not tables.allows(s, place):
            yield Finding("place_not_allowed", {"session": sessions[s].key})
        other = taken.setdefault(place, s)
        if other != s:
            yield Finding("room_taken", {"session": sessions[s].key, "other": sessions[other].key})


def _clash_breaches(tables: Tables, plan: Plan) -> Iterator[Finding]:
    sessions = tables.problem.sessions
    for s, place in enumerate(plan):
        for other in sorted(tables.clashes[s]) if place is not None else ():
            there = plan[other]
            if other > s and there is not None and place is not None and there.slot == place.slot:
                yield Finding("same_slot", {"session": sessions[s].key, "other": sessions[other].key})


def _limit_breaches(tables: Tables, plan: Plan) -> Iterator[Finding]:
    movements, people = Counter[int](), Counter[int]()
    for s, place in enumerate(plan):
        if place is not None:
            movements[place.slot] += tables.movements[s]
            people[place.slot] += tables.people[s]
    for index, slot in enumerate(tables.problem.slots):
        if slot.max_movements is not None and movements[index] > slot.max_movements:
            yield Finding("movement_limit", {"slot": slot.key, "movements": movements[index]})
        if slot.max_people is not None and people[index] > slot.max_people:
            yield Finding("people_limit", {"slot": slot.key, "people": people[index]})
