"""When a copied series meets: the habit of the old one, laid over the weeks of another term. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from core.dates.clock import BRUSSELS
from core.dates.weeks import Week
from sessions.models import Series, Term

Key = TypeVar("Key", bound=Hashable)


class HeldDate(NamedTuple):
    """One session of the old series that stands, on the clock of the prison."""

    weekday: int
    starts: dt.time
    minutes: int
    room_id: int | None
    worker_ids: tuple[int, ...]


@dataclass(frozen=True)
class Habit:
    """What most dates of a series have in common: a group that was moved for good is copied as it meets now."""

    weekday: int
    starts: dt.time
    minutes: int
    room_id: int | None
    worker_ids: tuple[int, ...]


@dataclass(frozen=True)
class Fitted:
    """The weeks of the copy. `past` and `after` are dates that it loses: before today, after the last day."""

    first_on: dt.date | None
    weeks: int = 0
    past: tuple[dt.date, ...] = ()
    after: tuple[dt.date, ...] = ()


def held(
    starts_at: dt.datetime, ends_at: dt.datetime, room_id: int | None, worker_ids: Iterable[int]
) -> HeldDate:
    local = starts_at.astimezone(BRUSSELS)
    length = int((ends_at - starts_at).total_seconds() // 60)
    return HeldDate(local.isoweekday(), local.time(), length, room_id, tuple(worker_ids))


def habit_of(series: Series, worker_ids: Sequence[int], sessions: Sequence[HeldDate]) -> Habit:
    """By more than half of its sessions; the pattern of the series where they do not agree or there are none."""
    hours = _most(((one.weekday, one.starts, one.minutes) for one in sessions), len(sessions))
    room = _most((one.room_id for one in sessions if one.room_id), len(sessions))
    if sessions:
        leads = Counter(worker_id for one in sessions for worker_id in set(one.worker_ids))
        worker_ids = [worker_id for worker_id, count in leads.items() if count * 2 > len(sessions)]
    weekday, starts, minutes = hours or (
        series.weekday,
        series.start_time,
        series.duration_minutes,
    )
    return Habit(weekday, starts, minutes, room or series.default_room_id, tuple(sorted(worker_ids)))


def _most(values: Iterable[Key], of: int) -> Key | None:
    """The value that more than half have."""
    top = Counter(values).most_common(1)
    return top[0][0] if top and top[0][1] * 2 > of else None


def fit(series: Series, habit: Habit, term: Term, *, today: dt.date) -> Fitted:
    """The same weeks of the other term: what began in the third week of the old one begins in the third again.

    As many calendar weeks as before, never past the last day of the term, never before today.
    """
    every = dt.timedelta(weeks=series.every_weeks)
    first = _first_week(series, term).days[habit.weekday - 1]
    while first < term.starts_on:
        first += every
    count = (series.weeks + series.every_weeks - 1) // series.every_weeks
    dates = [first + number * every for number in range(count)]
    past = tuple(on for on in dates if on < today)
    after = tuple(on for on in dates if on > term.ends_on)
    kept = [on for on in dates if today <= on <= term.ends_on]
    if not kept:
        return Fitted(None, 0, past, after)
    weeks = (kept[-1] - kept[0]).days // 7 + series.every_weeks
    return Fitted(kept[0], min(series.weeks, weeks), past, after)


def _first_week(series: Series, term: Term) -> Week:
    """As many weeks into the other term as the series began into its own; without an own term in the first."""
    own, begins = series.term, Week.from_date(series.starts_on)
    origin = Week.from_date(own.starts_on) if own is not None else begins
    return Week.from_date(term.starts_on) + max(begins - origin, 0)
