"""A facilitator's own sessions in every prison: what comes, when to be at the gate, what was told."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from core.dates import clock
from planner.models import Notice
from prisons.models import Membership, Prison, Role, User
from sessions.models import FeedRules, GroupSession, Worker

DAYS_AHEAD = 60


def worker_of(user: User) -> Worker | None:
    return Worker.objects.filter(user=user, is_active=True).first()


def coming(worker: Worker, *, now: dt.datetime | None = None) -> QuerySet[GroupSession]:
    """Published sessions of two months, cancelled ones too, in prisons where the role still runs."""
    at = now or clock.now()
    roles = Membership.objects.live_on(clock.today(at)).filter(user=worker.user, role=Role.WORKER)
    shown = (GroupSession.State.PUBLISHED, GroupSession.State.CANCELLED)
    return (
        GroupSession.objects.filter(session_workers__worker=worker, prison__in=roles.values("prison"))
        .filter(state__in=shown, published_at__isnull=False)
        .filter(ends_at__gte=at, starts_at__lt=at + dt.timedelta(days=DAYS_AHEAD))
        .select_related("series__activity__organisation", "room", "prison")
        .order_by("starts_at", "pk")
    )


def unread(worker: Worker, *, now: dt.datetime | None = None) -> QuerySet[Notice]:
    """What this facilitator was told and has not said to have read, as long as it still matters."""
    at = now or clock.now()
    rows = Notice.objects.filter(
        worker=worker, read_at__isnull=True, created_at__gt=at - dt.timedelta(days=30)
    )
    return rows.select_related("session__series__activity", "prison")


def prisons_of(worker: Worker, *, now: dt.datetime | None = None) -> list[Prison]:
    """Where the role of facilitator still runs."""
    roles = Membership.objects.live_on(clock.today(now)).filter(user=worker.user, role=Role.WORKER)
    return list(Prison.objects.filter(pk__in=roles.values("prison"), worker_accesses__worker=worker))


def gate_minutes(prisons: list[Prison]) -> dict[int, int]:
    """Prison -> how long before the start to be at the gate."""
    default = FeedRules().gate_minutes
    told = dict(FeedRules.objects.filter(prison__in=prisons).values_list("prison", "gate_minutes"))
    return {prison.pk: told.get(prison.pk, default) for prison in prisons}
