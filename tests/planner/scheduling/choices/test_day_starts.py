"""By the minute: what a timeline shows is what the writer would say, for every start and every end."""

from __future__ import annotations

import datetime as dt

import pytest

from planner.scheduling.choices.day_starts import Stretch, edges, starts
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.writer import preview
from prisons.models import Organisation, Prison
from rooms.models import Room
from sessions.domain.recurrence import instants
from sessions.models import GroupSession
from tests.factories import (
    at,
    make_absence,
    make_activity,
    make_closure,
    make_room,
    make_room_hours,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_unit_hours,
    make_wish,
    make_worker,
)

MONDAY = dt.date(2050, 1, 10)


@pytest.fixture
def session(haren: Prison, service: Organisation) -> GroupSession:
    """An hour of yoga for one unit, on a day where every kind of rule has a say."""
    haren.turnaround_minutes = 10
    haren.save()
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:02")
    unit = make_unit(haren)
    make_unit_hours(unit, 1, "09:15", "09:45")
    els = make_worker(haren, name="Els")
    make_absence(els, "2050-01-10 15:20", "2050-01-10 15:40")
    make_wish(els, 1, "10:00", "10:30")
    hall, attic = make_room(haren, name="Hall"), make_room(haren, name="Attic")
    make_room(haren, name="Cupboard", capacity=2)
    make_room_hours(attic, 1, "08:00", "14:50")
    make_closure(haren, at("2050-01-10 10:40"), at("2050-01-10 11:00"), room=attic)
    other = make_series(haren, activity=make_activity(service, "Choir"))
    make_session(other, starts_at="2050-01-10 08:30", minutes=45, room=hall, workers=[els])
    make_session(other, starts_at="2050-01-10 14:03", minutes=30, room=attic)
    series = make_series(haren, activity=make_activity(service, "Yoga"), units=[unit])
    return make_session(series, starts_at="2050-01-10 13:30", minutes=60, room=hall, workers=[els])


def kind_of(session: GroupSession, room: Room, start: int, minutes: int) -> str:
    """What the writer says."""
    begin, end = instants(MONDAY, dt.time(start // 60, start % 60), minutes)
    found = preview(session.prison, [Change(session.pk, room.pk, begin, end)])
    return Stretch(0, 0, tuple(found)).kind


def shown(stretches: list[Stretch], minute: int) -> str:
    [stretch] = [one for one in stretches if one.first <= minute < one.until]
    return stretch.kind


def test_every_start_in_every_room_is_what_the_writer_says(session: GroupSession) -> None:
    found = starts(session, MONDAY)
    rooms = list(Room.objects.in_prison(session.prison).exclude(name="Cupboard"))
    assert len(found) == 3
    wrong = [
        (room.name, start, shown(found[room.pk], start))
        for room in rooms
        for start in range(8 * 60, 16 * 60 + 30, 5)
        if shown(found[room.pk], start) != kind_of(session, room, start, 60)
    ]
    assert wrong == []
    kinds = {stretch.kind for stretches in found.values() for stretch in stretches}
    assert kinds == {"free", "soft", "refused"}


@pytest.mark.parametrize("edge", ["start", "end"])
def test_every_length_is_what_the_writer_says(session: GroupSession, edge: str) -> None:
    stretches = edges(session, edge)  # type: ignore[arg-type]
    room = session.room
    assert room is not None
    minutes = range(8 * 60, 14 * 60 + 30, 5) if edge == "start" else range(13 * 60 + 35, 17 * 60, 5)
    wrong = []
    for minute in minutes:
        start, end = (minute, 14 * 60 + 30) if edge == "start" else (13 * 60 + 30, minute)
        if shown(stretches, minute) != kind_of(session, room, start, end - start):
            wrong.append((minute, shown(stretches, minute)))
    assert wrong == []


def test_what_is_in_conflict_already_does_not_stop_a_change_of_minutes(session: GroupSession) -> None:
    """A move that adds nothing is not refused: the room was too small before."""
    series = session.series
    series.places = 500
    series.save()
    room = session.room
    assert room is not None
    assert shown(starts(session, MONDAY)[room.pk], 14 * 60) == "free"
    assert kind_of(session, room, 14 * 60, 60) == "free"


def test_a_day_that_is_over_and_a_session_in_the_tray(session: GroupSession, service: Organisation) -> None:
    late = at("2050-01-11 08:00")
    assert starts(session, MONDAY, at=late) == {}
    assert edges(session, "end", at=late) == []
    series = make_series(session.prison, activity=make_activity(service, "Chess"))
    in_tray = make_session(series, starts_at=None)
    assert edges(in_tray, "end") == []
    assert len(starts(in_tray, MONDAY)) == 3
