"""The one writer: what it does, what it refuses, and that a refusal leaves nothing behind."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import PlannerError
from planner.scheduling.placement.session_changes import Change, Refused
from planner.scheduling.placement.writer import apply
from prisons.models import AuditEntry, ChangeSet, Organisation, Prison, User
from sessions.domain.placing import Part
from sessions.models import Cancellation, GroupSession, SessionWorker
from tests.factories import at, make_holiday, make_room, make_series, make_session, make_slot, make_worker

NOW = at("2026-11-22 12:00")
MONDAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")


def move(session: GroupSession, room_id: int | None, start: str, by: User, **options: object) -> None:
    starts_at = at(f"2026-11-23 {start}")
    change = Change(session.pk, room_id, starts_at, starts_at + dt.timedelta(minutes=90))
    apply(session.prison, [change], by=by, verb="move", now=NOW, **options)  # type: ignore[arg-type]


def test_a_move_writes_room_time_version_and_one_change_set(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    room = make_room(haren)
    session = make_session(make_series(haren, organisation=service), starts_at=None)

    move(session, room.pk, "09:00", organiser_anna)

    session.refresh_from_db()
    assert (session.room, session.starts_at, session.version) == (room, at("2026-11-23 09:00"), 2)
    assert session.week_on == MONDAY
    assert ChangeSet.objects.get().images.get().before["room_id"] is None
    assert AuditEntry.objects.get().fields == ["ends_at", "room_id", "starts_at"]


def test_a_taken_room_is_refused_and_nothing_is_written(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    room, series = make_room(haren), make_series(haren, organisation=service)
    make_session(series, room=room)
    session = make_session(series, starts_at=None)

    with pytest.raises(Refused) as refusal:
        move(session, room.pk, "09:15", organiser_anna)

    assert [conflict.code for conflict in refusal.value.conflicts] == ["room_taken", "room_taken"]
    session.refresh_from_db()
    assert session.room is None and session.version == 1
    assert not ChangeSet.objects.exists()


def test_sessions_that_touch_share_a_room(haren: Prison, service: Organisation, organiser_anna: User) -> None:
    room, series = make_room(haren), make_series(haren, organisation=service)
    make_session(series, "2026-11-23 09:30", room=room, minutes=60)
    session = make_session(series, starts_at=None)
    change = Change(session.pk, room.pk, at("2026-11-23 08:30"), at("2026-11-23 09:30"))

    apply(haren, [change], by=organiser_anna, verb="move", now=NOW)

    assert GroupSession.objects.filter(room=room).count() == 2


def test_two_sessions_swap_rooms_in_one_act(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    one_room, other_room = make_room(haren), make_room(haren)
    worker, helper = make_worker(haren), make_worker(haren)
    series = make_series(haren, organisation=service)
    one = make_session(series, room=one_room, workers=[worker])
    other = make_session(series, room=other_room, workers=[helper])
    changes = [
        Change(one.pk, other_room.pk, workers=(Part(helper.pk),)),
        Change(other.pk, one_room.pk, workers=(Part(worker.pk),)),
    ]

    apply(haren, changes, by=organiser_anna, verb="swap", now=NOW)

    assert GroupSession.objects.get(pk=one.pk).room == other_room
    assert SessionWorker.objects.get(session=other).worker == worker
    assert SessionWorker.objects.get(session=other).starts_at == at("2026-11-23 09:00")


def test_a_soft_conflict_asks_once(haren: Prison, service: Organisation, organiser_anna: User) -> None:
    other = make_room(haren)
    make_holiday(haren, MONDAY)
    session = make_session(make_series(haren, organisation=service), starts_at=None)

    with pytest.raises(Refused) as refusal:
        move(session, other.pk, "09:00", organiser_anna)
    assert refusal.value.needs_consent
    move(session, other.pk, "09:00", organiser_anna, accept_soft=True)

    session.refresh_from_db()
    assert session.room == other


def test_who_looked_at_an_older_version_is_told_who_changed_it(
    haren: Prison, service: Organisation, organiser_anna: User, coordinator_karim: User
) -> None:
    room = make_room(haren)
    session = make_session(make_series(haren, organisation=service), starts_at=None)
    move(session, room.pk, "09:00", coordinator_karim)

    with pytest.raises(PlannerError) as refusal:
        move(session, room.pk, "13:30", organiser_anna, seen={session.pk: 1})

    assert refusal.value.code == "stale"
    assert "Karim Haddad" in str(refusal.value)


def test_another_service_is_asked_not_overruled(
    haren: Prison, service: Organisation, organiser_emile: User
) -> None:
    session = make_session(make_series(haren, organisation=service), starts_at=None)

    with pytest.raises(PlannerError) as refusal:
        move(session, None, "09:00", organiser_emile)

    assert (refusal.value.code, refusal.value.status) == ("not_yours", 403)


def test_a_session_of_another_prison_does_not_exist(
    haren: Prison, saint_gilles: Prison, service: Organisation, organiser_anna: User
) -> None:
    foreign = make_session(make_series(saint_gilles, organisation=service), starts_at=None)

    with pytest.raises(PlannerError) as refusal:
        apply(haren, [Change(foreign.pk, None)], by=organiser_anna, verb="move", now=NOW)

    assert refusal.value.status == 404


def test_what_took_place_keeps_its_place(haren: Prison, service: Organisation, organiser_anna: User) -> None:
    session = make_session(make_series(haren, organisation=service), "2026-11-20 09:00")

    with pytest.raises(PlannerError) as refusal:
        move(session, None, "09:00", organiser_anna)

    assert refusal.value.code == "past"


def test_cancelling_frees_room_and_worker_and_keeps_the_reason(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    room, worker = make_room(haren), make_worker(haren)
    series = make_series(haren, organisation=service)
    session = make_session(series, room=room, workers=[worker], state="published", published_at=NOW)
    other = make_session(series, starts_at=None, workers=[worker])

    cancel = Change(session.pk, state="cancelled", reason="worker")
    apply(haren, [cancel], by=organiser_anna, verb="cancel", now=NOW)
    move(other, room.pk, "09:00", organiser_anna)

    cancellation = Cancellation.objects.get()
    assert (cancellation.reason, cancellation.was_state) == ("worker", "published")
    assert not SessionWorker.objects.get(session=session).live
    session.refresh_from_db()
    assert session.sequence == 1


def test_a_session_comes_back_only_where_its_place_is_still_free(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    room, series = make_room(haren), make_series(haren, organisation=service)
    session = make_session(series, room=room)
    apply(haren, [Change(session.pk, state="cancelled")], by=organiser_anna, verb="cancel", now=NOW)
    make_session(series, room=room)

    with pytest.raises(Refused):
        apply(haren, [Change(session.pk, state="draft")], by=organiser_anna, verb="restore", now=NOW)


@pytest.mark.parametrize(
    ("room", "start", "end", "code"),
    [
        (False, "2026-11-23 10:00", "2026-11-23 09:00", "ends_before_start"),
        (False, "2026-11-23 10:00", None, "ends_before_start"),
        (True, None, None, "room_without_time"),
    ],
)
def test_unusable_input_is_refused_in_words(
    haren: Prison,
    service: Organisation,
    organiser_anna: User,
    room: bool,
    start: str | None,
    end: str | None,
    code: str,
) -> None:
    session = make_session(make_series(haren, organisation=service), starts_at=None)
    change = Change(
        session.pk,
        make_room(haren).pk if room else None,
        start and at(start),
        end and at(end),  # type: ignore[arg-type]
    )

    with pytest.raises(PlannerError) as refusal:
        apply(haren, [change], by=organiser_anna, verb="move", now=NOW)

    assert (refusal.value.code, refusal.value.status) == (code, 422)
