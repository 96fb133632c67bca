"""A proposal from asking to lines: by turns, stopped, killed, without rooms, slots or time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from core.dates import clock
from core.errors import PlannerError
from planner.models import Proposal, ProposalLine
from planner.optimiser.incumbent import Limits
from planner.optimiser.problem import Problem, Solution
from planner.optimiser.solve import solve
from planner.proposals import running, starting, tasks
from planner.proposals.problem.planning_request import WhatIf
from planner.proposals.starting import PlanningWish
from prisons.domain.background import jobs
from prisons.models import Job, Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import make_room, make_series, make_session, make_slot, make_worker
from tests.planner.proposals.worlds import MONDAY, NOW

pytestmark = pytest.mark.django_db
SUNDAY = MONDAY + dt.timedelta(days=6)
State = Proposal.State


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def plain(haren: Prison, service: Organisation) -> list[GroupSession]:
    """Two slots, one room, three sessions in the tray: one too many."""
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 2, "08:30", "11:00")
    make_room(haren)
    return [make_session(make_series(haren, organisation=service), None, week_on=MONDAY) for _ in range(3)]


def wish(**changes: Any) -> PlanningWish:
    return PlanningWish(**({"first": MONDAY, "last": SUNDAY, "seconds": 2} | changes))


def made(prison: Prison, by: User, **changes: Any) -> Proposal:
    proposal = starting.start_proposal(prison, wish(**changes), by=by, now=NOW)
    assert proposal.job_id is not None
    running.run(proposal.job_id)
    proposal.refresh_from_db()
    return proposal


@pytest.mark.postgres
def test_it_places_what_fits_and_explains_what_does_not(
    haren: Prison, organiser_anna: User, plain: list[GroupSession]
) -> None:
    proposal = made(haren, organiser_anna, seconds=30)

    assert (proposal.state, proposal.left_out, proposal.bound) == (State.DONE, 1, proposal.cost)
    outcomes = sorted(proposal.lines.values_list("outcome", flat=True))
    assert outcomes == ["left_out", "placed", "placed"]
    why = proposal.lines.get(outcome="left_out").why
    assert why["is_proven"] and len(why["together"]) == 3
    assert [cause["code"] for cause in why["causes"]] == ["rooms_taken"]
    job = Job.objects.get(pk=proposal.job_id)
    assert (job.state, job.facts["url"]) == ("done", f"/p/haren/board/proposals/{proposal.pk}/")
    assert not GroupSession.objects.filter(room__isnull=False).exists()  # it touches nothing


def test_the_worker_only_starts_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(tasks.subprocess, "Popen", lambda command, **options: started.append(command))

    tasks.propose(7)

    assert started[0][-2:] == ["run_proposal", "7"]


@pytest.mark.postgres
def test_one_at_a_time_and_who_is_done_calls_the_next(
    haren: Prison, organiser_anna: User, plain: list[GroupSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = starting.start_proposal(haren, wish(), by=organiser_anna, now=NOW)
    second = starting.start_proposal(haren, wish(), by=organiser_anna, now=NOW)
    assert first.job_id is not None and second.job_id is not None
    called: list[int] = []
    monkeypatch.setattr(jobs, "enqueue", lambda task, pk: called.append(pk))
    make = running._make

    def meanwhile(proposal: Proposal, job_pk: int) -> None:
        running.run(second.job_id or 0)
        second.refresh_from_db()
        assert second.state == State.WAITING
        make(proposal, job_pk)

    monkeypatch.setattr(running, "_make", meanwhile)
    running.run(first.job_id)

    assert called == [second.job_id]


def test_stopping_keeps_the_best_so_far(
    haren: Prison, organiser_anna: User, plain: list[GroupSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = starting.start_proposal(haren, wish(seconds=60), by=organiser_anna, now=NOW)
    assert proposal.job_id is not None

    def stopped_on_the_way(problem: Problem, limits: Limits, **hear: Any) -> Solution:
        solution = solve(problem, Limits(seconds=0))
        hear["on_plan"](solution.plan)
        starting.stop(proposal, by=organiser_anna, now=NOW)
        monkeypatch.setattr(running, "SAVE_SECONDS", 0.0)
        assert hear["should_stop"]()
        return replace(solution, was_stopped=True)

    monkeypatch.setattr(running, "solve", stopped_on_the_way)
    running.run(proposal.job_id)

    proposal.refresh_from_db()
    assert proposal.state == State.STOPPED
    assert proposal.lines.filter(outcome="placed").count() == 2


@pytest.mark.postgres
def test_after_a_kill_it_stands_as_stopped_with_what_it_had_written(
    haren: Prison,
    saint_gilles: Prison,
    organiser_anna: User,
    plain: list[GroupSession],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proposal = starting.start_proposal(haren, wish(), by=organiser_anna, now=NOW)
    assert proposal.job_id is not None
    monkeypatch.setattr(running, "KEEP_SECONDS", 0.0)

    def die(*args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "explanations", die)  # the plan is written, then the machine goes down
    monkeypatch.setattr(jobs, "fail", lambda *args: None)
    with pytest.raises(KeyboardInterrupt):
        running.run(proposal.job_id)
    proposal.refresh_from_db()
    assert proposal.state == State.RUNNING and len(proposal.draft) == 3

    running.tidy(now=NOW + dt.timedelta(minutes=1))
    proposal.refresh_from_db()
    assert proposal.state == State.RUNNING  # a minute of silence is no death

    running.tidy(saint_gilles, now=NOW + dt.timedelta(minutes=3))
    proposal.refresh_from_db()
    assert proposal.state == State.RUNNING  # a page of another prison leaves it alone

    running.tidy(haren, now=NOW + dt.timedelta(minutes=3))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.draft) == (State.STOPPED, [])
    assert proposal.lines.filter(outcome="placed").count() == 2

    Job.objects.filter(pk=proposal.job_id).update(state=Job.State.WAITING)  # handed to a worker anew
    running.run(proposal.job_id)
    assert Job.objects.get(pk=proposal.job_id).state == "done"
    proposal.refresh_from_db()
    assert proposal.state == State.STOPPED


@pytest.mark.parametrize(("lacking", "code"), [("rooms", "no_rooms"), ("slots", "no_slots")])
def test_without_rooms_or_slots_it_says_so(
    haren: Prison, service: Organisation, organiser_anna: User, lacking: str, code: str
) -> None:
    if lacking != "slots":
        make_slot(haren, 1, "08:30", "11:00")
    if lacking != "rooms":
        make_room(haren)
    make_session(make_series(haren, organisation=service), None, week_on=MONDAY)

    proposal = made(haren, organiser_anna)

    assert (proposal.state, proposal.left_out) == (State.DONE, 1)
    assert code in [finding["code"] for finding in proposal.outcome["findings"]]
    assert proposal.lines.get().outcome == "left_out"


def test_nothing_to_plan_is_an_answer(haren: Prison, organiser_anna: User) -> None:
    proposal = made(haren, organiser_anna)

    assert proposal.state == State.DONE
    assert "no_sessions" in [finding["code"] for finding in proposal.outcome["findings"]]


def test_no_seconds_still_gives_a_legal_first_plan(
    haren: Prison, organiser_anna: User, plain: list[GroupSession]
) -> None:
    proposal = made(haren, organiser_anna, seconds=0)

    assert (proposal.state, proposal.left_out) == (State.DONE, 1)


def test_a_repair_in_no_time_still_leaves_everything_where_it_stands(
    haren: Prison, organiser_anna: User, plain: list[GroupSession]
) -> None:
    proposal = made(haren, organiser_anna, aim="repair", scope="mine", seconds=0)

    assert (proposal.state, proposal.left_out, proposal.outcome["repair"]["moves"]) == (State.DONE, 1, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"last": MONDAY - dt.timedelta(days=1)}, "ends_before_start"),
        ({"first": dt.date(2026, 1, 1), "last": dt.date(2026, 2, 1)}, "span_past"),
        ({"last": MONDAY + dt.timedelta(days=400)}, "span_too_long"),
        ({"seconds": -1}, "no_seconds"),
        ({"seconds": 301}, "no_seconds"),
        ({"scope": "series"}, "no_series"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    haren: Prison, organiser_anna: User, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(PlannerError) as refusal:
        starting.start_proposal(haren, wish(**changes), by=organiser_anna, now=NOW)
    assert (refusal.value.code, refusal.value.status) == (code, 422)


def test_only_who_plans_may_ask(haren: Prison, liaison_bert: User) -> None:
    with pytest.raises(PlannerError) as refusal:
        starting.start_proposal(haren, wish(), by=liaison_bert, now=NOW)
    assert refusal.value.code == "may_not_plan"


def test_a_repair_moves_as_few_as_it_must_and_says_that_it_is_proven(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    for weekday in (1, 2):
        make_slot(haren, weekday, "08:30", "11:00")
    lost, spare = make_room(haren), make_room(haren)
    sessions = [
        make_session(make_series(haren, organisation=service), f"2026-11-{day} 09:00", room=room)
        for day, room in ((23, lost), (24, lost), (23, spare))
    ]

    proposal = made(
        haren, organiser_anna, aim="repair", scope="all", what_if=WhatIf(lost_room_id=lost.pk), seconds=10
    )

    assert proposal.outcome["repair"] | {"slot_changes": 0} == {
        "moves": 2, "slot_changes": 0, "at_least": 2, "is_minimal": True,
    } or proposal.left_out == 1  # fmt: skip
    moved = {line.sessions[0][0] for line in proposal.lines.filter(outcome="moved")}
    assert sessions[1].pk in moved
    reasons = {line.why["reason"] for line in proposal.lines.filter(outcome="moved")}
    assert reasons <= {"not_allowed", "makes_room"} and "not_allowed" in reasons
    assert proposal.outcome["compared"]["today"]["without_place"] == 0


def test_more_rooms_place_what_was_left_out(
    haren: Prison, organiser_anna: User, plain: list[GroupSession]
) -> None:
    proposal = made(haren, organiser_anna, what_if=WhatIf(more_rooms=1))

    assert proposal.left_out == 0
    assert ProposalLine.objects.filter(proposal=proposal, room=None, outcome="placed").exists()


def test_a_second_facilitator_and_another_slot_place_more(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    for _ in range(2):
        make_room(haren)
    chris = make_worker(haren)
    for _ in range(2):
        make_session(make_series(haren, organisation=service), None, week_on=MONDAY, workers=[chris])

    assert made(haren, organiser_anna).left_out == 1
    assert made(haren, organiser_anna, what_if=WhatIf(helped_worker_id=chris.pk)).left_out == 0
    assert made(haren, organiser_anna, what_if=WhatIf(slot=(2, 540, 660))).left_out == 0


def test_a_term_is_one_weekly_place_per_series(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 3, "08:30", "11:00")
    room = make_room(haren)
    for _ in range(2):
        series = make_series(haren, organisation=service)
        for week in range(4):
            make_session(series, None, week_on=MONDAY + dt.timedelta(days=7 * week))

    proposal = made(haren, organiser_anna, last=MONDAY + dt.timedelta(days=27))

    lines = list(proposal.lines.all())
    assert proposal.is_weekly and len(lines) == 2
    assert sorted(line.weekday or 0 for line in lines) == [1, 3]
    assert all(len(line.sessions) == 4 and line.on is None and line.room == room for line in lines)


def test_it_lives_and_can_be_stopped_while_the_problem_is_being_made(
    haren: Prison, organiser_anna: User, plain: list[GroupSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = starting.start_proposal(haren, wish(), by=organiser_anna, now=NOW)
    assert proposal.job_id is not None
    beats: list[int] = []
    real = jobs.progress

    def stopped_at_the_second_beat(job_pk: int, done: int, steps: int | None = None) -> bool:
        beats.append(done)
        if len(beats) == 2:
            proposal.refresh_from_db()
            starting.stop(proposal, by=organiser_anna, now=NOW)
        return real(job_pk, done, steps)

    monkeypatch.setattr(running, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(jobs, "progress", stopped_at_the_second_beat)
    monkeypatch.setattr(running, "solve", lambda *args, **hear: pytest.fail("it went on after the stop"))
    running.run(proposal.job_id)

    proposal.refresh_from_db()
    assert (beats, proposal.state, proposal.ended_at) == ([0, 0], State.STOPPED, NOW)
    assert Job.objects.get(pk=proposal.job_id).state == Job.State.STOPPED
    assert not proposal.lines.exists()


@pytest.mark.postgres
def test_another_prison_makes_its_own_at_the_same_time(
    haren: Prison, saint_gilles: Prison, organiser_anna: User, stranger_dirk: User, plain: list[GroupSession]
) -> None:
    """The turn is taken within a prison: one that is long at work keeps nobody elsewhere waiting."""
    first = starting.start_proposal(haren, wish(), by=organiser_anna, now=NOW)
    Proposal.objects.filter(pk=first.pk).update(state=State.RUNNING)
    jobs_beat = Job.objects.filter(pk=first.job_id).update(heartbeat_at=NOW)
    assert jobs_beat == 1

    there = made(saint_gilles, stranger_dirk)
    second = made(haren, organiser_anna)

    assert (there.state, second.state) == (State.DONE, State.WAITING)
