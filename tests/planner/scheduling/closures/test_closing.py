"""Closures: what they hit is what is cancelled, and everything comes back as it was."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.errors import PlannerError
from planner.scheduling.closures.closing import announce, confirm, group_of, lift, restore
from planner.scheduling.closures.effects import effects_of, effects_of_closures
from planner.scheduling.closures.parts import ClosureDraft, ClosurePart, reduced_regime, strike
from planner.scheduling.placement.undo import undo
from planner.scheduling.rules import conflicts, snapshot
from prisons.access import access_for
from prisons.models import Prison, Todo, User
from rooms.domain.facts import rules_of
from rooms.models import Closure, Room
from sessions.models import Cancellation, GroupSession, Series
from tests.factories import (
    at,
    make_closure,
    make_enrollment,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_worker,
)

NOW = at("2026-11-22 12:00")
DAY = "2026-11-24"


@pytest.fixture
def room(haren: Prison) -> Room:
    for weekday in range(1, 8):
        make_slot(haren, weekday, "08:30", "11:00")
        make_slot(haren, weekday, "13:30", "16:00")
        make_slot(haren, weekday, "18:00", "20:00")
    return make_room(haren)


@pytest.fixture
def series(haren: Prison, service: Any) -> Series:
    return make_series(haren, organisation=service)


def draft(start: str, end: str, **fields: Any) -> ClosureDraft:
    room, unit = fields.pop("room", None), fields.pop("unit", None)
    part = ClosurePart(room and room.pk, unit and unit.pk, at(start), at(end))
    return ClosureDraft("strike", (part,), **fields)


def hit_by(prison: Prison, *parts: ClosurePart, now: dt.datetime = NOW) -> set[int]:
    return {hit.session.pk for hit in effects_of(prison, parts, now=now).hits}


def closed_now(prison: Prison) -> set[int]:
    """What the conflict engine calls closed, on the days of these tests."""
    prison = Prison.objects.get(pk=prison.pk)
    days = [dt.date(2026, 11, 20) + dt.timedelta(days=number) for number in range(20)]
    found = conflicts.find(snapshot.load(prison, days), rules_of(prison))
    return {conflict.session_id for conflict in found if conflict.code == "closed"}


def states(*sessions: GroupSession) -> list[str]:
    return [GroupSession.objects.get(pk=session.pk).state for session in sessions]


# --- What is hit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "is_hit"),
    [
        (("08:00", "12:00"), True),
        (("09:30", "09:35"), True),
        (("08:00", "09:00"), False),  # ends as the session begins: touching is not hitting
        (("10:30", "12:00"), False),  # begins as the session ends
        (("08:00", "09:01"), True),
        (("10:29", "12:00"), True),
    ],
)
def test_a_session_is_hit_when_it_shares_a_minute(
    haren: Prison, room: Room, series: Series, closed: tuple[str, str], is_hit: bool
) -> None:
    session = make_session(series, f"{DAY} 09:00", room=room)
    part = ClosurePart(None, None, at(f"{DAY} {closed[0]}"), at(f"{DAY} {closed[1]}"))
    assert (session.pk in hit_by(haren, part)) is is_hit


@pytest.mark.parametrize(
    ("starts", "is_hit"),
    [
        ("2026-11-23 21:00", False),
        ("2026-11-23 23:30", True),
        ("2026-11-24 00:00", True),
        ("2026-11-24 22:00", False),
    ],
)
def test_a_strike_runs_from_ten_to_ten_over_midnight(
    haren: Prison, room: Room, series: Series, starts: str, is_hit: bool
) -> None:
    session = make_session(series, starts, minutes=60, room=room)
    span = strike(dt.date(2026, 11, 24), 24, now=NOW)
    assert (session.pk in hit_by(haren, ClosurePart(None, None, *span))) is is_hit


@pytest.mark.parametrize(
    ("day", "hours", "lasts"),
    [
        (dt.date(2026, 11, 24), 24, 24),
        (dt.date(2026, 11, 24), 48, 48),
        (dt.date(2027, 3, 28), 24, 23),  # the night in which the clocks go forward
        (dt.date(2027, 10, 31), 48, 49),  # and back
        (dt.date(2026, 11, 22), 24, 22),  # today: nothing is dated before today's midnight
    ],
)
def test_a_strike_lasts_by_the_clock_on_the_wall(day: dt.date, hours: int, lasts: int) -> None:
    starts_at, ends_at = strike(day, hours, now=NOW)
    assert ends_at - starts_at == dt.timedelta(hours=lasts)


def test_a_room_a_unit_and_the_prison_hit_what_is_theirs(haren: Prison, room: Room, service: Any) -> None:
    other_room, north, south = make_room(haren), make_unit(haren, "N"), make_unit(haren, "S")
    for_all = make_session(make_series(haren, organisation=service), f"{DAY} 09:00", room=room)
    for_north = make_session(
        make_series(haren, organisation=service, units=[north]), f"{DAY} 09:00", room=other_room
    )
    for_both = make_session(
        make_series(haren, organisation=service, units=[north, south]), f"{DAY} 13:30", room=room
    )
    span = at(f"{DAY} 00:00"), at("2026-11-25 00:00")

    assert hit_by(haren, ClosurePart(room.pk, None, *span)) == {for_all.pk, for_both.pk}
    assert hit_by(haren, ClosurePart(None, north.pk, *span)) == {for_north.pk}
    both = ClosurePart(None, north.pk, *span), ClosurePart(None, south.pk, *span)
    assert hit_by(haren, *both) == {for_north.pk, for_both.pk}
    assert hit_by(haren, ClosurePart(None, None, *span)) == {for_all.pk, for_north.pk, for_both.pk}


def test_two_closures_together_close_the_last_unit_of_a_group(haren: Prison, room: Room) -> None:
    north, south = make_unit(haren, "N"), make_unit(haren, "S")
    session = make_session(make_series(haren, units=[north, south]), f"{DAY} 09:00", room=room)
    span = at(f"{DAY} 00:00"), at("2026-11-25 00:00")
    make_closure(haren, *span, unit=north)

    assert hit_by(haren, ClosurePart(None, south.pk, *span)) == {session.pk}


def test_what_is_over_and_what_is_cancelled_is_not_hit(haren: Prison, room: Room, series: Series) -> None:
    make_session(series, "2026-11-21 13:30", room=room)
    make_session(series, "2026-11-22 13:30", room=room, state="cancelled")
    today = make_session(series, "2026-11-22 09:00", room=room)
    part = ClosurePart(None, None, at("2026-11-21 00:00"), at("2026-11-23 00:00"))
    assert hit_by(haren, part) == {today.pk}


def test_people_and_facilitators_are_counted_once(haren: Prison, room: Room, series: Series) -> None:
    worker = make_worker(haren, name="Zoë")
    make_session(series, f"{DAY} 09:00", room=room, workers=[worker])
    make_session(series, f"{DAY} 13:30", room=room, workers=[worker])
    make_enrollment(series)
    make_enrollment(series)
    effects = effects_of(haren, [ClosurePart(None, None, at(f"{DAY} 00:00"), at(f"{DAY} 23:00"))], now=NOW)

    assert (len(effects.hits), effects.people, [str(w) for w in effects.workers]) == (2, 2, ["Zoë"])
    assert [(group.owner, group.people) for group in effects.by_owner] == [(series.activity.organisation, 2)]


# --- Announce, confirm, lift --------------------------------------------------------------------------------


def test_announcing_warns_and_cancels_nothing(
    haren: Prison, room: Room, series: Series, liaison_bert: User
) -> None:
    session = make_session(series, f"{DAY} 09:00", room=room, state="published")

    decision = announce(haren, draft(f"{DAY} 08:00", f"{DAY} 12:00"), by=liaison_bert, now=NOW)

    assert states(session) == ["published"]
    assert decision.closures[0].state == "announced"
    todo = Todo.objects.get()
    assert (todo.kind, todo.organisation, todo.facts["sessions"]) == (
        "closure_warn",
        series.activity.organisation,
        1,
    )
    assert closed_now(haren) == set()


def test_what_was_shown_is_what_is_cancelled(
    haren: Prison, room: Room, series: Series, other_service: Any, liaison_bert: User
) -> None:
    """Over every service, drafts too; then the engine finds nothing closed any more."""
    mine = make_session(series, f"{DAY} 09:00", room=room, state="published", published_at=NOW)
    theirs = make_session(make_series(haren, organisation=other_service), f"{DAY} 13:30", room=room)
    untouched = make_session(series, "2026-11-25 09:00", room=room)
    enrollment = make_enrollment(series)
    closure = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW).closures[0]
    shown = effects_of_closures(haren_now(haren), group_of(closure), now=NOW)

    seen = shown.known_to(access_for(liaison_bert, haren, now=NOW)).digest
    decision = confirm(closure, by=liaison_bert, seen=seen, now=NOW)

    assert set(decision.session_ids) == {mine.pk, theirs.pk} == {hit.session.pk for hit in shown.hits}
    assert states(mine, theirs, untouched) == ["cancelled", "cancelled", "draft"]
    rows = Cancellation.objects.order_by("session").values_list("reason", "closure", "was_state")
    assert list(rows) == [("closure", closure.pk, "published"), ("closure", closure.pk, "draft")]
    enrollment.refresh_from_db()
    assert enrollment.state == "placed"
    assert closed_now(haren) == set()
    assert set(Todo.objects.filter(done_at=None).values_list("kind", flat=True)) == {"closure_call"}


def haren_now(prison: Prison) -> Prison:
    return Prison.objects.get(pk=prison.pk)


def test_who_confirms_what_has_changed_since_is_asked_to_look_again(
    haren: Prison, room: Room, series: Series, liaison_bert: User
) -> None:
    closure = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW).closures[0]
    shown = effects_of_closures(haren_now(haren), [closure], now=NOW)
    session = make_session(series, f"{DAY} 09:00", room=room, state="published", published_at=NOW)

    with pytest.raises(PlannerError) as refusal:
        confirm(closure, by=liaison_bert, seen=shown.digest, now=NOW)

    assert (refusal.value.code, refusal.value.status) == ("other_effects", 409)
    closure.refresh_from_db()
    assert closure.state == "announced" and states(session) == ["published"]


def test_the_second_who_confirms_is_told_who_was_first(
    haren: Prison, room: Room, liaison_bert: User, coordinator_karim: User
) -> None:
    closure = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW).closures[0]
    confirm(closure, by=coordinator_karim, now=NOW)

    with pytest.raises(PlannerError) as refusal:
        confirm(closure, by=liaison_bert, now=NOW)

    assert refusal.value.code == "already_decided"
    assert "Karim Haddad" in str(refusal.value)


def test_lifting_what_was_announced_changes_no_session(
    haren: Prison, room: Room, series: Series, liaison_bert: User
) -> None:
    session = make_session(series, f"{DAY} 09:00", room=room)
    closure = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW).closures[0]

    decision = lift(closure, by=liaison_bert, now=NOW)

    assert decision.session_ids == () and states(session) == ["draft"]
    assert not Todo.objects.filter(done_at=None).exists()


def test_reopening_restores_what_has_its_place_and_names_the_rest(
    haren: Prison, room: Room, series: Series, service: Any, liaison_bert: User
) -> None:
    free = make_session(series, f"{DAY} 09:00", room=room, state="published", published_at=NOW)
    taken = make_session(series, f"{DAY} 13:30", room=room)
    closure = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW).closures[0]
    confirm(closure, by=liaison_bert, now=NOW)
    make_session(make_series(haren, organisation=service), f"{DAY} 14:00", room=room)

    decision = lift(closure, by=liaison_bert, now=NOW)

    assert states(free, taken) == ["published", "cancelled"]
    assert [(one.session.pk, one.code) for one in decision.ruling.cannot] == [(taken.pk, "room_taken")]
    assert not Cancellation.objects.filter(session=free).exists()


def test_what_could_not_return_can_be_restored_later(
    haren: Prison, room: Room, series: Series, service: Any, liaison_bert: User
) -> None:
    session = make_session(series, f"{DAY} 09:00", room=room)
    closure = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW).closures[0]
    confirm(closure, by=liaison_bert, now=NOW)
    in_the_way = make_session(make_series(haren, organisation=service), f"{DAY} 09:30", room=room)
    lift(closure, by=liaison_bert, now=NOW)
    assert states(session) == ["cancelled"]
    in_the_way.delete()

    restore(closure, by=liaison_bert, now=NOW)

    assert states(session) == ["draft"]


def test_a_session_returns_only_when_no_closure_holds_it(
    haren: Prison, room: Room, series: Series, liaison_bert: User
) -> None:
    """Of the prison and of the room: lifting the one leaves the other; lifting that too brings it back."""
    session = make_session(series, f"{DAY} 09:00", room=room)
    whole = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW).closures[0]
    works = draft(f"{DAY} 08:00", f"{DAY} 12:00", room=room)
    of_room = announce(haren, works, by=liaison_bert, now=NOW).closures[0]
    confirm(whole, by=liaison_bert, now=NOW)
    confirm(of_room, by=liaison_bert, now=NOW)

    first = lift(whole, by=liaison_bert, now=NOW)
    assert [one.code for one in first.ruling.cannot] == ["closed"]
    assert states(session) == ["cancelled"]
    lift(of_room, by=liaison_bert, now=NOW)

    assert states(session) == ["draft"]


def test_nothing_is_decided_once_the_day_is_over(
    haren: Prison, room: Room, series: Series, liaison_bert: User
) -> None:
    closure = announce(haren, draft(f"{DAY} 00:00", "2026-11-25 00:00"), by=liaison_bert, now=NOW).closures[0]
    confirm(closure, by=liaison_bert, now=NOW)

    with pytest.raises(PlannerError) as refusal:
        lift(closure, by=liaison_bert, now=at("2026-11-25 00:00"))

    assert refusal.value.code == "past"
    assert lift(closure, by=liaison_bert, now=at(f"{DAY} 23:59")).closures[0].state == "lifted"


def test_a_reduced_regime_is_one_group(haren: Prison, room: Room, series: Series, liaison_bert: User) -> None:
    south = make_unit(haren, "S")
    evening = make_session(series, f"{DAY} 18:00", room=room)
    of_south = make_session(make_series(haren, units=[south]), "2026-11-25 09:00", room=room)
    day = make_session(series, f"{DAY} 09:00", room=room)
    parts = reduced_regime(
        dt.date(2026, 11, 24), dt.date(2026, 11, 25), evening_from=dt.time(17), closed_units=[south.pk]
    )

    decision = announce(haren, ClosureDraft("reduced", parts), by=liaison_bert, now=NOW)
    confirm(decision.closures[2], by=liaison_bert, now=NOW)

    assert len(decision.closures) == 3
    assert {row.state for row in group_of(decision.closures[0])} == {"confirmed"}
    assert states(evening, of_south, day) == ["cancelled", "cancelled", "draft"]


# --- Undo ---------------------------------------------------------------------------------------------------


def business(prison: Prison) -> list[Any]:
    """What people see of sessions, cancellations and closures; versions only rise."""
    sessions = GroupSession.objects.in_prison(prison).order_by("pk")
    return [
        list(sessions.values_list("pk", "room", "starts_at", "ends_at", "state", "week_on")),
        list(
            Cancellation.objects.order_by("session").values_list("session", "reason", "closure", "was_state")
        ),
        list(Closure.objects.order_by("pk").values_list("pk", "state", "decided_by", "decided_at")),
    ]


def test_undo_of_each_act_brings_everything_back(
    haren: Prison, room: Room, series: Series, liaison_bert: User
) -> None:
    worker = make_worker(haren)
    make_session(series, f"{DAY} 09:00", room=room, workers=[worker], state="published", published_at=NOW)
    make_session(series, f"{DAY} 13:30", room=room)
    snapshots = [business(haren)]
    announced = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW)
    snapshots.append(business(haren))
    confirmed = confirm(announced.closures[0], by=liaison_bert, now=NOW)
    snapshots.append(business(haren))
    lifted = lift(announced.closures[0], by=liaison_bert, now=NOW)

    for act, was in zip((lifted, confirmed, announced), reversed(snapshots), strict=True):
        undo(act.change_set, by=liaison_bert, now=NOW + dt.timedelta(minutes=59))
        assert business(haren) == was

    assert closed_now(haren) == set()


def test_an_organiser_cannot_undo_what_the_prison_ordered(
    haren: Prison, room: Room, series: Series, liaison_bert: User, organiser_anna: User
) -> None:
    session = make_session(series, f"{DAY} 09:00", room=room)
    closure = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW).closures[0]
    confirmed = confirm(closure, by=liaison_bert, now=NOW)

    with pytest.raises(PlannerError) as refusal:
        undo(confirmed.change_set, by=organiser_anna, now=NOW)

    assert refusal.value.status == 403 and states(session) == ["cancelled"]


def test_undo_tells_when_the_closure_has_changed_since(
    haren: Prison, room: Room, liaison_bert: User, coordinator_karim: User
) -> None:
    announced = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW)
    confirm(announced.closures[0], by=coordinator_karim, now=NOW)

    with pytest.raises(PlannerError) as refusal:
        undo(announced.change_set, by=liaison_bert, now=NOW)

    assert refusal.value.code == "changed_since" and "Karim" in str(refusal.value)


# --- Bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (f"{DAY} 12:00", f"{DAY} 08:00", "ends_before_start"),
        (f"{DAY} 12:00", f"{DAY} 12:00", "ends_before_start"),
        ("2026-11-20 08:00", "2026-11-20 12:00", "past"),
        ("2026-11-21 22:00", f"{DAY} 12:00", "dated_before_today"),
        ("2026-11-22 08:00", "2026-11-22 12:00", "past"),  # ends this very minute
        (f"{DAY} 08:00", "2027-11-26 08:00", "too_long"),
    ],
)
def test_a_span_that_cannot_be_is_refused(
    haren: Prison, liaison_bert: User, start: str, end: str, code: str
) -> None:
    with pytest.raises(PlannerError) as refusal:
        announce(haren, draft(start, end), by=liaison_bert, now=NOW)
    assert (refusal.value.code, refusal.value.status) == (code, 422)
    assert not Closure.objects.exists()


def test_a_place_of_another_prison_is_unknown(
    haren: Prison, saint_gilles: Prison, liaison_bert: User
) -> None:
    for place in ({"room": make_room(saint_gilles)}, {"unit": make_unit(saint_gilles)}):
        with pytest.raises(PlannerError) as refusal:
            announce(haren, draft(f"{DAY} 08:00", f"{DAY} 12:00", **place), by=liaison_bert, now=NOW)
        assert (refusal.value.code, refusal.value.status) == ("unknown_place", 422)


def test_one_place_has_one_closure_at_a_time(haren: Prison, room: Room, liaison_bert: User) -> None:
    announce(haren, draft(f"{DAY} 08:00", f"{DAY} 12:00"), by=liaison_bert, now=NOW)

    with pytest.raises(PlannerError) as refusal:
        announce(haren, draft(f"{DAY} 11:59", f"{DAY} 13:00"), by=liaison_bert, now=NOW)
    assert (refusal.value.code, refusal.value.status) == ("closed_already", 409)

    announce(haren, draft(f"{DAY} 12:00", f"{DAY} 13:00"), by=liaison_bert, now=NOW)
    announce(haren, draft(f"{DAY} 08:00", f"{DAY} 12:00", room=room), by=liaison_bert, now=NOW)
    assert Closure.objects.count() == 3


@pytest.mark.parametrize("decide_by", ["2026-11-22 11:59", f"{DAY} 12:01"])
def test_the_decision_comes_in_time(haren: Prison, liaison_bert: User, decide_by: str) -> None:
    with pytest.raises(PlannerError) as refusal:
        wanted = draft(f"{DAY} 08:00", f"{DAY} 12:00", decide_by=at(decide_by))
        announce(haren, wanted, by=liaison_bert, now=NOW)
    assert refusal.value.code == "decides_too_late"


def test_only_those_with_the_right_decide(
    haren: Prison, liaison_bert: User, organiser_anna: User, stranger_dirk: User
) -> None:
    closure = announce(haren, draft(f"{DAY} 08:00", f"{DAY} 12:00"), by=liaison_bert, now=NOW).closures[0]
    for person in (organiser_anna, stranger_dirk):
        for act in (confirm, lift):
            with pytest.raises(PlannerError) as refusal:
                act(closure, by=person, now=NOW)
            assert refusal.value.status == 403


def test_undo_puts_back_what_broke_a_rule_before_but_not_into_a_taken_place(
    haren: Prison, room: Room, series: Series, service: Any, liaison_bert: User
) -> None:
    """Eight places in a room for two: an open conflict before the strike, and again after undoing it."""
    small = make_room(haren, capacity=2)
    session = make_session(series, f"{DAY} 09:00", room=small)
    closure = announce(haren, draft(f"{DAY} 00:00", f"{DAY} 22:00"), by=liaison_bert, now=NOW).closures[0]
    first = confirm(closure, by=liaison_bert, now=NOW)
    undo(first.change_set, by=liaison_bert, now=NOW)
    assert states(session) == ["draft"]

    second = confirm(closure, by=liaison_bert, now=NOW)
    make_session(series, f"{DAY} 09:30", room=small)
    with pytest.raises(PlannerError) as refusal:
        undo(second.change_set, by=liaison_bert, now=NOW)
    assert refusal.value.code == "room_taken" and states(session) == ["cancelled"]
