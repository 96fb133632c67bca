"""The annealing's arithmetic against counting from scratch, and the two benchmark adaptors."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import itc2007, prison
from planner.optimiser.annealing import native
from planner.optimiser.annealing.annealer import Annealer, Cooling
from planner.optimiser.annealing.grid import Grid
from planner.optimiser.construct import construct
from planner.optimiser.incumbent import Limits
from planner.optimiser.problem import (
    Clique,
    PatternKind,
    Place,
    Plan,
    Problem,
    ProblemActivity,
    ProblemPattern,
    ProblemRoom,
    ProblemUnit,
    ProblemWorker,
    Session,
    Slot,
)
from planner.optimiser.score import breaches, score
from planner.optimiser.solve import solve
from planner.optimiser.tables import build_tables

COURSES = """Name: Toy
Courses: 2
Rooms: 2
Days: 2
Periods_per_day: 2
Curricula: 1
Constraints: 1

COURSES:
c1 t1 2 2 10
c2 t2 2 1 30

ROOMS:
small 10
large 30

CURRICULA:
q1 2 c1 c2

UNAVAILABILITY_CONSTRAINTS:
c2 0 0

END.
"""


def random_prison(seed: int) -> Problem:
    draw = random.Random(seed)
    slots = tuple(Slot(f"t{i}", i // 4, i % 4, max_movements=9, max_people=60) for i in range(16))
    everywhere = frozenset(range(16))
    sessions = tuple(
        Session(
            f"s{i}",
            draw.randint(2, 9),
            (draw.randrange(8),),
            tuple(sorted(draw.sample(range(4), draw.randint(1, 2)))),
            preferred=frozenset(draw.sample(range(16), 5)) if i % 3 else frozenset(),
            published=Place(draw.randrange(16), draw.randrange(4)) if i % 2 else None,
            avoided_cells=frozenset(Place(t, i % 4) for t in draw.sample(range(16), 6))
            if i % 3
            else frozenset(),
        )
        for i in range(36)
    )
    return Problem(
        slots=slots,
        rooms=tuple(ProblemRoom(f"r{i}", 6 + 2 * i, everywhere - {i}) for i in range(4)),
        workers=tuple(ProblemWorker(f"w{i}", everywhere - {2 * i}) for i in range(8)),
        units=tuple(ProblemUnit(f"u{i}", everywhere) for i in range(4)),
        sessions=sessions,
        activities=tuple(ProblemActivity(f"a{i}", (3 * i, 3 * i + 1, 3 * i + 2), 2) for i in range(10)),
        cliques=(Clique("participant", "p", (0, 5, 10, 35)),),
        patterns=tuple(
            ProblemPattern(kind, f"u{k}", tuple(range(k, 36, 5)), k + 1) for k, kind in enumerate(PatternKind)
        ),
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("is_compiled", [True, False])
def test_the_walk_knows_its_cost_and_its_clashes(
    is_compiled: bool, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_compiled:
        monkeypatch.setattr(native, "library", lambda: None)
    elif native.library() is None:
        pytest.skip("no C compiler here")
    tables = build_tables(random_prison(seed))
    start = construct(tables)
    annealer = Annealer(tables, start, Cooling.for_weights(tables), seed=seed)
    rounds = iter([0.1, 0.4, 0.7, 1.0])
    annealer.run(lambda: next(rounds))
    there = annealer.grid.plan()
    counted = score(tables, there)
    change = counted.total - score(tables, start).total
    assert counted.left_out == score(tables, start).left_out
    assert abs(annealer.cost - change) < 2  # fairness is rounded down in the score, not in the walk
    assert len([b for b in breaches(tables, there) if b.code == "same_slot"]) == annealer.clashes
    assert breaches(tables, annealer.best_plan()) == []
    best = score(tables, annealer.best_plan()).total - score(tables, start).total
    assert abs(annealer.best_cost - best) < 2
    assert (annealer.compiled is not None) == is_compiled


def test_the_compiled_walk_leaves_the_grid_as_counting_would() -> None:
    """Every array that both walks share, against a grid built from the plan that the walk ended in."""
    if native.library() is None:
        pytest.skip("no C compiler here")
    tables = build_tables(random_prison(7))
    annealer = Annealer(tables, construct(tables), Cooling.for_weights(tables), seed=1)
    rounds = iter([0.2, 0.6, 1.0])
    annealer.run(lambda: next(rounds))
    walked, anew = annealer.grid, Grid(tables, annealer.grid.plan())
    assert annealer.best_cost < 0
    for name in ("clashing", "occupant", "day_count", "days", "room_count", "load", "fair_missed"):
        assert (getattr(walked, name) == getattr(anew, name)).all(), name
    for name in ("used", "mask"):
        ours, counted = getattr(walked.patterns, name)[:-1], getattr(anew.patterns, name)[:-1]
        assert (ours == counted).all(), name  # the last row is nobody's


@pytest.mark.parametrize("is_compiled", [True, False])
def test_the_walk_of_a_repair_counts_every_move_once(
    is_compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session in another slot and room has moved once, however it got there."""
    if not is_compiled:
        monkeypatch.setattr(native, "library", lambda: None)
    problem = random_prison(5)
    draw, count = random.Random(1), len(problem.sessions)
    present = [Place(draw.randrange(16), draw.randrange(4)) if i % 4 else None for i in range(count)]
    sessions = (
        replace(s, present=p, notice=1 + i % 3)
        for i, (s, p) in enumerate(zip(problem.sessions, present, strict=True))
    )
    tables = build_tables(replace(problem, sessions=tuple(sessions)))
    start = construct(tables)
    annealer = Annealer(tables, start, Cooling.for_weights(tables), seed=1, moved=7)
    rounds = iter([0.1, 0.5, 1.0])
    annealer.run(lambda: next(rounds))

    def price(plan: Plan) -> int:
        rows = zip(tables.problem.sessions, plan, strict=True)
        moved = sum(7 * s.notice for s, p in rows if s.present and p and p != s.present)
        return moved + score(tables, plan).total

    assert abs(annealer.cost - (price(annealer.grid.plan()) - price(start))) < 2


def test_without_a_compiler_there_is_no_compiled_walk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(native, "_compiled_path", lambda: tmp_path / "new" / "walk.so")
    monkeypatch.setattr(native.shutil, "which", lambda name: None)
    assert native.library.__wrapped__() is None
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "walk.so").write_bytes(b"not a library")
    assert native.library.__wrapped__() is None


@pytest.mark.parametrize("is_compiled", [True, False])
def test_a_run_by_the_clock_is_legal_and_better_than_its_start(
    is_compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_compiled:
        monkeypatch.setattr(native, "library", lambda: None)
    problem = random_prison(3)
    tables = build_tables(problem)
    solution = solve(problem, Limits(seconds=2))
    assert solution.seconds < 20  # it ends, whatever else the machine does
    assert breaches(tables, solution.plan) == []
    assert solution.score.rank < score(tables, construct(tables)).rank


def test_a_run_in_which_nothing_can_move_does_not_wait_for_its_time() -> None:
    problem = random_prison(3)
    start = construct(build_tables(problem))
    pinned = (replace(s, pinned=place) for s, place in zip(problem.sessions, start, strict=True))
    solution = solve(replace(problem, sessions=tuple(pinned)), Limits(seconds=120, workers=1))
    assert solution.plan == start
    assert solution.seconds < 60


def test_a_timetable_file_becomes_lectures_that_share_no_period(tmp_path: Path) -> None:
    path = tmp_path / "toy.ctt"
    path.write_text(COURSES)
    problem = itc2007.read_problem(path)
    solution = solve(problem, Limits(seconds=10, steps=4))
    lines = itc2007.plan_lines(problem, solution)
    assert solution.score.total == 0
    assert len({line.split(maxsplit=2)[2] for line in lines}) == 4  # one curriculum: four periods
    assert not any(line.startswith("c2") and line.endswith("0 0") for line in lines)
    assert {line.split()[1] for line in lines if line.startswith("c2")} == {"large"}


@pytest.mark.parametrize("reader", [itc2007.read_problem, prison.read_problem])
def test_a_file_of_another_kind_is_refused(reader: object, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear all,\n")
    with pytest.raises((ValueError, KeyError)):
        reader(path)  # type: ignore[operator]
