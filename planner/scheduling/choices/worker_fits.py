"""Facilitators for some dates: until when each is permitted, on how many of the dates they are free, best first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.dates.clock import today
from core.words.folding import asked, begins
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.snapshot import SeriesFacts, SnapshotRow
from planner.scheduling.series.making import NOT_YET
from prisons.models import Prison
from rooms.domain.facts import rules_of
from sessions.models import Worker

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class WorkerFit:
    worker: Worker
    needs_permission: bool
    permitted_until: dt.date | None
    is_of_the_service: bool
    dates: int
    free: int
    """Of the dates: nothing forbids it."""

    @property
    def lacks_permission(self) -> bool:
        return self.needs_permission and self.permitted_until is None

    @property
    def rank(self) -> tuple[int, bool, str]:
        return -self.free, not self.is_of_the_service, self.worker.name.casefold()


def workers_like(prison: Prison, text: str) -> list[Worker]:
    """Those who work here and whose name has words that begin so; all of them for an empty text."""
    rows = Worker.objects.in_prison(prison).active().distinct()
    for word in next(iter(asked(text)), []):
        rows = rows.filter(name_words__contains=begins(word))
    return list(rows)


def worker_fits(
    prison: Prison,
    workers: Iterable[Worker],
    spans: Sequence[Span],
    service_id: int | None = None,
    gone: Iterable[int] = (),
) -> list[WorkerFit]:
    """A fixed number of queries: everybody is put on every date at once, and each conflict names its facilitator.

    `gone` are sessions that the dates stand for: who leads those is not kept from leading them.
    """
    rows = list(workers)
    ids = [worker.pk for worker in rows]
    loaded = snapshot.load(prison, {today(start) for start, _end in spans}, extra_workers=ids)
    loaded = loaded.with_rows([], gone=gone)
    busy = _busy(prison, loaded, ids, spans) if spans else {}
    own = _of_service(ids, service_id)
    fits = []
    for worker in rows:
        facts = loaded.workers.get(worker.pk) or snapshot.WorkerFacts()
        free = len(spans) - len(busy.get(worker.pk, ()))
        permission = facts.needs_permission, facts.permitted_until
        fits.append(WorkerFit(worker, *permission, worker.pk in own, len(spans), free))
    return sorted(fits, key=lambda fit: fit.rank)


def _busy(
    prison: Prison, loaded: snapshot.Snapshot, ids: Sequence[int], spans: Sequence[Span]
) -> dict[int, set[int]]:
    """Worker -> the dates on which something forbids it."""
    facts = SeriesFacts(NOT_YET, 0, 0, frozenset(), frozenset(), None, True)
    rows = [SnapshotRow(-1 - number, NOT_YET, None, *span, tuple(ids)) for number, span in enumerate(spans)]
    tried = replace(loaded, series={**loaded.series, NOT_YET: facts}).with_rows(rows)
    busy: dict[int, set[int]] = defaultdict(set)
    for conflict in conflicts.find(tried, rules_of(prison)):
        worker = dict(conflict.facts).get("worker")
        if conflict.is_hard and conflict.session_id < 0 and worker is not None:
            busy[worker].add(conflict.session_id)
    return busy


def _of_service(ids: Sequence[int], service_id: int | None) -> set[int]:
    if service_id is None:
        return set()
    return set(Worker.objects.filter(pk__in=ids, organisations=service_id).values_list("pk", flat=True))
