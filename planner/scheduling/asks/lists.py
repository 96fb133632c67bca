"""Asks as lists: received, sent, answered. A count is the length of the very list."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from core.dates import clock
from planner.models import Ask
from prisons.access import Access
from prisons.models import Prison

SHOWN_ANSWERED = dt.timedelta(days=60)
RELATED = (
    "from_organisation",
    "to_organisation",
    "session__series__activity__organisation",
    "session__room",
    "session__cancellation",
    "swap_with__series__activity__organisation",
    "swap_with__room",
    "asked_by",
    "answered_by",
)
State = Ask.State


def received(access: Access, *, now: dt.datetime | None = None) -> QuerySet[Ask]:
    """What waits for an answer of the reader's services."""
    return (
        _ahead(access, now).filter(_of_mine(access, "to_organisation")).order_by("session__starts_at", "pk")
    )


def sent(access: Access, *, now: dt.datetime | None = None) -> QuerySet[Ask]:
    """What the reader's services asked and nobody has answered yet."""
    return _ahead(access, now).filter(_of_mine(access, "from_organisation"))


def answered(access: Access, *, now: dt.datetime | None = None) -> QuerySet[Ask]:
    """What was answered or taken back in the last sixty days, both ways, and what nobody answered in time."""
    at = now or clock.now()
    mine = _of_mine(access, "to_organisation") | _of_mine(access, "from_organisation")
    over = ~Q(state=State.OPEN) | Q(session__starts_at__lt=clock.midnight(clock.today(at)))
    asks = asks_of(access.prison).filter(mine, over, asked_at__gt=at - SHOWN_ANSWERED)
    return asks.order_by("-answered_at", "-asked_at")


def asks_of(prison: Prison) -> QuerySet[Ask]:
    return Ask.objects.in_prison(prison).select_related(*RELATED)


def open_ahead(prison: Prison, *, now: dt.datetime | None = None) -> QuerySet[Ask]:
    """Open, and the day of the session is not over; of every service."""
    start = clock.midnight(clock.today(now))
    ahead = Q(session__starts_at__isnull=True) | Q(session__starts_at__gte=start)
    return asks_of(prison).filter(ahead, state=State.OPEN)


def _ahead(access: Access, now: dt.datetime | None) -> QuerySet[Ask]:
    return open_ahead(access.prison, now=now)


def _of_mine(access: Access, side: str) -> Q:
    return Q(**{f"{side}__in": access.organisation_ids}) | Q(**{f"{side}__authority__in": access.authorities})
