"""The pages of proposals: asking, watching, reading, mending, accepting."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from core.dates import clock
from planner.models import Proposal, ProposalLine
from planner.proposals import running, starting
from planner.proposals.starting import PlanningWish
from prisons.models import ChangeSet, Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import (
    at,
    make_closure,
    make_enrollment,
    make_participant,
    make_room,
    make_separation,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_worker,
    signed_in,
)
from tests.pages import flat, press
from tests.planner.proposals.worlds import MONDAY, NOW

pytestmark = pytest.mark.django_db
State = Proposal.State
HERE = "/p/haren/board/proposals/"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 2, "08:30", "11:00")
    return make_room(haren, name="Class A")


@pytest.fixture
def tray(haren: Prison, service: Organisation, room: Room) -> list[GroupSession]:
    return [
        make_session(make_series(haren, organisation=service, label=str(n)), None, week_on=MONDAY)
        for n in range(3)
    ]


def made(prison: Prison, by: User, **changes: Any) -> Proposal:
    fields = {"first": MONDAY, "last": MONDAY + dt.timedelta(days=6), "seconds": 0} | changes
    proposal = starting.start_proposal(prison, PlanningWish(**fields), by=by, now=NOW)
    assert proposal.job_id is not None
    running.run(proposal.job_id)
    proposal.refresh_from_db()
    return proposal


def page(user: User, path: str, status: int = 200, **options: Any) -> str:
    answer = signed_in(user).get(path, **options)
    assert answer.status_code == status
    return flat(answer)


def test_an_empty_list_says_what_to_do(haren: Prison, organiser_anna: User) -> None:
    text = page(organiser_anna, HERE)
    assert (
        "No proposals yet" in text and f"{HERE}mend/" in text and "/board/term/copy/?conflicts=mend" in text
    )


@pytest.mark.parametrize("path", ["", "mend/", "from-nothing/", "by-hand/"])
def test_only_who_plans_comes_here(haren: Prison, liaison_bert: User, path: str) -> None:
    page(liaison_bert, HERE + path, 403)


def test_asking_starts_a_job_and_shows_that_it_waits(
    haren: Prison, organiser_anna: User, tray: list[GroupSession]
) -> None:
    term = make_term(haren, starts_on=MONDAY, ends_on=MONDAY + dt.timedelta(days=60))
    client = signed_in(organiser_anna)
    assert f'value="{term.pk}"' in flat(client.get(f"{HERE}mend/"))

    answer = client.post(
        f"{HERE}mend/", {"term": term.pk, "scope": "mine", "preset": "movements", "seconds": "60"}
    )

    proposal = Proposal.objects.get()
    assert answer.headers["Location"] == f"{HERE}{proposal.pk}/"
    assert (proposal.aim, proposal.is_weekly, proposal.preset) == ("repair", True, "movements")
    text = page(organiser_anna, f"{HERE}{proposal.pk}/")
    assert "It waits for its turn" in text and 'hx-trigger="every 2s"' in text


def test_a_repair_may_suppose_that_something_is_lost(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    chris = make_worker(haren, name="Chris Maes")
    make_room(haren)
    make_session(make_series(haren, organisation=service), "2026-11-23 09:00", room=room, workers=[chris])
    client = signed_in(organiser_anna)
    assert "Chris Maes" in flat(client.get(f"{HERE}mend/"))
    assert "lost_room" not in flat(client.get(f"{HERE}from-nothing/"))
    wish = {"first": "2026-11-23", "last": "2026-11-29", "scope": "all", "preset": "calm", "seconds": "15"}

    for name, row, outcome in (("lost_room", room, "moved"), ("lost_worker", chris, "left_out")):
        client.post(f"{HERE}mend/", wish | {name: row.pk})
        proposal = Proposal.objects.first()
        assert proposal is not None and proposal.job_id is not None
        running.run(proposal.job_id)
        assert proposal.lines.get().outcome == outcome
        assert str(row) in page(organiser_anna, f"{HERE}{proposal.pk}/")


def test_a_plan_from_nothing_may_suppose_another_slot_and_a_second_facilitator(
    haren: Prison, service: Organisation, organiser_anna: User, tray: list[GroupSession]
) -> None:
    worker, client = make_worker(haren, name="Marie", organisation=service), signed_in(organiser_anna)
    data: dict[str, Any] = {
        "first": "2026-11-23", "last": "2026-11-29", "scope": "tray", "preset": "calm", "seconds": 15,
        "helped_worker": worker.pk, "more_on": 3, "more_from": "18:00",
    }  # fmt: skip
    refused = client.post(f"{HERE}from-nothing/", data)
    assert refused.status_code == 422 and not Proposal.objects.exists()
    assert "Give another time slot its day, its beginning and its end." in flat(refused)
    backwards = flat(client.post(f"{HERE}from-nothing/", data | {"more_until": "17:00"}))
    assert "The end must come after the beginning." in backwards

    client.post(f"{HERE}from-nothing/", data | {"more_until": "20:00"})

    proposal = Proposal.objects.get()
    assert proposal.what_if == {"slot": [3, 1080, 1200], "helped_worker_id": worker.pk}
    text = page(organiser_anna, f"{HERE}{proposal.pk}/")
    assert "If there were a slot on Wednesday 18:00–20:00." in text
    assert "If a second facilitator helped Marie." in text
    assert 'name="more_on"' not in page(organiser_anna, f"{HERE}mend/")


def test_a_span_that_cannot_be_is_said_at_its_field(haren: Prison, organiser_anna: User) -> None:
    client = signed_in(organiser_anna)
    wish = {"scope": "tray", "preset": "calm", "seconds": "15", "first": "2026-12-01", "last": "2026-11-30"}

    answer = client.post(f"{HERE}from-nothing/", wish)
    assert answer.status_code == 422 and "must not come before" in flat(answer)

    answer = client.post(f"{HERE}from-nothing/", wish | {"first": "", "last": ""})
    assert answer.status_code == 422 and "Choose a term" in flat(answer)
    assert not Proposal.objects.exists()


def test_progress_is_a_part_and_ends_by_opening_the_whole_page(
    haren: Prison, organiser_anna: User, tray: list[GroupSession]
) -> None:
    proposal = starting.start_proposal(
        haren, PlanningWish(MONDAY, MONDAY, seconds=60), by=organiser_anna, now=NOW
    )
    Proposal.objects.update(state="running", cost=12, bound=7, left_out=1)
    client = signed_in(organiser_anna)

    text = flat(client.get(f"{HERE}{proposal.pk}/", headers={"HX-Request": "true"}))
    assert "12 points" in text and ">7<" in text and "<html" not in text

    Proposal.objects.update(state="done")
    answer = client.get(f"{HERE}{proposal.pk}/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"{HERE}{proposal.pk}/"


def test_the_result_names_what_is_left_out_and_what_would_have_to_give(
    haren: Prison, organiser_anna: User, tray: list[GroupSession]
) -> None:
    text = page(organiser_anna, f"{HERE}{made(haren, organiser_anna, seconds=20).pk}/")

    assert "2 placed, 1 left out" in text
    assert "These 3 cannot all have a place" in text
    assert "There are not enough rooms" in text and "What would help:" in text
    assert "Accept all" in text and "Class A" in text


def test_people_kept_apart_leave_no_trace_in_words_or_bytes(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    make_room(haren)
    people = [make_participant(haren, f"Geheim{n}, Jan") for n in range(3)]
    for one, other in ((0, 1), (1, 2), (0, 2)):
        make_separation(haren, people[one], people[other])
    for person in people:
        series = make_series(haren, organisation=service)
        make_enrollment(series, person)
        make_session(series, None, week_on=MONDAY)

    proposal = made(haren, organiser_anna, seconds=20)

    why = proposal.lines.get(outcome="left_out").why
    assert {"code": "keep_apart"} in why["causes"]
    text = page(organiser_anna, f"{HERE}{proposal.pk}/")
    assert "They cannot be in one slot." in text
    assert "Geheim" not in text and "apart" not in text.replace("keep-apart", "apart").lower()


def accepted(client: Client, proposal: Proposal, action: str, **extra: Any) -> Any:
    """As the page shows it."""
    page = f"{HERE}{proposal.pk}/"
    return press(client, f"{page}accept/", {"action": action}, page=page, **extra)


def test_accepting_all_enters_it_with_an_undo(
    haren: Prison, organiser_anna: User, tray: list[GroupSession], room: Room
) -> None:
    proposal = made(haren, organiser_anna)
    client = signed_in(organiser_anna)

    answer = accepted(client, proposal, "all", follow=True)

    assert GroupSession.objects.filter(room=room).count() == 2
    text = flat(answer)
    assert "2 sessions are entered." in text
    assert f"/undo/{ChangeSet.objects.get().pk}/" in text or "undo" in text


def test_ticking_nothing_is_said(haren: Prison, organiser_anna: User, tray: list[GroupSession]) -> None:
    proposal = made(haren, organiser_anna)
    answer = accepted(signed_in(organiser_anna), proposal, "ticked")
    assert answer.status_code == 422
    assert "Tick at least one line" in flat(answer)


def test_another_services_reader_sees_it_but_cannot_accept(
    haren: Prison, organiser_anna: User, organiser_emile: User, tray: list[GroupSession]
) -> None:
    proposal = made(haren, organiser_anna)
    assert "Accept all" not in page(organiser_emile, f"{HERE}{proposal.pk}/")
    answer = signed_in(organiser_emile).post(f"{HERE}{proposal.pk}/accept/", {"action": "all"})
    assert answer.status_code == 403


def test_a_line_is_put_elsewhere_by_hand_and_a_taken_place_is_refused(
    haren: Prison, service: Organisation, organiser_anna: User, tray: list[GroupSession], room: Room
) -> None:
    other = make_room(haren, name="Class B")
    make_session(make_series(haren, organisation=service), "2026-11-24 08:30", minutes=150, room=other)
    proposal = made(haren, organiser_anna)
    line = proposal.lines.filter(outcome="placed").first()
    assert line is not None
    client, path = signed_in(organiser_anna), f"{HERE}{proposal.pk}/lines/{line.pk}/"

    answer = client.post(path, {"slot": "2026-11-24/510-660", "room": other.pk})
    assert answer.status_code == 409 and "Class B is taken" in flat(answer)

    answer = client.post(path, {"slot": "2026-11-23/510-660", "room": other.pk, "starts": "09:15"})
    if answer.status_code == 409:  # the planner has put another of them there
        line = proposal.lines.get(on=MONDAY, room=other)
        answer = client.post(
            f"{HERE}{proposal.pk}/lines/{line.pk}/",
            {"slot": "2026-11-23/510-660", "room": other.pk, "starts": "09:15"},
        )
    assert answer.status_code == 302
    line.refresh_from_db()
    assert (line.room, line.starts) == (other, dt.time(9, 15))


def test_a_line_is_left_out_and_taken_in_again(
    haren: Prison, organiser_anna: User, tray: list[GroupSession], room: Room
) -> None:
    proposal = made(haren, organiser_anna)
    line = proposal.lines.filter(outcome="placed").first()
    assert line is not None
    client, path = signed_in(organiser_anna), f"{HERE}{proposal.pk}/lines/{line.pk}/leave/"

    client.post(path)
    accepted(client, proposal, "all")
    assert GroupSession.objects.filter(room=room).count() == 1

    client.post(path)
    line.refresh_from_db()
    assert line.answer == ProposalLine.Answer.OPEN


def test_a_proposal_by_hand_collects_moves_that_go_together(
    haren: Prison, organiser_anna: User, tray: list[GroupSession], room: Room
) -> None:
    client = signed_in(organiser_anna)
    client.post(f"{HERE}by-hand/", {"first": "2026-11-23", "last": "2026-11-29"})
    proposal = Proposal.objects.get()
    assert "Nothing is in it yet" in page(organiser_anna, f"{HERE}{proposal.pk}/")
    goal = {"slot": "2026-11-23/510-660", "room": room.pk}

    add = f"{HERE}{proposal.pk}/add/"
    assert client.post(add, goal | {"session": tray[0].pk}).status_code == 302
    refused = client.post(add, goal | {"session": tray[1].pk})
    assert refused.status_code == 409 and "Class A is taken" in flat(refused)
    again = client.post(add, goal | {"session": tray[0].pk})
    assert again.status_code == 409 and "stands in the proposal already" in flat(again)

    accepted(client, proposal, "all")
    tray[0].refresh_from_db()
    assert tray[0].room == room


def test_why_not_there_answers_for_any_cell(
    haren: Prison, service: Organisation, organiser_anna: User, tray: list[GroupSession], room: Room
) -> None:
    small = make_room(haren, name="Cupboard", capacity=2)
    chris = make_worker(haren, name="Chris Maes")
    make_session(make_series(haren, organisation=service), "2026-11-23 09:00", workers=[chris])
    proposal = made(haren, organiser_anna)
    line = proposal.lines.first()
    assert line is not None
    path = f"{HERE}{proposal.pk}/why/?line={line.pk}&slot=2026-11-23/510-660&room="

    assert "Cupboard holds 2" in page(organiser_anna, f"{path}{small.pk}")
    free = make_room(haren, name="Gym", capacity=30)
    assert "Nothing stands in the way" in page(organiser_anna, f"{path}{free.pk}")
    assert "Choose what" in page(organiser_anna, f"{HERE}{proposal.pk}/why/")


def test_two_are_laid_side_by_side_and_a_room_more_is_only_supposed(
    haren: Prison, organiser_anna: User, tray: list[GroupSession]
) -> None:
    proposal = made(haren, organiser_anna)
    client = signed_in(organiser_anna)
    client.post(f"{HERE}{proposal.pk}/again/", {"more_rooms": "1"})
    richer = Proposal.objects.exclude(pk=proposal.pk).get()
    assert richer.job_id is not None
    running.run(richer.job_id)

    text = page(organiser_anna, f"{HERE}compare/?with={proposal.pk}&with={richer.pk}")
    assert "If there were 1 room more." in text and "Left out" in text
    assert "Accept all" not in page(organiser_anna, f"{HERE}{richer.pk}/")
    answer = client.get(f"{HERE}compare/?with={proposal.pk}", follow=True)
    assert "Tick two proposals" in flat(answer)


def test_discarding_and_stopping(haren: Prison, organiser_anna: User, tray: list[GroupSession]) -> None:
    client = signed_in(organiser_anna)
    proposal = made(haren, organiser_anna)
    client.post(f"{HERE}{proposal.pk}/discard/")
    proposal.refresh_from_db()
    assert proposal.state == State.DISCARDED

    waiting = starting.start_proposal(haren, PlanningWish(MONDAY, MONDAY), by=organiser_anna, now=NOW)
    client.post(f"{HERE}{waiting.pk}/stop/")
    waiting.refresh_from_db()
    assert waiting.state == State.STOPPED
    assert "It had found nothing yet" in page(organiser_anna, f"{HERE}{waiting.pk}/")


def test_an_announced_closure_offers_to_move_out_of_its_way(
    haren: Prison, service: Organisation, coordinator_karim: User, room: Room
) -> None:
    spare = make_room(haren, name="Spare")
    hit = make_session(
        make_series(haren, organisation=service), "2026-11-23 09:00", room=room, state="published"
    )
    make_session(make_series(haren, organisation=service), "2026-11-24 09:00", room=spare)
    closure = make_closure(
        haren, at("2026-11-23 00:00"), at("2026-11-24 00:00"), room=room, state="announced"
    )
    assert f"/p/haren/closures/{closure.pk}/repair/" in page(
        coordinator_karim, f"/p/haren/closures/{closure.pk}/"
    )

    signed_in(coordinator_karim).post(f"/p/haren/closures/{closure.pk}/repair/")

    proposal = Proposal.objects.get()
    Proposal.objects.update(seconds=10)
    assert proposal.job_id is not None
    running.run(proposal.job_id)
    line = proposal.lines.get()
    assert (line.sessions[0][0], line.outcome) == (hit.pk, "moved")
    assert "1 of these sessions is published" in page(coordinator_karim, f"{HERE}{proposal.pk}/")
    assert "1 move. Fewer is not possible: this is proven." in page(
        coordinator_karim, f"{HERE}{proposal.pk}/"
    )


def test_a_confirmed_closure_is_too_late_for_a_repair(
    haren: Prison, coordinator_karim: User, room: Room
) -> None:
    closure = make_closure(haren, at("2026-11-23 00:00"), at("2026-11-24 00:00"), room=room)
    answer = signed_in(coordinator_karim).post(f"/p/haren/closures/{closure.pk}/repair/")
    assert answer.status_code == 409


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_asks_as_often_for_many_lines_as_for_one(
    haren: Prison,
    service: Organisation,
    organiser_anna: User,
    room: Room,
    count: int,
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(12):
        make_room(haren)
    for _ in range(count):
        make_session(make_series(haren, organisation=service), None, week_on=MONDAY)
    proposal = made(haren, organiser_anna)
    client = signed_in(organiser_anna)
    client.get(f"{HERE}{proposal.pk}/")

    with django_assert_max_num_queries(32):
        client.get(f"{HERE}{proposal.pk}/")
