"""Who has not read what cannot wait: the list of calls, by facilitator."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from core.dates import clock
from core.words.folding import as_filed
from planner.models import Notice, StaffNotice
from planner.notifications.sentences import sentence
from planner.notifications.session_change import URGENT
from prisons.access import Access
from prisons.domain.records import audit
from prisons.models import Membership, Message, Role, User
from sessions.models import Worker


@dataclass(frozen=True)
class Call:
    """One facilitator to call, and what to say."""

    worker: Worker
    sentences: tuple[str, ...]
    letter: Message | None = None
    """The last one about it; None when there is none, as without an address."""


def to_call(access: Access, *, now: dt.datetime | None = None) -> QuerySet[Notice]:
    """Urgent, not read, nobody has called yet, and the session (as it was or is) has not passed."""
    at = now or clock.now()
    own = Q(session__series__activity__organisation__in=access.organisation_ids)
    own |= Q(session__series__activity__organisation__authority__in=access.authorities)
    coming = Q(session__starts_at__gt=at) | Q(was_starts_at__gt=at)
    rows = Notice.objects.in_prison(access.prison).filter(own, coming, is_urgent=True)
    rows = rows.filter(read_at__isnull=True, called_at__isnull=True)
    rows = rows.select_related("worker", "prison", "message", "session__series__activity")
    return rows.order_by("worker__name", "pk")


def calls(access: Access, *, now: dt.datetime | None = None) -> list[Call]:
    found: dict[Worker, list[Notice]] = defaultdict(list)
    for row in to_call(access, now=now):
        found[row.worker].append(row)
    return [
        Call(worker, tuple(sentence(row) for row in rows), rows[-1].message) for worker, rows in found.items()
    ]


def number_to_call(access: Access, *, now: dt.datetime | None = None) -> int:
    """How many calls these are, without what is to be said."""
    return to_call(access, now=now).order_by().values("worker").distinct().count()


def staff_not_read(access: Access, *, now: dt.datetime | None = None) -> list[StaffNotice]:
    """People of the own services and of the prison whose letter of these two days cannot wait and is not read.

    Each once, with the last of these letters.
    """
    at = now or clock.now()
    live = Membership.objects.in_prison(access.prison).live_on(clock.today(at))
    own = Q(organisation__in=access.organisation_ids) | Q(organisation__authority__in=access.authorities)
    people = live.filter(own | Q(role=Role.LIAISON)).exclude(user=access.user)
    rows = StaffNotice.objects.in_prison(access.prison).filter(
        user__in=people.values("user"), is_urgent=True, read_at__isnull=True, created_at__gt=at - URGENT
    )
    last = {row.user_id: row for row in rows.select_related("user", "message").order_by("created_at", "pk")}
    return sorted(last.values(), key=lambda row: as_filed(str(row.user)))


def mark_called(access: Access, worker_pk: int, *, by: User, now: dt.datetime | None = None) -> int:
    """Somebody has called this facilitator about all of it; returns about how many changes."""
    at = now or clock.now()
    with transaction.atomic():
        ids = list(to_call(access, now=at).filter(worker=worker_pk).values_list("pk", flat=True))
        Notice.objects.filter(pk__in=ids).update(called_at=at, called_by=by)
        audit.record_many(
            access.prison, by, "call", [(Notice, pk) for pk in ids], fields=["called_at"], now=at
        )
    return len(ids)
