"""Publishing a week, a term or two dates: what it shows, what it refuses, by owner."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from core.dates import clock
from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import (
    at,
    make_closure,
    make_organisation,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    signed_in,
)
from tests.pages import press

URL = reverse("planner:board_publish", args=["haren"])


@pytest.fixture
def karim(coordinator_karim: User) -> Client:
    return signed_in(coordinator_karim)


@pytest.fixture
def weeks(haren: Prison, service: Organisation) -> list[GroupSession]:
    """Three Mondays, drafts with a room."""
    make_slot(haren, 1, "08:30", "11:00")
    series, room = make_series(haren, organisation=service), make_room(haren)
    return [make_session(series, f"2050-01-{day} 09:00", room=room) for day in (10, 17, 24)]


def published(karim: Client, data: dict[str, Any]) -> Any:
    """What the page shows is published."""
    return press(karim, URL, data, page=f"{URL}?{urlencode(data)}")


def states(weeks: list[GroupSession]) -> list[str]:
    found = GroupSession.objects.in_bulk([one.pk for one in weeks])
    return [found[one.pk].state for one in weeks]


def test_a_term_is_published_as_one(karim: Client, haren: Prison, weeks: list[GroupSession]) -> None:
    term = make_term(haren, name="Spring", starts_on=dt.date(2050, 1, 3), ends_on=dt.date(2050, 3, 27))
    page = karim.get(URL, {"term": term.pk}).content.decode()
    assert "Publish Spring" in page
    assert "Publish 3 sessions" in page

    assert published(karim, {"term": term.pk}).status_code == 302

    assert states(weeks) == ["published"] * 3


def test_two_dates_both_included(karim: Client, weeks: list[GroupSession]) -> None:
    span = {"first": "2050-01-10", "last": "2050-01-17"}
    assert "Publish 2 sessions" in karim.get(URL, span).content.decode()
    published(karim, span)
    assert states(weeks) == ["published", "published", "draft"]


def test_drafts_of_other_dates_are_not_passed_over_in_silence(
    karim: Client, haren: Prison, weeks: list[GroupSession], other_service: Organisation
) -> None:
    """Between two terms, or after the last: each page says that there are more, and leads to them."""
    theirs = make_series(haren, organisation=other_service)
    make_session(theirs, "2050-01-31 09:00", room=weeks[0].room)
    for span, number in (({"week": "2050-W01"}, 3), ({"first": "2050-01-10", "last": "2050-01-17"}, 1)):
        page = karim.get(URL, span)
        more = page.context["elsewhere"]
        assert more.number == number
        shown = karim.get(URL, {"first": more.first.isoformat(), "last": more.last.isoformat()})
        assert {one.pk for one in shown.context["publication"].ready} >= {weeks[2].pk}
        assert f"first={more.first:%Y-%m-%d}&amp;last={more.last:%Y-%m-%d}" in page.content.decode()
    GroupSession.objects.filter(pk__in=[one.pk for one in weeks]).update(state="published")
    assert karim.get(URL, {"week": "2050-W01"}).context["elsewhere"] is None


@pytest.mark.parametrize(
    "data",
    [
        {"term": "x"},
        {"term": "999999"},
        {"first": "2050-01-10", "last": "2049-01-01"},
        {"first": "x", "last": ""},
        {"first": "2050-01-01", "last": "2099-01-01"},
        {"week": "2050-W99"},
    ],
)
def test_what_cannot_be_read_shows_this_week_and_publishes_nothing(
    karim: Client, haren: Prison, weeks: list[GroupSession], data: dict[str, str]
) -> None:
    tomorrow = clock.now() + dt.timedelta(hours=1)
    soon = make_session(weeks[0].series, tomorrow, room=make_room(haren))
    make_slot(haren, tomorrow.astimezone(clock.BRUSSELS).isoweekday(), "00:00", "23:59")

    assert karim.get(URL, data).status_code == 422
    assert karim.post(URL, data).status_code == 422

    assert states([*weeks, soon]) == ["draft"] * 4
    assert karim.get(URL).status_code == 200


def test_the_term_of_another_prison_is_none(
    karim: Client, saint_gilles: Prison, weeks: list[GroupSession]
) -> None:
    foreign = make_term(saint_gilles, starts_on=dt.date(2050, 1, 3), ends_on=dt.date(2050, 3, 27))
    assert karim.get(URL, {"term": foreign.pk}).context["span"].fields[0][0] == "week"


def test_refused_ones_are_listed_by_owner_and_left_out_when_asked(
    karim: Client, haren: Prison, weeks: list[GroupSession]
) -> None:
    sister = make_organisation(haren, name="Zuster vzw", short_name="Zuster", authority="flemish")
    other = make_session(make_series(haren, organisation=sister), "2050-01-17 09:00", room=make_room(haren))
    make_closure(haren, at("2050-01-17 00:00"), at("2050-01-18 00:00"))
    span = {"first": "2050-01-10", "last": "2050-01-30"}

    refusal = published(karim, span)
    page = refusal.content.decode()

    assert refusal.status_code == 409
    assert "De Brug vzw · 1" in page and "Zuster vzw · 1" in page
    assert states([*weeks, other]) == ["draft"] * 4
    assert published(karim, span | {"leave_out": "1"}).status_code == 302
    assert states([*weeks, other]) == ["published", "draft", "published", "draft"]


def test_stranger_and_liaison(stranger_dirk: User, liaison_bert: User, haren: Prison) -> None:
    assert signed_in(stranger_dirk).get(URL).status_code == 404
    assert signed_in(liaison_bert).get(URL).status_code == 403
