"""Publishing: drafts become visible, unless a hard conflict stands in the way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import ngettext_lazy

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from enrollment.domain.locking import lock_facts
from planner.scheduling.placement.audience_counts import AudienceCounts, told_by
from planner.scheduling.placement.session_changes import Change, Outcome
from planner.scheduling.placement.writer import apply
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import Conflict
from prisons import gate
from prisons.access import Access, access_for
from prisons.models import Prison, User
from rooms.domain.facts import rules_of
from sessions.models import GroupSession, Series


@dataclass(frozen=True)
class Publication:
    """What publishing a span would do: what is ready, what is refused and why, what lies in the tray."""

    ready: tuple[GroupSession, ...]
    refused: tuple[tuple[GroupSession, tuple[Conflict, ...]], ...]
    in_tray: tuple[GroupSession, ...]
    told: AudienceCounts = field(default_factory=AudienceCounts)

    @property
    def digest(self) -> str:
        """Of what would be published, what would not, and whom it tells."""
        return digest("publish", self.ready, [session for session, _found in self.refused], self.told)


@dataclass(frozen=True)
class Elsewhere:
    """How many drafts with a room and an hour lie on other dates, and between which."""

    number: int
    first: dt.date
    last: dt.date


class PublicationRefused(PlannerError):
    """Some of the chosen sessions break a hard rule; `publication` lists them with their owner."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        super().__init__(
            "hard_conflicts",
            ngettext_lazy(
                "%(count)s session cannot be published: something stands in the way. Nothing was published.",
                "%(count)s sessions cannot be published: something stands in the way. Nothing was published.",
                len(publication.refused),
            ),
            count=len(publication.refused),
        )


def look(
    prison: Prison,
    first: dt.date,
    last: dt.date,
    access: Access | None,
    *,
    series: Series | None = None,
    now: dt.datetime | None = None,
) -> Publication:
    """The own drafts of these dates (both included), of one series or of all, sorted into ready, refused and in
    the tray.
    """
    now = now or clock.now()
    first = max(first, clock.today(now))
    drafts = _own_drafts(prison, first, last, access)
    if series is not None:
        drafts = [draft for draft in drafts if draft.series_id == series.pk]
    loaded = snapshot.load(prison, {clock.today(s.starts_at) for s in drafts if s.starts_at})
    found = conflicts.by_session(conflicts.find(loaded, rules_of(prison)))
    ready, refused, in_tray = [], [], []
    for session in drafts:
        hard = tuple(conflict for conflict in found.get(session.pk, ()) if conflict.is_hard)
        if session.starts_at is None or session.room_id is None:
            in_tray.append(session)
        elif hard:
            refused.append((session, hard))
        else:
            ready.append(session)
    told = told_by(prison, [_published(session.pk) for session in ready])
    return Publication(tuple(ready), tuple(refused), tuple(in_tray), told)


def _published(session_id: int) -> Change:
    return Change(session_id, state=GroupSession.State.PUBLISHED)


def _own_drafts(prison: Prison, first: dt.date, last: dt.date, access: Access | None) -> list[GroupSession]:
    drafts = (
        GroupSession.objects.in_prison(prison)
        .filter(state=GroupSession.State.DRAFT, week_on__gte=first - dt.timedelta(days=6), week_on__lte=last)
        .select_related("series__activity__organisation", "room")
    )
    if access is None:
        return []
    return [
        draft
        for draft in drafts
        if access.may_change(draft.series.activity.organisation)
        and (draft.starts_at is None or first <= clock.today(draft.starts_at) <= last)
    ]


def elsewhere(
    prison: Prison, first: dt.date, last: dt.date, access: Access, *, now: dt.datetime | None = None
) -> Elsewhere | None:
    """Own drafts to come that these dates leave out: between two terms or after the last, nobody would look."""
    at = now or clock.now()
    rows = GroupSession.objects.in_prison(prison).filter(
        gate.own(access, "series__activity__organisation"),
        state=GroupSession.State.DRAFT,
        starts_at__gte=at,
        room__isnull=False,
    )
    days = sorted(clock.today(starts_at) for starts_at in rows.values_list("starts_at", flat=True))
    left = [day for day in days if not first <= day <= last]
    return Elsewhere(len(left), left[0], left[-1]) if left else None


def publish(
    prison: Prison,
    first: dt.date,
    last: dt.date,
    *,
    by: User,
    series: Series | None = None,
    leave_out_refused: bool = False,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome | None:
    """Publish the own drafts of these dates that have a place; None when there are none.

    `series` narrows to one; `seen` is the digest of the publication that the person was shown. Raises
    NotAsShown (409), PublicationRefused (409) when one breaks a hard rule, unless
    `leave_out_refused` says to publish the others.
    """
    now = now or clock.now()
    access = access or access_for(by, prison, now=now)
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        publication = look(prison, first, last, access, series=series, now=now)
        require_seen(seen, publication.digest)
        if publication.refused and not leave_out_refused:
            raise PublicationRefused(publication)
        if not publication.ready:
            return None
        changes = [_published(session.pk) for session in publication.ready]
        return apply(prison, changes, by=by, verb="publish", now=now, access=access, accept_soft=True)
