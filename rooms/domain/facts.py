"""The rules of a prison as plain values: loaded once per version, asked thousands of times per second.

Times of day are minutes since local midnight (510 is 08:30), spans half-open, weekdays ISO (1 is Monday).
Every writer of a rule calls `bump_rules`, so a process may keep what it loaded while the version stands.
A version is drawn, not counted: a number that a transaction rolled back never comes again with other rules.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.db.models import F

from core.words.languages import named
from prisons.models import Prison, Unit
from rooms.models import Closure, Holiday, Room, RoomHours, SoftBand, TimeSlot, UnitHours

MINUTES_OF_DAY = 24 * 60


class SlotFacts(NamedTuple):
    slot_id: int
    weekday: int
    start: int
    end: int
    valid_from: dt.date
    valid_to: dt.date
    max_people: int | None
    max_movements: int | None


class BlockedHours(NamedTuple):
    start: int
    end: int
    kind: str


class ClosureFacts(NamedTuple):
    closure_id: int
    room_id: int | None
    unit_id: int | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    kind: str
    is_confirmed: bool


class BandFacts(NamedTuple):
    band_id: int
    kind: str
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True)
class RoomFacts:
    room_id: int
    door: str
    """The name on the door."""
    building: str
    capacity: int
    is_active: bool
    inside_unit_id: int | None
    features: frozenset[int] = frozenset()
    reachable_from: frozenset[int] = frozenset()
    """Ids of units; empty means all."""
    hours: dict[int, tuple[tuple[int, int], ...]] | None = None
    """Weekday -> open spans; None means always open."""
    names: dict[str, str] = field(default_factory=dict)
    """By language, where it differs."""

    @property
    def name(self) -> str:
        """In the reader's language: facts are kept for readers of all of them."""
        return named(self.door, self.names)


@dataclass(frozen=True)
class UnitFacts:
    unit_id: int
    label: str
    population: str
    is_active: bool
    regime: str = Unit.Regime.HALF
    hours: dict[int, tuple[BlockedHours, ...]] = field(default_factory=dict)
    """Weekday -> when its people cannot come."""

    @property
    def walks_with_badge(self) -> bool:
        """People of an open regime open the doors on their way themselves."""
        return self.regime == Unit.Regime.OPEN


@dataclass(frozen=True)
class Rules:
    """Everything that rooms/ knows about a prison and the conflict engine asks."""

    prison_id: int
    version: int
    rooms: dict[int, RoomFacts]
    units: dict[int, UnitFacts]
    slots: dict[int, tuple[SlotFacts, ...]]
    """Weekday -> its slots in order of time, of every period of validity."""
    closures: tuple[ClosureFacts, ...]
    """Announced and confirmed, in order of start; lifted ones are gone."""
    holidays: dict[dt.date, int]
    bands: tuple[BandFacts, ...]
    separates_populations: bool
    badge_walkers_apart: bool
    turnaround_minutes: int

    @cached_property
    def active_unit_ids(self) -> frozenset[int]:
        return frozenset(unit.unit_id for unit in self.units.values() if unit.is_active)

    @cached_property
    def escorted_unit_ids(self) -> frozenset[int]:
        """Units whose people must be brought: all, or, where badge walkers count apart, those without."""
        apart = self.badge_walkers_apart
        return frozenset(u.unit_id for u in self.units.values() if not (apart and u.walks_with_badge))

    def slots_on(self, day: dt.date) -> list[SlotFacts]:
        """The slots in force on this date, in order of time."""
        return [s for s in self.slots.get(day.isoweekday(), ()) if s.valid_from <= day <= s.valid_to]

    def slot_around(self, day: dt.date, start: int, end: int) -> SlotFacts | None:
        """The slot of the date that contains the span (minutes of the day), or None: never stored."""
        for slot in self.slots.get(day.isoweekday(), ()):
            if slot.start <= start and end <= slot.end and slot.valid_from <= day <= slot.valid_to:
                return slot
        return None


def minutes(at: dt.time) -> int:
    """Minutes since midnight; 23:59:59 and later count as the end of the day."""
    return MINUTES_OF_DAY if at >= dt.time(23, 59, 59) else at.hour * 60 + at.minute


def rules_of(prison: Prison) -> Rules:
    """The rules in force now. `prison` must be fresh: its `rules_version` decides if the kept copy serves."""
    return _rules(prison.pk, prison.rules_version)


def bump_rules(prison: Prison) -> None:
    """A rule has changed: nobody may use a kept copy any more. Call in the transaction, after the change.

    `prison` itself learns its new version, so that what follows in the same request sees the new rules.
    Holidays and cut-offs are rules as well: when the next list falls due is looked up anew.
    """
    prison.rules_version = secrets.randbelow(2**31 - 2) + 1
    prison.next_cut_off_at = None
    Prison.objects.filter(pk=prison.pk).update(
        rules_version=prison.rules_version, plan_version=F("plan_version") + 1, next_cut_off_at=None
    )


@lru_cache(maxsize=64)
def _rules(prison_id: int, version: int) -> Rules:
    return load_rules(Prison.objects.get(pk=prison_id), version=version)


def load_rules(prison: Prison, *, version: int = 0) -> Rules:
    """Read the rules from the database, in eleven queries whatever the size."""
    return Rules(
        prison_id=prison.pk,
        version=version or prison.rules_version,
        rooms=_rooms(prison),
        units=_units(prison),
        slots=_slots(prison),
        closures=_closures(prison),
        holidays=dict(Holiday.objects.in_prison(prison).values_list("on", "pk")),
        bands=tuple(
            BandFacts(*row)
            for row in SoftBand.objects.in_prison(prison).values_list("pk", "kind", "starts_on", "ends_on")
        ),
        separates_populations=prison.separates_populations,
        badge_walkers_apart=prison.badge_walkers_apart,
        turnaround_minutes=prison.turnaround_minutes,
    )


def _rooms(prison: Prison) -> dict[int, RoomFacts]:
    features = _grouped(
        Room.features.through.objects.filter(room__prison=prison).values_list("room_id", "feature_id")
    )
    reach = _grouped(
        Room.reachable_from.through.objects.filter(room__prison=prison).values_list("room_id", "unit_id")
    )
    hours: dict[int, dict[int, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in RoomHours.objects.filter(room__prison=prison).order_by("starts"):
        hours[row.room_id][row.weekday].append((minutes(row.starts), minutes(row.ends)))
    return {
        room.pk: RoomFacts(
            room_id=room.pk,
            door=room.name,
            names=room.names,
            building=room.building.name,
            capacity=room.capacity,
            is_active=room.is_active,
            inside_unit_id=room.inside_unit_id,
            features=frozenset(features.get(room.pk, ())),
            reachable_from=frozenset(reach.get(room.pk, ())),
            hours={day: _joined(spans) for day, spans in hours[room.pk].items()}
            if room.pk in hours
            else None,
        )
        for room in Room.objects.in_prison(prison).select_related("building")
    }


def _units(prison: Prison) -> dict[int, UnitFacts]:
    hours: dict[int, dict[int, list[BlockedHours]]] = defaultdict(lambda: defaultdict(list))
    units = list(Unit.objects.in_prison(prison))
    for row in UnitHours.objects.filter(unit__in=[unit.pk for unit in units]).order_by("starts"):
        hours[row.unit_id][row.weekday].append(BlockedHours(minutes(row.starts), minutes(row.ends), row.kind))
    return {
        unit.pk: UnitFacts(
            unit_id=unit.pk,
            label=str(unit),
            population=unit.population,
            is_active=unit.is_active,
            regime=unit.regime,
            hours={day: tuple(spans) for day, spans in hours.get(unit.pk, {}).items()},
        )
        for unit in units
    }


def _slots(prison: Prison) -> dict[int, tuple[SlotFacts, ...]]:
    slots: dict[int, list[SlotFacts]] = defaultdict(list)
    for row in TimeSlot.objects.in_prison(prison).order_by("weekday", "starts"):
        slots[row.weekday].append(
            SlotFacts(
                row.pk,
                row.weekday,
                minutes(row.starts),
                minutes(row.ends),
                row.valid_from,
                row.valid_to or dt.date.max,
                row.max_people,
                row.max_movements,
            )
        )
    return {weekday: tuple(rows) for weekday, rows in slots.items()}


def _closures(prison: Prison) -> tuple[ClosureFacts, ...]:
    rows = Closure.objects.in_prison(prison).exclude(state=Closure.State.LIFTED).order_by("starts_at")
    return tuple(
        ClosureFacts(
            row.pk,
            row.room_id,
            row.unit_id,
            row.starts_at,
            row.ends_at,
            row.kind,
            row.state == Closure.State.CONFIRMED,
        )
        for row in rows
    )


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans that touch or overlap become one, so that a session may run across their seam."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
