"""Waivers: a coordinator lets one session break one rule once, with a reason, and can withdraw that again.

Only the codes in `codes.WAIVABLE`, only by a coordinator of the authority that the session belongs to. A
waiver holds for the room and the time for which it was given: a move ends it, undoing that brings it back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from planner.scheduling.placement.session_changes import Change, Outcome
from planner.scheduling.placement.writer import apply
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import WAIVABLE, Conflict
from prisons.access import Access, Right, access_for
from prisons.models import Organisation, Prison, User
from rooms.domain.facts import rules_of
from sessions.domain.placing import Allowed, placing_of
from sessions.models import GroupSession, Waiver

LONGEST_REASON = 200


def may_waive(owner: Organisation, access: Access | None) -> bool:
    """Whether this person is a coordinator of the owner's authority; equals do not overrule each other."""
    return access is not None and access.has(Right.PLACE) and owner.authority in access.authorities


def waivable(found: Iterable[Conflict], session_id: int) -> tuple[str, ...]:
    """The codes that would have to be waived for this to pass; none when waiving would not be enough."""
    hard = [conflict for conflict in found if conflict.is_hard]
    if any(conflict.session_id != session_id or conflict.code not in WAIVABLE for conflict in hard):
        return ()
    return tuple(sorted({conflict.code for conflict in hard}))


def allowing(
    change: Change,
    session: GroupSession,
    codes: Collection[str],
    reason: str,
    *,
    by: User,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Change:
    """The same change, with these rules waived in the same act.

    Raises PlannerError `may_not_waive` (403), `not_waivable` or `no_reason` (422).
    """
    now = now or clock.now()
    access = access or access_for(by, session.prison, now=now)
    owner = session.series.activity.organisation
    if not may_waive(owner, access):
        raise PlannerError(
            "may_not_waive",
            _("Only a coordinator of the authority of %(owner)s can allow this."),
            status=403,
            owner=owner,
        )
    if not codes or not WAIVABLE.issuperset(codes):
        raise PlannerError("not_waivable", _("This rule cannot be waived by anybody."), status=422)
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise PlannerError(
            "no_reason", _("Say why, in at most %(most)s characters."), status=422, most=LONGEST_REASON
        )
    at = now.astimezone(dt.UTC).isoformat()
    return replace(change, allow=tuple(Allowed(code, reason, by.pk, at) for code in sorted(set(codes))))


def waive(
    session: GroupSession,
    codes: Collection[str],
    reason: str,
    *,
    by: User,
    seen: Mapping[int, int] | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Allow what stands in conflict now.

    Raises as `allowing` does, PlannerError `nothing_to_waive` (409), or what `apply` raises.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(session.prison_id, now=now)
        access = access or access_for(by, prison, now=now)
        change = allowing(Change(session.pk), session, codes, reason, by=by, now=now, access=access)
        if not set(codes) <= set(standing_codes(session)):
            raise PlannerError(
                "nothing_to_waive", _("This rule is not broken any more. There is nothing to allow.")
            )
        return apply(prison, [change], by=by, verb="waive", now=now, seen=seen, access=access)


def withdraw(
    waiver: Waiver, *, by: User, now: dt.datetime | None = None, access: Access | None = None
) -> Outcome:
    """Allow it no longer: what the rule says is an open conflict again. Raises `may_not_waive` (403)."""
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(waiver.session.prison_id, now=now)
        access = access or access_for(by, prison, now=now)
        session = GroupSession.objects.select_related("series__activity__organisation", "cancellation").get(
            pk=waiver.session_id
        )
        if not may_waive(session.series.activity.organisation, access):
            raise PlannerError(
                "may_not_waive", _("Only a coordinator of that authority can withdraw this."), status=403
            )
        kept = tuple(one for one in placing_of(session).waivers if one.code != waiver.code)
        change = Change(session.pk, waivers=kept)
        return apply(prison, [change], by=by, verb="withdraw_waiver", now=now, access=access)


def standing_codes(session: GroupSession) -> tuple[str, ...]:
    """The rules that this session breaks now and that somebody could waive."""
    if session.starts_at is None or not session.is_live:
        return ()
    loaded = snapshot.load(session.prison, [clock.today(session.starts_at)])
    found = conflicts.find(loaded, rules_of(session.prison))
    own = {c.code for c in found if c.session_id == session.pk and c.is_hard and c.code in WAIVABLE}
    return tuple(sorted(own))


def in_words(waivers: Iterable[Waiver]) -> dict[str, Waiver]:
    """Code -> waiver, for whoever shows the conflicts of one session."""
    return {waiver.code: waiver for waiver in waivers}


def between(prison: Prison, first: dt.date, last: dt.date) -> QuerySet[Waiver]:
    """What is allowed once on these dates, in order of time."""
    start = dt.datetime.combine(first, dt.time(), clock.BRUSSELS)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), clock.BRUSSELS)
    rows = Waiver.objects.filter(
        session__prison=prison, session__starts_at__gte=start, session__starts_at__lt=end
    ).exclude(session__state=GroupSession.State.CANCELLED)
    return rows.select_related("session__series__activity__organisation", "session__room", "by").order_by(
        "session__starts_at", "session_id", "code"
    )
