"""What a closure gives each service to do: warn its facilitators when announced, call them when confirmed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from core.dates.clock import today
from planner.notifications import closures, staff
from planner.scheduling.closures.effects import closed_sessions, facts_of
from prisons.domain.records import audit
from prisons.models import ChangeSet, Organisation, Prison, Todo, User
from rooms.models import Closure
from sessions.models import GroupSession

WARN, CALL = "closure_warn", "closure_call"
KINDS = (WARN, CALL)


def tell(
    prison: Prison,
    rows: Sequence[Closure],
    *,
    act: ChangeSet,
    by: User,
    now: dt.datetime,
    unheard: Collection[int] = (),
) -> None:
    """Letters, and one thing to do per service that is hit, as the closure stands now.

    What was to be done before is done.
    """
    close(rows, by=by, now=now)
    state = rows[0].state
    hit = _hit(prison, rows, now)
    closures.tell(prison, rows, hit, act=act, by=by, now=now, unheard=unheard)
    if state == Closure.State.LIFTED:
        return
    kind = WARN if state == Closure.State.ANNOUNCED else CALL
    due = rows[0].decide_by if kind == WARN and rows[0].decide_by else min(row.starts_at for row in rows)
    todos = Todo.objects.bulk_create(
        [
            Todo(
                prison=prison,
                organisation_id=organisation_id,
                kind=kind,
                facts={"closure": rows[0].pk, "sessions": count},
                created_at=now,
                due_on=max(today(due), today(now)),
            )
            for organisation_id, count in sorted(_per_service(hit).items())
        ]
    )
    audit.record_many(prison, by, "tell", todos, now=now)


def close(
    rows: Sequence[Closure], *, by: User, now: dt.datetime, organisation: Organisation | None = None
) -> int:
    """What was open for this closure is done (of one service, or of all); returns how many that were."""
    if not rows:
        return 0
    todos = Todo.objects.in_prison(rows[0].prison_id).filter(
        kind__in=KINDS, done_at__isnull=True, facts__closure=rows[0].pk
    )
    if organisation is not None:
        todos = todos.filter(organisation=organisation)
    ids = list(todos.values_list("pk", flat=True))
    if ids:
        Todo.objects.filter(pk__in=ids).update(done_at=now, done_by=by)
        audit.record_many(rows[0].prison, by, "done", [(Todo, pk) for pk in ids], now=now)
    return len(ids)


def _hit(prison: Prison, rows: Sequence[Closure], now: dt.datetime) -> list[int]:
    """Sessions that would be hit, or would have been; once confirmed, those that were cancelled."""
    if rows[0].state != Closure.State.CONFIRMED:
        hit, _loaded = closed_sessions(prison, facts_of(rows), now=now)
        return list(hit)
    cancelled = GroupSession.objects.filter(cancellation__closure__in=[row.pk for row in rows])
    return list(cancelled.values_list("pk", flat=True))


def _per_service(session_ids: Iterable[int]) -> Counter[int]:
    return Counter(staff.owners_of(session_ids).values())
