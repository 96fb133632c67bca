"""One day where minutes matter: rows (rooms, living units or facilitators) x minutes, sessions drawn to scale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS, now, today
from core.dates.weeks import Week
from planner.board.week.axis import Axis, axis
from planner.board.week.cards import Card
from planner.board.week.filters import BoardFilter
from planner.board.week.reading import ReadRow, WeekReading, read
from planner.board.week.table import Board
from prisons.access import Access
from prisons.models import Prison
from rooms.domain.availability import local_span
from rooms.domain.facts import MINUTES_OF_DAY, ClosureFacts, SlotFacts
from rooms.models import UnitHours

MARGIN = 30
USUAL = (8 * 60, 18 * 60)
"""What is shown of a day without any slot or session."""

Closures = Sequence[tuple[ClosureFacts, str]]


@dataclass(frozen=True)
class Block:
    """A card with its minutes, and which of the lanes of its row it takes when several overlap."""

    card: Card
    start: int
    end: int
    lane: int


@dataclass(frozen=True)
class Shade:
    """Minutes in which nothing can be there, and why; `kind` is closed, announced, blocked or taken
    by what the filter leaves out."""

    start: int
    end: int
    kind: str
    reason: str


@dataclass(frozen=True)
class Lane:
    """A row of the day."""

    row: ReadRow
    blocks: tuple[Block, ...]
    shades: tuple[Shade, ...]
    lanes: int


@dataclass(frozen=True, kw_only=True)
class DayBoard(Board):
    """All that the page of a day needs. `first` and `last` are the minutes between which it is drawn."""

    on: dt.date
    is_past: bool
    note: str
    slots: tuple[SlotFacts, ...]
    rows: tuple[Lane, ...]
    first: int
    last: int
    axis: Axis
    now_at: int | None

    @property
    def week(self) -> Week:
        return Week.from_date(self.on)

    @property
    def is_today(self) -> bool:
        return self.on == today()

    @property
    def hours(self) -> range:
        """Minutes of the full hours that get a mark."""
        return range(self.first, self.last, 60)


def day_board(prison: Prison, on: dt.date, access: Access, chosen: BoardFilter) -> DayBoard:
    """Read one day for one reader, with the tray of its week."""
    reading = read(prison, [on], Week.from_date(on), access, chosen)
    slots = tuple(reading.rules.slots_on(on))
    closures = reading.closures()
    lanes = tuple(_lane(row, reading, closures, on) for row in reading.rows())
    spans = [(s.start, s.end) for s in slots] + [(b.start, b.end) for lane in lanes for b in lane.blocks]
    first, last = _frame(spans)
    local = now().astimezone(BRUSSELS)
    minute = local.hour * 60 + local.minute
    return DayBoard(
        on=on,
        is_past=on < today(),
        note=reading.holidays().get(on, ""),
        slots=slots,
        rows=lanes,
        first=first,
        last=last,
        axis=axis(first, last, spans),
        now_at=minute if on == local.date() and first <= minute < last else None,
        **reading.in_common(),
    )


def _frame(spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From half an hour before the first to half an hour after the last, in full hours."""
    first = min((start for start, _end in spans), default=USUAL[0] + MARGIN) - MARGIN
    last = max((end for _start, end in spans), default=USUAL[1] - MARGIN) + MARGIN
    return max(0, first // 60 * 60), min(MINUTES_OF_DAY, -(-last // 60) * 60)


def _lane(row: ReadRow, reading: WeekReading, closures: Closures, on: dt.date) -> Lane:
    blocks = tuple(_side_by_side(row.cards, on))
    shades = tuple(sorted(_shades(row, reading, closures, on), key=lambda shade: (shade.start, shade.kind)))
    return Lane(row, blocks, shades, max((block.lane for block in blocks), default=0) + 1)


def _side_by_side(cards: Iterable[Card], on: dt.date) -> Iterator[Block]:
    """Each in the first lane that is free by then."""
    free: list[int] = []
    for card in sorted(cards, key=lambda card: (card.start, card.session_id)):
        start, end = _minutes(card.start), _minutes(card.end)
        end = end if end > start else MINUTES_OF_DAY  # past midnight: to the end of the day
        lane = next((number for number, until in enumerate(free) if until <= start), len(free))
        free[lane : lane + 1] = [end]
        yield Block(card, start, end, lane)


def _shades(row: ReadRow, reading: WeekReading, closures: Closures, on: dt.date) -> Iterator[Shade]:
    for closure, reason in closures:
        here = closure.room_id is None and closure.unit_id is None
        if row.room is not None:
            here = closure.unit_id is None and closure.room_id in (None, row.row_id)
        elif row.unit is not None:
            here = closure.room_id is None and closure.unit_id in (None, row.row_id)
        if here and (span := _on_day(closure.starts_at, closure.ends_at, on)):
            yield Shade(*span, "closed" if closure.is_confirmed else "announced", reason)
    for taken in row.taken:
        if span := _on_day(taken.starts_at, taken.ends_at, on):
            yield Shade(*span, "taken", _("taken %(hours)s") % {"hours": taken.hours})
    if row.room is not None and row.room.hours is not None:
        yield from _not_open(row.room.hours.get(on.isoweekday(), ()))
    if row.unit is not None:
        for hours in row.unit.hours.get(on.isoweekday(), ()):
            yield Shade(hours.start, hours.end, "blocked", str(UnitHours.Kind(hours.kind).label))
    if row.worker is not None:
        for absence in row.worker.absences:
            if span := _on_day(*absence, on):
                yield Shade(*span, "closed", _("cannot come"))
        for busy in row.worker.elsewhere:
            if span := _on_day(*busy, on):
                yield Shade(*span, "closed", _("busy elsewhere"))


def _not_open(hours: Sequence[tuple[int, int]]) -> Iterator[Shade]:
    until = 0
    for opens, closes in sorted(hours):
        if until < opens:
            yield Shade(until, opens, "closed", _("not open"))
        until = max(until, closes)
    if until < MINUTES_OF_DAY:
        yield Shade(until, MINUTES_OF_DAY, "closed", _("not open"))


def _on_day(starts_at: dt.datetime, ends_at: dt.datetime, on: dt.date) -> tuple[int, int] | None:
    """The minutes of that date which the span covers."""
    span = local_span(starts_at, ends_at)
    shift = (span.day - on).days * MINUTES_OF_DAY
    start, end = max(0, span.start + shift), min(MINUTES_OF_DAY, span.end + shift)
    return (start, end) if start < end else None


def _minutes(text: str) -> int:
    hours, _colon, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
