"""Every conflict of a placement: one engine for board, form, API and planner.

`find` is pure: a Picture (what stands where) and the Rules of the prison in, Conflicts out, by sort and sweep
over plain values. It answers for a week, a session, or a candidate that nobody has written, and never writes.
Each single rule lives below, in rooms/domain and sessions/domain; here they are asked and named.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from core.dates.timespan import sweep_overlaps
from planner.scheduling.rules.codes import WAIVABLE, Conflict
from planner.scheduling.rules.snapshot import SeriesFacts, Snapshot, SnapshotRow, WorkerFacts
from rooms.domain import availability, suitability
from rooms.domain.availability import LocalSpan
from rooms.domain.facts import BandFacts, BlockedHours, ClosureFacts, Rules, SlotFacts, minutes
from sessions.domain.movements import Brought, overloads

EXPIRES_WITHIN = dt.timedelta(days=30)


class Timed(NamedTuple):
    """A session with a time, and that time on the wall clock of the prison."""

    session_id: int
    row: SnapshotRow
    series: SeriesFacts
    starts_at: dt.datetime
    ends_at: dt.datetime
    span: LocalSpan
    slot: SlotFacts | None
    units: frozenset[int]
    """Living units that people come from: those the series is for, and those of the people expected."""


UnitsAsked = dict[tuple[frozenset[int], int, int, int], tuple[list[tuple[int, BlockedHours]], bool]]
"""Units, weekday and hours -> which of them cannot come, and whether they may not mix: the sessions of a series ask
the same week after week."""


class Findings:
    """Collects conflicts, and knows which of them were waived."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._waivers = snapshot.waivers
        self.all: list[Conflict] = []

    def add(self, code: str, session_id: int, **facts: Any) -> None:
        waived = code in WAIVABLE and code in self._waivers.get(session_id, ())
        self.all.append(Conflict(code, session_id, tuple(facts.items()), waived))


def find(snapshot: Snapshot, rules: Rules) -> list[Conflict]:
    """Every conflict of every session in the snapshot; pure and without queries."""
    findings = Findings(snapshot)
    timed = [
        _on_the_clock(row, row.starts_at, row.ends_at, snapshot, rules)
        for row in snapshot.rows.values()
        if row.starts_at is not None and row.ends_at is not None
    ]
    if not timed:
        return []
    closures = _closures_around(rules, timed)
    first, last = min(one.span.day for one in timed), max(one.span.day for one in timed)
    bands = [band for band in rules.bands if first <= band.ends_on and band.starts_on <= last]
    asked: UnitsAsked = {}
    for one in timed:
        _of_the_day(one, rules, bands, findings)
        if closures:
            _of_closures(one, rules, closures, findings)
        if one.row.room_id is not None:
            _of_the_room(one, one.row.room_id, rules, findings)
        if one.units:
            _of_the_units(one, rules, asked, findings)
        for worker_id in one.row.worker_ids:
            _of_a_worker(one, worker_id, snapshot.workers.get(worker_id) or WorkerFacts(), findings)
    _of_rooms_shared(timed, rules.turnaround_minutes, findings)
    _of_workers_shared(timed, findings)
    _of_movements(timed, rules, findings)
    _of_people(timed, snapshot, findings)
    return findings.all


def by_session(conflicts: Iterable[Conflict]) -> dict[int, list[Conflict]]:
    """The conflicts of each session, hard ones first."""
    groups: dict[int, list[Conflict]] = defaultdict(list)
    for conflict in sorted(conflicts, key=lambda conflict: not conflict.is_hard):
        groups[conflict.session_id].append(conflict)
    return dict(groups)


def without_twins(found: Iterable[Conflict], own_id: int | None) -> list[Conflict]:
    """Hard ones first; the same fact seen from both sessions is one reason: the one of the session that was to
    be changed.
    """
    kept: dict[Any, Conflict] = {}
    for conflict in sorted(found, key=lambda c: (not c.is_hard, c.session_id != own_id)):
        other = dict(conflict.facts).get("other")
        pair = conflict.code, frozenset({conflict.session_id, other})
        kept.setdefault(conflict.key if other is None else pair, conflict)
    return list(kept.values())


def added(before: Snapshot, after: Snapshot, rules: Rules) -> list[Conflict]:
    """What a change would add: conflicts of `after` that `before` does not have.

    What is waived after it adds nothing; what was waived before and no longer is, is added.
    """
    known = {conflict.key for conflict in find(before, rules) if not conflict.is_waived}
    return [c for c in find(after, rules) if not c.is_waived and c.key not in known]


def _on_the_clock(
    row: SnapshotRow, starts_at: dt.datetime, ends_at: dt.datetime, snapshot: Snapshot, rules: Rules
) -> Timed:
    span = availability.local_span(starts_at, ends_at)
    series = snapshot.series[row.series_id]
    from_people = snapshot.people_units.get(row.session_id)
    units = series.unit_ids | from_people if from_people else series.unit_ids
    slot = availability.slot_of(rules, span)
    return Timed(row.session_id, row, series, starts_at, ends_at, span, slot, units)


def _closures_around(rules: Rules, timed: list[Timed]) -> list[ClosureFacts]:
    first, last = min(one.starts_at for one in timed), max(one.ends_at for one in timed)
    return availability.closures_between(rules, first, last)


def _of_the_day(one: Timed, rules: Rules, bands: list[BandFacts], findings: Findings) -> None:
    day, start, end = one.span
    if one.slot is None:
        findings.add("outside_slot", one.session_id, day=day, start=start, end=end)
    holiday = availability.holiday_on(rules, day)
    if holiday is not None and not one.series.runs_on_holidays:
        findings.add("holiday", one.session_id, holiday=holiday, day=day)
    for band in bands:
        if band.starts_on <= day <= band.ends_on:
            findings.add("band", one.session_id, band=band.band_id, day=day)


def _of_closures(one: Timed, rules: Rules, closures: list[ClosureFacts], findings: Findings) -> None:
    """Confirmed it forbids; announced it is a point to watch, also where both together would leave nobody."""
    confirmed = [closure for closure in closures if closure.is_confirmed]
    for code, asked, is_confirmed in (("closed", confirmed, True), ("announced", closures, False)):
        hits = availability.closures_hitting(
            rules,
            asked,
            room_id=one.row.room_id,
            unit_ids=one.units,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
        )
        for closure in hits:
            if closure.is_confirmed is is_confirmed:
                findings.add(code, one.session_id, closure=closure.closure_id)


def _of_the_room(one: Timed, room_id: int, rules: Rules, findings: Findings) -> None:
    session_id, series = one.session_id, one.series
    if suitability.is_too_small(rules, room_id, series.places):
        capacity = rules.rooms[room_id].capacity
        findings.add("room_too_small", session_id, room=room_id, capacity=capacity, places=series.places)
    for feature in suitability.missing_features(rules, room_id, series.feature_ids):
        findings.add("feature_missing", session_id, room=room_id, feature=feature)
    if series.usual_room_id is not None and series.usual_room_id != room_id:
        findings.add("room_changed", session_id, room=room_id, usual=series.usual_room_id)
    if not rules.rooms[room_id].is_active:
        findings.add("room_out_of_use", session_id, room=room_id)
    elif not availability.is_room_open(rules, room_id, one.span):
        findings.add("room_closed_hours", session_id, room=room_id, start=one.span.start, end=one.span.end)
    for unit in sorted(suitability.units_out_of_reach(rules, room_id, one.units)):
        findings.add("unit_cannot_reach", session_id, unit=unit, room=room_id)


def _of_the_units(one: Timed, rules: Rules, asked: UnitsAsked, findings: Findings) -> None:
    key = (one.units, one.span.day.isoweekday(), one.span.start, one.span.end)
    if key not in asked:
        asked[key] = (
            availability.units_not_free(rules, one.units, one.span),
            suitability.are_populations_mixed(rules, one.units),
        )
    not_free, is_mixed = asked[key]
    for unit_id, blocked in not_free:
        findings.add("unit_not_free", one.session_id, unit=unit_id, kind=blocked.kind, day=one.span.day)
    for unit_id in sorted(one.series.unit_ids - rules.active_unit_ids):
        findings.add("unit_out_of_use", one.session_id, unit=unit_id)
    if is_mixed:
        findings.add("populations_mixed", one.session_id)


def _of_a_worker(one: Timed, worker_id: int, facts: WorkerFacts, findings: Findings) -> None:
    session_id, (day, start, end) = one.session_id, one.span
    if facts.needs_permission:
        until = facts.permitted_until
        if until is None or until < day:
            findings.add("permission_missing", session_id, worker=worker_id, day=day)
        elif until - day < EXPIRES_WITHIN:
            findings.add("permission_expiring", session_id, worker=worker_id, until=until)
    if any(away < one.ends_at and one.starts_at < back for away, back in facts.absences):
        findings.add("worker_unavailable", session_id, worker=worker_id, day=day)
    if any(busy < one.ends_at and one.starts_at < free for busy, free in facts.elsewhere):
        findings.add("worker_elsewhere", session_id, worker=worker_id, day=day)
    for weekday, wish_start, wish_end in facts.wishes:
        if weekday == day.isoweekday() and minutes(wish_start) < end and start < minutes(wish_end):
            findings.add("worker_wish", session_id, worker=worker_id, day=day)


def _of_rooms_shared(timed: list[Timed], turnaround: int, findings: Findings) -> None:
    """Sessions that overlap in a room, and those that follow each other too closely."""
    placed = [one for one in timed if one.row.room_id is not None]
    for one, other in sweep_overlaps((o.row.room_id, o.starts_at, o.ends_at, o) for o in placed):
        findings.add("room_taken", one.session_id, room=one.row.room_id, other=other.session_id)
        findings.add("room_taken", other.session_id, room=one.row.room_id, other=one.session_id)
    if not turnaround:
        return
    last: dict[int | None, Timed] = {}
    for following in sorted(placed, key=lambda one: one.starts_at):
        before = last.get(following.row.room_id)
        if before is not None and before.ends_at <= following.starts_at:
            gap = int((following.starts_at - before.ends_at).total_seconds() // 60)
            if gap < turnaround:
                room_id = following.row.room_id
                findings.add(
                    "turnaround", following.session_id, room=room_id, other=before.session_id, minutes=gap
                )
        if before is None or before.ends_at < following.ends_at:
            last[following.row.room_id] = following


def _of_workers_shared(timed: list[Timed], findings: Findings) -> None:
    pairs = sweep_overlaps(
        (worker, one.starts_at, one.ends_at, (worker, one.session_id))
        for one in timed
        for worker in one.row.worker_ids
    )
    for (worker, one_id), (_same, other_id) in pairs:
        findings.add("worker_taken", one_id, worker=worker, other=other_id)
        findings.add("worker_taken", other_id, worker=worker, other=one_id)


def _of_movements(timed: list[Timed], rules: Rules, findings: Findings) -> None:
    """More people or movements in a slot than the prison can bring: counts places, not people."""
    brought = [
        Brought(one.session_id, one.span, one.row.room_id, one.series.places, one.series.unit_ids)
        for one in timed
        if one.row.room_id is not None
    ]
    for load in overloads(rules, brought):
        for session_id in load.session_ids:
            findings.add("movement_capacity", session_id, day=load.day, slot=load.slot.slot_id)


def _of_people(timed: list[Timed], snapshot: Snapshot, findings: Findings) -> None:
    where: dict[int, list[Timed]] = defaultdict(list)
    for one in timed:
        for person in snapshot.people.get(one.session_id, ()):
            where[person].append(one)
    pairs: dict[tuple[int, int], int] = defaultdict(int)
    for visits in where.values():
        if len(visits) > 1:
            for pair in _overlapping(visits):
                pairs[pair] += 1
    for (one_id, other_id), count in pairs.items():
        findings.add("person_in_two_places", one_id, other=other_id, count=count)
        findings.add("person_in_two_places", other_id, other=one_id, count=count)
    for low, high in snapshot.separations:
        if low in where and high in where:
            for session_id in _too_near(where[low], where[high]):
                findings.add("keep_apart", session_id, apart=(low, high))


def _overlapping(visits: list[Timed]) -> Iterable[tuple[int, int]]:
    """Pairs of sessions of one person that overlap, earlier first; there are seldom more than a few."""
    visits.sort(key=lambda one: one.starts_at)
    for index, one in enumerate(visits):
        for other in visits[index + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            yield one.session_id, other.session_id


def _too_near(ones: list[Timed], others: list[Timed]) -> list[int]:
    """Sessions that bring two people together who are kept apart: in one slot, or overlapping."""
    hit: set[int] = set()
    for one in ones:
        for other in others:
            same_slot = one.slot is not None and (one.span.day, one.slot) == (other.span.day, other.slot)
            if same_slot or (one.starts_at < other.ends_at and other.starts_at < one.ends_at):
                hit |= {one.session_id, other.session_id}
    return sorted(hit)
