"""One session opened: everything about it that this reader may know, with its conflicts in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.clock import now, today
from enrollment.domain.taking_part import occupancy
from planner.plan import conflicts, picture
from planner.plan.sentences import Spoken, speak, when
from prisons.access import Access, Right
from prisons.models import ChangeSet
from rooms.domain.facts import rules_of
from sessions.models import GroupSession


@dataclass(frozen=True)
class SessionDetail:
    session: GroupSession
    title: str
    when: str
    workers: tuple[Any, ...]
    enrolled: int
    reasons: tuple[Spoken, ...]
    is_mine: bool
    may_change: bool
    is_past: bool
    may_see_names: bool
    undo_id: int | None = None

    @property
    def hard(self) -> list[Spoken]:
        return [reason for reason in self.reasons if reason.is_hard]

    @property
    def soft(self) -> list[Spoken]:
        return [reason for reason in self.reasons if not reason.is_hard]


def session_detail(session: GroupSession, access: Access) -> SessionDetail:
    """A fixed number of queries."""
    prison = session.prison
    is_mine = access.may_change(session.series.activity.organisation)
    is_past = session.starts_at is not None and session.starts_at < now() and _day(session) < today()
    return SessionDetail(
        session=session,
        title=session.series.neutral_name if access.uses_neutral_names else str(session.series),
        when=when(session.starts_at, session.ends_at),
        workers=tuple(session.session_workers.select_related("worker")),
        enrolled=len(occupancy(prison, {session.pk}).get(session.pk, ())),
        reasons=tuple(speak(_conflicts(session), prison, access)),
        is_mine=is_mine,
        may_change=is_mine and access.has(Right.PLACE) and not is_past,
        is_past=is_past,
        may_see_names=access.has(Right.SEE_NAMES),
        undo_id=_undo_id(session, access),
    )


def _day(session: GroupSession) -> Any:
    return today(session.starts_at)


def _conflicts(session: GroupSession) -> list[Any]:
    if session.starts_at is None or not session.is_live:
        return []
    loaded = picture.load(session.prison, [today(session.starts_at)])
    found = conflicts.find(loaded, rules_of(session.prison))
    return conflicts.by_session(found).get(session.pk, [])


def _undo_id(session: GroupSession, access: Access) -> int | None:
    """The reader's own act of this hour that touched this session last."""
    acts = ChangeSet.objects.filter(
        images__object_id=session.pk,
        images__model=GroupSession._meta.label_lower,
        images__expires_at__gt=now(),
        by=access.user,
        undone_by__isnull=True,
    ).exclude(verb="undo")
    return acts.values_list("pk", flat=True).first()
