"""Closures: announced, then confirmed or lifted, each as one act that can be undone within the hour.

Announcing only warns. Confirming cancels everything that the closure hits, of every service, and keeps the
enrolments. Lifting what was confirmed lets come back what still has its place. A reduced regime is a group of
closures; every verb here takes any one of a group and acts on all of it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import today
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from enrollment.domain.locking import lock_facts
from planner.notifications import closures
from planner.scheduling.bulk.returning import Ruling, back, what_can_return
from planner.scheduling.closures import todos
from planner.scheduling.closures.effects import (
    Effects,
    closed_sessions,
    effects_of,
    effects_of_closures,
    facts_of,
)
from planner.scheduling.closures.parts import ClosureDraft, ClosurePart
from planner.scheduling.closures.refusals import refuse_decided, refuse_unusable, require_right
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.writer import apply
from prisons.access import Access, access_for
from prisons.domain.records import audit
from prisons.domain.records.change_sets import Image, open_change_set, remember
from prisons.models import ChangeSet, Prison, User
from rooms.domain.facts import bump_rules
from rooms.models import Closure
from sessions.models import Cancellation, GroupSession

State = Closure.State
LABEL = Closure._meta.label_lower


@dataclass(frozen=True)
class ClosureDecision:
    """What came of an act on a closure: the rows, the act itself, the sessions, and what could not return."""

    closures: tuple[Closure, ...]
    change_set: ChangeSet
    session_ids: tuple[int, ...] = ()
    ruling: Ruling = field(default_factory=Ruling)


def group_of(closure: Closure) -> list[Closure]:
    """The closure with all that was announced with it, in order of making."""
    rows = Closure.objects.filter(prison=closure.prison_id).select_related(
        "room", "unit", "announced_by", "decided_by"
    )
    same = Q(group=closure.group) if closure.group else Q(pk=closure.pk)
    return list(rows.filter(same).order_by("pk"))


def announce(
    prison: Prison,
    draft: ClosureDraft,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> ClosureDecision:
    """Write the closure as announced: nothing is cancelled yet, the services are told what it would hit.

    `seen` is the digest of the draft and its effects, as the person was shown them. Raises NotAsShown (409),
    PlannerError 422 for what cannot be (no part, ends before it starts, past, too long, a place of
    another prison, a decision after the end), 409 `closed_already` when the same place has one already.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        access = access or access_for(by, prison, now=now)
        require_right(prison, access)
        refuse_unusable(prison, draft, now=now)
        if seen is not None:
            effects = effects_of(prison, draft.parts, now=now)
            require_seen(seen, digest_of_draft(draft, effects.known_to(access)))
        group = uuid.uuid4() if len(draft.parts) > 1 else None
        rows = [_row(prison, draft, part, group, by, now) for part in draft.parts]
        for row in rows:
            row.save(force_insert=True)
        bump_rules(prison)
        change_set = open_change_set(prison, by, "announce_closure", _facts(rows), now)
        _keep(change_set, rows, [None] * len(rows), by, now)
        todos.tell(prison, rows, act=change_set, by=by, now=now)
    return ClosureDecision(tuple(rows), change_set)


def digest_of_draft(draft: ClosureDraft, effects: Effects) -> str:
    """Of what somebody is about to announce, and what it would hit."""
    return digest("announce_closure", draft, effects)


def confirm(
    closure: Closure,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> ClosureDecision:
    """Cancel all that the announced closure hits, as one act over every service; enrolments stay.

    `seen` is the digest of the effects that the person was shown. Raises NotAsShown, PlannerError
    `already_decided` or `past` (409).
    """
    now = now or clock.now()
    with transaction.atomic():
        access = access or access_for(by, closure.prison, now=now)
        prison, rows = _locked(closure, access, now)
        refuse_decided(rows, (State.ANNOUNCED,))
        hit, _loaded = closed_sessions(prison, facts_of(rows), now=now)
        if seen is not None:
            require_seen(seen, effects_of_closures(prison, rows, now=now).known_to(access).digest)
        before = _decide(prison, rows, State.CONFIRMED, by, now)
        reason = Cancellation.Reason.CLOSURE.value
        changes = [
            Change(pk, state=GroupSession.State.CANCELLED, reason=reason, closure_id=closure_id)
            for pk, closure_id in hit.items()
        ]
        outcome = apply(
            prison, changes, by=by, verb="confirm_closure", now=now, ordered_by_prison=True,
            facts=_facts(rows),
        )  # fmt: skip
        _keep(outcome.change_set, rows, before, by, now)
        todos.tell(prison, rows, act=outcome.change_set, by=by, now=now)
    return ClosureDecision(tuple(rows), outcome.change_set, outcome.session_ids)


def lift(
    closure: Closure,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> ClosureDecision:
    """Take the closure away. What it had cancelled returns where its place is still free; the rest is named.

    `seen` is the digest of what the person was shown. Raises NotAsShown, PlannerError `already_decided` or `past`
    (409): the day must not have passed.
    """
    now = now or clock.now()
    with transaction.atomic():
        access = access or access_for(by, closure.prison, now=now)
        prison, rows = _locked(closure, access, now)
        refuse_decided(rows, (State.ANNOUNCED, State.CONFIRMED))
        verb = "reopen" if rows[0].state == State.CONFIRMED else "lift_closure"
        offered = sessions_taken_by(prison, rows)
        before = _decide(prison, rows, State.LIFTED, by, now)
        ruling = what_can_return(prison, offered, now=now)
        require_seen(seen, digest_of_return(ruling.known_to(access)))
        outcome = apply(
            prison, [back(one.session) for one in ruling.can], by=by, verb=verb, now=now,
            accept_soft=True, ordered_by_prison=True, facts=_facts(rows),
        )  # fmt: skip
        _keep(outcome.change_set, rows, before, by, now)
        todos.tell(prison, rows, act=outcome.change_set, by=by, now=now)
    return ClosureDecision(tuple(rows), outcome.change_set, outcome.session_ids, ruling)


def digest_of_return(ruling: Ruling) -> str:
    return digest("lift_closure", ruling)


def restore(
    closure: Closure,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> ClosureDecision:
    """Once more after lifting: what could not return then and can now; `seen` and what it raises as for `lift`."""
    now = now or clock.now()
    with transaction.atomic():
        access = access or access_for(by, closure.prison, now=now)
        prison, rows = _locked(closure, access, now)
        refuse_decided(rows, (State.LIFTED,))
        ruling = what_can_return(prison, sessions_taken_by(prison, rows), now=now)
        require_seen(seen, digest_of_return(ruling.known_to(access)))
        outcome = apply(
            prison, [back(one.session) for one in ruling.can], by=by, verb="reopen", now=now,
            accept_soft=True, ordered_by_prison=True, facts=_facts(rows),
        )  # fmt: skip
        closures.tell(prison, rows, outcome.session_ids, act=outcome.change_set, by=by, now=now)
    return ClosureDecision(tuple(rows), outcome.change_set, outcome.session_ids, ruling)


def sessions_taken_by(prison: Prison, rows: Iterable[Closure]) -> list[int]:
    """What these closures cancelled, and what a closure lifted meanwhile had cancelled in their time."""
    rows = list(rows)
    cancelled = GroupSession.objects.in_prison(prison).filter(
        state=GroupSession.State.CANCELLED, cancellation__reason=Cancellation.Reason.CLOSURE
    )
    near = Q()
    for row in rows:
        near |= Q(starts_at__lt=row.ends_at, ends_at__gt=row.starts_at)
    own = Q(cancellation__closure__in=[row.pk for row in rows])
    orphaned = Q(cancellation__closure__state=State.LIFTED) & near
    return list(cancelled.filter(own | orphaned).order_by("starts_at", "pk").values_list("pk", flat=True))


def _row(
    prison: Prison,
    draft: ClosureDraft,
    part: ClosurePart,
    group: uuid.UUID | None,
    by: User,
    now: dt.datetime,
) -> Closure:
    return Closure(
        prison=prison,
        kind=draft.kind,
        reason=draft.reason,
        decide_by=draft.decide_by,
        group=group,
        announced_by=by,
        created_at=now,
        **part._asdict(),
    )


def _locked(closure: Closure, access: Access | None, now: dt.datetime) -> tuple[Prison, list[Closure]]:
    """The prison under its lock, and the group fresh from the database."""
    prison = lock_facts(closure.prison_id, now=now)
    require_right(prison, access)
    rows = group_of(closure)
    if not rows:
        raise PlannerError("unknown_closure", _("This closure does not exist any more."), status=404)
    if today(max(row.ends_at for row in rows) - dt.timedelta(microseconds=1)) < today(now):
        raise PlannerError("past", _("That day is over. What happened cannot be changed."))
    return prison, rows


def _decide(
    prison: Prison, rows: Sequence[Closure], state: str, by: User, now: dt.datetime
) -> list[dict[str, Any]]:
    """Write the new state of a group; answers how its rows were."""
    before = [image_of(row) for row in rows]
    for row in rows:
        row.state, row.decided_by, row.decided_at = state, by, now
        row.save(update_fields=["state", "decided_by", "decided_at"])
    bump_rules(prison)
    return before


def image_of(row: Closure) -> dict[str, Any]:
    """What a decision changes, as undo keeps it."""
    return {
        "state": str(row.state),
        "decided_by_id": row.decided_by_id,
        "decided_at": row.decided_at and row.decided_at.astimezone(dt.UTC).isoformat(),
    }


def _facts(rows: Sequence[Closure]) -> dict[str, Any]:
    return {"closures": [row.pk for row in rows], "ordered_by_prison": True}


def _keep(
    change_set: ChangeSet,
    rows: Sequence[Closure],
    before: Sequence[dict[str, Any] | None],
    by: User,
    now: dt.datetime,
) -> None:
    """The closures belong to the act as its sessions do: undo takes back both."""
    images = zip(rows, before, strict=True)
    remember(change_set, [Image(Closure, row.pk, was, image_of(row)) for row, was in images])
    audit.record_many(
        change_set.prison, by, change_set.verb, rows, fields=["state"], change_set=change_set, now=now
    )
