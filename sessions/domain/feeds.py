"""Calendar feeds: who may have one, who still may read it, and which sessions stand in it.

A feed is a secret address. Only its hash is kept; whoever has the address reads without signing in, so a feed
never holds a participant and, but for a facilitator's own, only neutral names.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from prisons import gate
from prisons.access import Access, Right, access_through, is_welcome
from prisons.domain.people.tokens import hash_secret, new_secret
from prisons.domain.records import audit
from prisons.models import Membership, Organisation, Prison, Role
from rooms.models import Room
from sessions.models import Feed, FeedRules, GroupSession, Series, Worker, WorkerAccess

Subject = Worker | Series | Room | Organisation | Prison

DAYS_BACK = 90
"""How long what has been stays in a feed."""
DAYS_CANCELLED = 60
"""How long a cancelled session is told as such, counted from the cancellation."""

_KINDS: dict[type[Any], str] = {
    Worker: Feed.Kind.WORKER,
    Series: Feed.Kind.SERIES,
    Room: Feed.Kind.ROOM,
    Organisation: Feed.Kind.ORGANISATION,
    Prison: Feed.Kind.PRISON,
}


@dataclass(frozen=True)
class LiveFeed:
    """A feed that may be read now. `prison_ids` are those whose sessions it may show."""

    feed: Feed
    prison_ids: frozenset[int]

    @property
    def shows_titles(self) -> bool:
        return gate.may_leave(
            gate.Fact.TITLE,
            is_of_oneself=self.feed.kind == Feed.Kind.WORKER and self.feed.membership_id is None,
        )


# --- making and ending ------------------------------------------------------------------------------------


def create(
    subject: Subject, *, access: Access, language: str, now: dt.datetime | None = None
) -> tuple[Feed, str]:
    """A new feed and its secret, which exists only in this answer.

    Raises PermissionDenied where `access` may not have a feed of this.
    """
    at = now or clock.now()
    require_right(subject, access)
    secret, kind = new_secret(), _KINDS[type(subject)]
    with transaction.atomic():
        feed = Feed.objects.create(
            kind=kind,
            token_hash=hash_secret(secret),
            prison=access.prison if kind in (Feed.Kind.ORGANISATION, Feed.Kind.PRISON) else None,
            membership=None if _is_of_oneself(subject, access) else _membership_for(access),
            language=language,
            is_demo=access.user.is_demo,
            created_at=at,
            **({kind: subject} if kind != Feed.Kind.PRISON else {}),
        )
        audit.record(access.prison, access.user, "create_feed", feed, now=at)
    return feed, secret


def renew(feed: Feed, *, access: Access, now: dt.datetime | None = None) -> tuple[Feed, str]:
    """The same feed at a new address; the old address is dead at once."""
    with transaction.atomic():
        revoke(feed, access=access, now=now)
        return create(subject_of(feed), access=access, language=feed.language, now=now)


def revoke(feed: Feed, *, access: Access, now: dt.datetime | None = None) -> None:
    """Ends a feed at once. Twice is no error."""
    at = now or clock.now()
    require_right(subject_of(feed), access)
    with transaction.atomic():
        if Feed.objects.filter(pk=feed.pk, revoked_at__isnull=True).update(revoked_at=at):
            audit.record(access.prison, access.user, "revoke_feed", feed, now=at)


def require_right(subject: Subject, access: Access) -> None:
    """Own sessions for a facilitator; everything of the own service for those who plan it."""
    if isinstance(subject, Worker):
        allowed = _is_own(subject, access) or _leads(subject, access)
    elif isinstance(subject, Series):
        allowed = access.has(Right.PLACE) and access.may_change(subject.activity.organisation)
    elif isinstance(subject, Organisation):
        allowed = access.has(Right.PLACE) and access.may_change(subject)
    elif isinstance(subject, Room):
        allowed = access.has(Right.PLACE)
    else:
        allowed = access.has(Right.MANAGE_RULES) and has_prison_feed(subject)
    if not allowed:
        raise PermissionDenied(_("You cannot have a calendar address of this."))


def has_prison_feed(prison: Prison) -> bool:
    """Everything of a prison in one calendar: only where the prison has been asked, so off by default."""
    return FeedRules.objects.in_prison(prison).filter(has_prison_feed=True).exists()


def _is_of_oneself(subject: Subject, access: Access) -> bool:
    """A facilitator's own feed goes where the facilitator works; one that a planner makes dies with that role."""
    return isinstance(subject, Worker) and _is_own(subject, access)


def _is_own(worker: Worker, access: Access) -> bool:
    return worker.user_id == access.user.pk and access.has(Right.SEE_OWN_SESSIONS)


def _leads(worker: Worker, access: Access) -> bool:
    return access.has(Right.MANAGE_WORKERS) and any(
        access.may_change(organisation) for organisation in worker.organisations.all()
    )


def _membership_for(access: Access) -> Membership | None:
    """The role that the feed lives and dies with: one that plans."""
    planning = [row for row in access.memberships if row.role in (Role.COORDINATOR, Role.ORGANISER)]
    if not planning:
        raise PlannerError("no_role", _("A calendar address belongs to a role in this prison."), 403)
    return planning[0]


def subject_of(feed: Feed) -> Subject:
    subject = feed.prison if feed.kind == Feed.Kind.PRISON else getattr(feed, feed.kind)
    if subject is None:
        raise ValueError(f"feed {feed.pk} belongs to nothing")
    return subject


def kept_by(access: Access) -> list[Feed]:
    """The feeds of this prison that this person may renew or end, the newest first."""
    prison = access.prison
    rows = (
        Feed.objects.filter(revoked_at__isnull=True)
        .filter(
            Q(prison=prison)
            | Q(series__prison=prison)
            | Q(room__prison=prison)
            | Q(worker__accesses__prison=prison)
        )
        .filter(Q(membership=None) | Q(membership__prison=prison))
        .select_related(
            "series__activity__organisation", "room", "organisation", "worker", "prison", "membership__user"
        )
        .prefetch_related("worker__organisations")
        .distinct()
    )
    return [feed for feed in rows if _is_allowed(feed, access)]


def _is_allowed(feed: Feed, access: Access) -> bool:
    try:
        require_right(subject_of(feed), access)
    except PermissionDenied:
        return False
    return True


# --- reading ----------------------------------------------------------------------------------------------


def find(secret: str, *, now: dt.datetime | None = None) -> LiveFeed | None:
    """The feed of this address, or None for whatever reason: a caller is never told which."""
    at = now or clock.now()
    wanted = hash_secret(secret)
    feed = (
        Feed.objects.filter(token_hash=wanted, revoked_at__isnull=True)
        .select_related("worker__user", "series__activity", "room", "organisation", "prison")
        .select_related("membership__user", "membership__prison", "membership__organisation")
        .first()
    )
    if feed is None or not hmac.compare_digest(feed.token_hash, wanted):
        return None
    if feed.is_demo and not settings.DEMO:
        return None
    prison_ids = _prisons_of(feed, at)
    return LiveFeed(feed, prison_ids) if prison_ids else None


def _prisons_of(feed: Feed, at: dt.datetime) -> frozenset[int]:
    """The prisons that this feed may show; none once the role or the facilitator's work there has ended."""
    if feed.worker is not None and feed.membership is None:
        return frozenset(_prisons_of_worker(feed.worker, at))
    access = access_through(feed.membership, now=at) if feed.membership else None
    if feed.membership is None or feed.membership.ended_at is not None or access is None:
        return frozenset()
    if feed.prison is not None and feed.kind == Feed.Kind.PRISON and not has_prison_feed(feed.prison):
        return frozenset()
    if feed.worker is not None and not _still_leads(feed.worker, access):
        return frozenset()
    return frozenset({feed.membership.prison_id})


def _still_leads(worker: Worker, access: Access) -> bool:
    """Works here and for the service of whoever made the feed."""
    return (
        worker.is_active
        and _leads(worker, access)
        and WorkerAccess.objects.filter(worker=worker, prison=access.prison).exists()
    )


def _prisons_of_worker(worker: Worker, at: dt.datetime) -> Iterable[int]:
    if not worker.is_active or worker.user is None or not is_welcome(worker.user):
        return []
    roles = Membership.objects.live_on(clock.today(at)).filter(user=worker.user, role=Role.WORKER)
    return roles.filter(prison__worker_accesses__worker=worker).values_list("prison_id", flat=True)


def sessions_of(live: LiveFeed, *, now: dt.datetime | None = None) -> QuerySet[GroupSession]:
    """What the feed shows: published, and for a while what was published and then cancelled."""
    at = now or clock.now()
    feed, state = live.feed, GroupSession.State
    shown = Q(state=state.PUBLISHED) | Q(
        state=state.CANCELLED,
        cancellation__was_state=state.PUBLISHED,
        changed_at__gte=at - dt.timedelta(days=DAYS_CANCELLED),
    )
    about: dict[str, Any] = {
        Feed.Kind.WORKER: {"session_workers__worker": feed.worker_id},
        Feed.Kind.SERIES: {"series": feed.series_id},
        Feed.Kind.ROOM: {"room": feed.room_id},
        Feed.Kind.ORGANISATION: {"series__activity__organisation": feed.organisation_id},
        Feed.Kind.PRISON: {},
    }[Feed.Kind(feed.kind)]
    since = at - dt.timedelta(days=DAYS_BACK)
    rows = GroupSession.objects.filter(shown, prison_id__in=live.prison_ids, starts_at__gte=since, **about)
    return rows.order_by("starts_at", "pk")
