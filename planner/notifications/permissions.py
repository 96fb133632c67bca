"""Permissions to enter that end within a month: told once, to the facilitator, the services and the prison."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.dates import clock
from planner.models import StaffNotice
from planner.notifications import staff
from planner.notifications.session_change import URGENT
from prisons.domain.background import outbox
from prisons.domain.records import audit
from prisons.models import Letters
from sessions.models import WorkerAccess

DAYS_BEFORE = 30


def tell_ending(*, now: dt.datetime | None = None) -> int:
    """Every permission once, thirty days before its last day; returns how many. May run as often as it likes."""
    at = now or clock.now()
    day = clock.today(at)
    ending = WorkerAccess.objects.filter(
        Q(warned_until__isnull=True) | ~Q(warned_until=F("permitted_until")),
        needs_permission=True,
        worker__is_active=True,
        permitted_until__gte=day,
        permitted_until__lte=day + dt.timedelta(days=DAYS_BEFORE),
    )
    return sum(_tell(access, at) for access in ending.select_related("worker__user", "prison"))


def _tell(access: WorkerAccess, now: dt.datetime) -> bool:
    until = access.permitted_until
    if until is None:
        return False
    with transaction.atomic():
        untold = WorkerAccess.objects.filter(pk=access.pk, permitted_until=until).exclude(warned_until=until)
        untold |= WorkerAccess.objects.filter(pk=access.pk, permitted_until=until, warned_until=None)
        if not untold.update(warned_until=until):
            return False
        audit.record(access.prison, None, "warn_permission", access, fields=["warned_until"], now=now)
        is_urgent = until <= clock.today(now + URGENT)
        _tell_staff(access, until, is_urgent, now)
        if access.worker.email and (is_urgent or access.worker.letters != Letters.NEVER):
            _write_to(access, until, now)
    return True


def _tell_staff(access: WorkerAccess, until: dt.date, is_urgent: bool, now: dt.datetime) -> None:
    services = access.worker.organisations.filter(prisons=access.prison).values_list("pk", flat=True)
    facts = {"access": access.pk, "until": until.isoformat()}
    notices = [
        staff.notice(access.prison, user, StaffNotice.Kind.PERMISSION, facts, is_urgent, now)
        for user, own in staff.readers(access.prison, services, now=now).each()
    ]
    staff.keep(access.prison, notices, now=now)


def _write_to(access: WorkerAccess, until: dt.date, now: dt.datetime) -> None:
    worker = access.worker
    with translation.override(worker.letter_language):
        facts = {"prison": access.prison, "day": date_format(until, "l j F Y")}
        subject = _("Your permission for %(prison)s ends on %(day)s") % facts
        context = {"worker": worker, "told": subject, "product": settings.PRODUCT_NAME, **facts}
        body = render_to_string("planner/notifications/permission.txt", context)
        outbox.post(access.prison, worker.email, "permission", worker.letter_language, subject, body, now=now)
