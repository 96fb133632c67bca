"""Before any search: where each session may go at all, and a counted reason for every place it may not.

A session without a possible place is answered here, in codes and facts, without starting a solver.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from planner.optimiser.problem import Finding, Place, Problem, ProblemRoom, Session

Domain = dict[int, tuple[int, ...]]
"""slot -> rooms, both as indices; slots without a room are absent."""


@dataclass(frozen=True, slots=True)
class Precheck:
    domains: tuple[Domain, ...]
    reasons: tuple[Mapping[str, int], ...]
    """Per session: code -> (slot, room) pairs removed; each pair counts once, under its first reason."""
    findings: tuple[Finding, ...]


class _Suitable(NamedTuple):
    """What sessions of the same need find: rooms per slot, rooms closed per slot, rooms that never suit."""

    rooms: tuple[tuple[int, ...], ...]
    closed: tuple[int, ...]
    unsuitable: Counter[str]


def check(problem: Problem) -> Precheck:
    """Domains and findings of a problem. Never raises for a problem that cannot be solved."""
    domains, reasons, findings = [], [], list(_empty_problem(problem))
    suitable_by_need: dict[object, _Suitable] = {}
    any_reach = all(room.units is None for room in problem.rooms)
    for session in problem.sessions:
        units = () if any_reach else session.units
        need = (session.people, session.features, units, _room_bars(session))
        if need not in suitable_by_need:
            suitable_by_need[need] = _suitable_rooms(problem, session)
        domain, removed = _domain(problem, session, suitable_by_need[need])
        domains.append(domain)
        reasons.append(dict(removed))
        if not domain and problem.slots and problem.rooms:
            findings.append(_no_place(session, removed))
    findings.extend(_pin_clashes(problem))
    return Precheck(tuple(domains), tuple(reasons), tuple(findings))


def slot_reasons(problem: Problem, session: Session, slot: int) -> Iterator[str]:
    """Codes why the session cannot be in the slot whatever the room; none when the slot is open to it."""
    if problem.slots[slot].is_closed:
        yield "slot_closed"
    if any(slot not in problem.workers[w].free_slots for w in session.workers):
        yield "worker_away"
    if session.needs_movement and any(slot not in problem.units[u].free_slots for u in session.units):
        yield "unit_not_free"
    for bar in session.bars:
        if bar.room is None and bar.slot in (None, slot):
            yield bar.code
    if _exceeds_movement(problem, session, slot):
        yield "movement_limit"


def room_reason(problem: Problem, session: Session, room: ProblemRoom) -> str | None:
    """Why the room never suits the session, whatever the slot."""
    if problem.weights.over_capacity is None and session.people > room.capacity:
        return "room_too_small"
    if not session.features <= room.features:
        return "feature_missing"
    if room.units is not None and not set(session.units) <= room.units:
        return "unit_cannot_reach"
    return None


def _exceeds_movement(problem: Problem, session: Session, slot: int) -> bool:
    if not session.needs_movement:
        return False
    limits = problem.slots[slot]
    return (limits.max_movements is not None and len(session.units) > limits.max_movements) or (
        limits.max_people is not None and session.people > limits.max_people
    )


def _room_bars(session: Session) -> tuple[tuple[str, int], ...]:
    return tuple((b.code, b.room) for b in session.bars if b.slot is None and b.room is not None)


def _suitable_rooms(problem: Problem, session: Session) -> _Suitable:
    barred = {room: code for code, room in _room_bars(session)}
    suitable, unsuitable = [], Counter[str]()
    for index, room in enumerate(problem.rooms):
        reason = room_reason(problem, session, room) or barred.get(index)
        if reason is None:
            suitable.append((index, room.open_slots))
        else:
            unsuitable[reason] += 1
    slots = range(len(problem.slots))
    rooms = tuple(tuple(index for index, is_open in suitable if slot in is_open) for slot in slots)
    return _Suitable(rooms, tuple(len(suitable) - len(found) for found in rooms), unsuitable)


def _domain(problem: Problem, session: Session, suitable: _Suitable) -> tuple[Domain, Counter[str]]:
    domain: Domain = {}
    removed: Counter[str] = Counter()
    cells = {(b.slot, b.room): b.code for b in session.bars if b.slot is not None and b.room is not None}
    open_slots = 0
    for slot, rooms in enumerate(suitable.rooms):
        reason = next(slot_reasons(problem, session, slot), None)
        if reason is not None:
            removed[reason] += len(problem.rooms)
            continue
        open_slots += 1
        removed["room_closed"] += suitable.closed[slot]
        if cells:
            removed.update(cells[slot, r] for r in rooms if (slot, r) in cells)
            rooms = tuple(r for r in rooms if (slot, r) not in cells)
        if rooms:
            domain[slot] = rooms
    for code, count in suitable.unsuitable.items():
        removed[code] += count * open_slots
    return _keep_pin(session.pinned, domain, removed)


def _keep_pin(pin: Place | None, domain: Domain, removed: Counter[str]) -> tuple[Domain, Counter[str]]:
    if pin is None:
        return domain, +removed
    kept = pin.room in domain.get(pin.slot, ())
    removed["pinned_elsewhere"] += sum(map(len, domain.values())) - kept
    return ({pin.slot: (pin.room,)} if kept else {}), +removed


def _no_place(session: Session, removed: Counter[str]) -> Finding:
    code = "pin_refused" if session.pinned is not None else "no_place"
    return Finding(code, {"session": session.key, "removed": dict(sorted(removed.items()))})


def _empty_problem(problem: Problem) -> Iterator[Finding]:
    if not problem.sessions:
        yield Finding("no_sessions")
    if not problem.slots:
        yield Finding("no_slots")
    if not problem.rooms:
        yield Finding("no_rooms")


def _pin_clashes(problem: Problem) -> Iterator[Finding]:
    """Pairs of pins that cannot both be kept: same room and slot, or one worker in one slot."""
    seen: dict[tuple[str, int, int], str] = {}
    for session in problem.sessions:
        if session.pinned is None or not _exists(problem, session.pinned):
            continue
        slot, room = session.pinned
        keys = [("room", room, slot), *(("worker", w, slot) for w in session.workers)]
        for kind, index, at in keys:
            other = seen.setdefault((kind, index, at), session.key)
            if other != session.key:
                name = problem.rooms[index].key if kind == "room" else problem.workers[index].key
                facts = {"session": session.key, "other": other, "by": kind, "name": name}
                yield Finding("pins_clash", facts | {"slot": problem.slots[at].key})


def _exists(problem: Problem, place: Place) -> bool:
    return 0 <= place.slot < len(problem.slots) and 0 <= place.room < len(problem.rooms)
