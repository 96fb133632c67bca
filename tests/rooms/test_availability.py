"""When a room, a unit or the prison is there: every rule at its edges. No database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from rooms.domain import availability, suitability
from rooms.domain.facts import BandFacts, BlockedHours, ClosureFacts, RoomFacts, Rules, SlotFacts, UnitFacts
from tests.factories import at

MONDAY = dt.date(2026, 11, 23)
ALWAYS = (dt.date(2020, 1, 1), dt.date.max)
HALL, CELL_BLOCK_ROOM, OLD = 1, 2, 3
NORTH, SOUTH, WOMEN = 10, 11, 12


def make_rules(**fields: Any) -> Rules:
    rooms = {
        HALL: RoomFacts(HALL, "Hall", "A", 12, True, None, features=frozenset({7})),
        CELL_BLOCK_ROOM: RoomFacts(CELL_BLOCK_ROOM, "Inside", "B", 4, True, NORTH),
        OLD: RoomFacts(OLD, "Old", "A", 12, False, None),
    }
    units = {
        NORTH: UnitFacts(NORTH, "N", "men", True),
        SOUTH: UnitFacts(SOUTH, "S", "men", True),
        WOMEN: UnitFacts(WOMEN, "W", "women", True),
    }
    plain: dict[str, Any] = {
        "prison_id": 1,
        "version": 1,
        "rooms": rooms,
        "units": units,
        "slots": {1: (SlotFacts(5, 1, 510, 660, *ALWAYS, None, None),)},
        "closures": (),
        "holidays": {},
        "bands": (),
        "separates_populations": True,
        "badge_walkers_apart": False,
        "turnaround_minutes": 0,
    }
    return Rules(**(plain | fields))


def span(start: str, end: str) -> availability.LocalSpan:
    return availability.local_span(at(start), at(end))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-23 09:00", "2026-11-23 10:30", (MONDAY, 540, 630)),
        # past midnight, and up to midnight exactly
        ("2026-11-23 23:00", "2026-11-24 01:00", (MONDAY, 1380, 1500)),
        ("2026-11-23 22:00", "2026-11-24 00:00", (MONDAY, 1320, 1440)),
        # the day on which the clocks go back: wall time counts, not hours passed
        ("2026-10-25 01:00", "2026-10-25 04:00", (dt.date(2026, 10, 25), 60, 240)),
        ("2027-03-28 01:00", "2027-03-28 04:00", (dt.date(2027, 3, 28), 60, 240)),
    ],
)
def test_wall_time(start: str, end: str, expected: tuple[dt.date, int, int]) -> None:
    assert span(start, end) == expected


def test_a_span_in_the_hour_that_comes_twice_still_lasts() -> None:
    first = dt.datetime(2026, 10, 25, 0, 50, tzinfo=dt.UTC)  # 02:50 summer time
    later = first + dt.timedelta(minutes=20)  # 02:10 winter time
    assert availability.local_span(first, later) == (dt.date(2026, 10, 25), 170, 171)


@pytest.mark.parametrize(
    ("start", "end", "inside", "starts_in"),
    [
        ("08:30", "11:00", True, True),  # the whole slot
        ("08:29", "10:00", False, False),  # a minute early
        ("09:00", "11:01", False, True),  # a minute late: still brought in this slot
        ("11:00", "12:00", False, False),  # begins where the slot ends
    ],
)
def test_slot_boundaries(start: str, end: str, inside: bool, starts_in: bool) -> None:
    asked = span(f"{MONDAY} {start}", f"{MONDAY} {end}")
    assert (availability.slot_of(make_rules(), asked) is not None) is inside
    assert (availability.slot_at_start(make_rules(), asked) is not None) is starts_in


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (MONDAY, MONDAY, True),
        (MONDAY + dt.timedelta(1), dt.date.max, False),
        (dt.date(2020, 1, 1), MONDAY - dt.timedelta(1), False),
    ],
)
def test_a_slot_is_in_force_from_its_first_to_its_last_day(
    first: dt.date, last: dt.date, found: bool
) -> None:
    rules = make_rules(slots={1: (SlotFacts(5, 1, 510, 660, first, last, None, None),)})
    asked = span(f"{MONDAY} 09:00", f"{MONDAY} 10:00")
    assert (availability.slot_of(rules, asked) is not None) is found
    assert (availability.slot_at_start(rules, asked) is not None) is found


@pytest.mark.parametrize(
    ("hours", "start", "end", "is_open"),
    [
        (None, "2026-11-23 03:00", "2026-11-23 04:00", True),  # no hours: always
        ({1: ((480, 1020),)}, "2026-11-23 08:00", "2026-11-23 17:00", True),
        ({1: ((480, 1020),)}, "2026-11-23 07:59", "2026-11-23 09:00", False),
        ({1: ((480, 1020),)}, "2026-11-23 16:00", "2026-11-23 17:01", False),
        ({1: ((480, 1020),)}, "2026-11-24 09:00", "2026-11-24 10:00", False),  # no hours on Tuesday
        ({1: ((480, 720), (780, 1020))}, "2026-11-23 11:00", "2026-11-23 14:00", False),  # across noon
        ({1: ((1200, 1440),), 2: ((0, 120),)}, "2026-11-23 23:00", "2026-11-24 01:00", True),
        ({1: ((1200, 1440),)}, "2026-11-23 23:00", "2026-11-24 01:00", False),
    ],
)
def test_opening_hours(hours: Any, start: str, end: str, is_open: bool) -> None:
    rules = make_rules()
    rules.rooms[HALL] = replace(rules.rooms[HALL], hours=hours)
    assert availability.is_room_open(rules, HALL, span(start, end)) is is_open


def test_a_room_out_of_use_is_never_open() -> None:
    assert not availability.is_room_open(make_rules(), OLD, span(f"{MONDAY} 09:00", f"{MONDAY} 10:00"))


@pytest.mark.parametrize(
    ("start", "end", "blocked"),
    [
        ("08:00", "09:00", False),  # touches the yard before it
        ("10:00", "11:00", False),  # and after it
        ("08:00", "09:01", True),
        ("09:59", "11:00", True),
        ("08:00", "12:00", True),
    ],
)
def test_hours_of_units(start: str, end: str, blocked: bool) -> None:
    rules = make_rules()
    yard = BlockedHours(540, 600, "yard")
    rules.units[NORTH] = replace(rules.units[NORTH], hours={1: (yard,)})
    asked = span(f"{MONDAY} {start}", f"{MONDAY} {end}")
    assert availability.units_not_free(rules, [NORTH, SOUTH], asked) == ([(NORTH, yard)] if blocked else [])
    assert availability.units_not_free(rules, [], asked) == []


def closure(
    number: int, start: str, end: str, *, room: int | None = None, unit: int | None = None
) -> ClosureFacts:
    return ClosureFacts(number, room, unit, at(start), at(end), "strike", True)


@pytest.mark.parametrize(
    ("closures", "room", "units", "hit"),
    [
        ([closure(1, "2026-11-22 22:00", "2026-11-23 22:00")], HALL, [NORTH], [1]),
        # ends as the session starts, starts as it ends
        ([closure(1, "2026-11-22 22:00", "2026-11-23 09:00")], HALL, [NORTH], []),
        ([closure(1, "2026-11-23 10:00", "2026-11-23 22:00")], HALL, [NORTH], []),
        ([closure(1, "2026-11-23 08:00", "2026-11-23 12:00", room=OLD)], HALL, [NORTH], []),
        ([closure(1, "2026-11-23 08:00", "2026-11-23 12:00", room=HALL)], HALL, [], [1]),
        # people of the south wing can still come
        ([closure(1, "2026-11-23 08:00", "2026-11-23 12:00", unit=NORTH)], HALL, [NORTH, SOUTH], []),
        (
            [
                closure(1, "2026-11-23 08:00", "2026-11-23 12:00", unit=NORTH),
                closure(2, "2026-11-23 08:00", "2026-11-23 12:00", unit=SOUTH),
            ],
            HALL,
            [NORTH, SOUTH],
            [1, 2],
        ),
        ([closure(1, "2026-11-23 08:00", "2026-11-23 12:00", unit=NORTH)], HALL, [], []),
        # the room lies inside the unit
        ([closure(1, "2026-11-23 08:00", "2026-11-23 12:00", unit=NORTH)], CELL_BLOCK_ROOM, [], [1]),
        ([closure(1, "2026-11-23 08:00", "2026-11-23 12:00", unit=NORTH)], None, [NORTH], [1]),
    ],
)
def test_closures(closures: list[ClosureFacts], room: int | None, units: list[int], hit: list[int]) -> None:
    rules = make_rules(closures=tuple(closures))
    starts_at, ends_at = at("2026-11-23 09:00"), at("2026-11-23 10:00")
    near = availability.closures_between(rules, at("2026-11-23 00:00"), at("2026-11-30 00:00"))
    found = availability.closures_hitting(
        rules, near, room_id=room, unit_ids=units, starts_at=starts_at, ends_at=ends_at
    )
    assert [one.closure_id for one in found] == hit


def test_bands_include_their_first_and_last_day() -> None:
    band = BandFacts(3, "school_nl", dt.date(2026, 12, 21), dt.date(2027, 1, 3))
    rules = make_rules(bands=(band,), holidays={dt.date(2026, 12, 25): 8})
    days = [dt.date(2026, 12, 20), dt.date(2026, 12, 21), dt.date(2027, 1, 3), dt.date(2027, 1, 4)]
    assert [availability.bands_on(rules, day) for day in days] == [[], [band], [band], []]
    assert availability.holiday_on(rules, dt.date(2026, 12, 25)) == 8


def test_capacity_and_features() -> None:
    rules = make_rules()
    assert not suitability.is_too_small(rules, HALL, 12)
    assert suitability.is_too_small(rules, HALL, 13)
    assert suitability.missing_features(rules, HALL, [7, 8]) == {8}
    assert not suitability.missing_features(rules, HALL, [])


def test_reach() -> None:
    rules = make_rules()
    rules.rooms[HALL] = replace(rules.rooms[HALL], reachable_from=frozenset({NORTH}))
    assert suitability.units_out_of_reach(rules, HALL, [NORTH, SOUTH]) == {SOUTH}
    assert not suitability.units_out_of_reach(rules, HALL, [])
    assert suitability.units_out_of_reach(rules, CELL_BLOCK_ROOM, [NORTH, SOUTH]) == {SOUTH}
    assert not suitability.units_out_of_reach(rules, OLD, [NORTH, SOUTH])


@pytest.mark.parametrize(
    ("units", "separates", "mixed"),
    [
        ([NORTH, SOUTH], True, False),
        ([NORTH, WOMEN], True, True),
        ([NORTH, WOMEN], False, False),
        ([WOMEN], True, False),
        ([], True, False),
    ],
)
def test_populations(units: list[int], separates: bool, mixed: bool) -> None:
    assert suitability.are_populations_mixed(make_rules(separates_populations=separates), units) is mixed
