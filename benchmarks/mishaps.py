"""What goes wrong in a prison's week, for the benchmark of repairs and explanations: one thing is lost from a plan."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks import prison
from planner.optimiser.incumbent import Limits
from planner.optimiser.problem import Place
from planner.optimiser.reasons.explain import explain
from planner.optimiser.repair import repair
from planner.optimiser.solve import solve

Doc = dict[str, Any]
Places = dict[str, tuple[int, str]]
"""Session -> (slot, room), as in a plan's lines."""


def _room_closed(doc: Doc, places: Places) -> None:
    """The room that is used most."""
    busiest = Counter(room for _slot, room in places.values()).most_common(1)[0][0]
    next(r for r in doc["rooms"] if r["id"] == busiest)["open"] = []


def _morning_lost(doc: Doc, places: Places) -> None:
    """Tuesday morning: a strike."""
    parts = enumerate(doc["slots"])
    doc["closed_slots"] = [*doc["closed_slots"], *(i for i, s in parts if s["id"] in ("1AM1", "1AM2"))]


def _movements_halved(doc: Doc, places: Places) -> None:
    """All Wednesday."""
    for index, slot in enumerate(doc["slots"]):
        if slot["day"] == 2:
            doc["escort"][str(index)] = doc["escort"].get(str(index), 0) // 2


def _worker_away(doc: Doc, places: Places) -> None:
    """The one with most sessions, for the week."""
    busiest = Counter(w for s in doc["sessions"] for w in s["leaders"]).most_common(1)[0][0]
    next(w for w in doc["leaders"] if w["id"] == busiest)["available"] = []


MISHAPS: dict[str, Callable[[Doc, Places], None]] = {
    "busiest room closed": _room_closed,
    "a morning lost": _morning_lost,
    "movements halved for a day": _movements_halved,
    "a worker away": _worker_away,
}


@dataclass(frozen=True, slots=True)
class Mended:
    instance: Path
    plan: Path
    moves: int
    at_least: int
    left_out: int
    is_minimal: bool
    cpu: float

    def words(self) -> str:
        known = "proven" if self.is_minimal else f"at least {self.at_least}"
        out = f", {self.left_out} left out" if self.left_out else ""
        return f"{self.moves} moves{out}, {known}, {self.cpu:.1f} CPU-s"


def mend(instance: Path, published: Path, mishap: str, out: Path, seconds: float) -> Mended:
    """Lose something from a published plan and repair it; the changed instance is written for the checker."""
    doc = json.loads(instance.read_text())
    lines = (line.split() for line in published.read_text().splitlines())
    places = {key: (int(slot), room) for key, slot, room in lines}
    MISHAPS[mishap](doc, places)
    changed = out / f"{instance.stem}-{mishap.replace(' ', '-')}.json"
    changed.write_text(json.dumps(doc))
    problem = prison.problem_of(doc)
    rooms = {room.key: index for index, room in enumerate(problem.rooms)}
    present = [Place(places[s.key][0], rooms[places[s.key][1]]) for s in problem.sessions]
    pairs = zip(problem.sessions, present, strict=True)
    problem = replace(problem, sessions=tuple(replace(s, present=p) for s, p in pairs))
    begun = time.process_time()
    mended = repair(problem, Limits(seconds=seconds, clock=time.process_time))
    cpu = time.process_time() - begun
    plan = changed.with_suffix(".txt")
    plan.write_text("".join(f"{line}\n" for line in prison.plan_lines(problem, mended.solution)))
    return Mended(changed, plan, mended.moves, mended.at_least, len(mended.left_out), mended.is_minimal, cpu)


def construct(instance: Path, plan: Path) -> tuple[float, int]:
    """The first legal plan, without any improvement: (processor seconds, sessions)."""
    problem = prison.read_problem(instance)
    begun = time.process_time()
    solution = solve(problem, Limits(seconds=0, clock=time.process_time))
    taken = time.process_time() - begun
    plan.write_text("".join(f"{line}\n" for line in prison.plan_lines(problem, solution)))
    return taken, len(problem.sessions)


def explain_one(instance: Path) -> tuple[int, float, bool]:
    """A worker with most sessions is there for six slots only: why can one of the sessions not be placed?"""
    doc = json.loads(instance.read_text())
    busiest, sessions = Counter(w for s in doc["sessions"] for w in s["leaders"]).most_common(1)[0]
    worker = next(w for w in doc["leaders"] if w["id"] == busiest)
    worker["available"] = worker["available"][: min(6, sessions - 1)]
    problem = prison.problem_of(doc)
    solution = solve(problem, Limits(seconds=0, clock=time.process_time))
    left_out = next(index for index, place in enumerate(solution.plan) if place is None)
    begun = time.process_time()
    explanation = explain(problem, solution.plan, left_out, Limits(seconds=60))
    return len(explanation.causes), time.process_time() - begun, explanation.is_proven
