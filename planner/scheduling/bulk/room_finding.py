"""Giving the dates of a series that lie in the tray a room: all at once, as it was shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from enrollment.domain.locking import lock_facts
from planner.scheduling.choices.room_fits import RoomFit, fits_of, rooms_of, wanting_a_room
from planner.scheduling.placement.audience_counts import AudienceCounts, told_by
from planner.scheduling.placement.session_changes import Change, Outcome
from planner.scheduling.placement.writer import apply
from prisons.access import Access
from prisons.models import User
from sessions.models import Series


@dataclass(frozen=True)
class FoundRoom:
    """What choosing this room would do: the dates on which it is free go there, the others stay in the tray."""

    fit: RoomFit
    told: AudienceCounts = field(default_factory=AudienceCounts)

    @property
    def changes(self) -> list[Change]:
        room = self.fit.room.room_id
        free = [one.wanted for one in self.fit.free]
        return [Change(one.session.pk, room, one.starts_at, one.ends_at) for one in free]

    @property
    def digest(self) -> str:
        return digest("find_room", self.fit, self.told)


def placings(series: Series, *, now: dt.datetime | None = None) -> list[FoundRoom]:
    """Every room, best first; nothing is written."""
    known: dict[tuple[int, ...], AudienceCounts] = {}
    rows = [FoundRoom(fit) for fit in fits_of(series.prison, wanting_a_room(series, now=now))]
    for row in rows:
        dates = tuple(change.session_id for change in row.changes)
        if dates not in known:  # whom it tells hangs on the dates, not on the room
            known[dates] = told_by(series.prison, row.changes)
    return [FoundRoom(row.fit, known[tuple(change.session_id for change in row.changes)]) for row in rows]


def take_room(
    series: Series,
    room_id: int,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Put every date for which the room is free into it, as one act.

    `seen` is the digest that stood beside the room. Raises NotAsShown (409), PlannerError `unknown_room` (422),
    `nothing_free` (409), or what `apply` raises.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(series.prison, now=now)
        fit = rooms_of(fits_of(prison, wanting_a_room(series, now=now))).get(room_id)
        if fit is None:
            raise PlannerError("unknown_room", _("Choose a room that is in use."), status=422)
        placing = FoundRoom(fit, told_by(prison, FoundRoom(fit).changes))
        require_seen(seen, placing.digest)
        if not placing.changes:
            raise PlannerError("nothing_free", _("This room is free on none of these dates."))
        return apply(prison, placing.changes, by=by, verb="move", now=now, access=access, accept_soft=True)
