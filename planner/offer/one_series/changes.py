"""Changing what a series is: its places, units, needs and names. Its dates are changed by planner/plan.

What it hits among coming sessions is shown and accepted as with every rule (rooms/domain/consent.py); it never
takes a place from somebody who holds one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import ngettext_lazy

from core.errors import PlannerError
from enrollment.domain.lists.cut_off import freeze_due
from enrollment.domain.requests import seats as places_of
from enrollment.domain.requests.decisions import fill_series
from prisons.access import Access
from prisons.domain.locking import lock_prison
from rooms.domain import rulebook
from sessions.domain.activities import require_own
from sessions.models import Series


def change_series(
    access: Access,
    series: Series,
    values: Mapping[str, Any],
    *,
    seen: str = "",
    now: dt.datetime | None = None,
) -> Series:
    """Writes fields of a series; more places go to those who wait, at once. Lists that are due freeze first.

    Raises PlannerError `not_yours` (403), `other_prison` (422), `changed_meanwhile` (409), `places_held`
    (409) when more people hold a place than there would be.
    """
    with transaction.atomic():
        prison = lock_prison(access.prison)
        freeze_due(prison, now)
        stored = Series.objects.in_prison(prison).select_related("activity__organisation").get(pk=series.pk)
        for activity in (stored.activity, values.get("activity", stored.activity)):
            require_own(access, activity.organisation)
        rulebook.require_own(prison, values.get("term"), *values.get("units", ()))
        _refuse_held(stored, values.get("places", stored.places))
        changed = rulebook.write(
            access.prison,
            stored,
            {**values, "version": stored.version + 1},
            by=access.user,
            seen=seen,
            now=now,
        )
        if changed.places > stored.places:
            fill_series(changed, by=access.user, now=now)
    return changed


def _refuse_held(series: Series, places: int) -> None:
    held = places_of.count(series).held
    if places < min(held, series.places):
        raise PlannerError(
            "places_held",
            ngettext_lazy(
                "%(held)s person holds a place in this group. End it first, or keep a place.",
                "%(held)s people hold a place in this group. End a place first, or keep that many places.",
                held,
            ),
            held=held,
        )
