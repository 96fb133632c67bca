"""From which living units the people of a session come: as far as a plan must know about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from core.dates.clock import today
from enrollment.models import Stay
from prisons.models import Prison


def units_of_people(
    prison: Prison, people: Mapping[int, frozenset[int]], *, now: dt.datetime | None = None
) -> dict[int, frozenset[int]]:
    """Session -> ids of the units in which its people live today.

    One query, none when there are no people.
    """
    everybody = frozenset().union(*people.values())
    if not everybody:
        return {}
    stays = Stay.objects.in_prison(prison).open_on(today(now)).filter(unit__isnull=False)
    unit_of = dict(stays.values_list("participant_id", "unit_id"))
    return {
        session_id: frozenset(unit_of[person] for person in group if person in unit_of)
        for session_id, group in people.items()
    }
