"""The content of one day that every list is made from: who is brought where and when, and who comes in.

Plain values only, with neutral names: it can be stored as it was at the cut-off, printed again
later and compared with the present. What it holds is what a list of the prison may hold, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from core.dates.clock import BRUSSELS
from core.words.folding import as_filed
from core.words.text import as_counted


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in detention, as a list names them."""

    id: int
    last_name: str
    first_name: str
    number: str
    unit: str
    cell: str

    @property
    def name(self) -> str:
        return f"{self.last_name}, {self.first_name}" if self.first_name else self.last_name

    @property
    def short_name(self) -> str:
        """First name and initial: for the facilitator's sheet."""
        return f"{self.first_name} {self.last_name[:1]}." if self.first_name else f"{self.last_name[:1]}."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody from outside who leads or interprets."""

    name: str
    organisation: str
    part: str
    needs_permission: bool
    permitted_until: dt.date | None

    def is_permitted_on(self, day: dt.date) -> bool:
        return not self.needs_permission or (self.permitted_until is not None and self.permitted_until >= day)


@dataclass(frozen=True, slots=True)
class DayMeeting:
    """One session as the prison knows it."""

    id: int
    organisation_id: int
    code: str
    """Printed on the sheet, for typing it in."""
    name: str
    room: str
    inside_unit: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    is_cancelled: bool
    is_drop_in: bool
    places: int
    units: tuple[str, ...]
    """Living units of a drop-in hour, whose people are not named beforehand."""
    people: tuple[Person, ...]
    visitors: tuple[Visitor, ...]
    material: tuple[tuple[str, int], ...]
    """What the prison has granted to be brought in, and how many."""
    family: tuple[int, int] = (0, 0)
    """Family visitors announced: adults, children."""

    @property
    def from_time(self) -> dt.time:
        return self.starts_at.astimezone(BRUSSELS).time()

    @property
    def to_time(self) -> dt.time:
        return self.ends_at.astimezone(BRUSSELS).time()

    @property
    def moving(self) -> tuple[Person, ...]:
        """Those who must leave their living unit for it; whose unit is not known must be fetched as well."""
        if not self.inside_unit:
            return self.people
        return tuple(person for person in self.people if person.unit != self.inside_unit)


@dataclass(frozen=True, slots=True)
class Movement:
    """One person who leaves the unit, goes to a room and comes back."""

    person: Person
    meeting: DayMeeting


@dataclass(frozen=True, slots=True)
class Count:
    """How many leave one unit in one part of the day."""

    unit: str
    starts: dt.time
    ends: dt.time
    people: int


@dataclass(frozen=True)
class Day:
    """Everything that the lists of one prison on one day are made from. `made_at` is printed on each."""

    prison: str
    name_nl: str
    name_fr: str
    unit_nl: str
    unit_fr: str
    number_nl: str
    number_fr: str
    on: dt.date
    made_at: dt.datetime
    cells_as_of: dt.datetime | None
    slots: tuple[tuple[dt.time, dt.time], ...]
    meetings: tuple[DayMeeting, ...]

    @property
    def taking_place(self) -> tuple[DayMeeting, ...]:
        return tuple(meeting for meeting in self.meetings if not meeting.is_cancelled)

    @property
    def cancelled(self) -> tuple[DayMeeting, ...]:
        return tuple(meeting for meeting in self.meetings if meeting.is_cancelled)

    @property
    def are_cells_old(self) -> bool:
        """The cells are older than a day, or nobody ever said when they were right."""
        return self.cells_as_of is None or self.made_at - self.cells_as_of > dt.timedelta(hours=24)

    def movements(self) -> list[Movement]:
        """Every movement in the order of the walk: hour, unit, cell, name."""
        return list(self._movements)

    @cached_property
    def _movements(self) -> tuple[Movement, ...]:
        rows = [Movement(person, meeting) for meeting in self.taking_place for person in meeting.moving]
        people = {row.person.id: row.person for row in rows}
        order = {number: place_of(person) for number, person in people.items()}
        rows.sort(key=lambda row: (row.meeting.starts_at, *order[row.person.id], row.meeting.id))
        return tuple(rows)

    def movements_of(self, unit: str) -> list[Movement]:
        return [row for row in self._movements if row.person.unit == unit]

    def units(self) -> list[str]:
        """The units that somebody leaves on this day."""
        return sorted({row.person.unit for row in self._movements}, key=as_counted)

    def words(self) -> list[str]:
        """Every name that somebody typed and that stands on a list of this day."""
        told = []
        for meeting in self.meetings:
            told += [meeting.name, meeting.room, *(person.name for person in meeting.people)]
            told += [word for visitor in meeting.visitors for word in (visitor.name, visitor.organisation)]
            told += [name for name, _number in meeting.material]
        return told

    def counts(self) -> list[Count]:
        """How many leave each unit in each time slot; hours outside every slot stand for themselves."""
        return list(self._counts)

    @cached_property
    def _counts(self) -> tuple[Count, ...]:
        slots = {meeting.id: self.slot_of(meeting) for meeting in self.taking_place}
        found = Counter((row.person.unit, *slots[row.meeting.id]) for row in self._movements)
        order = sorted(found, key=lambda key: (as_counted(key[0]), key[1:]))
        return tuple(Count(*key, found[key]) for key in order)

    def slot_of(self, meeting: DayMeeting) -> tuple[dt.time, dt.time]:
        hours = (meeting.from_time, meeting.to_time)
        return next((slot for slot in self.slots if slot[0] <= hours[0] and hours[1] <= slot[1]), hours)

    def only(self, chosen: Callable[[DayMeeting], bool]) -> Day:
        return replace(self, meetings=tuple(meeting for meeting in self.meetings if chosen(meeting)))

    def of_organisations(self, ids: Collection[int]) -> Day:
        """What a service may see of the day: its own sessions."""
        return self.only(lambda meeting: meeting.organisation_id in ids)

    def of_units(self, units: Collection[str]) -> Day:
        """What the post of these units needs: their people, and the groups that they are in."""
        kept = [
            replace(meeting, people=tuple(person for person in meeting.people if person.unit in units))
            for meeting in self.meetings
        ]
        return replace(self, meetings=tuple(kept))

    def meeting(self, session_id: int) -> DayMeeting | None:
        return next((meeting for meeting in self.meetings if meeting.id == session_id), None)


def place_of(person: Person) -> tuple[str, str, str]:
    """The order of a walk through the house."""
    return as_counted(person.unit), as_counted(person.cell), as_filed(person.name)


def in_walk_order(rows: Iterable[Movement]) -> list[Movement]:
    """From cell to cell, and for one person from hour to hour: to hand something to everybody at once."""
    return sorted(rows, key=lambda row: (*place_of(row.person), row.meeting.starts_at, row.meeting.id))


def slots_of(counts: Iterable[Count]) -> list[tuple[dt.time, dt.time]]:
    """The parts of the day in which somebody moves."""
    return sorted({(count.starts, count.ends) for count in counts})


def visitors_of(day: Day) -> Iterator[tuple[Visitor, tuple[DayMeeting, ...]]]:
    """Each person from outside once, with the sessions of the day, in order of name."""
    found: dict[Visitor, list[DayMeeting]] = {}
    for meeting in day.taking_place:
        for visitor in meeting.visitors:
            found.setdefault(visitor, []).append(meeting)
    for visitor in sorted(found, key=lambda one: (as_filed(one.name), one.name, one.organisation)):
        yield visitor, tuple(found[visitor])


# --- stored and read back ---------------------------------------------------------------------------------


def to_json(day: Day) -> dict[str, Any]:
    """Values that JSON takes; `from_json` gives the same Day back."""
    plain: dict[str, Any] = _plain(asdict(day))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def from_json(plain: dict[str, Any]) -> Day:
    slots = tuple((dt.time.fromisoformat(a), dt.time.fromisoformat(b)) for a, b in plain["slots"])
    cells = plain["cells_as_of"]
    return Day(
        **{
            key: plain[key]
            for key in ("prison", "name_nl", "name_fr", "unit_nl", "unit_fr", "number_nl", "number_fr")
        },
        on=dt.date.fromisoformat(plain["on"]),
        made_at=dt.datetime.fromisoformat(plain["made_at"]),
        cells_as_of=dt.datetime.fromisoformat(cells) if cells else None,
        slots=slots,
        meetings=tuple(_meetings(plain["meetings"])),
    )


def _meetings(rows: Iterable[dict[str, Any]]) -> Iterator[DayMeeting]:
    for row in rows:
        yield DayMeeting(
            **row
            | {
                "starts_at": dt.datetime.fromisoformat(row["starts_at"]),
                "ends_at": dt.datetime.fromisoformat(row["ends_at"]),
                "units": tuple(row["units"]),
                "people": tuple(Person(**person) for person in row["people"]),
                "visitors": tuple(_visitor(visitor) for visitor in row["visitors"]),
                "material": tuple((name, number) for name, number in row["material"]),
                "family": (row["family"][0], row["family"][1]),
            }
        )


def _visitor(row: dict[str, Any]) -> Visitor:
    until = row["permitted_until"]
    return Visitor(**row | {"permitted_until": dt.date.fromisoformat(until) if until else None})
