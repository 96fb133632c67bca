"""What a closure closes, from when to when: plain parts, and the presets that people announce. Pure.

A strike runs from 22:00 on the eve. A reduced regime is a group of parts: no evening, and only some units.
Wall time comes in, instants in UTC go out, so a night in which the clocks change keeps its true length.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from core.dates.clock import BRUSSELS, today

STRIKE_STARTS = dt.time(22)


class ClosurePart(NamedTuple):
    """One place from one instant up to another; without a room and a unit it is the whole prison."""

    room_id: int | None
    unit_id: int | None
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True)
class ClosureDraft:
    """A closure as a form describes it; several parts become a group."""

    kind: str
    parts: tuple[ClosurePart, ...]
    reason: str = ""
    decide_by: dt.datetime | None = None


def instant(day: dt.date, at: dt.time = dt.time()) -> dt.datetime:
    """That moment on the clock of the prison, as an instant in UTC."""
    return dt.datetime.combine(day, at, BRUSSELS).astimezone(dt.UTC)


def strike(day: dt.date, hours: int, *, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """A strike of 24 or 48 hours whose first day is `day`: from 22:00 on its eve to 22:00.

    What already runs today is written from today's midnight: nothing is dated before today.
    """
    eve = day - dt.timedelta(days=1)
    starts_at = instant(eve, STRIKE_STARTS)
    if eve < today(now):
        starts_at = instant(day)
    return starts_at, instant(eve + dt.timedelta(days=hours // 24), STRIKE_STARTS)


def reduced_regime(
    first: dt.date, last: dt.date, *, evening_from: dt.time | None, closed_units: Collection[int]
) -> tuple[ClosurePart, ...]:
    """The parts of a reduced regime on first..last: no evening for anybody, these units not at all."""
    return (*_evenings(first, last, evening_from), *_units(first, last, closed_units))


def _evenings(first: dt.date, last: dt.date, evening_from: dt.time | None) -> Iterator[ClosurePart]:
    if evening_from is not None:
        for number in range((last - first).days + 1):
            day = first + dt.timedelta(days=number)
            yield ClosurePart(None, None, instant(day, evening_from), instant(day + dt.timedelta(days=1)))


def _units(first: dt.date, last: dt.date, closed_units: Collection[int]) -> Iterator[ClosurePart]:
    for unit_id in sorted(closed_units):
        yield ClosurePart(None, unit_id, instant(first), instant(last + dt.timedelta(days=1)))
