"""A card stands for its series: after one date was moved, the dates that follow can go along the same way.

Those follow that stood as this one stood before: the same day of the week, hour and room. A date that was put
elsewhere by hand stays there. What was moved is read from the images of the act, so for an hour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import BRUSSELS
from core.dates.weeks import Week
from core.errors import PlannerError
from core.secrets.digest import require_seen
from enrollment.domain.locking import lock_facts
from planner.scheduling.bulk.bulk_edits import tried
from planner.scheduling.bulk.cancelling import refuse_some
from planner.scheduling.bulk.date_edits import DateEdit, follow_pattern
from planner.scheduling.bulk.effects import BulkEffect, effect_of
from planner.scheduling.bulk.returning import Ruling
from planner.scheduling.choices.candidates import length_minutes, start_in_slot
from planner.scheduling.placement.session_changes import KEEP, Change, Outcome
from planner.scheduling.placement.writer import apply, dry_run
from prisons.access import Access
from prisons.domain.records.change_sets import images_of
from prisons.models import ChangeSet, Prison, User
from rooms.domain.facts import SlotFacts, rules_of
from sessions.domain.recurrence import instants
from sessions.models import GroupSession, SessionWorker

Standing = tuple[int | None, dt.time | None, int | None]
"""Day of the week, hour on the wall, room; None for what it has not."""


@dataclass(frozen=True)
class FollowingMove:
    """From how one date stood to how it stands: what the dates that follow it would do as well."""

    session: GroupSession
    was: Standing
    weeks: int
    weekday: int
    start: dt.time
    room_id: int | None
    minutes: int | None = None
    """A new length; None leaves each its own."""

    def change(self, other: GroupSession) -> Change:
        week = Week.from_date(_day(other)) + self.weeks
        day = week.monday + dt.timedelta(days=self.weekday - 1)
        starts_at, ends_at = instants(day, self.start, self.minutes or length_minutes(other))
        return Change(other.pk, self.room_id, starts_at, ends_at)


def move_of(act: ChangeSet) -> FollowingMove | None:
    """The move of one date that this act was, if it stands as the act left it; None for any other act."""
    images = [i for i in images_of(act) if i.model == GroupSession._meta.label_lower]
    if act.verb != "move" or act.undone_by_id or len(images) != 1 or not images[0].before:
        return None
    sessions = GroupSession.objects.in_prison(act.prison_id).select_related(
        "series__activity__organisation", "prison"
    )
    session = sessions.filter(pk=images[0].object_id).first()
    if session is None or session.starts_at is None or session.ends_at is None:
        return None
    return _move(session, images[0].before)


def move_just_done(outcome: Outcome) -> FollowingMove | None:
    """The same of an act that was done just now."""
    if outcome.change_set.verb != "move" or len(outcome.sessions) != 1:
        return None
    (session,), (before,) = outcome.sessions, outcome.were
    return _move(session, before.as_json()) if session.starts_at and session.ends_at else None


def _move(session: GroupSession, before: dict[str, Any]) -> FollowingMove:
    assert session.starts_at is not None and session.ends_at is not None  # noqa: S101
    start, end = (
        before[name] and dt.datetime.fromisoformat(before[name]) for name in ("starts_at", "ends_at")
    )
    local = session.starts_at.astimezone(BRUSSELS)
    old_week = Week.from_date(clock.today(start) if start else dt.date.fromisoformat(before["week_on"]))
    lasts = session.ends_at - session.starts_at
    return FollowingMove(
        session,
        standing(start, before["room_id"]),
        (Week.from_date(local.date()).monday - old_week.monday).days // 7,
        local.isoweekday(),
        local.time(),
        session.room_id,
        int(lasts.total_seconds() // 60) if start and end and end - start != lasts else None,
    )


def standing(starts_at: dt.datetime | None, room_id: int | None) -> Standing:
    if starts_at is None:
        return None, None, room_id
    local = starts_at.astimezone(BRUSSELS)
    return local.isoweekday(), local.time(), room_id


def _day(session: GroupSession) -> dt.date:
    return clock.today(session.starts_at) if session.starts_at else session.series.day_in(session.week_on)


def followers(session: GroupSession, was: Standing, after: dt.date) -> list[GroupSession]:
    """The later dates of its series that stood as it did."""
    rows = (
        GroupSession.objects.in_prison(session.prison_id)
        .live()
        .filter(series=session.series_id)
        .exclude(pk=session.pk)
        .select_related("series__activity__organisation", "room", "cancellation", "changed_by")
        .prefetch_related(
            Prefetch("session_workers", SessionWorker.objects.select_related("worker")), "waivers"
        )
    )
    later = [one for one in rows if _day(one) > after and standing(one.starts_at, one.room_id) == was]
    return sorted(later, key=_day)


def along(move: FollowingMove, *, now: dt.datetime | None = None) -> BulkEffect:
    """What taking them along would do; nothing is written. Empty when none follows."""
    now = now or clock.now()
    later = followers(
        move.session, move.was, max(_day(move.session) - dt.timedelta(weeks=move.weeks), clock.today(now))
    )
    return _effect(move.session.prison, later, [move.change(one) for one in later], now)


def _effect(
    prison: Prison, sessions: list[GroupSession], changes: Sequence[Change], now: dt.datetime
) -> BulkEffect:
    if not sessions:
        return BulkEffect("along")
    tries = dry_run(prison, changes, now=now, sessions=sessions)
    ruling = Ruling.of(tried(sessions, tries, rules_of(prison)))
    can = {one.session.pk for one in ruling.can}
    chosen = [change for change in changes if change.session_id in can]
    return effect_of(prison, "along", ruling, chosen, sessions)


def take_along(
    act: ChangeSet,
    *,
    by: User,
    leave_out: bool = False,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Move the dates that follow as this act moved one, as an act of its own; the pattern of the series follows.

    Raises PlannerError `nothing_follows` (409), NotAsShown, SomeCannot (409), or what `apply` raises.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(act.prison_id, now=now)
        move = move_of(act)
        effect = along(move, now=now) if move else BulkEffect("along")
        if move is None or not effect.ruling.can:
            raise PlannerError("nothing_follows", _("No later date of this series can go along."))
        require_seen(seen, effect.digest)
        refuse_some(effect.ruling, leave_out)
        outcome = apply(prison, effect.changes, by=by, verb="move", now=now, access=access, accept_soft=True)
        edit = DateEdit(
            weekday=move.weekday, start=move.start, minutes=move.minutes, room_id=move.room_id or KEEP
        )
        follow_pattern(move.session.series, edit, outcome, by, now)
    return outcome


def fit_of_cell(
    session: GroupSession, room_id: int, day: dt.date, slot: SlotFacts, *, now: dt.datetime | None = None
) -> tuple[int, int]:
    """For how many of this date and those that follow, each in its own week, the cell is free; and how many."""
    start = start_in_slot(session, day, slot, [], length_minutes(session))
    return fit_at(session, room_id, day, start, now=now)


def fit_at(
    session: GroupSession, room_id: int, day: dt.date, start: int, *, now: dt.datetime | None = None
) -> tuple[int, int]:
    """The same of a minute of the day."""
    now = now or clock.now()
    was = standing(session.starts_at, session.room_id)
    weeks = (Week.from_date(day).monday - Week.from_date(_day(session)).monday).days // 7
    wall = dt.time(start // 60, start % 60)
    move = FollowingMove(session, was, weeks, day.isoweekday(), wall, room_id)
    sessions = [session, *followers(session, was, max(_day(session), clock.today(now)))]
    effect = _effect(session.prison, sessions, [move.change(one) for one in sessions], now)
    return len(effect.ruling.can), len(sessions)
