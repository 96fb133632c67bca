"""The board by keyboard alone: a card is picked up, carried, put down or left; a letter leads to a title."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession, Series
from tests.factories import make_activity, make_room, make_series, make_session, make_slot, make_worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def yoga(haren: Prison, service: Organisation) -> Series:
    """Monday and Tuesday morning in two rooms; Leen leads both, so that one of them keeps her from the other."""
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 2, "08:30", "11:00")
    room, other = make_room(haren, name="Class A"), make_room(haren, name="Class B")
    leen = make_worker(haren, organisation=service, name="Leen")
    found = make_series(
        haren, activity=make_activity(service, "Yoga"), default_room=room, starts_on=dt.date(2050, 1, 10)
    )
    make_session(found, "2050-01-10 09:00", room=room, workers=[leen])
    make_session(found, "2050-01-17 09:00", room=room)
    choir = make_series(haren, activity=make_activity(service, "École de chant"))
    make_session(choir, "2050-01-11 09:00", room=other, workers=[leen])
    music = make_series(haren, activity=make_activity(service, "Muziek"), starts_on=dt.date(2050, 1, 10))
    make_session(music, None)
    return found


@pytest.fixture
def board(
    page: Page, live_server: Any, signed_in: Callable[..., None], yoga: Series, organiser_anna: User
) -> Page:
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/board/?week=2050-W02")
    expect(page.locator("td[tabindex='0']")).to_have_count(1)
    return page


def cell(page: Page, room: str, day: str) -> Any:
    return (
        page.locator("tbody tr")
        .filter(has=page.locator("th", has_text=room))
        .locator(f'td[data-day="{day}"]')
    )


def said(page: Page) -> Any:
    return page.locator("#board-says")


def where(title: str) -> list[tuple[str, str]]:
    rows = GroupSession.objects.filter(series__activity__title_nl=title).order_by("week_on")
    return [
        (f"{one.starts_at:%d}" if one.starts_at else "", one.room.name if one.room else "") for one in rows
    ]


def pick_up(page: Page, room: str, day: str) -> None:
    cell(page, room, day).focus()
    page.keyboard.press("Space")
    expect(said(page)).to_contain_text("Picked up.")
    expect(cell(page, room, day)).to_have_attribute("data-said", "Class A, Monday 10 January 09:00: free.")


def test_a_card_is_carried_every_cell_says_why_and_enter_puts_it_down(
    board: Page, complaints: list[str]
) -> None:
    pick_up(board, "Class A", "20500110")
    board.keyboard.press("ArrowRight")
    expect(said(board)).to_have_text(
        "Class A, Tuesday 11 January 09:00: Leen already leads École de chant (Tue 11 Jan. 09:00–10:30)."
    )
    expect(board.locator("#board-why")).to_have_text(
        "Leen already leads École de chant (Tue 11 Jan. 09:00–10:30)."
    )
    board.keyboard.press("ArrowLeft")
    board.keyboard.press("ArrowDown")
    expect(said(board)).to_have_text("Class B, Monday 10 January 09:00: free.")
    expect(board.locator("#board-why")).to_have_text("It fits.")
    board.keyboard.press("Shift")
    board.keyboard.press("Enter")
    toast = board.locator("#toasts [data-toast]").last
    expect(toast).to_contain_text("Yoga is in Class B now.")
    expect(toast).to_contain_text("also the 1 that follows (1 of 1 free)")
    expect(cell(board, "Class B", "20500110")).to_be_focused()
    assert where("Yoga") == [("10", "Class B"), ("17", "Class A")]
    board.keyboard.press("2")
    expect(board.locator("#toasts")).to_contain_text("1 more date went along.")
    assert where("Yoga") == [("10", "Class B"), ("17", "Class B")]


@pytest.mark.parametrize("how", ["Escape", "Tab", "home"])
def test_a_card_that_is_given_up_stays_where_it_was(board: Page, how: str, complaints: list[str]) -> None:
    sent: list[str] = []
    board.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    pick_up(board, "Class A", "20500110")
    board.keyboard.press("ArrowDown")
    expect(board.locator(".is-carried")).to_have_count(1)
    if how == "home":
        board.keyboard.press("ArrowUp")
        board.keyboard.press("Enter")
    else:
        board.keyboard.press(how)
    expect(said(board)).to_have_text("It stays where it was.")
    expect(board.locator(".is-carried, .is-free, .is-refused, .is-target")).to_have_count(0)
    if how != "Tab":
        expect(board.locator("td .slip-title", has_text="Yoga")).to_be_focused()
    assert sent == [] and where("Yoga")[0] == ("10", "Class A")


def test_into_the_tray_and_out_of_it(board: Page) -> None:
    pick_up(board, "Class A", "20500110")
    board.keyboard.press("ArrowDown")
    board.keyboard.press("ArrowDown")
    expect(said(board)).to_have_text("The tray: without a room and a time.")
    board.keyboard.press(" ")
    expect(board.locator("#toasts")).to_contain_text("Yoga waits in the tray.")
    assert where("Yoga")[0] == ("", "")
    board.locator(".tray .slip-title", has_text="Muziek").focus()
    board.keyboard.press("Space")
    expect(cell(board, "Class B", "20500110")).to_be_focused()
    expect(board.locator("#board-why")).to_have_text("It fits.")
    board.keyboard.press("Enter")
    expect(board.locator("#toasts")).to_contain_text("Muziek is in Class B now.")


def test_a_place_that_cannot_be_is_refused_as_for_the_mouse(board: Page) -> None:
    pick_up(board, "Class A", "20500110")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("Enter")
    expect(board.get_by_role("dialog")).to_contain_text(
        "Leen already leads École de chant (Tue 11 Jan. 09:00–10:30)."
    )
    assert where("Yoga")[0] == ("10", "Class A")


def test_a_letter_leads_to_the_next_title_that_begins_with_it(board: Page) -> None:
    cell(board, "Class A", "20500110").focus()
    board.keyboard.press("e")
    expect(board.locator(".slip-title", has_text="École")).to_be_focused()
    board.keyboard.press("Y")
    expect(board.locator(".slip-title", has_text="Yoga")).to_be_focused()
    board.keyboard.press("Shift+M")
    expect(board.locator(".slip-title", has_text="Muziek")).to_be_focused()
    board.keyboard.press("q")
    expect(board.locator(".slip-title", has_text="Muziek")).to_be_focused()


def test_rows_of_units_say_that_nothing_is_moved_there(board: Page, live_server: Any) -> None:
    board.goto(f"{live_server.url}/p/haren/board/?week=2050-W02&rows=workers")
    board.locator(".slip-title", has_text="Yoga").focus()
    board.keyboard.press("Space")
    expect(said(board)).to_have_text("To move a session, show rooms as rows.")
    expect(board.locator(".is-carried")).to_have_count(0)


def test_the_sheet_of_keys_names_them(board: Page) -> None:
    board.keyboard.press("?")
    sheet = board.get_by_role("dialog", name="Keys of the board")
    for words in ("pick up the session", "to the next session whose title begins with it", "select several"):
        expect(sheet).to_contain_text(words)
