"""Accepting: whole, in part, late, of others, and taken back."""

from __future__ import annotations

import datetime as dt

import pytest

from core.dates import clock
from core.errors import PlannerError
from planner.models import Ask, Proposal, ProposalLine
from planner.proposals import running, starting
from planner.proposals.accepting import accept
from planner.proposals.lines.needing import needs_of
from planner.proposals.problem.planning_request import WhatIf
from planner.proposals.starting import PlanningWish
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.undo import undo
from planner.scheduling.placement.writer import apply
from prisons.models import ChangeSet, Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import at, make_room, make_series, make_session, make_slot, signed_in
from tests.planner.proposals.worlds import MONDAY, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
State, Answer = Proposal.State, ProposalLine.Answer


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 2, "08:30", "11:00")
    return make_room(haren)


@pytest.fixture
def tray(haren: Prison, service: Organisation, room: Room) -> list[GroupSession]:
    return [make_session(make_series(haren, organisation=service), None, week_on=MONDAY) for _ in range(2)]


def made(prison: Prison, by: User, **changes: object) -> Proposal:
    fields = {"first": MONDAY, "last": MONDAY + dt.timedelta(days=6), "seconds": 0} | changes
    proposal = starting.start_proposal(prison, PlanningWish(**fields), by=by, now=NOW)  # type: ignore[arg-type]
    assert proposal.job_id is not None
    running.run(proposal.job_id)
    proposal.refresh_from_db()
    return proposal


def test_all_of_it_is_one_act_that_can_be_undone_and_accepted_again(
    haren: Prison, organiser_anna: User, tray: list[GroupSession], room: Room
) -> None:
    proposal = made(haren, organiser_anna)

    done = accept(proposal, by=organiser_anna, now=NOW)

    assert (done.entered, done.refused, done.asked) == (2, 0, 0)
    assert GroupSession.objects.filter(room=room).count() == 2
    assert ChangeSet.objects.get().verb == "accept_proposal"
    proposal.refresh_from_db()
    assert proposal.state == State.ACCEPTED
    assert done.change_set is not None
    undo(done.change_set, by=organiser_anna, now=NOW)
    assert not GroupSession.objects.filter(room=room).exists()
    assert accept(proposal, by=organiser_anna, now=NOW).entered == 2


def test_only_the_ticked_lines_are_entered(
    haren: Prison, organiser_anna: User, tray: list[GroupSession], room: Room
) -> None:
    proposal = made(haren, organiser_anna)
    line = proposal.lines.all()[0]

    accept(proposal, [line.pk], by=organiser_anna, now=NOW)

    assert GroupSession.objects.get(room=room).pk == line.sessions[0][0]
    proposal.refresh_from_db()
    assert proposal.state == State.PARTLY


def test_what_is_taken_meanwhile_is_not_entered_and_said_and_the_rest_is(
    haren: Prison, organiser_anna: User, tray: list[GroupSession], room: Room
) -> None:
    proposal = made(haren, organiser_anna)
    late, other = proposal.lines.all()
    make_session(tray[0].series, at(f"{late.on} {late.starts}"), room=room)

    done = accept(proposal, by=organiser_anna, now=NOW)

    assert (done.entered, done.refused) == (1, 1)
    late.refresh_from_db()
    other.refresh_from_db()
    assert (late.answer, other.answer) == (Answer.REFUSED, Answer.ENTERED)
    assert [refusal["code"] for refusal in late.refusals] == ["room_taken"]


def test_a_session_that_somebody_changed_since_is_left_alone(
    haren: Prison, organiser_anna: User, tray: list[GroupSession], room: Room
) -> None:
    proposal = made(haren, organiser_anna)
    line = proposal.lines.all()[0]
    elsewhere = make_room(haren)
    begin = at("2026-11-24 08:30")
    change = Change(line.sessions[0][0], elsewhere.pk, begin, begin + dt.timedelta(minutes=60))
    apply(haren, [change], by=organiser_anna, verb="move", now=NOW)

    accept(proposal, by=organiser_anna, now=NOW)

    line.refresh_from_db()
    assert [refusal["code"] for refusal in line.refusals] == ["stale"]
    assert GroupSession.objects.get(pk=line.sessions[0][0]).room == elsewhere


def test_two_lines_that_clash_after_a_mend_enter_one(
    haren: Prison, organiser_anna: User, tray: list[GroupSession], room: Room
) -> None:
    proposal = made(haren, organiser_anna)
    first, second = proposal.lines.all()
    ProposalLine.objects.filter(pk=second.pk).update(
        on=first.on, weekday=first.weekday, starts=first.starts, room=first.room
    )

    done = accept(proposal, by=organiser_anna, now=NOW)

    assert (done.entered, done.refused) == (1, 1)


def test_moves_of_others_become_asks_to_their_owner(
    haren: Prison,
    organiser_anna: User,
    other_service: Organisation,
    organiser_emile: User,
    tray: list[GroupSession],
    room: Room,
) -> None:
    theirs = make_session(make_series(haren, organisation=other_service), None, week_on=MONDAY)
    make_room(haren)
    proposal = made(haren, organiser_anna, scope="drafts")

    done = accept(proposal, by=organiser_anna, now=NOW)

    assert (done.entered, done.asked) == (2, 1)
    ask = Ask.objects.get()
    assert (ask.session, ask.to_organisation) == (theirs, other_service)
    assert proposal.lines.get(series=theirs.series).answer == Answer.ASKED
    theirs.refresh_from_db()
    assert theirs.room is None


def test_another_persons_proposal_is_looked_at_only(
    haren: Prison, organiser_anna: User, organiser_emile: User, tray: list[GroupSession]
) -> None:
    proposal = made(haren, organiser_anna)

    with pytest.raises(PlannerError) as refusal:
        accept(proposal, by=organiser_emile, now=NOW)
    assert refusal.value.code == "not_yours"


def test_what_only_supposes_is_never_entered(
    haren: Prison, organiser_anna: User, tray: list[GroupSession]
) -> None:
    proposal = made(haren, organiser_anna, what_if=WhatIf(more_rooms=1))

    with pytest.raises(PlannerError) as refusal:
        accept(proposal, by=organiser_anna, now=NOW)
    assert refusal.value.code == "only_supposed"


def test_a_discarded_one_is_not_accepted(
    haren: Prison, organiser_anna: User, tray: list[GroupSession]
) -> None:
    proposal = made(haren, organiser_anna)
    starting.discard(proposal, by=organiser_anna, now=NOW)

    with pytest.raises(PlannerError) as refusal:
        accept(proposal, by=organiser_anna, now=NOW)
    assert refusal.value.code == "not_ready"


def test_a_weekly_line_enters_the_dates_that_can_and_names_the_one_that_cannot(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    series = make_series(haren, organisation=service)
    sessions = [make_session(series, None, week_on=MONDAY + dt.timedelta(days=7 * week)) for week in range(4)]
    proposal = made(haren, organiser_anna, last=MONDAY + dt.timedelta(days=27))
    line = proposal.lines.get()
    day = sessions[2].week_on + dt.timedelta(days=(line.weekday or 1) - 1)
    make_session(make_series(haren, organisation=service), at(f"{day} {line.starts}"), room=room)

    done = accept(proposal, by=organiser_anna, now=NOW)

    assert (done.entered, done.refused) == (3, 1)
    line.refresh_from_db()
    assert line.answer == Answer.PARTLY and line.refusals[0]["session"] == sessions[2].pk


def test_many_are_entered_at_once(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    for _ in range(30):
        make_room(haren)
    for _ in range(60):
        make_session(make_series(haren, organisation=service), None, week_on=MONDAY)

    done = accept(made(haren, organiser_anna), by=organiser_anna, now=NOW)

    assert (done.entered, done.refused) == (60, 0)


def test_a_line_into_a_place_that_another_leaves_takes_that_one_along(
    haren: Prison, organiser_anna: User, service: Organisation, room: Room
) -> None:
    """Two sessions change places, and one more moves: one tick enters the swap and nothing else."""
    other = make_room(haren)
    series = [make_series(haren, organisation=service) for _number in range(3)]
    one = make_session(series[0], "2026-11-23 08:30", room=room)
    two = make_session(series[1], "2026-11-23 08:30", room=other)
    three = make_session(series[2], "2026-11-24 08:30", room=room)
    wish = PlanningWish(first=MONDAY, last=MONDAY + dt.timedelta(days=6))
    proposal = starting.make_by_hand(haren, wish, by=organiser_anna, now=NOW)
    for session, to in ((one, other), (two, room), (three, other)):
        assert session.starts_at is not None
        local = session.starts_at.astimezone(clock.BRUSSELS)
        proposal.lines.create(
            series=session.series, sessions=[[session.pk, session.version]], outcome="moved", on=local.date(),
            weekday=local.isoweekday(), starts=local.time(), minutes=90, room=to,
        )  # fmt: skip
    ticked = proposal.lines.get(series=series[0])
    needs = needs_of(proposal)
    page = signed_in(organiser_anna).get(f"/p/haren/board/proposals/{proposal.pk}/").content.decode()
    assert f"to make its place free: {series[1]}" in page, "said before it is done"

    done = accept(proposal, [ticked.pk], by=organiser_anna, now=NOW)

    lines = {line.series_id: line.pk for line in proposal.lines.all()}
    first, second = (lines[one.pk] for one in series[:2])
    assert needs[first] == {second} and needs[second] == {first}
    assert (done.entered, done.joined, done.refused) == (2, 1, 0)
    rooms = {row.pk: row.room_id for row in GroupSession.objects.all()}
    assert rooms == {one.pk: other.pk, two.pk: room.pk, three.pk: room.pk}
