"""A plan under construction: who is where, kept consistent move by move."""

from planner.optimiser.problem import Place, Plan
from planner.optimiser.tables import Tables


class Draft:
    """Mutable partial plan. `put` expects a free room; clashes and limits are the caller's business."""

    def __init__(self, tables: Tables, plan: Plan) -> None:
        self.tables = tables
        slots, rooms = len(tables.problem.slots), len(tables.problem.rooms)
        self.place: list[Place | None] = [None] * len(plan)
        self.occupant = [[-1] * rooms for _ in range(slots)]
        self.movements = [0] * slots
        self.people = [0] * slots
        self.in_slot: list[set[int]] = [set() for _ in range(slots)]
        self.left_out = len(plan)
        for session, place in enumerate(plan):
            if place is not None:
                self.put(session, place)

    def put(self, session: int, place: Place) -> None:
        self.place[session] = place
        self.occupant[place.slot][place.room] = session
        self.in_slot[place.slot].add(session)
        self.movements[place.slot] += self.tables.movements[session]
        self.people[place.slot] += self.tables.people[session]
        self.left_out -= 1

    def take(self, session: int) -> None:
        place = self.place[session]
        if place is None:
            return
        self.place[session] = None
        self.occupant[place.slot][place.room] = -1
        self.in_slot[place.slot].discard(session)
        self.movements[place.slot] -= self.tables.movements[session]
        self.people[place.slot] -= self.tables.people[session]
        self.left_out += 1

    def clashing(self, session: int) -> dict[int, list[int]]:
        """slot -> sessions there that may not share a slot with this one."""
        found: dict[int, list[int]] = {}
        for other in self.tables.clashes[session]:
            there = self.place[other]
            if there is not None:
                found.setdefault(there.slot, []).append(other)
        return found

    def over_limit(self, session: int, slot: int) -> tuple[int, int]:
        """(movements, people) by which adding the session would exceed the slot's limits; 0 when it fits."""
        limits, tables = self.tables.problem.slots[slot], self.tables
        movements = people = 0
        if limits.max_movements is not None and tables.movements[session]:
            movements = max(0, self.movements[slot] + tables.movements[session] - limits.max_movements)
        if limits.max_people is not None and tables.people[session]:
            people = max(0, self.people[slot] + tables.people[session] - limits.max_people)
        return movements, people

    def plan(self) -> Plan:
        return tuple(self.place)
