"""Today's plan beside the proposed one, in what people count: movements, hours, rooms; and a reason for each line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from planner.optimiser.problem import Place, Plan, Problem, Session
from planner.optimiser.score import score
from planner.optimiser.tables import Tables, build_tables

MOST = 150
"""Of more lines no reason is looked for: each asks for the price of the whole plan."""

LABELS: dict[str, str | Promise] = {
    "without_place": gettext_lazy("Sessions without a room or an hour"),
    "movements": gettext_lazy("Movements: slots in which a living unit must be brought"),
    "waiting": gettext_lazy("Empty slots of facilitators between two sessions"),
    "unusual": gettext_lazy("Sessions outside their usual time"),
    "doubtful": gettext_lazy("Sessions in a closure that is announced"),
    "rooms": gettext_lazy("Rooms that a series has beyond its first"),
}


def compared(problem: Problem, plan: Plan) -> dict[str, Any]:
    """What a proposal keeps of the comparison: counts only."""
    present = tuple(session.present for session in problem.sessions)
    pairs = [(one, other) for one, other in zip(present, plan, strict=True) if one and other]
    return {
        "today": _figures(problem, present),
        "proposed": _figures(problem, plan),
        "other_hour": sum(one.slot != other.slot for one, other in pairs),
        "other_room": sum(one.slot == other.slot and one.room != other.room for one, other in pairs),
    }


def _figures(problem: Problem, plan: Plan) -> dict[str, int]:
    placed = [(session, place) for session, place in zip(problem.sessions, plan, strict=True) if place]
    return {
        "without_place": len(plan) - len(placed),
        "movements": len(
            {
                (unit, place.slot)
                for session, place in placed
                if session.needs_movement
                for unit in session.units
            }
        ),
        "waiting": _waiting(problem, placed),
        "unusual": sum(bool(s.preferred) and place.slot not in s.preferred for s, place in placed),
        "doubtful": sum(place.slot in s.avoided or place in s.avoided_cells for s, place in placed),
        "rooms": sum(
            max(0, len({place.room for s in each.sessions if (place := plan[s])}) - 1)
            for each in problem.activities
        ),
    }


def _waiting(problem: Problem, placed: Iterable[tuple[Session, Place]]) -> int:
    days: dict[tuple[int, int], set[int]] = defaultdict(set)
    for session, place in placed:
        slot = problem.slots[place.slot]
        for worker in session.workers:
            days[worker, slot.day].add(slot.index_in_day)
    return sum(max(used) - min(used) + 1 - len(used) for used in days.values())


def reasons(problem: Problem, plan: Plan) -> dict[int, dict[str, Any]]:
    """Item -> why it goes there: what forbids its place of today, or which wish is met better in the new one."""
    tables = build_tables(problem)
    changed = [
        (index, session.present)
        for index, session in enumerate(problem.sessions)
        if plan[index] not in (None, session.present)
    ]
    if len(changed) > MOST:
        return {}
    best = score(tables, plan).by_rule
    return {
        index: _reason(tables, plan, index, present, best) if present else _why_there(tables, plan, index)
        for index, present in changed
    }


def _why_there(tables: Tables, plan: Plan, index: int) -> dict[str, Any]:
    """Of a session that had no place yet."""
    place, taken = plan[index], {one for number, one in enumerate(plan) if number != index}
    domain = tables.domains[index]
    if sum(Place(slot, room) not in taken for slot, rooms in domain.items() for room in rooms) == 1:
        return {"reason": "only_place"}
    is_wished = place is not None and place.slot in tables.problem.sessions[index].preferred
    return {"reason": "preferred" if is_wished else "free_there"}


def _reason(
    tables: Tables, plan: Plan, index: int, present: Place, best: Mapping[str, int]
) -> dict[str, Any]:
    if not tables.allows(index, present):
        return {"reason": "not_allowed"}
    if present in (place for number, place in enumerate(plan) if number != index):
        return {"reason": "makes_room"}
    back = score(tables, (*plan[:index], present, *plan[index + 1 :])).by_rule
    saved = {rule: back[rule] - best.get(rule, 0) for rule in back if back[rule] > best.get(rule, 0)}
    return {"reason": max(saved, key=lambda rule: saved[rule]) if saved else "with_others"}


_REASONS: dict[str, str | Promise] = {
    "only_place": gettext_lazy("It is the only place that is left for it."),
    "free_there": gettext_lazy("Room, facilitator and living units are free there."),
    "not_allowed": gettext_lazy("It cannot stay where it stands: a rule forbids that place."),
    "makes_room": gettext_lazy("Another session of this proposal takes its place."),
    "with_others": gettext_lazy("It goes along, so that the others fit."),
    "preferred": gettext_lazy("There it has its usual time, or a time that its facilitator wishes."),
    "avoided": gettext_lazy("There it lies outside the announced closure."),
    "slot_change": gettext_lazy("There it keeps the time that people know."),
    "room_change": gettext_lazy("There it keeps the room that people know."),
    "spread": gettext_lazy("Its series is spread over more days."),
    "room_stability": gettext_lazy("Its series stays in one room."),
    "fairness": gettext_lazy("Its living units get a wished time as often as the others."),
    "outings": gettext_lazy("A living unit is brought once less."),
    "isolated": gettext_lazy("No living unit comes for it alone."),
    "gaps": gettext_lazy("Its facilitator waits less between two sessions."),
    "over_capacity": gettext_lazy("The room is large enough for it."),
}


def reason_in_words(why: Mapping[str, Any]) -> str:
    """Empty where nobody has looked for one."""
    return str(_REASONS.get(why.get("reason", ""), ""))


def rows_in_words(kept: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """(what is counted, today, proposed); what is nought on both sides is left out."""
    today, proposed = kept.get("today", {}), kept.get("proposed", {})
    rows = [(str(label), today.get(name, 0), proposed.get(name, 0)) for name, label in LABELS.items()]
    return [row for row in rows if row[1] or row[2]]


def gains_in_words(kept: Mapping[str, Any]) -> list[str]:
    """“14 movements fewer”, “3 groups get another hour”."""
    today, proposed = kept.get("today", {}), kept.get("proposed", {})
    said = []
    for name, say in (("without_place", _placed), ("movements", _movements), ("waiting", _waits)):
        change = proposed.get(name, 0) - today.get(name, 0)
        if change:
            said.append(say(change))
    if number := kept.get("other_hour", 0):
        text = ngettext("%(n)s group gets another hour", "%(n)s groups get another hour", number)
        said.append(text % {"n": number})
    if number := kept.get("other_room", 0):
        text = ngettext("%(n)s group gets another room", "%(n)s groups get another room", number)
        said.append(text % {"n": number})
    return said


def _placed(change: int) -> str:
    if change < 0:
        text = ngettext("%(n)s session more has its place", "%(n)s sessions more have their place", -change)
        return text % {"n": -change}
    text = ngettext("%(n)s session loses its place", "%(n)s sessions lose their place", change)
    return text % {"n": change}


def _movements(change: int) -> str:
    if change < 0:
        return ngettext("%(n)s movement fewer", "%(n)s movements fewer", -change) % {"n": -change}
    return ngettext("%(n)s movement more", "%(n)s movements more", change) % {"n": change}


def _waits(change: int) -> str:
    if change < 0:
        return _("facilitators wait less between their sessions")
    return _("facilitators wait longer between their sessions")
