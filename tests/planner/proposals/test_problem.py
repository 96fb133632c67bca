"""The problem allows nothing that the conflict engine refuses: cell by cell, and for whole plans."""

from __future__ import annotations

import datetime as dt

import pytest

from planner.optimiser.construct import construct
from planner.optimiser.problem import Place
from planner.optimiser.tables import build_tables
from planner.proposals.problem import planning_context
from planner.proposals.problem.building import PlanningProblem, build_problem
from planner.proposals.problem.cells import Cell, Cells, GridSlot, SlotAnswer, grid_of
from planner.proposals.problem.easy_rooms import EasyRooms
from planner.proposals.problem.meetings import Item, Meeting
from planner.scheduling.placement import writer
from planner.scheduling.placement.session_changes import Change
from prisons.models import Organisation, Prison
from sessions.domain.recurrence import instants
from tests.factories import at, make_room, make_series, make_session, make_slot, make_worker
from tests.planner.proposals.worlds import MONDAY, NOW, brief_for, draw

pytestmark = pytest.mark.django_db


def change_of(meeting: Meeting, weekday: int, start: int, room_id: int) -> Change:
    day = meeting.on(weekday)
    starts_at, ends_at = instants(day, dt.time(start // 60, start % 60), meeting.minutes)
    return Change(meeting.session_id, room_id, starts_at, ends_at)


def changes_at(made: PlanningProblem, index: int, place: Place) -> list[Change]:
    spot, cell = made.spot(index, place), made.cell(index, place)
    assert spot is not None and cell is not None
    return [
        change_of(one, spot.weekday, spot.start, spot.room_id)
        for one in made.items[index].meetings
        if one.session_id not in cell.skipped
    ]


def hard(prison: Prison, changes: list[Change]) -> list[str]:
    return [one.code for one in writer.preview(prison, changes, now=NOW) if one.is_hard]


@pytest.mark.parametrize("seed", range(6))
def test_every_cell_that_the_problem_allows_the_conflict_engine_accepts(
    haren: Prison, service: Organisation, seed: int
) -> None:
    draw(haren, service, seed)
    made = build_problem(planning_context.load(brief_for(haren), NOW))
    tables = build_tables(made.problem)

    allowed = 0
    for index, domain in enumerate(tables.domains):
        for slot, rooms in domain.items():
            for room in rooms:
                allowed += 1
                assert hard(haren, changes_at(made, index, Place(slot, room))) == []
    assert allowed > 5


@pytest.mark.parametrize("seed", range(3))
def test_what_the_problem_forbids_for_good_the_conflict_engine_refuses(
    haren: Prison, service: Organisation, seed: int
) -> None:
    """The other way round, for single sessions beside what stays: no cell is lost without a hard rule."""
    draw(haren, service, seed)
    made = build_problem(planning_context.load(brief_for(haren), NOW))

    refused = 0
    for index, item in enumerate(made.items):
        for slot, grid in enumerate(made.slots):
            starts = {grid.start, grid.end - item.minutes} if item.minutes <= grid.end - grid.start else set()
            for room, room_id in enumerate(made.room_ids):
                if made.cell(index, Place(slot, room)) is not None:
                    continue
                refused += 1
                for start in starts:
                    assert hard(haren, [change_of(item.meetings[0], grid.weekday, start, room_id)])
    assert refused > 10


@pytest.mark.parametrize("seed", range(8))
def test_a_whole_plan_of_the_engine_adds_no_hard_conflict(
    haren: Prison, service: Organisation, seed: int
) -> None:
    draw(haren, service, seed)
    made = build_problem(planning_context.load(brief_for(haren), NOW))

    plan = construct(build_tables(made.problem), seed=seed)

    placed = [(index, place) for index, place in enumerate(plan) if place is not None]
    assert len(placed) >= 3
    assert hard(haren, [change for index, place in placed for change in changes_at(made, index, place)]) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_weekly_plan_adds_no_hard_conflict_on_any_date_that_it_does_not_skip(
    haren: Prison, service: Organisation, seed: int
) -> None:
    draw(haren, service, seed, weeks=5)
    made = build_problem(planning_context.load(brief_for(haren, weeks=5), NOW))
    assert all(len(item.meetings) == 5 for item in made.items)

    plan = construct(build_tables(made.problem), seed=seed)

    placed = [(index, place) for index, place in enumerate(plan) if place is not None]
    assert len(placed) >= 3
    assert hard(haren, [change for index, place in placed for change in changes_at(made, index, place)]) == []


def test_one_of_its_sessions_fits_beside_a_fixed_one_where_the_minutes_do(
    haren: Prison, service: Organisation
) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    room, worker = make_room(haren), make_worker(haren)
    make_session(make_series(haren, organisation=service), "2026-11-23 08:30", minutes=60, room=room)
    make_session(
        make_series(haren, organisation=service), "2026-11-23 09:30", minutes=30, room=make_room(haren),
        workers=[worker],
    )  # fmt: skip
    series = make_series(haren, organisation=service, duration_minutes=60)
    make_session(series, None, week_on=MONDAY, workers=[worker])

    made = build_problem(planning_context.load(brief_for(haren), NOW))

    cell = made.cell(0, Place(0, made.room_ids.index(room.pk)))
    assert cell is not None and cell.start == 10 * 60  # after the room at 9:30, after the facilitator at 10


def test_a_term_gives_a_series_one_weekly_place_and_leaves_out_the_date_that_cannot(
    haren: Prison, service: Organisation
) -> None:
    from tests.factories import make_closure

    make_slot(haren, 2, "08:30", "11:00")
    make_room(haren)
    series = make_series(haren, organisation=service)
    sessions = [make_session(series, None, week_on=MONDAY + dt.timedelta(days=7 * week)) for week in range(5)]
    make_closure(haren, at("2026-12-01 00:00"), at("2026-12-02 00:00"))

    made = build_problem(planning_context.load(brief_for(haren, weeks=5), NOW))

    assert [item.series_id for item in made.items] == [series.pk]
    cell = made.cell(0, Place(0, 0))
    assert cell is not None and cell.skipped == (sessions[1].pk,)


@pytest.mark.parametrize("weeks", [1, 5])
@pytest.mark.parametrize("seed", range(4))
def test_rooms_found_all_at_once_are_those_that_are_found_one_by_one(
    haren: Prison, service: Organisation, seed: int, weeks: int
) -> None:
    draw(haren, service, seed, weeks=weeks)
    context = planning_context.load(brief_for(haren, weeks=weeks), NOW)
    cells, easy = Cells(context), EasyRooms(context)

    seen = 0
    for item in context.items:
        for slot in grid_of(context):
            answer = cells.in_slot(item, slot)
            if answer.reason:
                continue
            rooms = easy.of(answer.dates, answer.starts[0][0])
            for room_id in rooms:
                assert isinstance(cells.in_room(item, slot, room_id, answer), Cell)
            seen += len(rooms)
    assert seen > 5


def test_a_large_house_asks_few_cells_one_by_one(
    haren: Prison, service: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """600 sessions, 60 rooms and 21 slots are 756,000 cells: asked one by one, the planner seemed dead."""
    make_slot(haren, 1, "08:30", "11:00")
    rooms = [make_room(haren) for _number in range(5)]
    make_session(
        make_series(haren, organisation=service), "2026-11-23 08:30", room=rooms[0], state="published"
    )
    for _number in range(4):
        make_session(make_series(haren, organisation=service), None, week_on=MONDAY)
    asked: list[int] = []
    real = Cells.in_room

    def counted(self: Cells, item: Item, slot: GridSlot, room_id: int, answer: SlotAnswer) -> Cell | str:
        asked.append(room_id)
        return real(self, item, slot, room_id, answer)

    monkeypatch.setattr(Cells, "in_room", counted)
    made = build_problem(planning_context.load(brief_for(haren), NOW))

    assert len(made.items) == 4 and asked == [rooms[0].pk] * 4
