"""Waivers: who may allow which rule once, for how long it holds, and that undo brings it back."""

from __future__ import annotations

import datetime as dt

import pytest

from core.dates.weeks import Week
from core.errors import PlannerError
from planner.scheduling.bulk.returning import what_can_return
from planner.scheduling.choices.candidates import choices
from planner.scheduling.placement.session_changes import Change, Refused
from planner.scheduling.placement.undo import undo
from planner.scheduling.placement.writer import apply
from planner.scheduling.rules import waivers
from planner.scheduling.rules.codes import CODES, WAIVABLE
from planner.scheduling.rules.open_conflicts import open_conflicts
from prisons.models import AuditEntry, ChangeSet, Organisation, Prison, User
from rooms.models import Room
from sessions.domain.placing import Part, placing_of
from sessions.models import GroupSession, Waiver
from tests.factories import (
    at,
    make_absence,
    make_membership,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_user,
    make_worker,
)

NOW = at("2026-11-22 12:00")
MONDAY = dt.date(2026, 11, 23)
WHY = "the theatre group performs"


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")


@pytest.fixture
def small(haren: Prison) -> Room:
    return make_room(haren, capacity=4)


@pytest.fixture
def session(haren: Prison, service: Organisation) -> GroupSession:
    return make_session(make_series(haren, organisation=service), starts_at=None)


def into(room: Room, session: GroupSession, start: str = "09:00") -> Change:
    starts_at = at(f"2026-11-23 {start}")
    return Change(session.pk, room.pk, starts_at, starts_at + dt.timedelta(minutes=90))


def place_allowed(
    session: GroupSession,
    room: Room,
    by: User,
    start: str = "09:00",
    codes: tuple[str, ...] = ("room_too_small",),
) -> ChangeSet:
    change = waivers.allowing(into(room, session, start), session, codes, WHY, by=by, now=NOW)
    return apply(session.prison, [change], by=by, verb="move", now=NOW).change_set


def fresh(session: GroupSession) -> GroupSession:
    return GroupSession.objects.get(pk=session.pk)


def test_a_coordinator_places_what_the_rule_refuses_with_a_reason(
    session: GroupSession, small: Room, coordinator_karim: User, haren: Prison
) -> None:
    with pytest.raises(Refused) as refusal:
        apply(haren, [into(small, session)], by=coordinator_karim, verb="move", now=NOW)
    assert waivers.waivable(refusal.value.conflicts, session.pk) == ("room_too_small",)

    place_allowed(session, small, coordinator_karim)

    assert fresh(session).room == small
    waiver = Waiver.objects.get()
    assert (waiver.code, waiver.reason, waiver.by) == ("room_too_small", WHY, coordinator_karim)
    assert open_conflicts(haren, MONDAY, MONDAY) == []
    assert "waivers" in AuditEntry.objects.get(verb="move").fields


@pytest.mark.parametrize("code", sorted(CODES.keys() - WAIVABLE))
def test_nothing_else_may_be_waived(
    session: GroupSession, small: Room, coordinator_karim: User, code: str
) -> None:
    with pytest.raises(PlannerError) as refusal:
        waivers.allowing(into(small, session), session, [code], WHY, by=coordinator_karim)
    assert (refusal.value.code, refusal.value.status) == ("not_waivable", 422)


def test_the_waivable_rules_are_those_of_the_model() -> None:
    assert {
        "outside_slot",
        "room_too_small",
        "feature_missing",
        "worker_unavailable",
        "unit_not_free",
    } == WAIVABLE


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_reason_is_needed(session: GroupSession, small: Room, coordinator_karim: User, reason: str) -> None:
    with pytest.raises(PlannerError) as refusal:
        waivers.allowing(into(small, session), session, ["room_too_small"], reason, by=coordinator_karim)
    assert refusal.value.code == "no_reason"


def test_neither_an_organiser_nor_another_authority_allows_it(
    session: GroupSession, small: Room, organiser_anna: User, haren: Prison, other_service: Organisation
) -> None:
    claire = make_user("Claire Fontaine")
    make_membership(claire, haren, "coordinator", other_service)
    for person in (organiser_anna, claire):
        with pytest.raises(PlannerError) as refusal:
            waivers.allowing(into(small, session), session, ["room_too_small"], WHY, by=person)
        assert (refusal.value.code, refusal.value.status) == ("may_not_waive", 403)


def test_a_waiver_does_not_help_where_another_rule_stands_too(
    session: GroupSession, small: Room, coordinator_karim: User, haren: Prison, service: Organisation
) -> None:
    make_session(make_series(haren, organisation=service, places=2), room=small)

    with pytest.raises(Refused) as refusal:
        place_allowed(session, small, coordinator_karim)

    assert waivers.waivable(refusal.value.conflicts, session.pk) == ()
    assert fresh(session).room is None
    assert not Waiver.objects.exists()


def test_a_move_ends_what_was_allowed_and_undo_brings_it_back(
    session: GroupSession, small: Room, coordinator_karim: User, haren: Prison
) -> None:
    large = make_room(haren)
    place_allowed(session, small, coordinator_karim)
    before = placing_of(fresh(session))

    moved = apply(haren, [into(large, session)], by=coordinator_karim, verb="move", now=NOW)
    assert not Waiver.objects.exists()
    with pytest.raises(Refused):
        apply(haren, [into(small, session)], by=coordinator_karim, verb="move", now=NOW)
    undo(moved.change_set, by=coordinator_karim, now=NOW)

    assert placing_of(fresh(session)) == before
    assert Waiver.objects.get().reason == WHY


def test_undoing_the_placement_ends_the_waiver(
    session: GroupSession, small: Room, coordinator_karim: User
) -> None:
    undo(place_allowed(session, small, coordinator_karim), by=coordinator_karim, now=NOW)
    assert fresh(session).room is None
    assert not Waiver.objects.exists()


def test_another_time_asks_again_even_when_the_same_rule_is_broken_alike(
    haren: Prison, service: Organisation, coordinator_karim: User
) -> None:
    worker, room = make_worker(haren), make_room(haren)
    make_absence(worker, "2026-11-23 08:00", "2026-11-23 18:00")
    session = make_session(make_series(haren, organisation=service), starts_at=None, workers=[worker])
    place_allowed(session, room, coordinator_karim, codes=("worker_unavailable",))

    with pytest.raises(Refused) as refusal:
        apply(haren, [into(room, session, "13:30")], by=coordinator_karim, verb="move", now=NOW)

    assert [conflict.code for conflict in refusal.value.conflicts] == ["worker_unavailable"]


def test_another_facilitator_ends_only_what_was_allowed_about_one(
    haren: Prison, service: Organisation, coordinator_karim: User, small: Room
) -> None:
    away, other = make_worker(haren), make_worker(haren)
    make_absence(away, "2026-11-23 08:00", "2026-11-23 18:00")
    session = make_session(make_series(haren, organisation=service), starts_at=None, workers=[away])
    place_allowed(session, small, coordinator_karim, codes=("worker_unavailable", "room_too_small"))

    apply(
        haren, [Change(session.pk, workers=(Part(other.pk),))], by=coordinator_karim, verb="workers", now=NOW
    )

    assert [waiver.code for waiver in Waiver.objects.all()] == ["room_too_small"]


def test_withdrawing_makes_it_an_open_conflict(
    session: GroupSession, small: Room, coordinator_karim: User, organiser_anna: User, haren: Prison
) -> None:
    place_allowed(session, small, coordinator_karim)
    with pytest.raises(PlannerError) as refusal:
        waivers.withdraw(Waiver.objects.get(), by=organiser_anna, now=NOW)
    assert refusal.value.status == 403

    waivers.withdraw(Waiver.objects.get(), by=coordinator_karim, now=NOW)

    assert [row.conflict.code for row in open_conflicts(haren, MONDAY, MONDAY)] == ["room_too_small"]


def test_what_stands_in_conflict_is_allowed_later_but_nothing_that_does_not(
    session: GroupSession, coordinator_karim: User, haren: Prison
) -> None:
    room = make_room(haren)
    apply(haren, [into(room, session)], by=coordinator_karim, verb="move", now=NOW)
    Room.objects.filter(pk=room.pk).update(capacity=2)
    Prison.objects.filter(pk=haren.pk).update(rules_version=haren.rules_version + 50)

    with pytest.raises(PlannerError) as refusal:
        waivers.waive(fresh(session), ["outside_slot"], WHY, by=coordinator_karim, now=NOW)
    assert refusal.value.code == "nothing_to_waive"
    waivers.waive(fresh(session), ["room_too_small"], WHY, by=coordinator_karim, now=NOW)

    assert open_conflicts(Prison.objects.get(pk=haren.pk), MONDAY, MONDAY) == []


def test_a_cancelled_session_returns_with_what_was_allowed(
    session: GroupSession, small: Room, coordinator_karim: User, haren: Prison
) -> None:
    place_allowed(session, small, coordinator_karim)
    apply(haren, [Change(session.pk, state="cancelled")], by=coordinator_karim, verb="cancel", now=NOW)

    assert [one.session.pk for one in what_can_return(haren, [session.pk], now=NOW).can] == [session.pk]
    apply(haren, [Change(session.pk, state="draft")], by=coordinator_karim, verb="restore", now=NOW)

    assert open_conflicts(haren, MONDAY, MONDAY) == []


def test_where_it_can_go_counts_no_waiver(
    session: GroupSession, small: Room, coordinator_karim: User
) -> None:
    place_allowed(session, small, coordinator_karim)
    found = choices(fresh(session), Week.from_date(MONDAY), at=NOW)
    assert {one.is_free for one in found if one.room_id == small.pk} == {False}
