"""Today beside what is proposed: counted from both plans, said in what people notice, a reason for each line."""

from __future__ import annotations

from planner.optimiser.problem import (
    PatternKind,
    Place,
    Problem,
    ProblemActivity,
    ProblemPattern,
    ProblemRoom,
    ProblemUnit,
    ProblemWorker,
    Session,
    Slot,
)
from planner.optimiser.tables import build_tables
from planner.proposals.lines.comparing import (
    compared,
    gains_in_words,
    reason_in_words,
    reasons,
    rows_in_words,
)

MORNING, NOON, LATE, NEXT = range(4)


def problem(*sessions: Session, **more: object) -> Problem:
    slots = (Slot("a", 0, 0), Slot("b", 0, 1), Slot("c", 0, 2), Slot("d", 1, 0))
    everywhere = frozenset(range(4))
    fields: dict[str, object] = {
        "slots": slots,
        "rooms": (ProblemRoom("one", 20, everywhere), ProblemRoom("two", 20, frozenset({NOON, LATE, NEXT}))),
        "workers": (ProblemWorker("w", everywhere),),
        "units": (ProblemUnit("u", everywhere),),
    }
    return Problem(sessions=sessions, **(fields | more))  # type: ignore[arg-type]


def at(slot: int, room: int = 0) -> Place:
    return Place(slot, room)


def test_movements_and_waiting_are_counted_in_both_plans() -> None:
    """Two sessions of one unit and one facilitator: morning and late today, side by side as proposed."""
    of_both = {"workers": (0,), "units": (0,)}
    given = problem(
        Session("x", present=at(MORNING), **of_both),  # type: ignore[arg-type]
        Session("y", present=at(LATE), **of_both),  # type: ignore[arg-type]
        Session("z", units=(0,)),
    )
    kept = compared(given, (at(MORNING), at(NOON), at(NOON, 1)))
    assert (kept["today"]["waiting"], kept["proposed"]["waiting"]) == (1, 0)
    assert (kept["today"]["movements"], kept["proposed"]["movements"]) == (2, 2)
    assert (kept["today"]["without_place"], kept["proposed"]["without_place"]) == (1, 0)
    assert (kept["other_hour"], kept["other_room"]) == (1, 0)
    assert gains_in_words(kept) == [
        "1 session more has its place",
        "facilitators wait less between their sessions",
        "1 group gets another hour",
    ]
    assert ("Movements: slots in which a living unit must be brought", 2, 2) in rows_in_words(kept)


def test_fewer_and_more_are_said_in_numbers_that_agree() -> None:
    def said(before: int, after: int) -> list[str]:
        return gains_in_words({"today": {"movements": before}, "proposed": {"movements": after}})

    assert said(20, 6) == ["14 movements fewer"] and said(2, 1) == ["1 movement fewer"]
    assert said(1, 3) == ["2 movements more"] and said(3, 3) == [] and gains_in_words({}) == []


def test_each_line_that_moves_has_its_reason() -> None:
    given = problem(
        Session("closed", present=at(MORNING, 1)),
        Session("in the way", present=at(NOON)),
        Session("wish", present=at(LATE), preferred=frozenset({NEXT})),
        Session("stays", present=at(LATE, 1)),
        Session("new", preferred=frozenset({NEXT})),
        Session("anywhere"),
        Session("lost"),
    )
    plan = (at(NOON), at(NOON, 1), at(NEXT), at(LATE, 1), at(NEXT, 1), at(MORNING), None)
    found = reasons(given, plan)
    assert {index: one["reason"] for index, one in found.items()} == {
        0: "not_allowed",
        1: "makes_room",
        2: "preferred",
        4: "preferred",
        5: "free_there",
    }
    assert all(reason_in_words(one) for one in found.values()) and reason_in_words({}) == ""


def test_a_movement_that_is_saved_is_the_reason() -> None:
    given = problem(
        Session("x", present=at(MORNING), units=(0,)),
        Session("y", present=at(LATE), units=(0,)),
        patterns=(ProblemPattern(PatternKind.OUTINGS, "u", (0, 1), weight=3),),
        activities=(ProblemActivity("one", (0,)), ProblemActivity("two", (1,))),
    )
    found = reasons(given, (at(NOON), at(NOON, 1)))
    assert found[0]["reason"] == found[1]["reason"] == "outings"


def test_the_only_place_that_is_left_is_said() -> None:
    given = problem(*(Session(f"s{number}", present=None) for number in range(3)))
    every = [at(slot, room) for slot in range(len(given.slots)) for room in range(len(given.rooms))]
    allowed = [place for place in every if build_tables(given).allows(0, place)]
    filled = problem(
        *(Session(f"s{number}", present=place) for number, place in enumerate(allowed[1:])), Session("x")
    )
    found = reasons(filled, (*allowed[1:], allowed[0]))
    assert [one["reason"] for one in found.values()] == ["only_place"]
