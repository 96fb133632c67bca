"""Why a session is not in a certain cell: what forbids it, and who is in the way. No search, no solver."""

from collections.abc import Iterator

from planner.optimiser.draft import Draft
from planner.optimiser.precheck import room_reason, slot_reasons
from planner.optimiser.problem import Apart, Finding, Place, Plan
from planner.optimiser.tables import Tables


def why_not(tables: Tables, plan: Plan, session: int, place: Place) -> tuple[Finding, ...]:
    """Every reason as a code and facts; empty when the session could go there as the plan stands.

    Codes that come from people who must not meet carry no name: `keep_apart` has no facts.
    """
    draft = Draft(tables, plan)
    draft.take(session)
    return (*_forbidden(tables, session, place), *_in_the_way(tables, draft, session, place))


def _forbidden(tables: Tables, index: int, place: Place) -> Iterator[Finding]:
    problem = tables.problem
    session, room, slot = problem.sessions[index], problem.rooms[place.room], problem.slots[place.slot]
    facts = {"slot": slot.key, "room": room.key}
    for code in slot_reasons(problem, session, place.slot):
        yield Finding(code, {"slot": slot.key})
    if (code_of_room := room_reason(problem, session, room)) is not None:
        yield Finding(code_of_room, {"room": room.key})
    if place.slot not in room.open_slots:
        yield Finding("room_closed", facts)
    for bar in session.bars:
        if bar.room is not None and bar.room == place.room and bar.slot in (None, place.slot):
            yield Finding(bar.code, facts)
    if session.pinned is not None and session.pinned != place:
        yield Finding("pinned_elsewhere", {"slot": problem.slots[session.pinned.slot].key})


def _in_the_way(tables: Tables, draft: Draft, index: int, place: Place) -> Iterator[Finding]:
    sessions = tables.problem.sessions
    occupant = draft.occupant[place.slot][place.room]
    if occupant >= 0:
        yield Finding("room_taken", {"session": sessions[occupant].key})
    for other in sorted(draft.clashing(index).get(place.slot, ())):
        yield from clash_reasons(tables, index, other)
    movements, people = draft.over_limit(index, place.slot)
    limits = tables.problem.slots[place.slot]
    if movements:
        yield Finding(
            "movement_limit", {"slot": limits.key, "over": movements, "limit": limits.max_movements}
        )
    if people:
        yield Finding("people_limit", {"slot": limits.key, "over": people, "limit": limits.max_people})


def clash_reasons(tables: Tables, first: int, second: int) -> Iterator[Finding]:
    """Why two sessions may not share a slot."""
    problem = tables.problem
    other = problem.sessions[second].key
    shared = sorted(set(problem.sessions[first].workers) & set(problem.sessions[second].workers))
    for worker in shared:
        yield Finding("worker_taken", {"worker": problem.workers[worker].key, "session": other})
    if tables.activity_of[first] >= 0 and tables.activity_of[first] == tables.activity_of[second]:
        activity = problem.activities[tables.activity_of[first]].key
        yield Finding("same_activity", {"activity": activity, "session": other})
    for clique in problem.cliques:
        if first in clique.sessions and second in clique.sessions:
            yield Finding(f"{clique.kind}_taken", {clique.kind: clique.key, "session": other})
    if any(_separates(apart, first, second) for apart in problem.apart):
        yield Finding("keep_apart")


def _separates(apart: Apart, first: int, second: int) -> bool:
    return (first in apart.first and second in apart.second) or (
        second in apart.first and first in apart.second
    )
