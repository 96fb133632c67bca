"""The plan as plain values: what the conflict engine reads, and what a candidate change is tried on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import IntegerField, Q, Value
from django.db.models.functions import Cast

from core.database.kept_rows import KeptRows
from core.dates.clock import BRUSSELS, now, today
from enrollment.domain.participants.separations import separated_pairs
from enrollment.domain.taking_part import people_and_units
from planner.scheduling.rules.permitted import permitted_of
from prisons import gate
from prisons.access import Access
from prisons.models import Prison
from sessions.models import (
    GroupSession,
    Series,
    SessionWorker,
    Waiver,
    WorkerAbsence,
)
from sessions.models.placed import GroupSessionQuerySet


class SnapshotRow(NamedTuple):
    """One session that holds its place: drafts too, cancelled ones not. Instants are aware, in UTC."""

    session_id: int
    series_id: int
    room_id: int | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    worker_ids: tuple[int, ...]


class SeriesFacts(NamedTuple):
    series_id: int
    organisation_id: int
    places: int
    unit_ids: frozenset[int]
    feature_ids: frozenset[int]
    usual_room_id: int | None
    runs_on_holidays: bool


_SERIES: KeptRows[SeriesFacts] = KeptRows()


@dataclass(frozen=True)
class WorkerFacts:
    """A facilitator as far as a plan must know: until when permitted, when away, and wishes."""

    needs_permission: bool = True
    permitted_until: dt.date | None = None
    absences: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    wishes: tuple[tuple[int, dt.time, dt.time], ...] = ()
    elsewhere: tuple[tuple[dt.datetime, dt.datetime], ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """All live sessions of some days with everything about them that a rule can ask."""

    rows: Mapping[int, SnapshotRow]
    series: Mapping[int, SeriesFacts]
    workers: Mapping[int, WorkerFacts] = field(default_factory=dict)
    people: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Session -> the people expected there."""
    people_units: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Session -> the living units from which those people come."""
    separations: frozenset[tuple[int, int]] = frozenset()
    """Pairs of people whom the prison keeps apart, lower id first."""
    waivers: Mapping[int, frozenset[str]] = field(default_factory=dict)
    worker_names: Mapping[int, str] = field(default_factory=dict)
    version: int | None = None
    """The prison's `people_version`, as it was read with the sessions; None when there were none."""

    def with_rows(
        self,
        changed: Iterable[SnapshotRow],
        gone: Iterable[int] = (),
        waivers: Mapping[int, frozenset[str]] | None = None,
    ) -> Snapshot:
        """The same snapshot after a change that nobody has written yet; `waivers` of the changed sessions."""
        rows = {**self.rows, **{row.session_id: row for row in changed}}
        for session_id in gone:
            rows.pop(session_id, None)
        return replace(self, rows=rows, waivers={**self.waivers, **(waivers or {})})


def load(
    prison: Prison,
    days: Iterable[dt.date],
    *,
    extra_sessions: Iterable[int] = (),
    extra_workers: Iterable[int] = (),
    extra_series: Iterable[int] = (),
    expected: Mapping[int, tuple[int, dt.date]] | None = None,
) -> Snapshot:
    """Read the snapshot of these local dates (and of single sessions elsewhere), in a fixed number of queries.

    What a candidate needs beside: `extra_workers`, and in `expected` its series and the date on which it
    would take place, because who is there depends on the date.

    A session that runs past midnight belongs to the date on which it starts; the day before is read as well.
    """
    spans = _spans(days)
    # As plain numbers: a query within OR makes the database read every session of all the years.
    where = reduce(
        or_,
        (Q(starts_at__gte=start, starts_at__lt=end) for start, end in spans),
        Q(pk__in=list(extra_sessions)),
    )
    sessions = GroupSession.objects.in_prison(prison).live().filter(where)
    rows, names, waivers, version = _rows(sessions)
    on_days = {pk: (row.series_id, today(row.starts_at)) for pk, row in rows.items() if row.starts_at}
    on_days |= expected or {}
    asked = [(pk, series, day) for pk, (series, day) in on_days.items()]
    people, people_units = people_and_units(prison.pk, asked, today(now()), version)
    wanted = {row.series_id for row in rows.values()} | {one for one, _day in (expected or {}).values()}
    series = _SERIES.of(prison.pk, version, wanted | set(extra_series), _series)
    return Snapshot(
        # Without those of a series that a colleague took away between the two questions.
        rows={pk: row for pk, row in rows.items() if row.series_id in series},
        series=series,
        version=version,
        workers=_workers(prison, {*names, *extra_workers}, spans, version),
        people=people,
        people_units=people_units,
        separations=_separations(prison, version),
        waivers=waivers | _waivers((expected or {}).keys() - rows.keys()),
        worker_names=names,
    )


_APART: KeptRows[frozenset[tuple[int, int]]] = KeptRows()


def _separations(prison: Prison, version: int | None) -> frozenset[tuple[int, int]]:
    """Of today: one that has ended yesterday is none any more, though nothing was written."""
    day = today().toordinal()
    return _APART.of(prison.pk, version, {day}, lambda _day: {day: separated_pairs(prison)})[day]


def as_known(access: Access | None, loaded: Snapshot) -> Snapshot:
    """Without the drafts to whoever may not know of them: they are in nobody's way on that reader's page."""
    return loaded if gate.may_ask(access, gate.Fact.DRAFT) else published(loaded)


def published(loaded: Snapshot) -> Snapshot:
    if not loaded.rows:
        return loaded
    drafts = GroupSession.objects.filter(state=GroupSession.State.DRAFT, pk__in=loaded.rows)
    return loaded.with_rows((), drafts.values_list("pk", flat=True))


def _spans(days: Iterable[dt.date]) -> list[tuple[dt.datetime, dt.datetime]]:
    """Dates joined to few spans of instants, each begun a day early for what runs past midnight."""
    spans: list[tuple[dt.date, dt.date]] = []
    for day in sorted(set(days)):
        first = day - dt.timedelta(days=1)
        if spans and first <= spans[-1][1] + dt.timedelta(days=1):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((first, day))
    return [(_midnight(first), _midnight(last + dt.timedelta(days=1))) for first, last in spans]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), BRUSSELS).astimezone(dt.UTC)


def _rows(
    sessions: GroupSessionQuerySet,
) -> tuple[dict[int, SnapshotRow], dict[int, str], dict[int, frozenset[str]], int | None]:
    """The sessions by id, the names of their workers, what was allowed of each, and the version of who takes part."""
    found = sessions.order_by("starts_at", "pk", "session_workers__pk").values_list(
        "pk", "series_id", "room_id", "starts_at", "ends_at",
        "session_workers__worker_id", "session_workers__worker__name", "waivers__code", "prison__people_version",
    )  # fmt: skip
    rows: dict[int, SnapshotRow] = {}
    names: dict[int, str] = {}
    waivers: dict[int, frozenset[str]] = {}
    version = None
    for pk, series, room, start, end, worker_id, name, code, version in found:  # noqa: B007  (the same in each)
        workers = rows[pk].worker_ids if pk in rows else ()
        if worker_id is not None and worker_id not in workers:
            workers, names[worker_id] = (*workers, worker_id), name
        if code is not None:
            waivers[pk] = waivers.get(pk, frozenset()) | {code}
        rows[pk] = SnapshotRow(pk, series, room, start, end, workers)
    return rows, names, waivers, version


def _series(wanted_ids: Collection[int]) -> dict[int, SeriesFacts]:
    """These series; by their numbers, which are few: by a query the database would read those of all the years."""
    units: dict[int, set[int]] = defaultdict(set)
    features: dict[int, set[int]] = defaultdict(set)
    rows: list[tuple[int, int, int, int | None, int]] = []
    of_series = Series.objects.filter(pk__in=wanted_ids).order_by()
    of_units = Series.units.through.objects.filter(series__in=wanted_ids)
    of_features = Series.needs_features.through.objects.filter(series__in=wanted_ids)
    plain = [Value(0)] * 3
    found = of_series.values_list(
        "pk", "activity__organisation_id", "places", "default_room_id", Cast("runs_on_holidays", IntegerField()),
        Value(0),
    ).union(
        of_units.values_list("series_id", "unit_id", *plain, Value(1)),
        of_features.values_list("series_id", "feature_id", *plain, Value(2)),
        all=True,
    )  # fmt: skip
    for pk, other, *more, kind in found:
        if kind:
            (units if kind == 1 else features)[pk].add(other)
        else:
            rows.append((pk, other, *more))
    return {
        pk: SeriesFacts(
            pk,
            organisation,
            places,
            frozenset(units.get(pk, ())),
            frozenset(features.get(pk, ())),
            room,
            bool(holidays),
        )
        for pk, organisation, places, room, holidays in rows
    }


def _workers(
    prison: Prison,
    worker_ids: set[int],
    spans: list[tuple[dt.datetime, dt.datetime]],
    version: int | None,
) -> dict[int, WorkerFacts]:
    if not worker_ids:
        return {}
    first, last = (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (None, None)
    within = Q(starts_at__lt=last, ends_at__gt=first) if spans else Q(pk__in=[])
    absences: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    elsewhere: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    away = WorkerAbsence.objects.filter(within, worker__in=worker_ids).order_by()
    # No session is longer than a night: without a lower bound those of all the years would be read.
    near = Q(starts_at__gt=first - dt.timedelta(days=1)) if first else Q()
    busy = SessionWorker.objects.filter(within, near, worker__in=worker_ids, live=True).exclude(
        session__prison=prison
    )
    spans_of = away.values_list("worker_id", "starts_at", "ends_at", Value(0)).union(
        busy.order_by().values_list("worker_id", "starts_at", "ends_at", Value(1)), all=True
    )
    for worker_id, starts_at, ends_at, is_elsewhere in spans_of:
        (elsewhere if is_elsewhere else absences)[worker_id].append((starts_at, ends_at))
    permitted = permitted_of(prison, version, worker_ids)
    return {
        pk: WorkerFacts(one.needs, one.until, tuple(absences[pk]), one.wishes, tuple(elsewhere[pk]))
        for pk, one in permitted.items()
    }


def _waivers(candidates: Collection[int]) -> dict[int, frozenset[str]]:
    """Of candidates that stand nowhere on these days."""
    waivers: dict[int, frozenset[str]] = {}
    if candidates:
        rows = Waiver.objects.filter(session__in=list(candidates)).order_by()
        for session_id, code in rows.values_list("session_id", "code"):
            waivers[session_id] = waivers.get(session_id, frozenset()) | {code}
    return waivers
