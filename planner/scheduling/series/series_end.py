"""Ending a series by hand: what it does is shown first; sessions, people and slips change as one act.

Undo (planner/scheduling/placement/undo.py) takes all of it back within the hour.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from core.dates import clock
from core.dates.weeks import Week
from core.secrets.digest import digest, require_seen
from enrollment.domain.locking import lock_facts
from enrollment.domain.requests import seats, series_end
from enrollment.domain.requests.seats import Seats
from planner.scheduling.placement.audience_counts import AudienceCounts, told_by
from planner.scheduling.placement.session_changes import Change, Outcome
from planner.scheduling.placement.writer import apply
from prisons.access import Access
from prisons.domain.records.change_sets import UNDO_WITHIN, Image, remember
from prisons.models import ChangeSet, User
from sessions.models import Cancellation, GroupSession, Series

VERB = "end_series"
State = GroupSession.State


@dataclass(frozen=True)
class SeriesEndEffect:
    """What ending the series today would do: counts and dates, no names."""

    sessions: tuple[GroupSession, ...]
    """Sessions to come that would be cancelled, those without a time last."""
    held: int
    """Sessions that took place."""
    places: Seats
    told: AudienceCounts

    @property
    def digest(self) -> str:
        return digest("end_series", self)

    @property
    def slips(self) -> int:
        """Everybody of the group, everybody who waits or asked: one slip each."""
        return self.places.held + self.places.waiting + self.places.requested


def effect_of(series: Series, *, now: dt.datetime | None = None) -> SeriesEndEffect:
    """Asks and writes nothing."""
    at = now or clock.now()
    sessions = _to_come(series, at)
    past = GroupSession.objects.published().filter(series=series, ends_at__lte=at)
    told = told_by(series.prison, [_cancelled(session) for session in sessions])
    return SeriesEndEffect(tuple(sessions), past.count(), seats.count(series), told)


def _to_come(series: Series, at: dt.datetime) -> list[GroupSession]:
    """What has not begun yet, and what lies in the tray of this week or a later one."""
    in_the_tray = Q(starts_at__isnull=True, week_on__gte=Week.from_instant(at).monday)
    rows = GroupSession.objects.live().filter(Q(starts_at__gt=at) | in_the_tray, series=series)
    return sorted(
        rows.select_related("room", "series__activity"),
        key=lambda session: (session.starts_at is None, session.starts_at or at, session.pk),
    )


def _cancelled(session: GroupSession) -> Change:
    return Change(session.pk, state=State.CANCELLED, reason=Cancellation.Reason.NOT_NEEDED.value)


def end(
    access: Access, series: Series, *, seen: str | None = None, now: dt.datetime | None = None
) -> Outcome:
    """The series ends today. People first: whoever has no place any more needs no slip about a session.

    `seen` is the digest of the effect that the person was shown. Raises NotAsShown (409), PermissionDenied for
    another service's series, PlannerError `ended_already` (409), or what `placement.apply` raises.
    """
    access.require_change(series.activity.organisation)
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(access.prison, now=at)
        if series.ended_on is None:
            require_seen(seen, effect_of(series, now=at).digest)
        answered = series_end.end_series(series, by=access.user, now=at)
        changes = [_cancelled(session) for session in _to_come(series, at)]
        outcome = apply(
            prison, changes, by=access.user, verb=VERB, now=at, access=access, accept_soft=True,
            facts={"series": series.pk, "answered": answered},
        )  # fmt: skip
        image = Image(
            Series, series.pk, {"ended_on": None}, {"ended_on": series.ended_on and str(series.ended_on)}
        )
        remember(outcome.change_set, [image])
    return outcome


def reopen(change_set: ChangeSet, *, by: User, now: dt.datetime) -> None:
    """Undo's part for the people, before the sessions return. For use under the prison's lock."""
    if change_set.verb == VERB:
        series = Series.objects.select_related("prison", "activity").get(pk=change_set.facts["series"])
        series_end.reopen_series(series, change_set.at, by=by, now=now)


def that_ended(series: Series, user: User, *, now: dt.datetime | None = None) -> ChangeSet | None:
    """The act of this user that ended the series and can still be taken back."""
    since = (now or clock.now()) - UNDO_WITHIN
    rows = ChangeSet.objects.in_prison(series.prison).filter(verb=VERB, by=user, at__gt=since)
    return next(
        (row for row in rows.filter(undone_by__isnull=True) if row.facts.get("series") == series.pk), None
    )
