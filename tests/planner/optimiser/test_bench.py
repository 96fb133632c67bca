"""The table of goals: what is lost from a plan, what a checker's words mean, and what is said without instances."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import mishaps, planner, prison

SLOTS = [f"{day}{part}" for day in range(3) for part in ("AM1", "AM2")]


def tiny_prison() -> dict[str, Any]:
    """Three days of two slots, two rooms, one worker with three of the four sessions."""
    everywhere = list(range(6))
    session = {
        "size": 4,
        "equipment": [],
        "movement": True,
        "preferred": [],
        "pinned": None,
        "published": None,
    }
    return {
        "slots": [{"id": s, "day": i // 2, "index_in_day": i % 2} for i, s in enumerate(SLOTS)],
        "closed_slots": [],
        "rooms": [{"id": f"r{i}", "capacity": 9, "equipment": [], "open": everywhere} for i in range(2)],
        "leaders": [{"id": f"l{i}", "available": everywhere} for i in range(2)],
        "wings": [{"id": "w0", "moves": everywhere}],
        "escort": {str(i): 2 for i in everywhere},
        "keep_apart": [],
        "sessions": [
            session
            | {"id": f"s{i}", "leaders": [f"l{i // 3}"], "wings": ["w0"], "groups": [], "participants": []}
            for i in range(4)
        ],
        "activities": [{"id": "a0", "sessions": ["s0", "s1"], "min_days": 2}],
        "weights": {
            "preferred": 2,
            "spread": 5,
            "move_slot": 6,
            "move_room": 2,
            "room_stability": 1,
            "fairness": 1,
        },
    }


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(tiny_prison()))
    return path


@pytest.mark.parametrize(
    ("mishap", "moves", "left_out"),
    [
        ("busiest room closed", 3, 0),
        ("a morning lost", 1, 0),
        ("movements halved for a day", 0, 0),
        ("a worker away", 0, 3),
    ],
)
def test_each_mishap_is_mended_with_the_fewest_moves(
    mishap: str, moves: int, left_out: int, instance: Path, tmp_path: Path
) -> None:
    published = tmp_path / "published.txt"
    published.write_text("s0 0 r0\ns1 2 r0\ns2 1 r0\ns3 4 r1\n")
    mended = mishaps.mend(instance, published, mishap, tmp_path, 10)
    assert (mended.moves, mended.left_out, mended.is_minimal) == (moves, left_out, True)
    assert len(mended.plan.read_text().splitlines()) == 4 - left_out
    assert prison.read_problem(mended.instance) != prison.read_problem(instance)


def test_a_worker_with_too_few_slots_is_named(instance: Path) -> None:
    causes, _, is_proven = mishaps.explain_one(instance)
    assert is_proven
    assert causes == 2  # the worker is away, or taken


def test_a_plan_that_breaks_a_rule_or_lacks_a_session_meets_no_goal(tmp_path: Path) -> None:
    (tmp_path / "check_prison.py").write_text("import sys; print(open(sys.argv[2]).read())")
    bench = planner.Bench(tmp_path, tmp_path, "wall")
    said = tmp_path / "said.txt"
    for words, strictly, leniently in (
        ("hard {} soft {'spread': 1} cost 5", (5, True), (5, True)),
        ("hard {'unplaced': 2} soft {} cost 0", (0, False), (0, True)),
        ("hard {'escort': 1} soft {} cost 3", (3, False), (3, False)),
        ("", (-1, False), (-1, False)),
    ):
        said.write_text(words)
        assert bench.score(tmp_path / "x.json", said) == strictly
        assert bench.score(tmp_path / "x.json", said, may_leave_out=True) == leniently


def test_without_instances_it_says_where_they_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INSTANCES", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["planner"])
    assert planner.main() == 2
    assert "INSTANCES" in capsys.readouterr().out


def test_instances_are_found_beside_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "ROOT", tmp_path / "project")
    assert planner.find_instances(None) is None
    (tmp_path / "elsewhere" / "data" / "timetabling" / "prison").mkdir(parents=True)
    assert planner.find_instances(None) == tmp_path / "elsewhere" / "data" / "timetabling"
