"""What is new, moved and cancelled since a span was last published: read from the record of what was done.

The record keeps which fields changed, not their values; what was undone again is no
news. A session that left the span stands in the news of the dates to which it went.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Max

from core.dates import clock
from planner.scheduling.placement import stale_fields as words
from prisons.access import Access
from prisons.models import AuditEntry, Prison
from sessions.models import GroupSession

LABEL = GroupSession._meta.label_lower
State = GroupSession.State
TOLD_FIELDS = frozenset({"room_id", "starts_at", "ends_at", "workers"})


@dataclass(frozen=True)
class MovedSession:
    """A published session of which the reader must know that it is otherwise now."""

    session: GroupSession
    fields: tuple[str, ...]

    @property
    def what(self) -> str:
        """`the room and the time`, in the reader's language."""
        return words.in_words(list(self.fields))


@dataclass(frozen=True)
class News:
    """`since` is None where nothing of the span was published yet."""

    since: dt.datetime | None = None
    moved: tuple[MovedSession, ...] = ()
    cancelled: tuple[GroupSession, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.moved or self.cancelled)


def since_last_publication(prison: Prison, first: dt.date, last: dt.date, access: Access | None) -> News:
    """Of the own sessions of these dates (both included); four queries."""
    sessions = {session.pk: session for session in _own(prison, first, last, access)}
    known = AuditEntry.objects.in_prison(prison).filter(model=LABEL, object_id__in=list(sessions))
    at = known.filter(verb="publish").aggregate(latest=Max("at"))["latest"]
    if at is None:
        return News()
    fields: dict[int, set[str]] = defaultdict(set)
    later = known.filter(at__gt=at, change_set__undone_by__isnull=True).exclude(verb__in=("publish", "undo"))
    for session_id, names in later.values_list("object_id", "fields"):
        fields[session_id or 0] |= set(names)
    standing = [session for session in sessions.values() if session.state == State.PUBLISHED]
    return News(
        at,
        tuple(
            MovedSession(session, tuple(sorted(fields[session.pk] & TOLD_FIELDS)))
            for session in standing
            if fields[session.pk] & TOLD_FIELDS
        ),
        tuple(s for s in sessions.values() if s.state == State.CANCELLED and s.cancellation.at > at),
    )


def _own(prison: Prison, first: dt.date, last: dt.date, access: Access | None) -> list[GroupSession]:
    """Published once, in the span now, in order of time."""
    if access is None:
        return []
    start = dt.datetime.combine(first, dt.time(), clock.BRUSSELS)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), clock.BRUSSELS)
    rows = (
        GroupSession.objects.in_prison(prison)
        .filter(starts_at__gte=start, starts_at__lt=end, published_at__isnull=False)
        .select_related("series__activity__organisation", "room", "cancellation")
        .order_by("starts_at", "pk")
    )
    return [row for row in rows if access.may_change(row.series.activity.organisation)]
