"""Living units and the hours in which their people cannot come: the only writer of these rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model

from prisons.domain.locking import lock_prison
from prisons.domain.validity import require_valid
from prisons.models import ChangeSet, Prison, Unit, User
from rooms.domain import made_acts, rulebook
from rooms.domain.places import require_no_overlap, require_order
from rooms.models import UnitHours


def save_unit(
    prison: Prison, values: Mapping[str, Any], *, by: User, unit: Unit | None = None, seen: str = ""
) -> Unit:
    """Raises PlannerError `name_taken`, `other_prison` (422) or `changed_meanwhile` (409)."""
    row = unit or Unit(prison=prison)
    with transaction.atomic():
        locked = lock_prison(prison)
        if "code" in values:
            rulebook.require_free_name(locked, row, "code", values["code"])
        rulebook.require_own(locked, values.get("building"))
        return rulebook.write(prison, row, values, by=by, seen=seen)


def remove_unit(unit: Unit, *, by: User) -> None:
    """Raises PlannerError `in_use` (409) once people live or lived there; a unit can be taken out of use."""
    rulebook.remove(unit.prison, unit, by=by)


def add_unit_hours(
    unit: Unit, weekdays: Collection[int], starts: dt.time, ends: dt.time, kind: str, *, by: User
) -> list[UnitHours]:
    """Hours in which its people cannot come. Raises `ends_before_start` or `hours_overlap` (422)."""
    require_order(starts, ends)
    with transaction.atomic():
        lock_prison(unit.prison)
        require_no_overlap(UnitHours.objects.filter(unit=unit), weekdays, starts, ends)
        hours = {"starts": starts, "ends": ends, "kind": kind}
        return [
            rulebook.write(unit.prison, UnitHours(unit=unit), {**hours, "weekday": weekday}, by=by)
            for weekday in sorted(weekdays)
        ]


def copy_unit(unit: Unit, codes: Sequence[str], *, by: User, now: dt.datetime | None = None) -> ChangeSet:
    """The same living unit under other codes, with its hours: one act. Refused as in `save_unit`."""
    with transaction.atomic():
        prison = lock_prison(unit.prison)
        rows: list[Model] = []
        for code in codes:
            values = {
                name: getattr(unit, name) for name in ("building", "regime", "population", "target_group")
            }
            require_valid(Unit(prison=prison, code=code, **values))
            made = save_unit(prison, {"code": code, **values}, by=by)
            rows.append(made)
            for each in unit.hours.all():
                rows += add_unit_hours(made, [each.weekday], each.starts, each.ends, each.kind, by=by)
        return made_acts.keep(prison, "copy_unit", rows, by=by, now=now)


def remove_unit_hours(hours: UnitHours, *, by: User) -> None:
    rulebook.remove(hours.unit.prison, hours, by=by)
