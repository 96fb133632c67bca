"""Several sessions of any series changed at once: some weeks on or back, another room, a facilitator.

The effect is shown before, session by session: what can is done as one act, what cannot is named with its
reason and stays. All of them are lifted first, so a whole series can move into the places it leaves itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import require_seen
from enrollment.domain.locking import lock_facts
from planner.scheduling.bulk.cancelling import refuse_some, refuse_unknown, seen_of, usable
from planner.scheduling.bulk.effects import BulkEffect, effect_of
from planner.scheduling.bulk.returning import ReturnVerdict, Ruling, is_over, not_yours
from planner.scheduling.placement.session_changes import Change, Outcome
from planner.scheduling.placement.writer import DryRun, apply, dry_run
from planner.scheduling.rules import conflicts
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.snapshot import Snapshot, SnapshotRow
from prisons.access import Access, access_for
from prisons.models import Prison, User
from rooms.domain.facts import Rules, rules_of
from rooms.models import Room
from sessions.domain.placing import Part, placing_of
from sessions.domain.recurrence import instants
from sessions.models import GroupSession, SessionWorker, Worker

State = GroupSession.State
MOST_WEEKS = 26


@dataclass(frozen=True)
class ByWeeks:
    """So many weeks later; fewer than none is earlier. Day of the week and time on the wall stay."""

    weeks: int


@dataclass(frozen=True)
class IntoRoom:
    room_id: int


@dataclass(frozen=True)
class WithWorker:
    """This facilitator leads it: beside those who do, or instead of them."""

    worker_id: int
    instead: bool = False


Edit = ByWeeks | IntoRoom | WithWorker


def what_can_be_edited(
    prison: Prison,
    session_ids: Iterable[int],
    edit: Edit,
    *,
    access: Access | None,
    now: dt.datetime | None = None,
) -> Ruling:
    """Sort sessions into what can be changed so, all together, and what cannot. Nothing is written.

    Raises PlannerError `no_weeks`, `unknown_room` or `unknown_worker` (422).
    """
    now = now or clock.now()
    _refuse_unusable(prison, edit)
    verdicts, wanted = [], []
    for session in _load(prison, session_ids):
        refusal = _refusal(session, edit, access, now)
        if refusal is not None:
            verdicts.append(refusal)
        else:
            wanted.append(session)
    changes = [_change(session, edit) for session in wanted]
    found = tried(wanted, dry_run(prison, changes, now=now), rules_of(prison)) if wanted else []
    return Ruling.of([*verdicts, *found])


def effect_of_edit(prison: Prison, ruling: Ruling, edit: Edit) -> BulkEffect:
    """What would be done, for whoever shows it before."""
    return effect_of(prison, type(edit).__name__, ruling, [_change(one.session, edit) for one in ruling.can])


def edit_many(
    prison: Prison,
    session_ids: Iterable[int],
    edit: Edit,
    *,
    by: User,
    leave_out: bool = False,
    versions: Mapping[int, int] | None = None,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Do it to all of these as one act; with `leave_out`, to those that can.

    Points to watch are part of what was shown before: `seen` is its digest, `versions` are those of the sessions
    that were ticked. Raises NotAsShown, SomeCannot (409), PlannerError `nothing_chosen`
    or `too_many` (422), `unknown_session` (404), what `what_can_be_edited` or `apply` raises.
    """
    now = now or clock.now()
    ids = usable(session_ids)
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        access = access or access_for(by, prison, now=now)
        ruling = what_can_be_edited(prison, ids, edit, access=access, now=now)
        refuse_unknown(ruling, ids)
        effect = effect_of_edit(prison, ruling, edit)
        require_seen(seen, effect.digest)
        refuse_some(ruling, leave_out)
        return apply(
            prison,
            effect.changes,
            by=by,
            verb="workers" if isinstance(edit, WithWorker) else "move",
            now=now,
            access=access,
            seen=seen_of(versions, ruling),
            accept_soft=True,
        )


def _refuse_unusable(prison: Prison, edit: Edit) -> None:
    if isinstance(edit, ByWeeks) and not 0 < abs(edit.weeks) <= MOST_WEEKS:
        raise PlannerError(
            "no_weeks", _("Choose from 1 to %(most)s weeks, on or back."), status=422, most=MOST_WEEKS
        )
    if isinstance(edit, IntoRoom) and not _is_there(Room.objects.in_prison(prison).in_use(), edit.room_id):
        raise PlannerError("unknown_room", _("Choose a room that is in use."), status=422)
    workers = Worker.objects.in_prison(prison).active()
    if isinstance(edit, WithWorker) and not _is_there(workers, edit.worker_id):
        raise PlannerError("unknown_worker", _("This facilitator does not work here."), status=422)


def _is_there(rows: QuerySet[Any], pk: int) -> bool:
    return rows.filter(pk=pk).exists()


def _load(prison: Prison, session_ids: Iterable[int]) -> list[GroupSession]:
    return list(
        GroupSession.objects.in_prison(prison)
        .filter(pk__in=list(session_ids))
        .select_related("series__activity__organisation", "room", "cancellation")
        .prefetch_related("session_workers__worker", "waivers")
        .order_by("starts_at", "pk")
    )


def _refusal(
    session: GroupSession, edit: Edit, access: Access | None, now: dt.datetime
) -> ReturnVerdict | None:
    """What stands against it before any rule is asked."""
    if session.state == State.CANCELLED:
        return ReturnVerdict(session, "cancelled", _("It is cancelled."))
    if is_over(session, now):
        return ReturnVerdict(session, "past", _("That day is over."))
    if (foreign := not_yours(session, access)) is not None:
        return foreign
    if isinstance(edit, WithWorker):
        there = {one.worker_id for one in session.session_workers.all()}
        return (
            ReturnVerdict(session, "there_already", _("This facilitator is there already."))
            if edit.worker_id in there
            else None
        )
    if session.starts_at is None:
        return ReturnVerdict(session, "no_time", _("It has no time yet. Give it one first."))
    if isinstance(edit, IntoRoom) and session.room_id == edit.room_id:
        return ReturnVerdict(session, "there_already", _("It is in this room already."))
    if isinstance(edit, ByWeeks) and _shifted(session, edit)[0] < clock.today(now):
        return ReturnVerdict(session, "past", _("The day that it would move to is over."))
    return None


def _shifted(session: GroupSession, edit: ByWeeks) -> tuple[dt.date, dt.datetime, dt.datetime]:
    """The clock on the wall shows the same on both sides of a change of clocks."""
    assert session.starts_at is not None and session.ends_at is not None  # noqa: S101
    local = session.starts_at.astimezone(clock.BRUSSELS)
    length = int((session.ends_at - session.starts_at).total_seconds() // 60)
    day = local.date() + dt.timedelta(weeks=edit.weeks)
    return day, *instants(day, local.time(), length)


def _change(session: GroupSession, edit: Edit) -> Change:
    if isinstance(edit, ByWeeks):
        _day, starts_at, ends_at = _shifted(session, edit)
        return Change(session.pk, starts_at=starts_at, ends_at=ends_at)
    if isinstance(edit, IntoRoom):
        return Change(session.pk, room_id=edit.room_id)
    leader = SessionWorker.Part.LEADER
    staying = [one for one in placing_of(session).workers if not (edit.instead and one.part == leader)]
    return Change(session.pk, workers=(*staying, Part(edit.worker_id)))


def tried(sessions: list[GroupSession], trial: DryRun, rules: Rules) -> list[ReturnVerdict]:
    """All lifted, then put down in order of time. What cannot be put down goes back, and all are tried again:
    its old place is not free for the others then.
    """
    known = {c.key for c in conflicts.find(trial.before, rules) if not c.is_waived}
    refused: dict[int, tuple[Conflict, ...]] = {}
    while True:
        accepted, soft = _put_down(sessions, trial, rules, known, refused)
        if accepted:
            break
    return [
        ReturnVerdict(session, refused[session.pk][0].code, conflicts=refused[session.pk])
        if session.pk in refused
        else ReturnVerdict(session, conflicts=soft.get(session.pk, ()))
        for session in sessions
    ]


def _put_down(
    sessions: list[GroupSession],
    trial: DryRun,
    rules: Rules,
    known: Collection[object],
    refused: dict[int, tuple[Conflict, ...]],
) -> tuple[bool, dict[int, tuple[Conflict, ...]]]:
    """One round: whether all that are left could be put down, and their points to watch. Adds to `refused`."""
    rest = [session.pk for session in sessions if session.pk not in refused]
    waivers = {pk: trial.waivers[pk] for pk in rest}
    rows = {pk: trial.rows[pk] for pk in rest}
    together = _new(trial.before.with_rows(rows.values(), waivers=waivers), rules, known)
    if not any(conflict.is_hard for conflict in together):
        own = conflicts.by_session(together)
        return True, {pk: tuple(own.get(pk, ())) for pk in rest}
    standing = trial.before.with_rows([], gone=rest, waivers=waivers)
    for pk, row in rows.items():
        tried = standing.with_rows([row])
        hard = tuple(c for c in _new(_near(tried, row), rules, known) if c.is_hard)
        if hard:
            refused[pk] = tuple(c for c in hard if c.session_id == pk) or hard
        else:
            standing = tried
    if all(pk not in refused for pk in rest):  # only together do they break a rule: the last of them stays
        last = rest[-1]
        refused[last] = tuple(c for c in together if c.is_hard)
    return False, {}


def _new(after: Snapshot, rules: Rules, known: Collection[object]) -> list[Conflict]:
    return [c for c in conflicts.find(after, rules) if not c.is_waived and c.key not in known]


def _near(tried: Snapshot, row: SnapshotRow) -> Snapshot:
    """What stands on the date of the row, and on the one before for what runs past midnight."""
    if row.starts_at is None:
        return replace(tried, rows={row.session_id: row})
    day = clock.today(row.starts_at)
    days = {day, day - dt.timedelta(days=1)}
    rows = {pk: one for pk, one in tried.rows.items() if one.starts_at and clock.today(one.starts_at) in days}
    return replace(tried, rows=rows)
