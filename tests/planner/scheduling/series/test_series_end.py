"""Ending a series by hand: shown first, one act, everybody answered, and taken back within the hour."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.requests import decisions
from enrollment.domain.slips import reply_slips
from enrollment.domain.taking_part import occupancy
from enrollment.models import Enrollment, Request, Slip
from planner.models import Notice
from planner.scheduling.placement import undo
from planner.scheduling.series import series_end
from prisons.access import access_for
from prisons.models import ChangeSet
from sessions.models import GroupSession, Series
from tests.factories import (
    at,
    make_activity,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
    signed_in,
)
from tests.pages import press

NOW = at("2026-11-25 12:00")
START = at("2026-11-16 09:00")
E = Enrollment.State


pytestmark = pytest.mark.postgres


@pytest.fixture
def worker(haren, service):
    return make_worker(haren, organisation=service)


@pytest.fixture
def group(haren, service, worker):
    make_slot(haren, 1, "08:30", "11:00")
    series = make_series(
        haren, activity=make_activity(service, "Koor"), places=2, starts_on=dt.date(2026, 11, 16), weeks=5
    )
    room = make_room(haren)
    for day in ("2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07"):
        make_session(series, f"{day} 09:00", room=room, workers=[worker], state="published")
    make_session(series, None, week_on=dt.date(2026, 12, 14))
    return series


@pytest.fixture
def people(group, organiser_anna):
    """Two placed, one waiting, one asked; the first slips are handed out."""
    rows = []
    for number in range(4):
        person = make_participant(group.prison, starts_on=dt.date(2026, 11, 1))
        note = enter_note(
            group.prison, participant=person, asks=[NoteAsk(series=group)], by=organiser_anna, now=START
        )
        row = Enrollment.objects.get(request__note=note)
        rows.append(row if number == 3 else decisions.approve(row, by=organiser_anna, now=START))
    first = Slip.objects.filter(participant=rows[0].participant_id).values_list("pk", flat=True)
    reply_slips.hand_out(group.prison, list(first), by=organiser_anna, now=START)
    return rows


def states(group):
    return list(Enrollment.objects.filter(series=group).order_by("pk").values_list("state", flat=True))


def rows_of(group):
    """Everything that the end touches and undo must give back."""
    rows = Enrollment.objects.filter(series=group).order_by("pk")
    return {
        "enrolments": list(
            rows.values_list(
                "state", "reason", "placed_from", "placed_until", "waiting_since", "hand_position"
            )
        ),
        "requests": list(Request.objects.order_by("pk").values_list("state", flat=True)),
        "sessions": list(
            GroupSession.objects.filter(series=group).order_by("pk").values_list("state", "starts_at", "room")
        ),
        "desk": sorted(reply_slips.desk(group.prison).values_list("participant_id", "kind")),
        "ended": Series.objects.get(pk=group.pk).ended_on,
        "there": occupancy(group.prison, list(group.group_sessions.values_list("pk", flat=True))),
    }


def test_what_is_shown_is_what_happens(haren, group, people, organiser_anna):
    access = access_for(organiser_anna, haren, now=NOW)
    effect = series_end.effect_of(group, now=NOW)
    assert (effect.held, len(effect.sessions), effect.slips, effect.told.workers) == (2, 3, 4, 1)
    past = occupancy(haren, [s.pk for s in group.group_sessions.filter(starts_at__lt=NOW)])
    desk = reply_slips.desk(haren).count()
    assert desk == 2, "answers of the second placed and of who waits are still to hand out"
    series_end.end(access, group, now=NOW)
    group.refresh_from_db()
    assert group.ended_on == dt.date(2026, 11, 25)
    assert states(group) == [E.ENDED, E.ENDED, E.DECLINED, E.DECLINED]
    assert sorted(slip.kind for slip in reply_slips.desk(haren)) == ["declined", "declined", "ended", "ended"]
    assert reply_slips.desk(haren).count() == effect.slips, "one slip a person, none about single sessions"
    assert GroupSession.objects.filter(series=group).live().count() == 2
    assert Notice.objects.filter(kind=Notice.Kind.CANCELLED).count() == 2
    assert not Request.objects.undecided().exists()
    assert occupancy(haren, past) == past, "lists of past dates stay what they were"


def test_undo_gives_everything_back(haren, group, people, organiser_anna):
    before = rows_of(group)
    outcome = series_end.end(access_for(organiser_anna, haren, now=NOW), group, now=NOW)
    undo.undo(outcome.change_set, by=organiser_anna, now=NOW + dt.timedelta(minutes=5))
    assert rows_of(group) == before


def test_a_series_without_sessions_to_come_is_undone_too(haren, group, people, organiser_anna):
    late = at("2026-12-22 12:00")
    group.weeks = 9
    group.save()
    before = rows_of(group)
    outcome = series_end.end(access_for(organiser_anna, haren, now=late), group, now=late)
    assert Series.objects.get(pk=group.pk).ended_on
    undo.undo(outcome.change_set, by=organiser_anna, now=late)
    assert rows_of(group) == before
    outcome.change_set.refresh_from_db()
    assert outcome.change_set.undone_by_id


def test_it_cannot_be_taken_back_once_somebody_holds_the_slip(haren, group, people, organiser_anna):
    outcome = series_end.end(access_for(organiser_anna, haren, now=NOW), group, now=NOW)
    reply_slips.hand_out(haren, [reply_slips.desk(haren).first().pk], by=organiser_anna, now=NOW)
    before = rows_of(group)
    with pytest.raises(PlannerError, match="1 person holds the slip"):
        undo.undo(outcome.change_set, by=organiser_anna, now=NOW)
    assert rows_of(group) == before


def test_who_has_left_meanwhile_gets_no_place_back(haren, group, people, organiser_anna):
    outcome = series_end.end(access_for(organiser_anna, haren, now=NOW), group, now=NOW)
    people[1].participant.stays.update(ends_on=dt.date(2026, 11, 24))
    undo.undo(outcome.change_set, by=organiser_anna, now=NOW)
    assert states(group) == [E.PLACED, E.ENDED, E.WAITING, E.REQUESTED]


def test_it_ends_once_and_only_for_its_service(haren, group, people, organiser_anna, organiser_emile):
    with pytest.raises(PermissionDenied):
        series_end.end(access_for(organiser_emile, haren, now=NOW), group, now=NOW)
    series_end.end(access_for(organiser_anna, haren, now=NOW), group, now=NOW)
    with pytest.raises(PlannerError, match="has ended already"):
        series_end.end(access_for(organiser_anna, haren, now=NOW), group, now=NOW)


@pytest.fixture
def running(haren, service):
    """A group whose dates lie around the real today, for the pages."""
    day = clock.today() + dt.timedelta(days=7)
    make_slot(haren, day.isoweekday(), "08:30", "11:00")
    series = make_series(haren, activity=make_activity(service, "Theater"), starts_on=clock.today(), weeks=8)
    start = dt.datetime.combine(day, dt.time(9), tzinfo=clock.BRUSSELS)
    make_session(series, start, room=make_room(haren), state="published")
    return series


def test_the_page_shows_ends_and_takes_back(haren, running, organiser_anna, organiser_emile, liaison_bert):
    person = make_participant(haren)
    enter_note(haren, participant=person, asks=[NoteAsk(series=running)], by=organiser_anna)
    decisions.approve(Enrollment.objects.get(), by=organiser_anna)
    page = reverse("planner:series_end", args=[haren.slug, running.pk])
    assert signed_in(organiser_emile).get(page).status_code == 403
    assert signed_in(liaison_bert).get(page).status_code == 403
    browser = signed_in(organiser_anna)
    text = browser.get(page).content.decode()
    assert "1 session to come is cancelled" in text and "1 slip to print and hand out" in text
    answer = press(browser, page, {}, follow=True)
    assert "Theater has ended. 1 person gets a slip." in answer.content.decode()
    assert '<p class="notice-title">Theater' not in answer.content.decode(), (
        "the page's own title stays out of the message"
    )
    act = ChangeSet.objects.get(verb="end_series")
    back = reverse("planner:series_reopen", args=[haren.slug, act.pk])
    assert back in answer.content.decode() and back in browser.get(page).content.decode()
    assert browser.post(page).status_code == 409, "a double click ends it once"
    assert signed_in(organiser_emile).post(back).status_code == 403
    answer = press(browser, back, {}, page=page, follow=True)
    assert "goes on: everything is as it was" in answer.content.decode()
    assert Enrollment.objects.get().state == E.PLACED
    assert browser.post(back).status_code == 409
