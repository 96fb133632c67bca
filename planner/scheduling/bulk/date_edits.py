"""Changing many dates of a series at once: this one, this and following, or all that lie ahead.

The effect is shown before, per date; what took place and what is cancelled never changes. Dates that a rule
refuses stay as they are when the person says so, and are named. One act, one undo.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from core.dates import clock
from core.secrets.digest import digest, require_seen
from planner.scheduling.placement.audience_counts import AudienceCounts, told_by
from planner.scheduling.placement.foreseen import foresee
from planner.scheduling.placement.session_changes import KEEP, Change, Keep, Outcome, Refused
from planner.scheduling.placement.writer import apply, preview
from planner.scheduling.rules import conflicts
from planner.scheduling.rules.codes import Conflict
from prisons.access import Access
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.domain.records.change_sets import Image, remember
from prisons.models import User
from sessions.domain.placing import Part, Placing
from sessions.domain.recurrence import instants
from sessions.models import GroupSession, Series, SeriesWorker, SessionWorker, SkippedDate

FIELDS_OF_PATTERN = ("weekday", "starts_on", "start_time", "duration_minutes", "default_room", "weeks")
LEADER, SUBSTITUTE = SessionWorker.Part.LEADER, SessionWorker.Part.SUBSTITUTE


class Scope(StrEnum):
    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True)
class DateEdit:
    """What shall be different; None or KEEP leaves it.

    `weekday` is the day that each date gets, in its own week. A date that was moved to another day than the one
    looked at is an exception and keeps its day.
    """

    weekday: int | None = None
    start: dt.time | None = None
    minutes: int | None = None
    room_id: int | Keep | None = KEEP
    workers: tuple[Part, ...] | Keep = KEEP
    """Who leads instead of those who lead now. Interpreters and substitutes of a single date stay."""


@dataclass(frozen=True)
class EditedDate:
    """One date and what the edit would do to it."""

    session: GroupSession
    change: Change
    before: Placing
    after: Placing
    conflicts: tuple[Conflict, ...] = ()
    keeps_its_day: bool = False
    """An exception: moved to another day before, so the new day is not for it."""

    @property
    def is_refused(self) -> bool:
        return any(conflict.is_hard for conflict in self.conflicts)

    @property
    def will_change(self) -> bool:
        """A date without a time, or that stands so already, stays as it is."""
        return not self.is_refused and self.before != self.after

    @property
    def staying(self) -> tuple[Part, ...]:
        """Who is there for this date only, or to interpret, and is left there by another leader."""
        if isinstance(self.change.workers, Keep):
            return ()
        return tuple(part for part in self.after.workers if part.part != LEADER)


@dataclass(frozen=True)
class DateEditEffect:
    """What an edit would do, as the page shows it and as the act does it."""

    scope: Scope
    edit: DateEdit
    dates: tuple[EditedDate, ...]
    told: AudienceCounts

    @property
    def refused(self) -> list[Conflict]:
        return [conflict for date in self.dates for conflict in date.conflicts if conflict.is_hard]

    @property
    def changes(self) -> list[Change]:
        return [date.change for date in self.dates if date.will_change]

    @property
    def digest(self) -> str:
        return digest("edit_dates", self)


def dates_ahead(session: GroupSession, scope: Scope, *, now: dt.datetime | None = None) -> list[GroupSession]:
    """The sessions that an edit of this scope reaches, in order; never past, never cancelled."""
    if scope == Scope.THIS:
        return [session]
    today = clock.today(now)
    sessions = GroupSession.objects.in_prison(session.prison_id).live().filter(series=session.series_id)
    day = _day(session) if scope == Scope.FOLLOWING else today
    ahead = sessions.select_related("series__activity__organisation", "room").order_by("week_on", "starts_at")
    return [one for one in ahead if _day(one) >= max(day, today)]


def _day(session: GroupSession) -> dt.date:
    return clock.today(session.starts_at) if session.starts_at else session.series.day_in(session.week_on)


def effect_of(
    session: GroupSession, scope: Scope, edit: DateEdit, *, now: dt.datetime | None = None
) -> DateEditEffect:
    """What the edit would do to each date, without writing."""
    sessions = dates_ahead(session, scope, now=now)
    standing = foresee(session.prison, [Change(one.pk) for one in sessions])
    usual = _day(session).isoweekday()
    exceptions = [one.pk for one in sessions if edit.weekday and _day(one).isoweekday() != usual]
    changes = [_change(one, standing[one.pk].before, edit, one.pk in exceptions) for one in sessions]
    found = conflicts.by_session(preview(session.prison, changes, now=now))
    then = foresee(session.prison, changes)
    dates = tuple(
        EditedDate(
            one,
            change,
            then[one.pk].before,
            then[one.pk].after,
            tuple(found.get(one.pk, ())),
            keeps_its_day=one.pk in exceptions,
        )
        for one, change in zip(sessions, changes, strict=True)
    )
    told = told_by(session.prison, [date.change for date in dates if date.will_change])
    return DateEditEffect(scope, edit, dates, told)


def _change(session: GroupSession, standing: Placing, edit: DateEdit, keeps_its_day: bool) -> Change:
    """Local wall time stays what was asked on both sides of a change of clocks."""
    workers = _workers(standing, edit.workers)
    if session.starts_at is None or session.ends_at is None:
        return Change(session.pk, workers=workers)
    local = session.starts_at.astimezone(clock.BRUSSELS)
    length = int((session.ends_at - session.starts_at).total_seconds() // 60)
    day = local.date()
    if edit.weekday is not None and not keeps_its_day:
        day += dt.timedelta(days=edit.weekday - day.isoweekday())
    starts_at, ends_at = instants(day, edit.start or local.time(), edit.minutes or length)
    return Change(session.pk, edit.room_id, starts_at, ends_at, workers=workers)


def _workers(standing: Placing, leaders: tuple[Part, ...] | Keep) -> tuple[Part, ...] | Keep:
    """Only who leads is replaced; a date that a substitute leads keeps the substitute, and no leader beside."""
    if isinstance(leaders, Keep):
        return KEEP
    staying = [part for part in standing.workers if part.part != LEADER]
    is_substituted = len(staying) == len(standing.workers) and any(p.part == SUBSTITUTE for p in staying)
    known = {part.worker_id for part in staying}
    coming = () if is_substituted else leaders
    return (*staying, *(part for part in coming if part.worker_id not in known))


def edit_dates(
    session: GroupSession,
    scope: Scope,
    edit: DateEdit,
    *,
    by: User,
    access: Access | None = None,
    leave_out_refused: bool = False,
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> Outcome:
    """Do it, as one act. Beyond one date, the pattern of the series follows, so that later dates are made so.

    `seen` is the digest of the effect that the person was shown. Raises NotAsShown (409), Refused (409) when a
    date is refused and `leave_out_refused` is not said, or nothing would be left.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(session.prison_id)
        effect = effect_of(session, scope, edit, now=now)
        require_seen(seen, effect.digest)
        wanted, refused = effect.changes, effect.refused
        if refused and (not leave_out_refused or not wanted):
            raise Refused(refused)
        left_out = len(effect.dates) - len(wanted)
        outcome = apply(
            prison, wanted, by=by, verb="edit_dates", now=now, access=access, accept_soft=True,
            facts={"series": session.series_id, "scope": scope.value, "left_out": left_out},
        )  # fmt: skip
        if scope != Scope.THIS:
            follow_pattern(session.series, edit, outcome, by, now)
    return outcome


def follow_pattern(series: Series, edit: DateEdit, outcome: Outcome, by: User, now: dt.datetime) -> None:
    """The pattern of the series as it was goes into the act, so that undo brings it back too."""
    series = Series.objects.select_related("prison").get(pk=series.pk)  # as it stands under the lock
    before = pattern_of(series)
    fields: dict[str, Any] = {} if edit.weekday is None else _day_fields(series, edit.weekday, now)
    if edit.start is not None:
        fields["start_time"] = edit.start
    if edit.minutes is not None:
        fields["duration_minutes"] = edit.minutes
    if not isinstance(edit.room_id, Keep):
        fields["default_room_id"] = edit.room_id
    if fields:
        _write(series, fields)
    if not isinstance(edit.workers, Keep):
        _set_usual_workers(series, [part.worker_id for part in edit.workers if part.part == "leader"])
    after = pattern_of(series)
    if after != before:
        remember(outcome.change_set, [Image(Series, series.pk, before, after)])
        audit.record(
            series.prison,
            by,
            "edit_dates",
            series,
            fields=sorted(fields),
            change_set=outcome.change_set,
            now=now,
        )


def _write(series: Series, fields: dict[str, Any]) -> None:
    for name, value in {**fields, "version": series.version + 1}.items():
        setattr(series, name, value)
    series.save(update_fields=[name.removesuffix("_id") for name in (*fields, "version")])


def _day_fields(series: Series, chosen: int, now: dt.datetime) -> dict[str, Any]:
    """The day on which it meets from now on; and its first date, unless it was held on the day that it had."""
    dates = GroupSession.objects.live().filter(series=series, starts_at__isnull=False).order_by("starts_at")
    coming = [_day(one).isoweekday() for one in dates if _day(one) >= clock.today(now)]
    weekday = _usual_weekday(coming, chosen)
    if weekday == series.weekday:
        return {}
    usual = [_day(one).isoweekday() for one in dates if _day(one).isoweekday() in (weekday, series.weekday)]
    if usual and usual[0] != weekday:
        return {"weekday": weekday}
    days = weekday - series.starts_on.isoweekday()
    return {"weekday": weekday, "starts_on": series.starts_on + dt.timedelta(days=days)}


def _usual_weekday(weekdays: Sequence[int], otherwise: int) -> int:
    """The one that most of these dates have; `otherwise` where there is none, or as many have that one."""
    counted = Counter(weekdays)
    most = max(counted.values(), default=0)
    return otherwise if counted[otherwise] == most else min(day for day in counted if counted[day] == most)


def pattern_of(series: Series) -> dict[str, Any]:
    """What acts on its dates change about the series itself, as it is kept for undo."""
    workers = SeriesWorker.objects.filter(series=series).order_by("worker").values_list("worker", flat=True)
    return {
        "weekday": series.weekday,
        "starts_on": f"{series.starts_on}",
        "start_time": series.start_time.isoformat(),
        "duration_minutes": series.duration_minutes,
        "default_room_id": series.default_room_id,
        "workers": list(workers),
        "weeks": series.weeks,
        "skipped": [[f"{on}", reason] for on, reason in series.skipped_dates.values_list("on", "reason")],
    }


def restore_pattern(series_id: int, pattern: dict[str, Any]) -> None:
    """For undo: the pattern as it was."""
    series = Series.objects.get(pk=series_id)
    series.weekday, series.starts_on = pattern["weekday"], dt.date.fromisoformat(pattern["starts_on"])
    series.start_time = dt.time.fromisoformat(pattern["start_time"])
    series.duration_minutes = pattern["duration_minutes"]
    series.default_room_id = pattern["default_room_id"]
    series.weeks = pattern["weeks"]
    series.version += 1
    series.save(update_fields=[*FIELDS_OF_PATTERN, "version"])
    _set_usual_workers(series, pattern["workers"])
    SkippedDate.objects.filter(series=series_id).delete()
    SkippedDate.objects.bulk_create(
        SkippedDate(series_id=series_id, on=on, reason=reason) for on, reason in pattern["skipped"]
    )


def _set_usual_workers(series: Series, worker_ids: Sequence[int]) -> None:
    SeriesWorker.objects.filter(series=series).exclude(worker__in=worker_ids).delete()
    known = set(SeriesWorker.objects.filter(series=series).values_list("worker", flat=True))
    SeriesWorker.objects.bulk_create(
        [SeriesWorker(series=series, worker_id=worker) for worker in worker_ids if worker not in known]
    )
