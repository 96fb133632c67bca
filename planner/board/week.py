"""The week as a table: rows (rooms, units or facilitators) x (day, slot), with everything a card shows.

One composed picture in frozen dataclasses, with the same number of queries for three sessions as for 300.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from core.clock import BRUSSELS, today
from core.weeks import Week
from planner.board.cards import Card, CardMaker
from planner.board.filters import BoardFilter
from planner.plan import conflicts, picture
from planner.plan.codes import Conflict
from planner.plan.picture import Picture
from prisons.access import Access
from prisons.models import Prison
from rooms.domain import availability
from rooms.domain.facts import ClosureFacts, RoomFacts, Rules, SlotFacts, rules_of
from rooms.models import Closure, Holiday, SoftBand
from sessions.models import GroupSession, Worker

OTHER_TIMES = 0
"""The column of sessions outside every slot."""


@dataclass(frozen=True)
class Column:
    """A slot of a day; `slot_id` 0 is the last column, "other times"."""

    day: dt.date
    slot_id: int
    start: int
    end: int

    @property
    def key(self) -> str:
        return f"{self.day:%Y%m%d}-{self.slot_id}"

    @property
    def label(self) -> str:
        """`08:30–11`: full hours short, a column is 80 pixels wide."""
        return f"{_clock(self.start)}–{_short(self.end)}"


@dataclass(frozen=True)
class Day:
    on: dt.date
    columns: tuple[Column, ...]
    is_today: bool
    is_past: bool
    note: str = ""
    """The public holiday or closure that holds all day."""


@dataclass
class Cell:
    """Where a row and a column meet. `closed` is the reason why nothing can be there."""

    column: Column | None
    row_id: int
    cards: list[Card] = field(default_factory=list)
    closed: str = ""
    announced: str = ""

    @property
    def key(self) -> str:
        return f"{self.row_id}-{self.column.key if self.column else 'other'}"


@dataclass(frozen=True)
class BoardRow:
    row_id: int
    title: str
    detail: str
    cells: tuple[Cell, ...]
    warning: str = ""


@dataclass(frozen=True)
class WeekBoard:
    """All that the page of a week needs."""

    prison: Prison
    week: Week
    days: tuple[Day, ...]
    rows: tuple[BoardRow, ...]
    tray: tuple[Card, ...]
    bands: tuple[SoftBand, ...]
    has_other_times: bool
    hard: int
    soft: int
    drafts: int
    total: int
    version: int
    filter: BoardFilter

    @property
    def columns(self) -> list[Column]:
        return [column for day in self.days for column in day.columns]


def week_board(prison: Prison, week: Week, access: Access, chosen: BoardFilter) -> WeekBoard:
    """Read one week for one reader."""
    rules = rules_of(prison)
    in_tray = (
        GroupSession.objects.in_prison(prison).live().filter(week_on=week.monday, starts_at__isnull=True)
    )
    loaded = picture.load(prison, week.days, extra_sessions=in_tray.values_list("pk", flat=True))
    sessions = (
        GroupSession.objects.in_prison(prison)
        .in_week(week)
        .filter(chosen.condition(access.organisation_ids))
        .order_by("starts_at", "pk")
        .distinct()
    )
    if access.uses_neutral_names:
        sessions = sessions.published()
    in_week = {pk for pk, row in loaded.rows.items() if _starts_in(row, week)}
    found = {
        pk: list(group)
        for pk, group in conflicts.by_session(conflicts.find(loaded, rules)).items()
        if pk in in_week
    }
    cards = [
        card for card in CardMaker(sessions, loaded, found, access).all() if _is_shown(card, loaded, chosen)
    ]
    return _Sorter(prison, week, rules, loaded, cards, found, chosen).board()


def _starts_in(row: picture.Row, week: Week) -> bool:
    return row.starts_at is not None and week.span.contains(row.starts_at)


def _is_shown(card: Card, loaded: Picture, chosen: BoardFilter) -> bool:
    facts = loaded.series.get(card.series_id)
    return chosen.shows_unit(facts.unit_ids if facts else frozenset())


class _Sorter:
    """Puts cards into the cells of a week."""

    def __init__(
        self,
        prison: Prison,
        week: Week,
        rules: Rules,
        loaded: Picture,
        cards: list[Card],
        found: dict[int, list[Conflict]],
        chosen: BoardFilter,
    ) -> None:
        self.prison, self.week, self.rules, self.loaded = prison, week, rules, loaded
        self.cards, self.found, self.chosen = cards, found, chosen
        self.placed = [card for card in cards if card.day is not None and card.room_id is not None]
        self.today = today()
        self.holidays = self._holidays()
        self.closures = self._closures()
        self.days = tuple(self._days())
        self.columns = [column for day in self.days for column in day.columns]
        self.column_of = {card.session_id: self._column(card) for card in self.placed}
        self.has_other = any(column is None for column in self.column_of.values())

    def board(self) -> WeekBoard:
        standing = [conflict for group in self.found.values() for conflict in group if not conflict.is_waived]
        return WeekBoard(
            prison=self.prison,
            week=self.week,
            days=self.days,
            rows=tuple(self._rows()),
            tray=tuple(
                card for card in self.cards if not self._is_placed(card) and card.state != "cancelled"
            ),
            bands=self._bands(),
            has_other_times=self.has_other,
            hard=sum(conflict.is_hard for conflict in standing),
            soft=sum(not conflict.is_hard for conflict in standing),
            drafts=sum(card.state == "draft" and self._is_placed(card) for card in self.cards),
            total=len(self.cards),
            version=self.prison.plan_version,
            filter=self.chosen,
        )

    @staticmethod
    def _is_placed(card: Card) -> bool:
        return card.day is not None and card.room_id is not None

    def _holidays(self) -> dict[dt.date, str]:
        ids = [self.rules.holidays[day] for day in self.week.days if day in self.rules.holidays]
        return {row.on: str(row) for row in Holiday.objects.filter(pk__in=ids)} if ids else {}

    def _bands(self) -> tuple[SoftBand, ...]:
        monday, sunday = self.week.monday, self.week.sunday
        ids = [b.band_id for b in self.rules.bands if b.starts_on <= sunday and b.ends_on >= monday]
        return tuple(SoftBand.objects.filter(pk__in=ids)) if ids else ()

    def _closures(self) -> list[tuple[ClosureFacts, str]]:
        near = availability.closures_between(self.rules, self.week.span.starts_at, self.week.span.ends_at)
        names = {
            row.pk: row.reason or row.get_kind_display()
            for row in (Closure.objects.filter(pk__in=[c.closure_id for c in near]) if near else ())
        }
        return [(closure, str(names.get(closure.closure_id, ""))) for closure in near]

    def _days(self) -> Iterator[Day]:
        busy = {card.day for card in self.placed}
        for on in self.week.days:
            slots = self.rules.slots_on(on)
            if not slots and on not in busy:
                continue
            columns = tuple(Column(on, slot.slot_id, slot.start, slot.end) for slot in slots)
            yield Day(on, columns, on == self.today, on < self.today, self.holidays.get(on, ""))

    def _column(self, card: Card) -> Column | None:
        row = self.loaded.rows.get(card.session_id)
        slot: SlotFacts | None
        if row is not None and row.starts_at and row.ends_at:
            slot = availability.slot_of(self.rules, availability.local_span(row.starts_at, row.ends_at))
        else:  # cancelled: the picture holds only what is live
            day = card.day or self.week.monday
            slot = self.rules.slot_around(day, _minutes(card.start), _minutes(card.end))
        if slot is None or card.day is None:
            return None
        return Column(card.day, slot.slot_id, slot.start, slot.end)

    def _rows(self) -> Iterator[BoardRow]:
        if self.chosen.rows == "units":
            yield from self._unit_rows()
        elif self.chosen.rows == "workers":
            yield from self._worker_rows()
        else:
            yield from self._room_rows()

    def _room_rows(self) -> Iterator[BoardRow]:
        by_room: dict[int, list[Card]] = defaultdict(list)
        for card in self.placed:
            if card.room_id is not None:
                by_room[card.room_id].append(card)
        for room in sorted(self.rules.rooms.values(), key=lambda room: (room.building, room.name)):
            if not room.is_active and room.room_id not in by_room:
                continue
            cells = self._cells(room.room_id, by_room.get(room.room_id, []), room)
            warning = "" if room.is_active else _("out of use")
            yield BoardRow(room.room_id, room.name, str(room.capacity), cells, warning)

    def _unit_rows(self) -> Iterator[BoardRow]:
        by_unit: dict[int, list[Card]] = defaultdict(list)
        for card in self.placed:
            facts = self.loaded.series.get(card.series_id)
            for unit_id in facts.unit_ids if facts and facts.unit_ids else self.rules.units:
                by_unit[unit_id].append(card)
        for unit in self.rules.units.values():
            if unit.is_active or unit.unit_id in by_unit:
                yield BoardRow(unit.unit_id, unit.label, "", self._cells(unit.unit_id, by_unit[unit.unit_id]))

    def _worker_rows(self) -> Iterator[BoardRow]:
        by_worker: dict[int, list[Card]] = defaultdict(list)
        for card in self.placed:
            for worker_id in card.worker_ids or (0,):
                by_worker[worker_id].append(card)
        names = dict(Worker.objects.filter(pk__in=list(by_worker)).values_list("pk", "name"))
        if 0 in by_worker:
            yield BoardRow(0, _("Nobody yet"), "", self._cells(0, by_worker[0]))
        for worker_id, name in sorted(names.items(), key=lambda pair: pair[1]):
            yield BoardRow(worker_id, name, "", self._cells(worker_id, by_worker[worker_id]))

    def _cells(self, row_id: int, cards: Sequence[Card], room: RoomFacts | None = None) -> tuple[Cell, ...]:
        cells = {column.key: Cell(column, row_id) for column in self.columns}
        other = Cell(None, row_id)
        for card in cards:
            column = self.column_of[card.session_id]
            (cells[column.key] if column and column.key in cells else other).cards.append(card)
        if room is not None:
            for cell in cells.values():
                self._close(cell, room)
        return (*cells.values(), other) if self.has_other else tuple(cells.values())

    def _close(self, cell: Cell, room: RoomFacts) -> None:
        """Why nothing can be in this cell: a closure of the room or the prison, or the room's own hours."""
        column = cell.column
        if column is None:
            return
        midnight = dt.datetime.combine(column.day, dt.time(), BRUSSELS)
        starts_at = midnight.replace(hour=column.start // 60, minute=column.start % 60)
        ends_at = starts_at + dt.timedelta(minutes=column.end - column.start)
        for closure, reason in self.closures:
            is_here = closure.unit_id is None and closure.room_id in (None, room.room_id)
            if is_here and closure.starts_at < ends_at and starts_at < closure.ends_at:
                if closure.is_confirmed:
                    cell.closed = reason
                else:
                    cell.announced = reason
        if not cell.closed and room.hours is not None:
            hours = room.hours.get(column.day.isoweekday(), ())
            if not any(opens < column.end and column.start < closes for opens, closes in hours):
                cell.closed = _("not open")


def neighbours(week: Week) -> tuple[Week, Week]:
    """The week before and the week after."""
    return Week.from_date(week.monday - dt.timedelta(days=7)), Week.from_date(
        week.monday + dt.timedelta(days=7)
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _short(minutes: int) -> str:
    return _clock(minutes).removesuffix(":00")


def _minutes(clock: str) -> int:
    hours, _colon, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)
