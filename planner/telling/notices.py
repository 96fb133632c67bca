"""From a change of sessions to what each facilitator and each participant must know.

Written in the transaction of the change itself: a notice exists if and only if the change does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from enrollment.domain import slips
from enrollment.models import Slip
from planner.models import Notice
from planner.telling import cannot_come, letters, staff
from planner.telling.changed import Told
from prisons.models import Prison, User
from sessions.models import GroupSession

_State = GroupSession.State


def tell(
    prison: Prison, changes: Iterable[Told], *, by: User, now: dt.datetime, is_closure: bool = False
) -> int:
    """Notices and letters for facilitators and staff, slips for participants; returns how many notices.

    Asks nothing of the database when no published session is touched. Of a closure the staff gets a letter of
    its own (planner/telling/closures.py).
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
    cannot_come.settle(prison, told, by=by, now=now)
    if not is_closure:
        staff.tell_changes(prison, told, by=by, now=now)
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
