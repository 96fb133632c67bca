"""What the engine answers in codes and facts: bad input, stopping, explaining, mending."""

import subprocess
import sys
from dataclasses import replace

import pytest

from planner.optimiser.construct import construct
from planner.optimiser.exact import cpsat
from planner.optimiser.incumbent import Limits
from planner.optimiser.precheck import check
from planner.optimiser.problem import (
    Apart,
    Bar,
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
    Progress,
    Session,
    Slot,
    Status,
    Weights,
)
from planner.optimiser.reasons.explain import explain
from planner.optimiser.reasons.why_not import why_not
from planner.optimiser.repair import repair
from planner.optimiser.score import breaches, score
from planner.optimiser.solve import solve
from planner.optimiser.tables import Tables, build_tables

ALL = frozenset(range(4))
QUICK = Limits(seconds=10, steps=4)


def make_problem(**changes: object) -> Problem:
    """Two days of two slots, two rooms (8 with a gym, 12), worker Ann, unit A, four sessions of 6 people."""
    problem = Problem(
        slots=tuple(Slot(f"t{i}", i // 2, i % 2) for i in range(4)),
        rooms=(ProblemRoom("gym", 8, ALL, frozenset({"gym"})), ProblemRoom("hall", 12, ALL)),
        workers=(ProblemWorker("ann", ALL), ProblemWorker("bob", ALL)),
        units=(ProblemUnit("A", ALL),),
        sessions=tuple(Session(f"s{i}", 6, units=(0,)) for i in range(4)),
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def with_session(problem: Problem, index: int, **changes: object) -> Problem:
    sessions = list(problem.sessions)
    sessions[index] = replace(sessions[index], **changes)  # type: ignore[arg-type]
    return replace(problem, sessions=tuple(sessions))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rooms": ()}, "no_rooms"),
        ({"slots": ()}, "no_slots"),
        ({"sessions": ()}, "no_sessions"),
        ({"rooms": (ProblemRoom("cupboard", 2, ALL),)}, "no_place"),
    ],
)
def test_impossible_input_is_answered_with_a_code(changes: dict[str, object], code: str) -> None:
    solution = solve(make_problem(**changes), QUICK)
    assert solution.status is Status.NOTHING_TO_PLAN
    assert code in {finding.code for finding in solution.findings}
    assert set(solution.plan) <= {None}


@pytest.mark.parametrize("pin", [Place(0, 7), Place(9, 0), Place(-5, 0)])
def test_a_pin_to_a_place_that_does_not_exist_is_refused(pin: Place) -> None:
    solution = solve(with_session(make_problem(), 0, pinned=pin), QUICK)
    assert solution.plan[0] is None
    assert solution.findings[0].code == "pin_refused"


def test_two_pins_on_one_place_are_named_and_one_is_kept() -> None:
    problem = with_session(with_session(make_problem(), 0, pinned=Place(0, 0)), 1, pinned=Place(0, 0))
    solution = solve(problem, QUICK)
    clash = next(finding for finding in solution.findings if finding.code == "pins_clash")
    assert clash.facts == {"session": "s1", "other": "s0", "by": "room", "name": "gym", "slot": "t0"}
    assert [place is None for place in solution.plan[:2]].count(True) == 1
    assert "left_out" in {finding.code for finding in solution.findings}


def test_no_time_still_gives_a_legal_plan() -> None:
    problem = make_problem()
    solution = solve(problem, Limits(seconds=0))
    assert solution.score.left_out == 0
    assert breaches(build_tables(problem), solution.plan) == []


def test_a_first_plan_that_leaves_somebody_out_is_tried_again_with_other_seeds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module, seeds = sys.modules["planner.optimiser.solve"], []

    def luckless(tables: Tables, start: Plan | None, *, seed: int, **options: object) -> Plan:
        seeds.append(seed)
        return (None, *construct(tables)[1:]) if seed < 2 else construct(tables)

    monkeypatch.setattr(module, "construct", luckless)
    monkeypatch.setattr(cpsat, "is_available", lambda: False)
    assert solve(make_problem(), Limits(seconds=60)).score.left_out == 0
    assert seeds == [0, 1, 2]


def test_stopping_keeps_the_best_so_far_and_says_so() -> None:
    heard: list[Progress] = []
    many = frozenset(range(40))
    problem = make_problem(
        slots=tuple(Slot(f"t{i}", i // 4, i % 4) for i in range(40)),
        rooms=tuple(ProblemRoom(f"r{i}", 9, many) for i in range(12)),
        sessions=tuple(
            Session(f"s{i}", 6, (i % 2,), (0,), preferred=frozenset({i % 7}), published=Place(i % 40, i % 12))
            for i in range(76)
        ),
        workers=(ProblemWorker("ann", many), ProblemWorker("bob", many)),
        units=(ProblemUnit("A", many),),
        activities=tuple(ProblemActivity(f"a{i}", (4 * i, 4 * i + 1, 4 * i + 2), 3) for i in range(18)),
    )
    solution = solve(
        problem, Limits(seconds=60), on_progress=heard.append, should_stop=lambda: len(heard) > 0
    )
    assert solution.was_stopped
    assert solution.seconds < 30
    assert solution.score.left_out == 0
    assert heard[0].phase == "construct"


def test_without_ortools_the_constructor_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpsat, "is_available", lambda: False)
    solution = solve(make_problem(), Limits(seconds=5))
    assert solution.score.left_out == 0
    assert [finding.code for finding in solution.findings] == ["constructor_only"]


def test_importing_the_engine_loads_neither_numpy_nor_ortools() -> None:
    code = "import sys, planner.optimiser.solve, planner.optimiser.repair, planner.optimiser.reasons.explain;"
    code += "sys.exit(any(name in sys.modules for name in ('numpy', 'ortools', 'django')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_removed_pairs_are_counted_once_under_their_first_reason() -> None:
    problem = make_problem(workers=(ProblemWorker("ann", frozenset({0, 1})), ProblemWorker("bob", ALL)))
    problem = with_session(problem, 0, workers=(0,), features=frozenset({"gym"}), bars=(Bar("asked", 1, 0),))
    precheck = check(problem)
    assert precheck.domains[0] == {0: (0,)}
    assert precheck.reasons[0] == {"worker_away": 4, "feature_missing": 2, "asked": 1}


def test_cost_by_rule_of_a_plan_worked_out_by_hand() -> None:
    problem = make_problem(
        activities=(ProblemActivity("a", (0, 1), 2),),
        patterns=(
            ProblemPattern(PatternKind.GAPS, "ann", (2, 3), 3),
            ProblemPattern(PatternKind.OUTINGS, "A", (0, 1), 1),
        ),
        weights=Weights(over_capacity=1),
    )
    problem = with_session(problem, 0, preferred=frozenset({3}), published=Place(3, 1), notice=2)
    problem = with_session(problem, 2, people=10)
    plan = (Place(0, 0), Place(1, 1), Place(1, 0), Place(3, 0))
    assert score(build_tables(problem), plan).by_rule == {
        "preferred": 2,
        "slot_change": 12,
        "room_change": 4,
        "spread": 5,  # both sessions on one day, two days asked
        "room_stability": 1,
        "over_capacity": 2,  # 10 people in a room for 8
        "outings": 2,
    }


def test_why_not_names_who_is_in_the_way_but_not_who_must_be_kept_apart() -> None:
    problem = make_problem(
        cliques=(Clique("participant", "p1", (0, 2)),), apart=(Apart("case 7", (0,), (3,)),)
    )
    problem = with_session(with_session(problem, 0, workers=(0,)), 1, workers=(0,))
    plan = (None, Place(0, 0), Place(0, 1), Place(1, 0))
    tables = build_tables(problem)
    assert [f.code for f in why_not(tables, plan, 0, Place(0, 0))] == [
        "room_taken",
        "worker_taken",
        "participant_taken",
    ]
    separated = why_not(tables, plan, 0, Place(1, 1))
    assert [(f.code, dict(f.facts)) for f in separated] == [("keep_apart", {})]
    assert why_not(tables, plan, 0, Place(2, 0)) == ()


def test_three_sessions_of_a_worker_with_two_slots_are_explained() -> None:
    problem = make_problem(workers=(ProblemWorker("ann", frozenset({0, 3})), ProblemWorker("bob", ALL)))
    for index in range(3):
        problem = with_session(problem, index, workers=(0,))
    plan = (Place(0, 0), Place(3, 0), None, Place(1, 0))
    explanation = explain(problem, plan, 2)
    assert explanation.is_proven
    assert explanation.together == ("s0", "s1", "s2")
    assert explanation.common_slots == 2
    assert {(c.code, *c.facts.values()) for c in explanation.causes} == {
        ("worker_away", "ann"),
        ("worker_taken", "ann"),
    }


def test_a_session_without_any_place_is_explained_alone() -> None:
    problem = with_session(make_problem(), 1, features=frozenset({"kitchen"}))
    explanation = explain(problem, (None,) * 4, 1)
    assert explanation.together == ("s1",)
    assert [(c.code, dict(c.facts)) for c in explanation.causes] == [
        ("feature_missing", {"feature": "kitchen"})
    ]


def test_a_session_that_does_fit_is_said_to_fit() -> None:
    explanation = explain(make_problem(), (Place(0, 0), None, None, None), 1)
    assert (explanation.is_proven, explanation.can_be_placed) == (False, True)


def test_a_closed_room_is_mended_with_as_few_moves_as_sessions_it_held() -> None:
    problem = make_problem()
    for index, place in enumerate((Place(0, 0), Place(1, 0), Place(2, 1), Place(3, 1))):
        problem = with_session(problem, index, present=place)
    closed = replace(problem, rooms=(replace(problem.rooms[0], open_slots=frozenset()), problem.rooms[1]))
    mended = repair(closed, Limits(seconds=10))
    assert mended.moved == ("s0", "s1")
    assert (mended.moves, mended.slot_changes, mended.at_least, mended.is_minimal) == (2, 0, 2, True)
    assert breaches(build_tables(closed), mended.solution.plan) == []


def test_what_cannot_be_mended_is_left_out_and_proven() -> None:
    problem = make_problem(workers=(ProblemWorker("ann", frozenset()), ProblemWorker("bob", ALL)))
    problem = with_session(problem, 0, workers=(0,), present=Place(0, 0))
    problem = with_session(problem, 1, present=Place(1, 0))
    mended = repair(problem, Limits(seconds=10))
    assert mended.left_out == ("s0",)
    assert (mended.moves, mended.is_minimal) == (0, True)


def test_a_displaced_session_moves_only_when_it_must() -> None:
    """The gym closes at t0, the hall is taken then by a session that only fits the hall: one slot change."""
    problem = make_problem()
    problem = with_session(problem, 0, present=Place(0, 0))
    problem = with_session(problem, 1, people=12, present=Place(0, 1))
    problem = replace(problem, sessions=problem.sessions[:2])
    closed = replace(problem, rooms=(replace(problem.rooms[0], open_slots=ALL - {0}), problem.rooms[1]))
    mended = repair(closed, Limits(seconds=10))
    assert (mended.moved, mended.slot_changes, mended.is_minimal) == (("s0",), 1, True)
