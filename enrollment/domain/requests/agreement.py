"""The prison's agreement on who takes part: yes, no or not now, per person, without a reason.

The place is held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.domain.requests import seats
from enrollment.domain.requests.states import Verb, move_of
from enrollment.domain.requests.steps import Act, fresh, note_step, transition
from enrollment.models import Enrollment
from prisons.models import Prison, User


class Answer(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_NOW = "not_now", _("not now")


_VERBS = {Answer.YES: Verb.AGREE, Answer.NO: Verb.REFUSE, Answer.NOT_NOW: Verb.NOT_NOW}


@dataclass(frozen=True)
class Answered:
    """What came of a list of answers."""

    placed: int
    refused: int
    not_now: int
    filled: int
    """Places that came free and went to the next in line (who await the prison in their turn)."""


def awaiting(prison: Prison) -> QuerySet[Enrollment]:
    """Everybody about whom the prison is asked, group by group.

    One query function for the count and the list.
    """
    rows = Enrollment.objects.in_prison(prison).filter(state=Enrollment.State.AWAITING)
    return rows.select_related("participant", "series__activity__organisation").order_by(
        "series__list_code", "decided_at", "pk"
    )


def answer(
    prison: Prison,
    answers: Mapping[int, str],
    *,
    by: User,
    now: dt.datetime | None = None,
) -> Answered:
    """Enters the prison's answers, enrolment id -> answer. All or nothing.

    Raises PlannerError `not_from_here` (409) when one of them no longer awaits an answer, 404 for a
    stranger's.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(prison, now=at)
        act = Act(prison, by, at)
        rows = list(Enrollment.objects.in_prison(prison).filter(pk__in=list(answers)).order_by("pk"))
        if len(rows) != len(answers):
            raise PlannerError("unknown", _("This person is not on the list of this prison."), status=404)
        series = {}
        counts = dict.fromkeys(Answer.values, 0)
        for row in rows:
            given = _valid(answers[row.pk])
            enrollment = fresh(row)
            reason = "" if given == Answer.YES else Enrollment.Reason.PRISON.value
            transition(enrollment, move_of(_VERBS[given], enrollment.state), act, reason=reason)
            series[enrollment.series_id] = enrollment.series
            counts[given] += 1
        for each in series.values():
            each.prison = prison
        filled = sum(len(seats.fill(each, act)) for each in series.values())
    return Answered(counts[Answer.YES], counts[Answer.NO], counts[Answer.NOT_NOW], filled)


def _valid(text: str) -> Answer:
    if text not in Answer.values:
        raise PlannerError("answer_missing", _("The answer is yes, no or not now."), status=422)
    return Answer(text)


def ask_again(enrollment: Enrollment, *, by: User, now: dt.datetime | None = None) -> Enrollment:
    """After "not now": the person is in line again, and the prison is asked when a place is free."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(enrollment.series.prison_id, now=at)
        row = fresh(enrollment)
        if row.state != Enrollment.State.WAITING:
            move_of(Verb.GIVE_PLACE, row.state, "free")
        act = Act(prison, by, at)
        note_step(row, Verb.ASK_AGAIN, act)
        row.series.prison = prison
        seats.fill(row.series, act)
        row.refresh_from_db()
    return row
