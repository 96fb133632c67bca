"""Where a card was dropped or a form was filled in, as changes for the placement writer."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from core.clock import BRUSSELS
from core.errors import PlannerError
from planner.plan.changes import Change
from prisons.models import Prison
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
    start = _present_start(session, day, slot) or _first_free(prison, session, room_id, day, slot, minutes)
    starts_at, ends_at = instants(day, dt.time(start // 60, start % 60), minutes)
    return Change(session.pk, room_id, starts_at, ends_at)


def at_time(session: GroupSession, room_id: int | None, day: dt.date, start: dt.time, minutes: int) -> Change:
    """A form with a day, a time and a length."""
    starts_at, ends_at = instants(day, start, minutes)
    return Change(session.pk, room_id, starts_at, ends_at)


def into_tray(session: GroupSession) -> Change:
    """Out of its room and time, back among what is still to be placed."""
    return Change(session.pk, None, None, None)


def length_minutes(session: GroupSession) -> int:
    """How long it lasts: as it is placed, else as the series says."""
    if session.starts_at and session.ends_at:
        return int((session.ends_at - session.starts_at).total_seconds() // 60)
    return session.series.duration_minutes


def _slot(rules: Rules, day: dt.date, slot_id: int) -> SlotFacts:
    for slot in rules.slots_on(day):
        if slot.slot_id == slot_id:
            return slot
    raise PlannerError("unknown_slot", _("This time slot does not exist on that day."), status=422)


def _present_start(session: GroupSession, day: dt.date, slot: SlotFacts) -> int | None:
    """A move to another room within the same slot keeps the time."""
    if session.starts_at is None or session.ends_at is None:
        return None
    starts, ends = session.starts_at.astimezone(BRUSSELS), session.ends_at.astimezone(BRUSSELS)
    start, end = starts.hour * 60 + starts.minute, ends.hour * 60 + ends.minute
    is_inside = starts.date() == day and slot.start <= start and end <= slot.end
    return start if is_inside else None


def _first_free(
    prison: Prison, session: GroupSession, room_id: int, day: dt.date, slot: SlotFacts, minutes: int
) -> int:
    """The first minute of the slot at which the room is free long enough; else its start, for the refusal."""
    usual = session.series.start_time.hour * 60 + session.series.start_time.minute
    busy = _busy(prison, session, room_id, day)
    for start in (usual, slot.start, *sorted(end for _start, end in busy)):
        fits = slot.start <= start and start + minutes <= slot.end
        if fits and not any(begin < start + minutes and start < end for begin, end in busy):
            return start
    return slot.start


def _busy(prison: Prison, session: GroupSession, room_id: int, day: dt.date) -> list[tuple[int, int]]:
    rows = (
        GroupSession.objects.in_prison(prison).live().on_day(day).filter(room=room_id).exclude(pk=session.pk)
    )
    spans = []
    for starts_at, ends_at in rows.values_list("starts_at", "ends_at"):
        if starts_at is not None and ends_at is not None:
            start, end = starts_at.astimezone(BRUSSELS), ends_at.astimezone(BRUSSELS)
            spans.append((start.hour * 60 + start.minute, end.hour * 60 + end.minute))
    return spans
