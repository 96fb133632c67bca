"""What the worker does of its own accord: the list stands in the settings, the rows are made to agree."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule

from core.dates import clock
from prisons.domain.background import jobs, outbox


def keep_schedules(*, now: dt.datetime | None = None) -> int:
    """Makes the queue's schedules those of `settings.REGULAR_TASKS` (task: minutes between runs), no others.

    Leaves the next run of a schedule that is right already as it is, so that it may be called at every start.
    """
    wanted: dict[str, int] = settings.REGULAR_TASKS
    with transaction.atomic():
        Schedule.objects.exclude(func__in=wanted).delete()
        known = {schedule.func: schedule for schedule in Schedule.objects.order_by("-pk")}
        # Two machines that had started at the same moment each made their own.
        Schedule.objects.exclude(pk__in=[schedule.pk for schedule in known.values()]).delete()
        for task, minutes in wanted.items():
            schedule = known.get(task) or Schedule(name=task, func=task, repeats=-1)
            if schedule.pk is None or schedule.minutes != minutes:
                schedule.schedule_type, schedule.minutes = Schedule.MINUTES, minutes
                schedule.save()
        mend_far_ahead(now=now)
    return len(wanted)


def mend_far_ahead(*, now: dt.datetime | None = None) -> int:
    """What a clock that was ahead has put off until that time comes again is due now; returns how many.

    Regular tasks, what waits in the queue, the heart of what was at work, and letters.
    """
    at = now or clock.now()
    return _mend_schedules(at) + sum(
        rows.filter(**{f"{moment}__gt": at + most}).update(**{moment: at}) for rows, moment, most in _kept()
    )


def _kept() -> list[tuple[QuerySet[Any], str, dt.timedelta]]:
    """Rows with a moment that is never further ahead than so much."""
    in_hand = dt.timedelta(seconds=Conf.RETRY) + jobs.SILENCE
    unfinished = outbox.unsent()
    return [
        (OrmQ.objects.all(), "lock", in_hand),
        (jobs.going(), "heartbeat_at", jobs.SILENCE),
        (unfinished, "leaves_at", 2 * outbox.WAIT),
        (unfinished, "claimed_at", outbox.WAIT),
    ]


def _mend_schedules(at: dt.datetime) -> int:
    ahead = [
        schedule.pk
        for schedule in Schedule.objects.filter(schedule_type=Schedule.MINUTES, next_run__gt=at)
        if schedule.next_run - at > dt.timedelta(minutes=2 * (schedule.minutes or 1))
    ]
    return Schedule.objects.filter(pk__in=ahead).update(next_run=at) if ahead else 0
