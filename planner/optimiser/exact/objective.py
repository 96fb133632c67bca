"""The soft rules of a CP-SAT model: adds the terms of the cost to a formulation."""

from itertools import combinations
from typing import Any

from planner.optimiser.exact.formulation import Formulation
from planner.optimiser.problem import PatternKind, ProblemActivity, ProblemPattern

_FAIRNESS_PARTS = 100
"""Fairness is counted in 1/100 percent points, rounded down: a lower bound, exact but for that rounding."""


def add_costs(form: Formulation) -> None:
    """All soft rules that touch a free session."""
    _add_own_costs(form)
    days = _slots_by_day(form)
    for activity in form.tables.problem.activities:
        if form.touches(activity.sessions):
            _add_spread(form, activity, days)
            _add_stability(form, activity)
    for pattern in form.tables.patterns:
        if form.touches(pattern.sessions):
            _add_pattern(form, pattern, days)
    if form.tables.fair_units:
        _add_fairness(form)


def _slots_by_day(form: Formulation) -> list[list[int]]:
    """Slot indices per day, in order of `index_in_day`."""
    slots = form.tables.problem.slots
    days: dict[int, list[int]] = {}
    for index in sorted(range(len(slots)), key=lambda t: (slots[t].day, slots[t].index_in_day)):
        days.setdefault(slots[index].day, []).append(index)
    return list(days.values())


def _add_own_costs(form: Formulation) -> None:
    for session, slots in form.slot_of.items():
        costs, room_costs = form.tables.slot_cost[session], form.tables.room_cost[session]
        for slot, literal in slots.items():
            if costs[slot]:
                form.terms.append(costs[slot] * literal)
        if any(room_costs):
            rooms = form.rooms_of(session).items()
            form.terms.extend(room_costs[room] * in_room for room, in_room in rooms if room_costs[room])
        cells, cell_costs = form.cell_of[session], form.tables.cell_cost[session]
        form.terms.extend(price * cells[cell] for cell, price in cell_costs.items() if cell in cells)


def _add_spread(form: Formulation, activity: ProblemActivity, days: list[list[int]]) -> None:
    weight = form.tables.problem.weights.spread
    is_met = activity.min_days < 2 and any(form.is_surely_placed(s) for s in activity.sessions)
    if is_met or activity.min_days < 1 or not weight:
        return
    used: list[Any] = []
    for slots in days:
        entries = [entry for slot in slots for entry in form.in_slot(activity.sessions, slot)]
        if any(isinstance(entry, int) for entry in entries):
            used.append(1)
        elif entries:
            is_used = form.model.new_bool_var("")
            form.model.add(sum(entries) >= is_used)
            used.append(is_used)
    short = form.model.new_int_var(0, activity.min_days, "")
    form.model.add(short >= activity.min_days - sum(used))
    form.terms.append(weight * short)


def _add_stability(form: Formulation, activity: ProblemActivity) -> None:
    """Rooms beyond the first."""
    weight = form.tables.problem.weights.room_stability
    if len(activity.sessions) < 2 or not weight:
        return
    fixed = {p.room for s in activity.sessions if s not in form.free and (p := form.plan[s]) is not None}
    is_used: dict[int, Any] = {}
    for session in activity.sessions:
        for room, in_room in form.rooms_of(session).items():
            if room not in fixed:
                used = is_used.setdefault(room, form.model.new_bool_var(""))
                form.model.add(used >= in_room)
    form.terms.extend(weight * used for used in is_used.values())
    if not fixed:
        form.terms.append(-weight * (1 - _none_placed(form, activity)))


def _none_placed(form: Formulation, activity: ProblemActivity) -> Any:
    """1 when every session of the activity is left out, 0 when one cannot be."""
    members = [s for s in activity.sessions if s in form.free]
    if any(s not in form.left_out for s in members):
        return 0
    literals = [form.left_out[s] for s in members]
    is_empty = form.model.new_bool_var("")
    form.model.add_bool_or([literal.negated() for literal in literals] + [is_empty])
    for literal in literals:
        form.model.add_implication(is_empty, literal)
    return is_empty


def _add_pattern(form: Formulation, pattern: ProblemPattern, days: list[list[int]]) -> None:
    exclusive = all(b in form.tables.clashes[a] for a, b in combinations(pattern.sessions, 2))
    for slots in days:
        used = [_is_used(form, form.in_slot(pattern.sessions, slot), exclusive) for slot in slots]
        if all(isinstance(u, int) for u in used):
            continue
        if pattern.kind is PatternKind.OUTINGS:
            form.terms.append(pattern.weight * sum(used))
        elif pattern.kind is PatternKind.ISOLATED:
            _add_isolated(form, pattern.weight, slots, used)
        else:
            _add_gaps(form, pattern.weight, slots, used)


def _is_used(form: Formulation, entries: list[Any], exclusive: bool) -> Any:
    if any(isinstance(entry, int) for entry in entries):
        return 1
    if not entries:
        return 0
    if exclusive:
        return sum(entries)
    is_used = form.model.new_bool_var("")
    form.model.add_max_equality(is_used, entries)
    return is_used


def _add_isolated(form: Formulation, weight: int, slots: list[int], used: list[Any]) -> None:
    at = {form.tables.problem.slots[slot].index_in_day: u for slot, u in zip(slots, used, strict=True)}
    for index, here in at.items():
        if isinstance(here, int) and here == 0:
            continue
        beside = at.get(index - 1, 0) + at.get(index + 1, 0)
        if isinstance(beside, int) and beside > 0:
            continue
        alone = form.model.new_bool_var("")
        form.model.add(alone >= here - beside)
        form.terms.append(weight * alone)


def _add_gaps(form: Formulation, weight: int, slots: list[int], used: list[Any]) -> None:
    """Last minus first used position plus one minus the number used; 0 on an empty day."""
    indices = [form.tables.problem.slots[slot].index_in_day for slot in slots]
    low, high = min(indices), max(indices)
    begun, lasting = [], []
    for step in range(low, high + 1):
        before, after = form.model.new_bool_var(""), form.model.new_bool_var("")
        for index, u in zip(indices, used, strict=True):
            if index <= step:
                form.model.add(before >= u)
            if index >= step:
                form.model.add(after >= u)
        begun.append(before)
        lasting.append(after)
    spans = []
    for before, after in zip(begun, lasting, strict=True):
        inside = form.model.new_bool_var("")
        form.model.add(inside >= before + after - 1)
        spans.append(inside)
    form.terms.append(weight * (sum(spans) - sum(used)))


def _add_fairness(form: Formulation) -> None:
    """floor(sum of excess / 10) from below; every placed session of a unit counts in its total."""
    units = [
        [s for s in unit if s in form.free or form.plan[s] is not None] for unit in form.tables.fair_units
    ]
    units = [unit for unit in units if unit]
    total, missed = sum(map(len, units)), [sum(_outside(form, s) for s in unit) for unit in units]
    if form.left_out or all(isinstance(m, int) for m in missed):
        return
    top = 100 * _FAIRNESS_PARTS
    excesses = []
    for unit, missing in zip(units, missed, strict=True):
        excess = form.model.new_int_var(0, top, "")
        scaled = top * (total * missing - len(unit) * sum(missed))
        form.model.add(len(unit) * total * (excess + 1) >= scaled + 1)
        excesses.append(excess)
    tens = form.model.new_int_var(0, 10 * len(units), "")
    ten = 10 * _FAIRNESS_PARTS
    form.model.add(ten * tens >= sum(excesses) - ten + 1)
    form.terms.append(form.tables.problem.weights.fairness * tens)


def _outside(form: Formulation, session: int) -> Any:
    preferred = form.tables.problem.sessions[session].preferred
    if session not in form.free:
        place = form.plan[session]
        return int(place is not None and place.slot not in preferred)
    return sum(x for slot, x in form.slot_of[session].items() if slot not in preferred)
