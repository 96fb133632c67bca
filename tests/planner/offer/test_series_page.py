"""The page of a series finishes the job: its dates as rows, what is still to be done, rooms best first, publishing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from planner.scheduling.choices.room_fits import fits_of, wanting_a_room
from prisons.models import Organisation, Prison, User
from sessions.models import Cancellation, GroupSession, Series, SkippedDate
from tests.factories import (
    at,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_unit,
    make_worker,
    signed_in,
)
from tests.pages import flat, seen_on

pytestmark = pytest.mark.postgres
TUESDAYS = ["2050-01-11", "2050-01-18", "2050-01-25", "2050-02-01"]


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


@pytest.fixture
def series(haren: Prison, service: Organisation) -> Series:
    """Four Tuesdays at nine, drafts without a room; the term ends before the last two."""
    make_slot(haren, 2, "08:30", "11:00")
    term = make_term(haren, starts_on=dt.date(2050, 1, 3), ends_on=dt.date(2050, 1, 23))
    found = make_series(
        haren, organisation=service, places=8, term=term, starts_on=dt.date(2050, 1, 11), weeks=4
    )
    for day in TUESDAYS:
        make_session(found, f"{day} 09:00", state="draft")
    return found


def url(name: str, series: Series) -> str:
    return reverse(name, args=[series.prison.slug, series.pk])


def page(client: Client, series: Series) -> str:
    return flat(client.get(url("enrollment:series_detail", series)))


def test_dates_are_rows_with_what_is_to_be_done(anna: Client, series: Series, service: Organisation) -> None:
    first, second, third, _fourth = GroupSession.objects.filter(series=series).order_by("starts_at")
    room, leader = make_room(series.prison, name="Class 2"), make_worker(series.prison, name="Leen Baert")
    GroupSession.objects.filter(pk=first.pk).update(room=room, state="published")
    first.session_workers.create(worker=leader)
    GroupSession.objects.filter(pk=second.pk).update(room=room)
    GroupSession.objects.filter(pk=third.pk).update(state="cancelled")
    Cancellation.objects.create(session=third, was_state="draft", reason="room", at=at("2049-01-01 09:00"))
    SkippedDate.objects.create(series=series, on=dt.date(2050, 2, 8), reason="holiday")

    shown = page(anna, series)

    for words in ("Class 2", "Leen Baert", reverse("planner:session_detail", args=["haren", first.pk])):
        assert words in shown
    assert "<strong>2</strong> drafts" in shown and "<strong>1</strong> without room" in shown
    assert url("planner:series_rooms", series) in shown and "Publish 1" in shown
    assert str(SkippedDate.Reason.HOLIDAY.label) in shown


def test_the_prison_sees_no_draft(series: Series, liaison_bert: User) -> None:
    draft = GroupSession.objects.filter(series=series).earliest("starts_at")
    other = GroupSession.objects.filter(series=series).latest("starts_at")
    GroupSession.objects.filter(pk=other.pk).update(state="published")
    shown = page(signed_in(liaison_bert), series)
    assert reverse("planner:session_detail", args=["haren", other.pk]) in shown
    assert reverse("planner:session_detail", args=["haren", draft.pk]) not in shown
    assert url("planner:series_publish", series) not in shown


def test_another_service_plans_nothing_here(series: Series, organiser_emile: User) -> None:
    client = signed_in(organiser_emile)
    assert url("planner:series_publish", series) not in page(client, series)
    for name in ("planner:series_publish", "planner:series_rooms"):
        assert client.get(url(name, series)).status_code == 403
        assert client.post(url(name, series), {"seen": "x", "room": "1"}).status_code == 403


def test_rooms_stand_best_first_with_the_reasons_of_the_rest(series: Series, haren: Prison) -> None:
    tight, large = make_room(haren, name="Tight", capacity=8), make_room(haren, name="Large", capacity=30)
    taken, small = make_room(haren, name="Taken", capacity=8), make_room(haren, name="Small", capacity=4)
    in_a_unit = make_room(haren, name="In a unit", capacity=8, inside_unit=make_unit(haren))
    make_session(make_series(haren), f"{TUESDAYS[1]} 09:30", room=taken)

    fits = fits_of(haren, wanting_a_room(series))

    assert [fit.room.room_id for fit in fits] == [tight.pk, large.pk, in_a_unit.pk, taken.pk, small.pk]
    assert [len(fit.free) for fit in fits] == [4, 4, 4, 3, 0]
    (refused,) = fits[3].refused
    assert [conflict.code for conflict in refused.reasons] == ["room_taken"]
    assert {one.conflicts[0].code for one in fits[4].refused} == {"room_too_small"}


def test_one_click_gives_every_free_date_the_room(anna: Client, series: Series, haren: Prison) -> None:
    room = make_room(haren, name="Class 2", capacity=8)
    other = make_session(make_series(haren), f"{TUESDAYS[1]} 09:30", room=room)
    here = url("planner:series_rooms", series)
    seen = seen_on(anna.get(here), beside=f'name="room" value="{room.pk}"')

    answer = anna.post(here, {"room": room.pk, "seen": seen})

    assert answer.status_code == 302
    placed = GroupSession.objects.filter(series=series, room=room)
    assert [one.starts_at.date().isoformat() for one in placed] == [TUESDAYS[0], *TUESDAYS[2:]]
    other.refresh_from_db()
    assert other.room == room
    assert anna.post(here, {"room": "99999999", "seen": "x"}).status_code == 422


def test_published_is_the_whole_series_also_outside_its_term(
    anna: Client, series: Series, haren: Prison, service: Organisation
) -> None:
    room = make_room(haren, capacity=8)
    GroupSession.objects.filter(series=series).update(room=room)
    beside = make_session(
        make_series(haren, organisation=service), "2050-01-12 09:00", room=room, state="draft"
    )
    here = url("planner:series_publish", series)

    answer = anna.post(here, {"seen": seen_on(anna.get(here))}, follow=True)

    assert set(GroupSession.objects.filter(series=series).values_list("state", flat=True)) == {"published"}
    beside.refresh_from_db()
    assert beside.state == "draft"
    assert answer.redirect_chain[-1][0] == url("enrollment:series_detail", series)
    assert "4 sessions are published." in flat(answer)


def test_what_a_rule_forbids_is_named_and_stays(anna: Client, series: Series, haren: Prison) -> None:
    room = make_room(haren, capacity=4)
    GroupSession.objects.filter(series=series).update(room=room)
    first = GroupSession.objects.filter(series=series).earliest("starts_at")
    GroupSession.objects.filter(pk=first.pk).update(room=make_room(haren, capacity=8))
    here = url("planner:series_publish", series)
    shown = anna.get(here)
    assert "3 sessions cannot be published yet" in flat(shown)
    anna.post(here, {"seen": seen_on(shown), "leave_out": "1"})
    assert list(GroupSession.objects.filter(series=series).published()) == [first]


def test_queries_do_not_grow_with_the_dates(
    anna: Client, series: Series, haren: Prison, django_assert_max_num_queries
) -> None:
    make_room(haren, capacity=8)
    for name, most in (("enrollment:series_detail", 45), ("planner:series_rooms", 50)):
        with django_assert_max_num_queries(most) as few:
            anna.get(url(name, series))
        before = len(few)
        for number in range(6):
            day = dt.date(2050, 3 if name.startswith("enrol") else 5, 1) + dt.timedelta(weeks=number)
            make_session(series, f"{day + dt.timedelta(days=(1 - day.weekday()) % 7)} 09:00", state="draft")
        anna.get(reverse("planner:series_list", args=[haren.slug]))  # the menu counts anew after a change
        with django_assert_max_num_queries(before):
            anna.get(url(name, series))
