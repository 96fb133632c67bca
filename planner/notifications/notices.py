"""From a change of sessions to what each facilitator and each participant must know.

Written in the transaction of the change itself: a notice exists if and only if the change does.
"""

from __future__ import annotations

import datetime as dt

from enrollment.domain.slips import reply_slips
from planner.models import Notice
from planner.notifications import cannot_come, letters, staff
from planner.notifications.audience import Audience
from planner.notifications.unsaid import Unsaid
from prisons.models import ChangeSet, User


def tell(
    act: ChangeSet,
    audience: Audience,
    *,
    by: User,
    now: dt.datetime,
    unsaid: Unsaid | None = None,
) -> int:
    """Notices and letters for facilitators and staff, slips for participants; returns how many notices.

    Asks nothing of the database when no published session is touched. Of a closure the staff gets a letter of
    its own (planner/notifications/closures.py). `unsaid` belongs to the act that this one undoes.
    """
    if not audience:
        return 0
    changes = {one.session_id: one for one in audience.changes}
    notices = Notice.objects.bulk_create(
        [
            Notice(
                prison=act.prison,
                worker_id=worker,
                session_id=session_id,
                kind=kind,
                was_starts_at=changes[session_id].was_starts_at,
                is_urgent=changes[session_id].is_urgent(now),
                change_set=act,
                created_at=now,
            )
            for session_id, worker, kind in audience.workers
        ],
        batch_size=500,
    )
    soon = {one.session_id for one in audience.changes if one.leaves_at_once(now)}
    letters.post_now(act.prison, [notice.pk for notice in notices], act=act, at_once=soon, now=now)
    cannot_come.settle(act.prison, audience.changes, by=by, now=now)
    if "closures" not in act.facts:
        unheard = unsaid.users if unsaid else ()
        staff.tell_changes(act.prison, audience.changes, act=act, by=by, now=now, unsaid=unheard)
    _write_slips(act, audience, now, is_undo=unsaid is not None)
    return len(notices)


def _write_slips(act: ChangeSet, audience: Audience, now: dt.datetime, *, is_undo: bool) -> None:
    """What lies on the desk about these sessions was never said, and is replaced; after an undo it is true again."""
    before = {
        one.session_id: one.before.starts_at.isoformat()
        for one in audience.changes
        if one.is_shown and one.is_moved and one.before.starts_at
    }
    about = [one.session_id for one in audience.changes if one.slip and not is_undo]
    if about or audience.slips:
        reply_slips.tell(act.prison, audience.slips, about=about, before=before, act=act.pk, now=now)
