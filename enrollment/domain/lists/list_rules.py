"""When the lists close, and what else a prison wants on paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from enrollment.domain.lists.cut_off import DEFAULT_CUT_OFF
from enrollment.domain.locking import lock_facts
from enrollment.models import CutOff, ListRules
from prisons.domain.records import audit
from prisons.models import Prison, User
from rooms.domain.facts import bump_rules

WORKING_DAYS = (1, 2, 3, 4, 5)


def closing_times(prison: Prison) -> dict[int, dt.time]:
    """Working day -> until when the lists of the next working day may change."""
    known = dict(CutOff.objects.in_prison(prison).values_list("weekday", "at"))
    return {day: known.get(day, DEFAULT_CUT_OFF) for day in WORKING_DAYS}


def set_closing_times(
    prison: Prison, times: Mapping[int, dt.time], *, by: User, now: dt.datetime | None = None
) -> int:
    """Returns on how many days it changed. What has closed already stays as it was."""
    with transaction.atomic():
        locked = lock_facts(prison, now=now)
        known = closing_times(locked)
        changed = {day: at for day, at in times.items() if day in known and known[day] != at}
        for day, at in changed.items():
            row, _created = CutOff.objects.update_or_create(prison=locked, weekday=day, defaults={"at": at})
            audit.record(locked, by, "change_cutoff", row, fields=["at"], now=now)
        if changed:
            bump_rules(locked)
    return len(changed)


def wants_slips(prison: Prison) -> bool:
    """Whether this prison gives everybody a movement slip."""
    return ListRules.objects.in_prison(prison).filter(movement_slips=True).exists()


def set_slips(prison: Prison, wanted: bool, *, by: User, now: dt.datetime | None = None) -> bool:
    """Returns whether it changed."""
    with transaction.atomic():
        locked = lock_facts(prison, now=now)
        row, _created = ListRules.objects.get_or_create(prison=locked)
        if row.movement_slips == wanted:
            return False
        row.movement_slips = wanted
        row.save(update_fields=["movement_slips"])
        audit.record(locked, by, "change_listrules", row, fields=["movement_slips"], now=now)
    return True
