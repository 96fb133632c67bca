"""How many must be brought in a slot: places, not people enrolled; all that start in it. No database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from rooms.domain.availability import LocalSpan
from rooms.domain.facts import RoomFacts, Rules, SlotFacts, UnitFacts
from sessions.domain.movements import Brought, cost, loads, overloads

MONDAY = dt.date(2026, 11, 23)
HALL, INSIDE, FAR = 1, 2, 3
NORTH, SOUTH, OPEN = 10, 11, 12


def make_rules(*, people: int | None = None, movements: int | None = None, **fields: Any) -> Rules:
    slot = SlotFacts(5, 1, 510, 660, dt.date(2020, 1, 1), dt.date.max, people, movements)
    plain: dict[str, Any] = {
        "prison_id": 1,
        "version": 1,
        "rooms": {
            HALL: RoomFacts(HALL, "Hall", "A", 40, True, None),
            INSIDE: RoomFacts(INSIDE, "Inside", "A", 40, True, NORTH),
            FAR: RoomFacts(FAR, "Far", "A", 40, True, None, reachable_from=frozenset({NORTH, OPEN})),
        },
        "units": {
            NORTH: UnitFacts(NORTH, "N", "men", True),
            SOUTH: UnitFacts(SOUTH, "S", "men", True),
            OPEN: UnitFacts(OPEN, "O", "men", True, "open"),
        },
        "slots": {1: (slot,)},
        "closures": (),
        "holidays": {},
        "bands": (),
        "separates_populations": True,
        "badge_walkers_apart": False,
        "turnaround_minutes": 0,
    }
    return Rules(**(plain | fields))


@pytest.mark.parametrize(
    ("room", "places", "units", "apart", "expected"),
    [
        (HALL, 8, [NORTH, SOUTH], False, (8, 2)),
        (HALL, 1, [NORTH, SOUTH], False, (1, 1)),  # one person comes from one unit
        (HALL, 8, [], False, (8, 3)),  # from all units
        (FAR, 8, [], False, (8, 2)),  # from all that can reach it
        (INSIDE, 8, [NORTH], False, (0, 0)),
        (HALL, 8, [OPEN], True, (0, 0)),  # they walk by themselves
        (HALL, 8, [OPEN], False, (8, 1)),
        (HALL, 8, [NORTH, OPEN], True, (8, 1)),  # any place may go to somebody of the north wing
    ],
)
def test_cost(room: int, places: int, units: list[int], apart: bool, expected: tuple[int, int]) -> None:
    assert cost(make_rules(badge_walkers_apart=apart), room, places, units) == expected


def brought(number: int, start: int, end: int, places: int = 8, day: dt.date = MONDAY) -> Brought:
    return Brought(number, LocalSpan(day, start, end), HALL, places, [NORTH])


def test_all_that_start_in_the_slot_count_and_no_others() -> None:
    sessions = [
        brought(1, 510, 600),
        brought(2, 659, 720),  # runs out of the slot, but starts in it
        brought(3, 660, 720),  # starts where the slot ends
        brought(4, 510, 600, day=MONDAY + dt.timedelta(7)),
        brought(5, 510, 600, day=MONDAY + dt.timedelta(1)),  # no slot on Tuesday
    ]
    found = loads(make_rules(), sessions)
    assert {key: load.session_ids for key, load in found.items()} == {
        (MONDAY, 5): [1, 2],
        (MONDAY + dt.timedelta(7), 5): [4],
    }
    assert (found[MONDAY, 5].people, found[MONDAY, 5].movements) == (16, 2)


@pytest.mark.parametrize(
    ("limits", "is_over"),
    [
        ({"people": 16}, False),
        ({"people": 15}, True),
        ({"movements": 2}, False),
        ({"movements": 1}, True),
        ({}, False),
    ],
)
def test_the_limit_itself_is_allowed(limits: dict[str, int], is_over: bool) -> None:
    rules = make_rules(**limits)
    assert bool(overloads(rules, [brought(1, 510, 600), brought(2, 600, 660)])) is is_over
