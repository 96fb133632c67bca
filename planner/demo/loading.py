"""Load the demo into a database of its own: once a day, the same rows from the same seed."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.dates.clock import now as clock_now
from core.dates.clock import today as clock_today
from core.dates.weeks import Week
from core.errors import PlannerError
from planner.demo import (
    accounts,
    asks,
    attendance,
    lists,
    offer,
    people,
    places,
    proposals,
    requests,
    schedule,
)
from prisons.guards import audit_guards
from prisons.models import AuditEntry, Prison, User

SEED = 20261122
_VERB = "load_demo"


def load(*, seed: int = SEED, now: dt.datetime | None = None, fresh: bool = False) -> dict[str, Any]:
    """Fills the database unless it was filled today; answers sign-ins, feed address and API token.

    Whatever an earlier day loaded is thrown away. Raises PlannerError where the database is not the demo's.
    """
    at = now or clock_now()
    check_database()
    last = AuditEntry.objects.filter(verb=_VERB, object_id=seed).first()
    if last and not fresh and clock_today(last.at) == clock_today(at):
        facts: dict[str, Any] = accounts.facts(seed)
        return facts
    if Prison.objects.exists():
        audit_guards.lift(connection)  # the flush ends with post_migrate, which lays them again
        call_command("flush", interactive=False, verbosity=0)
    with transaction.atomic(), translation.override("nl"):
        return _build(seed, at)


def check_database() -> None:
    """Raises PlannerError unless this is the demo's process and nobody real is in the database."""
    if not settings.DEMO:
        raise PlannerError("not_the_demo", _("The demo is loaded only where DEMO is switched on."), 403)
    is_real = Prison.objects.exclude(slug__in=places.SLUGS).exists() or (
        Prison.objects.exists() and not User.objects.filter(is_demo=True).exists()
    )
    if is_real or User.objects.filter(is_demo=False, memberships__isnull=False).exists():
        raise PlannerError(
            "not_the_demo", _("This database holds real prisons: the demo stays out of it."), 409
        )


def _build(seed: int, now: dt.datetime) -> dict[str, Any]:
    today = clock_today(now)
    ground = places.build(offer.term_of(today), now)
    offering = offer.build(Random(f"{seed} offer"), ground, today)
    cast = accounts.build(seed, ground, offering, now)
    closures = places.announce_closures(ground, Week.from_date(today), now)
    sessions = schedule.build(Random(f"{seed} schedule"), ground, offering.groups, closures, now)
    residents = people.build(Random(f"{seed} people"), ground, offering, today)
    clerks = [cast[name] for name in ("anna", "emilie", "nadia", "sofie")]
    enrollments = requests.build(Random(f"{seed} requests"), offering.groups, residents, clerks, now)
    attendance.build(Random(f"{seed} came"), offering.groups, sessions, enrollments, cast["anna"], now)
    asks.build(ground, cast, now)
    proposals.build(ground, cast, now)
    lists.build(Random(f"{seed} lists"), "haren", now)
    AuditEntry.objects.create(at=now, verb=_VERB, model=Prison._meta.label_lower, object_id=seed)
    return accounts.facts(seed)
