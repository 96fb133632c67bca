"""One person does not come on one date to come: the place is kept, the lists leave the person out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.models import Enrollment, Skip
from prisons.domain.records import audit
from prisons.models import User
from sessions.models import GroupSession


@dataclass(frozen=True)
class ComingDate:
    """A session to come of somebody with a place, and whether the person skips it."""

    session: GroupSession
    is_skipped: bool


def coming_dates(enrollment: Enrollment, *, now: dt.datetime | None = None) -> list[ComingDate]:
    """The dates that a person with a place can still skip, or come to after all. Two queries."""
    if enrollment.state != Enrollment.State.PLACED:
        return []
    skipped = set(enrollment.skips.values_list("session", flat=True))
    rows = GroupSession.objects.live().filter(series=enrollment.series_id, starts_at__gt=now or clock.now())
    return [ComingDate(row, row.pk in skipped) for row in rows.order_by("starts_at")[:20]]


def skip(enrollment: Enrollment, session: GroupSession, *, by: User, now: dt.datetime | None = None) -> Skip:
    """The person does not come on this one date to come. The place is not free then."""
    at = now or clock.now()
    if session.series_id != enrollment.series_id:
        raise PlannerError("other_series", _("This date belongs to another series."), status=404)
    if session.starts_at is None or session.starts_at <= at:
        raise PlannerError("past_date", _("This date is past."))
    if enrollment.state != Enrollment.State.PLACED:
        raise PlannerError("not_placed", _("Only who has a place can skip a date."))
    with transaction.atomic():
        lock_facts(session.prison_id, now=at)
        row, _made = Skip.objects.get_or_create(
            enrollment=enrollment, session=session, defaults={"by": by, "at": at}
        )
        audit.record(session.prison, by, "skip", row, fields=["session"], now=at)
    return row


def unskip(
    enrollment: Enrollment, session: GroupSession, *, by: User, now: dt.datetime | None = None
) -> None:
    """The person comes after all."""
    at = now or clock.now()
    with transaction.atomic():
        lock_facts(session.prison_id, now=at)
        Skip.objects.filter(enrollment=enrollment, session=session).delete()
        audit.record(session.prison, by, "unskip", enrollment, fields=["session"], now=at)
