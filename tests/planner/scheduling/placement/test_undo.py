"""Undo takes one act back exactly, or says who stands in the way."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import PlannerError
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.undo import latest_of, undo
from planner.scheduling.placement.writer import apply
from prisons.models import ChangeSet, Organisation, Prison, User
from sessions.domain.placing import Part, placing_of
from sessions.models import GroupSession
from tests.factories import (
    at,
    make_activity,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
    signed_in,
)

NOW = at("2026-11-22 12:00")


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")


def act(session: GroupSession, by: User, **change: object) -> ChangeSet:
    changes = [Change(session.pk, **change)]  # type: ignore[arg-type]
    return apply(session.prison, changes, by=by, verb="move", now=NOW, accept_soft=True).change_set


def fresh(session: GroupSession) -> GroupSession:
    return GroupSession.objects.get(pk=session.pk)


def test_what_stands_in_the_way_is_not_told_to_whoever_may_not_undo_it(
    haren: Prison, service: Organisation, organiser_anna: User, organiser_emile: User, liaison_bert: User
) -> None:
    """Else people, a title or who changed it since would be learned by asking for the act of another service."""
    activity = make_activity(service, "Praatgroep verslaving")
    series = make_series(haren, activity=activity)
    moved = act(make_session(series, room=make_room(haren)), organiser_anna, room_id=make_room(haren).pk)
    url, said = f"/p/haren/board/changes/{moved.pk}/undo/", set()
    for change in (None, {"undone_by": moved}, {"at": NOW}):
        if change:
            ChangeSet.objects.filter(pk=moved.pk).update(**change)
        for user in (organiser_emile, liaison_bert):
            for answer in (signed_in(user).get(url), signed_in(user).post(url, {"seen": "x"})):
                body = answer.content.decode()
                said.add(
                    (answer.status_code, "This belongs to another service." in body, "verslaving" in body)
                )
    assert said == {(403, True, False)}


def test_business_fields_come_back_exactly_and_numbers_only_rise(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    room, other_room, worker, other = (
        make_room(haren),
        make_room(haren),
        make_worker(haren),
        make_worker(haren),
    )
    session = make_session(
        make_series(haren, organisation=service),
        room=room,
        workers=[worker],
        state="published",
        published_at=NOW,
    )
    before = placing_of(fresh(session))
    moved = act(
        session,
        organiser_anna,
        room_id=other_room.pk,
        starts_at=at("2026-11-23 13:30"),
        ends_at=at("2026-11-23 15:00"),
        workers=(Part(other.pk, "substitute"),),
    )

    undo(moved, by=organiser_anna, now=NOW + dt.timedelta(minutes=5))

    after = fresh(session)
    assert placing_of(after) == before
    assert (after.version, after.sequence) == (3, 2)


def test_a_cancelled_session_comes_back_with_its_state(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    session = make_session(
        make_series(haren, organisation=service), room=make_room(haren), state="published", published_at=NOW
    )
    cancelled = act(session, organiser_anna, state="cancelled", reason="worker")

    undo(cancelled, by=organiser_anna, now=NOW)

    assert fresh(session).state == "published"
    assert not hasattr(fresh(session), "cancellation")


def test_undo_of_undo_is_not_offered(haren: Prison, service: Organisation, organiser_anna: User) -> None:
    session = make_session(make_series(haren, organisation=service))
    moved = act(session, organiser_anna, room_id=make_room(haren).pk)
    assert latest_of(haren, organiser_anna, now=NOW) == moved

    undo(moved, by=organiser_anna, now=NOW)

    assert latest_of(haren, organiser_anna, now=NOW) is None
    with pytest.raises(PlannerError) as refusal:
        undo(moved, by=organiser_anna, now=NOW)
    assert refusal.value.code == "undone"


def test_after_an_hour_it_is_too_late(haren: Prison, service: Organisation, organiser_anna: User) -> None:
    session = make_session(make_series(haren, organisation=service))
    moved = act(session, organiser_anna, room_id=make_room(haren).pk)

    with pytest.raises(PlannerError) as refusal:
        undo(moved, by=organiser_anna, now=NOW + dt.timedelta(minutes=61))

    assert refusal.value.code == "too_late"


def test_whoever_changed_it_since_is_named(
    haren: Prison, service: Organisation, organiser_anna: User, coordinator_karim: User
) -> None:
    session = make_session(make_series(haren, organisation=service))
    moved = act(session, organiser_anna, room_id=make_room(haren).pk)
    act(session, coordinator_karim, room_id=make_room(haren).pk)

    with pytest.raises(PlannerError) as refusal:
        undo(moved, by=organiser_anna, now=NOW)

    assert refusal.value.code == "changed_since"
    assert "Karim Haddad" in str(refusal.value)


def test_whoever_is_not_known_any_more_is_somebody(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    session = make_session(make_series(haren, organisation=service))
    moved = act(session, organiser_anna, room_id=make_room(haren).pk)
    GroupSession.objects.filter(pk=session.pk).update(changed_by=None, room=make_room(haren))
    with pytest.raises(PlannerError) as refusal:
        undo(moved, by=organiser_anna, now=NOW)
    assert str(refusal.value).startswith("Somebody has changed this since")


def test_undo_is_refused_when_the_old_place_is_taken(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    room, series = make_room(haren), make_series(haren, organisation=service)
    session = make_session(series, room=room)
    moved = act(session, organiser_anna, room_id=make_room(haren).pk)
    make_session(series, room=room)

    with pytest.raises(PlannerError) as refusal:
        undo(moved, by=organiser_anna, now=NOW)

    assert refusal.value.code == "room_taken"
    assert fresh(session).room_id != room.pk


def test_another_service_cannot_undo(
    haren: Prison, service: Organisation, organiser_anna: User, organiser_emile: User
) -> None:
    session = make_session(make_series(haren, organisation=service))
    moved = act(session, organiser_anna, room_id=make_room(haren).pk)

    with pytest.raises(PlannerError) as refusal:
        undo(moved, by=organiser_emile, now=NOW)

    assert refusal.value.status == 403
