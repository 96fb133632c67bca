"""The one writer of a session's room, time, state and facilitators. A move is a list of one change.

`apply` locks the prison, refuses what is stale, what belongs to others, what is past and what would add a
hard conflict; then it parks all, writes all, and keeps one ChangeSet: everything can be undone as one act.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from planner.notifications import notices
from planner.notifications.audience import audience_of
from planner.notifications.session_change import SessionChange
from planner.notifications.unsaid import withdraw
from planner.scheduling.placement import stale_fields
from planner.scheduling.placement.row_writing import Work, keep_record, write
from planner.scheduling.placement.session_changes import Change, Outcome, Refused, after_of
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import Conflict
from prisons.access import Access, access_for
from prisons.models import ChangeSet, Prison, User
from rooms.domain.facts import rules_of
from sessions import guards
from sessions.domain.placing import placing_of
from sessions.models import GroupSession

State = GroupSession.State

TAKEN = frozenset(
    {
        "room_taken",
        "worker_taken",
        "worker_elsewhere",
        "person_in_two_places",
        "keep_apart",
        "movement_capacity",
        "closed",
    }
)
"""Conflicts that come from what others did; all other rules speak of the session itself."""


def apply(
    prison: Prison,
    changes: Iterable[Change],
    *,
    by: User,
    verb: str,
    now: dt.datetime | None = None,
    seen: Mapping[int, int] | None = None,
    accept_soft: bool | frozenset[str] = False,
    access: Access | None = None,
    ordered_by_prison: bool = False,
    created: frozenset[int] = frozenset(),
    facts: dict[str, Any] | None = None,
    undoes: ChangeSet | None = None,
) -> Outcome:
    """Do all changes or none, as one act under the prison's lock.

    `seen` holds the version of each session that the person was looking at. `accept_soft` says that points to
    watch were shown and accepted, all or those with these codes. `ordered_by_prison` lets a closure go over
    every service. `created` names sessions made in this same transaction: undoing the act removes them.
    `undoes` is the act that is taken back: a rule that was broken before it is no reason to refuse, a place that
    somebody has taken since is; and whom it has not told yet hears of neither.
    Raises Refused (409) with the conflicts that would be added, PlannerError `stale` (409), `not_yours`
    (403), `past` (409), `unknown_session` (404), `room_without_time` or `ends_before_start` (422).
    """
    now = now or clock.now()
    changes = list(changes)
    with _guards_in_words(), transaction.atomic():
        prison = lock_facts(prison, now=now)
        works = _load(prison, changes, created)
        _refuse_stale(works, seen or {}, now)
        if not ordered_by_prison:
            _refuse_others(works, access or access_for(by, prison, now=now))
        works = [work for work in works if work.changed or work.is_new]
        _refuse_past(works, now)
        found = _conflicts_added(prison, works)
        if undoes:
            found = _taken_since(found, works)
        if any(conflict.is_hard or not _is_accepted(conflict, accept_soft) for conflict in found):
            raise Refused(sorted(found, key=lambda conflict: not conflict.is_hard))
        unsaid = withdraw(undoes, now=now) if undoes else None
        audience = audience_of(prison, map(_session_change, works), unsaid)
        write(works, by, now)
        change_set = keep_record(prison, works, by=by, verb=verb, now=now, facts=facts)
        notices.tell(change_set, audience, by=by, now=now, unsaid=unsaid)
    sessions = tuple(work.session for work in works)
    return Outcome(
        change_set,
        tuple(session.pk for session in sessions),
        tuple(found),
        sessions,
        tuple(work.before for work in works),
    )


def _is_accepted(conflict: Conflict, accept_soft: bool | frozenset[str]) -> bool:
    return accept_soft if isinstance(accept_soft, bool) else conflict.code in accept_soft


def _taken_since(found: list[Conflict], works: list[Work]) -> list[Conflict]:
    """Of the conflicts that putting back would add: those with sessions outside the act, and closures."""
    own = {work.session.pk for work in works}
    return [
        conflict
        for conflict in found
        if conflict.code in TAKEN
        and (conflict.session_id not in own or dict(conflict.facts).get("other") not in own)
    ]


def preview(prison: Prison, changes: Iterable[Change], *, now: dt.datetime | None = None) -> list[Conflict]:
    """The conflicts that these changes would add, hard ones first, without writing anything."""
    works = [work for work in _load(prison, list(changes), frozenset()) if work.changed]
    return sorted(_conflicts_added(prison, works), key=lambda conflict: not conflict.is_hard)


def _session_change(work: Work) -> SessionChange:
    return SessionChange(work.session.pk, work.session.series_id, work.before, work.after)


def _load(
    prison: Prison, changes: list[Change], created: frozenset[int], known: Iterable[GroupSession] = ()
) -> list[Work]:
    wanted = {change.session_id: change for change in changes}
    sessions: Iterable[GroupSession] = [session for session in known if session.pk in wanted]
    if not sessions:
        rows = GroupSession.objects.in_prison(prison).filter(pk__in=wanted)
        sessions = rows.select_related(
            "series__activity__organisation", "cancellation", "changed_by"
        ).prefetch_related("session_workers", "waivers")
    works = []
    for session in sessions:
        session.prison = prison
        before = placing_of(session)
        after = after_of(before, wanted[session.pk])
        changed = [
            name for name in before.__dataclass_fields__ if getattr(before, name) != getattr(after, name)
        ]
        works.append(Work(session, before, after, session.pk in created, changed))
    if len(works) != len(wanted):
        raise PlannerError("unknown_session", _("This session does not exist any more."), status=404)
    return works


def _refuse_stale(works: list[Work], seen: Mapping[int, int], now: dt.datetime) -> None:
    for work in works:
        version = seen.get(work.session.pk)
        if version is not None and version != work.session.version:
            what = stale_fields.in_words(stale_fields.fields_changed(work.session, version, now=now))
            raise PlannerError(
                "stale",
                _("%(who)s changed %(what)s at %(when)s. Nothing was changed. Look again, then decide."),
                who=work.session.changed_by or _("Somebody"),
                what=what or _("this"),
                when=f"{work.session.changed_at.astimezone(clock.BRUSSELS):%H:%M}",
            )


def _refuse_others(works: list[Work], access: Access | None) -> None:
    for work in works:
        owner = work.session.series.activity.organisation
        if access is None or not access.may_change(owner):
            raise PlannerError(
                "not_yours",
                _("This belongs to %(owner)s. You can ask them to change it."),
                status=403,
                owner=owner,
            )


def _refuse_past(works: list[Work], now: dt.datetime) -> None:
    """Sessions of days that are over keep their place for ever, and nothing is put on such a day."""
    today = clock.today(now)
    for work in works:
        moments = (work.before.starts_at, work.after.starts_at)
        if any(moment is not None and clock.today(moment) < today for moment in moments):
            raise PlannerError("past", _("That day is over. What took place cannot be changed."))


@dataclass(frozen=True)
class DryRun:
    """Changes that nobody has written: what stands now, and each changed session as it would stand."""

    before: snapshot.Snapshot
    rows: Mapping[int, snapshot.SnapshotRow]
    waivers: Mapping[int, frozenset[str]]


def dry_run(
    prison: Prison,
    changes: Iterable[Change],
    *,
    now: dt.datetime | None = None,
    sessions: Iterable[GroupSession] = (),
) -> DryRun:
    """For whoever tries parts of an act before doing it. Reads with a fixed number of queries.

    `sessions` that were read with all that a placing is read from are not read again.
    Raises PlannerError as `apply` does for changes that make no sense by themselves.
    """
    return _tried(prison, _load(prison, list(changes), frozenset(), sessions))


def _tried(prison: Prison, works: list[Work]) -> DryRun:
    moments = [m for work in works for m in (work.before.starts_at, work.after.starts_at) if m is not None]
    loaded = snapshot.load(
        prison,
        {clock.today(moment) for moment in moments},
        extra_workers={part.worker_id for work in works for part in work.after.workers},
        expected={
            work.session.pk: (work.session.series_id, clock.today(work.after.starts_at))
            for work in works
            if work.after.starts_at is not None
        },
        extra_series={work.session.series_id for work in works},
    )
    return DryRun(
        loaded,
        {work.session.pk: _row(work) for work in works if work.after.state != State.CANCELLED},
        {work.session.pk: frozenset(one.code for one in work.after.waivers) for work in works},
    )


def _conflicts_added(prison: Prison, works: list[Work]) -> list[Conflict]:
    """Only a changed room, time or worker, or a session that comes back, can add a conflict."""
    risky = [work for work in works if _can_add_conflicts(work)]
    if not risky:
        return []
    tried = _tried(prison, risky)
    after = tried.before.with_rows(tried.rows.values(), waivers=tried.waivers)
    return conflicts.added(tried.before, after, rules_of(prison))


def _can_add_conflicts(work: Work) -> bool:
    if work.after.state == State.CANCELLED:
        return False
    comes_back = work.before.state == State.CANCELLED
    return comes_back or bool({"room_id", "starts_at", "ends_at", "workers"} & set(work.changed))


def _row(work: Work) -> snapshot.SnapshotRow:
    after = work.after
    workers = tuple(part.worker_id for part in after.workers)
    return snapshot.SnapshotRow(
        work.session.pk, work.session.series_id, after.room_id, after.starts_at, after.ends_at, workers
    )


@contextmanager
def _guards_in_words() -> Iterator[None]:
    """What slips past the engine (a worker of another prison) is stopped by the database itself."""
    try:
        yield
    except IntegrityError as error:
        guard = guards.broken_by(error)
        messages = {
            guards.ROOM_TAKEN: _("Somebody has just taken this room. Nothing was changed."),
            guards.WORKER_TAKEN: _("The facilitator is busy elsewhere at that time. Nothing was changed."),
            guards.TOO_LONG: _("A session lasts at most 16 hours. Nothing was changed."),
        }
        if guard not in messages:
            raise
        raise PlannerError(guard, messages[guard]) from error
