"""The day to the minute over HTTP: what it shows, what a drag asks, and what keeps what was chosen."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession, Series
from tests.factories import (
    at,
    make_absence,
    make_activity,
    make_band,
    make_closure,
    make_holiday,
    make_organisation,
    make_room,
    make_room_hours,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_unit_hours,
    make_worker,
    signed_in,
)
from tests.pages import flat

DAY = {"view": "day", "day": "2050-01-10"}
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")
    make_slot(haren, 3, "08:30", "11:00")
    return make_room(haren, name="Class A")


@pytest.fixture
def series(haren: Prison, service: Organisation) -> Series:
    return make_series(haren, activity=make_activity(service, "Yoga"))


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


def page(client: Client, **query: str) -> str:
    response = client.get(reverse("planner:board", args=["haren"]), DAY | query)
    assert response.status_code == 200
    return flat(response).replace("\u00ad", "")


def rows(text: str) -> list[str]:
    return re.findall(r'<tr><th class="board-row".*?</tr>', text, re.DOTALL)


def test_sessions_are_drawn_to_scale_with_slots_as_bands(anna: Client, series: Series, room: Room) -> None:
    session = make_session(series, "2050-01-10 09:05", minutes=50, room=room)
    make_session(series, "2050-01-11 09:00", room=room)
    text = page(anna)
    [row] = rows(text)
    assert 'class="band at-510 for-150"' in row and 'class="band at-690 for-150"' in row
    assert f'data-session="{session.pk}"' in row and "block at-545 for-50 on-0" in row
    assert 'data-start="545" data-end="595"' in row and "09:05–09:55" in row
    assert text.count("data-session=") == 1


def test_what_lies_between_the_slots_is_squeezed_unless_something_stands_there(
    anna: Client, series: Series, room: Room
) -> None:
    empty = page(anna)
    assert "from-480 until-900" in empty and ">12:00<" not in empty
    make_session(series, "2050-01-10 11:45", minutes=60, room=room)
    used = page(anna)
    assert "block at-690 for-60" in used and ">12:00<" in used


def test_what_overlaps_in_a_row_lies_in_lanes(
    anna: Client, series: Series, room: Room, haren: Prison
) -> None:
    make_unit(haren)
    for start in ("09:00", "09:30", "10:30"):
        make_session(series, f"2050-01-10 {start}", minutes=60, room=make_room(haren))
    [row] = rows(page(anna, rows="units"))
    assert 'class="lane lanes-2"' in row
    assert re.findall(r"at-(\d+) for-60 on-(\d)", row) == [("540", "0"), ("570", "1"), ("630", "0")]


def test_closed_hours_are_shaded_with_their_reason(anna: Client, series: Series, room: Room) -> None:
    make_room_hours(room, 1, "09:00", "15:00")
    make_closure(room.prison, at("2050-01-10 10:00"), at("2050-01-10 10:30"), room=room, reason="Painting")
    make_closure(
        room.prison, at("2050-01-10 14:00"), at("2050-01-10 15:00"), state="announced", reason="Strike?"
    )
    [row] = rows(page(anna))
    assert re.findall(r'shade is-(\w+) (at-\d+ for-\d+)" title="([^"]+)"', row) == [
        ("closed", "at-480 for-60", "not open"),
        ("closed", "at-600 for-30", "Painting"),
        ("announced", "at-720 for-60", "Strike?"),
        ("closed", "at-780 for-120", "not open"),
    ]


def test_units_show_when_their_people_cannot_come_and_facilitators_when_they_cannot(
    anna: Client, series: Series, room: Room, haren: Prison
) -> None:
    make_unit_hours(make_unit(haren), 1, "09:15", "10:00", kind="yard")
    els = make_worker(haren, name="Els")
    make_absence(els, "2050-01-10 14:00", "2050-01-12 12:00")
    make_session(series, "2050-01-10 09:00", room=room, workers=[els])
    assert 'shade is-blocked at-555 for-45" title="yard"' in page(anna, rows="units")
    assert 'shade is-closed at-720 for-180" title="cannot come"' in page(anna, rows="workers")


def test_holiday_and_bands_are_named(anna: Client, room: Room, haren: Prison) -> None:
    make_holiday(haren, dt.date(2050, 1, 10), "Feast")
    make_band(haren, dt.date(2050, 1, 10), dt.date(2050, 1, 14))
    text = page(anna)
    assert "Feast" in text and "Break (10 Jan. – 14 Jan.)" in text


def test_a_day_without_slots_says_so(anna: Client, room: Room) -> None:
    assert "This day has no time slots." in page(anna, day="2050-01-11")


@pytest.mark.parametrize("day", ["", "tomorrow", "0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_read_shows_today(anna: Client, room: Room, day: str) -> None:
    assert page(anna, day=day)


def test_filters_stand_in_every_step(anna: Client, series: Series, room: Room, service: Organisation) -> None:
    chosen = {"rows": "units", "service": str(service.pk), "state": "draft", "language": "nl", "mine": "1"}
    text = page(anna, **chosen).replace("&amp;", "&")
    links = set(re.findall(r'href="\?([^"]+)"', text))
    kept = f"service={service.pk}&language=nl&state=draft&mine=1"
    assert {f"rows=units&{kept}&view=day&day=2050-01-12", f"rows=units&{kept}&week=2050-W02"} <= links
    assert f"{kept}&view=day&day=2050-01-10" in links  # by rooms
    assert "rows=units&view=day&day=2050-01-10" in links  # show all
    assert f"board/live/?rows=units&{kept}&view=day&day=2050-01-10&version=" in text
    days_before = [link for link in links if link.endswith("day=2050-01-05")]
    assert days_before == [f"rows=units&{kept}&view=day&day=2050-01-05"], (
        "days without slots are stepped over"
    )


def test_the_week_keeps_them_too_and_links_each_day(anna: Client, series: Series, room: Room) -> None:
    url = reverse("planner:board", args=["haren"])
    text = flat(anna.get(url, {"week": "2050-W02", "rows": "workers", "domain": "sport"}))
    text = text.replace("&amp;", "&")
    for step in ("week=2050-W01", "week=2050-W03", "view=day&day=2050-01-12"):
        assert f"?rows=workers&domain=sport&{step}" in text
    part = anna.get(url, {"week": "2050-W02", "domain": "sport", "service": ""}, **HX)
    assert part["HX-Push-Url"] == f"{url}?domain=sport&week=2050-W02"
    assert 'id="board-steps" class="board-steps" hx-swap-oob="true"' in flat(part)


def test_the_poll_of_a_day_costs_204_until_something_changes(
    anna: Client, series: Series, room: Room, haren: Prison
) -> None:
    session = make_session(series, "2050-01-10 09:00", room=room)
    haren.refresh_from_db()
    url = reverse("planner:board_live", args=["haren"])
    assert anna.get(url, DAY | {"version": haren.plan_version}, **HX).status_code == 204
    part = flat(anna.get(url, DAY | {"version": haren.plan_version - 1}, **HX))
    assert part.startswith('<div id="board"') and f'data-session="{session.pk}"' in part
    assert 'data-board="day" data-week="2050-W02" data-day="2050-01-10"' in part


def test_an_answer_shows_what_was_looked_at(anna: Client, series: Series, room: Room) -> None:
    session = make_session(series, "2050-01-10 09:00", room=room)
    other = make_session(make_series(room.prison), "2050-01-10 14:00", room=room)
    url = reverse("planner:session_move", args=["haren", session.pk])
    sent = {"room": room.pk, "day": "2050-01-10", "start": "09:05", "minutes": "60", "version": "1"}
    page_url = "http://testserver/p/haren/board/?view=day&day=2050-01-10&mine=1"
    answer = anna.post(url, sent, HTTP_HX_CURRENT_URL=page_url, HTTP_HX_TARGET="board", **HX)
    text = flat(answer)
    assert 'data-board="day"' in text and "at-545 for-60" in text
    assert "Yoga is in Class A now, Mon 10 Jan. 09:05–10:05." in text
    assert f'data-session="{other.pk}"' not in text


def test_without_javascript_the_board_comes_back_as_it_was_looked_at(
    anna: Client, series: Series, room: Room
) -> None:
    session = make_session(series, "2050-01-10 09:00", room=room)
    page(anna, mine="1")
    url = reverse("planner:session_move", args=["haren", session.pk])
    sent = {"room": room.pk, "day": "2050-01-10", "start": "09:05", "minutes": "60", "version": "1"}
    answer = anna.post(url, sent)
    assert answer["Location"] == "/p/haren/board/?mine=1&view=day&day=2050-01-10"
    assert 'action="/p/haren/board/changes/' in flat(anna.get(answer["Location"])), "undo is offered"


def test_the_timeline_asks_which_minutes_are_free(anna: Client, series: Series, room: Room) -> None:
    session = make_session(series, "2050-01-10 09:00", minutes=60, room=room)
    make_session(series, "2050-01-10 10:30", minutes=30, room=room)
    url = reverse("planner:session_minutes", args=["haren", session.pk])
    starts = anna.get(url, DAY).json()[str(room.pk)]
    assert [stretch[:3] for stretch in starts if stretch[2] == "free"] == [
        [510, 575, "free"],
        [810, 905, "free"],
    ]
    assert starts[0][3] == "Outside every time slot."
    ends = anna.get(url, DAY | {"edge": "end"}).json()[str(room.pk)]
    assert ends[0][:3] == [545, 635, "free"] and "Yoga" in ends[1][3]
    shorter = anna.get(url, DAY | {"minutes": "30"}).json()[str(room.pk)]
    assert shorter[1][:3] == [510, 605, "free"]


def test_the_timeline_says_whom_to_ask(anna: Client, series: Series, room: Room, haren: Prison) -> None:
    """What another service holds is a place to drop on, and so is any free place for a session of theirs."""
    other = make_organisation(haren, short_name="Autre")
    theirs = make_series(haren, activity=make_activity(other, "Koor"))
    held = make_session(theirs, "2050-01-10 09:00", minutes=60, room=room, state="published")
    mine = make_session(series, "2050-01-10 14:00", minutes=60, room=room)
    for session in (held, mine):
        url = reverse("planner:session_minutes", args=["haren", session.pk])
        found = {stretch[2]: stretch[3] for stretch in anna.get(url, DAY).json()[str(room.pk)]}
        assert found["ask"].endswith("Put it here to ask Autre.")
        assert ("free" in found) is (session is mine)


def test_a_place_that_cannot_be_read_is_refused_in_place(anna: Client, series: Series, room: Room) -> None:
    session = make_session(series, "2050-01-10 09:00", room=room)
    url = reverse("planner:session_move", args=["haren", session.pk])
    answer = anna.post(url, {"room": 987654, "version": 1}, HTTP_HX_TARGET="board", **HX)
    assert answer.status_code == 422 and answer["HX-Retarget"] == "#board-answer"


def test_who_may_not_plan_drags_nothing_and_asks_nothing(
    liaison_bert: User, series: Series, room: Room
) -> None:
    session = make_session(series, "2050-01-10 09:00", room=room, state="published")
    bert = signed_in(liaison_bert)
    text = page(bert)
    assert f'data-session="{session.pk}"' in text
    assert "data-mine" not in text and "data-grip" not in text and "board-picks" not in text
    assert bert.get(reverse("planner:session_minutes", args=["haren", session.pk])).status_code == 403


def test_nothing_of_a_day_that_is_over_can_be_held(anna: Client, series: Series, room: Room) -> None:
    make_session(series, "2020-01-06 09:00", room=room)
    text = page(anna, day="2020-01-06")
    assert "This day is over: nothing can be moved any more." in text and " data-mine" not in text


def test_a_day_costs_as_many_queries_for_60_sessions_as_for_3(
    anna: Client, series: Series, room: Room, haren: Prison
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(anna)
        return len(queries)

    make_closure(haren, at("2050-01-10 06:00"), at("2050-01-10 07:00"))
    make_session(series, "2050-01-10 09:00", room=room, workers=[make_worker(haren)])
    page(anna)
    few = cost()
    for _number in range(20):
        for start in ("08:30", "10:00", "13:30"):
            workers = [make_worker(haren)] if start == "08:30" else []
            make_session(series, f"2050-01-10 {start}", minutes=60, room=make_room(haren), workers=workers)
    page(anna)
    assert GroupSession.objects.count() == 61
    assert cost() == few <= 24
