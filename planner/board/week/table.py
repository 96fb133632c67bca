"""The week as a table: rows (rooms, units or facilitators) x (day, slot), with everything a card shows.

One composed page in frozen dataclasses, with the same number of queries for three sessions as for 300.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS, today
from core.dates.weeks import Week
from planner.board.week.cards import Card
from planner.board.week.filters import BoardFilter
from planner.board.week.reading import ReadRow, WeekReading, read
from prisons.access import Access
from prisons.models import Prison
from rooms.domain import availability
from rooms.domain.facts import ClosureFacts, SlotFacts
from rooms.models import SoftBand, UnitHours

OTHER_TIMES = 0
"""The column of sessions outside every slot."""


@dataclass(frozen=True)
class BoardColumn:
    """A slot of a day; `slot_id` 0 is the last column, "other times"."""

    day: dt.date
    slot_id: int
    start: int
    end: int

    @cached_property
    def key(self) -> str:
        return f"{self.day:%Y%m%d}-{self.slot_id}"

    @cached_property
    def instants(self) -> tuple[dt.datetime, dt.datetime]:
        """When it starts and ends on the clock of the prison."""
        midnight = dt.datetime.combine(self.day, dt.time(), BRUSSELS)
        starts_at = midnight.replace(hour=self.start // 60, minute=self.start % 60)
        return starts_at, starts_at + dt.timedelta(minutes=self.end - self.start)

    @property
    def label(self) -> str:
        """`08:30–11`: full hours short, a column is 80 pixels wide."""
        return f"{_clock(self.start)}–{_short(self.end)}"


@dataclass(frozen=True)
class BoardDay:
    on: dt.date
    columns: tuple[BoardColumn, ...]
    is_today: bool
    is_past: bool
    note: str = ""
    """The public holiday."""
    closed: str = ""
    announced: str = ""
    """Why the whole prison is closed in some of its slots, or perhaps will be: said once, in the head of the day."""


@dataclass
class BoardCell:
    """Where a row and a column meet. `closed` is the reason why nothing can be there; `is_said` above, in the head."""

    column: BoardColumn | None
    row_id: int
    cards: list[Card] = field(default_factory=list)
    closed: str = ""
    announced: str = ""
    is_said: bool = False
    taken: list[str] = field(default_factory=list)
    """Hours that something holds which the filter leaves out."""

    @property
    def key(self) -> str:
        return f"{self.row_id}-{self.column.key if self.column else 'other'}"


@dataclass(frozen=True)
class BoardRow:
    row_id: int
    title: str
    detail: str
    cells: tuple[BoardCell, ...]
    warning: str = ""


@dataclass(frozen=True, kw_only=True)
class Board:
    """What the week and the day have in common."""

    prison: Prison
    tray: tuple[Card, ...]
    bands: tuple[SoftBand, ...]
    hard: int
    soft: int
    drafts: int
    total: int
    version: int
    filter: BoardFilter


@dataclass(frozen=True, kw_only=True)
class WeekBoard(Board):
    """All that the page of a week needs."""

    week: Week
    days: tuple[BoardDay, ...]
    rows: tuple[BoardRow, ...]
    has_other_times: bool

    @property
    def columns(self) -> list[BoardColumn]:
        return [column for day in self.days for column in day.columns]


def week_board(prison: Prison, week: Week, access: Access, chosen: BoardFilter) -> WeekBoard:
    """Read one week for one reader."""
    return _Sorter(week, read(prison, week.days, week, access, chosen)).board()


class _Sorter:
    """Puts cards into the cells of a week."""

    def __init__(self, week: Week, reading: WeekReading) -> None:
        self.week, self.reading, self.rules = week, reading, reading.rules
        self.placed = reading.placed
        self.today = today()
        self.holidays = reading.holidays()
        self.closures = reading.closures()
        self.days = tuple(self._days())
        self.columns = {(column.day, column.slot_id): column for day in self.days for column in day.columns}
        self.column_of = {card.session_id: self._column(card) for card in self.placed}
        self.has_other = any(column is None for column in self.column_of.values())

    def board(self) -> WeekBoard:
        return WeekBoard(
            week=self.week,
            days=self.days,
            rows=tuple(
                BoardRow(
                    row.row_id,
                    row.title,
                    row.detail,
                    self._cells(row),
                    row.warning,
                )
                for row in self.reading.rows()
            ),
            has_other_times=self.has_other,
            **self.reading.in_common(),
        )

    def _days(self) -> Iterator[BoardDay]:
        """Those with slots; what stands on another day is in the column of other times."""
        for on in self.week.days:
            slots = self.rules.slots_on(on)
            if not slots:
                continue
            columns = tuple(BoardColumn(on, slot.slot_id, slot.start, slot.end) for slot in slots)
            closed, announced = self._whole_prison(columns)
            yield BoardDay(
                on, columns, on == self.today, on < self.today, self.holidays.get(on, ""), closed, announced
            )

    def _whole_prison(self, columns: Sequence[BoardColumn]) -> tuple[str, str]:
        """The reasons of closures, confirmed and announced, that touch these slots in every room."""
        touching = [
            (closure.is_confirmed, reason)
            for closure, reason in self.closures
            if closure.room_id is None and closure.unit_id is None and any(map(_touches(closure), columns))
        ]
        closed = dict.fromkeys(reason for confirmed, reason in touching if confirmed)
        announced = dict.fromkeys(reason for confirmed, reason in touching if not confirmed)
        return " · ".join(closed), " · ".join(announced)

    def _column(self, card: Card) -> BoardColumn | None:
        row = self.reading.snapshot.rows.get(card.session_id)
        slot: SlotFacts | None
        if row is not None and row.starts_at and row.ends_at:
            slot = availability.slot_of(self.rules, availability.local_span(row.starts_at, row.ends_at))
        else:  # cancelled: the snapshot holds only what is live
            day = card.day or self.week.monday
            slot = self.rules.slot_around(day, _minutes(card.start), _minutes(card.end))
        if slot is None or card.day is None:
            return None
        return self.columns.get((card.day, slot.slot_id))

    def _cells(self, row: ReadRow) -> tuple[BoardCell, ...]:
        cells = {column.key: BoardCell(column, row.row_id) for column in self.columns.values()}
        other = BoardCell(None, row.row_id)
        for card in row.cards:
            column = self.column_of[card.session_id]
            (cells[column.key] if column else other).cards.append(card)
        for one in row.taken:
            slot = availability.slot_of(
                self.rules, span := availability.local_span(one.starts_at, one.ends_at)
            )
            column = self.columns.get((span.day, slot.slot_id)) if slot else None
            (cells[column.key] if column else other).taken.append(one.hours)
        for cell in cells.values():
            self._close(cell, row)
        return (*cells.values(), other) if self.has_other else tuple(cells.values())

    def _close(self, cell: BoardCell, row: ReadRow) -> None:
        """Why nothing can be in this cell: a closure of the row or the prison, or the room's own hours."""
        column = cell.column
        if column is None:
            return
        for closure, reason in self.closures:
            if _is_of(closure, row) and _touches(closure)(column):
                cell.is_said = closure.room_id is None and closure.unit_id is None
                if closure.is_confirmed:
                    cell.closed = reason
                else:
                    cell.announced = reason
        if not cell.closed and (why := _never_free(row, column)):
            cell.closed, cell.is_said = why, False


def _never_free(row: ReadRow, column: BoardColumn) -> str:
    """Why the row itself is not there in the whole slot: closed hours of a room, hours of a living unit, absence."""
    weekday = column.day.isoweekday()
    if row.room is not None and row.room.hours is not None:
        hours = row.room.hours.get(weekday, ())
        if not any(opens < column.end and column.start < closes for opens, closes in hours):
            return _("not open")
    if row.unit is not None:
        for one in row.unit.hours.get(weekday, ()):
            if one.start <= column.start and column.end <= one.end:
                return str(UnitHours.Kind(one.kind).label)
    if row.worker is not None:
        starts_at, ends_at = column.instants
        if any(begin <= starts_at and ends_at <= end for begin, end in row.worker.absences):
            return _("cannot come")
        if any(begin <= starts_at and ends_at <= end for begin, end in row.worker.elsewhere):
            return _("busy elsewhere")
    return ""


def _is_of(closure: ClosureFacts, row: ReadRow) -> bool:
    """Whether a closure holds in a row: that of the whole prison in each, of a room or a living unit in its own."""
    if closure.room_id is not None:
        return row.room is not None and row.room.room_id == closure.room_id
    if closure.unit_id is not None:
        return row.unit is not None and row.unit.unit_id == closure.unit_id
    return True


def _touches(closure: ClosureFacts) -> Callable[[BoardColumn], bool]:
    def touches(column: BoardColumn) -> bool:
        starts_at, ends_at = column.instants
        return closure.starts_at < ends_at and starts_at < closure.ends_at

    return touches


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
