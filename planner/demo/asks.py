"""A few asks between services: one to answer, one that waits for another service, one refused."""

from __future__ import annotations

import datetime as dt

from core.dates.clock import today
from core.dates.weeks import Week
from core.errors import PlannerError
from planner.demo.places import DemoPlaces
from planner.models import Ask
from planner.scheduling.asks import ask_acts
from planner.scheduling.choices.candidates import choices
from planner.scheduling.placement.session_changes import Change
from prisons.access import access_for
from prisons.models import User
from sessions.models import GroupSession

_TRIED = 8
"""Sessions that are tried at most until one has a free place to ask for."""


def build(places: DemoPlaces, cast: dict[str, User], now: dt.datetime) -> None:
    """In Haren, about sessions of next week and after."""
    prison = places.prisons["haren"]
    of_anna = _ask(cast["emilie"], cast["anna"], prison.slug, now)
    _ask(cast["anna"], cast["nadia"], prison.slug, now)
    refused = _ask(cast["nadia"], cast["anna"], prison.slug, now - dt.timedelta(hours=3), but=of_anna)
    if refused:
        ask_acts.refuse(refused, by=cast["karim"], now=now - dt.timedelta(hours=1))


def _ask(by: User, owner: User, slug: str, now: dt.datetime, but: Ask | None = None) -> Ask | None:
    """The first session of the owner that could stand somewhere else without breaking a rule."""
    access = access_for(by, owner.memberships.get(prison__slug=slug).prison, now=now)
    for session in _sessions_of(owner, slug, now):
        if but is not None and but.session_id == session.pk:
            continue
        week = Week.from_date(today(session.starts_at))
        free = [
            choice for choice in choices(session, week, at=now) if choice.is_free and not choice.is_present
        ]
        for choice in free[:3]:
            change = Change(session.pk, choice.room_id, choice.starts_at, choice.ends_at)
            try:
                return ask_acts.ask_to_move(session, change, by=by, now=now, access=access)
            except PlannerError:
                continue  # the movements of that slot, or people who are elsewhere: another place, then
    return None


def _sessions_of(owner: User, slug: str, now: dt.datetime) -> list[GroupSession]:
    membership = owner.memberships.get(prison__slug=slug)
    first = Week.from_date(today(now)).span.ends_at
    rows = (
        GroupSession.objects.in_prison(membership.prison_id)
        .published()
        .filter(series__activity__organisation=membership.organisation_id, starts_at__gte=first)
        .exclude(room=None)
        .select_related("prison", "series__activity__organisation", "room")
    )
    return list(rows.order_by("starts_at", "pk")[:_TRIED])
