"""A place that ended is there again: by hand the same day, or because its whole series goes on after all."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.deciding.clashes import clashes_of
from enrollment.domain.deciding.sentences import REFUSALS
from enrollment.domain.locking import lock_facts
from enrollment.domain.notes.asking import refuse_over
from enrollment.domain.requests import seats
from enrollment.domain.requests.states import Verb, move_of
from enrollment.domain.requests.steps import Act, fresh, transition
from enrollment.domain.slips import reply_slips
from enrollment.models import Enrollment, Slip
from prisons.models import User

E = Enrollment.State
SAID_BY_STATE: dict[str, Slip.Kind] = {E.PLACED: Slip.Kind.PLACED, E.WAITING: Slip.Kind.WAITING}
"""Which slip says that somebody is in this state."""


def put_back(row: Enrollment, was: str, act: Act) -> Enrollment:
    """As it stood, under the lock. An answer that the end took off the desk unsaid is written again."""
    first_day = row.placed_from
    reply_slips.replace_on_desk(act.prison, enrollment=row, now=act.at)
    transition(row, move_of(Verb.REOPEN, row.state, was if row.state == E.DECLINED else ""), act)
    if first_day is not None:
        row.placed_from = first_day  # it ran before: its dates stay what they were
        row.save(update_fields=["placed_from"])
    kind = SAID_BY_STATE.get(row.state)
    if kind and not Slip.objects.filter(enrollment=row, kind=kind, handed_out_at__isnull=False).exists():
        reply_slips.write(act.prison, row.participant, kind, now=act.at, request=row.request, enrollment=row)
    return row


def reopen_place(
    enrollment: Enrollment, *, by: User, now: dt.datetime | None = None, seen: int | None = None
) -> Enrollment:
    """Takes the end of a place back, on the day of the end and as long as the place is free.

    Raises PlannerError 409: `stale`, `not_from_here`, `too_late`, `said_already`, `full`, `series_over` or the
    hard clash.
    """
    at = now or clock.now()
    with transaction.atomic():
        act = Act(lock_facts(enrollment.series.prison_id, now=at), by, at)
        row = fresh(enrollment, seen)
        move_of(Verb.REOPEN, row.state)
        refuse_over(row.series, act.day)
        _refuse_settled(row, act)
        return put_back(row, E.PLACED, act)


def can_reopen(enrollment: Enrollment, *, now: dt.datetime | None = None) -> bool:
    """Whether the button is worth showing; the act itself looks again under the lock."""
    if enrollment.reason == Enrollment.Reason.SERIES_ENDED or enrollment.decided_at is None:
        return False
    said = Slip.objects.filter(enrollment=enrollment, kind=Slip.Kind.ENDED, handed_out_at__isnull=False)
    return clock.today(enrollment.decided_at) == clock.today(now) and not said.exists()


def _refuse_settled(row: Enrollment, act: Act) -> None:
    """What has gone its way since the end: the day, the slip, the place, the person."""
    name = str(row.participant)
    if row.decided_at is None or clock.today(row.decided_at) != act.day:
        raise PlannerError("too_late", _("This place ended on another day: enter a new request instead."))
    if Slip.objects.filter(enrollment=row, kind=Slip.Kind.ENDED, handed_out_at__isnull=False).exists():
        raise PlannerError(
            "said_already", _("The reply slip has been handed out: this cannot be taken back.")
        )
    if not seats.count(row.series).free:
        raise PlannerError("full", _("The place has gone to the next in line meanwhile."))
    live = Enrollment.objects.live().filter(series=row.series, participant=row.participant)
    if live.exists():
        raise PlannerError("asked_again", _("This person has asked again in the meantime."))
    found = clashes_of(row.series, {row.participant_id}, now=act.at)[row.participant_id]
    if found.hard:
        raise PlannerError(found.code, REFUSALS[found.code], name=name, series=str(row.series))
