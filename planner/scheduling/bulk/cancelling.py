"""Cancelling and restoring many sessions at once, with one reason, as one act: shown before, and sorted.

What cannot be done is named with its reason. Doing all of it or nothing is the rule; leaving out what cannot
is a choice that somebody makes after having seen it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import require_seen
from enrollment.domain.locking import lock_facts
from planner.scheduling.bulk.effects import BulkEffect, effect_of
from planner.scheduling.bulk.returning import ReturnVerdict, Ruling, back, is_over, not_yours, what_can_return
from planner.scheduling.placement.session_changes import Change, Outcome
from planner.scheduling.placement.writer import apply
from prisons.access import Access, access_for
from prisons.models import Prison, User
from sessions.models import Cancellation, GroupSession

State = GroupSession.State
MOST = 1000
REASONS = frozenset(Cancellation.Reason.values) - {Cancellation.Reason.CLOSURE.value}
"""A closure cancels by being confirmed, never by hand."""


class SomeCannot(PlannerError):
    """Part of what was asked cannot be done; `ruling` names it. Nothing was changed."""

    def __init__(self, ruling: Ruling) -> None:
        self.ruling = ruling
        super().__init__(
            "some_cannot",
            ngettext_lazy(
                "%(count)s of them cannot. Nothing was changed.",
                "%(count)s of them cannot. Nothing was changed.",
                len(ruling.cannot),
            ),
            count=len(ruling.cannot),
        )


def what_can_be_cancelled(
    prison: Prison, session_ids: Iterable[int], *, access: Access | None, now: dt.datetime | None = None
) -> Ruling:
    """Sort sessions into those that can be cancelled and those that cannot, with the reason."""
    now = now or clock.now()
    rows = (
        GroupSession.objects.in_prison(prison)
        .filter(pk__in=list(session_ids))
        .select_related("series__activity__organisation", "room", "cancellation")
        .prefetch_related("session_workers__worker")
    )
    return Ruling.of(_verdict(row, access, now) for row in rows)


def _cancelled(ruling: Ruling, reason: str = "") -> list[Change]:
    return [Change(one.session.pk, state=State.CANCELLED, reason=reason) for one in ruling.can]


def effect_of_cancelling(prison: Prison, ruling: Ruling) -> BulkEffect:
    """For the page that shows it. The reason is chosen there and changes nothing about it."""
    return effect_of(prison, "cancel", ruling, _cancelled(ruling))


def effect_of_restoring(prison: Prison, ruling: Ruling) -> BulkEffect:
    return effect_of(prison, "restore", ruling, [back(one.session) for one in ruling.can])


def _verdict(session: GroupSession, access: Access | None, now: dt.datetime) -> ReturnVerdict:
    if session.state == State.CANCELLED:
        return ReturnVerdict(session, "cancelled", _("It is cancelled already."))
    if is_over(session, now):
        return ReturnVerdict(session, "past", _("That day is over."))
    return not_yours(session, access) or ReturnVerdict(session)


def cancel_many(
    prison: Prison,
    session_ids: Iterable[int],
    *,
    reason: str,
    by: User,
    leave_out: bool = False,
    versions: Mapping[int, int] | None = None,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Cancel all of these with one reason; with `leave_out`, those that can.

    `versions` are those of the sessions that were ticked, `seen` is the digest of the effect that was shown. Raises
    NotAsShown, SomeCannot (409), PlannerError `no_reason`, `nothing_chosen`, `too_many` (422), `unknown_session`
    (404), or what `placement.apply` raises.
    """
    now = now or clock.now()
    if reason not in REASONS:
        raise PlannerError("no_reason", _("Choose why they do not take place."), status=422)
    ids = usable(session_ids)
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        access = access or access_for(by, prison, now=now)
        ruling = what_can_be_cancelled(prison, ids, access=access, now=now)
        refuse_unknown(ruling, ids)
        require_seen(seen, effect_of_cancelling(prison, ruling).digest)
        refuse_some(ruling, leave_out)
        return apply(
            prison, _cancelled(ruling, reason), by=by, verb="cancel", now=now, access=access,
            seen=seen_of(versions, ruling), facts={"reason": reason},
        )  # fmt: skip


def restore_many(
    prison: Prison,
    session_ids: Iterable[int],
    *,
    by: User,
    leave_out: bool = False,
    versions: Mapping[int, int] | None = None,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Let all of these take place after all, where they stood; with `leave_out`, those that can.

    Points to watch are part of what was shown before. Raises as `cancel_many` does.
    """
    now = now or clock.now()
    ids = usable(session_ids)
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        access = access or access_for(by, prison, now=now)
        ruling = what_can_return(prison, ids, access=access, now=now)
        refuse_unknown(ruling, ids)
        require_seen(seen, effect_of_restoring(prison, ruling).digest)
        refuse_some(ruling, leave_out)
        changes = [back(one.session) for one in ruling.can]
        return apply(
            prison, changes, by=by, verb="restore", now=now, access=access, seen=seen_of(versions, ruling),
            accept_soft=True,
        )  # fmt: skip


def usable(session_ids: Iterable[int]) -> list[int]:
    """Each once. Raises PlannerError `nothing_chosen` or `too_many` (422)."""
    ids = sorted(set(session_ids))
    if not ids:
        raise PlannerError("nothing_chosen", _("Tick the sessions first."), status=422)
    if len(ids) > MOST:
        raise PlannerError("too_many", _("Choose at most %(most)s sessions."), status=422, most=MOST)
    return ids


def refuse_unknown(ruling: Ruling, ids: list[int]) -> None:
    """Raises PlannerError `unknown_session` (404)."""
    if len(ruling.can) + len(ruling.cannot) != len(ids):
        raise PlannerError("unknown_session", _("This session does not exist any more."), status=404)


def refuse_some(ruling: Ruling, leave_out: bool) -> None:
    """All or nothing, unless leaving out was said. Raises SomeCannot."""
    if ruling.cannot and not leave_out:
        raise SomeCannot(ruling)
    if not ruling.can:
        raise SomeCannot(ruling)


def seen_of(versions: Mapping[int, int] | None, ruling: Ruling) -> dict[int, int]:
    """What is left out may have changed meanwhile; what is done may not."""
    wanted = {one.session.pk for one in ruling.can}
    return {pk: version for pk, version in (versions or {}).items() if pk in wanted}
