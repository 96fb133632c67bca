"""What shall change about sessions, what came of it, why it was refused: the words of the writer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from planner.scheduling.rules.codes import Conflict
from prisons.models import ChangeSet
from sessions.models import Cancellation, GroupSession, SessionWorker, Waiver

State = GroupSession.State


class Keep(Enum):
    """Leave this as it is."""

    KEEP = "keep"


KEEP = Keep.KEEP


class Part(NamedTuple):
    """A worker on a session: leader, substitute or interpreter (with a language)."""

    worker_id: int
    part: str = SessionWorker.Part.LEADER
    language: str = ""


class Allowed(NamedTuple):
    """One rule that a coordinator lets a session break this once, and why (a Waiver as plain values)."""

    code: str
    reason: str
    by_id: int
    at: str
    """The instant in ISO 8601, UTC."""


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
class Placing:
    """All that `apply` writes of a session, as it is or as it shall be."""

    room_id: int | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    state: str
    week_on: dt.date
    workers: tuple[Part, ...]
    cancellation: tuple[str, int | None, str] | None = None
    """(reason, closure, the state it had)."""
    waivers: tuple[Allowed, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "room_id": self.room_id,
            "starts_at": self.starts_at and self.starts_at.astimezone(dt.UTC).isoformat(),
            "ends_at": self.ends_at and self.ends_at.astimezone(dt.UTC).isoformat(),
            "state": self.state,
            "week_on": self.week_on.isoformat(),
            "workers": [list(part) for part in self.workers],
            "cancellation": list(self.cancellation) if self.cancellation else None,
            "waivers": [list(allowed) for allowed in self.waivers],
        }


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


def placing_of(session: GroupSession) -> Placing:
    """How the session stands now; reads its workers, cancellation and waivers."""
    parts = tuple(Part(sw.worker_id, sw.part, sw.language) for sw in session.session_workers.all())
    cancelled = getattr(session, "cancellation", None)
    return Placing(
        session.room_id,
        session.starts_at,
        session.ends_at,
        session.state,
        session.week_on,
        tuple(sorted(parts)),
        (cancelled.reason, cancelled.closure_id, cancelled.was_state) if cancelled else None,
        tuple(sorted(_allowed(waiver) for waiver in session.waivers.all())),
    )


def _allowed(waiver: Waiver) -> Allowed:
    return Allowed(waiver.code, waiver.reason, waiver.by_id, waiver.at.astimezone(dt.UTC).isoformat())


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
