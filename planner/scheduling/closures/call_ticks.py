"""Ticks of the call list of a closure: who has reached which facilitator, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction

from core.dates import clock
from planner.models import ClosureCall, Notice
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.models import User
from rooms.models import Closure
from sessions.models import Worker


def calls_about(closure: Closure) -> dict[int, ClosureCall]:
    """By facilitator, those about the closure as it stands."""
    rows = ClosureCall.objects.filter(closure=closure, state=closure.state).select_related("by")
    return {row.worker_id: row for row in rows}


def tick(
    closure: Closure,
    worker: Worker,
    sessions: Collection[int],
    *,
    by: User,
    now: dt.datetime | None = None,
) -> None:
    """This facilitator was reached about these sessions. Ticked twice, the first one counts."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(closure.prison_id)
        closure = Closure.objects.get(pk=closure.pk)
        row, is_new = ClosureCall.objects.get_or_create(
            closure=closure, worker=worker, state=closure.state, defaults={"by": by, "at": at}
        )
        if is_new:
            _notices(worker, sessions).filter(called_at__isnull=True).update(called_at=at, called_by=by)
            audit.record(prison, by, "call", row, now=at)


def untick(
    closure: Closure,
    worker: Worker,
    sessions: Collection[int],
    *,
    by: User,
    now: dt.datetime | None = None,
) -> None:
    """The tick was a slip: the facilitator is still to be called."""
    with transaction.atomic():
        prison = lock_prison(closure.prison_id)
        closure = Closure.objects.get(pk=closure.pk)
        for row in ClosureCall.objects.filter(closure=closure, worker=worker, state=closure.state):
            notices = _notices(worker, sessions).filter(called_at=row.at, called_by=row.by_id)
            notices.update(called_at=None, called_by=None)
            target = (ClosureCall, row.pk)
            row.delete()
            audit.record(prison, by, "take_back", target, now=now)


def _notices(worker: Worker, sessions: Collection[int]) -> Any:
    """What the program holds ready to tell about the same: whoever was reached need not be called again."""
    return Notice.objects.filter(worker=worker, session__in=sessions)
