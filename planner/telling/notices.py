"""From a change of sessions to what each facilitator and each participant must know.

Written in the transaction of the change itself: a notice exists if and only if the change does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from enrollment.domain import slips
from enrollment.models import Slip
from planner.models import Notice
from planner.plan.changes import Placing
from planner.telling import letters
from prisons.models import Prison
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


def tell(prison: Prison, changes: Iterable[Told], *, now: dt.datetime) -> int:
    """Notices and letters for facilitators, slips for participants; returns how many notices.

    Asks nothing of the database when no published session is touched.
    """
    told = [one for one in changes if one.was_shown or one.is_shown]
    if not told:
        return 0
    notices = Notice.objects.bulk_create(
        [
            Notice(
                prison=prison,
                worker_id=worker,
                session_id=one.session_id,
                kind=kind,
                was_starts_at=one.before.starts_at if one.was_shown else None,
                is_urgent=one.is_urgent(now),
                created_at=now,
            )
            for one in told
            for worker, kind in one.kinds()
        ],
        batch_size=500,
    )
    letters.post_now(prison, [notice.pk for notice in notices], now=now)
    _tell_participants(prison, told, now)
    return len(notices)


def _tell_participants(prison: Prison, told: list[Told], now: dt.datetime) -> None:
    """A slip for everybody of the group: only whoever has seen the session as it was needs one."""
    cancelled = [one.session_id for one in told if one.was_shown and not one.is_shown]
    moved = [one for one in told if one.was_shown and one.is_shown and one.is_moved and one.after.starts_at]
    returned = [one.session_id for one in told if one.is_shown and one.before.state == _State.CANCELLED]
    if returned:
        slips.tell_of_return(prison, returned, now=now)
    if cancelled:
        slips.tell_people(prison, cancelled, Slip.Kind.CANCELLED, now=now)
    if moved:
        before = {one.session_id: one.before.starts_at.isoformat() for one in moved if one.before.starts_at}
        slips.tell_people(prison, [one.session_id for one in moved], Slip.Kind.MOVED, before=before, now=now)
