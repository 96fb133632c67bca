"""What a refusal offers beside going back: to ask the owner, to swap, or (a coordinator) to allow it once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.errors import PlannerError
from planner.scheduling.placement.audience_counts import AudienceCounts, told_by
from planner.scheduling.placement.session_changes import Change, Refused
from planner.scheduling.rules import waivers
from planner.scheduling.rules.codes import CODES, Conflict
from prisons.access import Access, PrisonRequest, Right
from prisons.models import Organisation, Prison
from sessions.models import GroupSession

ASKS = {
    "session_drop": "session_ask_move",
    "session_move": "session_ask_move",
    "session_cancel": "session_ask_cancel",
}
"""Which act, refused because it is not one's own, becomes which ask."""

WAIVES = frozenset({"session_drop", "session_move", "session_workers"})
"""Acts that can be sent again with `allow` and `why` (see `allowed`)."""


@dataclass(frozen=True)
class OwnerInTheWay:
    """A session of another service that stands where somebody wanted to go."""

    session: GroupSession
    owner: Organisation
    may_swap: bool


@dataclass(frozen=True)
class Offers:
    ask_url: str = ""
    owner: Organisation | None = None
    waive: tuple[tuple[str, Any], ...] = ()
    """(code, title) of each rule that would be allowed this once."""
    in_the_way: tuple[OwnerInTheWay, ...] = ()
    told: AudienceCounts | None = None
    swap_for: int | None = None


def offers_for(
    request: PrisonRequest, prison: Prison, error: PlannerError, session: GroupSession | None
) -> Offers:
    """Nothing for whoever may not plan."""
    access: Access | None = getattr(request, "access", None)
    if session is None or access is None or not access.has(Right.PLACE):
        return Offers()
    act = request.resolver_match.url_name if request.resolver_match else ""
    owner = session.series.activity.organisation
    if error.code == "not_yours" and act in ASKS:
        return Offers(ask_url=reverse(f"planner:{ASKS[act]}", args=[prison.slug, session.pk]), owner=owner)
    if not isinstance(error, Refused):
        return Offers()
    if error.needs_consent:
        return Offers(told=told_by(prison, [Change(session.pk)]))
    may_waive = act in WAIVES and waivers.may_waive(owner, access)
    codes = waivers.waivable(error.conflicts, session.pk) if may_waive else ()
    return Offers(
        owner=owner,
        waive=tuple((code, CODES[code].title) for code in codes),
        in_the_way=_in_the_way(error.conflicts, session, prison, access),
        swap_for=session.pk,
    )


def _in_the_way(
    found: Iterable[Conflict], session: GroupSession, prison: Prison, access: Access
) -> tuple[OwnerInTheWay, ...]:
    """Sessions of others that hold the room or the facilitator."""
    taken = [c for c in found if c.code in ("room_taken", "worker_taken") and c.session_id == session.pk]
    rooms = {conflict["other"] for conflict in taken if conflict.code == "room_taken"}
    others = (
        GroupSession.objects.in_prison(prison)
        .filter(pk__in={conflict["other"] for conflict in taken})
        .select_related("series__activity__organisation", "room")
    )
    return tuple(
        OwnerInTheWay(other, owner, may_swap=other.pk in rooms and _may_offer(session, access))
        for other in others
        for owner in [other.series.activity.organisation]
        if not access.may_change(owner)
    )


def _may_offer(session: GroupSession, access: Access) -> bool:
    return session.room_id is not None and access.may_change(session.series.activity.organisation)


def allowed(request: PrisonRequest, session: GroupSession, change: Change) -> Change:
    """The change with the rules waived that a coordinator ticked; as it is when nothing was ticked."""
    codes: Sequence[str] = request.POST.getlist("allow")
    if not codes:
        return change
    reason = request.POST.get("why", "")
    return waivers.allowing(change, session, codes, reason, by=request.user, access=request.access)
