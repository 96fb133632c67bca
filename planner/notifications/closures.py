"""Closures announced, confirmed and lifted: to the facilitators whose sessions are in doubt, to services and prison."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from planner.models import Notice, StaffNotice
from planner.notifications import letters, staff
from planner.notifications.session_change import AT_ONCE, URGENT
from prisons.models import ChangeSet, Prison, User
from rooms.models import Closure
from sessions.models import GroupSession, SessionWorker

Kind = Notice.Kind
State = Closure.State


def tell(
    prison: Prison,
    rows: Sequence[Closure],
    session_ids: Collection[int],
    *,
    act: ChangeSet,
    by: User,
    now: dt.datetime,
    unheard: Collection[int] = (),
) -> None:
    """`session_ids` is what it would hit (announced), has cancelled (confirmed), or had hit (lifted).

    `unheard` are people who have not heard of the act that this one takes back: for them nothing has happened.
    """
    state = rows[0].state
    shown = _shown(session_ids, state)
    owners = staff.owners_of(shown)
    if state == State.ANNOUNCED:
        known = set(_in_doubt(shown))
        _tell_workers(act, [pair for pair in _leading(shown) if pair not in known], Kind.DOUBTFUL, now)
    elif state == State.LIFTED:
        _tell_workers(act, _in_doubt(shown), Kind.CERTAIN, now)
    kind = {State.ANNOUNCED: Kind.DOUBTFUL, State.CONFIRMED: Kind.CANCELLED}.get(State(state), Kind.CERTAIN)
    facts = {"closures": [row.pk for row in rows], "state": state}
    urgent = any(row.starts_at <= now + URGENT and row.ends_at > now for row in rows)
    notices = []
    for user, services in staff.readers(prison, owners.values(), now=now).each():
        own = [pk for pk in shown if services is None or owners[pk] in services]
        if user != by and user.pk not in unheard:
            told = {**facts, "changes": [(pk, kind, _iso(shown[pk])) for pk in own]}
            row = staff.notice(prison, user, StaffNotice.Kind.CLOSURE, told, urgent, now)
            row.change_set = act
            notices.append(row)
    at_once = any(row.starts_at <= now + AT_ONCE and row.ends_at > now for row in rows)
    staff.keep(prison, notices, now=now, at_once=at_once)


def _iso(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def _shown(session_ids: Collection[int], state: str) -> dict[int, dt.datetime | None]:
    """Those that somebody could see, in order of time, with their start."""
    wanted = GroupSession.State.CANCELLED if state == State.CONFIRMED else GroupSession.State.PUBLISHED
    rows = GroupSession.objects.filter(pk__in=list(session_ids), state=wanted, published_at__isnull=False)
    return dict(rows.order_by("starts_at", "pk").values_list("pk", "starts_at"))


def _leading(session_ids: Collection[int]) -> list[tuple[int, int]]:
    rows = SessionWorker.objects.filter(session__in=list(session_ids))
    return list(rows.order_by("session", "worker").values_list("worker", "session"))


def _in_doubt(session_ids: Collection[int]) -> list[tuple[int, int]]:
    """(facilitator, session) whose last word was that it may not take place."""
    rows = Notice.objects.filter(session__in=list(session_ids)).order_by("created_at", "pk")
    latest = {
        (worker, session): kind for worker, session, kind in rows.values_list("worker", "session", "kind")
    }
    return [pair for pair, kind in latest.items() if kind == Kind.DOUBTFUL]


def _is_near(starts_at: dt.datetime | None, now: dt.datetime, span: dt.timedelta = URGENT) -> bool:
    return starts_at is not None and now < starts_at <= now + span


def _tell_workers(act: ChangeSet, pairs: Collection[tuple[int, int]], kind: str, now: dt.datetime) -> None:
    starts = dict(
        GroupSession.objects.filter(pk__in={session for _worker, session in pairs}).values_list(
            "pk", "starts_at"
        )
    )
    notices = Notice.objects.bulk_create(
        [
            Notice(
                prison=act.prison,
                worker_id=worker,
                session_id=session,
                kind=kind,
                was_starts_at=starts[session],
                is_urgent=_is_near(starts[session], now),
                change_set=act,
                created_at=now,
            )
            for worker, session in pairs
        ],
        batch_size=500,
    )
    soon = [pk for pk, starts_at in starts.items() if _is_near(starts_at, now, AT_ONCE)]
    letters.post_now(act.prison, [row.pk for row in notices], act=act, at_once=soon, now=now)
