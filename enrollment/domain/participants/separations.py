"""Who is kept apart from whom. One function decides what of it may be told.

To whoever lacks the right, `cannot`.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.dates.clock import today
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts, refuse_past
from enrollment.models import Participant, Separation, Stay
from prisons.domain.records import audit
from prisons.models import Prison, User

CANNOT = "cannot"
"""All that anybody without the right ever learns: no name, no link, no word that it is about people."""

Pair = tuple[int, int]


def separated_pairs(prison: Prison | int, day: dt.date | None = None) -> frozenset[Pair]:
    """Pairs of participant ids (lower first) kept apart on the date, or ever from today on; one query."""
    rows = Separation.objects.in_prison(prison)
    if day is not None:
        rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
    else:
        rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today()))
    return frozenset(rows.values_list("one_id", "other_id"))


def partners_of(pairs: frozenset[Pair]) -> dict[int, set[int]]:
    """Person -> everybody that this person is kept apart from."""
    partners: dict[int, set[int]] = {}
    for one, other in pairs:
        partners.setdefault(one, set()).add(other)
        partners.setdefault(other, set()).add(one)
    return partners


def separate(
    prison: Prison, one: Participant, other: Participant, *, by: User, now: dt.datetime | None = None
) -> Separation:
    """From today these two are never in one slot. Raises PlannerError 422/409 in words."""
    if one.pk == other.pk:
        raise PlannerError("same_person", _("Choose two different people."), status=422)
    low, high = sorted((one, other), key=lambda person: person.pk)
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        staying = Stay.objects.in_prison(prison).filter(participant__in=(low, high), ends_on__isnull=True)
        if staying.count() != 2:
            raise PlannerError("not_here", _("Both must stay in this prison."), status=422)
        if Separation.objects.in_prison(prison).filter(one=low, other=high, ends_on__isnull=True).exists():
            raise PlannerError("separated_already", _("These two are kept apart already."))
        separation = Separation.objects.create(prison=prison, one=low, other=high, starts_on=today(now))
        audit.record(prison, by, "separate", separation, fields=["one", "other", "starts_on"], now=now)
    return separation


def end(
    separation: Separation, *, by: User, on: dt.date | None = None, now: dt.datetime | None = None
) -> Separation:
    """Today is the last day on which they are kept apart."""
    with transaction.atomic():
        prison = lock_facts(separation.prison, now=now)
        separation.ends_on = refuse_past(on, is_correction=False, now=now)
        separation.save(update_fields=["ends_on"])
        audit.record(prison, by, "end", separation, fields=["ends_on"], now=now)
    return separation
