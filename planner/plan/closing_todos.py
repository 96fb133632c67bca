"""What a closure gives each service to do: warn its facilitators when announced, call them when confirmed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from core.clock import today
from planner.plan.closing_effects import closed_sessions, facts_of
from prisons.domain import audit
from prisons.models import Organisation, Prison, Todo, User
from rooms.models import Closure
from sessions.models import GroupSession

WARN, CALL = "closure_warn", "closure_call"
KINDS = (WARN, CALL)


def tell(prison: Prison, rows: Sequence[Closure], *, by: User, now: dt.datetime) -> None:
    """One thing to do per service that is hit, as the closure stands now; what was open before is done."""
    close(rows, by=by, now=now)
    state = rows[0].state
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
            for organisation_id, count in sorted(_hit_per_service(prison, rows, now).items())
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


def _hit_per_service(prison: Prison, rows: Sequence[Closure], now: dt.datetime) -> Counter[int]:
    """Announced: what would be hit. Confirmed: what was cancelled."""
    if rows[0].state == Closure.State.ANNOUNCED:
        hit, _loaded = closed_sessions(prison, facts_of(rows), now=now)
        sessions = GroupSession.objects.filter(pk__in=list(hit))
    else:
        sessions = GroupSession.objects.filter(cancellation__closure__in=[row.pk for row in rows])
    return Counter(sessions.values_list("series__activity__organisation", flat=True))
