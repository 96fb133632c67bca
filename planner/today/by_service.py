"""For a coordinator: what waits at each service. Conflicts and asks of all, requests only of the own ones."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from core.dates import clock
from enrollment.domain.requests import counts
from planner.models import Ask
from planner.scheduling.asks.lists import open_ahead
from planner.scheduling.rules.open_conflicts import hard_ones
from prisons.access import Access
from prisons.models import Organisation


@dataclass(frozen=True)
class WaitingRequests:
    """One service. What the reader may not know of another's requests is None."""

    service: Organisation
    conflicts: int
    asks: int
    undecided: int | None = None
    overdue: int | None = None
    to_hand_out: int | None = None
    oldest_days: int | None = None
    is_own: bool = False

    @property
    def is_any(self) -> bool:
        numbers = (self.conflicts, self.asks, self.undecided, self.overdue, self.to_hand_out)
        return any(numbers)


def waiting_by_service(access: Access, *, now: dt.datetime | None = None) -> list[WaitingRequests]:
    """Only for coordinators, and only services where something waits. Four queries."""
    if not access.authorities:
        return []
    conflicts = Counter(one.organisation_id for one in hard_ones(access, now=now))
    asks = _counted(open_ahead(access.prison, now=now), "to_organisation")
    waiting = counts.open_requests(access, now=now)
    undecided = Counter(one.organisation_id for one in waiting if not one.is_wish)
    overdue = Counter(one.organisation_id for one in waiting if one.is_overdue)
    oldest = {one.organisation_id: one.received_on for one in reversed(waiting)}  # the last one said stays
    slips = _slips(access)
    rows = []
    for service in access.prison.organisations.all():
        pk, is_own = service.pk, access.may_change(service)
        since = oldest.get(pk)
        rows.append(
            WaitingRequests(
                service,
                conflicts[pk],
                asks[pk],
                undecided[pk] if is_own else None,
                overdue[pk] if is_own else None,
                slips[pk] if is_own else None,
                (clock.today(now) - since).days if is_own and since else None,
                is_own,
            )
        )
    return [row for row in rows if row.is_any]


def _counted(rows: QuerySet[Ask] | QuerySet, path: str) -> Counter[int]:
    found = rows.order_by().values_list(path).annotate(number=Count("pk", distinct=True))
    return Counter(dict(found.values_list(path, "number")))


def _slips(access: Access) -> Counter[int]:
    """Each slip once: at the service of its request, else of its enrolment."""
    rows = counts.to_hand_out(access).order_by()
    found = rows.values_list("pk", "request__organisation", "enrollment__series__activity__organisation")
    services = {pk: by_request or by_series for pk, by_request, by_series in found}
    return Counter(service for service in services.values() if service)
