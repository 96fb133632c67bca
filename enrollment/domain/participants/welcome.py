"""The welcome list: people who arrived in the last days and have nothing yet, so that nobody is missed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, Min, OuterRef

from core.dates.clock import today
from enrollment.domain.participants.people import here
from enrollment.models import Enrollment, Participant, Request, Stay
from prisons.models import Prison

DAYS = 14


@dataclass(frozen=True)
class Arrival:
    participant: Participant
    stay: Stay
    arrived_on: dt.date


def new_arrivals(prison: Prison, *, now: dt.datetime | None = None) -> list[Arrival]:
    """Arrived within fourteen days, no place, nothing asked; newest first. One function, also for the count.

    A move inside the prison is no arrival: what counts is the first day of the stays that follow on each
    other.
    """
    day = today(now)
    live = Enrollment.objects.live().in_prison(prison).filter(participant=OuterRef("pk"))
    asked = Request.objects.in_prison(prison).filter(
        participant=OuterRef("pk"), received_on__gte=day - dt.timedelta(days=DAYS)
    )
    since = day - dt.timedelta(days=DAYS)
    fresh = Stay.objects.in_prison(prison).open_on(day).filter(starts_on__gte=since).values("participant")
    people = list(here(prison, day).filter(pk__in=fresh).exclude(Exists(live)).exclude(Exists(asked)))
    if not people:
        return []
    first = dict(
        Stay.objects.in_prison(prison)
        .filter(participant__in=[person.pk for person in people])
        .exclude(ends_on__lt=since - dt.timedelta(days=1))
        .values_list("participant_id")
        .annotate(first=Min("starts_on"))
        .order_by()
    )
    found = [
        Arrival(person, person.current[0], first[person.pk])  # type: ignore[attr-defined]
        for person in people
        if first.get(person.pk, dt.date.min) >= since
    ]
    return sorted(found, key=lambda each: (-each.arrived_on.toordinal(), str(each.participant)))
