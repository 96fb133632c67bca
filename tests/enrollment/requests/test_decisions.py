"""Deciding on requests: the story of six notes for five places, and every refusal in words."""

import datetime as dt

import pytest

from core.errors import PlannerError
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.requests import decisions, series_end
from enrollment.domain.requests.seats import count
from enrollment.domain.slips import reply_slips
from enrollment.models import Enrollment, EnrollmentStep, Request, Skip, Slip
from prisons.models import AuditEntry
from tests.factories import (
    at,
    make_enrollment,
    make_participant,
    make_separation,
    make_series,
    make_session,
    make_unit,
)

NOW = at("2026-11-23 12:00")
E = Enrollment.State


@pytest.fixture
def group(haren, service):
    """A group of five places with two sessions to come."""
    series = make_series(haren, organisation=service, places=5, weeks=4)
    make_session(series, "2026-11-30 09:00", state="published")
    make_session(series, "2026-12-07 09:00", state="published")
    return series


def ask(series, by, person=None, now=NOW, **fields):
    person = person or make_participant(series.prison)
    note = enter_note(
        series.prison, participant=person, asks=[NoteAsk(series=series)], by=by, now=now, **fields
    )
    return Enrollment.objects.get(request__note=note)


def states(series):
    return list(Enrollment.objects.filter(series=series).order_by("pk").values_list("state", flat=True))


def kinds(person):
    return list(Slip.objects.filter(participant=person, replaced_at=None).values_list("kind", flat=True))


@pytest.mark.postgres
def test_six_requests_for_five_places(group, organiser_anna):
    six = [ask(group, organiser_anna) for _ in range(6)]
    answers = [decisions.approve(each, by=organiser_anna, now=NOW) for each in six]
    assert [each.state for each in answers] == [E.PLACED] * 5 + [E.WAITING]
    decisions.withdraw(answers[0], by=organiser_anna, now=NOW)
    assert states(group) == [E.WITHDRAWN] + [E.PLACED] * 5
    assert kinds(answers[5].participant) == [Slip.Kind.PLACED], "the slip about the list never left the desk"
    assert kinds(answers[0].participant) == [Slip.Kind.WITHDRAWN]


def test_a_decision_writes_step_slip_request_and_audit(group, organiser_anna):
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna, now=NOW)
    request = Request.objects.get()
    assert (request.state, request.decided_by, request.decided_at) == ("decided", organiser_anna, NOW)
    assert [step.verb for step in EnrollmentStep.objects.filter(enrollment=row)] == ["enter", "approve"]
    assert AuditEntry.objects.filter(verb="approve", object_id=row.pk, by=organiser_anna).exists()
    assert row.placed_from == dt.date(2026, 11, 23)


def test_a_place_of_a_group_that_met_today_runs_from_tomorrow(group, organiser_anna):
    make_session(group, "2026-11-23 09:00")
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna, now=NOW)
    assert row.placed_from == dt.date(2026, 11, 24)


def test_a_place_that_ends_stays_in_the_lists_of_its_dates(group, organiser_anna):
    make_session(group, "2026-11-23 09:00")
    row = make_enrollment(group, placed_from=dt.date(2026, 11, 1))
    ended = decisions.end(row, "dropped_out", by=organiser_anna, now=NOW)
    assert (ended.placed_from, ended.placed_until) == (dt.date(2026, 11, 1), dt.date(2026, 11, 23))
    tomorrow = NOW + dt.timedelta(days=1)
    other = decisions.withdraw(
        make_enrollment(group, placed_from=dt.date(2026, 11, 1)), by=organiser_anna, now=tomorrow
    )
    assert other.placed_until == dt.date(2026, 11, 23)


def test_a_place_that_never_ran_leaves_no_dates(group, organiser_anna):
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna, now=NOW)
    gone = decisions.withdraw(row, by=organiser_anna, now=NOW)
    assert (gone.placed_from, gone.placed_until) == (None, None)


@pytest.mark.parametrize("verb", [decisions.approve, decisions.put_on_list, decisions.withdraw])
def test_a_second_click_is_told_what_the_answer_is(group, organiser_anna, verb):
    row = ask(group, organiser_anna)
    verb(row, by=organiser_anna, now=NOW)
    if verb is decisions.put_on_list:
        decisions.withdraw(row, by=organiser_anna, now=NOW)
    with pytest.raises(PlannerError, match="That is not possible any more") as error:
        verb(row, by=organiser_anna, now=NOW)
    assert (error.value.code, error.value.status) == ("not_from_here", 409)


def test_somebody_else_was_faster(group, organiser_anna, coordinator_karim):
    row = ask(group, organiser_anna)
    decisions.decline(row, "requirement", by=coordinator_karim, now=NOW)
    with pytest.raises(PlannerError, match=r"Karim Haddad.*declined") as error:
        decisions.approve(row, by=organiser_anna, now=NOW, seen=row.version)
    assert error.value.code == "stale"
    assert states(group) == [E.DECLINED]


@pytest.mark.parametrize("verb", [decisions.decline, decisions.end])
def test_a_listed_reason_is_needed(group, organiser_anna, verb):
    with pytest.raises(PlannerError) as error:
        verb(make_enrollment(group), "because of what he did", by=organiser_anna, now=NOW)
    assert (error.value.code, error.value.status) == ("reason_missing", 422)


def test_ending_a_place_gives_it_to_the_next(group, organiser_anna):
    placed = [make_enrollment(group) for _ in range(5)]
    second = make_enrollment(group, state="waiting", requested_at=at("2026-11-03 10:00"))
    first = make_enrollment(group, state="waiting", requested_at=at("2026-11-02 10:00"))
    decisions.end(placed[0], "dropped_out", by=organiser_anna, now=NOW)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (E.PLACED, E.WAITING)
    assert count(group).held == 5


def test_who_cannot_come_is_passed_over_with_the_reason(group, haren, organiser_anna):
    placed = [make_enrollment(group) for _ in range(5)]
    gone = make_participant(haren, ends_on=dt.date(2026, 11, 20))
    first = make_enrollment(group, gone, state="waiting", requested_at=at("2026-11-02 10:00"))
    second = make_enrollment(group, state="waiting", requested_at=at("2026-11-03 10:00"))
    decisions.withdraw(placed[0], by=organiser_anna, now=NOW)
    second.refresh_from_db()
    assert second.state == E.PLACED
    step = EnrollmentStep.objects.get(enrollment=first, verb="pass_over")
    assert step.reason == "not_here"


def test_a_new_request_never_overtakes_somebody_who_can_come(group, haren, organiser_anna):
    """The place came free while the first in line was occupied; now nothing is in the way any more."""
    for _ in range(4):
        make_enrollment(group)
    first = make_enrollment(group, state="waiting")
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna, now=NOW)
    first.refresh_from_db()
    assert (first.state, row.state) == (E.PLACED, E.WAITING)


def test_in_two_places_at_once_is_refused_or_skipped(group, haren, service, organiser_anna):
    other = make_series(haren, organisation=service)
    session = make_session(other, "2026-11-30 10:00")
    person = make_enrollment(other).participant
    row = ask(group, organiser_anna, person)
    with pytest.raises(PlannerError, match="occupied") as error:
        decisions.approve(row, by=organiser_anna, now=NOW)
    assert error.value.code == "occupied"
    decisions.approve(row, by=organiser_anna, now=NOW, skip_clashing=True)
    skip = Skip.objects.get(enrollment=row)
    assert skip.session.starts_at.date() == session.starts_at.date()


def test_an_overlap_on_every_date_cannot_be_skipped(group, haren, service, organiser_anna):
    other = make_series(haren, organisation=service)
    make_session(other, "2026-11-30 10:00")
    make_session(other, "2026-12-07 09:30")
    row = ask(group, organiser_anna, make_enrollment(other).participant)
    with pytest.raises(PlannerError, match="occupied"):
        decisions.approve(row, by=organiser_anna, now=NOW, skip_clashing=True)


def test_touching_sessions_do_not_clash(group, haren, service, organiser_anna):
    other = make_series(haren, organisation=service)
    make_session(other, "2026-11-30 10:30")
    row = ask(group, organiser_anna, make_enrollment(other).participant)
    assert decisions.approve(row, by=organiser_anna, now=NOW).state == E.PLACED


def test_kept_apart_says_only_that_it_cannot(group, haren, organiser_anna):
    inside = make_enrollment(group, make_participant(haren, "Secretname, Piet")).participant
    person = make_participant(haren)
    make_separation(haren, inside, person)
    with pytest.raises(PlannerError) as error:
        decisions.approve(ask(group, organiser_anna, person), by=organiser_anna, now=NOW)
    assert error.value.code == "cannot"
    assert "Secretname" not in str(error.value)


def test_for_other_units_only(group, haren, organiser_anna):
    group.units.add(make_unit(haren, "3"))
    person = make_participant(haren, unit=make_unit(haren, "4"))
    with pytest.raises(PlannerError, match="not for the living unit") as error:
        decisions.approve(ask(group, organiser_anna, person), by=organiser_anna, now=NOW)
    assert error.value.code == "unit"


def test_men_and_women_are_not_in_one_group(group, haren, organiser_anna):
    make_enrollment(group, make_participant(haren, unit=make_unit(haren, population="men")))
    woman = make_participant(haren, unit=make_unit(haren, population="women"))
    row = ask(group, organiser_anna, woman)
    with pytest.raises(PlannerError, match="Men and women"):
        decisions.approve(row, by=organiser_anna, now=NOW)
    haren.separates_populations = False
    haren.rules_version += 1
    haren.save()
    assert decisions.approve(row, by=organiser_anna, now=NOW).state == E.PLACED


def test_a_series_that_ended_takes_nobody(group, organiser_anna):
    row = ask(group, organiser_anna)
    group.ended_on = dt.date(2026, 11, 23)
    group.save()
    with pytest.raises(PlannerError, match="has ended"):
        decisions.approve(row, by=organiser_anna, now=NOW)


def test_taking_back_opens_the_request_and_gives_the_place_on(group, organiser_anna):
    for _ in range(4):
        make_enrollment(group)
    last = decisions.approve(ask(group, organiser_anna), by=organiser_anna, now=NOW)
    waiting = decisions.approve(ask(group, organiser_anna), by=organiser_anna, now=NOW)
    assert waiting.state == E.WAITING
    back = decisions.take_back(last, by=organiser_anna, now=NOW)
    waiting.refresh_from_db()
    assert (back.state, waiting.state) == (E.REQUESTED, E.PLACED)
    assert Request.objects.get(enrollment=back).state == "open"
    assert kinds(back.participant) == []


def test_what_was_handed_out_is_not_taken_back(group, haren, organiser_anna):
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna, now=NOW)
    reply_slips.hand_out(
        haren, list(reply_slips.desk(haren).values_list("pk", flat=True)), by=organiser_anna, now=NOW
    )
    with pytest.raises(PlannerError, match="handed out"):
        decisions.take_back(row, by=organiser_anna, now=NOW)


def test_taking_back_a_withdrawal_keeps_the_dates_of_the_old_place(group, organiser_anna):
    row = ask(group, organiser_anna)
    decisions.approve(row, by=organiser_anna, now=NOW)
    later = at("2026-12-01 12:00")
    reply_slips.hand_out(
        group.prison,
        list(reply_slips.desk(group.prison).values_list("pk", flat=True)),
        by=organiser_anna,
        now=NOW,
    )
    decisions.withdraw(row, by=organiser_anna, now=later)
    again = decisions.take_back(row, by=organiser_anna, now=later)
    row.refresh_from_db()
    assert again.pk != row.pk and again.state == E.REQUESTED and again.request_id
    assert (row.placed_from, row.placed_until) == (dt.date(2026, 11, 23), dt.date(2026, 11, 30))


def test_when_a_series_ends_everybody_gets_an_answer(group, haren, organiser_anna):
    placed, waiting = make_enrollment(group), make_enrollment(group, state="waiting")
    asked = ask(group, organiser_anna)
    assert series_end.end_series(group, by=organiser_anna, now=NOW) == 3
    assert states(group) == [E.ENDED, E.DECLINED, E.DECLINED]
    people = {placed.participant_id, waiting.participant_id, asked.participant_id}
    assert set(reply_slips.desk(haren).values_list("participant_id", flat=True)) == people
    assert not Request.objects.undecided().exists()
