"""Dates that a series gains after it was made: one more, more weeks, skipped ones taken up again.

What is previewed is what is made: both ask `effect_of`. The dates are drafts, as those of a new series; one act,
one undo, which brings back what was skipped and how long the series ran.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.weeks import Week
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from planner.scheduling.bulk.date_edits import pattern_of
from planner.scheduling.series.making import SeriesDraft, SeriesOutcome, TriedDate, place_dates, tried_dates
from prisons.access import Access, access_for
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.domain.records.change_sets import Image, remember
from prisons.models import Prison, User
from rooms.models import Holiday
from sessions.domain.recurrence import MAX_SESSIONS, Occurrence, Pattern, occurrences
from sessions.models import GroupSession, Series, SkippedDate, Worker

MOST_WEEKS = 500


@dataclass(frozen=True)
class OneMore:
    """One more date. On a date that was skipped it takes the place of that."""

    verb: ClassVar[str] = "add_date"
    on: dt.date
    starts: dt.time
    room_id: int | None = None


@dataclass(frozen=True)
class Longer:
    """So many calendar weeks more, in the rhythm of the series."""

    verb: ClassVar[str] = "prolong_series"
    weeks: int


@dataclass(frozen=True)
class TakenUp:
    """Skipped dates, by the ids of their rows, are held after all."""

    verb: ClassVar[str] = "take_up_dates"
    skipped: tuple[int, ...]


Wish = OneMore | Longer | TakenUp


@dataclass(frozen=True)
class GainedDatesEffect:
    """What would become of each date; nothing is written yet."""

    series: Series
    wish: Wish
    draft: SeriesDraft
    dates: tuple[TriedDate, ...]

    @property
    def digest(self) -> str:
        workers = [worker.pk for worker in self.draft.workers]
        return digest(self.wish.verb, self.series, self.draft.series.default_room_id, workers, self.dates)

    @property
    def after_the_term(self) -> list[dt.date]:
        """Dates that take place when the term of the series is over."""
        term = self.series.term
        days = [one.occurrence.on for one in self.dates if one.occurrence.takes_place]
        return [on for on in days if term is not None and on > term.ends_on]

    @property
    def made(self) -> int:
        return sum(one.occurrence.takes_place for one in self.dates)


def effect_of(series: Series, wish: Wish, *, now: dt.datetime | None = None) -> GainedDatesEffect:
    """Raises PlannerError `series_ended`, `dates_past`, `meets_then`, `no_dates` (409), `too_many_sessions` (422)."""
    if series.ended_on is not None:
        raise PlannerError("series_ended", _("This series has ended. Take its end back, or make a new one."))
    draft = _draft(series, wish)
    dates = _dates(series, wish, clock.today(now))
    if not any(date.takes_place for date in dates):
        raise PlannerError("no_dates", _("No date would come of it. Choose more weeks, or another date."))
    if series.group_sessions.count() + len(dates) > MAX_SESSIONS:
        most = MAX_SESSIONS
        raise PlannerError(
            "too_many_sessions", _("A series has %(most)s sessions at the most."), status=422, most=most
        )
    return GainedDatesEffect(series, wish, draft, tried_dates(series.prison, draft, dates))


def _draft(series: Series, wish: Wish) -> SeriesDraft:
    """The series as it stands, in the room that is wished for this time."""
    this_time = copy.copy(series)
    if isinstance(wish, OneMore):
        this_time.default_room_id = wish.room_id
    usual = Worker.objects.filter(usual_series__series=series).order_by("pk")
    return SeriesDraft(this_time, list(series.units.all()), list(series.needs_features.all()), list(usual))


def _dates(series: Series, wish: Wish, today: dt.date) -> list[Occurrence]:
    standing = _standing(series)
    if isinstance(wish, Longer):
        coming = [one for one in _longer(series, wish.weeks) if one.on >= today]
        known = {one.pattern_on for one in standing} | {_day(one) for one in standing}
        return [one for one in coming if one.on not in known and not _meets(standing, one)]
    dates = [_one_more(series, wish)] if isinstance(wish, OneMore) else _taken_up(series, wish)
    for one in dates:
        if one.on < today:
            raise PlannerError("dates_past", _("%(on)s lies in the past. Choose a later date."), on=one.on)
        if _meets(standing, one):
            raise PlannerError("meets_then", _("On %(on)s the series meets at that time already."), on=one.on)
    return dates


def _standing(series: Series) -> list[GroupSession]:
    """Cancelled ones too: what is cancelled comes back as itself, it is not held twice."""
    return list(series.group_sessions.filter(starts_at__isnull=False).order_by("starts_at"))


def _day(session: GroupSession) -> dt.date:
    return clock.today(session.starts_at)


def _meets(standing: Sequence[GroupSession], date: Occurrence) -> bool:
    return any(
        one.starts_at < date.ends_at and date.starts_at < one.ends_at
        for one in standing
        if one.starts_at and one.ends_at and one.state != GroupSession.State.CANCELLED
    )


def _one_more(series: Series, wish: OneMore) -> Occurrence:
    was_skipped = series.skipped_dates.filter(on=wish.on).exists()
    return replace(_single(series, wish.on, wish.starts), pattern_on=wish.on if was_skipped else None)


def _taken_up(series: Series, wish: TakenUp) -> list[Occurrence]:
    rows = list(series.skipped_dates.filter(pk__in=wish.skipped))
    if len(rows) != len(set(wish.skipped)):
        raise PlannerError("unknown_date", _("One of these dates is not skipped any more. Look again."))
    return [_single(series, row.on, series.start_time) for row in rows]


def _single(series: Series, on: dt.date, starts: dt.time) -> Occurrence:
    """Holiday or not: whoever chooses a date knows it, and the engine says so."""
    pattern = Pattern(
        first_on=on, starts=starts, duration_minutes=series.duration_minutes, weeks=1, runs_on_holidays=True
    )
    return occurrences(pattern)[0]


def _longer(series: Series, weeks: int) -> Sequence[Occurrence]:
    """The dates of the weeks that come after its last one; holidays among them are skipped."""
    every = series.every_weeks
    offset = -(-series.weeks // every) * every
    left = weeks - (offset - series.weeks)
    if left < 1:
        return []
    first_week = Week.from_date(series.starts_on) + offset
    pattern = Pattern(
        first_on=series.day_in(first_week.monday),
        starts=series.start_time,
        duration_minutes=series.duration_minutes,
        weeks=left,
        interval_weeks=every,
        runs_on_holidays=series.runs_on_holidays,
    )
    holidays = set(Holiday.objects.in_prison(series.prison_id).values_list("on", flat=True))
    skipped = set(series.skipped_dates.values_list("on", flat=True))
    return [one for one in occurrences(pattern, holidays=holidays) if one.on not in skipped]


def add_dates(
    series: Series,
    wish: Wish,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> SeriesOutcome:
    """Do it, as one act that can be undone. `seen` is the digest of the effect that was shown.

    Raises NotAsShown (409), PlannerError `not_yours` (403), or what `effect_of` raises.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(series.prison_id)
        series = (
            Series.objects.in_prison(prison)
            .select_related("prison", "term", "default_room", "activity__organisation")
            .get(pk=series.pk)
        )
        _refuse_others(series, access or access_for(by, prison, now=now))
        effect = effect_of(series, wish, now=now)
        require_seen(seen, effect.digest)
        before = pattern_of(series)
        _follow(effect)
        outcome = place_dates(prison, series, effect.draft, effect.dates, by=by, verb=wish.verb, now=now)
        series.refresh_from_db()
        remember(outcome.change_set, [Image(Series, series.pk, before, pattern_of(series))])
        audit.record(prison, by, wish.verb, series, fields=["dates"], change_set=outcome.change_set, now=now)
    return SeriesOutcome(series, effect.dates, outcome)


def _refuse_others(series: Series, access: Access | None) -> None:
    if access is None or not access.may_change(series.activity.organisation):
        raise PlannerError("not_yours", _("This belongs to another service."), status=403)


def _follow(effect: GainedDatesEffect) -> None:
    """What the series says of itself: how many weeks, and that a date is skipped no more."""
    weeks = effect.wish.weeks if isinstance(effect.wish, Longer) else 0
    series = effect.series
    series.weeks, series.version = series.weeks + weeks, series.version + 1
    series.save(update_fields=["weeks", "version"])
    held = [one.occurrence.on for one in effect.dates if one.occurrence.takes_place]
    series.skipped_dates.filter(on__in=held).delete()


def skipped_ahead(series: Series, *, now: dt.datetime | None = None) -> list[SkippedDate]:
    """What can still be taken up, in order."""
    return list(series.skipped_dates.filter(on__gte=clock.today(now)))


def freed_dates(
    prison: Prison, series: Iterable[Series] | None = None, *, now: dt.datetime | None = None
) -> list[SkippedDate]:
    """Dates skipped for a holiday that is none any more, of series that go on. One query."""
    holidays = Holiday.objects.in_prison(prison).values("on")
    rows = SkippedDate.objects.filter(series__prison=prison, on__gte=clock.today(now))
    rows = rows.filter(Q(reason=SkippedDate.Reason.HOLIDAY), series__ended_on__isnull=True)
    rows = rows.exclude(on__in=holidays).select_related("series__activity__organisation")
    if series is not None:
        rows = rows.filter(series__in=list(series))
    return list(rows.order_by("on", "series"))
