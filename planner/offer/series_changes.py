"""Changing what a series is: its places, units, needs and names. Its dates are changed by planner/plan.

A change that puts coming sessions in conflict is shown with what it hits, then accepted; it never takes a
place from somebody who holds one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import PlannerError
from enrollment.domain import places as places_of
from enrollment.domain.requests import fill_series
from enrollment.domain.versions import freeze_due
from planner.plan import conflicts, picture
from planner.plan.codes import Conflict
from prisons.access import Access
from prisons.domain.locking import lock_prison
from rooms.domain import rulebook
from rooms.domain.facts import rules_of
from sessions.domain.activities import require_own
from sessions.models import GroupSession, Series


def change_series(
    access: Access,
    series: Series,
    values: Mapping[str, Any],
    *,
    seen: str = "",
    accepted: bool = False,
    now: dt.datetime | None = None,
) -> Series:
    """Writes fields of a series; more places go to those who wait, at once. Lists that are due freeze first.

    Raises PlannerError `not_yours` (403), `other_prison` (422), `changed_meanwhile` (409), `places_held`
    (409) when more people hold a place than there would be, and `series_hits` (409) with its `conflicts`
    until `accepted`: they become open conflicts.
    """
    with transaction.atomic():
        prison = lock_prison(access.prison)
        freeze_due(prison, now)
        stored = Series.objects.in_prison(prison).select_related("activity__organisation").get(pk=series.pk)
        for activity in (stored.activity, values.get("activity", stored.activity)):
            require_own(access, activity.organisation)
        rulebook.require_own(prison, values.get("term"), *values.get("units", ()))
        _refuse_held(stored, values.get("places", stored.places))
        if not accepted and (hits := hits_of(stored, values, now=now)):
            raise PlannerError(
                "series_hits",
                _("This puts %(count)s coming sessions in conflict. Accept this to save it."),
                count=len({hit.session_id for hit in hits}),
                conflicts=hits,
            )
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
            _("%(held)s people hold a place in this group. End a place first, or keep that many places."),
            held=held,
        )


def hits_of(series: Series, values: Mapping[str, Any], *, now: dt.datetime | None = None) -> list[Conflict]:
    """The hard conflicts that coming sessions would gain by these values, without writing anything."""
    coming = GroupSession.objects.filter(series=series, starts_at__gte=now or clock.now()).live()
    days = {clock.today(at) for at in coming.values_list("starts_at", flat=True) if at}
    if not days:
        return []
    loaded = picture.load(series.prison, days, extra_series=[series.pk])
    facts = loaded.series[series.pk]
    facts = facts._replace(
        places=values.get("places", facts.places),
        unit_ids=_ids(values, "units", facts.unit_ids),
        feature_ids=_ids(values, "needs_features", facts.feature_ids),
    )
    after = replace(loaded, series={**loaded.series, series.pk: facts})
    found = conflicts.added(loaded, after, rules_of(series.prison))
    return [conflict for conflict in found if conflict.is_hard]


def _ids(values: Mapping[str, Any], name: str, otherwise: frozenset[int]) -> frozenset[int]:
    return frozenset(each.pk for each in values[name]) if name in values else otherwise
