"""One session opened: everything about it that this reader may know, with its conflicts in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.dates.clock import now, today
from enrollment.domain.taking_part import occupancy
from planner.models import Ask
from planner.scheduling.asks.lists import asks_of
from planner.scheduling.asks.rows import AskRow, rows_of
from planner.scheduling.placement.undo_effects import UndoOffer, offer_of
from planner.scheduling.rules import conflicts, snapshot, waivers
from planner.scheduling.rules.codes import WAIVABLE
from planner.scheduling.rules.known_conflicts import told
from planner.scheduling.rules.sentences import Spoken, speak, when
from prisons import gate
from prisons.access import Access, Right
from prisons.domain.records import change_sets
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
    undo: UndoOffer | None = None
    may_ask: bool = False
    """Belongs to another service, and lies ahead."""
    may_waive: bool = False
    can_be_waived: bool = False
    """Some rule is broken that a coordinator may allow this once."""
    asks: tuple[AskRow, ...] = ()
    """Asks about it that wait for an answer, as far as they are the reader's business."""

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
    may_plan = access.has(Right.PLACE) and not is_past
    reasons = tuple(_with_waivers(speak(_conflicts(session, access), prison, access), session, access))
    may_waive = not is_past and waivers.may_waive(session.series.activity.organisation, access)
    return SessionDetail(
        session=session,
        title=gate.name_of(access, session.series),
        when=when(session.starts_at, session.ends_at),
        workers=tuple(session.session_workers.select_related("worker")),
        enrolled=len(occupancy(prison, {session.pk}).get(session.pk, ())),
        reasons=reasons,
        is_mine=is_mine,
        may_change=is_mine and may_plan,
        is_past=is_past,
        may_see_names=access.has(Right.SEE_NAMES),
        undo=_undo(session, access),
        may_ask=not is_mine and may_plan and session.is_live,
        may_waive=may_waive,
        can_be_waived=may_waive and any(one.is_hard and one.code in WAIVABLE for one in reasons),
        asks=_open_asks(session, access) if may_plan else (),
    )


def _with_waivers(reasons: list[Spoken], session: GroupSession, access: Access) -> Iterator[Spoken]:
    """What is allowed once says why and by whom; not to the prison, because a reason can betray a title."""
    waivers_ = session.waivers.select_related("by") if gate.may_ask(access, gate.Fact.TITLE) else ()
    known = {waiver.code: waiver for waiver in waivers_}
    for reason in reasons:
        waiver = known.get(reason.code) if reason.is_waived else None
        yield (
            replace(reason, allowed=f"{waiver.reason} ({waiver.by})", waiver_id=waiver.pk)
            if waiver
            else reason
        )


def _open_asks(session: GroupSession, access: Access) -> tuple[AskRow, ...]:
    """Sent or received by the reader's services."""
    asks = asks_of(session.prison).filter(session=session, state=Ask.State.OPEN)
    return tuple(row for row in rows_of(asks, access) if row.may_answer or row.may_take_back)


def _day(session: GroupSession) -> Any:
    return today(session.starts_at)


def _conflicts(session: GroupSession, access: Access) -> list[Any]:
    if session.starts_at is None or not session.is_live:
        return []
    loaded = snapshot.as_known(access, snapshot.load(session.prison, [today(session.starts_at)]))
    found = conflicts.by_session(conflicts.find(loaded, rules_of(session.prison)))
    return told(access, found.get(session.pk, []))


def _undo(session: GroupSession, access: Access) -> UndoOffer | None:
    """The reader's own act of this hour that touched this session last, while it can be taken back."""
    acts = change_sets.acts_of_the_hour(session, access.prison).filter(by=access.user, undone_by__isnull=True)
    act = acts.select_related("prison").first()
    return offer_of(act, access) if act else None
