"""The problem as a CP-SAT model. Builds on a model object that is handed in, so nothing here imports ortools.

Sessions outside `free` stand where `plan` has them and enter as constants. `room_slots` tells for which
sessions and slots rooms are modelled; None means all, which is exact. Elsewhere rooms enter as Hall's
condition per slot and a room per session that others do not take: a relaxation, which gives a lower bound.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from planner.optimiser.precheck import Domain
from planner.optimiser.problem import Place, Plan
from planner.optimiser.tables import Tables

UNPLACED_COST = 100_000
"""Leaving a session out costs more than all soft rules of a realistic plan."""
_MOST_LOOSE_CELLS = 200_000
"""Above, a relaxation prices no rooms at all: the bound is lower, the model a third of the size."""


class Formulation:
    """Variables and hard rules. `slot_of[s][t]` and, with rooms, `cell_of[s][Place]` are the literals."""

    def __init__(
        self,
        model: Any,
        tables: Tables,
        free: Mapping[int, Domain],
        plan: Plan,
        *,
        room_slots: Mapping[int, Collection[int]] | None = None,
        may_leave_out: Iterable[int] = (),
    ) -> None:
        self.model = model
        self.tables = tables
        self.free = free
        self.plan = plan
        self.room_slots = room_slots
        self.with_rooms = room_slots is None
        cells = sum(len(rooms) for domain in free.values() for rooms in domain.values())
        self.has_loose_rooms = cells <= _MOST_LOOSE_CELLS
        self.slot_of: dict[int, dict[int, Any]] = {}
        self.cell_of: dict[int, dict[Place, Any]] = {}
        self._room_of: dict[int, dict[int, Any]] = {}
        self.left_out: dict[int, Any] = {}
        self.terms: list[Any] = []
        """Linear terms of the objective; constants of sessions that are not free are left away."""
        for session in free:
            self._add_session(session, set(may_leave_out))
        self._add_clashes()
        self._add_limits()
        self._add_rooms()
        if not self.with_rooms:
            self._add_halls()

    def at(self, session: int, slot: int) -> Any:
        """Literal, or 0 / 1 where it is known."""
        if session in self.free:
            return self.slot_of[session].get(slot, 0)
        place = self.plan[session]
        return int(place is not None and place.slot == slot)

    def in_slot(self, sessions: Iterable[int], slot: int) -> list[Any]:
        """The non-zero entries of `at`: literals and ones."""
        return [entry for s in sessions if not (isinstance(entry := self.at(s, slot), int) and entry == 0)]

    def rooms_of(self, session: int) -> dict[int, Any]:
        """room -> literal, or sum of literals, that the free session is there in whatever slot."""
        if session not in self.free or not (self.with_rooms or self.has_loose_rooms):
            return {}
        if session not in self._room_of:
            self._room_of[session] = (
                self._cells_by_room(session) if self.with_rooms else self._loose_rooms(session)
            )
        return self._room_of[session]

    def _cells_by_room(self, session: int) -> dict[int, Any]:
        cells: dict[int, list[Any]] = {}
        for cell, literal in self.cell_of[session].items():
            cells.setdefault(cell.room, []).append(literal)
        return {room: sum(literals) for room, literals in cells.items()}

    def _loose_rooms(self, session: int) -> dict[int, Any]:
        """Without cells: one room, tied to the slots in which it is possible but not to other sessions."""
        slots_by_room: dict[int, list[Any]] = {}
        for slot, rooms in sorted(self.free[session].items()):
            for room in rooms:
                slots_by_room.setdefault(room, []).append(self.slot_of[session][slot])
        literals = {room: self.model.new_bool_var("") for room in slots_by_room}
        for room, slots in slots_by_room.items():
            if len(slots) < len(self.free[session]):
                self.model.add(literals[room] <= sum(slots))
        is_out = [self.left_out[session]] if session in self.left_out else []
        self.model.add_exactly_one([*literals.values(), *is_out])
        return literals

    def is_surely_placed(self, session: int) -> bool:
        return session not in self.left_out if session in self.free else self.plan[session] is not None

    def touches(self, sessions: Iterable[int]) -> bool:
        return any(s in self.free for s in sessions)

    def hint(self, plan: Plan) -> None:
        for session, slots in self.slot_of.items():
            place = plan[session]
            for slot, literal in slots.items():
                self.model.add_hint(literal, place is not None and place.slot == slot)
            for cell, literal in self.cell_of.get(session, {}).items():
                if literal is not slots[cell.slot]:
                    self.model.add_hint(literal, cell == place)
            if session in self.left_out:
                self.model.add_hint(self.left_out[session], place is None)

    def minimise(self) -> None:
        self.model.minimize(sum(self.terms))

    def read(self, value: Any) -> Plan:
        """The plan of a solution; `value` maps a literal to its value. None also where rooms are not
        modelled."""
        plan = list(self.plan)
        for session, cells in self.cell_of.items():
            plan[session] = next((cell for cell, literal in cells.items() if value(literal)), None)
        return tuple(plan)

    def read_slots(self, value: Any) -> dict[int, int]:
        """session -> slot of a solution, for the free sessions that are placed."""
        chosen = (
            (s, t) for s, slots in self.slot_of.items() for t, literal in slots.items() if value(literal)
        )
        return dict(chosen)

    def _add_session(self, session: int, may_leave_out: set[int]) -> None:
        model, domain = self.model, self.free[session]
        slots = {slot: model.new_bool_var(f"x{session},{slot}") for slot in sorted(domain)}
        self.slot_of[session] = slots
        choices = list(slots.values())
        if session in may_leave_out:
            self.left_out[session] = model.new_bool_var(f"u{session}")
            choices.append(self.left_out[session])
            self.terms.append(UNPLACED_COST * self.left_out[session])
        model.add_exactly_one(choices)
        exact = domain if self.room_slots is None else self.room_slots.get(session, ())
        self.cell_of[session] = self._cells(
            {t: domain[t] for t in sorted(exact) if t in domain}, session, slots
        )

    def _cells(self, domain: Domain, session: int, slots: dict[int, Any]) -> dict[Place, Any]:
        cells: dict[Place, Any] = {}
        for slot, rooms in domain.items():
            if len(rooms) == 1:
                cells[Place(slot, rooms[0])] = slots[slot]
                continue
            literals = [self.model.new_bool_var(f"y{session},{slot},{r}") for r in rooms]
            cells.update((Place(slot, r), literal) for r, literal in zip(rooms, literals, strict=True))
            self.model.add(sum(literals) == slots[slot])
        return cells

    def _add_clashes(self) -> None:
        slots = range(len(self.tables.problem.slots))
        for clique in self.tables.cliques:
            if not self.touches(clique):
                continue
            for slot in slots:
                literals = self.in_slot(clique, slot)
                if len(literals) > 1:
                    self.model.add_at_most_one(literals)
        for apart in self.tables.problem.apart:
            if not self.touches(apart.first) and not self.touches(apart.second):
                continue
            both = set(apart.first) & set(apart.second)
            pairs = [((s,), tuple(o for o in apart.second if o != s)) for s in apart.first]
            for first, second in pairs if both else [(apart.first, apart.second)]:
                for slot in slots:
                    self._keep_apart(self.in_slot(first, slot), self.in_slot(second, slot))

    def _keep_apart(self, first: list[Any], second: list[Any]) -> None:
        if not first or not second:
            return
        if len(first) == 1 or len(second) == 1:
            few, many = (first, second) if len(first) == 1 else (second, first)
            for literal in many:
                self.model.add_at_most_one([few[0], literal])
            return
        is_there = self.model.new_bool_var("")
        for literal in first:
            self.model.add(is_there >= literal)
        for literal in second:
            self.model.add(is_there + literal <= 1)

    def _add_limits(self) -> None:
        for index, slot in enumerate(self.tables.problem.slots):
            for limit, takes in (
                (slot.max_movements, self.tables.movements),
                (slot.max_people, self.tables.people),
            ):
                if limit is None:
                    continue
                terms = [takes[s] * x[index] for s, x in self.slot_of.items() if index in x and takes[s]]
                if terms:
                    self.model.add(sum(terms) <= limit - self._taken(index, takes))

    def _taken(self, slot: int, takes: tuple[int, ...]) -> int:
        placed = ((s, p) for s, p in enumerate(self.plan) if p is not None and s not in self.free)
        return sum(takes[s] for s, p in placed if p.slot == slot)

    def _add_rooms(self) -> None:
        users: dict[Place, list[Any]] = {}
        for cells in self.cell_of.values():
            for cell, literal in cells.items():
                users.setdefault(cell, []).append(literal)
        for literals in users.values():
            if len(literals) > 1:
                self.model.add_at_most_one(literals)

    def _add_halls(self) -> None:
        """Sessions whose rooms all lie in a set of rooms cannot be more than the set."""
        for slot in range(len(self.tables.problem.slots)):
            by_rooms: dict[frozenset[int], list[Any]] = {}
            for session, domain in self.free.items():
                if slot in domain:
                    by_rooms.setdefault(frozenset(domain[slot]), []).append(self.slot_of[session][slot])
            everything = frozenset().union(*by_rooms) if by_rooms else frozenset()
            for rooms in sorted({*by_rooms, everything}, key=sorted):
                literals = [x for inner, xs in by_rooms.items() if inner <= rooms for x in xs]
                if len(literals) > len(rooms):
                    self.model.add(sum(literals) <= len(rooms))
