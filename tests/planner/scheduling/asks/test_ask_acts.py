"""Asks: who may ask what, what accepting does, and that nothing is done behind anybody's back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from core.dates import clock
from core.errors import PlannerError
from planner.models import Ask
from planner.scheduling.asks import ask_acts
from planner.scheduling.asks.lists import answered, received, sent
from planner.scheduling.asks.wanted_changes import is_outdated
from planner.scheduling.placement.session_changes import Change, Refused
from planner.scheduling.placement.undo import undo
from planner.scheduling.placement.writer import apply
from prisons.access import access_for
from prisons.models import AuditEntry, Message, Organisation, Prison, Todo, User
from rooms.models import Room
from sessions.domain.placing import Part, placing_of
from sessions.models import GroupSession
from tests.factories import (
    at,
    make_closure,
    make_membership,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_user,
    make_worker,
)

NOW = at("2026-11-22 12:00")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    for weekday in (1, 2):
        make_slot(haren, weekday, "08:30", "11:00")
        make_slot(haren, weekday, "13:30", "16:00")


@pytest.fixture
def rooms(haren: Prison) -> list[Room]:
    return [make_room(haren, name=name) for name in ("Class A", "Class B")]


@pytest.fixture
def theirs(haren: Prison, service: Organisation, rooms: list[Room]) -> GroupSession:
    """Anna's, in Class A on Monday at nine: it belongs to another service than Emile's."""
    return make_session(make_series(haren, organisation=service), room=rooms[0])


@pytest.fixture
def own(haren: Prison, other_service: Organisation, rooms: list[Room]) -> GroupSession:
    """Emile's, in Class B at the same time."""
    return make_session(make_series(haren, organisation=other_service), room=rooms[1], minutes=60)


@pytest.fixture
def emile(organiser_emile: User) -> User:
    return organiser_emile


def to(session: GroupSession, room: Room, start: str = "2026-11-23 13:30") -> Change:
    return Change(session.pk, room.pk, at(start), at(start) + dt.timedelta(minutes=90))


def fresh(session: GroupSession) -> GroupSession:
    return GroupSession.objects.get(pk=session.pk)


def lists(user: User, prison: Prison) -> tuple[int, int, int]:
    access = access_for(user, prison, now=NOW)
    assert access is not None
    return tuple(find(access, now=NOW).count() for find in (received, sent, answered))  # type: ignore[return-value]


def refusal_of(act: Any) -> PlannerError:
    with pytest.raises(PlannerError) as refusal:
        act()
    return refusal.value


def test_an_ask_changes_nothing_tells_the_owner_and_waits(
    haren: Prison, theirs: GroupSession, rooms: list[Room], emile: User, organiser_anna: User
) -> None:
    ask = ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)

    assert fresh(theirs).room == rooms[0]
    assert (ask.state, ask.from_organisation.short_name) == ("open", "La Passerelle")
    todo = Todo.objects.get(kind="ask")
    assert (todo.organisation, todo.facts, todo.due_on) == (
        ask.to_organisation,
        {"ask": ask.pk},
        dt.date(2026, 11, 23),
    )
    letter = Message.objects.get()
    assert letter.to_user == organiser_anna
    assert theirs.series.neutral_name in letter.body_text
    assert str(theirs.series.activity) not in letter.body_text
    assert AuditEntry.objects.filter(verb="ask").count() == 1
    assert lists(organiser_anna, haren) == (1, 0, 0)
    assert lists(emile, haren) == (0, 1, 0)


def test_accepting_moves_it_through_the_one_writer(
    haren: Prison, theirs: GroupSession, rooms: list[Room], emile: User, organiser_anna: User
) -> None:
    ask = ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)

    act = ask_acts.accept(ask, by=organiser_anna, now=NOW).change_set

    assert (fresh(theirs).room, fresh(theirs).starts_at) == (rooms[1], at("2026-11-23 13:30"))
    assert (act.verb, act.by, act.facts["ask"]) == ("accept_ask", organiser_anna, ask.pk)
    assert Todo.objects.get(kind="ask").done_by == organiser_anna
    assert Message.objects.filter(kind="ask_answer", to_user=emile).count() == 1
    assert lists(organiser_anna, haren) == lists(emile, haren) == (0, 0, 1)


def test_the_coordinator_of_the_authority_answers_too_another_does_not(
    haren: Prison,
    theirs: GroupSession,
    rooms: list[Room],
    emile: User,
    coordinator_karim: User,
    other_service: Organisation,
) -> None:
    claire = make_user("Claire Fontaine")
    make_membership(claire, haren, "coordinator", other_service)
    ask = ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)

    assert refusal_of(lambda: ask_acts.accept(ask, by=claire, now=NOW)).code == "not_yours"
    assert refusal_of(lambda: ask_acts.refuse(ask, by=emile, now=NOW)).code == "not_yours"
    ask_acts.accept(ask, by=coordinator_karim, now=NOW)

    assert fresh(theirs).room == rooms[1]


def test_a_swap_moves_both_and_undo_brings_both_back_and_opens_the_ask(
    haren: Prison,
    theirs: GroupSession,
    own: GroupSession,
    rooms: list[Room],
    emile: User,
    organiser_anna: User,
) -> None:
    before = placing_of(fresh(theirs)), placing_of(fresh(own))
    ask = ask_acts.ask_to_swap(theirs, own, by=emile, now=NOW)

    act = ask_acts.accept(ask, by=organiser_anna, now=NOW)

    assert (fresh(theirs).room, fresh(own).room) == (rooms[1], rooms[0])
    assert fresh(own).ends_at == at("2026-11-23 10:00")  # as long as before
    undo(act.change_set, by=organiser_anna, now=NOW)
    assert (placing_of(fresh(theirs)), placing_of(fresh(own))) == before
    again = Ask.objects.get()
    assert (again.state, again.answered_by) == ("open", None)
    ask_acts.accept(again, by=organiser_anna, now=NOW)
    assert fresh(theirs).room == rooms[1]


def test_undoing_a_swap_is_not_for_a_third_service(
    haren: Prison, theirs: GroupSession, own: GroupSession, emile: User, organiser_anna: User
) -> None:
    act = ask_acts.accept(ask_acts.ask_to_swap(theirs, own, by=emile, now=NOW), by=organiser_anna, now=NOW)
    assert refusal_of(lambda: undo(act.change_set, by=emile, now=NOW)).code == "not_yours"


def test_accepting_a_cancellation_cancels_with_its_reason(
    theirs: GroupSession, emile: User, organiser_anna: User
) -> None:
    ask = ask_acts.ask_to_cancel(theirs, "room", by=emile, now=NOW)
    ask_acts.accept(ask, by=organiser_anna, now=NOW)
    assert fresh(theirs).state == "cancelled"
    assert fresh(theirs).cancellation.reason == "room"


def test_when_the_session_moved_meanwhile_accepting_is_refused_and_the_ask_stays(
    haren: Prison,
    theirs: GroupSession,
    rooms: list[Room],
    emile: User,
    organiser_anna: User,
    coordinator_karim: User,
) -> None:
    ask = ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)
    apply(haren, [to(theirs, rooms[0])], by=coordinator_karim, verb="move", now=NOW)

    refusal = refusal_of(lambda: ask_acts.accept(ask, by=organiser_anna, now=NOW))

    assert (refusal.code, refusal.status) == ("stale", 409)
    assert "Karim Haddad changed the time" in str(refusal)
    ask.refresh_from_db()
    assert ask.state == "open"
    assert is_outdated(Ask.objects.get())
    assert Todo.objects.filter(kind="ask", done_at=None).count() == 1


def test_publishing_or_another_facilitator_meanwhile_changes_nothing_in_what_was_asked(
    haren: Prison, theirs: GroupSession, rooms: list[Room], emile: User, organiser_anna: User
) -> None:
    ask = ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)
    change = Change(theirs.pk, state="published", workers=(Part(make_worker(haren).pk),))
    apply(haren, [change], by=organiser_anna, verb="publish", now=NOW)

    ask_acts.accept(ask, by=organiser_anna, now=NOW)

    assert (fresh(theirs).room, fresh(theirs).state) == (rooms[1], "published")


def test_a_place_taken_meanwhile_refuses_and_the_ask_stays(
    haren: Prison,
    theirs: GroupSession,
    rooms: list[Room],
    emile: User,
    organiser_anna: User,
    service: Organisation,
) -> None:
    ask = ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)
    make_session(make_series(haren, organisation=service), "2026-11-23 14:00", room=rooms[1])

    with pytest.raises(Refused) as refusal:
        ask_acts.accept(ask, by=organiser_anna, now=NOW)

    assert {conflict.code for conflict in refusal.value.conflicts} == {"room_taken"}
    ask.refresh_from_db()
    assert (ask.state, fresh(theirs).room) == ("open", rooms[0])


def test_points_to_watch_are_shown_to_the_owner_first(
    haren: Prison, theirs: GroupSession, rooms: list[Room], emile: User, organiser_anna: User
) -> None:
    theirs.series.default_room = rooms[0]
    theirs.series.save(update_fields=["default_room"])
    ask = ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)

    with pytest.raises(Refused) as refusal:
        ask_acts.accept(ask, by=organiser_anna, now=NOW)
    assert refusal.value.needs_consent
    ask_acts.accept(ask, by=organiser_anna, now=NOW, accept_soft=True)

    assert fresh(theirs).room == rooms[1]


def test_what_a_rule_forbids_is_not_even_asked(
    haren: Prison, theirs: GroupSession, own: GroupSession, rooms: list[Room], emile: User
) -> None:
    make_closure(haren, at("2026-11-24 06:00"), at("2026-11-24 22:00"))
    with pytest.raises(Refused):
        ask_acts.ask_to_move(theirs, to(theirs, rooms[1], "2026-11-23 09:00"), by=emile, now=NOW)
    with pytest.raises(Refused):
        ask_acts.ask_to_move(theirs, to(theirs, rooms[1], "2026-11-24 09:00"), by=emile, now=NOW)
    assert not Ask.objects.exists()
    assert not Message.objects.exists()


def test_pointless_asks_are_refused_in_words(
    haren: Prison,
    service: Organisation,
    theirs: GroupSession,
    own: GroupSession,
    rooms: list[Room],
    emile: User,
    organiser_anna: User,
    liaison_bert: User,
) -> None:
    past = make_session(theirs.series, "2026-11-20 09:00", room=rooms[0])
    gone = make_session(theirs.series, "2026-11-24 09:00", state="cancelled")
    mine = make_session(theirs.series, "2026-11-24 13:30", room=rooms[0])
    tray = make_session(own.series, starts_at=None)
    cases = [
        (lambda: ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=organiser_anna, now=NOW), "yours"),
        (lambda: ask_acts.ask_to_move(past, to(past, rooms[1]), by=emile, now=NOW), "past"),
        (lambda: ask_acts.ask_to_cancel(gone, "room", by=emile, now=NOW), "not_live"),
        (lambda: ask_acts.ask_to_cancel(theirs, "closure", by=emile, now=NOW), "no_reason"),
        (lambda: ask_acts.ask_to_swap(theirs, tray, by=emile, now=NOW), "nothing_to_swap"),
        (lambda: ask_acts.ask_to_swap(theirs, mine, by=emile, now=NOW), "may_not_ask"),
        (lambda: ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=liaison_bert, now=NOW), "may_not_ask"),
    ]
    for act, code in cases:
        assert refusal_of(act).code == code
    assert not Ask.objects.exists()


def test_one_ask_at_a_time_per_service_and_taking_back_frees_it(
    haren: Prison, theirs: GroupSession, rooms: list[Room], emile: User, organiser_anna: User
) -> None:
    ask = ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)
    assert (
        refusal_of(lambda: ask_acts.ask_to_cancel(theirs, "room", by=emile, now=NOW)).code == "asked_already"
    )

    ask_acts.take_back(ask, by=emile, now=NOW)

    assert Todo.objects.get(kind="ask").done_by == emile
    assert refusal_of(lambda: ask_acts.accept(ask, by=organiser_anna, now=NOW)).code == "answered"
    ask_acts.ask_to_cancel(theirs, "room", by=emile, now=NOW)


def test_refusing_ends_it_and_tells_the_asker(
    theirs: GroupSession, rooms: list[Room], emile: User, organiser_anna: User
) -> None:
    ask = ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)
    ask_acts.refuse(ask, by=organiser_anna, now=NOW)
    assert fresh(theirs).room == rooms[0]
    assert "refused" in Message.objects.get(kind="ask_answer").subject
    assert refusal_of(lambda: ask_acts.refuse(ask, by=organiser_anna, now=NOW)).code == "answered"


def test_a_service_without_organisers_is_asked_through_its_coordinators(
    haren: Prison, theirs: GroupSession, rooms: list[Room], emile: User
) -> None:
    elsewhere = make_user("Nele Claes")
    make_membership(elsewhere, haren, "coordinator", theirs.series.activity.organisation)
    gone = make_user("Gone")
    make_membership(
        gone, haren, "organiser", theirs.series.activity.organisation, ends_on=dt.date(2026, 1, 1)
    )
    ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)
    assert [letter.to_user for letter in Message.objects.all()] == [elsewhere]


def test_what_nobody_answered_in_time_leaves_the_open_lists(
    haren: Prison, theirs: GroupSession, rooms: list[Room], emile: User, organiser_anna: User
) -> None:
    ask = ask_acts.ask_to_move(theirs, to(theirs, rooms[1]), by=emile, now=NOW)
    access = access_for(organiser_anna, haren)
    assert access is not None
    later = at("2026-11-24 08:00")
    assert not received(access, now=later).exists()
    assert list(answered(access, now=later)) == [ask]
    assert refusal_of(lambda: ask_acts.accept(ask, by=organiser_anna, now=later)).code == "past"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_accepting_while_somebody_moves_it_does_exactly_one_of_both(
    haren: Prison,
    theirs: GroupSession,
    rooms: list[Room],
    emile: User,
    organiser_anna: User,
    coordinator_karim: User,
) -> None:
    start = dt.datetime.combine(clock.today() + dt.timedelta(days=7), dt.time(9), tzinfo=clock.BRUSSELS)
    for weekday in range(1, 8):
        make_slot(haren, weekday, "08:00", "18:00")
    outcomes = []
    for number in range(4):
        session = make_session(theirs.series, start + dt.timedelta(days=number), room=rooms[0])
        there = session.starts_at + dt.timedelta(hours=3)  # type: ignore[operator]
        wish = Change(session.pk, rooms[1].pk, there, there + dt.timedelta(minutes=90))
        ask = ask_acts.ask_to_move(session, wish, by=emile)
        away = Change(session.pk, rooms[0].pk, there, there + dt.timedelta(minutes=90))

        def accept(ask: Ask = ask) -> str:
            return _code(lambda: ask_acts.accept(ask, by=organiser_anna))

        def move(away: Change = away, session: GroupSession = session) -> str:
            seen = {session.pk: session.version}
            return _code(lambda: apply(haren, [away], by=coordinator_karim, verb="move", seen=seen))

        with ThreadPoolExecutor(6) as pool:
            results = list(pool.map(lambda act: act(), [accept, move, accept, move, accept, move]))
        outcomes.append(sorted(results))
        ask.refresh_from_db()
        assert fresh(session).room == (rooms[1] if ask.state == "accepted" else rooms[0])
    for results in outcomes:
        assert results.count("done") == 1
        assert set(results) <= {"done", "stale", "answered"}


def _code(act: Any) -> str:
    try:
        act()
    except PlannerError as error:
        return error.code
    finally:
        connection.close()
    return "done"
