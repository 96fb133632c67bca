"""Solve a curriculum-based course timetabling instance (ITC-2007 track 3) with the planner's engine.

python -m benchmarks.itc2007 INSTANCE.ctt --seconds N --out FILE
writes one line per lecture, `course room day period`, and prints the time to the first feasible timetable
and then cost and bound as they improve. A lecture is a session, a course an activity, a teacher a worker; a
curriculum is a clique and a pattern of isolated slots; room capacity is soft.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.running import run_benchmark
from planner.optimiser.problem import (
    Bar,
    Clique,
    PatternKind,
    Problem,
    ProblemActivity,
    ProblemPattern,
    ProblemRoom,
    ProblemWorker,
    Session,
    Slot,
    Solution,
    Weights,
)

_WEIGHTS = Weights(
    preferred=0, spread=5, slot_change=0, room_change=0, room_stability=1, fairness=0, over_capacity=1
)
_ISOLATED_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class _Course:
    key: str
    teacher: str
    lectures: int
    min_days: int
    students: int


def read_problem(path: Path) -> Problem:
    """The instance as the engine's problem; OSError, ValueError or KeyError for a file that is none."""
    head, sections = _read_sections(path.read_text(encoding="latin-1"))
    days, periods = int(head["days"]), int(head["periods_per_day"])
    courses = [_Course(f[0], f[1], *map(int, f[2:5])) for f in sections["COURSES:"]]
    bars: dict[str, list[Bar]] = {}
    for course, day, period in (f[:3] for f in sections.get("UNAVAILABILITY_CONSTRAINTS:", ())):
        bars.setdefault(course, []).append(Bar("unavailable", slot=int(day) * periods + int(period)))
    everywhere = frozenset(range(days * periods))
    teachers = {key: i for i, key in enumerate(dict.fromkeys(c.teacher for c in courses))}
    sessions, lectures = _lectures(courses, teachers, bars)
    curricula = [(f[0], tuple(s for c in f[2:] for s in lectures[c])) for f in sections.get("CURRICULA:", ())]
    return Problem(
        slots=tuple(Slot(f"{d} {p}", d, p) for d in range(days) for p in range(periods)),
        rooms=tuple(ProblemRoom(f[0], int(f[1]), everywhere) for f in sections["ROOMS:"]),
        workers=tuple(ProblemWorker(key, everywhere) for key in teachers),
        sessions=sessions,
        activities=tuple(ProblemActivity(c.key, lectures[c.key], c.min_days) for c in courses),
        cliques=tuple(Clique("curriculum", key, members) for key, members in curricula),
        patterns=tuple(
            ProblemPattern(PatternKind.ISOLATED, key, m, _ISOLATED_WEIGHT) for key, m in curricula
        ),
        weights=_WEIGHTS,
    )


def plan_lines(problem: Problem, solution: Solution) -> list[str]:
    return [
        f"{session.key.split('/')[0]} {problem.rooms[place.room].key} {problem.slots[place.slot].key}"
        for session, place in zip(problem.sessions, solution.plan, strict=True)
        if place is not None
    ]


def _lectures(
    courses: list[_Course], teachers: dict[str, int], bars: dict[str, list[Bar]]
) -> tuple[tuple[Session, ...], dict[str, tuple[int, ...]]]:
    """All lectures as sessions, and per course the indices of its own."""
    sessions: list[Session] = []
    lectures: dict[str, tuple[int, ...]] = {}
    for course in courses:
        first = len(sessions)
        for number in range(course.lectures):
            key, away = f"{course.key}/{number}", tuple(bars.get(course.key, ()))
            sessions.append(Session(key, course.students, (teachers[course.teacher],), bars=away))
        lectures[course.key] = tuple(range(first, len(sessions)))
    return tuple(sessions), lectures


def _read_sections(text: str) -> tuple[dict[str, str], dict[str, list[list[str]]]]:
    """Head fields (lower case) and, per section, its lines split into words; ends at END."""
    head: dict[str, str] = {}
    sections: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.upper().startswith("END"):
            break
        if line.endswith(":") and line.upper() == line:
            current = sections.setdefault(line, [])
        elif current is None:
            key, _, value = line.partition(":")
            head[key.strip().lower()] = value.strip()
        else:
            current.append(line.split())
    return head, sections


if __name__ == "__main__":
    sys.exit(run_benchmark(__doc__, read_problem, plan_lines))
