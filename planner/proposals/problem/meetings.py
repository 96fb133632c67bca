"""What may move: sessions of the span, and how several of them go together as one item of the problem."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from core.dates.clock import BRUSSELS, today
from planner.models import Proposal
from planner.proposals.problem.planning_request import PlanningRequest
from sessions.models import GroupSession

Scope, State = Proposal.Scope, GroupSession.State


class Spot(NamedTuple):
    """A place in the week. `day` is None where a whole series has it, week after week."""

    day: dt.date | None
    weekday: int
    start: int
    room_id: int


class Meeting(NamedTuple):
    """One session that may move."""

    session_id: int
    version: int
    series_id: int
    organisation_id: int
    week: dt.date
    minutes: int
    worker_ids: tuple[int, ...]
    usual: tuple[int, int]
    """(weekday, minute of the day) of its pattern."""
    usual_room_id: int | None
    stands: Spot | None
    is_published: bool

    def on(self, weekday: int) -> dt.date:
        """The date of this weekday in its own week: a session never leaves its week."""
        return self.week + dt.timedelta(days=weekday - 1)


class Item(NamedTuple):
    """What gets one slot and one room: a session, or all sessions of a series that go together."""

    key: str
    series_id: int
    meetings: tuple[Meeting, ...]
    present: Spot | None
    is_broken: bool

    @property
    def minutes(self) -> int:
        return max(meeting.minutes for meeting in self.meetings)

    @property
    def worker_ids(self) -> tuple[int, ...]:
        return tuple(sorted({worker for meeting in self.meetings for worker in meeting.worker_ids}))

    @property
    def weeks(self) -> frozenset[dt.date]:
        return frozenset(meeting.week for meeting in self.meetings)

    @property
    def is_published(self) -> bool:
        return any(meeting.is_published for meeting in self.meetings)


def load(brief: PlanningRequest, days: Collection[dt.date], now: dt.datetime) -> list[Meeting]:
    """Every live session of these dates that has not begun, in order of time; two queries."""
    if not days:
        return []
    first, last = min(days), max(days)
    weeks = {day - dt.timedelta(days=day.isoweekday() - 1) for day in days}
    rows = (
        GroupSession.objects.in_prison(brief.prison)
        .live()
        .filter(week_on__in=weeks)
        .select_related("series__activity")
        .prefetch_related("session_workers")
        .order_by("starts_at", "pattern_on", "pk")
    )
    return [
        _meeting(row)
        for row in rows
        if row.starts_at is None or (first <= today(row.starts_at) <= last and row.starts_at > now)
    ]


def _meeting(row: GroupSession) -> Meeting:
    series = row.series
    stands, minutes, begins = None, series.duration_minutes, series.start_time
    if row.starts_at is not None and row.ends_at is not None:
        local = row.starts_at.astimezone(BRUSSELS)
        minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
        if row.room_id is not None:
            start = local.hour * 60 + local.minute
            stands = Spot(local.date(), local.isoweekday(), start, row.room_id)
    return Meeting(
        row.pk,
        row.version,
        series.pk,
        series.activity.organisation_id,
        row.week_on,
        minutes,
        tuple(sorted(one.worker_id for one in row.session_workers.all())),
        (series.weekday, begins.hour * 60 + begins.minute),
        series.default_room_id,
        stands,
        row.state == State.PUBLISHED,
    )


def may_move(brief: PlanningRequest, meeting: Meeting, broken: Collection[int]) -> bool:
    """Whether the scope lets it move. A repair of the tray also moves what is broken."""
    own = meeting.organisation_id in brief.organisation_ids
    match brief.scope:
        case Scope.ALL:
            return True
        case Scope.SERIES:
            return meeting.series_id in brief.series_ids
        case Scope.DRAFTS:
            return not meeting.is_published
        case Scope.MINE:
            return own and not meeting.is_published
    is_asked = meeting.stands is None or (brief.is_repair and meeting.session_id in broken)
    return is_asked and (own or not brief.organisation_ids)


def as_items(brief: PlanningRequest, meetings: Iterable[Meeting], broken: Collection[int]) -> list[Item]:
    """Single sessions, or over a term the n-th session of each week of a series with all its likes."""
    meetings = list(meetings)
    if not brief.is_weekly:
        return [
            Item(f"s{one.session_id}", one.series_id, (one,), one.stands, one.session_id in broken)
            for one in meetings
        ]
    in_week: Counter[tuple[int, dt.date]] = Counter()
    groups: dict[tuple[int, int], list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        number = in_week[meeting.series_id, meeting.week]
        in_week[meeting.series_id, meeting.week] += 1
        groups[meeting.series_id, number].append(meeting)
    return [_weekly(brief, f"w{series}-{n}", group, broken) for (series, n), group in sorted(groups.items())]


def _weekly(brief: PlanningRequest, key: str, group: list[Meeting], broken: Collection[int]) -> Item:
    spots = Counter(one.stands._replace(day=None) for one in group if one.stands is not None)
    present = max(spots, key=lambda spot: (spots[spot], spot.weekday, spot.start)) if spots else None
    if brief.is_repair:
        group = [one for one in group if _goes_along(one, present, broken)]
    hit = sum(one.session_id in broken for one in group if one.stands is not None)
    return Item(key, group[0].series_id, tuple(group), present, hit * 5 > len(group))


def _goes_along(meeting: Meeting, present: Spot | None, broken: Collection[int]) -> bool:
    """What somebody put elsewhere for one week, and what is well there, stays there in a repair."""
    if meeting.stands is None or meeting.session_id in broken:
        return True
    return meeting.stands._replace(day=None) == present


def meet_always(members: Iterable[int], items: list[Item]) -> bool:
    """Whether every two of them have a week in common, so that they can meet at all."""
    return all(items[a].weeks & items[b].weeks for a, b in combinations(members, 2))


def pairs_that_meet(members: Iterable[int], items: list[Item]) -> Iterator[tuple[int, ...]]:
    """The pairs of them that have a week in common."""
    return ((a, b) for a, b in combinations(members, 2) if items[a].weeks & items[b].weeks)
