"""What time itself ends: series that are over answer everybody who still waits; absences become talks."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core.dates import clock
from enrollment.domain.attendance import marking
from enrollment.domain.locking import lock_facts
from enrollment.domain.requests import inbox
from enrollment.domain.requests.series_end import answer_everybody
from enrollment.domain.requests.steps import Act
from enrollment.models import Attendance, Enrollment
from prisons.models import Prison, Todo
from sessions.domain.running import over
from sessions.models import Series


def close_series(prison: Prison, *, now: dt.datetime | None = None) -> int:
    """Series whose dates are past: who waits gets an answer, who took part is done.

    Returns how many people.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(prison, now=at)
        act = Act(prison, None, at)
        live = Enrollment.objects.in_prison(prison).live().values("series")
        rows = Series.objects.filter(over(prison, act.day), pk__in=live).select_related(
            "activity__organisation"
        )
        return sum(answer_everybody(series, act, tells_placed=False) for series in rows)


def ask_for_talks(prison: Prison, *, now: dt.datetime | None = None) -> int:
    """A to-do for a talk with everybody who stayed away twice running. Returns how many are new.

    One per person, series and last absence: a talk that took place is not asked for again.
    """
    at = now or clock.now()
    with transaction.atomic():
        lock_facts(prison, now=at)
        made = 0
        placed = Enrollment.objects.in_prison(prison).filter(state=Enrollment.State.PLACED)
        groups = Series.objects.filter(pk__in=placed.values("series")).select_related("activity")
        for series in groups:
            people = marking.dropping_out(series.pk)
            here = placed.filter(series=series, participant__in=people)
            for person in here.values_list("participant_id", flat=True):
                made += _ask(prison, series, person, at)
    return made


def _ask(prison: Prison, series: Series, person: int, at: dt.datetime) -> int:
    marks = Attendance.objects.filter(session__series=series, participant=person)
    last = marks.order_by("-session__starts_at").values_list("pk", flat=True).first()
    facts = {"person": person, "series": series.pk, "what": "absent", "mark": last}
    _todo, made = Todo.objects.get_or_create(
        prison=prison,
        kind=inbox.DROP_OUT,
        organisation=series.activity.organisation,
        facts=facts,
        defaults={"created_at": at},
    )
    return int(made)
