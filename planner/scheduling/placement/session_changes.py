"""What shall change about sessions, what came of it, why it was refused: the words of the writer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from planner.scheduling.rules.codes import Conflict
from prisons.models import ChangeSet
from sessions.domain.placing import Allowed, Part, Placing
from sessions.models import Cancellation, GroupSession

State = GroupSession.State


class Keep(Enum):
    """Leave this as it is."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True)
class Change:
    """What shall be different about one session. Start and end come together; a room needs a time."""

    session_id: int
    room_id: int | Keep | None = KEEP
    starts_at: dt.datetime | Keep | None = KEEP
    ends_at: dt.datetime | Keep | None = KEEP
    state: str | Keep = KEEP
    workers: tuple[Part, ...] | Keep = KEEP
    reason: str = ""
    """Why it is cancelled (Cancellation.Reason); needed when `state` becomes cancelled."""
    closure_id: int | None = None
    waivers: tuple[Allowed, ...] | Keep = KEEP
    """Exactly these; when left alone, those that still hold (see `waivers_that_hold`)."""
    allow: tuple[Allowed, ...] = ()
    """Rules that a coordinator waives with this very change; planner/scheduling/rules/waivers.py says who may."""


@dataclass(frozen=True)
class Outcome:
    """What was done: the act (undo it by its ChangeSet) and the points to watch that it brought."""

    change_set: ChangeSet
    session_ids: tuple[int, ...]
    soft: tuple[Conflict, ...] = ()
    sessions: tuple[GroupSession, ...] = ()
    """The sessions as they were written, ..."""
    were: tuple[Placing, ...] = ()
    """... and how each of them stood before."""


class Refused(PlannerError):
    """A change that would add conflicts. `needs_consent` tells that only soft ones stand in the way."""

    def __init__(self, found: Sequence[Conflict]) -> None:
        self.conflicts = tuple(found)
        self.needs_consent = not any(conflict.is_hard for conflict in found)
        if self.needs_consent:
            super().__init__("points_to_watch", _("There are points to watch. Look at them, then decide."))
        else:
            super().__init__(found[0].code, _("This cannot be done. Nothing was changed."))


def waivers_that_hold(
    before: Placing,
    room_id: int | None,
    starts_at: dt.datetime | None,
    ends_at: dt.datetime | None,
    workers: tuple[Part, ...],
) -> tuple[Allowed, ...]:
    """What was allowed once was allowed for one room and one time: a move ends it.

    Other facilitators end only what was allowed about a facilitator.
    """
    if (room_id, starts_at, ends_at) != (before.room_id, before.starts_at, before.ends_at):
        return ()
    if workers == before.workers:
        return before.waivers
    return tuple(allowed for allowed in before.waivers if allowed.code != "worker_unavailable")


def after_of(before: Placing, change: Change) -> Placing:
    """How it would stand. Raises PlannerError `ends_before_start` or `room_without_time` (422)."""
    starts_at = before.starts_at if isinstance(change.starts_at, Keep) else change.starts_at
    ends_at = before.ends_at if isinstance(change.ends_at, Keep) else change.ends_at
    room_id = before.room_id if isinstance(change.room_id, Keep) else change.room_id
    state = before.state if isinstance(change.state, Keep) else change.state
    if (starts_at is None) != (ends_at is None) or (starts_at and ends_at and ends_at <= starts_at):
        raise PlannerError("ends_before_start", _("The end must come after the start."), status=422)
    if room_id is not None and starts_at is None:
        raise PlannerError(
            "room_without_time", _("Choose a time as well: a room is taken for a time."), status=422
        )
    cancellation = before.cancellation
    if state != State.CANCELLED:
        cancellation = None
    elif before.state != State.CANCELLED:
        cancellation = (
            change.reason or Cancellation.Reason.NOT_NEEDED.value,
            change.closure_id,
            before.state,
        )
    workers = before.workers if isinstance(change.workers, Keep) else tuple(sorted(change.workers))
    if isinstance(change.waivers, Keep):
        waivers = waivers_that_hold(before, room_id, starts_at, ends_at, workers)
    else:
        waivers = change.waivers
    waivers = (*(one for one in waivers if one.code not in {new.code for new in change.allow}), *change.allow)
    week_on = _monday(starts_at, before.week_on)
    return Placing(room_id, starts_at, ends_at, state, week_on, workers, cancellation, tuple(sorted(waivers)))


def _monday(starts_at: dt.datetime | None, otherwise: dt.date) -> dt.date:
    if starts_at is None:
        return otherwise
    day = clock.today(starts_at)
    return day - dt.timedelta(days=day.isoweekday() - 1)
