"""When somebody leaves, is away for a while, comes back or goes to another prison.

Dated facts, never deleted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import today
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts, refuse_past
from enrollment.domain.participants.people import open_stay
from enrollment.domain.requests import seats
from enrollment.domain.requests.states import Verb, move_of
from enrollment.domain.requests.steps import Act, answer_request, fresh, transition
from enrollment.models import Absence, Enrollment, Participant, Request, Slip, Stay
from prisons.domain.records import audit
from prisons.domain.unchanged import require_unchanged
from prisons.models import Prison, User

HELD_DAYS = 21
"""How long an absence holds the place."""
E = Enrollment.State


@dataclass(frozen=True)
class Left:
    """What came of somebody's leaving."""

    stay: Stay
    ended: int
    unanswered: int
    """Requests that end as "left before the answer"."""
    filled: int


def leave(
    participant: Participant,
    prison: Prison,
    *,
    by: User,
    on: dt.date | None = None,
    is_correction: bool = False,
    seen: str = "",
    now: dt.datetime | None = None,
) -> Left:
    """The stay ends on this date (today), its last day. Places end and go to the next in line.

    A date to come is written down now, and `settle` does the rest on its day.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(prison, now=at)
        on = refuse_past(on, is_correction=is_correction, now=at)
        stay = open_stay(participant, prison)
        require_unchanged(prison, stay, seen)
        return leave_locked(stay, max(on, stay.starts_on), Act(prison, by, at), is_correction=is_correction)


def leave_locked(stay: Stay, on: dt.date, act: Act, *, is_correction: bool = False) -> Left:
    """For callers that hold the lock."""
    stay.ends_on = on
    stay.is_correction = stay.is_correction or is_correction
    stay.save(update_fields=["ends_on", "is_correction"])
    audit.record(act.prison, act.by, "leave", stay, fields=["ends_on"], now=act.at)
    if on > act.day:
        return Left(stay, 0, 0, 0)
    return _end_everything(stay, act)


def _end_everything(stay: Stay, act: Act) -> Left:
    rows = (
        Enrollment.objects.live().in_prison(act.prison).filter(participant=stay.participant_id).order_by("pk")
    )
    unanswered = _leave_unanswered(stay, act)
    ended, series = 0, []
    for row in map(fresh, rows):
        verb = Verb.END if row.state == E.PLACED else Verb.DECLINE
        move = replace(move_of(verb, row.state), request=None)
        transition(row, move, act, reason=Enrollment.Reason.LEFT, tells=False)
        ended += 1
        series.append(row.series)
    filled = 0
    for each in series:
        each.prison = act.prison
        filled += len(seats.fill(each, act))
    return Left(stay, ended, unanswered, filled)


def _leave_unanswered(stay: Stay, act: Act) -> int:
    """Whatever was not decided, or decided and never handed out, ends as "left before the answer"."""
    requests = Request.objects.in_prison(act.prison).filter(participant=stay.participant_id)
    rows = {row.pk: row for row in [*requests.undecided(), *requests.not_handed_out()]}
    for request in rows.values():
        answer_request(request, Request.State.LEFT, act)
    desk = Slip.objects.in_prison(act.prison).on_the_desk().filter(participant=stay.participant_id)
    desk.update(replaced_at=act.at)
    return len(rows)


def settle(prison: Prison, *, now: dt.datetime | None = None) -> int:
    """Nightly: ends the places of those whose stay ended yesterday or before, and absences over 21 days."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(prison, now=at)
        act = Act(prison, None, at)
        live = Enrollment.objects.live().in_prison(prison).values("participant")
        asked = Request.objects.in_prison(prison).undecided().values("participant")
        here = Stay.objects.in_prison(prison).open_on(act.day).values("participant")
        gone = Stay.objects.in_prison(prison).filter(ends_on__lt=act.day).exclude(participant__in=here)
        busy = gone.filter(participant__in=live) | gone.filter(participant__in=asked)
        stays = {stay.participant_id: stay for stay in busy.order_by("ends_on")}
        for stay in stays.values():
            _end_everything(stay, act)
        return len(stays) + _end_long_absences(act)


def _end_long_absences(act: Act) -> int:
    """After 21 days away the place goes to somebody who waits."""
    since = act.day - dt.timedelta(days=HELD_DAYS)
    away = Absence.objects.in_prison(act.prison).filter(ends_on__isnull=True, starts_on__lt=since)
    rows = Enrollment.objects.holding_a_place().in_prison(act.prison)
    held = list(rows.filter(participant__in=away.values("participant")).order_by("pk"))
    for row in map(fresh, held):
        verb = Verb.END if row.state == E.PLACED else Verb.DECLINE
        transition(row, move_of(verb, row.state), act, reason=Enrollment.Reason.LEFT)
        row.series.prison = act.prison
        seats.fill(row.series, act)
    return len(held)


def go_away(
    participant: Participant,
    prison: Prison,
    *,
    by: User,
    on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Absence:
    """Away for a while from this date; the places are held for 21 days."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(prison, now=at)
        on = refuse_past(on, is_correction=False, now=at)
        open_stay(participant, prison)
        if Absence.objects.in_prison(prison).filter(participant=participant, ends_on__isnull=True).exists():
            raise PlannerError("away_already", _("%(name)s is away already."), name=str(participant))
        row = Absence.objects.create(participant=participant, prison=prison, starts_on=on)
        audit.record(prison, by, "go_away", row, fields=["starts_on"], now=at)
    return row


def come_back(
    participant: Participant,
    prison: Prison,
    *,
    by: User,
    on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Absence:
    """Back from this date on: the day before was the last day away."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(prison, now=at)
        on = refuse_past(on, is_correction=False, now=at)
        row = Absence.objects.in_prison(prison).filter(participant=participant, ends_on__isnull=True).first()
        if row is None:
            raise PlannerError("not_away", _("%(name)s is not away."), name=str(participant))
        if on <= row.starts_on:
            audit.record(prison, by, "come_back", row, fields=["ends_on"], now=at)
            row.delete()  # away and back on one day: nothing was missed
            return row
        row.ends_on = on - dt.timedelta(days=1)
        row.save(update_fields=["ends_on"])
        audit.record(prison, by, "come_back", row, fields=["ends_on"], now=at)
    return row


def is_away(participant: Participant, prison: Prison, *, now: dt.datetime | None = None) -> Absence | None:
    """The absence that covers today, if there is one."""
    day = today(now)
    rows = Absence.objects.in_prison(prison).filter(participant=participant, starts_on__lte=day)
    return rows.exclude(ends_on__lt=day).first()
