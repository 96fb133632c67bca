"""Where and when a session stands, who leads it, and what it was allowed: as plain values, to compare and to keep."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from sessions.models import GroupSession, SessionWorker, Waiver


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
