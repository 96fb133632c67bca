"""Time slots of a prison: the only writer. Slots in force on one date never overlap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from prisons.domain.locking import lock_prison
from prisons.models import Prison, User
from rooms.domain import rulebook
from rooms.domain.places import require_order
from rooms.models import TimeSlot


def add_slots(
    prison: Prison, weekdays: Collection[int], values: Mapping[str, Any], *, by: User
) -> list[TimeSlot]:
    """The same slot on several weekdays, all or none. Refused as in `change_slot`."""
    with transaction.atomic():
        lock_prison(prison)
        return [
            _save(prison, TimeSlot(prison=prison), {**values, "weekday": day}, by=by)
            for day in sorted(weekdays)
        ]


def change_slot(slot: TimeSlot, values: Mapping[str, Any], *, by: User, seen: str = "") -> TimeSlot:
    """Raises PlannerError `ends_before_start`, `bad_validity`, `slots_overlap` (422), `changed_meanwhile`."""
    with transaction.atomic():
        lock_prison(slot.prison)
        return _save(slot.prison, slot, values, by=by, seen=seen)


def remove_slot(slot: TimeSlot, *, by: User) -> None:
    """Its sessions stay where they are, from now on among the "other times"."""
    rulebook.remove(slot.prison, slot, by=by)


def _save(prison: Prison, slot: TimeSlot, values: Mapping[str, Any], *, by: User, seen: str = "") -> TimeSlot:
    require_order(values["starts"], values["ends"])
    if values["valid_to"] is not None and values["valid_to"] < values["valid_from"]:
        raise PlannerError("bad_validity", _("The last day must not come before the first."), status=422)
    other = _overlapping(prison, slot, values)
    if other is not None:
        raise PlannerError(
            "slots_overlap",
            _("This overlaps the slot of %(day)s %(starts)s to %(ends)s (in force from %(since)s)."),
            status=422,
            day=other.get_weekday_display(),
            starts=f"{other.starts:%H:%M}",
            ends=f"{other.ends:%H:%M}",
            since=f"{other.valid_from:%d/%m/%Y}",
        )
    return rulebook.write(prison, slot, values, by=by, seen=seen)


def _overlapping(prison: Prison, slot: TimeSlot, values: Mapping[str, Any]) -> TimeSlot | None:
    """A slot that shares a weekday, a date in force and a minute; touching is not overlapping."""
    last: dt.date | None = values["valid_to"]
    others = TimeSlot.objects.in_prison(prison).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=values["valid_from"]),
        weekday=values["weekday"],
        starts__lt=values["ends"],
        ends__gt=values["starts"],
    )
    if last is not None:
        others = others.filter(valid_from__lte=last)
    return others.exclude(pk=slot.pk).first()
