"""The sessions of every series: most published, some drafts, some in the tray, some cancelled."""

from __future__ import annotations

import datetime as dt
from random import Random

from core.dates.weeks import Week
from planner.demo.offer import DemoGroup
from planner.demo.places import DemoPlaces
from rooms.models import Closure
from sessions.domain.recurrence import HOLIDAY, Occurrence, Pattern, occurrences
from sessions.models import Cancellation, GroupSession, SessionWorker, SkippedDate

_DRAFT, _PUBLISHED, _CANCELLED = (
    GroupSession.State.DRAFT,
    GroupSession.State.PUBLISHED,
    GroupSession.State.CANCELLED,
)
_REASONS = ("worker", "training", "room", "worker", "prison", "not_needed")


def build(
    random: Random, places: DemoPlaces, groups: list[DemoGroup], closures: list[Closure], now: dt.datetime
) -> list[GroupSession]:
    """Writes sessions and their facilitators; answers all sessions."""
    sessions: list[GroupSession] = []
    skipped: list[SkippedDate] = []
    for number, group in enumerate(groups):
        for date in occurrences(_pattern(group), holidays=places.holidays[group.series.prison.slug]):
            if date.skipped_reason == HOLIDAY:
                skipped.append(
                    SkippedDate(series=group.series, on=date.on, reason=SkippedDate.Reason.HOLIDAY)
                )
            else:
                sessions.append(_session(random, number, group, date, closures, now))
    SkippedDate.objects.bulk_create(skipped)
    GroupSession.objects.bulk_create(sessions, batch_size=500)
    by_series = {group.series.pk: group for group in groups}
    SessionWorker.objects.bulk_create(
        (
            SessionWorker(
                session=session,
                worker=worker,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                live=session.state != _CANCELLED,
            )
            for session in sessions
            for worker in by_series[session.series_id].workers
        ),
        batch_size=500,
    )
    _cancel(random, sessions, closures, now)
    return sessions


def _pattern(group: DemoGroup) -> Pattern:
    series = group.series
    return Pattern(
        first_on=series.starts_on,
        starts=series.start_time,
        duration_minutes=series.duration_minutes,
        weeks=series.weeks,
        interval_weeks=series.every_weeks,
    )


def _session(
    random: Random, number: int, group: DemoGroup, date: Occurrence, closures: list[Closure], now: dt.datetime
) -> GroupSession:
    """Every seventh series is published up to next week only; a few drafts lack a room or an hour."""
    weeks_ahead = Week.from_date(date.on) - Week.from_instant(now)
    is_draft = weeks_ahead > 1 and number % 7 == 3
    session = GroupSession(
        prison=group.series.prison,
        series=group.series,
        week_on=date.week_on,
        pattern_on=date.pattern_on,
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        room=group.room,
        state=_DRAFT if is_draft else _PUBLISHED,
        published_at=None if is_draft else now - dt.timedelta(days=45 - number % 5),
        changed_at=now - dt.timedelta(days=45 - number % 5),
    )
    if _is_hit(session, closures) or (not is_draft and random.random() < 0.02):
        session.state, session.version, session.sequence = _CANCELLED, 2, 1
        hours = dt.timedelta(hours=random.randint(2, 40))
        session.changed_at = min(now, date.starts_at) - hours
    elif is_draft and random.random() < 0.3:
        session.room = None
        if random.random() < 0.5:
            session.starts_at = session.ends_at = None
    return session


def _is_hit(session: GroupSession, closures: list[Closure]) -> bool:
    return _closure_of(session, closures) is not None


def _closure_of(session: GroupSession, closures: list[Closure]) -> Closure | None:
    """The confirmed closure that takes this session's place away, if any."""
    return next(
        (
            closure
            for closure in closures
            if closure.state == Closure.State.CONFIRMED
            and closure.prison_id == session.prison_id
            and closure.room_id in (None, session.room_id)
            and session.starts_at is not None
            and session.ends_at is not None
            and closure.starts_at < session.ends_at
            and closure.ends_at > session.starts_at
        ),
        None,
    )


def _cancel(random: Random, sessions: list[GroupSession], closures: list[Closure], now: dt.datetime) -> None:
    rows = []
    for session in sessions:
        if session.state == _CANCELLED:
            closure = _closure_of(session, closures)
            reason = Cancellation.Reason.CLOSURE if closure else random.choice(_REASONS)
            rows.append(
                Cancellation(
                    session=session,
                    reason=reason,
                    closure=closure,
                    was_state=_PUBLISHED,
                    at=session.changed_at,
                )
            )
    Cancellation.objects.bulk_create(rows)
