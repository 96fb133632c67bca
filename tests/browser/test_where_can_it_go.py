""" "Where can it go?" colours the board beside its list, and a filter leaves what it hides as a hatched strip."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import (
    make_activity,
    make_organisation,
    make_room,
    make_room_hours,
    make_series,
    make_session,
    make_slot,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(
    page: Page,
    live_server: Any,
    signed_in: Callable[..., None],
    haren: Prison,
    service: Organisation,
    organiser_anna: User,
) -> Page:
    """Five days, four rooms: nineteen other places for Yoga, and one that a choir of another service takes."""
    for weekday in range(1, 6):
        make_slot(haren, weekday, "08:30", "11:00")
    rooms = [make_room(haren, name=f"Class {letter}", capacity=8) for letter in "ABCD"]
    series = make_series(haren, activity=make_activity(service, "Yoga"), default_room=rooms[0])
    make_session(series, "2050-01-10 09:00", room=rooms[0])
    theirs = make_series(haren, activity=make_activity(make_organisation(haren, short_name="Autre"), "Koor"))
    make_session(theirs, "2050-01-11 08:30", minutes=150, room=rooms[0])
    signed_in(organiser_anna, language="en")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/p/haren/board/?week=2050-W02")
    expect(page.locator("td[tabindex='0']")).to_have_count(1)
    return page


def cell(page: Page, room: str, day: str) -> Any:
    return (
        page.locator("tbody tr")
        .filter(has=page.locator("th", has_text=room))
        .locator(f'td[data-day="{day}"]')
    )


def ask(page: Page) -> None:
    cell(page, "Class A", "20500110").first.focus()
    page.keyboard.press("m")
    expect(page.locator("#panel [data-places-of]")).to_have_count(1)
    expect(page.locator("[data-finding]")).to_have_count(1)


def test_it_colours_the_board_lists_five_and_a_click_moves(board: Page, complaints: list[str]) -> None:
    ask(board)
    panel = board.locator("#panel")
    expect(panel.locator(".places li:visible")).to_have_count(5)
    for row in panel.locator(".places li:visible").all():
        expect(row.locator(".card-mark").first).to_be_visible()
    expect(panel.locator(".places-not li")).to_have_count(1)
    expect(cell(board, "Class A", "20500111")).to_have_class(re.compile("is-ask"))
    target = cell(board, "Class B", "20500112")
    expect(target).to_have_class(re.compile("is-free"))
    cell(board, "Class A", "20500111").hover(position={"x": 8, "y": 26})
    expect(board.locator("#board-why")).to_contain_text("Class A is taken by Koor")
    expect(board.locator("#board-why")).to_contain_text("Put it here to ask Autre.")
    target.click()
    expect(board.locator("#toasts")).to_contain_text("Yoga is in Class B now.")
    expect(board.locator("[data-finding], .is-free, .is-refused")).to_have_count(0)
    moved = GroupSession.objects.select_related("room").get(series__activity__title_nl="Yoga")
    assert (f"{moved.starts_at:%d}", moved.room.name) == ("12", "Class B")  # type: ignore[union-attr]


def test_the_tones_go_with_the_panel_and_outlast_a_card_that_was_carried(board: Page) -> None:
    ask(board)
    cell(board, "Class A", "20500110").locator("a").focus()
    board.keyboard.press("Space")
    expect(board.locator("#board-says")).to_contain_text("Picked up.")
    board.keyboard.press("Escape")
    expect(board.locator("[data-finding] td.is-free")).not_to_have_count(0)
    board.locator("#panel [data-close-panel]").first.click()
    expect(board.locator("[data-finding], .is-free, .is-refused")).to_have_count(0)


def test_what_a_filter_hides_is_hatched_and_not_named(board: Page) -> None:
    board.get_by_text("Filter", exact=True).click()
    board.get_by_text("My service only").click()
    strip = cell(board, "Class A", "20500111").locator(".cell-taken")
    expect(strip).to_have_text("taken 08:30–11:00")
    expect(board.locator("#board")).not_to_contain_text("Koor")
    board.locator("#board-clear a").click()
    expect(board.locator(".cell-taken")).to_have_count(0)
    expect(board.locator("#board")).to_contain_text("Koor")


SEEN = """cells => cells.some(cell => {
    const [box, frame] = [cell, cell.closest('table').parentElement].map(one => one.getBoundingClientRect());
    return box.left >= frame.left && box.right <= frame.right + 1;
})"""


def test_what_is_free_only_at_the_end_of_the_week_is_brought_into_view(board: Page, haren: Prison) -> None:
    for room in haren.rooms.all():
        hours = (1, "08:00", "11:00") if room.name == "Class A" else (5, "08:00", "20:00")
        make_room_hours(room, *hours)
    for weekday in range(1, 6):
        make_slot(haren, weekday, "13:30", "16:00")
        make_slot(haren, weekday, "18:00", "20:00")
    board.reload()
    expect(board.locator("td[tabindex='0']")).to_have_count(1)
    ask(board)
    expect(cell(board, "Class B", "20500114").first).to_have_class(re.compile("is-free"))
    assert board.locator("td.is-free:not(:has([data-session]))").evaluate_all(SEEN)
