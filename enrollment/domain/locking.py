"""Before a fact that lists read is changed: lock the prison, freeze what is due, refuse dates in the past."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from core.dates.clock import today
from core.errors import PlannerError
from enrollment.domain.lists.cut_off import freeze_due
from prisons.domain.locking import lock_prison
from prisons.models import Prison


def lock_facts(prison: Prison | int, *, now: dt.datetime | None = None) -> Prison:
    """The prison, locked and fresh, its due lists frozen. Call first inside `transaction.atomic()`.

    A list is what it was at the cut-off, also when no job runs on time.
    """
    locked = lock_prison(prison)
    freeze_due(locked, now)
    return locked


def refuse_past(on: dt.date | None, *, is_correction: bool, now: dt.datetime | None = None) -> dt.date:
    """The date of a fact, today unless said.

    Raises PlannerError `dated_before_today` (422) unless it corrects.
    """
    day = today(now)
    on = on or day
    if on < day and not is_correction:
        raise PlannerError(
            "dated_before_today",
            _("A date before today is only possible as a correction of the past."),
            status=422,
        )
    if on > day and is_correction:
        raise PlannerError("correction_of_future", _("A correction lies before today."), status=422)
    return on
