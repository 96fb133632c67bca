"""Who saw whom: one row, one insert, no lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Q, QuerySet

from core.dates import clock
from prisons.domain.records import audit
from prisons.models import Membership, Prison, Reading, User


def record(
    verb: str,
    page: str,
    *,
    prison_id: int | None = None,
    by: User | None = None,
    object_id: int | None = None,
    people: Collection[int] = (),
    is_masked: bool = False,
    now: dt.datetime | None = None,
) -> Reading:
    """Writes one row. `page` is the name of the address; who was seen goes in by number, never by name.

    What cannot be recorded is not shown: an error here is the page's error.
    """
    seen = sorted(people)
    reading = Reading(
        prison_id=prison_id,
        by_id=by.pk if by else None,
        at=now or clock.now(),
        verb=verb,
        page=page,
        object_id=object_id if object_id is not None and abs(object_id) < 2**63 else None,
        person_id=seen[0] if len(seen) == 1 else None,
        people=f" {' '.join(map(str, seen))} " if len(seen) > 1 else "",
        is_masked=is_masked,
    )
    reading.save(force_insert=True)
    return reading


def of_person(rows: QuerySet[Reading], people: Collection[int]) -> QuerySet[Reading]:
    """Rows about one of these people alone, or about a list on which they stood."""
    chosen = Q(person_id__in=people)
    for pk in people:
        chosen |= Q(people__contains=f" {int(pk)} ")
    return rows.filter(chosen)


def latest_of(person_id: int, prison: Prison, known: Q, most: int = 6) -> list[Reading]:
    """The latest looks at this one person, by whoever works in this prison; those that the reader may know of."""
    rows = Reading.objects.in_prison(prison).filter(known, person_id=person_id, by__isnull=False)
    return list(rows.select_related("by")[:most])


def in_prison(prison: Prison) -> tuple[QuerySet[Reading], QuerySet[Reading]]:
    """Of this prison; and the sign-ins (which belong to no prison) of whoever has or had a role in it."""
    members = Membership.objects.in_prison(prison).order_by().values("user")
    return Reading.objects.in_prison(prison), Reading.objects.filter(prison=None, by__in=members)


def readers_in(prison: Prison) -> QuerySet[User]:
    """Who looked at something here, has a role here, or had one."""
    members = Membership.objects.in_prison(prison).order_by().values("user")
    return User.objects.filter(Q(pk__in=audit.each_once(Reading, prison, "by_id")) | Q(pk__in=members))
