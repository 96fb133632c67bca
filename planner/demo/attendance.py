"""Who came to the sessions that have been: marks, numbers of drop-in hours, and a few skips to come."""

from __future__ import annotations

import datetime as dt
from random import Random

from core.dates.clock import BRUSSELS
from enrollment.models import Attendance, Enrollment, Headcount, Skip
from planner.demo.offer import DemoGroup
from prisons.models import User
from sessions.models import GroupSession

_MARKS = {
    Attendance.Mark.PRESENT: 78,
    Attendance.Mark.NOT_BROUGHT: 8,
    Attendance.Mark.EXCUSED: 5,
    Attendance.Mark.DECLINED_SELF: 4,
    Attendance.Mark.DECLINED_STAFF: 2,
    Attendance.Mark.ELSEWHERE: 3,
}
# The paper of the last days has not come back yet.
_PAPER_DAYS = 2


def build(
    random: Random,
    groups: list[DemoGroup],
    sessions: list[GroupSession],
    enrollments: list[Enrollment],
    by: User,
    now: dt.datetime,
) -> None:
    by_series: dict[int, list[Enrollment]] = {}
    for enrollment in enrollments:
        if enrollment.placed_from:
            by_series.setdefault(enrollment.series_id, []).append(enrollment)
    families = {group.series.pk for group in groups if "play" in group.offer.needs}
    marks, counts, skips = [], [], []
    for session in sessions:
        if session.state != GroupSession.State.PUBLISHED or session.starts_at is None:
            continue
        day = session.starts_at.astimezone(BRUSSELS).date()
        here = [row for row in by_series.get(session.series_id, []) if _covers(row, day)]
        if session.starts_at > now:
            skips += [
                Skip(enrollment=row, session=session, by=by, at=now) for row in here if random.random() < 0.01
            ]
        elif session.series.is_drop_in:
            counts.append(
                Headcount(session=session, people=random.randint(4, session.series.places), by=by, at=now)
            )
        elif session.starts_at < now - dt.timedelta(days=_PAPER_DAYS):
            is_family = session.series_id in families
            marks += [_mark(random, session, row, by, is_family=is_family) for row in here]
    Attendance.objects.bulk_create(marks, batch_size=500)
    Headcount.objects.bulk_create(counts)
    Skip.objects.bulk_create(skips)


def _covers(enrollment: Enrollment, day: dt.date) -> bool:
    first, last = enrollment.placed_from, enrollment.placed_until
    return first is not None and first <= day and (last is None or day <= last)


def _mark(
    random: Random, session: GroupSession, enrollment: Enrollment, by: User, *, is_family: bool
) -> Attendance:
    mark = random.choices(list(_MARKS), list(_MARKS.values()))[0]
    ended_at = session.ends_at or session.changed_at
    came = is_family and mark == Attendance.Mark.PRESENT
    return Attendance(
        session=session,
        participant=enrollment.participant,
        mark=mark,
        adults=random.randint(1, 2) if came else None,
        children=random.randint(0, 3) if came else None,
        by=by,
        at=ended_at + dt.timedelta(hours=20),
    )
