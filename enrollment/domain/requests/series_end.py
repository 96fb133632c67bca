"""A series ends: everybody who has a place, waits or asked gets an answer; within the hour it can be taken back.

The sessions to come are the plan's business (planner/scheduling/series/series_end.py), in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.domain.requests.reopening import put_back
from enrollment.domain.requests.states import Verb, move_of
from enrollment.domain.requests.steps import Act, fresh, transition
from enrollment.models import Enrollment, EnrollmentStep, Slip, Stay
from prisons.domain.records import audit
from prisons.models import User
from sessions.models import Series

E = Enrollment.State


def end_series(series: Series, *, by: User, now: dt.datetime | None = None) -> int:
    """Ends the series by hand, today: everyone gets an answer, also who had a place. Returns how many.

    Raises PlannerError `ended_already` (409).
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(series.prison_id, now=at)
        series.refresh_from_db()
        if series.ended_on is not None:
            raise PlannerError("ended_already", _("%(series)s has ended already."), series=str(series))
        series.ended_on = clock.today(at)
        series.version += 1
        series.save(update_fields=["ended_on", "version"])
        audit.record(prison, by, "end", series, fields=["ended_on"], now=at)
        return answer_everybody(series, Act(prison, by, at), tells_placed=True)


def answer_everybody(series: Series, act: Act, *, tells_placed: bool) -> int:
    """No request without an answer: whoever waits or was not decided when a series is over gets a slip."""
    rows = [fresh(row) for row in Enrollment.objects.live().filter(series=series).order_by("pk")]
    for row in rows:
        had_place = row.state == E.PLACED
        move = move_of(Verb.END if had_place else Verb.DECLINE, row.state)
        tells = tells_placed or not had_place
        transition(row, move, act, reason=Enrollment.Reason.SERIES_ENDED, tells=tells)
    return len(rows)


@dataclass(frozen=True)
class _Was:
    """An enrolment that the end of its series answered, and what it was before."""

    row: Enrollment
    state: str


def reopen_series(series: Series, ended_at: dt.datetime, *, by: User, now: dt.datetime | None = None) -> int:
    """Takes the end of `ended_at` back: everybody is again what they were. Returns how many.

    Raises PlannerError `said_already` (409) once one of the slips is handed out, `not_ended` (409) when it
    goes on already.
    """
    at = now or clock.now()
    with transaction.atomic():
        act = Act(lock_facts(series.prison_id, now=at), by, at)
        series.refresh_from_db()
        if series.ended_on is None:
            raise PlannerError("not_ended", _("%(series)s goes on already."), series=str(series))
        rows = _answered_by(series, ended_at)
        said = Slip.objects.filter(
            enrollment__in=[each.row for each in rows], created_at=ended_at, handed_out_at__isnull=False
        )
        if number := said.count():
            raise PlannerError(
                "said_already",
                ngettext_lazy(
                    "%(count)s person holds the slip that says it has ended: this cannot be taken back.",
                    "%(count)s people hold the slip that says it has ended: this cannot be taken back.",
                    number,
                ),
                count=number,
            )
        series.ended_on = None
        series.version += 1
        series.save(update_fields=["ended_on", "version"])
        audit.record(act.prison, by, "reopen", series, fields=["ended_on"], now=at)
        here = Stay.objects.in_prison(act.prison).open_on(act.day).values_list("participant_id", flat=True)
        staying = set(here.filter(participant__in=[each.row.participant_id for each in rows]))
        back = [each for each in rows if each.row.participant_id in staying]
        for each in back:
            put_back(each.row, each.state, act)
    return len(back)


def _answered_by(series: Series, ended_at: dt.datetime) -> list[_Was]:
    """Whom the act of that moment answered. The step before it says what they were."""
    steps = EnrollmentStep.objects.filter(
        enrollment__series=series, at=ended_at, reason=Enrollment.Reason.SERIES_ENDED
    )
    found = []
    for step in steps.order_by("enrollment_id"):
        before = EnrollmentStep.objects.filter(enrollment=step.enrollment_id, pk__lt=step.pk)
        was = before.order_by("pk").values_list("state", flat=True).last()
        had_place = step.verb == Verb.END
        found.append(_Was(fresh(step.enrollment), was or (E.PLACED if had_place else E.REQUESTED)))
    return found
