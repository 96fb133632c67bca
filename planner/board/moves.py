"""Where a card was dropped or a form was filled in, as changes for the placement writer."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from core.dates.clock import BRUSSELS
from core.errors import PlannerError
from planner.scheduling.choices.candidates import length_minutes, start_in_slot
from planner.scheduling.placement.session_changes import Change
from prisons.models import Prison
from rooms.domain import availability
from rooms.domain.facts import Rules, SlotFacts, rules_of
from sessions.domain.recurrence import instants
from sessions.models import GroupSession


def into_cell(session: GroupSession, room_id: int, day: dt.date, slot_id: int) -> Change:
    """A drop in a cell: the first free minute of the slot there; the present time if the slot holds it.

    Raises PlannerError `unknown_slot` (422).
    """
    prison = session.prison
    slot = _slot(rules_of(prison), day, slot_id)
    minutes = length_minutes(session)
    busy = _busy(prison, session, room_id, day)
    start = start_in_slot(session, day, slot, busy, minutes)
    starts_at, ends_at = instants(day, dt.time(start // 60, start % 60), minutes)
    return Change(session.pk, room_id, starts_at, ends_at)


def at_time(session: GroupSession, room_id: int | None, day: dt.date, start: dt.time, minutes: int) -> Change:
    """A form with a day, a time and a length."""
    starts_at, ends_at = instants(day, start, minutes)
    return Change(session.pk, room_id, starts_at, ends_at)


def into_tray(session: GroupSession) -> Change:
    """Out of its room and time, back among what is still to be placed."""
    return Change(session.pk, None, None, None)


def _slot(rules: Rules, day: dt.date, slot_id: int) -> SlotFacts:
    for slot in rules.slots_on(day):
        if slot.slot_id == slot_id:
            return slot
    raise PlannerError("unknown_slot", _("This time slot does not exist on that day."), status=422)


def _busy(prison: Prison, session: GroupSession, room_id: int, day: dt.date) -> list[tuple[int, int]]:
    midnight = dt.datetime.combine(day, dt.time(), BRUSSELS)
    rows = GroupSession.objects.in_prison(prison).live().filter(room=room_id).exclude(pk=session.pk)
    rows = rows.touching(midnight, midnight + dt.timedelta(days=1))
    return list(availability.minutes_taken(day, rows.values_list("starts_at", "ends_at")))
