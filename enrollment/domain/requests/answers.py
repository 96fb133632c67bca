"""Answers to requests that have no enrolment yet: for an activity, or a wish for what does not exist."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.domain.notes.asking import asked_at, live_of, refuse_live
from enrollment.domain.requests.decisions import DECLINE_REASONS, approve
from enrollment.domain.requests.steps import Act, answer_request
from enrollment.domain.slips import reply_slips
from enrollment.models import Enrollment, Request, Slip
from prisons.domain.records import audit
from prisons.models import User
from sessions.models import Series


def decide_activity_request(
    request: Request, series: Series, *, by: User, now: dt.datetime | None = None, seen: int | None = None
) -> Enrollment:
    """A request for an activity is decided by naming a series of it.

    Placed, held or put on its waiting list.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(request.prison_id, now=at)
        request = fresh_request(request, seen)
        if request.activity_id != series.activity_id or series.prison_id != prison.pk:
            raise PlannerError("other_activity", _("This series belongs to another activity."), status=422)
        refuse_live(series, request.participant_id)
        enrollment = Enrollment.objects.create(
            series=series,
            participant=request.participant,
            request=request,
            requested_at=asked_at(request, at),
        )
        return approve(enrollment, by=by, now=at)


def settle_double(
    request: Request, *, by: User, now: dt.datetime | None = None, seen: int | None = None
) -> Enrollment:
    """A second request for a series, noted by another service: it gets the answer that the first one has.

    Where the first is not decided, its slip will answer both; where it has ended meanwhile, this one is asked.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(request.prison_id, now=at)
        request = fresh_request(request, seen)
        if request.series is None:
            raise PlannerError("not_double", _("Only a request for a series can be double."), status=422)
        first = live_of(request.series, request.participant_id)
        if first is None:
            return Enrollment.objects.create(
                series=request.series,
                participant=request.participant,
                request=request,
                requested_at=asked_at(request, at),
            )
        answer_request(request, Request.State.DECIDED, Act(prison, by, at))
        if kind := _SAID.get(Enrollment.State(first.state)):
            reply_slips.write(prison, request.participant, kind, now=at, request=request, enrollment=first)
        audit.record(prison, by, "settle_double", request, fields=["state"], now=at)
    return first


_SAID = {Enrollment.State.PLACED: Slip.Kind.PLACED, Enrollment.State.WAITING: Slip.Kind.WAITING}


def decline_request(
    request: Request, reason: str, *, by: User, now: dt.datetime | None = None, seen: int | None = None
) -> Request:
    """A request for an activity gets no series. (One for a series is declined through its enrolment.)"""
    if reason not in DECLINE_REASONS:
        raise PlannerError(
            "reason_missing", _("Choose a reason from the list: it stands on the reply slip."), status=422
        )
    return _answer(
        request, Slip.Kind.DECLINED, Request.State.DECIDED, "decline", reason, by=by, now=now, seen=seen
    )


def note_wish(
    request: Request, *, by: User, now: dt.datetime | None = None, seen: int | None = None
) -> Request:
    """A wish is answered with a slip that says it is noted; it stays in the report of wishes."""
    return _answer(request, Slip.Kind.NOTED, Request.State.DECIDED, "note", "", by=by, now=now, seen=seen)


def withdraw_request(
    request: Request, *, by: User, now: dt.datetime | None = None, seen: int | None = None
) -> Request:
    """The person no longer asks for this activity or wish."""
    return _answer(
        request, Slip.Kind.WITHDRAWN, Request.State.WITHDRAWN, "withdraw", "", by=by, now=now, seen=seen
    )


def _answer(
    request: Request,
    kind: Slip.Kind,
    state: Request.State,
    verb: str,
    reason: str,
    *,
    by: User,
    now: dt.datetime | None,
    seen: int | None,
) -> Request:
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(request.prison_id, now=at)
        request = fresh_request(request, seen)
        answer_request(request, state, Act(prison, by, at))
        reply_slips.write(prison, request.participant, kind, now=at, request=request, reason=reason)
        audit.record(prison, by, verb, request, fields=["state"], now=at)
    return request


def fresh_request(request: Request, seen: int | None) -> Request:
    """An open request that has no enrolment of its own, as it stands under the lock; else 409 in words."""
    row = Request.objects.select_related("participant", "decided_by", "activity").get(pk=request.pk)
    if row.state != Request.State.OPEN or (seen is not None and row.version != seen):
        raise PlannerError(
            "stale",
            _("Somebody changed this meanwhile (%(who)s): it is now “%(state)s”. Nothing was changed."),
            who=str(row.decided_by or ""),
            state=Request.State(row.state).label,
        )
    if Enrollment.objects.filter(request=row).exists():
        raise PlannerError("decide_enrollment", _("This request is decided on the page of its series."))
    return row
