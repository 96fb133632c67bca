"""The hard rules that touch a few sessions, each as something that can be named and lifted."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from planner.optimiser.problem import Clique, Finding, Problem, ProblemActivity, ProblemRoom, Session

Lift = Callable[[Problem], Problem]


@dataclass(frozen=True, slots=True)
class Cause:
    finding: Finding
    lift: Lift
    """The same problem without this rule."""


def causes_of(problem: Problem) -> list[Cause]:
    """Every rule that may keep these sessions apart or out, in the order in which they are tried away.

    What is tried first is least likely to stay: the rules people can change most easily come last.
    """
    return [
        *_rooms(problem),
        *_slots(problem),
        *_units(problem),
        *_sharing(problem),
        *_sessions(problem),
        *_workers(problem),
    ]


def lift(problem: Problem, causes: Iterable[Cause]) -> Problem:
    for cause in causes:
        problem = cause.lift(problem)
    return problem


def _slots(problem: Problem) -> Iterator[Cause]:
    closed = [slot.key for slot in problem.slots if slot.is_closed]
    if closed:
        yield Cause(Finding("slot_closed", {"slots": closed}), _change_slots(is_closed=False))
    if any(slot.max_movements is not None for slot in problem.slots):
        yield Cause(Finding("movement_limit"), _change_slots(max_movements=None))
    if any(slot.max_people is not None for slot in problem.slots):
        yield Cause(Finding("people_limit"), _change_slots(max_people=None))


def _change_slots(**change: object) -> Lift:
    def apply(problem: Problem) -> Problem:
        slots = (replace(slot, **change) for slot in problem.slots)  # type: ignore[arg-type]
        return replace(problem, slots=tuple(slots))

    return apply


def _everywhere(problem: Problem) -> frozenset[int]:
    return frozenset(range(len(problem.slots)))


def _workers(problem: Problem) -> Iterator[Cause]:
    used = sorted({w for session in problem.sessions for w in session.workers})
    for worker in used:
        key = problem.workers[worker].key
        yield Cause(Finding("worker_away", {"worker": key}), _free_worker(worker))
        if sum(worker in session.workers for session in problem.sessions) > 1:
            yield Cause(Finding("worker_taken", {"worker": key}), _share_worker(worker))


def _free_worker(worker: int) -> Lift:
    def apply(problem: Problem) -> Problem:
        workers = list(problem.workers)
        workers[worker] = replace(workers[worker], free_slots=_everywhere(problem))
        return replace(problem, workers=tuple(workers))

    return apply


def _share_worker(worker: int) -> Lift:
    """As if each session had a stand-in who is free when the worker is."""

    def apply(problem: Problem) -> Problem:
        workers, sessions = list(problem.workers), list(problem.sessions)
        for index, session in enumerate(sessions):
            if worker in session.workers:
                stand_in = tuple(len(workers) if w == worker else w for w in session.workers)
                sessions[index] = replace(session, workers=stand_in)
                workers.append(replace(workers[worker]))
        return replace(problem, workers=tuple(workers), sessions=tuple(sessions))

    return apply


def _units(problem: Problem) -> Iterator[Cause]:
    for unit in sorted({u for session in problem.sessions if session.needs_movement for u in session.units}):

        def apply(problem: Problem, unit: int = unit) -> Problem:
            units = list(problem.units)
            units[unit] = replace(units[unit], free_slots=_everywhere(problem))
            return replace(problem, units=tuple(units))

        yield Cause(Finding("unit_not_free", {"unit": problem.units[unit].key}), apply)


def _sharing(problem: Problem) -> Iterator[Cause]:
    """Sessions of one activity, one participant, or people who must not meet. The latter has no name."""
    for activity in problem.activities:
        facts = {"activity": activity.key}
        yield Cause(Finding("same_activity", facts), _without_activity(activity))
    for clique in problem.cliques:
        yield Cause(Finding(f"{clique.kind}_taken", {clique.kind: clique.key}), _without_clique(clique))
    if problem.apart:
        yield Cause(Finding("keep_apart"), lambda p: replace(p, apart=()))


def _without_activity(gone: ProblemActivity) -> Lift:
    return lambda problem: replace(problem, activities=tuple(a for a in problem.activities if a != gone))


def _without_clique(gone: Clique) -> Lift:
    return lambda problem: replace(problem, cliques=tuple(c for c in problem.cliques if c != gone))


def _sessions(problem: Problem) -> Iterator[Cause]:
    for index, session in enumerate(problem.sessions):
        for code in sorted({bar.code for bar in session.bars}):
            yield Cause(Finding(code, {"session": session.key}), _lift_bar(index, code))
        if session.pinned is not None:
            yield Cause(Finding("pinned", {"session": session.key}), _change_session(index, pinned=None))


def _lift_bar(index: int, code: str) -> Lift:
    def apply(problem: Problem) -> Problem:
        bars = tuple(bar for bar in problem.sessions[index].bars if bar.code != code)
        return _change_session(index, bars=bars)(problem)

    return apply


def _change_session(index: int, **change: object) -> Lift:
    def apply(problem: Problem) -> Problem:
        sessions: list[Session] = list(problem.sessions)
        sessions[index] = replace(sessions[index], **change)  # type: ignore[arg-type]
        return replace(problem, sessions=tuple(sessions))

    return apply


def _rooms(problem: Problem) -> Iterator[Cause]:
    """Features and capacity per need, opening hours of rooms, and that there are only so many rooms."""
    wanted = sorted({f for session in problem.sessions for f in session.features})
    if len(problem.sessions) > 1:
        facts = {"features": wanted, "people": max((s.people for s in problem.sessions), default=0)}
        yield Cause(Finding("rooms_taken", facts), _more_rooms)
    yield Cause(Finding("room_closed"), _open_rooms)
    for feature in wanted:
        yield Cause(Finding("feature_missing", {"feature": feature}), _without_feature(feature))
    yield Cause(Finding("room_too_small"), _without_size)
    if any(room.units is not None for room in problem.rooms):
        yield Cause(Finding("unit_cannot_reach"), _change_rooms(lambda room: replace(room, units=None)))


def _more_rooms(problem: Problem) -> Problem:
    """Every room as often as there are sessions."""
    rooms = problem.rooms * max(1, len(problem.sessions))
    bars_repeat = len(problem.rooms)

    def repeated(session: Session) -> Session:
        bars = [
            bar._replace(room=bar.room + k * bars_repeat) if bar.room is not None else bar
            for k in range(max(1, len(problem.sessions)))
            for bar in session.bars
        ]
        return replace(session, bars=tuple(bars))

    return replace(problem, rooms=rooms, sessions=tuple(repeated(s) for s in problem.sessions))


def _change_rooms(change: Callable[[ProblemRoom], ProblemRoom]) -> Lift:
    return lambda problem: replace(problem, rooms=tuple(change(room) for room in problem.rooms))


def _open_rooms(problem: Problem) -> Problem:
    return _change_rooms(lambda room: replace(room, open_slots=_everywhere(problem)))(problem)


def _without_feature(feature: str) -> Lift:
    def apply(problem: Problem) -> Problem:
        sessions = (replace(s, features=s.features - {feature}) for s in problem.sessions)
        return replace(problem, sessions=tuple(sessions))

    return apply


def _without_size(problem: Problem) -> Problem:
    biggest = max((s.people for s in problem.sessions), default=0)
    return _change_rooms(lambda room: replace(room, capacity=max(room.capacity, biggest)))(problem)
