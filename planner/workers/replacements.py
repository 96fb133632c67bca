"""Who cannot come, and who could instead: free at that time and permitted to enter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from planner.notifications.cannot_come import waiting
from planner.scheduling.placement.session_workers import Candidate, candidates
from prisons.access import Access
from sessions.models import GroupSession, Worker

MOST = 5


@dataclass(frozen=True)
class Missing:
    """One session whose facilitator cannot come."""

    session: GroupSession
    worker: Worker
    free: tuple[Candidate, ...]
    """The best of those who could come instead."""
    more: int


def missing(access: Access, *, now: dt.datetime | None = None) -> list[Missing]:
    """As many as `waiting` has, each with who could come."""
    found = []
    for session, worker in waiting(access, now=now):
        free = [one for one in candidates(session) if one.is_free and not one.is_there]
        found.append(Missing(session, worker, tuple(free[:MOST]), max(0, len(free) - MOST)))
    return found
