"""One session as it was and as it is now: whom that concerns, and how much of a hurry there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from enrollment.models import Slip
from planner.models import Notice
from sessions.domain.placing import Placing
from sessions.models import GroupSession

URGENT = dt.timedelta(hours=48)
"""What begins so soon is read in time only by whoever gets a letter, and is called about otherwise."""
AT_ONCE = dt.timedelta(hours=24)
"""A letter about what begins so soon does not wait for a change of mind."""
WORKERS = "workers"
"""Of news for a service or the prison: who leads it has changed."""
Kind = Notice.Kind
_State = GroupSession.State


@dataclass(frozen=True)
class SessionChange:
    """One session as it was and as it is now, or would be."""

    session_id: int
    series_id: int
    before: Placing
    after: Placing
    is_open: bool = False
    """Where to is not said yet: it is taken for a move."""

    @property
    def was_shown(self) -> bool:
        return self.before.state == _State.PUBLISHED

    @property
    def is_shown(self) -> bool:
        return self.after.state == _State.PUBLISHED

    @property
    def is_moved(self) -> bool:
        return self.is_open or self._where(self.before) != self._where(self.after)

    @staticmethod
    def _where(placing: Placing) -> tuple[object, ...]:
        return placing.starts_at, placing.ends_at, placing.room_id

    def is_urgent(self, now: dt.datetime) -> bool:
        """It begins, or would have begun, within two days: calendars may not have asked again by then."""
        return self._begins_within(URGENT, now)

    def leaves_at_once(self, now: dt.datetime) -> bool:
        """Who has so little time hears of it without delay, even of a slip of the hand."""
        return self._begins_within(AT_ONCE, now)

    def _begins_within(self, span: dt.timedelta, now: dt.datetime) -> bool:
        starts = (self.was_starts_at, self.after.starts_at)
        return any(at is not None and now < at <= now + span for at in starts)

    @property
    def was_starts_at(self) -> dt.datetime | None:
        """When it was to begin, for whoever could see it."""
        return self.before.starts_at if self.was_shown else None

    @property
    def slip(self) -> Slip.Kind | None:
        """What the group is told: only whoever has seen the session as it was needs a slip."""
        if not self.was_shown:
            return Slip.Kind.RESTORED if self.returns else None
        if not self.is_shown:
            return Slip.Kind.CANCELLED
        return Slip.Kind.MOVED if self.is_moved and self.after.starts_at else None

    @property
    def returns(self) -> bool:
        """Cancelled before, and to be seen now: only who was told otherwise hears of it."""
        return self.is_shown and self.before.state == _State.CANCELLED

    @property
    def moments(self) -> tuple[dt.datetime, ...]:
        """Old and new start, as far as there are any."""
        return tuple(at for at in (self.before.starts_at, self.after.starts_at) if at is not None)

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
