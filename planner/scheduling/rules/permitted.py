"""What a prison says of facilitators and when they like to work, kept until one of these rows is written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from functools import partial
from typing import NamedTuple

from core.database.kept_rows import KeptRows
from prisons.models import Prison
from sessions.models import WorkerAccess


class Permitted(NamedTuple):
    """What a prison says of a facilitator, and when they like to work."""

    needs: bool
    until: dt.date | None
    wishes: tuple[tuple[int, dt.time, dt.time], ...]


_KEPT: KeptRows[Permitted] = KeptRows()
NOBODY = Permitted(True, None, ())
"""Of whom this prison says nothing: read each time, since what is written of them raises no version here."""


def permitted_of(prison: Prison, version: int | None, worker_ids: set[int]) -> dict[int, Permitted]:
    """Of all of these; `version` is the prison's `people_version`."""
    found = _KEPT.of(prison.pk, version, worker_ids, partial(_read, prison))
    return {pk: found.get(pk, NOBODY) for pk in worker_ids}


def _read(prison: Prison, worker_ids: Collection[int]) -> dict[int, Permitted]:
    wishes: dict[int, list[tuple[int, dt.time, dt.time]]] = defaultdict(list)
    accesses: dict[int, tuple[bool, dt.date | None]] = {}
    rows = WorkerAccess.objects.in_prison(prison).filter(worker__in=worker_ids).order_by()
    for worker_id, needs, until, weekday, starts, ends in rows.values_list(
        "worker_id",
        "needs_permission",
        "permitted_until",
        "worker__wishes__weekday",
        "worker__wishes__starts",
        "worker__wishes__ends",
    ):
        accesses[worker_id] = (needs, until)
        if weekday is not None:
            wishes[worker_id].append((weekday, starts, ends))
    return {pk: Permitted(*said, tuple(wishes[pk])) for pk, said in accesses.items()}
