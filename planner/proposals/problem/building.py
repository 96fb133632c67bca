"""Facts -> the engine's problem, and its answer back into places.

Every cell that the problem allows, the conflict engine accepts. Not the other way round: the problem puts one
of its sessions in a room and slot, lets no two sessions of one person or facilitator share a slot even where
their minutes would fit, takes the scarcest week of a term for movements, tries few minutes of a slot (the usual,
the first, after what stays there, the last), and leaves waived places alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from planner.optimiser.problem import (
    Apart,
    Bar,
    Clique,
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
from planner.proposals.problem.cells import Cell, Cells, GridSlot, SlotAnswer, grid_of
from planner.proposals.problem.easy_rooms import EasyRooms
from planner.proposals.problem.meetings import Item, Spot, meet_always, pairs_that_meet
from planner.proposals.problem.planning_context import PlanningContext
from planner.proposals.problem.presets import Preset, preset_of
from sessions.domain.movements import cost

NATIVE = frozenset({"room_too_small", "feature_missing"})
"""Reasons that the engine sees itself in capacity and features; all others are told as bars."""


@dataclass
class PlanningProblem:
    """The problem, and what its indices stand for."""

    context: PlanningContext
    problem: Problem
    slots: list[GridSlot]
    room_ids: list[int]
    cells: Cells

    @property
    def items(self) -> list[Item]:
        return self.context.items

    def cell(self, index: int, place: Place) -> Cell | None:
        """From which minute the item would be there; None where it may not be."""
        item, slot, room_id = self.items[index], self.slots[place.slot], self.room_ids[place.room]
        if self.cells.room_never(item, room_id):
            return None
        found = self.cells.in_room(item, slot, room_id, self.cells.in_slot(item, slot))
        return found if isinstance(found, Cell) else None

    def spot(self, index: int, place: Place) -> Spot | None:
        cell = self.cell(index, place)
        slot = self.slots[place.slot]
        return Spot(slot.day, slot.weekday, cell.start, self.room_ids[place.room]) if cell else None


def build_problem(context: PlanningContext, beat: Callable[[], None] = lambda: None) -> PlanningProblem:
    """Build the problem of what was loaded; pure. `beat` is called for each item, and may raise to leave."""
    cells, slots = Cells(context), grid_of(context)
    rooms = [room for room in context.rules.rooms.values() if room.is_active]
    room_ids = [room.room_id for room in rooms]
    preset = preset_of(context.brief.preset, context.brief.weights)
    builder = _Builder(context, cells, slots, room_ids, preset)
    sessions, every = [], frozenset(range(len(slots)))
    for item in context.items:
        beat()
        sessions.append(builder.session(item))
    problem = Problem(
        slots=tuple(builder.slot(index) for index in range(len(slots))),
        rooms=tuple(
            ProblemRoom(str(room.room_id), room.capacity, every, frozenset(map(str, room.features)))
            for room in rooms
        ),
        sessions=tuple(sessions),
        workers=tuple(ProblemWorker(str(pk), every) for pk in builder.worker_ids),
        units=tuple(ProblemUnit(key, every) for key in builder.unit_keys),
        activities=tuple(builder.activities()),
        cliques=tuple(builder.cliques()),
        apart=tuple(builder.apart()),
        patterns=tuple(builder.patterns(sessions)),
        weights=preset.weights,
    )
    return PlanningProblem(context, problem, slots, room_ids, cells)


class _Builder:
    def __init__(
        self,
        context: PlanningContext,
        cells: Cells,
        slots: list[GridSlot],
        room_ids: list[int],
        preset: Preset,
    ) -> None:
        self.context, self.cells, self.slots, self.room_ids = context, cells, slots, room_ids
        self.easy = EasyRooms(context)
        self.preset, self.items, self.rules = preset, context.items, context.rules
        self.worker_ids = sorted({worker for item in self.items for worker in item.worker_ids})
        self.shared_workers = {
            worker for worker in self.worker_ids if meet_always(self._of_worker(worker), self.items)
        }
        real = sorted(self.rules.escorted_unit_ids)
        self.unit_keys = [str(pk) for pk in real] + [f"any{n}" for n in range(len(real))]
        self.unit_index = {pk: index for index, pk in enumerate(real)}

    def _of_worker(self, worker: int) -> list[int]:
        return [index for index, item in enumerate(self.items) if worker in item.worker_ids]

    def slot(self, index: int) -> Slot:
        """With what movement is left by what stays, in the scarcest week."""
        grid = self.slots[index]
        days = [
            day for day in self.context.days if grid.day in (None, day) and day.isoweekday() == grid.weekday
        ]
        people, movements = [], []
        for day in days:
            for rule in self.rules.slots_on(day):
                if (rule.start, rule.end) != (grid.start, grid.end):
                    continue
                load = self.context.loads.get((day, rule.slot_id))
                if rule.max_people is not None:
                    people.append(max(0, rule.max_people - (load.people if load else 0)))
                if rule.max_movements is not None:
                    movements.append(max(0, rule.max_movements - (load.movements if load else 0)))
        same_day = [s for s in self.slots if (s.day, s.weekday) == (grid.day, grid.weekday)]
        ordinal = grid.day.toordinal() if grid.day else grid.weekday
        return Slot(
            grid.key,
            ordinal,
            same_day.index(grid),
            max_movements=min(movements, default=None),
            max_people=min(people, default=None),
        )

    def session(self, item: Item) -> Session:
        bars, rooms = self._bars(item)
        series = self.context.snapshot.series[item.series_id]
        people, movements = self._cost(item, rooms)
        present = self._place_of(item.present)
        published = present or self._usual_place(item)
        return Session(
            key=item.key,
            people=series.places,
            workers=tuple(self.worker_ids.index(w) for w in item.worker_ids if w in self.shared_workers),
            units=self._units(series.unit_ids, movements),
            features=frozenset(map(str, series.feature_ids)),
            needs_movement=bool(people),
            preferred=self._preferred(item),
            avoided=frozenset(self._avoided(item)),
            avoided_cells=frozenset(self._avoided_cells(item, rooms)),
            published=published,
            present=present,
            notice=1,
            bars=tuple(bars),
        )

    def _bars(self, item: Item) -> tuple[list[Bar], set[int]]:
        """Everything that the conflict engine would refuse; and the rooms that are left."""
        bars, open_rooms, suitable = [], set(), []
        for index, room_id in enumerate(self.room_ids):
            never = self.cells.room_never(item, room_id)
            if not never:
                suitable.append(index)
            elif never not in NATIVE:
                bars.append(Bar(never, None, index))
        for index, slot in enumerate(self.slots):
            answer: SlotAnswer = self.cells.in_slot(item, slot)
            if answer.reason:
                bars.append(Bar(answer.reason, index, None))
                continue
            easy = self.easy.of(answer.dates, answer.starts[0][0])
            for room in suitable:
                room_id = self.room_ids[room]
                found = None if room_id in easy else self.cells.in_room(item, slot, room_id, answer)
                if isinstance(found, str):
                    bars.append(Bar(found, index, room))
                else:
                    open_rooms.add(room_id)
        return bars, open_rooms

    def _cost(self, item: Item, rooms: Iterable[int]) -> tuple[int, int]:
        """(people, movements) that it costs in the dearest room it may have."""
        series = self.context.snapshot.series[item.series_id]
        costs = [cost(self.rules, room, series.places, series.unit_ids) for room in rooms]
        return max((c[0] for c in costs), default=0), max((c[1] for c in costs), default=0)

    def _units(self, unit_ids: frozenset[int], movements: int) -> tuple[int, ...]:
        """As many units as movements: its own, or for a group of all units any so many."""
        own = [self.unit_index[pk] for pk in sorted(unit_ids) if pk in self.unit_index]
        if not own:
            own = list(range(len(self.unit_index), len(self.unit_keys)))
        return tuple(own[:movements])

    def _place_of(self, spot: Spot | None) -> Place | None:
        if spot is None or spot.room_id not in self.room_ids:
            return None
        for index, slot in enumerate(self.slots):
            if (slot.day, slot.weekday) == (spot.day, spot.weekday) and slot.start <= spot.start < slot.end:
                return Place(index, self.room_ids.index(spot.room_id))
        return None

    def _usual_place(self, item: Item) -> Place | None:
        first, (weekday, start) = item.meetings[0], item.meetings[0].usual
        if first.usual_room_id is None:
            return None
        day = None if self.context.brief.is_weekly else first.on(weekday)
        return self._place_of(Spot(day, weekday, start, first.usual_room_id))

    def _preferred(self, item: Item) -> frozenset[int]:
        """The slots of its pattern; else those against no facilitator's wish, where there are wishes."""
        weekday, start = item.meetings[0].usual
        usual, wished = set(), set()
        for index, slot in enumerate(self.slots):
            if slot.weekday == weekday and slot.start <= start < slot.end:
                usual.add(index)
            if not self._against_a_wish(item, slot):
                wished.add(index)
        if usual & wished:
            return frozenset(usual & wished)
        return frozenset(wished) if len(wished) < len(self.slots) else frozenset(usual)

    def _avoided(self, item: Item) -> Iterator[int]:
        """Slots in a closure that is announced: they may fall away before the day comes."""
        for index, slot in enumerate(self.slots) if self.context.announced else ():
            answer = self.cells.in_slot(item, slot)
            if not answer.reason and self.cells.is_announced(item, answer.dates, answer.starts[0][0]):
                yield index

    def _avoided_cells(self, item: Item, rooms: Iterable[int]) -> Iterator[Place]:
        """Cells in an announced closure of that room, or of the unit it lies in, that leaves the others alone."""
        closed = [one for found in self.context.announced.values() for one in found]
        alone = {one.room_id for one in closed if one.room_id is not None}
        inside = {one.unit_id for one in closed if one.unit_id is not None}
        for room in rooms:
            if room in alone or self.rules.rooms[room].inside_unit_id in inside:
                for index in self._slots_at_risk(item, room):
                    yield Place(index, self.room_ids.index(room))

    def _slots_at_risk(self, item: Item, room: int) -> Iterator[int]:
        for index, slot in enumerate(self.slots):
            answer = self.cells.in_slot(item, slot)
            asked = (item, answer.dates, answer.starts[0][0]) if not answer.reason else None
            if asked and self.cells.is_announced(*asked, room) and not self.cells.is_announced(*asked):
                yield index

    def _against_a_wish(self, item: Item, slot: GridSlot) -> bool:
        for worker in item.worker_ids:
            facts = self.context.snapshot.workers.get(worker)
            for weekday, begins, ends in facts.wishes if facts else ():
                start, end = begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute
                if weekday == slot.weekday and start < slot.end and slot.start < end:
                    return True
        return False

    def activities(self) -> Iterator[ProblemActivity]:
        """Sessions of one series in one week: never at once, over the days, in one room where possible."""
        groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for index, item in enumerate(self.items):
            week = None if self.context.brief.is_weekly else item.meetings[0].week
            groups[item.series_id, week].append(index)
        for (series_id, _week), members in groups.items():
            yield ProblemActivity(str(series_id), tuple(members), min_days=min(len(members), 5))

    def cliques(self) -> Iterator[Clique]:
        """People, and facilitators whose sessions do not all share a week."""
        for worker in self.worker_ids:
            if worker not in self.shared_workers:
                for pair in pairs_that_meet(self._of_worker(worker), self.items):
                    yield Clique("worker", str(worker), pair)
        groups: dict[tuple[int, ...], int] = {}
        for members in self._by_person().values():
            if len(members) < 2:
                continue
            if meet_always(members, self.items):
                groups.setdefault(tuple(members), len(groups))
            else:
                for pair in pairs_that_meet(members, self.items):
                    groups.setdefault(pair, len(groups))
        for members_of, number in groups.items():
            yield Clique("person", str(number), members_of)

    def _by_person(self) -> Mapping[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for index, item in enumerate(self.items):
            there: set[int] = set()
            for meeting in item.meetings:
                for weekday in self.rules.slots:
                    there |= self.context.people.get((meeting.session_id, meeting.on(weekday)), frozenset())
            for person in there:
                found[person].append(index)
        return found

    def apart(self) -> Iterator[Apart]:
        where = self._by_person()
        pairs = set()
        for low, high in self.context.snapshot.separations:
            if low in where and high in where:
                pairs.add((tuple(where[low]), tuple(where[high])))
        for number, (first, second) in enumerate(sorted(pairs)):
            yield Apart(str(number), first, second)

    def patterns(self, sessions: Iterable[Session]) -> Iterator[ProblemPattern]:
        real = len(self.unit_index)
        of_unit: dict[int, list[int]] = defaultdict(list)
        for index, session in enumerate(sessions):
            for unit in session.units if session.needs_movement else ():
                if unit < real:
                    of_unit[unit].append(index)
        for kind, weight in self.preset.patterns_of_units().items():
            for unit, members in sorted(of_unit.items()):
                if weight and members:
                    yield ProblemPattern(kind, f"unit{self.unit_keys[unit]}", tuple(members), weight)
        for worker in self.worker_ids:
            members = self._of_worker(worker)
            if self.preset.gaps and len(members) > 1:
                yield ProblemPattern(PatternKind.GAPS, f"worker{worker}", tuple(members), self.preset.gaps)
