"""When a room, a living unit or the prison is there: pure questions to the rules, nothing is read or written.

A span is asked in two shapes. Rules of the week (opening hours, slots, hours of units) want wall time: a
`LocalSpan`, made once per session with `local_span`. Facts with a date (closures) want the instants.
Every span is half-open: what touches does not overlap.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from core.dates.clock import BRUSSELS
from rooms.domain.facts import MINUTES_OF_DAY, BandFacts, BlockedHours, ClosureFacts, Rules, SlotFacts


class LocalSpan(NamedTuple):
    """What the clock on the wall shows: minutes of `day`; `end` runs past 1440 when midnight is crossed."""

    day: dt.date
    start: int
    end: int


@lru_cache(maxsize=8192)
def local_span(starts_at: dt.datetime, ends_at: dt.datetime) -> LocalSpan:
    """Wall time of two instants, kept: the sessions of a week share few.

    When 02:10 follows 02:50 in the autumn night, it still lasts a minute.
    """
    start, end = starts_at.astimezone(BRUSSELS), ends_at.astimezone(BRUSSELS)
    day = start.date()
    first = start.hour * 60 + start.minute
    last = (end.date() - day).days * MINUTES_OF_DAY + end.hour * 60 + end.minute
    return LocalSpan(day, first, max(last, first + 1))


def minutes_taken(
    day: dt.date, spans: Iterable[tuple[dt.datetime | None, dt.datetime | None]]
) -> Iterator[tuple[int, int]]:
    """The minutes of that day which these instants take: also of what began the evening before.

    What runs on past midnight ends after minute 1440.
    """
    for starts_at, ends_at in spans:
        if starts_at is None or ends_at is None:
            continue
        span = local_span(starts_at, ends_at)
        shift = (span.day - day).days * MINUTES_OF_DAY
        if span.start + shift < MINUTES_OF_DAY and span.end + shift > 0:
            yield max(0, span.start + shift), span.end + shift


def slot_of(rules: Rules, span: LocalSpan) -> SlotFacts | None:
    """The slot that holds the whole span on that date, or None ("other times"): derived, never stored."""
    return rules.slot_around(span.day, span.start, span.end)


def slot_at_start(rules: Rules, span: LocalSpan) -> SlotFacts | None:
    """The slot in which the span starts, also when it ends outside: people are brought in that slot."""
    day = span.day
    for slot in rules.slots.get(day.isoweekday(), ()):
        if slot.start <= span.start < slot.end and slot.valid_from <= day <= slot.valid_to:
            return slot
    return None


def is_room_open(rules: Rules, room_id: int, span: LocalSpan) -> bool:
    """Whether the whole span lies in opening hours. Without hours it is always open, out of use never."""
    hours = rules.rooms[room_id].hours
    if hours is None or not rules.rooms[room_id].is_active:
        return rules.rooms[room_id].is_active
    return all(
        any(opens <= start and end <= closes for opens, closes in hours.get(weekday, ()))
        for weekday, start, end in _by_day(span)
    )


def units_not_free(
    rules: Rules, unit_ids: Collection[int], span: LocalSpan
) -> list[tuple[int, BlockedHours]]:
    """The units among these whose people cannot come in some minute of the span, each with its first reason.

    A group for all units (`unit_ids` empty) asks of no unit in particular that it is free: nothing is found.
    """
    found, days = [], list(_by_day(span))
    for unit_id in unit_ids:
        if hours := rules.units[unit_id].hours:
            blocked = _first_blocked(hours, days)
            if blocked:
                found.append((unit_id, blocked))
    return found


def closures_between(rules: Rules, starts_at: dt.datetime, ends_at: dt.datetime) -> list[ClosureFacts]:
    """Announced and confirmed closures of anything that share an instant with the span, in order of start.

    Ask once for a whole week, then `closures_hitting` for each of its sessions.
    """
    until = bisect_left(rules.closures, ends_at, key=lambda closure: closure.starts_at)
    return [closure for closure in rules.closures[:until] if closure.ends_at > starts_at]


def closures_hitting(
    rules: Rules,
    closures: Collection[ClosureFacts],
    *,
    room_id: int | None,
    unit_ids: Collection[int],
    starts_at: dt.datetime,
    ends_at: dt.datetime,
) -> list[ClosureFacts]:
    """Which of `closures` a session at that time falls under: of the prison, of its room, of its people.

    The closure of a unit hits a session in a room inside that unit, and a group for listed units once all of
    them are closed: as long as people of one can come, it takes place. Only confirmed ones are hard.
    """
    if not closures:
        return []
    near = [one for one in closures if one.starts_at < ends_at and starts_at < one.ends_at]
    if not near:
        return []
    inside = rules.rooms[room_id].inside_unit_id if room_id else None
    hits = []
    closed_units: set[int] = set()
    for one in near:
        if one.room_id is None and one.unit_id is None:
            hits.append(one)
        elif one.room_id is not None:
            if one.room_id == room_id:
                hits.append(one)
        elif one.unit_id == inside:
            hits.append(one)
        elif one.unit_id is not None and one.unit_id in unit_ids:
            closed_units.add(one.unit_id)
    if closed_units and all(unit_id in closed_units for unit_id in unit_ids):
        hits += [one for one in near if one.unit_id in closed_units and one.unit_id != inside]
    return hits


def holiday_on(rules: Rules, day: dt.date) -> int | None:
    """The id of the public holiday of that date, as this prison keeps it."""
    return rules.holidays.get(day)


def bands_on(rules: Rules, day: dt.date) -> list[BandFacts]:
    """School holidays, Ramadan and other stretches to plan around that the date lies in."""
    return [band for band in rules.bands if band.starts_on <= day <= band.ends_on]


def _by_day(span: LocalSpan) -> Iterator[tuple[int, int, int]]:
    """(weekday, start, end) for each day that the span touches."""
    weekday, start, end = span.day.isoweekday(), span.start, span.end
    while True:
        yield weekday, start, min(end, MINUTES_OF_DAY)
        if end <= MINUTES_OF_DAY:
            return
        weekday, start, end = weekday % 7 + 1, 0, end - MINUTES_OF_DAY


def _first_blocked(
    hours: dict[int, tuple[BlockedHours, ...]], days: Iterable[tuple[int, int, int]]
) -> BlockedHours | None:
    for weekday, start, end in days:
        for blocked in hours.get(weekday, ()):
            if blocked.start < end and start < blocked.end:
                return blocked
    return None
