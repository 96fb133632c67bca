"""On a slow line each act that was done is seen to be on its way, and none is lost to the next one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import make_activity, make_room, make_series, make_session, make_slot

pytestmark = pytest.mark.django_db(transaction=True)

TITLES = ("Yoga", "Chess", "Choir")


@pytest.fixture
def rooms(haren: Prison) -> list[Room]:
    for weekday in (1, 2, 3):
        make_slot(haren, weekday, "08:30", "11:00")
    return [make_room(haren, name=f"Class {letter}") for letter in "ABC"]


@pytest.fixture
def sessions(haren: Prison, service: Organisation, rooms: list[Room]) -> list[GroupSession]:
    """One in each room on Monday morning."""
    return [
        make_session(
            make_series(haren, activity=make_activity(service, title)), "2050-01-10 09:00", room=room
        )
        for title, room in zip(TITLES, rooms, strict=True)
    ]


@pytest.fixture
def slow(
    page: Page,
    live_server: Any,
    signed_in: Callable[..., None],
    organiser_anna: User,
    sessions: list[GroupSession],
) -> tuple[Page, list[Route]]:
    """The week on a line that answers no act before the test lets it: acts wait in the list."""
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/board/?week=2050-W02")
    held: list[Route] = []
    page.route("**/drop/**", lambda route: held.append(route))
    return page, held


def drop_on_wednesday(page: Page, session: GroupSession, room: Room) -> None:
    cell = page.locator(f'td[data-row="{room.pk}"][data-day="20500112"]')
    page.locator(f'[data-session="{session.pk}"] .slip-line').hover(force=True)
    page.mouse.down()
    box = cell.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    expect(page.locator("[data-board][data-held]")).to_have_count(1)
    page.mouse.up()


def under_way(page: Page) -> Any:
    return page.locator("[data-session][aria-busy=true]")


def days(sessions: list[GroupSession]) -> set[int]:
    rows = GroupSession.objects.filter(pk__in=[session.pk for session in sessions])
    return {row.starts_at.day for row in rows if row.starts_at}


def test_three_cards_dropped_before_the_first_answer_are_all_moved(
    slow: tuple[Page, list[Route]], sessions: list[GroupSession], rooms: list[Room], complaints: list[str]
) -> None:
    page, held = slow
    for number, (session, room) in enumerate(zip(sessions, rooms, strict=True), 1):
        drop_on_wednesday(page, session, room)
        expect(under_way(page)).to_have_count(number)
    for left in (2, 1):
        with page.expect_request("**/drop/**"):
            held.pop(0).continue_()
        expect(under_way(page)).to_have_count(left)
    held.pop(0).continue_()
    expect(under_way(page)).to_have_count(0)
    assert days(sessions) == {12}
    expect(page.locator("html.is-loading")).to_have_count(0)


def test_what_is_under_way_is_not_taken_up_again(
    slow: tuple[Page, list[Route]], sessions: list[GroupSession], rooms: list[Room]
) -> None:
    page, held = slow
    drop_on_wednesday(page, sessions[0], rooms[0])
    page.locator(f'[data-session="{sessions[0].pk}"] .slip-line').hover(force=True)
    page.mouse.down()
    page.mouse.move(600, 600, steps=5)
    expect(page.locator("[data-board][data-held]")).to_have_count(0)
    page.mouse.up()
    held.pop(0).continue_()
    expect(under_way(page)).to_have_count(0)
    assert days(sessions[:1]) == {12}


def test_without_an_answer_it_lies_where_it_lay_and_can_be_taken_up(
    slow: tuple[Page, list[Route]], sessions: list[GroupSession], rooms: list[Room]
) -> None:
    page, held = slow
    drop_on_wednesday(page, sessions[0], rooms[0])
    expect(under_way(page)).to_have_count(1)
    held.pop(0).abort()
    expect(under_way(page)).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("Nothing was saved")
    drop_on_wednesday(page, sessions[0], rooms[0])
    expect(under_way(page)).to_have_count(1)
    held.pop(0).continue_()
    expect(under_way(page)).to_have_count(0)
    assert days(sessions[:1]) == {12}


def test_what_was_undone_is_no_longer_said_to_be_so(
    slow: tuple[Page, list[Route]], sessions: list[GroupSession], rooms: list[Room]
) -> None:
    page, _held = slow
    page.unroute("**/drop/**")
    drop_on_wednesday(page, sessions[0], rooms[0])
    said = page.locator("#toasts [data-toast]")
    expect(said.filter(has_text="is in Class A now")).to_have_count(1)
    page.keyboard.press("u")
    expect(said.filter(has_text="Undone")).to_have_count(1)
    expect(said).to_have_count(1)
    assert days(sessions[:1]) == {10}
