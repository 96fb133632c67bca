"""Many decisions at once: what is clear is done in the order of asking, the rest is shown with its reason."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from core import clock
from core.errors import PlannerError
from enrollment.domain import evidence, requests
from enrollment.domain.secrecy import own_enrollments
from enrollment.models import Enrollment
from prisons.access import Access
from prisons.models import User

E = Enrollment.State


@dataclass(frozen=True)
class BulkException:
    """One that somebody must look at."""

    enrollment: Enrollment
    why: str


@dataclass(frozen=True)
class BulkOutcome:
    placed: list[Enrollment]
    awaiting: list[Enrollment]
    waiting: list[Enrollment]
    exceptions: list[BulkException]

    @property
    def done(self) -> int:
        return len(self.placed) + len(self.awaiting) + len(self.waiting)


def approve_without_exceptions(
    access: Access, enrollment_ids: Collection[int], *, by: User, now: dt.datetime | None = None
) -> BulkOutcome:
    """Each in a transaction of its own, first come first; a refusal in between becomes an exception."""
    at = now or clock.now()
    rows = own_enrollments(access).filter(pk__in=list(enrollment_ids), state=E.REQUESTED)
    asked = list(
        rows.select_related("participant", "series__prison", "series__activity__organisation").order_by(
            "requested_at", "pk"
        )
    )
    found = _evidence(asked, at)
    outcome = BulkOutcome([], [], [], [])
    lists = {E.PLACED: outcome.placed, E.AWAITING: outcome.awaiting, E.WAITING: outcome.waiting}
    for each in asked:
        if found[each.pk].is_exception:
            outcome.exceptions.append(BulkException(each, found[each.pk].summary))
            continue
        try:
            row = requests.approve(each, by=by, now=at, seen=each.version)
        except PlannerError as error:
            outcome.exceptions.append(BulkException(each, str(error)))
        else:
            lists[E(row.state)].append(row)
    return outcome


def _evidence(asked: list[Enrollment], at: dt.datetime) -> dict[int, evidence.Evidence]:
    by_series: dict[int, list[Enrollment]] = defaultdict(list)
    for each in asked:
        by_series[each.series_id].append(each)
    found: dict[int, evidence.Evidence] = {}
    for group in by_series.values():
        found |= evidence.of_series(group[0].series, group, now=at)
    return found
