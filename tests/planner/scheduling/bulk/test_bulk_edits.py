"""Several sessions at once: the effect before is the effect had, what cannot stays, one act, exact undo."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import PlannerError
from planner.scheduling.bulk.bulk_edits import (
    ByWeeks,
    Edit,
    IntoRoom,
    WithWorker,
    edit_many,
    what_can_be_edited,
)
from planner.scheduling.bulk.cancelling import SomeCannot
from planner.scheduling.placement.undo import undo
from prisons.access import access_for
from prisons.models import ChangeSet, Organisation, Prison, User
from rooms.models import Room
from sessions.domain.placing import placing_of
from sessions.models import GroupSession, Series, Worker
from tests.factories import (
    at,
    make_closure,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
)

NOW = at("2026-11-22 12:00")


@pytest.fixture
def room(haren: Prison) -> Room:
    for weekday in (1, 2):
        make_slot(haren, weekday, "08:30", "11:00")
    return make_room(haren, name="Class A")


@pytest.fixture
def els(haren: Prison) -> Worker:
    return make_worker(haren, name="Els")


@pytest.fixture
def series(haren: Prison, service: Organisation, room: Room) -> Series:
    return make_series(haren, organisation=service)


@pytest.fixture
def sessions(series: Series, room: Room, els: Worker) -> list[GroupSession]:
    """Three Mondays in a row, in one room."""
    days = ("2026-11-23", "2026-11-30", "2026-12-07")
    return [make_session(series, f"{day} 09:00", room=room, workers=[els]) for day in days]


def ids(sessions: list[GroupSession]) -> list[int]:
    return [session.pk for session in sessions]


def placed(sessions: list[GroupSession]) -> list[object]:
    return [placing_of(GroupSession.objects.get(pk=session.pk)) for session in sessions]


def days(sessions: list[GroupSession]) -> list[str]:
    return [f"{GroupSession.objects.get(pk=s.pk).starts_at:%m-%d %H:%M}" for s in sessions]


def cannot(sessions: list[GroupSession], edit: Edit, user: User) -> dict[int, str]:
    prison = sessions[0].prison
    access = access_for(user, prison, now=NOW)
    ruling = what_can_be_edited(prison, ids(sessions), edit, access=access, now=NOW)
    assert {one.session.pk for one in (*ruling.can, *ruling.cannot)} == set(ids(sessions))
    return {one.session.pk: one.code for one in ruling.cannot}


def test_a_row_of_weeks_moves_into_the_places_that_it_leaves(
    sessions: list[GroupSession], organiser_anna: User
) -> None:
    before = placed(sessions)
    assert cannot(sessions, ByWeeks(1), organiser_anna) == {}

    outcome = edit_many(sessions[0].prison, ids(sessions), ByWeeks(1), by=organiser_anna, now=NOW)

    assert days(sessions) == ["11-30 08:00", "12-07 08:00", "12-14 08:00"]
    assert ChangeSet.objects.get().pk == outcome.change_set.pk
    undo(outcome.change_set, by=organiser_anna, now=NOW)
    assert placed(sessions) == before


def test_the_wall_clock_stays_over_a_change_of_clocks(
    series: Series, room: Room, organiser_anna: User
) -> None:
    summer = make_session(series, "2026-10-19 09:00", room=room)
    edit_many(series.prison, [summer.pk], ByWeeks(1), by=organiser_anna, now=at("2026-10-18 12:00"))
    assert days([summer]) == ["10-26 08:00"]


def test_what_cannot_goes_back_and_keeps_its_place_from_the_others(
    sessions: list[GroupSession], organiser_anna: User
) -> None:
    """The last meets a closure, so it stays; the one before would land on it, and so on."""
    prison = sessions[0].prison
    make_closure(prison, at("2026-12-14 08:00"), at("2026-12-14 12:00"))
    prison.refresh_from_db()
    refused = cannot(sessions, ByWeeks(1), organiser_anna)
    assert refused == {sessions[2].pk: "closed", sessions[1].pk: "room_taken", sessions[0].pk: "room_taken"}
    with pytest.raises(SomeCannot):
        edit_many(prison, ids(sessions), ByWeeks(1), by=organiser_anna, leave_out=True, now=NOW)


def test_those_that_can_are_done_only_when_that_was_said(
    sessions: list[GroupSession], series: Series, organiser_anna: User
) -> None:
    prison = series.prison
    make_closure(prison, at("2026-11-16 00:00"), at("2026-11-22 00:00"), state="lifted")
    attic = make_room(prison, name="Attic")
    make_session(make_series(prison), "2026-11-30 09:30", room=attic)
    prison.refresh_from_db()
    assert cannot(sessions, IntoRoom(attic.pk), organiser_anna) == {sessions[1].pk: "room_taken"}

    before = placed(sessions)
    with pytest.raises(SomeCannot):
        edit_many(prison, ids(sessions), IntoRoom(attic.pk), by=organiser_anna, now=NOW)
    assert placed(sessions) == before

    edit_many(prison, ids(sessions), IntoRoom(attic.pk), by=organiser_anna, leave_out=True, now=NOW)
    rooms = [GroupSession.objects.get(pk=pk).room_id for pk in ids(sessions)]
    assert rooms == [attic.pk, sessions[1].room_id, attic.pk]


def test_two_that_want_the_same_place_the_earlier_gets_it(
    sessions: list[GroupSession], series: Series, organiser_anna: User
) -> None:
    attic = make_room(series.prison, name="Attic")
    both = make_session(series, "2026-11-23 09:30", room=make_room(series.prison))
    refused = cannot([sessions[0], both], IntoRoom(attic.pk), organiser_anna)
    assert refused == {both.pk: "room_taken"}


def test_a_facilitator_beside_or_instead(
    sessions: list[GroupSession], els: Worker, organiser_anna: User
) -> None:
    prison = sessions[0].prison
    tom = make_worker(prison, name="Tom")
    make_session(make_series(prison), "2026-12-07 10:00", workers=[tom])
    refused = cannot(sessions, WithWorker(tom.pk), organiser_anna)
    assert refused == {sessions[2].pk: "worker_taken"}

    edit_many(prison, ids(sessions[:1]), WithWorker(tom.pk), by=organiser_anna, now=NOW)
    edit_many(prison, ids(sessions[1:2]), WithWorker(tom.pk, instead=True), by=organiser_anna, now=NOW)

    def names(session: GroupSession) -> set[str]:
        return {one.worker.name for one in session.session_workers.all()}

    assert (names(sessions[0]), names(sessions[1])) == ({"Els", "Tom"}, {"Tom"})
    assert cannot(sessions[:1], WithWorker(els.pk), organiser_anna) == {sessions[0].pk: "there_already"}


def test_what_is_never_changed(
    sessions: list[GroupSession], series: Series, room: Room, organiser_anna: User, haren: Prison
) -> None:
    past = make_session(series, "2026-11-16 09:00", room=room)
    cancelled = make_session(series, "2026-11-24 09:00", state="cancelled")
    in_tray = make_session(series, None)
    theirs = make_session(make_series(haren), "2026-11-24 09:00")
    some = [past, cancelled, in_tray, theirs]
    assert cannot(some, ByWeeks(1), organiser_anna) == {
        past.pk: "past",
        cancelled.pk: "cancelled",
        in_tray.pk: "no_time",
        theirs.pk: "not_yours",
    }
    assert cannot(sessions, ByWeeks(-1), organiser_anna)[sessions[0].pk] == "past"
    assert cannot(sessions[:1], IntoRoom(room.pk), organiser_anna) == {sessions[0].pk: "there_already"}


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (ByWeeks(0), "no_weeks"),
        (ByWeeks(27), "no_weeks"),
        (IntoRoom(987654), "unknown_room"),
        (WithWorker(987654), "unknown_worker"),
    ],
)
def test_what_makes_no_sense_is_said(
    sessions: list[GroupSession], organiser_anna: User, edit: Edit, code: str
) -> None:
    with pytest.raises(PlannerError) as refused:
        edit_many(sessions[0].prison, ids(sessions), edit, by=organiser_anna, now=NOW)
    assert (refused.value.code, refused.value.status) == (code, 422)


def test_a_session_changed_since_it_was_seen_is_refused(
    sessions: list[GroupSession], organiser_anna: User
) -> None:
    GroupSession.objects.filter(pk=sessions[1].pk).update(version=5)
    seen = {session.pk: 1 for session in sessions}
    with pytest.raises(PlannerError) as refused:
        edit_many(sessions[0].prison, ids(sessions), ByWeeks(1), by=organiser_anna, versions=seen, now=NOW)
    assert refused.value.code == "stale"
    assert dt.date(2026, 11, 23) == sessions[0].starts_at.date()  # type: ignore[union-attr]
