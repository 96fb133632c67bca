"""How well each room fits the dates of a series: on how many of them it is free, and what stands against the rest.

The same engine as for one session ("Where can it go?", places.py), asked for each date at its own hour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import prefetch_related_objects

from core.dates import clock
from core.dates.clock import today
from planner.scheduling.choices.candidates import Seeker, length_minutes
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.snapshot import SeriesFacts, Snapshot
from planner.scheduling.series.making import NOT_YET, SeriesDraft, planned_dates
from prisons.models import Prison
from rooms.domain.facts import RoomFacts, Rules, rules_of
from sessions.domain.recurrence import instants
from sessions.models import GroupSession, Series


@dataclass(frozen=True)
class WantedRoom:
    """A session that wants a room, with the time that it has or would get."""

    session: GroupSession
    starts_at: dt.datetime
    ends_at: dt.datetime
    worker_ids: tuple[int, ...] = ()

    def as_seen(self) -> tuple[object, ...]:
        return self.session, self.starts_at, self.ends_at, self.worker_ids


@dataclass(frozen=True)
class OneDate:
    """What a room would mean for one date."""

    wanted: WantedRoom
    conflicts: tuple[Conflict, ...] = ()

    @property
    def is_free(self) -> bool:
        return not any(conflict.is_hard for conflict in self.conflicts)

    @property
    def reasons(self) -> list[Conflict]:
        """What forbids it; where nothing does, what is to be watched. That another room is chosen is no news."""
        found = [c for c in self.conflicts if c.is_hard or (self.is_free and c.is_asked_about)]
        return conflicts.without_twins(found, self.wanted.session.pk)

    @property
    def is_announced(self) -> bool:
        return any(conflict.code == "announced" for conflict in self.conflicts)


@dataclass(frozen=True)
class RoomFit:
    """One room with every date."""

    room: RoomFacts
    dates: tuple[OneDate, ...]
    spare: int
    """Seats that would stay empty."""
    is_of_a_unit: bool = False
    """Lies inside a living unit, and the group is not for that unit alone."""

    @property
    def free(self) -> list[OneDate]:
        return [one for one in self.dates if one.is_free]

    @property
    def refused(self) -> list[OneDate]:
        return [one for one in self.dates if not one.is_free]

    @property
    def to_watch(self) -> list[OneDate]:
        return [one for one in self.free if one.reasons]

    @property
    def is_whole(self) -> bool:
        return bool(self.dates) and not self.refused

    @property
    def rank(self) -> tuple[int, int, int, bool, int, str]:
        """Best first: free most often, no closure announced, few points to watch, the tightest room."""
        announced = sum(one.is_announced for one in self.free)
        spare = max(0, self.spare)
        return -len(self.free), announced, len(self.to_watch), self.is_of_a_unit, spare, self.room.name


def wanting_a_room(series: Series, *, now: dt.datetime | None = None) -> list[WantedRoom]:
    """The dates ahead that lie in the tray, in order; one without a time is tried at the usual hour."""
    at = now or clock.now()
    sessions = (
        GroupSession.objects.in_prison(series.prison_id)
        .live()
        .filter(series=series, room__isnull=True)
        .select_related("series__activity__organisation", "prison")
    )
    return [one for one in wanted_of(sessions) if one.starts_at > at]


def wanted_of(sessions: Iterable[GroupSession]) -> list[WantedRoom]:
    """These sessions at the time that they have, or would get, in order."""
    rows = list(sessions)
    prefetch_related_objects(rows, "session_workers")
    return sorted((_wanted(session) for session in rows), key=lambda one: one.starts_at)


def _wanted(session: GroupSession) -> WantedRoom:
    workers = tuple(one.worker_id for one in session.session_workers.all())
    if session.starts_at is not None and session.ends_at is not None:
        return WantedRoom(session, session.starts_at, session.ends_at, workers)
    on = session.series.day_in(session.week_on)
    return WantedRoom(session, *instants(on, session.series.start_time, length_minutes(session)), workers)


def fits_of(prison: Prison, wanted: Sequence[WantedRoom]) -> list[RoomFit]:
    """Every room in use, best first. A fixed number of queries, nothing is written."""
    if not wanted:
        return []
    ids = [one.session.pk for one in wanted]
    expected = {one.session.pk: (one.session.series_id, today(one.starts_at)) for one in wanted}
    workers = {worker for one in wanted for worker in one.worker_ids}
    loaded = snapshot.load(
        prison, {today(one.starts_at) for one in wanted}, extra_workers=workers, expected=expected
    )
    without = loaded.with_rows([], gone=ids, waivers=dict.fromkeys(ids, frozenset()))
    return _fits(prison, wanted, without, loaded)


def fits_of_draft(prison: Prison, draft: SeriesDraft) -> list[RoomFit]:
    """Of a series that nobody has saved yet: what the rooms themselves say, as the page says beside it what the
    hour and the facilitators do. Raises PlannerError 422 as `create_series` does.
    """
    wanted = [
        WantedRoom(GroupSession(pk=-1 - number, series_id=NOT_YET), date.starts_at, date.ends_at)
        for number, date in enumerate(planned_dates(prison, draft))
        if date.starts_at and date.ends_at
    ]
    if not wanted:
        return []
    loaded = snapshot.load(prison, {today(one.starts_at) for one in wanted})
    loaded = replace(loaded, series={**loaded.series, NOT_YET: _facts(draft)})
    return _fits(prison, wanted, loaded, loaded, of_rooms_only=True)


def fits_of_new_date(series: Series, on: dt.date, starts: dt.time) -> list[RoomFit]:
    """Of one more date of a series, as `fits_of_draft` says it: what the rooms themselves say."""
    session = GroupSession(pk=-1, series=series, prison=series.prison)
    wanted = WantedRoom(session, *instants(on, starts, series.duration_minutes))
    loaded = snapshot.load(series.prison, {on})
    facts = SeriesFacts(
        series.pk,
        series.activity.organisation_id,
        series.places,
        frozenset(series.units.values_list("pk", flat=True)),
        frozenset(series.needs_features.values_list("pk", flat=True)),
        None,
        series.runs_on_holidays,
    )
    loaded = replace(loaded, series={**loaded.series, series.pk: facts})
    return _fits(series.prison, [wanted], loaded, loaded, of_rooms_only=True)


def _facts(draft: SeriesDraft) -> SeriesFacts:
    series = draft.series
    return SeriesFacts(
        NOT_YET,
        series.activity.organisation_id,
        series.places,
        frozenset(unit.pk for unit in draft.units),
        frozenset(feature.pk for feature in draft.features),
        None,
        series.runs_on_holidays,
    )


def _fits(
    prison: Prison,
    wanted: Sequence[WantedRoom],
    without: Snapshot,
    loaded: Snapshot,
    *,
    of_rooms_only: bool = False,
) -> list[RoomFit]:
    rules = rules_of(prison)
    standing = frozenset(c.key for c in conflicts.find(loaded, rules) if not c.is_waived)
    seekers = [_seeker(one, without, rules, standing) for one in wanted]
    rows = []
    for room in rules.rooms.values():
        if room.is_active:
            dates = tuple(_of_date(*three, room, of_rooms_only) for three in seekers)
            rows.append(_fit(room, dates, without.series[wanted[0].session.series_id]))
    return sorted(rows, key=lambda row: row.rank)


def _fit(room: RoomFacts, dates: tuple[OneDate, ...], series: SeriesFacts) -> RoomFit:
    unit = room.inside_unit_id
    return RoomFit(room, dates, room.capacity - series.places, unit is not None and series.unit_ids != {unit})


def _seeker(
    one: WantedRoom, without: Snapshot, rules: Rules, standing: frozenset[object]
) -> tuple[WantedRoom, Seeker, dict[object, tuple[Conflict, ...]]]:
    minutes = int((one.ends_at - one.starts_at).total_seconds() // 60)
    return one, Seeker(one.session, one.worker_ids, without, rules, minutes, standing), {}


def _of_date(
    one: WantedRoom,
    seeker: Seeker,
    known: dict[object, tuple[Conflict, ...]],
    room: RoomFacts,
    of_rooms_only: bool,
) -> OneDate:
    """What depends on the hour only is asked once for all rooms of a kind."""
    day, start = _on_the_wall(one.starts_at)
    of_the_room = seeker.of_the_room(day, seeker.row(day, start, room.room_id))
    if of_rooms_only:
        return OneDate(one, of_the_room)
    kind = seeker.kind(room)
    if kind not in known:
        known[kind] = seeker.of_the_time(day, start, room)
    return OneDate(one, (*of_the_room, *known[kind]))


def _on_the_wall(starts_at: dt.datetime) -> tuple[dt.date, int]:
    local = starts_at.astimezone(clock.BRUSSELS)
    return local.date(), local.hour * 60 + local.minute


def rooms_of(fits: Iterable[RoomFit]) -> dict[int, RoomFit]:
    return {fit.room.room_id: fit for fit in fits}
