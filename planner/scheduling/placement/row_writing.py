"""How a placement is written, once nothing stands in its way: park all, place all, keep one ChangeSet.

Called by writer.py only, under the prison's lock.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from core.database import many_rows
from prisons.domain.records import audit
from prisons.domain.records.change_sets import Image, open_change_set, remember
from prisons.models import ChangeSet, Prison, User
from sessions.domain.placing import Placing
from sessions.models import Cancellation, GroupSession, SessionWorker, Waiver

State = GroupSession.State


@dataclass
class Work:
    """One session on its way through `apply`."""

    session: GroupSession
    before: Placing
    after: Placing
    is_new: bool = False
    changed: list[str] = field(default_factory=list)


def write(works: list[Work], by: User, now: dt.datetime) -> None:
    """Park all, then place all: a swap, or a return into a place that another leaves, breaks the guards row by row."""
    in_place = [work for work in works if set(work.changed) <= {"state", "cancellation"} and not work.is_new]
    places = {work.session.pk for work in works} - {work.session.pk for work in in_place}
    others = [work for work in works if work.session.pk in places]
    moved = [work for work in others if {"room_id", "starts_at", "ends_at", "state"} & set(work.changed)]
    parked = [work.session.pk for work in moved if work.before.starts_at is not None]
    returning = any(work.before.state == State.CANCELLED for work in in_place)
    if len(parked) > 1 or (parked and returning):
        GroupSession.objects.filter(pk__in=parked).update(room=None, starts_at=None, ends_at=None)
    _write_states(in_place, by, now)
    with_workers = [work for work in works if "workers" in work.changed]
    if with_workers:
        SessionWorker.objects.filter(session__in=[work.session for work in with_workers]).delete()
    for work in others:
        _fill(work, by, now)
    _save([work.session for work in others])
    SessionWorker.objects.bulk_create(
        [
            SessionWorker(
                session=work.session, worker_id=part.worker_id, part=part.part, language=part.language
            )
            for work in with_workers
            for part in work.after.workers
        ],
        batch_size=500,
    )
    _write_cancellations([work for work in works if "cancellation" in work.changed], by, now)
    _write_waivers([work for work in works if "waivers" in work.changed])


_SAVED = (
    "room_id",
    "starts_at",
    "ends_at",
    "state",
    "week_on",
    "version",
    "sequence",
    "changed_at",
    "changed_by_id",
    "published_at",
)


def _save(sessions: list[GroupSession]) -> None:
    rows = {session.pk: [getattr(session, name) for name in _SAVED] for session in sessions}
    if rows:
        many_rows.update(GroupSession, _SAVED, rows)


def _write_states(works: list[Work], by: User, now: dt.datetime) -> None:
    """Cancelled, restored, published where it stands: few statements for many, what frees a place first."""
    groups: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for work in works:
        groups[work.after.state, work.session.published_at is not None].append(work.session.pk)
        _fill(work, by, now)
    for (state, was_seen), ids in sorted(groups.items(), key=lambda group: group[0][0] != State.CANCELLED):
        values: dict[str, Any] = {"state": state, "changed_at": now, "changed_by": by}
        if state == State.PUBLISHED and not was_seen:
            values["published_at"] = now
        for start in range(0, len(ids), 500):
            GroupSession.objects.filter(pk__in=ids[start : start + 500]).update(
                **values, version=F("version") + 1, sequence=F("sequence") + int(was_seen)
            )


def _fill(work: Work, by: User, now: dt.datetime) -> None:
    session, after = work.session, work.after
    session.room_id, session.starts_at, session.ends_at = after.room_id, after.starts_at, after.ends_at
    session.state, session.week_on = after.state, after.week_on
    session.version += 1
    # A calendar that has seen the session must see that it changed; one that never saw it needs no number.
    session.sequence += session.published_at is not None and work.changed != ["waivers"]
    if after.state == State.PUBLISHED and session.published_at is None:
        session.published_at = now
    session.changed_at, session.changed_by = now, by


def _write_cancellations(works: list[Work], by: User, now: dt.datetime) -> None:
    if not works:
        return
    Cancellation.objects.filter(session__in=[work.session for work in works]).delete()
    Cancellation.objects.bulk_create(
        [
            Cancellation(
                session=work.session, reason=reason, closure_id=closure_id, was_state=was, by=by, at=now
            )
            for work in works
            if work.after.cancellation
            for reason, closure_id, was in [work.after.cancellation]
        ],
        batch_size=500,
    )


def _write_waivers(works: list[Work]) -> None:
    if not works:
        return
    Waiver.objects.filter(session__in=[work.session for work in works]).delete()
    Waiver.objects.bulk_create(
        [
            Waiver(
                session=work.session, code=code, reason=reason, by_id=by_id, at=dt.datetime.fromisoformat(at)
            )
            for work in works
            for code, reason, by_id, at in work.after.waivers
        ],
        batch_size=500,
    )


def keep_record(
    prison: Prison, works: list[Work], *, by: User, verb: str, now: dt.datetime, facts: dict[str, Any] | None
) -> ChangeSet:
    change_set = open_change_set(prison, by, verb, {"sessions": len(works), **(facts or {})}, now)
    remember(
        change_set,
        [
            Image(
                GroupSession,
                work.session.pk,
                None if work.is_new else work.before.as_json(),
                work.after.as_json(),
            )
            for work in works
        ],
    )
    names = sorted({name for work in works for name in work.changed})
    audit.record_many(
        prison, by, verb, [work.session for work in works], fields=names, change_set=change_set, now=now
    )
    return change_set
