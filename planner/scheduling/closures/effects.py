"""What a closure hits, before anything is written: the sessions, the people and the facilitators.

It asks the conflict engine as if the closure were confirmed already, so what is shown is what would be
cancelled, and what would be cancelled is what the engine would call closed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch

from core.dates import clock
from core.dates.clock import today
from core.secrets.digest import digest
from core.words.folding import as_filed
from enrollment.domain.taking_part import occupancy
from planner.scheduling.closures.parts import ClosurePart
from planner.scheduling.rules import conflicts, snapshot
from prisons import gate
from prisons.access import Access
from prisons.models import Organisation, Prison
from rooms.domain.facts import ClosureFacts, Rules, rules_of
from rooms.models import Closure
from sessions.models import GroupSession, SessionWorker, Worker


@dataclass(frozen=True)
class ClosureHit:
    """One session that a closure takes away, with who is expected there."""

    session: GroupSession
    people: frozenset[int]
    workers: tuple[Worker, ...]

    @property
    def owner(self) -> Organisation:
        return self.session.series.activity.organisation


@dataclass(frozen=True)
class OwnerHits:
    """What one service loses."""

    owner: Organisation
    hits: tuple[ClosureHit, ...]

    @property
    def people(self) -> int:
        return len(frozenset().union(*(hit.people for hit in self.hits)))


@dataclass(frozen=True)
class Effects:
    """All that is hit, in order of time."""

    hits: tuple[ClosureHit, ...] = ()

    @property
    def people(self) -> int:
        """How many different people would not be brought."""
        return len(frozenset().union(*(hit.people for hit in self.hits)))

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Each once, in the order of their names."""
        known = {worker.pk: worker for hit in self.hits for worker in hit.workers}
        return tuple(sorted(known.values(), key=lambda worker: (as_filed(worker.name), worker.pk)))

    @property
    def drafts(self) -> int:
        return sum(hit.session.state == GroupSession.State.DRAFT for hit in self.hits)

    @property
    def by_owner(self) -> tuple[OwnerHits, ...]:
        owners = {hit.owner.pk: hit.owner for hit in self.hits}
        groups = [
            OwnerHits(owner, tuple(hit for hit in self.hits if hit.owner.pk == pk))
            for pk, owner in owners.items()
        ]
        return tuple(sorted(groups, key=lambda group: group.owner.short_name))

    def as_seen(self) -> list[tuple[object, ...]]:
        return sorted((hit.session.pk, hit.session.version, len(hit.people)) for hit in self.hits)

    @property
    def digest(self) -> str:
        """Who confirms sends it back, so that nothing unseen is hit."""
        return digest("confirm_closure", self)

    def known_to(self, access: Access | None) -> Effects:
        """What of it exists for this reader: drafts are the services' own."""
        return Effects(tuple(hit for hit in self.hits if gate.knows_session(access, hit.session)))

    def of_owners(self, organisation_ids: Collection[int]) -> Effects:
        return Effects(tuple(hit for hit in self.hits if hit.owner.pk in organisation_ids))


def effects_of(prison: Prison, parts: Sequence[ClosurePart], *, now: dt.datetime | None = None) -> Effects:
    """What a closure of these parts would hit, from today on. A fixed number of queries, nothing written."""
    facts = [ClosureFacts(-1 - number, *part, "", True) for number, part in enumerate(parts)]
    return _effects(prison, facts, now or clock.now())


def effects_of_closures(
    prison: Prison, closures: Iterable[Closure], *, now: dt.datetime | None = None
) -> Effects:
    """What these announced closures would hit if they were confirmed now."""
    return _effects(prison, facts_of(closures), now or clock.now())


def facts_of(closures: Iterable[Closure]) -> list[ClosureFacts]:
    """Stored closures as plain values, as if they were confirmed."""
    return [
        ClosureFacts(row.pk, row.room_id, row.unit_id, row.starts_at, row.ends_at, row.kind, True)
        for row in closures
    ]


def closed_sessions(
    prison: Prison, closing: Sequence[ClosureFacts], *, now: dt.datetime
) -> tuple[dict[int, int], snapshot.Snapshot]:
    """Session -> the first of these closures that takes it away, and the snapshot that was asked.

    What was over before today is left alone.
    """
    first = max(today(now), min(today(one.starts_at) for one in closing))
    last = max(today(one.ends_at) for one in closing)
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    loaded = snapshot.load(prison, days)
    ids = {one.closure_id for one in closing}
    hit: dict[int, int] = {}
    for conflict in conflicts.find(loaded, _as_if_confirmed(rules_of(prison), closing)):
        if conflict.code != "closed" or conflict["closure"] not in ids:
            continue
        starts_at = loaded.rows[conflict.session_id].starts_at
        if starts_at is not None and today(starts_at) >= first:
            hit.setdefault(conflict.session_id, conflict["closure"])
    return hit, loaded


def _as_if_confirmed(rules: Rules, closing: Sequence[ClosureFacts]) -> Rules:
    """With what is confirmed already: two closures together may close all units of a group."""
    ids = {one.closure_id for one in closing}
    standing = [one for one in rules.closures if one.is_confirmed and one.closure_id not in ids]
    return replace(rules, closures=tuple(sorted([*standing, *closing], key=lambda one: one.starts_at)))


def _effects(prison: Prison, closing: Sequence[ClosureFacts], now: dt.datetime) -> Effects:
    if not closing:
        return Effects()
    hit, loaded = closed_sessions(prison, closing, now=now)
    return Effects(told(prison, hit, loaded.people))


def told(
    prison: Prison, session_ids: Iterable[int], people: Mapping[int, frozenset[int]]
) -> tuple[ClosureHit, ...]:
    """These sessions with everything that a page says about them, in order of time; three queries."""
    rows = (
        GroupSession.objects.in_prison(prison)
        .filter(pk__in=list(session_ids))
        .select_related("series__activity__organisation", "room", "cancellation")
        .prefetch_related(
            Prefetch("session_workers", SessionWorker.objects.select_related("worker").order_by("pk"))
        )
        .order_by("starts_at", "room__name", "pk")
    )
    return tuple(
        ClosureHit(
            row, people.get(row.pk, frozenset()), tuple(one.worker for one in row.session_workers.all())
        )
        for row in rows
    )


def cancelled_by(prison: Prison, closures: Iterable[Closure]) -> Effects:
    """What these closures cancelled and what is still cancelled: the call list and the cover sheet."""
    rows = GroupSession.objects.in_prison(prison).filter(
        cancellation__closure__in=[closure.pk for closure in closures]
    )
    ids = list(rows.values_list("pk", flat=True))
    return Effects(told(prison, ids, occupancy(prison, ids)))
