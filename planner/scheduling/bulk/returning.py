"""Which cancelled sessions can take place after all, where they stood; each other one with its reason."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import today
from planner.models import MadeUp
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.sentences import when
from planner.scheduling.rules.snapshot import Snapshot, SnapshotRow
from prisons import gate
from prisons.access import Access
from prisons.models import Prison
from rooms.domain.facts import Rules, rules_of
from sessions.models import GroupSession

State = GroupSession.State


@dataclass(frozen=True)
class ReturnVerdict:
    """One session: it can, or it cannot because (`why`, or the conflicts that it would add)."""

    session: GroupSession
    code: str = ""
    why: Any = ""
    conflicts: tuple[Conflict, ...] = ()

    @property
    def can(self) -> bool:
        return not self.code

    def as_seen(self) -> tuple[object, ...]:
        """The session, whether it can, and what there is to watch."""
        return self.session, self.can, self.conflicts if self.can else ()


@dataclass(frozen=True)
class Ruling:
    """Sessions sorted into what can be done and what cannot, in order of time."""

    can: tuple[ReturnVerdict, ...] = ()
    cannot: tuple[ReturnVerdict, ...] = ()

    @classmethod
    def of(cls, verdicts: Iterable[ReturnVerdict]) -> Ruling:
        verdicts = sorted(verdicts, key=lambda one: (str(one.session.starts_at), one.session.pk))
        return cls(tuple(one for one in verdicts if one.can), tuple(one for one in verdicts if not one.can))

    def known_to(self, access: Access | None) -> Ruling:
        """What of it exists for this reader: drafts are the services' own."""
        can, cannot = (
            tuple(one for one in some if gate.knows_session(access, one.session))
            for some in (self.can, self.cannot)
        )
        return Ruling(can, cannot)

    @property
    def soft(self) -> tuple[Conflict, ...]:
        """Points to watch that doing it would bring."""
        return tuple(conflict for one in self.can for conflict in one.conflicts)


def not_yours(session: GroupSession, access: Access | None) -> ReturnVerdict | None:
    """Without `access` nobody in particular asks (the prison itself orders)."""
    owner = session.series.activity.organisation
    if access is None or access.may_change(owner):
        return None
    return ReturnVerdict(session, "not_yours", _("It belongs to %(owner)s.") % {"owner": owner})


def is_over(session: GroupSession, now: dt.datetime) -> bool:
    return session.starts_at is not None and today(session.starts_at) < today(now)


def what_can_return(
    prison: Prison,
    session_ids: Iterable[int],
    *,
    access: Access | None = None,
    without_closures: Collection[int] = (),
    now: dt.datetime | None = None,
) -> Ruling:
    """Sort cancelled sessions into those whose place is still free and those that cannot come back.

    `without_closures` asks as if these closures were lifted already. Nothing is written; what can return can
    do so all together, without adding a hard conflict.
    """
    now = now or clock.now()
    sessions = _load(prison, session_ids)
    made_up = _made_up(sessions)
    verdicts, candidates = [], []
    for session in sessions:
        refusal = _refusal(session, made_up, access, now)
        if refusal is not None:
            verdicts.append(refusal)
        else:
            candidates.append(session)
    rules = rules_of(prison)
    standing = tuple(one for one in rules.closures if one.closure_id not in set(without_closures))
    verdicts += _tried(prison, candidates, replace(rules, closures=standing))
    return Ruling.of(verdicts)


def back(session: GroupSession) -> Change:
    """The change that lets a cancelled session take place where it stood."""
    return Change(session.pk, state=session.cancellation.was_state)


def _load(prison: Prison, session_ids: Iterable[int]) -> list[GroupSession]:
    return list(
        GroupSession.objects.in_prison(prison)
        .filter(pk__in=list(session_ids))
        .select_related("series__activity__organisation", "room", "cancellation")
        .prefetch_related("session_workers__worker", "waivers")
        .order_by("starts_at", "pk")
    )


def _made_up(sessions: list[GroupSession]) -> dict[int, MadeUp]:
    rows = MadeUp.objects.filter(session__in=[session.pk for session in sessions]).select_related("instead")
    return {row.session_id: row for row in rows}


def _refusal(
    session: GroupSession, made_up: dict[int, MadeUp], access: Access | None, now: dt.datetime
) -> ReturnVerdict | None:
    if session.state != State.CANCELLED:
        return ReturnVerdict(session, "not_cancelled", _("It takes place: it is not cancelled."))
    if is_over(session, now):
        return ReturnVerdict(session, "past", _("That day is over."))
    if session.pk in made_up:
        instead = made_up[session.pk].instead
        text = _("It is made up on %(when)s.") % {"when": when(instead.starts_at, instead.ends_at)}
        return ReturnVerdict(session, "made_up", text)
    return not_yours(session, access)


def _tried(prison: Prison, sessions: list[GroupSession], rules: Rules) -> list[ReturnVerdict]:
    """Day by day, because sessions of different days do not stand in each other's way."""
    verdicts = [ReturnVerdict(session) for session in sessions if session.starts_at is None]
    by_day: dict[dt.date, list[GroupSession]] = defaultdict(list)
    for session in sessions:
        if session.starts_at is not None:
            by_day[today(session.starts_at)].append(session)
    loaded = snapshot.load(
        prison,
        by_day,
        extra_workers={one.worker_id for session in sessions for one in session.session_workers.all()},
        expected={
            session.pk: (session.series_id, day)
            for day, of_the_day in by_day.items()
            for session in of_the_day
        },
    )
    allowed = {s.pk: frozenset(waiver.code for waiver in s.waivers.all()) for s in sessions}
    loaded = replace(loaded, waivers={**loaded.waivers, **allowed})
    for day, of_the_day in by_day.items():
        verdicts += _of_a_day(_near(loaded, day), of_the_day, rules)
    return verdicts


def _near(loaded: Snapshot, day: dt.date) -> Snapshot:
    """What stands on that date, and on the one before for what runs past midnight."""
    days = {day, day - dt.timedelta(days=1)}
    rows = {pk: row for pk, row in loaded.rows.items() if row.starts_at and today(row.starts_at) in days}
    return replace(loaded, rows=rows)


def _of_a_day(standing: Snapshot, sessions: list[GroupSession], rules: Rules) -> list[ReturnVerdict]:
    """All together when nothing is in the way; else one after another, published ones first."""
    found = conflicts.added(standing, standing.with_rows([_row(s) for s in sessions]), rules)
    if not any(conflict.is_hard for conflict in found):
        own = conflicts.by_session(found)
        return [ReturnVerdict(session, conflicts=tuple(own.get(session.pk, ()))) for session in sessions]
    verdicts = []
    for session in sorted(sessions, key=lambda s: s.cancellation.was_state != State.PUBLISHED):
        tried = standing.with_rows([_row(session)])
        found = conflicts.added(standing, tried, rules)
        hard = tuple(conflict for conflict in found if conflict.is_hard)
        if hard:
            verdicts.append(ReturnVerdict(session, hard[0].code, conflicts=_own_first(hard, session.pk)))
        else:
            standing = tried
            verdicts.append(ReturnVerdict(session, conflicts=tuple(found)))
    return verdicts


def _own_first(found: tuple[Conflict, ...], session_id: int) -> tuple[Conflict, ...]:
    own = tuple(conflict for conflict in found if conflict.session_id == session_id)
    return own or found


def _row(session: GroupSession) -> SnapshotRow:
    workers = tuple(one.worker_id for one in session.session_workers.all())
    return SnapshotRow(
        session.pk, session.series_id, session.room_id, session.starts_at, session.ends_at, workers
    )
