"""Leaving, being away, what time ends by itself, new arrivals, and forgetting."""

import datetime as dt

import pytest

from core.dates import clock
from core.errors import PlannerError
from enrollment import tasks
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.participants import continuity, forgetting, held, people, transfer, welcome
from enrollment.domain.requests import decisions, endings, inbox
from enrollment.domain.slips import slip_text
from enrollment.domain.taking_part import occupancy
from enrollment.models import Attendance, Enrollment, Participant, Request, Slip
from prisons.access import access_for
from prisons.models import AuditEntry, Todo
from tests.factories import (
    at,
    make_enrollment,
    make_fixed_block,
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
    series = make_series(haren, organisation=service, places=1, weeks=4)
    make_session(series, "2026-11-30 09:00", state="published")
    make_session(series, "2026-12-07 09:00", state="published")
    return series


def test_who_leaves_gives_the_place_on_and_open_requests_end_as_left(group, haren, organiser_anna):
    row = make_enrollment(group, placed_from=dt.date(2026, 11, 1))
    waiting = make_enrollment(group, state="waiting")
    note = enter_note(
        haren,
        participant=row.participant,
        asks=[NoteAsk(activity=group.activity)],
        by=organiser_anna,
        now=NOW,
    )
    left = continuity.leave(row.participant, haren, by=organiser_anna, now=NOW)
    row.refresh_from_db(), waiting.refresh_from_db()
    assert (left.ended, left.unanswered, left.filled) == (1, 1, 1)
    assert (row.state, row.placed_until, waiting.state) == (E.ENDED, dt.date(2026, 11, 22), E.PLACED)
    assert Request.objects.get(note=note).state == "left"
    assert not Slip.objects.filter(participant=row.participant).exists(), "nobody is there to read it"


def test_a_decision_that_was_never_handed_out_ends_as_left_too(group, haren, organiser_anna):
    person = make_participant(haren)
    enter_note(haren, participant=person, asks=[NoteAsk(series=group)], by=organiser_anna, now=NOW)
    decisions.decline(Enrollment.objects.get(), "full", by=organiser_anna, now=NOW)
    continuity.leave(person, haren, by=organiser_anna, now=NOW)
    assert Request.objects.get().state == "left"
    assert not Slip.objects.on_the_desk().exists()


def test_a_date_to_come_is_settled_in_its_night(group, haren, organiser_anna):
    row = make_enrollment(group)
    continuity.leave(row.participant, haren, on=dt.date(2026, 12, 1), by=organiser_anna, now=NOW)
    row.refresh_from_db()
    assert row.state == E.PLACED
    there = occupancy(haren, [s.pk for s in group.group_sessions.all()])
    assert [len(there[s.pk]) for s in group.group_sessions.order_by("starts_at")] == [1, 0]
    continuity.settle(haren, now=at("2026-12-02 03:00"))
    row.refresh_from_db()
    assert row.state == E.ENDED


def test_away_keeps_the_place_for_21_days(group, haren, organiser_anna):
    row, waiting = make_enrollment(group), make_enrollment(group, state="waiting")
    continuity.go_away(row.participant, haren, by=organiser_anna, now=NOW)
    session = group.group_sessions.first()
    assert occupancy(haren, [session.pk])[session.pk] == frozenset()
    continuity.settle(haren, now=NOW + dt.timedelta(days=21))
    row.refresh_from_db()
    assert row.state == E.PLACED
    continuity.settle(haren, now=NOW + dt.timedelta(days=22))
    row.refresh_from_db(), waiting.refresh_from_db()
    assert (row.state, waiting.state) == (E.ENDED, E.PLACED)


def test_back_again_comes_back_to_the_group(group, haren, organiser_anna):
    row = make_enrollment(group)
    continuity.go_away(row.participant, haren, by=organiser_anna, now=NOW)
    continuity.come_back(row.participant, haren, by=organiser_anna, now=at("2026-12-01 08:00"))
    first, second = group.group_sessions.order_by("starts_at")
    there = occupancy(haren, [first.pk, second.pk])
    assert (len(there[first.pk]), len(there[second.pk])) == (0, 1)


def test_a_series_that_is_over_answers_everybody_who_waits(group, haren, organiser_anna):
    placed, waiting = make_enrollment(group), make_enrollment(group, state="waiting")
    asked = make_enrollment(group, state="requested")
    assert endings.close_series(haren, now=at("2026-12-07 12:00")) == 0
    assert endings.close_series(haren, now=at("2027-01-04 03:00")) == 3
    states = [Enrollment.objects.get(pk=each.pk).state for each in (placed, waiting, asked)]
    assert states == [E.ENDED, E.DECLINED, E.DECLINED]
    assert set(Slip.objects.values_list("participant_id", flat=True)) == {
        waiting.participant_id,
        asked.participant_id,
    }


def mark(group, person, *marks):
    for week, value in enumerate(marks):
        session = make_session(group, at("2026-10-05 09:00") + dt.timedelta(weeks=week))
        if value:
            Attendance.objects.create(session=session, participant=person, mark=value, at=NOW)


@pytest.mark.parametrize(
    ("marks", "signals"),
    [
        (["declined_self", "declined_self"], True),
        (["present", "declined_self", "declined_self"], True),
        (["declined_self", "present", "declined_self"], False),
        (["declined_self", "declined_self", "present"], False),
        (
            ["declined_self", "not_brought", "declined_self"],
            True,
        ),  # the prison's fault neither counts nor breaks
        (["declined_staff", "declined_staff"], False),  # said by staff never counts
        (["excused", "excused"], False),
        (["declined_self", "", "declined_self"], True),
    ],
)
def test_the_drop_out_signal(group, haren, service, organiser_anna, marks, signals):
    row = make_enrollment(group)
    mark(group, row.participant, *marks)
    assert endings.ask_for_talks(haren, now=NOW) == int(signals)
    assert endings.ask_for_talks(haren, now=NOW) == 0, "asked for once"
    assert len(inbox.lines(access_for(organiser_anna, haren))) == int(signals)


def test_a_talk_that_took_place_is_not_asked_for_again(group, haren, organiser_anna):
    row, access = make_enrollment(group), access_for(organiser_anna, haren)
    mark(group, row.participant, "declined_self", "declined_self")
    endings.ask_for_talks(haren, now=NOW)
    inbox.acknowledge(access, [Todo.objects.get().pk], by=organiser_anna)
    assert endings.ask_for_talks(haren, now=NOW) == 0 and not inbox.lines(access)


def test_new_arrivals_who_have_nothing_yet(group, haren, organiser_anna):
    new = make_participant(haren, starts_on=dt.date(2026, 11, 20))
    make_participant(haren, starts_on=dt.date(2026, 11, 1))
    make_enrollment(group, make_participant(haren, starts_on=dt.date(2026, 11, 20)))
    asked = make_participant(haren, starts_on=dt.date(2026, 11, 20))
    enter_note(haren, participant=asked, asks=[NoteAsk(activity=group.activity)], by=organiser_anna, now=NOW)
    moved = make_participant(haren, starts_on=dt.date(2026, 10, 1))
    people.move(moved, haren, make_unit(haren), "5", by=organiser_anna, now=NOW)
    assert [each.participant for each in welcome.new_arrivals(haren, now=NOW)] == [new]


def test_forgetting_keeps_the_numbers_and_no_name(group, haren, organiser_anna):
    person = make_participant(
        haren,
        "Geheim, Piet",
        register_number="777",
        ends_on=dt.date(2025, 1, 1),
        starts_on=dt.date(2024, 1, 1),
    )
    staying = make_participant(haren, "Blijft, Jan")
    row = make_enrollment(
        group, person, state="ended", placed_from=dt.date(2024, 2, 1), placed_until=dt.date(2024, 5, 1)
    )
    make_fixed_block(person, haren)
    make_separation(haren, person, staying)
    assert list(forgetting.to_forget(now=NOW)) == [person]
    assert forgetting.forget_released(now=NOW) == 1 and forgetting.forget_released(now=NOW) == 0
    person.refresh_from_db(), row.refresh_from_db()
    assert (person.last_name, person.first_name) == ("–", "") and person.stays.get().register_number == ""
    assert row.placed_from and not person.fixed_blocks.exists() and Participant.objects.count() == 2
    assert AuditEntry.objects.filter(verb="anonymise", object_id=person.pk).exists()


def test_somebody_who_came_back_is_not_forgotten(haren):
    person = make_participant(haren, ends_on=dt.date(2025, 1, 1), starts_on=dt.date(2024, 1, 1))
    person.stays.create(prison=haren, starts_on=dt.date(2026, 11, 1))
    assert not forgetting.to_forget(now=NOW).exists()


def test_everything_about_somebody_can_be_exported(group, haren):
    row = make_enrollment(group, make_participant(haren, "Geheim, Piet", register_number="777"))
    facts = held.everything_about(row.participant)
    assert facts["stays"][0]["register_number"] == "777" and facts["enrolments"][0]["state"] == "placed"


def test_the_worker_does_all_of_it_twice_without_harm(group, haren):
    make_enrollment(group, make_participant(haren, ends_on=clock.today() - dt.timedelta(days=1)))
    tasks.tend_people()
    before = list(Enrollment.objects.values())
    tasks.tend_people()
    assert list(Enrollment.objects.values()) == before and before[0]["state"] == E.ENDED


# --- to another prison ------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(saint_gilles, service):
    service.prisons.add(saint_gilles)
    return saint_gilles


def test_without_consent_a_letter_says_whom_to_ask(group, haren, elsewhere, organiser_anna):
    row = make_enrollment(group)
    done = transfer.transfer(row.participant, haren, elsewhere, by=organiser_anna, now=NOW)
    row.refresh_from_db()
    assert (row.state, done.carried, done.to_ask) == (E.ENDED, (), (group.activity.organisation_id,))
    assert not Request.objects.in_prison(elsewhere).exists()
    letter = Slip.objects.get(participant=row.participant, replaced_at=None)
    text = slip_text.write(letter, "nl")
    assert "De Brug" in text.body and str(group.activity) not in text.body


def test_with_consent_the_request_goes_along(group, haren, elsewhere, service, organiser_anna):
    row = make_enrollment(group)
    row.participant.consents.create(organisation=service, given_on=NOW.date())
    done = transfer.transfer(row.participant, haren, elsewhere, by=organiser_anna, now=NOW)
    request = Request.objects.in_prison(elsewhere).get()
    assert (done.carried, request.activity, request.organisation) == ((service.pk,), group.activity, service)
    assert not Slip.objects.on_the_desk().exists()
    assert people.stay_of(row.participant, elsewhere, NOW.date()) and not Enrollment.objects.live().exists()


def test_a_service_that_does_not_work_there_is_not_named(group, haren, saint_gilles, organiser_anna):
    done = transfer.transfer(
        make_enrollment(group).participant, haren, saint_gilles, by=organiser_anna, now=NOW
    )
    assert (done.carried, done.to_ask) == ((), ()) and not Slip.objects.on_the_desk().exists()


def test_nobody_is_in_two_prisons(group, haren, elsewhere, organiser_anna):
    person = make_participant(haren)
    person.stays.create(prison=elsewhere, starts_on=dt.date(2026, 11, 1))
    with pytest.raises(PlannerError, match="there already"):
        transfer.transfer(person, haren, elsewhere, by=organiser_anna, now=NOW)
    assert people.stay_of(person, haren, NOW.date())
