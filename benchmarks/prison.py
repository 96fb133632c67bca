"""Plan a generated prison (format hs-plan/1) with the planner's engine.

python -m benchmarks.prison INSTANCE.json --seconds N --out FILE
writes one line per session, `session slot room`, and prints the time to the first feasible plan and then cost
and bound as they improve. Units are called wings in the format, workers leaders, movement limits escort.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.running import run_benchmark
from planner.optimiser.problem import (
    Apart,
    Clique,
    Place,
    Problem,
    ProblemActivity,
    ProblemRoom,
    ProblemUnit,
    ProblemWorker,
    Session,
    Slot,
    Solution,
    Weights,
)


def read_problem(path: Path) -> Problem:
    """The instance as the engine's problem; OSError, ValueError or KeyError for a file that is none."""
    return problem_of(json.loads(path.read_text()))


def problem_of(doc: dict[str, Any]) -> Problem:
    rooms = {r["id"]: i for i, r in enumerate(doc["rooms"])}
    workers = {w["id"]: i for i, w in enumerate(doc["leaders"])}
    units = {u["id"]: i for i, u in enumerate(doc["wings"])}
    sessions = {s["id"]: i for i, s in enumerate(doc["sessions"])}
    weights = doc["weights"]
    return Problem(
        slots=_slots(doc),
        rooms=tuple(
            ProblemRoom(r["id"], r["capacity"], frozenset(r["open"]), frozenset(r["equipment"]))
            for r in doc["rooms"]
        ),
        workers=tuple(ProblemWorker(w["id"], frozenset(w["available"])) for w in doc["leaders"]),
        units=tuple(ProblemUnit(u["id"], frozenset(u["moves"])) for u in doc["wings"]),
        sessions=tuple(_session(s, rooms, workers, units) for s in doc["sessions"]),
        activities=tuple(
            ProblemActivity(a["id"], tuple(sessions[s] for s in a["sessions"]), a["min_days"])
            for a in doc["activities"]
        ),
        cliques=_participants(doc),
        apart=_apart(doc),
        weights=Weights(
            preferred=weights["preferred"],
            spread=weights["spread"],
            slot_change=weights["move_slot"],
            room_change=weights["move_room"],
            room_stability=weights["room_stability"],
            fairness=weights["fairness"],
        ),
    )


def plan_lines(problem: Problem, solution: Solution) -> list[str]:
    return [
        f"{session.key} {place.slot} {problem.rooms[place.room].key}"
        for session, place in zip(problem.sessions, solution.plan, strict=True)
        if place is not None
    ]


def _slots(doc: dict[str, Any]) -> tuple[Slot, ...]:
    closed = set(doc["closed_slots"])
    return tuple(
        Slot(s["id"], s["day"], s["index_in_day"], i in closed, doc["escort"].get(str(i), 0))
        for i, s in enumerate(doc["slots"])
    )


def _session(
    raw: dict[str, Any], rooms: dict[str, int], workers: dict[str, int], units: dict[str, int]
) -> Session:
    def place(value: dict[str, Any] | None) -> Place | None:
        return None if value is None else Place(value["slot"], rooms[value["room"]])

    return Session(
        key=raw["id"],
        people=raw["size"],
        workers=tuple(workers[w] for w in raw["leaders"]),
        units=tuple(units[u] for u in raw["wings"]),
        features=frozenset(raw["equipment"]),
        needs_movement=raw["movement"],
        preferred=frozenset(raw["preferred"]),
        pinned=place(raw["pinned"]),
        published=place(raw["published"]),
    )


def _participants(doc: dict[str, Any]) -> tuple[Clique, ...]:
    taking: dict[str, list[int]] = defaultdict(list)
    for index, session in enumerate(doc["sessions"]):
        for person in session["participants"]:
            taking[person].append(index)
    return tuple(Clique("participant", p, tuple(s)) for p, s in sorted(taking.items()) if len(s) > 1)


def _apart(doc: dict[str, Any]) -> tuple[Apart, ...]:
    members: dict[str, list[int]] = defaultdict(list)
    for index, session in enumerate(doc["sessions"]):
        for group in session["groups"]:
            members[group].append(index)
    return tuple(Apart(f"{a}/{b}", tuple(members[a]), tuple(members[b])) for a, b in doc["keep_apart"])


if __name__ == "__main__":
    sys.exit(run_benchmark(__doc__, read_problem, plan_lines))
