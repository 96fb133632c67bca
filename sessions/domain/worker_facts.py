"""What the conflict engine asks about facilitators: when they cannot, where they may, what they would rather not.

Loaded for the workers and the span of one question, in four queries; the questions themselves are pure.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from prisons.models import Prison
from rooms.domain.availability import LocalSpan
from rooms.domain.facts import minutes
from sessions.models import SessionWorker, Worker, WorkerAbsence, WorkerAccess, WorkerWish

Spans = tuple[tuple[dt.datetime, dt.datetime], ...]
Permission = Literal["missing", "expiring", "valid"]

WARN_DAYS = 30


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    worker_id: int
    name: str
    works_here: bool
    """False: no link to this prison at all, so there is no permission either."""
    needs_permission: bool
    permitted_until: dt.date | None
    absences: Spans = ()
    elsewhere: Spans = ()
    """Live sessions in other prisons: that they are, never what or where."""
    wishes: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """Weekday -> minutes of the day in which they would rather not work."""


def load_workers(
    prison: Prison, worker_ids: Collection[int], starts_at: dt.datetime, ends_at: dt.datetime
) -> dict[int, WorkerFacts]:
    """Facts of these workers that bear on the span, by id; four queries whatever the size."""
    accesses = {
        row.worker_id: row for row in WorkerAccess.objects.in_prison(prison).filter(worker__in=worker_ids)
    }
    absences = _spans(
        WorkerAbsence.objects.filter(worker__in=worker_ids, starts_at__lt=ends_at, ends_at__gt=starts_at)
        .order_by("starts_at")
        .values_list("worker_id", "starts_at", "ends_at")
    )
    elsewhere = _spans(
        SessionWorker.objects.filter(
            worker__in=worker_ids, live=True, starts_at__lt=ends_at, ends_at__gt=starts_at
        )
        .exclude(session__prison=prison)
        .order_by("starts_at")
        .values_list("worker_id", "starts_at", "ends_at")
    )
    wishes: dict[int, dict[int, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for wish in WorkerWish.objects.filter(worker__in=worker_ids):
        wishes[wish.worker_id][wish.weekday].append((minutes(wish.starts), minutes(wish.ends)))
    return {
        worker.pk: WorkerFacts(
            worker_id=worker.pk,
            name=worker.name,
            works_here=worker.pk in accesses,
            needs_permission=accesses[worker.pk].needs_permission if worker.pk in accesses else True,
            permitted_until=accesses[worker.pk].permitted_until if worker.pk in accesses else None,
            absences=tuple(absences.get(worker.pk, ())),
            elsewhere=tuple(elsewhere.get(worker.pk, ())),
            wishes={day: tuple(spans) for day, spans in wishes.get(worker.pk, {}).items()},
        )
        for worker in Worker.objects.filter(pk__in=worker_ids).only("pk", "name")
    }


def permission_on(worker: WorkerFacts, day: dt.date) -> Permission:
    """`missing` when there is none on that date, `expiring` when it ends within 30 days after it, else `valid`.

    Counted from the date of the session, not from today, so that the answer changes only when a fact does.
    """
    if not worker.works_here:
        return "missing"
    if not worker.needs_permission:
        return "valid"
    if worker.permitted_until is None or worker.permitted_until < day:
        return "missing"
    return "expiring" if (worker.permitted_until - day).days < WARN_DAYS else "valid"


def is_absent(worker: WorkerFacts, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Whether some instant of the span is one of the worker's "dates I cannot"."""
    return _meets(worker.absences, starts_at, ends_at)


def is_elsewhere(worker: WorkerFacts, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Whether the worker leads a session in another prison at some instant of the span."""
    return _meets(worker.elsewhere, starts_at, ends_at)


def is_against_wish(worker: WorkerFacts, span: LocalSpan) -> bool:
    """Whether the worker would rather not work in some minute of the span."""
    return any(
        start < span.end and span.start < end for start, end in worker.wishes.get(span.day.isoweekday(), ())
    )


def _meets(spans: Spans, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    return any(start < ends_at and starts_at < end for start, end in spans)


def _spans(
    rows: Iterable[tuple[int, dt.datetime, dt.datetime]],
) -> dict[int, list[tuple[dt.datetime, dt.datetime]]]:
    found: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    for worker_id, starts_at, ends_at in rows:
        found[worker_id].append((starts_at, ends_at))
    return found
