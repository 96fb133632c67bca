"""A closure as its pages show it to one reader: neutral names for whoever may know no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.dates import clock
from core.dates.clock import today
from planner.models import ClosureCall, MadeUp, Notice
from planner.scheduling.bulk.returning import ReturnVerdict
from planner.scheduling.closures.closing import group_of
from planner.scheduling.closures.effects import ClosureHit, Effects, cancelled_by, effects_of_closures
from planner.scheduling.rules.sentences import reasons_of_each, when
from planner.scheduling.series.make_up import made_up_of
from prisons import gate
from prisons.access import Access, Right
from prisons.domain.records import change_sets
from prisons.models import Organisation, Prison
from rooms.models import Closure
from sessions.models import GroupSession, Worker

State = Closure.State


@dataclass(frozen=True)
class ClosedSessionRow:
    """One session in words."""

    session: GroupSession
    name: str
    when: str
    people: int
    workers: str
    made_up: MadeUp | None = None

    @property
    def made_up_when(self) -> str:
        return when(self.made_up.instead.starts_at, self.made_up.instead.ends_at) if self.made_up else ""


@dataclass(frozen=True)
class OwnerRows:
    owner: Organisation | None
    """None for whoever may not know which service a group belongs to: then all stand together."""
    people: int
    rows: tuple[ClosedSessionRow, ...]


@dataclass(frozen=True)
class ClosureAudience:
    """Effects in words. Drafts are the services' own: for the prison they do not exist."""

    owners: tuple[OwnerRows, ...]
    sessions: int
    people: int
    workers: int
    digest: str


@dataclass(frozen=True)
class ClosureCallRow:
    """Whom to call, and about which sessions."""

    worker: Worker
    rows: tuple[ClosedSessionRow, ...]
    is_informed: bool = False
    """Has read that it is cancelled, or was called about it already."""
    reached: ClosureCall | None = None
    """The tick: who reached the facilitator, and when."""

    @property
    def is_done(self) -> bool:
        return self.is_informed or self.reached is not None

    @property
    def sessions(self) -> list[int]:
        return [row.session.pk for row in self.rows]


@dataclass(frozen=True)
class ClosurePage:
    """Everything about a closure, or a group of them."""

    root: Closure
    closures: tuple[Closure, ...]
    places: tuple[str, ...]
    starts_at: dt.datetime
    ends_at: dt.datetime
    is_over: bool
    may_decide: bool
    undo_id: int | None

    @property
    def state(self) -> str:
        return str(self.root.state)


def tell(effects: Effects, access: Access) -> ClosureAudience:
    """Effects for this reader."""
    shown = effects.known_to(access)
    made_up = made_up_of(access.prison, [hit.session.pk for hit in shown.hits])
    owners = tuple(
        OwnerRows(group.owner, group.people, tuple(row_of(hit, access, made_up) for hit in group.hits))
        for group in shown.by_owner
    )
    if not gate.may_ask(access, gate.Fact.SERVICE) and owners:
        owners = (OwnerRows(None, shown.people, tuple(row_of(hit, access, made_up) for hit in shown.hits)),)
    return ClosureAudience(owners, len(shown.hits), shown.people, len(shown.workers), shown.digest)


def row_of(hit: ClosureHit, access: Access, made_up: dict[int, MadeUp] | None = None) -> ClosedSessionRow:
    session = hit.session
    return ClosedSessionRow(
        session,
        name_of(session, access),
        when(session.starts_at, session.ends_at),
        len(hit.people),
        ", ".join(str(worker) for worker in hit.workers),
        (made_up or {}).get(session.pk),
    )


def name_of(session: GroupSession, access: Access) -> str:
    return gate.name_of(access, session.series)


def calls_of(
    effects: Effects, access: Access, ticks: Mapping[int, ClosureCall] | None = None
) -> list[ClosureCallRow]:
    """One line per facilitator: the earliest session first, whoever knows it already last."""
    shown = effects.known_to(access)
    informed = _informed(shown.hits)
    calls = []
    for worker in shown.workers:
        own = [hit for hit in shown.hits if worker in hit.workers]
        knows = all((worker.pk, hit.session.pk) in informed for hit in own)
        own.sort(key=lambda hit: (hit.session.starts_at is None, hit.session.starts_at, hit.session.pk))
        rows = tuple(row_of(hit, access) for hit in own)
        calls.append(ClosureCallRow(worker, rows, knows, (ticks or {}).get(worker.pk)))
    return sorted(calls, key=_first_to_call)


def _first_to_call(call: ClosureCallRow) -> tuple[bool, dt.datetime, str]:
    earliest = min((row.session.starts_at for row in call.rows if row.session.starts_at), default=LATEST)
    return call.is_done, earliest, str(call.worker)


LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)


def _informed(hits: Iterable[ClosureHit]) -> set[tuple[int, int]]:
    """(facilitator, session) whose last notice tells of the cancelling and was read or told by telephone."""
    cancelled = [hit.session.pk for hit in hits if hit.session.state == GroupSession.State.CANCELLED]
    notices = Notice.objects.filter(session__in=cancelled).order_by("created_at", "pk")
    latest = {
        (worker, session): kind == Notice.Kind.CANCELLED and bool(read or called)
        for worker, session, kind, read, called in notices.values_list(
            "worker_id", "session_id", "kind", "read_at", "called_at"
        )
    }
    return {pair for pair, knows in latest.items() if knows}


def page_of(closure: Closure, access: Access, *, now: dt.datetime | None = None) -> ClosurePage:
    now = now or clock.now()
    rows = group_of(closure)
    last = max(row.ends_at for row in rows)
    is_over = today(last - dt.timedelta(microseconds=1)) < today(now)
    return ClosurePage(
        root=rows[0],
        closures=tuple(rows),
        places=tuple(dict.fromkeys(place_of(row) for row in rows)),
        starts_at=min(row.starts_at for row in rows),
        ends_at=last,
        is_over=is_over,
        may_decide=access.has(Right.CLOSE) and not is_over,
        undo_id=_undo_id(rows[0], access, now),
    )


def place_of(closure: Closure) -> str:
    return str(closure.room or closure.unit or _("The whole prison"))


def effects_now(prison: Prison, shown: ClosurePage, *, now: dt.datetime | None = None) -> Effects:
    """What it would hit while it is announced, afterwards what it cancelled."""
    if shown.state == State.ANNOUNCED:
        return effects_of_closures(prison, shown.closures, now=now)
    return cancelled_by(prison, shown.closures)


def own_part(effects: Effects, access: Access) -> Effects:
    """All of it for who decides on closures; an organiser calls the facilitators of the own service."""
    effects = effects.known_to(access)
    if access.has(Right.CLOSE):
        return effects
    return Effects(tuple(hit for hit in effects.hits if access.may_change(hit.owner)))


def _undo_id(root: Closure, access: Access, now: dt.datetime) -> int | None:
    """The last act on this closure, while it can be taken back by this reader."""
    if not access.has(Right.CLOSE):
        return None
    latest: Any = change_sets.acts_of_the_hour(root, access.prison, now=now).first()
    return latest.pk if latest is not None and latest.undone_by_id is None else None


def reasons_of(verdicts: Sequence[ReturnVerdict], access: Access) -> list[list[str]]:
    """Why each cannot (or what to watch), at most three sentences each; names are looked up once for all."""
    reasons = reasons_of_each(access, [verdict.conflicts for verdict in verdicts], most=3)
    return [
        [str(verdict.why)] if verdict.why else [one.sentence for one in said]
        for verdict, said in zip(verdicts, reasons, strict=True)
    ]


@dataclass(frozen=True)
class ClosureLine:
    """A closure in a list; a group stands once."""

    root: Closure
    places: str
    starts_at: dt.datetime
    ends_at: dt.datetime


def lines_of(closures: Iterable[Closure]) -> list[ClosureLine]:
    groups: dict[Any, list[Closure]] = {}
    for row in closures:
        groups.setdefault(row.group or row.pk, []).append(row)
    return [
        ClosureLine(
            min(rows, key=lambda row: row.pk),
            ", ".join(dict.fromkeys(place_of(row) for row in rows)),
            min(row.starts_at for row in rows),
            max(row.ends_at for row in rows),
        )
        for rows in groups.values()
    ]
