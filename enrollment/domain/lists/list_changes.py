"""The page of changes: what is different from the list that was handed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.words.folding import as_filed
from enrollment.domain.lists.day import Day, DayMeeting, Person, Visitor, place_of


class ListChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    """Another room or hour."""
    REHOUSED = "rehoused"
    """Another unit or cell."""
    CORRECTED = "corrected"
    """The same place; the name or the number was corrected."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ListChange:
    """One line: a person of a session, or the whole of it without a person. Nothing was `before` what is added."""

    kind: ListChangeKind
    meeting: DayMeeting
    before: DayMeeting | None
    person: Person | None = None
    person_before: Person | None = None


@dataclass(frozen=True, slots=True)
class GateChange:
    """One line for the gate: somebody from outside, or without a visitor the families or the material."""

    kind: ListChangeKind
    meeting: DayMeeting
    visitor: Visitor | None = None


def gate_changes(frozen: Day, current: Day) -> list[GateChange]:
    """Who else comes in, who does not, whose permission changed, what else is brought; in order of time."""
    was, is_now = _by_id(frozen), _by_id(current)
    found = [
        change
        for pk in sorted(was.keys() | is_now.keys())
        for change in _at_the_gate(was.get(pk), is_now.get(pk))
    ]
    return sorted(
        found, key=lambda one: (one.meeting.starts_at, as_filed(one.visitor.name) if one.visitor else "")
    )


def _at_the_gate(was: DayMeeting | None, now: DayMeeting | None) -> Iterator[GateChange]:
    meeting = now or was
    if meeting is None:
        return
    before = {visitor.name: visitor for visitor in was.visitors} if was else {}
    after = {visitor.name: visitor for visitor in now.visitors} if now else {}
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield GateChange(ListChangeKind.REMOVED, meeting, before[name])
        elif name not in before:
            yield GateChange(ListChangeKind.ADDED, meeting, after[name])
        elif before[name] != after[name]:
            yield GateChange(ListChangeKind.MOVED, meeting, after[name])
    if was and now and (was.family, was.material) != (now.family, now.material):
        yield GateChange(ListChangeKind.MOVED, meeting)
    elif now and not was and (any(now.family) or now.material):
        yield GateChange(ListChangeKind.ADDED, meeting)


def changes(frozen: Day, current: Day) -> list[ListChange]:
    """From the frozen day to the present one, in order of time, unit and cell; applied they give the present."""
    was, is_now = _by_id(frozen), _by_id(current)
    found = [
        change
        for pk in sorted(was.keys() | is_now.keys())
        for change in _changes(was.get(pk), is_now.get(pk))
    ]
    return sorted(found, key=_order)


def _by_id(day: Day) -> dict[int, DayMeeting]:
    return {meeting.id: meeting for meeting in day.taking_place}


def _order(change: ListChange) -> tuple[Any, ...]:
    place = place_of(change.person) if change.person else ("", "", "")
    return change.meeting.starts_at, change.meeting.id, change.person is not None, *place


def _changes(was: DayMeeting | None, now: DayMeeting | None) -> Iterator[ListChange]:
    if now is None:
        if was is not None:
            yield ListChange(ListChangeKind.CANCELLED, was, was)
        return
    if was is None:
        yield ListChange(ListChangeKind.ADDED, now, None)
        yield from (ListChange(ListChangeKind.ADDED, now, None, person) for person in now.people)
        return
    if _where(was) != _where(now):
        yield ListChange(ListChangeKind.MOVED, now, was)
    before, after = ({person.id: person for person in meeting.people} for meeting in (was, now))
    for pk in before.keys() | after.keys():
        old, new = before.get(pk), after.get(pk)
        if new is None:
            yield ListChange(ListChangeKind.REMOVED, now, was, old, old)
        elif old is None:
            yield ListChange(ListChangeKind.ADDED, now, was, new)
        elif old != new:
            has_moved = (old.unit, old.cell) != (new.unit, new.cell)
            yield ListChange(
                ListChangeKind.REHOUSED if has_moved else ListChangeKind.CORRECTED, now, was, new, old
            )


def _where(meeting: DayMeeting) -> tuple[Any, ...]:
    return meeting.starts_at, meeting.ends_at, meeting.room, meeting.inside_unit, meeting.name, meeting.units
