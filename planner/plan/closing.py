"""Closures: announced, then confirmed or lifted, each as one act that can be undone within the hour.

Announcing only warns. Confirming cancels everything that the closure hits, of every service, and keeps the
enrolments. Lifting what was confirmed lets come back what still has its place. A reduced regime is a group of
closures; every verb here takes any one of a group and acts on all of it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.clock import BRUSSELS, today
from core.errors import PlannerError
from enrollment.domain.facts import lock_facts
from planner.models import MadeUp
from planner.plan import closing_todos
from planner.plan.changes import Change
from planner.plan.closing_effects import closed_sessions, facts_of, seal_of
from planner.plan.closure_parts import Part
from planner.plan.placement import apply
from planner.plan.returning import Ruling, back, what_can_return
from prisons.access import Access, Right, access_for
from prisons.domain import audit
from prisons.domain.changes import Image, open_change_set, remember
from prisons.models import ChangeImage, ChangeSet, Prison, Unit, User
from rooms.domain.facts import bump_rules
from rooms.models import Closure, Room
from sessions.models import Cancellation, GroupSession

State = Closure.State
LABEL = Closure._meta.label_lower
LONGEST = dt.timedelta(days=366)


@dataclass(frozen=True)
class ClosureDraft:
    """A closure as a form describes it; several parts become a group."""

    kind: str
    parts: tuple[Part, ...]
    reason: str = ""
    decide_by: dt.datetime | None = None


@dataclass(frozen=True)
class Decision:
    """What came of an act on a closure: the rows, the act itself, the sessions, and what could not return."""

    closures: tuple[Closure, ...]
    change_set: ChangeSet
    session_ids: tuple[int, ...] = ()
    ruling: Ruling = Ruling()


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
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Decision:
    """Write the closure as announced: nothing is cancelled yet, the services are told what it would hit.

    Raises PlannerError 422 for what cannot be (no part, ends before it starts, past, too long, a place of
    another prison, a decision after the end), 409 `closed_already` when the same place has one already.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        _require_right(prison, access or access_for(by, prison, now=now))
        refuse_unusable(prison, draft, now=now)
        group = uuid.uuid4() if len(draft.parts) > 1 else None
        rows = [_row(prison, draft, part, group, by, now) for part in draft.parts]
        for row in rows:
            row.save(force_insert=True)
        bump_rules(prison)
        change_set = open_change_set(prison, by, "announce_closure", _facts(rows), now)
        _keep(change_set, rows, [None] * len(rows), by, now)
        closing_todos.tell(prison, rows, by=by, now=now)
    return Decision(tuple(rows), change_set)


def confirm(
    closure: Closure,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Decision:
    """Cancel all that the announced closure hits, as one act over every service; enrolments stay.

    `seen` is the seal of the effects that the person was shown. Raises PlannerError `already_decided`,
    `past`, or `other_effects` when by now other sessions are hit (409).
    """
    now = now or clock.now()
    with transaction.atomic():
        prison, rows = _locked(closure, by, access, now)
        _refuse_decided(rows, (State.ANNOUNCED,))
        hit, _loaded = closed_sessions(prison, facts_of(rows), now=now)
        if seen is not None and seen != seal_of(hit):
            raise PlannerError(
                "other_effects",
                _("The schedule has changed since you looked. Look at what it hits now, then decide."),
            )
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
        closing_todos.tell(prison, rows, by=by, now=now)
    return Decision(tuple(rows), outcome.change_set, outcome.session_ids)


def lift(
    closure: Closure, *, by: User, now: dt.datetime | None = None, access: Access | None = None
) -> Decision:
    """Take the closure away. What it had cancelled returns where its place is still free; the rest is named.

    Raises PlannerError `already_decided` or `past` (409): the day must not have passed.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison, rows = _locked(closure, by, access, now)
        _refuse_decided(rows, (State.ANNOUNCED, State.CONFIRMED))
        verb = "reopen" if rows[0].state == State.CONFIRMED else "lift_closure"
        offered = sessions_taken_by(prison, rows)
        before = _decide(prison, rows, State.LIFTED, by, now)
        ruling = what_can_return(prison, offered, now=now)
        outcome = apply(
            prison, [back(one.session) for one in ruling.can], by=by, verb=verb, now=now,
            accept_soft=True, ordered_by_prison=True, facts=_facts(rows),
        )  # fmt: skip
        _keep(outcome.change_set, rows, before, by, now)
        closing_todos.tell(prison, rows, by=by, now=now)
    return Decision(tuple(rows), outcome.change_set, outcome.session_ids, ruling)


def restore(
    closure: Closure, *, by: User, now: dt.datetime | None = None, access: Access | None = None
) -> Decision:
    """Once more after lifting: what could not return then and can now. Raises as `lift` does."""
    now = now or clock.now()
    with transaction.atomic():
        prison, rows = _locked(closure, by, access, now)
        _refuse_decided(rows, (State.LIFTED,))
        ruling = what_can_return(prison, sessions_taken_by(prison, rows), now=now)
        outcome = apply(
            prison, [back(one.session) for one in ruling.can], by=by, verb="reopen", now=now,
            accept_soft=True, ordered_by_prison=True, facts=_facts(rows),
        )  # fmt: skip
    return Decision(tuple(rows), outcome.change_set, outcome.session_ids, ruling)


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


def refuse_unusable(prison: Prison, draft: ClosureDraft, *, now: dt.datetime | None = None) -> None:
    """Raises what `announce` would raise, without writing; a page asks it before it shows the effects."""
    now = now or clock.now()
    if not draft.parts:
        raise PlannerError("nothing_closed", _("Choose what is closed, and when."), status=422)
    for part in draft.parts:
        _refuse_span(part, now)
    _refuse_foreign(prison, draft.parts)
    last = max(part.ends_at for part in draft.parts)
    if draft.decide_by is not None and not now <= draft.decide_by <= last:
        raise PlannerError(
            "decides_too_late", _("The decision must come after now and before the end."), status=422
        )
    _refuse_twice(prison, draft.parts)


def _refuse_span(part: Part, now: dt.datetime) -> None:
    if part.ends_at <= part.starts_at:
        raise PlannerError("ends_before_start", _("The end must come after the start."), status=422)
    if part.ends_at <= now:
        raise PlannerError("past", _("This lies in the past."), status=422)
    if today(part.starts_at) < today(now):
        raise PlannerError(
            "dated_before_today", _("It may begin today at the earliest, at 00:00."), status=422
        )
    if part.ends_at - part.starts_at > LONGEST:
        raise PlannerError(
            "too_long", _("It may last a year at most. Put a room out of use in the settings."), status=422
        )


def _refuse_foreign(prison: Prison, parts: Sequence[Part]) -> None:
    rooms = {part.room_id for part in parts if part.room_id is not None}
    units = {part.unit_id for part in parts if part.unit_id is not None}
    known_rooms = Room.objects.in_prison(prison).filter(pk__in=rooms).count() if rooms else 0
    known_units = Unit.objects.in_prison(prison).filter(pk__in=units).count() if units else 0
    if known_rooms != len(rooms) or known_units != len(units):
        raise PlannerError("unknown_place", _("This place does not exist in this prison."), status=422)


def _refuse_twice(prison: Prison, parts: Sequence[Part]) -> None:
    """One place has one closure at a time; this also stops a double click."""
    standing = Closure.objects.in_prison(prison).exclude(state=State.LIFTED)
    for part in parts:
        same_place = standing.filter(room=part.room_id, unit=part.unit_id)
        other = same_place.touching(part.starts_at, part.ends_at).first()
        if other is not None:
            raise PlannerError(
                "closed_already",
                _("There is already one for this place in that time: %(kind)s, %(from)s to %(to)s."),
                kind=other.get_kind_display(),
                closure=other.pk,
                **{"from": _moment(other.starts_at), "to": _moment(other.ends_at)},
            )


def _require_right(prison: Prison, access: Access | None) -> None:
    if access is None or access.prison.pk != prison.pk or not access.has(Right.CLOSE):
        raise PlannerError(
            "not_allowed", _("Only the liaison and coordinators decide on closures."), status=403
        )


def _row(
    prison: Prison, draft: ClosureDraft, part: Part, group: uuid.UUID | None, by: User, now: dt.datetime
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


def _locked(
    closure: Closure, by: User, access: Access | None, now: dt.datetime
) -> tuple[Prison, list[Closure]]:
    """The prison under its lock, and the group fresh from the database."""
    prison = lock_facts(closure.prison_id, now=now)
    _require_right(prison, access or access_for(by, prison, now=now))
    rows = group_of(closure)
    if not rows:
        raise PlannerError("unknown_closure", _("This closure does not exist any more."), status=404)
    if today(max(row.ends_at for row in rows) - dt.timedelta(microseconds=1)) < today(now):
        raise PlannerError("past", _("That day is over. What happened cannot be changed."))
    return prison, rows


def _refuse_decided(rows: Sequence[Closure], allowed: Sequence[str]) -> None:
    row = rows[0]
    if row.state in allowed:
        return
    if row.decided_at is None:
        raise PlannerError("already_decided", _("This is only announced: nothing was cancelled yet."))
    sentences = {
        State.CONFIRMED: _("%(who)s has confirmed this already (%(when)s)."),
        State.LIFTED: _("%(who)s has lifted this already (%(when)s)."),
    }
    raise PlannerError(
        "already_decided", sentences[State(row.state)], who=row.decided_by or "?", when=_moment(row.decided_at)
    )


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


def take_back(
    prison: Prison,
    change_set: ChangeSet,
    images: Sequence[ChangeImage],
    *,
    by: User,
    now: dt.datetime,
    access: Access | None = None,
) -> None:
    """Undo's part for the closures of an act: their state as it was; what the act announced goes.

    Call under the prison's lock, before its sessions are put back. Raises PlannerError `not_allowed` (403),
    `changed_since` or `made_up` (409).
    """
    _require_right(prison, access or access_for(by, prison, now=now))
    rows = Closure.objects.in_prison(prison).select_related("decided_by").in_bulk(
        [image.object_id for image in images]
    )
    for image in images:
        row = rows.get(image.object_id)
        if row is None or image_of(row) != image.after:
            who = row.decided_by if row is not None and row.decided_by else "?"
            raise PlannerError(
                "changed_since", _("%(who)s has changed this since. Nothing was undone."), who=who
            )
    _refuse_made_up(change_set)
    audit.record_many(prison, by, "undo", rows.values(), fields=["state"], change_set=change_set, now=now)
    closing_todos.close(list(rows.values()), by=by, now=now)
    for image in images:
        _put_back(rows[image.object_id], image.before)
    bump_rules(prison)
    remaining = [rows[image.object_id] for image in images if image.before is not None]
    if remaining:
        closing_todos.tell(prison, remaining, by=by, now=now)


def _put_back(row: Closure, before: dict[str, Any] | None) -> None:
    if before is None:
        row.delete()
        return
    row.state, row.decided_by_id = before["state"], before["decided_by_id"]
    row.decided_at = dt.datetime.fromisoformat(before["decided_at"]) if before["decided_at"] else None
    row.save(update_fields=["state", "decided_by", "decided_at"])


def _refuse_made_up(change_set: ChangeSet) -> None:
    label = GroupSession._meta.label_lower
    touched = change_set.images.filter(model=label).values("object_id")
    if MadeUp.objects.filter(session__in=touched).exists():
        raise PlannerError(
            "made_up", _("Sessions of this act are made up on another date already. Nothing was undone.")
        )


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(BRUSSELS):%d.%m.%Y %H:%M}"
