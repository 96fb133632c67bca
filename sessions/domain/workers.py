"""Facilitators: who they are, where they may enter and until when, the dates they cannot. The only writer.

A worker is one row for all prisons. Whatever bears on a plan makes the plans of every prison where they work
be looked at anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.dates import clock
from core.errors import PlannerError
from core.words.folding import name_key
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.models import Organisation, Prison, User
from rooms.domain import rulebook
from rooms.domain.places import require_order
from sessions.models import Worker, WorkerAbsence, WorkerAccess, WorkerWish

WARN_DAYS = 30
LONGEST_ABSENCE = dt.timedelta(days=366)


@dataclass(frozen=True)
class Permission:
    """How it stands with entering the prison on a date. `days_left` is None where no date is set."""

    state: str
    """A code of core/words/badges.py: `granted`, `expired`, `asked` (none yet), or `announced` (expires soon)."""
    days_left: int | None = None

    @property
    def is_urgent(self) -> bool:
        return self.state != "granted"


class Added(NamedTuple):
    """Who came, and the rows that came with them."""

    worker: Worker
    access: WorkerAccess
    services: list[Model]
    was_known: bool


def permission_of(access: WorkerAccess, *, now: dt.datetime | None = None) -> Permission:
    """The state of the permission today, warned 30 days ahead."""
    if not access.needs_permission:
        return Permission("granted")
    if access.permitted_until is None:
        return Permission("asked")
    days = (access.permitted_until - clock.today(now)).days
    if days < 0:
        return Permission("expired", days)
    return Permission("announced" if days < WARN_DAYS else "granted", days)


def add_worker(
    prison: Prison,
    values: Mapping[str, Any],
    entry: Mapping[str, Any],
    *,
    by: User,
    organisations: Iterable[Organisation] = (),
) -> Added:
    """A facilitator of this prison (`entry`: the fields of WorkerAccess).

    Somebody who works in another prison is recognised by the e-mail address: their own row stays as it is
    and only gains this prison. Raises PlannerError `works_here_already` (422).
    """
    with transaction.atomic():
        locked = lock_prison(prison)
        _require_new_here(locked, values["name"], values.get("email") or "")
        known = Worker.objects.filter(email__iexact=values["email"]).first() if values.get("email") else None
        worker = known or rulebook.write(prison, _new_worker(values), values, by=by, is_rule=False)
        services = _add_services(worker, organisations)
        access = rulebook.write(prison, WorkerAccess(prison=prison, worker=worker), entry, by=by)
    return Added(worker, access, services, known is not None)


def found_here(prison: Prison, name: str, email: str) -> Worker | None:
    """Who works here with the same address, or with the same name where one of the two has no address."""
    here = [access.worker for access in WorkerAccess.objects.in_prison(prison).select_related("worker")]
    same = [worker for worker in here if email and worker.email.lower() == email.lower()]
    key = name_key(name)
    namesakes = [worker for worker in here if name_key(worker.name) == key]
    return next(
        (worker for worker in [*same, *namesakes] if worker in same or not (email and worker.email)), None
    )


def _require_new_here(prison: Prison, name: str, email: str) -> None:
    known = found_here(prison, name, email)
    if known is None:
        return
    has_address = bool(email) and known.email.lower() == email.lower()
    message = (
        _("%(name)s already works here, with this address.")
        if has_address
        else _(
            "%(name)s already works here. Is it somebody else with this name? Give both an e-mail address."
        )
    )
    raise PlannerError("works_here_already", message, status=422, name=known.name)


def _add_services(worker: Worker, organisations: Iterable[Organisation]) -> list[Model]:
    """The rows that say so, of those for which they did not work yet."""
    links = Worker.organisations.through._default_manager.filter(worker=worker)
    before = set(links.values_list("pk", flat=True))
    worker.organisations.add(*organisations)
    return list(links.exclude(pk__in=before))


def _new_worker(values: Mapping[str, Any]) -> Worker:
    """Linked to the person who signs in with the same address, if there is one."""
    user = User.objects.filter(email__iexact=values["email"]).first() if values.get("email") else None
    return Worker(user=user if user and not hasattr(user, "worker") else None)


def change_worker(
    access: WorkerAccess,
    values: Mapping[str, Any],
    entry: Mapping[str, Any],
    *,
    by: User,
    seen: str = "",
    organisations: Iterable[Organisation] | None = None,
) -> Worker:
    """Raises PlannerError `address_taken` (422) or `changed_meanwhile` (409)."""
    with transaction.atomic():
        lock_prison(access.prison)
        email = values.get("email", "")
        if email and Worker.objects.filter(email__iexact=email).exclude(pk=access.worker_id).exists():
            message = _("Another facilitator already has this address.")
            raise PlannerError("address_taken", message, status=422)
        worker = rulebook.write(
            access.prison,
            access.worker,
            values,
            by=by,
            seen=seen,
            is_rule=False,
            also_in=Prison.objects.filter(pk__in=access.worker.accesses.values("prison")),
        )
        if organisations is not None:
            _set_organisations(worker, access.prison, set(organisations))
        rulebook.write(access.prison, access, entry, by=by)
    return worker


def _set_organisations(worker: Worker, prison: Prison, chosen: set[Organisation]) -> None:
    """Only services of this prison are chosen here; those of elsewhere stay."""
    here = set(worker.organisations.filter(prisons=prison))
    worker.organisations.remove(*(here - chosen))
    worker.organisations.add(*(chosen - here))


def end_access(access: WorkerAccess, *, by: User, now: dt.datetime | None = None) -> None:
    """The facilitator works here no longer. Raises PlannerError `has_sessions` (409) while some are to come."""
    coming = access.worker.session_workers.filter(
        session__prison=access.prison, live=True, starts_at__gte=now or clock.now()
    ).count()
    if coming:
        message = ngettext_lazy(
            "%(name)s still leads %(count)s coming session here. Give it to somebody else first.",
            "%(name)s still leads %(count)s coming sessions here. Give them to somebody else first.",
            coming,
        )
        raise PlannerError("has_sessions", message, name=access.worker.name, count=coming)
    rulebook.remove(access.prison, access, by=by)


def add_absence(
    worker: Worker, prison: Prison, starts_at: dt.datetime, ends_at: dt.datetime, *, by: User
) -> WorkerAbsence:
    """Dates I cannot; never with a reason. What it hits becomes an open conflict.

    Raises PlannerError `ends_before_start`, `too_long` or `absent_already` (422).
    """
    if ends_at <= starts_at:
        raise PlannerError("ends_before_start", _("The end must come after the start."), status=422)
    if ends_at - starts_at > LONGEST_ABSENCE:
        raise PlannerError("too_long", _("Dates you cannot span a year at the most."), status=422)
    with transaction.atomic():
        locked = lock_prison(prison)
        if worker.absences.filter(starts_at__lte=starts_at, ends_at__gte=ends_at).exists():
            raise PlannerError("absent_already", _("These dates are in the list already."), status=422)
        absence = WorkerAbsence.objects.create(worker=worker, starts_at=starts_at, ends_at=ends_at)
        audit.record(locked, by, "add_workerabsence", absence)
    return absence


def remove_absence(absence: WorkerAbsence, prison: Prison, *, by: User) -> None:
    """The worker can come after all."""
    with transaction.atomic():
        locked = lock_prison(prison)
        target = (WorkerAbsence, absence.pk)
        absence.delete()
        audit.record(locked, by, "remove_workerabsence", target)


def add_wish(
    worker: Worker, prison: Prison, weekdays: Iterable[int], starts: dt.time, ends: dt.time, *, by: User
) -> list[WorkerWish]:
    """Hours in which the worker would rather not. Raises PlannerError `ends_before_start` (422)."""
    require_order(starts, ends)
    with transaction.atomic():
        locked = lock_prison(prison)
        wishes = [
            WorkerWish.objects.create(worker=worker, weekday=weekday, starts=starts, ends=ends)
            for weekday in sorted(set(weekdays))
        ]
        audit.record_many(locked, by, "add_workerwish", wishes)
    return wishes


def remove_wish(wish: WorkerWish, prison: Prison, *, by: User) -> None:
    with transaction.atomic():
        locked = lock_prison(prison)
        target = (WorkerWish, wish.pk)
        wish.delete()
        audit.record(locked, by, "remove_workerwish", target)


def coming_hits(
    worker: Worker, prison: Prison, starts_at: dt.datetime, ends_at: dt.datetime
) -> list[tuple[int, dt.datetime]]:
    """(session, its start) of the sessions here that an absence would break, in order of time."""
    rows = worker.session_workers.filter(
        session__prison=prison, live=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).order_by("starts_at")
    return [(session, at) for session, at in rows.values_list("session_id", "starts_at") if at]
