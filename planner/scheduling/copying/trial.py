"""Trying all dates of copied series at once against what stands, and against each other. Writes nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from planner.scheduling.choices.candidates import OF_THE_ROOM
from planner.scheduling.copying.notes import CopyNote, CopyNoteKind, of_conflicts
from planner.scheduling.copying.plans import Plan
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.snapshot import SeriesFacts, Snapshot, SnapshotRow
from planner.scheduling.series.making import TriedDate
from prisons.models import Prison
from rooms.domain.facts import Rules, rules_of
from sessions.domain.recurrence import Occurrence
from sessions.models import Series


@dataclass(frozen=True)
class SeriesCopy:
    """What becomes of one series: its copy and each of its dates."""

    plan: Plan
    dates: tuple[TriedDate, ...] = ()
    in_tray: frozenset[dt.date] = frozenset()
    left_out: frozenset[dt.date] = frozenset()

    @property
    def source(self) -> Series:
        return self.plan.source

    @property
    def new(self) -> Series | None:
        return self.plan.draft.series if self.plan.draft else None

    @property
    def is_refused(self) -> bool:
        return self.plan.draft is None

    def as_seen(self) -> tuple[object, ...]:
        """The series, the room that it usually has, and each date: made, waiting in the tray, or left out."""
        dates = [
            (
                one.occurrence.on,
                one.occurrence.starts_at,
                one in self.made,
                self.waits(one.occurrence.on),
                one.keeps_time,
            )
            for one in self.dates
        ]
        return self.source, self.new and self.new.default_room_id, dates

    @property
    def made(self) -> list[TriedDate]:
        """The dates that become sessions."""
        return [
            one for one in self.dates if one.occurrence.takes_place and one.occurrence.on not in self.left_out
        ]

    @property
    def placed_count(self) -> int:
        return len(self.made) - self.tray_count

    @property
    def tray_count(self) -> int:
        return sum(self.waits(one.occurrence.on) for one in self.made)

    def waits(self, on: dt.date) -> bool:
        """In the tray: because it cannot stand, or has no room; with day and hour where only the room is refused."""
        return on in self.in_tray or self.plan.own_draft.series.default_room is None


class Trial:
    """All new dates tried at once against what stands: who comes later in the list gives way."""

    def __init__(self, prison: Prison, plans: list[Plan]) -> None:
        self.of_row: dict[int, tuple[Plan, Occurrence]] = {}
        self.row_of: dict[tuple[int, dt.date], int] = {}
        rows = []
        for plan in plans:
            for occurrence in plan.taking_place:
                number = -1 - len(self.of_row)
                self.of_row[number] = (plan, occurrence)
                self.row_of[plan.source.pk, occurrence.on] = number
                rows.append(_row(number, plan, occurrence))
        loaded = _loaded(prison, plans)
        self.series_of = {pk: row.series_id for pk, row in loaded.rows.items()}
        self.series_of |= {number: -plan.source.pk for number, (plan, _on) in self.of_row.items()}
        self.broken, self.soft = _settle(loaded, rows, rules_of(prison)) if rows else ({}, {})

    def copy_of(self, plan: Plan, tray: bool) -> tuple[SeriesCopy, list[CopyNote]]:
        if plan.draft is None:
            return SeriesCopy(plan), plan.notes
        dates, refused = [], set()
        for occurrence in plan.dates:
            number = self.row_of.get((plan.source.pk, occurrence.on), 0)
            found = self.broken.get(number) or self.soft.get(number) or ()
            dates.append(TriedDate(occurrence, tuple(found)))
            if number in self.broken:
                refused.add(occurrence.on)
        told = [(one.occurrence.on, conflict) for one in dates for conflict in one.conflicts]
        of_conflict = of_conflicts(
            plan.source, told, self.series_of, CopyNoteKind.TRAY if tray else CopyNoteKind.LEFT_OUT
        )
        left_out = frozenset[dt.date]() if tray else frozenset(refused)
        copy = SeriesCopy(plan, tuple(dates), frozenset(refused) - left_out, left_out)
        return copy, [*plan.notes, *of_conflict]


def _row(number: int, plan: Plan, occurrence: Occurrence) -> SnapshotRow:
    return SnapshotRow(
        number,
        -plan.source.pk,
        plan.own_draft.series.default_room_id,
        occurrence.starts_at,
        occurrence.ends_at,
        plan.worker_ids(occurrence.on),
    )


def _loaded(prison: Prison, plans: list[Plan]) -> Snapshot:
    """What stands on all these days, with the facts of the series that are to come under a negative id."""
    facts, workers, days = {}, set(), set()
    for plan in plans:
        draft = plan.own_draft
        facts[-plan.source.pk] = SeriesFacts(
            -plan.source.pk,
            draft.series.activity.organisation_id,
            draft.series.places,
            frozenset(unit.pk for unit in draft.units),
            frozenset(feature.pk for feature in draft.features),
            draft.series.default_room_id,
            draft.series.runs_on_holidays,
        )
        workers |= {worker.pk for worker in draft.workers}
        days |= {occurrence.on for occurrence in plan.taking_place}
    loaded = snapshot.load(prison, days, extra_workers=workers)
    return replace(loaded, series={**loaded.series, **facts})


Found = dict[int, list[Conflict]]


def _settle(loaded: Snapshot, rows: list[SnapshotRow], rules: Rules) -> tuple[Found, Found]:
    """The rows that cannot stand with their conflicts, and the points to watch of those that can.

    Each round takes away what breaks a rule by itself; what only stands in the way of another new row goes
    when it comes later in the list. At least one row goes each round: first out of its room, if only the room
    is refused, and then altogether.
    """
    known = {conflict.key for conflict in conflicts.find(loaded, rules) if not conflict.is_waived}
    standing, broken = {row.session_id: row for row in rows}, Found()
    while True:
        after = loaded.with_rows(standing.values())
        found = [one for one in conflicts.find(after, rules) if not one.is_waived and one.key not in known]
        blamed = _blamed(found)
        hard = {number: group for number, group in blamed.items() if any(one.is_hard for one in group)}
        if not hard:
            return broken, blamed
        alone = {
            number for number, group in hard.items() if any(_is_own(one) for one in group if one.is_hard)
        }
        for number in alone or _later(hard):
            refused = [one for one in hard[number] if one.is_hard]
            broken[number] = [*broken.get(number, ()), *refused]
            if standing[number].room_id is not None and all(one.code in OF_THE_ROOM for one in refused):
                standing[number] = standing[number]._replace(room_id=None)
            else:
                del standing[number]


def _blamed(found: list[Conflict]) -> Found:
    """The conflicts of each new row: its own, and what it does to a session that stands already."""
    blamed: Found = defaultdict(list)
    for one in found:
        if one.session_id < 0:
            blamed[one.session_id].append(one)
    for one in found:
        other = dict(one.facts).get("other")
        if not isinstance(other, int) or other > 0 or one.session_id < 0:
            continue
        if not any(own.code == one.code for own in blamed[other]):
            blamed[other].append(one)
    return {number: group for number, group in blamed.items() if group}


def _is_own(conflict: Conflict) -> bool:
    """Not only in the way of another new row: a rule of the place, or a session that stands already."""
    other = dict(conflict.facts).get("other")
    return conflict.code != "movement_capacity" and (other is None or other > 0 or conflict.session_id > 0)


def _later(hard: Found) -> set[int]:
    """Of rows that stand in each other's way those that come later; of an overfull slot the last one."""
    going: set[int] = set()
    last: dict[tuple[Any, ...], int] = {}
    for number in sorted(hard, reverse=True):
        for one in hard[number]:
            if not one.is_hard:
                continue
            other = dict(one.facts).get("other")
            if other is None:
                last[one.code, one.facts] = number
            elif other > number and other not in going:
                going.add(number)
    return going | set(last.values())
