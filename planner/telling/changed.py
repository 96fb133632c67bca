"""One session as it was and as it is now: whom that concerns, and how much of a hurry there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from planner.models import Notice
from planner.plan.changes import Placing
from planner.telling.sentences import WORKERS
from sessions.models import GroupSession

URGENT = dt.timedelta(hours=48)
Kind = Notice.Kind
_State = GroupSession.State


@dataclass(frozen=True)
class Told:
    """One session as it was and as it is now."""

    session_id: int
    before: Placing
    after: Placing

    @property
    def was_shown(self) -> bool:
        return self.before.state == _State.PUBLISHED

    @property
    def is_shown(self) -> bool:
        return self.after.state == _State.PUBLISHED

    @property
    def is_moved(self) -> bool:
        return self._where(self.before) != self._where(self.after)

    @staticmethod
    def _where(placing: Placing) -> tuple[object, ...]:
        return placing.starts_at, placing.ends_at, placing.room_id

    def is_urgent(self, now: dt.datetime) -> bool:
        """It begins, or would have begun, within two days: calendars may not have asked again by then."""
        starts = (self.before.starts_at if self.was_shown else None, self.after.starts_at)
        return any(at is not None and now < at <= now + URGENT for at in starts)

    def kinds(self) -> Iterator[tuple[int, str]]:
        """(worker, what to say); nothing about what nobody could see."""
        before = {part.worker_id for part in self.before.workers} if self.was_shown else set()
        after = {part.worker_id for part in self.after.workers} if self.is_shown else set()
        for worker in sorted(before | after):
            if not self.was_shown:
                yield worker, Kind.RESTORED if self.before.state == _State.CANCELLED else Kind.PUBLISHED
            elif not self.is_shown:
                yield worker, Kind.CANCELLED
            elif worker not in after:
                yield worker, Kind.REMOVED
            elif worker not in before:
                yield worker, Kind.ADDED
            elif self.is_moved:
                yield worker, Kind.MOVED

    def news(self) -> str:
        """What a service or the prison is told of it; empty where it is none of their business."""
        if not self.was_shown:
            return Kind.RESTORED if self.before.state == _State.CANCELLED else Kind.PUBLISHED
        if not self.is_shown:
            return Kind.CANCELLED
        if self.is_moved:
            return Kind.MOVED
        return WORKERS if self.before.workers != self.after.workers else ""
