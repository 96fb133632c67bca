"""Many decisions at once: what is clear is done in the order of asking, the rest is shown with its reason."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import transaction

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from enrollment.domain.deciding import evidence
from enrollment.domain.locking import lock_facts
from enrollment.domain.participants.visibility import own_enrollments
from enrollment.domain.requests import decisions
from enrollment.domain.requests.states import Verb
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
    """What became of each, in the order of asking."""

    decided: list[Enrollment]
    exceptions: list[BulkException]

    def _in(self, state: E) -> list[Enrollment]:
        return [row for row in self.decided if row.state == state]

    @property
    def placed(self) -> list[Enrollment]:
        return self._in(E.PLACED)

    @property
    def awaiting(self) -> list[Enrollment]:
        return self._in(E.AWAITING)

    @property
    def waiting(self) -> list[Enrollment]:
        return self._in(E.WAITING)

    @property
    def declined(self) -> list[Enrollment]:
        return self._in(E.DECLINED)

    @property
    def withdrawn(self) -> list[Enrollment]:
        return self._in(E.WITHDRAWN)

    def digest(self, verb: Verb, reason: str) -> str:
        """Stands for who gets which answer."""
        decided = [(row.pk, row.state, row.version) for row in self.decided]
        return digest(verb, reason, decided, [(each.enrollment.pk, each.why) for each in self.exceptions])


def decide(
    access: Access,
    verb: Verb,
    enrollment_ids: Collection[int],
    *,
    by: User,
    reason: str = "",
    now: dt.datetime | None = None,
) -> BulkOutcome:
    """One verb for many, each in a transaction of its own, first come first.

    An approval leaves out whoever somebody must look at; a refusal in between becomes an exception too.
    """
    at = now or clock.now()
    asked = _asked(access, enrollment_ids)
    found = _evidence(asked, at) if verb == Verb.APPROVE else {}
    outcome = BulkOutcome([], [])
    for each in asked:
        if each.pk in found and found[each.pk].is_exception:
            outcome.exceptions.append(BulkException(each, found[each.pk].summary))
            continue
        try:
            outcome.decided.append(_ACTS[verb](each, reason, by, at))
        except PlannerError as error:
            outcome.exceptions.append(BulkException(each, str(error)))
    return outcome


def preview(
    access: Access,
    verb: Verb,
    enrollment_ids: Collection[int],
    *,
    by: User,
    reason: str = "",
    now: dt.datetime | None = None,
) -> BulkOutcome:
    """What `decide` would do, tried and taken back: the very act, so that the two can never differ."""
    with transaction.atomic():
        outcome = decide(access, verb, enrollment_ids, by=by, reason=reason, now=now)
        transaction.set_rollback(True)
    return outcome


def decide_as_shown(
    access: Access, verb: Verb, enrollment_ids: Collection[int], seen: str, *, by: User, reason: str = ""
) -> BulkOutcome:
    """Does it when it does what the page showed. Raises NotAsShown (409) when somebody changed anything."""
    with transaction.atomic():
        lock_facts(access.prison.pk)
        outcome = decide(access, verb, enrollment_ids, by=by, reason=reason)
        require_seen(seen, outcome.digest(verb, reason))
    return outcome


def _asked(access: Access, enrollment_ids: Collection[int]) -> list[Enrollment]:
    rows = own_enrollments(access).filter(pk__in=list(enrollment_ids), state=E.REQUESTED)
    return list(
        rows.select_related("participant", "series__prison", "series__activity__organisation").order_by(
            "requested_at", "pk"
        )
    )


_ACTS: dict[Verb, Callable[[Enrollment, str, User, dt.datetime], Enrollment]] = {
    Verb.APPROVE: lambda row, reason, by, at: decisions.approve(row, by=by, now=at, seen=row.version),
    Verb.PUT_ON_LIST: lambda row, reason, by, at: decisions.put_on_list(row, by=by, now=at, seen=row.version),
    Verb.DECLINE: lambda row, reason, by, at: decisions.decline(row, reason, by=by, now=at, seen=row.version),
    Verb.WITHDRAW: lambda row, reason, by, at: decisions.withdraw(row, by=by, now=at, seen=row.version),
}


def _evidence(asked: list[Enrollment], at: dt.datetime) -> dict[int, evidence.Evidence]:
    by_series: dict[int, list[Enrollment]] = defaultdict(list)
    for each in asked:
        by_series[each.series_id].append(each)
    found: dict[int, evidence.Evidence] = {}
    for group in by_series.values():
        found |= evidence.of_series(group[0].series, group, now=at)
    return found
