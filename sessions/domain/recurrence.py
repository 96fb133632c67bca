"""The dates of a series: a pattern in local wall time in, instants out. Pure: no database, no clock."""

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.dates.clock import BRUSSELS
from core.dates.weeks import YEARS, Week
from core.errors import PlannerError

MAX_SESSIONS = 500
MAX_MINUTES = 24 * 60
INTERVALS = (1, 2)
HOLIDAY = "holiday"


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """When a series meets: every one or two weeks, for `weeks` calendar weeks from that of its first date.

    `starts` is what the clock on the wall of the prison shows and `duration_minutes` counts on that clock,
    so that a session keeps its hours when the clocks change. `weekdays` are ISO numbers (Monday is 1); none
    means that of `first_on`. The first date is the first of the weekdays on or after `first_on`. Weeks
    without a session count too: 8 weeks of every second week are 4 weeks with sessions.
    Raises PlannerError (422) `date_out_of_range`, `no_weeks`, `bad_interval`, `bad_duration`, `bad_weekday`
    or `too_many_sessions`.
    """

    first_on: dt.date
    starts: dt.time
    duration_minutes: int
    weeks: int
    interval_weeks: int = 1
    weekdays: Collection[int] = ()
    runs_on_holidays: bool = False
    make_up: bool = False

    def __post_init__(self) -> None:
        _check_year(self.first_on)
        if self.weeks < 1:
            raise _refusal("no_weeks", _("A series takes at least one week."))
        if self.weeks > MAX_SESSIONS * max(INTERVALS):
            raise _too_many_sessions()
        if self.interval_weeks not in INTERVALS:
            raise _refusal("bad_interval", _("A series meets every week or every second week."))
        if not 0 < self.duration_minutes <= MAX_MINUTES:
            raise _refusal("bad_duration", _("A session lasts from one minute to one day."))
        if not set(self.weekdays) <= set(range(1, 8)):
            raise _refusal("bad_weekday", _("A weekday is a number from 1 (Monday) to 7 (Sunday)."))

    @property
    def starts_on(self) -> dt.date:
        """The first date that fits the weekdays."""
        weekdays = self.weekdays or (self.first_on.isoweekday(),)
        return next(
            on for days in range(7) if (on := self.first_on + dt.timedelta(days)).isoweekday() in weekdays
        )

    @property
    def first_week(self) -> Week:
        return Week.from_date(self.starts_on)

    def dates(self) -> Iterator[dt.date]:
        """Every date of the pattern in order, without an end."""
        weekdays = sorted(set(self.weekdays)) or [self.first_on.isoweekday()]
        first_on, first_week = self.starts_on, self.first_week
        for weeks in itertools.count(0, self.interval_weeks):
            days = (first_week + weeks).days
            yield from (days[weekday - 1] for weekday in weekdays if days[weekday - 1] >= first_on)


@dataclass(frozen=True)
class LeftOutDate:
    """The date `on` of the pattern does not take place, for a `reason` (a code or words, never empty)."""

    on: dt.date
    reason: str


@dataclass(frozen=True)
class DateMove:
    """The date `on` of the pattern takes place on `to_on`, at `starts` if given; holiday or not."""

    on: dt.date
    to_on: dt.date
    starts: dt.time | None = None


@dataclass(frozen=True)
class Extra:
    """One more date, at `starts` if given. Also on a holiday, where it takes the place of the skipped one."""

    on: dt.date
    starts: dt.time | None = None


@dataclass(frozen=True)
class Occurrence:
    """One date of a series, its instants in UTC.

    `on` is its date in Brussels, `week_on` the Monday of that week, `pattern_on` the date that the pattern
    gave it (None for an extra date). `skipped_reason` is empty when it takes place, else `HOLIDAY` or that of
    the Skip.
    """

    week_on: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    on: dt.date
    skipped_reason: str = ""
    pattern_on: dt.date | None = None

    @property
    def takes_place(self) -> bool:
        return not self.skipped_reason


def occurrences(
    pattern: Pattern,
    *,
    holidays: Collection[dt.date] = (),
    exceptions: Iterable[LeftOutDate | DateMove | Extra] = (),
) -> tuple[Occurrence, ...]:
    """All dates of a series in order of time, those that are skipped too (with their reason).

    An exception beats a holiday. A skipped date is not replaced, unless the pattern says `make_up`: then
    dates follow after the last week until as many take place as the weeks hold.
    Raises PlannerError (422) `too_many_sessions` (over 500), `date_not_in_pattern`, `exception_twice`,
    `dates_overlap` or `date_out_of_range`.
    """
    exceptions = tuple(exceptions)
    extras = [exception for exception in exceptions if isinstance(exception, Extra)]
    changes = _changes_by_date(exception for exception in exceptions if not isinstance(exception, Extra))
    planned = list(_planned(pattern, frozenset(holidays), changes))
    if unknown := changes.keys() - {row.pattern_on for row in planned}:
        raise _refusal(
            "date_not_in_pattern",
            _("%(on)s is not a date of this series."),
            on=min(unknown),
        )
    extra_days = {extra.on for extra in extras}
    rows = [row for row in planned if row.takes_place or row.on not in extra_days]
    rows += [_occurrence(pattern, extra.on, starts=extra.starts) for extra in extras]
    if len(rows) > MAX_SESSIONS:
        raise _too_many_sessions()
    rows.sort(key=lambda row: row.starts_at)
    _check_overlaps(rows)
    return tuple(rows)


def _planned(
    pattern: Pattern,
    holidays: frozenset[dt.date],
    changes: Mapping[dt.date, LeftOutDate | DateMove],
) -> Iterator[Occurrence]:
    """The dates of the weeks, then as many more as are to be made up for."""
    after_weeks = (pattern.first_week + pattern.weeks).monday
    missing = 0
    for count, on in enumerate(pattern.dates()):
        is_within = on < after_weeks
        if not is_within and not (pattern.make_up and missing):
            return
        if count >= MAX_SESSIONS:
            raise _too_many_sessions()
        row = _decided(pattern, on, holidays, changes.get(on))
        missing += int(not row.takes_place) if is_within else -int(row.takes_place)
        yield row


def _decided(
    pattern: Pattern,
    on: dt.date,
    holidays: frozenset[dt.date],
    change: LeftOutDate | DateMove | None,
) -> Occurrence:
    """What becomes of one date of the pattern: an exception first, a holiday second."""
    if isinstance(change, DateMove):
        return _occurrence(pattern, change.to_on, starts=change.starts, pattern_on=on)
    if change is not None:
        return _occurrence(pattern, on, pattern_on=on, skipped_reason=change.reason)
    is_skipped = on in holidays and not pattern.runs_on_holidays
    return _occurrence(pattern, on, pattern_on=on, skipped_reason=HOLIDAY if is_skipped else "")


def _occurrence(pattern: Pattern, on: dt.date, *, starts: dt.time | None = None, **told: Any) -> Occurrence:
    _check_year(on)
    starts_at, ends_at = instants(on, starts or pattern.starts, pattern.duration_minutes)
    return Occurrence(Week.from_date(on).monday, starts_at, ends_at, on, **told)


def instants(on: dt.date, starts: dt.time, duration_minutes: int) -> tuple[dt.datetime, dt.datetime]:
    """From wall time in Brussels to instants in UTC; the end is where the clock then stands.

    In the autumn night 01:30 to 03:30 takes three hours, and a time that comes twice means the first. In the
    spring night a time that is left out is read an hour later: 02:30 is 03:30, and the end counts from there.
    """
    starts_at = _instant(dt.datetime.combine(on, starts))
    wall_start = starts_at.astimezone(BRUSSELS)
    return starts_at, _instant(wall_start + dt.timedelta(minutes=duration_minutes))


def _instant(wall: dt.datetime) -> dt.datetime:
    return wall.replace(tzinfo=BRUSSELS, fold=0).astimezone(dt.UTC)


def _changes_by_date(changes: Iterable[LeftOutDate | DateMove]) -> dict[dt.date, LeftOutDate | DateMove]:
    by_date: dict[dt.date, LeftOutDate | DateMove] = {}
    for change in changes:
        if by_date.setdefault(change.on, change) is not change:
            raise _refusal("exception_twice", _("%(on)s is changed twice."), on=change.on)
    return by_date


def _check_overlaps(rows: Iterable[Occurrence]) -> None:
    for before, after in itertools.pairwise(row for row in rows if row.takes_place):
        if after.starts_at < before.ends_at:
            raise _refusal("dates_overlap", _("Two sessions of %(on)s overlap."), on=after.on)


def _check_year(on: dt.date) -> None:
    if on.year not in YEARS:
        raise _refusal("date_out_of_range", _("%(on)s is not a date that can be planned."), on=on)


def _too_many_sessions() -> PlannerError:
    return _refusal(
        "too_many_sessions",
        _("A series has %(most)s sessions at the most."),
        most=MAX_SESSIONS,
    )


def _refusal(code: str, message: Any, **facts: Any) -> PlannerError:
    return PlannerError(code, message, status=422, **facts)
