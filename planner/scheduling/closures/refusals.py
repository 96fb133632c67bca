"""What stands against announcing or deciding on a closure, in words: asked by the pages and by the act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import BRUSSELS, today
from core.errors import PlannerError
from planner.scheduling.closures.parts import ClosureDraft, ClosurePart
from prisons.access import Access, Right
from prisons.models import Prison, Unit
from rooms.models import Closure, Room

State = Closure.State
LONGEST = dt.timedelta(days=366)


def refuse_unusable(prison: Prison, draft: ClosureDraft, *, now: dt.datetime | None = None) -> None:
    """Raises what `announce` would raise, without writing; a page asks it before it shows the effects."""
    now = now or clock.now()
    if not draft.parts:
        raise PlannerError("nothing_closed", _("Choose what is closed, and when."), status=422)
    for part in draft.parts:
        _refuse_span(part, now)
    _refuse_foreign(prison, draft.parts)
    last = max(part.ends_at for part in draft.parts)
    if draft.decide_by is not None and not now <= draft.decide_by <= last:
        raise PlannerError(
            "decides_too_late", _("The decision must come after now and before the end."), status=422
        )
    _refuse_twice(prison, draft.parts)


def _refuse_span(part: ClosurePart, now: dt.datetime) -> None:
    if part.ends_at <= part.starts_at:
        raise PlannerError("ends_before_start", _("The end must come after the start."), status=422)
    if part.ends_at <= now:
        raise PlannerError("past", _("This lies in the past."), status=422)
    if today(part.starts_at) < today(now):
        raise PlannerError(
            "dated_before_today", _("It may begin today at the earliest, at 00:00."), status=422
        )
    if part.ends_at - part.starts_at > LONGEST:
        raise PlannerError(
            "too_long", _("It may last a year at most. Put a room out of use in the settings."), status=422
        )


def _refuse_foreign(prison: Prison, parts: Sequence[ClosurePart]) -> None:
    rooms = {part.room_id for part in parts if part.room_id is not None}
    units = {part.unit_id for part in parts if part.unit_id is not None}
    known_rooms = Room.objects.in_prison(prison).filter(pk__in=rooms).count() if rooms else 0
    known_units = Unit.objects.in_prison(prison).filter(pk__in=units).count() if units else 0
    if known_rooms != len(rooms) or known_units != len(units):
        raise PlannerError("unknown_place", _("This place does not exist in this prison."), status=422)


def _refuse_twice(prison: Prison, parts: Sequence[ClosurePart]) -> None:
    """One place has one closure at a time; this also stops a double click."""
    standing = Closure.objects.in_prison(prison).exclude(state=State.LIFTED)
    for part in parts:
        same_place = standing.filter(room=part.room_id, unit=part.unit_id)
        other = same_place.touching(part.starts_at, part.ends_at).first()
        if other is not None:
            raise PlannerError(
                "closed_already",
                _("There is already one for this place in that time: %(kind)s, %(since)s to %(until)s."),
                kind=other.get_kind_display(),
                since=_moment(other.starts_at),
                until=_moment(other.ends_at),
            )


def require_right(prison: Prison, access: Access | None) -> None:
    if access is None or access.prison.pk != prison.pk or not access.has(Right.CLOSE):
        raise PlannerError(
            "not_allowed", _("Only the liaison and coordinators decide on closures."), status=403
        )


def refuse_decided(rows: Sequence[Closure], allowed: Sequence[str]) -> None:
    row = rows[0]
    if row.state in allowed:
        return
    if row.decided_at is None:
        raise PlannerError("already_decided", _("This is only announced: nothing was cancelled yet."))
    sentences = {
        State.CONFIRMED: _("%(who)s has confirmed this already (%(when)s)."),
        State.LIFTED: _("%(who)s has lifted this already (%(when)s)."),
    }
    raise PlannerError(
        "already_decided",
        sentences[State(row.state)],
        who=row.decided_by or _("Somebody"),
        when=_moment(row.decided_at),
    )


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(BRUSSELS):%d/%m/%Y %H:%M}"
