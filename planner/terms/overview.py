"""A term on one page: its weeks across, every series down, and how full each week is.

One page in frozen dataclasses, with the same number of queries for ten series as for a hundred.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q

from core.dates import clock
from core.dates.weeks import Week, weeks_between
from core.words.folding import as_filed
from planner.board.week.filters import BoardFilter
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.known_conflicts import told
from planner.terms.term_weeks import BandRow, WeekHead, band_rows, week_heads
from prisons import gate
from prisons.access import Access
from prisons.models import Prison
from rooms.domain.facts import rules_of
from sessions.models import GroupSession, Series, Term

MOST_WEEKS = 60
SORTS = ("day", "title", "service")
State = GroupSession.State


@dataclass(frozen=True, slots=True)
class OverviewMark:
    """One session in its week."""

    session_id: int
    starts_at: dt.datetime | None
    state: str
    enrolled: int
    places: int
    is_drop_in: bool
    in_tray: bool
    is_moved: bool
    is_past: bool
    has_conflict: bool

    @property
    def is_cancelled(self) -> bool:
        return self.state == State.CANCELLED

    @property
    def counts(self) -> bool:
        """Whether its places are part of an occupancy: held or to be held, for people who enrol."""
        return not self.is_cancelled and self.starts_at is not None and not self.is_drop_in

    @property
    def is_full(self) -> bool:
        return self.enrolled >= self.places


@dataclass(frozen=True)
class Sum:
    """Sessions that stand, those that were cancelled, and how full they are."""

    sessions: int
    cancelled: int
    enrolled: int
    places: int

    @classmethod
    def of(cls, marks: Iterable[OverviewMark]) -> Sum:
        marks = list(marks)
        counted = [mark for mark in marks if mark.counts]
        live = [mark for mark in marks if not mark.is_cancelled]
        return cls(
            len(live),
            len(marks) - len(live),
            sum(mark.enrolled for mark in counted),
            sum(mark.places for mark in counted),
        )

    @property
    def percent(self) -> int | None:
        return round(100 * self.enrolled / self.places) if self.places else None


@dataclass(frozen=True)
class WeekCell:
    week: Week
    marks: tuple[OverviewMark, ...]


@dataclass(frozen=True)
class SeriesRow:
    series: Series
    is_mine: bool
    cells: tuple[WeekCell, ...]
    sum: Sum
    in_tray: int


@dataclass(frozen=True)
class TermOverview:
    term: Term
    weeks: tuple[WeekHead, ...]
    bands: tuple[BandRow, ...]
    rows: tuple[SeriesRow, ...]
    sums: tuple[Sum, ...]
    """One for each week."""
    total: Sum
    drafts: int
    in_tray: int
    hard: int


def term_overview(
    prison: Prison,
    term: Term,
    access: Access,
    chosen: BoardFilter,
    *,
    sort: str = "",
    now: dt.datetime | None = None,
) -> TermOverview:
    """Every series that meets in the weeks of the term or belongs to it, as far as this reader may see."""
    now = now or clock.now()
    sessions = _sessions(prison, term, access, chosen)
    series = _series({one.series_id for one in sessions})
    sessions = [one for one in sessions if one.series_id in series]  # else it was taken away meanwhile
    weeks = _weeks(term, sessions, series)
    marks = _marks(access, sessions, series, weeks, now)
    shown_series = [one for one in series.values() if _is_for(one, chosen)]
    rows = [_row(one, access, weeks, marks[one.pk]) for one in _in_order(shown_series, sort, access)]
    shown = [mark for row in rows for cell in row.cells for mark in cell.marks]
    return TermOverview(
        term=term,
        weeks=week_heads(prison, weeks, clock.today(now)),
        bands=band_rows(prison, weeks),
        rows=tuple(rows),
        sums=tuple(
            Sum.of(mark for row in rows for mark in row.cells[number].marks) for number in range(len(weeks))
        ),
        total=Sum.of(shown),
        drafts=sum(mark.state == State.DRAFT for mark in shown),
        in_tray=sum(mark.in_tray for mark in shown),
        hard=sum(mark.has_conflict for mark in shown),
    )


def _sessions(prison: Prison, term: Term, access: Access, chosen: BoardFilter) -> list[GroupSession]:
    first, last = Week.from_date(term.starts_on).monday, Week.from_date(term.ends_on).monday
    of_term = list(Series.objects.filter(term=term).order_by().values_list("pk", flat=True))
    sessions = (
        GroupSession.objects.in_prison(prison)
        .filter(Q(series__in=of_term) | Q(week_on__range=(first, last)))
        .filter(chosen.condition(access.organisation_ids), gate.sessions_for(access))
        .only("series_id", "week_on", "pattern_on", "starts_at", "room_id", "state")
        .order_by("week_on", "starts_at", "pk")
        .distinct()
    )
    return list(sessions)


def _weeks(term: Term, sessions: Sequence[GroupSession], series: Mapping[int, Series]) -> list[Week]:
    """The weeks of the term, and those in which its series meet before or after."""
    first, last = term.starts_on, term.ends_on
    own = [one.week_on for one in sessions if series[one.series_id].term_id == term.pk]
    weeks = list(weeks_between(min([first, *own]), max([last, *own])))
    return weeks if len(weeks) <= MOST_WEEKS else list(weeks_between(first, last))[:MOST_WEEKS]


def _marks(
    access: Access,
    sessions: Sequence[GroupSession],
    series: Mapping[int, Series],
    weeks: Sequence[Week],
    now: dt.datetime,
) -> dict[int, list[tuple[Week, OverviewMark]]]:
    """Series -> its sessions with their week. Who is there is counted as on the cards of the board."""
    days = {clock.today(one.starts_at) for one in sessions if one.starts_at is not None}
    loaded = snapshot.as_known(access, snapshot.load(access.prison, days))
    found = told(access, conflicts.find(loaded, rules_of(access.prison)))
    broken = {one.session_id for one in found if one.is_hard}
    today, known = clock.today(now), set(weeks)
    marks: dict[int, list[tuple[Week, OverviewMark]]] = defaultdict(list)
    for one in sessions:
        week = Week.from_date(one.week_on)
        if week in known:
            people = loaded.people.get(one.pk, ())
            mark = _mark(one, series[one.series_id], len(people), one.pk in broken, today)
            marks[one.series_id].append((week, mark))
    return marks


def _mark(
    one: GroupSession, series: Series, enrolled: int, has_conflict: bool, today: dt.date
) -> OverviewMark:
    on = clock.today(one.starts_at) if one.starts_at else None
    local = one.starts_at.astimezone(clock.BRUSSELS).time() if one.starts_at else None
    return OverviewMark(
        session_id=one.pk,
        starts_at=one.starts_at,
        state=one.state,
        enrolled=enrolled,
        places=series.places,
        is_drop_in=series.is_drop_in,
        in_tray=one.is_live and (one.room_id is None or one.starts_at is None),
        is_moved=one.is_live
        and one.pattern_on is not None
        and on is not None
        and (on != _pattern_day(one, series, today) or local != series.start_time),
        is_past=(on or one.week_on) < today,
        has_conflict=has_conflict,
    )


def _pattern_day(one: GroupSession, series: Series, today: dt.date) -> dt.date | None:
    """Where the pattern has it: what is past as it was made, what comes on the day that the series has now."""
    is_past = one.pattern_on is None or one.pattern_on < today
    return one.pattern_on if is_past or one.pattern_on is None else series.day_in(one.pattern_on)


def _series(ids: set[int]) -> dict[int, Series]:
    rows = (
        Series.objects.filter(pk__in=ids)
        .select_related("activity__organisation", "default_room")
        .prefetch_related(Prefetch("units"))
    )
    return {one.pk: one for one in rows}


def _is_for(one: Series, chosen: BoardFilter) -> bool:
    """Whether somebody of the living unit that was chosen may come."""
    return chosen.shows_unit(frozenset(unit.pk for unit in one.units.all()))


def _in_order(series: Iterable[Series], sort: str, access: Access) -> list[Series]:
    """As a timetable reads: by day and hour; or by title or service; a minus turns it round."""

    def title(one: Series) -> str:
        return as_filed(gate.name_of(access, one))

    def key(one: Series) -> tuple[Any, ...]:
        day = (one.weekday, one.start_time)
        name = sort.removeprefix("-")
        if name == "title":
            return (title(one), *day, one.pk)
        if name == "service" and gate.may_ask(access, gate.Fact.SERVICE):
            return (as_filed(one.activity.organisation.short_name), *day, title(one), one.pk)
        return (*day, title(one), one.pk)

    return sorted(series, key=key, reverse=sort.startswith("-"))


def _row(
    series: Series, access: Access, weeks: Sequence[Week], marks: Sequence[tuple[Week, OverviewMark]]
) -> SeriesRow:
    by_week: dict[Week, list[OverviewMark]] = defaultdict(list)
    for week, mark in marks:
        by_week[week].append(mark)
    return SeriesRow(
        series,
        access.may_change(series.activity.organisation),
        tuple(WeekCell(week, tuple(by_week[week])) for week in weeks),
        Sum.of(mark for _week, mark in marks),
        sum(mark.in_tray for _week, mark in marks),
    )
