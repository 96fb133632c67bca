"""Sessions of some days as cards, with what the engine says of them: what the week and the day have in common."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS, midnight
from core.dates.weeks import Week
from core.words.folding import as_filed
from planner.board.week.cards import Card, CardMaker
from planner.board.week.filters import BoardFilter
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.known_conflicts import told
from planner.scheduling.rules.snapshot import Snapshot, WorkerFacts
from prisons import gate
from prisons.access import Access
from prisons.models import Prison
from rooms.domain import availability
from rooms.domain.facts import ClosureFacts, RoomFacts, Rules, UnitFacts, rules_of
from rooms.models import Closure, Holiday, SoftBand
from sessions.models import GroupSession, Worker


@dataclass(frozen=True)
class Taken:
    """Hours that a session holds which the filter leaves out: nothing else of it is told."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    room_id: int | None
    worker_ids: tuple[int, ...]
    unit_ids: Collection[int]

    @property
    def hours(self) -> str:
        return f"{self.starts_at.astimezone(BRUSSELS):%H:%M}–{self.ends_at.astimezone(BRUSSELS):%H:%M}"


@dataclass(frozen=True)
class ReadRow:
    """A room, a living unit or a facilitator, with the cards that stand there."""

    row_id: int
    title: str
    cards: Sequence[Card]
    detail: str = ""
    warning: str = ""
    room: RoomFacts | None = None
    unit: UnitFacts | None = None
    worker: WorkerFacts | None = None
    taken: Sequence[Taken] = ()
    """What the filter hides there: its hours, nothing else."""


@dataclass(frozen=True)
class WeekReading:
    """What was read for one reader, as plain values."""

    prison: Prison
    rules: Rules
    days: tuple[dt.date, ...]
    snapshot: Snapshot
    cards: Sequence[Card]
    found: Mapping[int, Sequence[Conflict]]
    chosen: BoardFilter
    hidden: Sequence[Taken] = ()

    @property
    def placed(self) -> list[Card]:
        return [card for card in self.cards if _is_placed(card)]

    @property
    def tray(self) -> tuple[Card, ...]:
        """What still wants a room or a time."""
        return tuple(card for card in self.cards if not _is_placed(card) and card.state != "cancelled")

    def in_common(self) -> dict[str, Any]:
        """The fields that every board has."""
        standing = [conflict for group in self.found.values() for conflict in group if not conflict.is_waived]
        return {
            "prison": self.prison,
            "tray": self.tray,
            "bands": self._bands(),
            "hard": sum(conflict.is_hard for conflict in standing),
            "soft": sum(not conflict.is_hard for conflict in standing),
            "drafts": sum(card.state == "draft" for card in self.placed),
            "total": len(self.cards),
            "version": self.prison.plan_version,
            "filter": self.chosen,
        }

    def holidays(self) -> dict[dt.date, str]:
        ids = [self.rules.holidays[day] for day in self.days if day in self.rules.holidays]
        return {row.on: str(row) for row in Holiday.objects.filter(pk__in=ids)} if ids else {}

    def _bands(self) -> tuple[SoftBand, ...]:
        first, last = self.days[0], self.days[-1]
        ids = [b.band_id for b in self.rules.bands if b.starts_on <= last and b.ends_on >= first]
        return tuple(SoftBand.objects.filter(pk__in=ids)) if ids else ()

    def closures(self) -> list[tuple[ClosureFacts, str]]:
        """Those that touch these days, each with its reason in words."""
        start, end = midnight(self.days[0]), midnight(self.days[-1] + dt.timedelta(days=1))
        near = availability.closures_between(self.rules, start, end)
        names = {
            row.pk: row.reason or row.get_kind_display()
            for row in (Closure.objects.filter(pk__in=[c.closure_id for c in near]) if near else ())
        }
        return [(closure, str(names.get(closure.closure_id, ""))) for closure in near]

    def rows(self) -> Iterator[ReadRow]:
        """By rooms, living units or facilitators, as the filter says."""
        if self.chosen.rows == "units":
            yield from self._unit_rows()
        elif self.chosen.rows == "workers":
            yield from self._worker_rows()
        else:
            yield from self._room_rows()

    def _room_rows(self) -> Iterator[ReadRow]:
        by_room: dict[int, list[Card]] = defaultdict(list)
        for card in self.placed:
            if card.room_id is not None:
                by_room[card.room_id].append(card)
        for room in sorted(self.rules.rooms.values(), key=_place):
            if room.is_active or room.room_id in by_room:
                warning = "" if room.is_active else _("out of use")
                cards = by_room.get(room.room_id, [])
                taken = [one for one in self.hidden if one.room_id == room.room_id]
                yield ReadRow(
                    room.room_id, room.name, cards, str(room.capacity), warning, room=room, taken=taken
                )

    def _unit_rows(self) -> Iterator[ReadRow]:
        by_unit: dict[int, list[Card]] = defaultdict(list)
        for card in self.placed:
            for unit_id in _units_of(card.series_id, self.snapshot) or self.rules.units:
                by_unit[unit_id].append(card)
        for unit in sorted(self.rules.units.values(), key=lambda unit: as_filed(unit.label)):
            if unit.is_active or unit.unit_id in by_unit:
                taken = [one for one in self.hidden if not one.unit_ids or unit.unit_id in one.unit_ids]
                yield ReadRow(unit.unit_id, unit.label, by_unit[unit.unit_id], unit=unit, taken=taken)

    def _worker_rows(self) -> Iterator[ReadRow]:
        by_worker: dict[int, list[Card]] = defaultdict(list)
        for card in self.placed:
            for worker_id in card.worker_ids or (0,):
                by_worker[worker_id].append(card)
        names = dict(Worker.objects.filter(pk__in=list(by_worker)).values_list("pk", "name"))
        if 0 in by_worker:
            yield ReadRow(0, _("Nobody yet"), by_worker[0])
        for worker_id, name in sorted(names.items(), key=lambda pair: as_filed(pair[1])):
            taken = [one for one in self.hidden if worker_id in one.worker_ids]
            cards = [self._beside(card, worker_id) for card in by_worker[worker_id]]
            yield ReadRow(worker_id, name, cards, taken=taken, worker=self.snapshot.workers.get(worker_id))

    def _beside(self, card: Card, worker_id: int) -> Card:
        """The card in the row of a facilitator: it names who else leads it."""
        others = [self.snapshot.worker_names[pk] for pk in card.worker_ids if pk != worker_id]
        return replace(card, workers=", ".join(others))


def read(
    prison: Prison, days: Collection[dt.date], week: Week, access: Access, chosen: BoardFilter
) -> WeekReading:
    """What starts on these days, and the tray of the week: as many queries for three sessions as for 300."""
    rules, days = rules_of(prison), tuple(days)
    in_tray = Q(starts_at__isnull=True, week_on=week.monday)
    tray_ids = GroupSession.objects.in_prison(prison).live().filter(in_tray).values_list("pk", flat=True)
    loaded = snapshot.as_known(access, snapshot.load(prison, days, extra_sessions=tray_ids))
    start, end = midnight(days[0]), midnight(days[-1] + dt.timedelta(days=1))
    sessions = (
        GroupSession.objects.in_prison(prison)
        .filter(Q(starts_at__gte=start, starts_at__lt=end) | in_tray)
        .filter(chosen.condition(access.organisation_ids), gate.sessions_for(access))
        .order_by("starts_at", "pk")
    )
    here = {pk for pk, row in loaded.rows.items() if row.starts_at and start <= row.starts_at < end}
    found = {
        pk: list(group)
        for pk, group in conflicts.by_session(told(access, conflicts.find(loaded, rules))).items()
        if pk in here
    }
    cards = CardMaker(sessions, loaded, found, access).all()
    shown = [card for card in cards if _is_shown(card, loaded, chosen)]
    hidden = _hidden(here - {card.session_id for card in shown}, loaded, access) if chosen.is_narrow else ()
    return WeekReading(prison, rules, days, loaded, shown, found, chosen, hidden)


def _hidden(ids: Collection[int], loaded: Snapshot, access: Access) -> list[Taken]:
    """What the filter leaves out of that which this reader would see without one."""
    known = GroupSession.objects.filter(gate.sessions_for(access), pk__in=ids).values_list("pk", flat=True)
    rows = sorted((loaded.rows[pk] for pk in known), key=lambda row: (str(row.starts_at), row.session_id))
    return [
        Taken(row.starts_at, row.ends_at, row.room_id, row.worker_ids, _units_of(row.series_id, loaded))
        for row in rows
        if row.starts_at and row.ends_at
    ]


def _place(room: RoomFacts) -> tuple[str, str]:
    return as_filed(room.building), as_filed(room.name)


def _is_placed(card: Card) -> bool:
    return card.day is not None and card.room_id is not None


def _units_of(series_id: int, loaded: Snapshot) -> frozenset[int]:
    """The living units that the group is for; none means all."""
    facts = loaded.series.get(series_id)
    return facts.unit_ids if facts else frozenset()


def _is_shown(card: Card, loaded: Snapshot, chosen: BoardFilter) -> bool:
    return chosen.shows_unit(_units_of(card.series_id, loaded))
