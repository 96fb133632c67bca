"""An act that was sent is answered to the person who sent it, whatever else happens on the page meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import Page, Route, expect

from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import make_activity, make_room, make_series, make_session, make_slot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(
    page: Page,
    live_server: Any,
    signed_in: Callable[..., None],
    organiser_anna: User,
    haren: Prison,
    service: Organisation,
) -> Page:
    for weekday in (1, 2, 3):
        make_slot(haren, weekday, "08:30", "11:00")
    room = make_room(haren, name="Class A")
    make_room(haren, name="Hall")
    for title, start in (
        ("Yoga", "2050-01-10 09:00"),
        ("Chess", "2050-01-11 09:00"),
        ("Tennis", "2050-01-12 09:00"),
    ):
        make_session(make_series(haren, activity=make_activity(service, title)), start, room=room)
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/board/?week=2050-W02")
    return page


@contextmanager
def _held_back(page: Page, address: str, method: str) -> Iterator[list[Route]]:
    """The first request of this method to the address reaches the server only at the end of the block."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == method and not held:
            held.append(route)
        else:
            route.continue_()

    page.route(address, hold)
    yield held
    assert held, "nothing was sent"
    held[0].continue_()


def _wait_for(page: Page, held: list[Route]) -> None:
    deadline = time.monotonic() + 15
    while not held:
        assert time.monotonic() < deadline, "nothing was sent"
        page.wait_for_timeout(10)


def _card(page: Page, title: str) -> Any:
    return page.locator("td [data-session]", has_text=title)


def _ask_to_move_yoga(page: Page) -> None:
    _card(page, "Yoga").locator("a").first.click()
    page.locator("#panel").get_by_role("link", name="Move").click()
    page.locator("#panel").get_by_label("Until").fill("09:30")


MEANWHILE: dict[str, Callable[[Page], Any]] = {
    "Escape": lambda page: page.keyboard.press("Escape"),
    "the cross": lambda page: page.locator("#panel [data-close-panel]").first.click(),
    "go back": lambda page: page.locator("#panel a[data-close-panel]").last.click(),
    "another card": lambda page: _card(page, "Chess").locator("a").first.press("Enter"),
    "pressed again": lambda page: page.locator("#panel form button.btn-primary").click(),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_panel_whose_act_is_under_way(board: Page, what: str, complaints: list[str]) -> None:
    _ask_to_move_yoga(board)
    with _held_back(board, "**/move/*", "POST") as held:
        board.locator("#panel form button.btn-primary").click()
        _wait_for(board, held)
        MEANWHILE[what](board)
    expect(board.locator("#toasts")).to_contain_text("is in Class A now")
    expect(board.locator("#toasts").get_by_role("button", name="Undo")).to_be_visible()
    if what == "another card":
        expect(board.locator("#panel")).to_contain_text("Chess")
    else:
        expect(board.locator("#panel")).to_be_empty()


def test_a_field_that_changes_while_the_act_is_under_way(board: Page, complaints: list[str]) -> None:
    board.locator("td[data-cell]").first.focus()
    board.keyboard.press("x")
    board.get_by_role("button", name="Move by weeks").press("Enter")
    expect(board.locator("#panel")).to_contain_text("1 session would change")
    with _held_back(board, "**/bulk/**", "POST") as held:
        board.locator("#panel button[value=do]").click()
        _wait_for(board, held)
        board.locator("#panel").get_by_label("How many weeks").fill("2")
        board.locator("#panel").get_by_label("How many weeks").press("Tab")
    expect(board.locator("#toasts")).to_contain_text("1 session is changed.")
    assert sorted(s.starts_at.day for s in GroupSession.objects.all() if s.starts_at) == [11, 12, 17]


def test_a_preview_that_comes_after_the_act_was_sent(board: Page) -> None:
    board.locator("td[data-cell]").first.focus()
    board.keyboard.press("x")
    board.get_by_role("button", name="Move by weeks").press("Enter")
    expect(board.locator("#panel")).to_contain_text("1 session would change")
    with _held_back(board, "**/bulk/**", "POST") as held:
        board.locator("#panel").get_by_label("How many weeks").fill("2")
        board.locator("#panel").get_by_label("How many weeks").press("Tab")
        _wait_for(board, held)
        board.locator("#panel button[value=do]").click()
    # What stood in the form was never shown: the effect is shown, and nothing was moved.
    expect(board.locator("#panel")).to_contain_text("Mon 24 Jan.")
    assert {s.starts_at.day for s in GroupSession.objects.all() if s.starts_at} == {10, 11, 12}
    board.locator("#panel button[value=do]").click()
    expect(board.locator("#toasts")).to_contain_text("1 session is changed.")
    assert sorted(s.starts_at.day for s in GroupSession.objects.all() if s.starts_at) == [11, 12, 24]


def _drop_in_hall(page: Page, title: str, day: int) -> None:
    _card(page, title).locator(".slip-line").hover(force=True)
    page.mouse.down()
    box = page.locator("tr", has_text="Hall").locator("td[data-slot]").nth(day).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 9, box["y"] + 5, steps=6)
    page.mouse.up()


def test_a_card_dropped_while_the_board_is_asked_anew(board: Page, complaints: list[str]) -> None:
    with _held_back(board, "**/board/live/**", "GET") as held:
        _wait_for(board, held)
        Prison.objects.update(plan_version=F("plan_version") + 1)  # a colleague was here
        _drop_in_hall(board, "Yoga", 0)
    expect(board.locator("#toasts")).to_contain_text("Yoga is in Hall now")


def test_three_cards_dropped_before_the_first_is_answered(board: Page, complaints: list[str]) -> None:
    hall = board.locator("tr", has_text="Hall")
    with _held_back(board, "**/drop/**", "POST") as held:
        _drop_in_hall(board, "Yoga", 0)
        _wait_for(board, held)
        _drop_in_hall(board, "Chess", 1)
        _drop_in_hall(board, "Tennis", 2)
    expect(hall.locator("[data-session]")).to_have_count(3)
    assert {s.room.name for s in GroupSession.objects.select_related("room") if s.room} == {"Hall"}
