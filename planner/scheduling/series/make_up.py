"""Making up: a cancelled session is held on another date, as a new session of the same series.

It gets the same facilitators and length and no date of the pattern, so series edits leave it where it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import today
from core.dates.weeks import Week
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from enrollment.domain.locking import lock_facts
from planner.models import MadeUp
from planner.scheduling.choices.candidates import Choice, choices
from planner.scheduling.placement.session_changes import Change, Outcome
from planner.scheduling.placement.writer import apply
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.sentences import when
from prisons.access import Access, Right, access_for
from prisons.domain.records import audit
from prisons.models import Prison, User
from sessions.domain.placing import Part
from sessions.models import GroupSession

WEEKS_AHEAD = 4
PER_WEEK = 3


def dates_for(
    session: GroupSession,
    *,
    most: int = 6,
    weeks: int = WEEKS_AHEAD,
    now: dt.datetime | None = None,
) -> list[Choice]:
    """The nearest free places for a cancelled session, this week first: its own room before any other.

    Not on a day on which the series meets already, and not where it stood. Some ten queries for each week
    looked at; it stops as soon as it has enough.
    """
    now = now or clock.now()
    first = Week.from_date(
        max(today(session.starts_at) if session.starts_at else session.week_on, today(now))
    )
    meets_on = set(_days_of(session))
    found: list[Choice] = []
    for number in range(weeks):
        free = [
            choice
            for choice in choices(session, first + number, at=now)
            if choice.is_free and choice.starts_at > now and choice.day not in meets_on
        ]
        found += _best(free, session)
        if len(found) >= most:
            break
    return found[:most]


def _days_of(session: GroupSession) -> Iterator[dt.date]:
    others = GroupSession.objects.live().filter(series=session.series_id, starts_at__isnull=False)
    for starts_at in others.values_list("starts_at", flat=True):
        yield today(starts_at)
    if session.starts_at is not None:
        yield today(session.starts_at)


def _best(free: list[Choice], session: GroupSession) -> list[Choice]:
    """Few of a week, each at another time: the own room first, then the least to watch, then the earliest."""
    usual = session.room_id or session.series.default_room_id
    by_time: dict[dt.datetime, Choice] = {}
    for choice in sorted(
        free, key=lambda one: (one.is_announced, one.room_id != usual, len(one.conflicts), one.rank)
    ):
        by_time.setdefault(choice.starts_at, choice)
    return list(by_time.values())[:PER_WEEK]


def make_up(
    session: GroupSession,
    *,
    room_id: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: User,
    accept_soft: bool = False,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Hold it anew then and there, visible if the cancelled one was, as one act that can be undone.

    `seen` is the digest of the date with its points to watch. Raises NotAsShown, PlannerError `made_up`,
    `not_cancelled` (409), or what `placement.apply` raises.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(session.prison_id, now=now)
        access = access or access_for(by, prison, now=now)
        session = GroupSession.objects.in_prison(prison).select_related("cancellation").get(pk=session.pk)
        _refuse_done(session)
        instead = GroupSession.objects.create(
            prison=prison, series_id=session.series_id, week_on=session.week_on, changed_at=now, changed_by=by
        )
        outcome = apply(
            prison,
            [_placed(instead, session, room_id, starts_at, ends_at, access)],
            by=by,
            verb="make_up",
            now=now,
            access=access,
            accept_soft=accept_soft,
            created=frozenset({instead.pk}),
            facts={"session": session.pk},
        )
        require_seen(seen, digest_of(session, room_id, starts_at, ends_at, outcome.soft))
        made_up = MadeUp.objects.create(prison=prison, session=session, instead=instead, by=by, at=now)
        audit.record(prison, by, "make_up", made_up, change_set=outcome.change_set, now=now)
    return outcome


def digest_of(
    session: GroupSession,
    room_id: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    watch: Iterable[Conflict],
) -> str:
    """Of one date that is proposed for a cancelled session."""
    codes = sorted({conflict.code for conflict in watch if not conflict.is_hard})
    return digest("make_up", session, room_id, starts_at, ends_at, codes)


def _refuse_done(session: GroupSession) -> None:
    if session.state != GroupSession.State.CANCELLED:
        raise PlannerError("not_cancelled", _("It takes place: there is nothing to make up."))
    row = MadeUp.objects.filter(session=session).select_related("instead").first()
    if row is not None:
        raise PlannerError(
            "made_up",
            _("It is made up already: %(when)s."),
            when=when(row.instead.starts_at, row.instead.ends_at),
        )


def _placed(
    instead: GroupSession,
    session: GroupSession,
    room_id: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    access: Access | None,
) -> Change:
    was = session.cancellation.was_state
    may_publish = access is not None and access.has(Right.PUBLISH)
    return Change(
        instead.pk,
        room_id,
        starts_at,
        ends_at,
        state=was if may_publish else GroupSession.State.DRAFT,
        workers=tuple(Part(one.worker_id, one.part, one.language) for one in session.session_workers.all()),
    )


def made_up_of(prison: Prison, session_ids: Iterable[int]) -> dict[int, MadeUp]:
    """Cancelled session -> what is held instead."""
    rows = MadeUp.objects.in_prison(prison).filter(session__in=list(session_ids))
    return {row.session_id: row for row in rows.select_related("instead__room")}
