"""The board in a real browser: drag, refusal, keyboard, phone, two people at once, an expired sign-in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import (
    make_activity,
    make_room,
    make_series,
    make_session,
    make_slot,
)
from tests.factories import (
    signed_in as client_of,
)

pytestmark = pytest.mark.django_db(transaction=True)

WEEK = "2050-W02"


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")
    make_slot(haren, 2, "08:30", "11:00")
    make_room(haren, name="Cupboard", capacity=2)
    return make_room(haren, name="Class A")


@pytest.fixture
def session(haren: Prison, service: Organisation, room: Room) -> GroupSession:
    """In the tray of the week."""
    series = make_series(haren, activity=make_activity(service, "Yoga"), starts_on=dt.date(2050, 1, 10))
    return make_session(series, starts_at=None)


@pytest.fixture
def board(
    page: Page, live_server: Any, signed_in: Callable[..., None], organiser_anna: User, session: GroupSession
) -> Page:
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/board/?week={WEEK}")
    return page


def cell(page: Page, room: Room, day: str = "20500110", number: int = 0) -> Any:
    return page.locator(f'td[data-row="{room.pk}"][data-day="{day}"]').nth(number)


def drag(page: Page, target: Any) -> None:
    card = page.locator("[data-session]").first
    card.hover()
    page.mouse.down()
    box = target.bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + 8, steps=6)
    page.mouse.move(box["x"] + 20, box["y"] + 14, steps=4)


def test_a_card_is_dragged_from_the_tray_into_a_free_cell_and_undone(
    board: Page, room: Room, session: GroupSession, complaints: list[str]
) -> None:
    drag(board, cell(board, room))
    expect(cell(board, room)).to_have_class(re.compile("is-free"))
    board.mouse.up()

    expect(cell(board, room).locator("[data-session]")).to_be_visible()
    expect(board.locator("#toasts")).to_contain_text("Yoga is in Class A now.")
    session.refresh_from_db()
    assert session.room == room

    board.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(board.locator(".tray [data-session]")).to_be_visible()
    session.refresh_from_db()
    assert session.room is None


def test_a_card_is_dragged_between_rooms_and_the_filter_stays(
    board: Page, room: Room, session: GroupSession, haren: Prison, live_server: Any
) -> None:
    make_room(haren, name="Hall")
    other = make_session(make_series(haren), "2050-01-10 08:30", room=make_room(haren, name="Attic"))
    GroupSession.objects.filter(pk=session.pk).update(
        starts_at=dt.datetime(2050, 1, 10, 8, tzinfo=dt.UTC),
        ends_at=dt.datetime(2050, 1, 10, 9, tzinfo=dt.UTC),
        room=room,
    )
    board.goto(f"{live_server.url}/p/haren/board/?mine=1&week={WEEK}")
    hall = cell(board, Room.objects.get(name="Hall"))
    drag(board, hall)
    expect(hall).to_have_class(re.compile("is-free"))
    board.mouse.up()

    expect(hall.locator("[data-session]")).to_be_visible()
    expect(board.locator(f'[data-session="{other.pk}"]')).to_have_count(0)
    session.refresh_from_db()
    assert session.room is not None and session.room.name == "Hall"


def test_what_stands_outside_every_slot_has_its_own_tab_on_a_phone(
    board: Page, room: Room, session: GroupSession
) -> None:
    GroupSession.objects.filter(pk=session.pk).update(
        starts_at=dt.datetime(2050, 1, 16, 17, tzinfo=dt.UTC),
        ends_at=dt.datetime(2050, 1, 16, 18, tzinfo=dt.UTC),
        room=room,
    )
    board.set_viewport_size({"width": 360, "height": 740})
    board.reload()
    expect(board.locator("[data-session]")).to_be_hidden()
    board.get_by_role("button", name="other times").click()
    expect(board.locator("[data-session]")).to_contain_text("Sun 16 18:00")


def test_a_refused_drop_goes_back_and_says_why(board: Page, session: GroupSession) -> None:
    small = Room.objects.get(name="Cupboard")
    drag(board, cell(board, small))
    expect(cell(board, small)).to_have_attribute("title", "Cupboard holds 2, the group has 8 places.")
    board.mouse.up()

    expect(board.get_by_role("dialog")).to_contain_text("Cupboard holds 2, the group has 8 places.")
    expect(board.locator(".tray [data-session]")).to_be_visible()
    board.get_by_role("dialog").get_by_role("button", name="Close").click()
    session.refresh_from_db()
    assert session.room is None


def test_a_failed_save_is_never_silent(board: Page, room: Room) -> None:
    drag(board, cell(board, room))
    board.route("**/drop/**", lambda route: route.abort())
    board.mouse.up()

    expect(board.locator("#toasts")).to_contain_text("Nothing was saved")
    expect(board.locator(".tray [data-session]")).to_be_visible()


def test_the_keyboard_walks_the_table_and_moves_a_session(
    board: Page, room: Room, session: GroupSession, haren: Prison
) -> None:
    GroupSession.objects.filter(pk=session.pk).update(
        starts_at=dt.datetime(2050, 1, 10, 8, tzinfo=dt.UTC),
        ends_at=dt.datetime(2050, 1, 10, 9, tzinfo=dt.UTC),
        room=room,
    )
    board.reload()
    board.locator("td[data-cell][tabindex='0']").focus()
    board.keyboard.press("ArrowRight")
    expect(cell(board, Room.objects.get(name="Class A"), number=1)).to_be_focused()
    board.keyboard.press("ArrowLeft")
    board.keyboard.press("m")
    panel = board.locator("#panel")
    expect(panel).to_contain_text("Where can it go?")
    panel.get_by_role("button", name="Move here").first.click()

    expect(board.locator("#toasts")).to_contain_text("Yoga is in Class A now.")
    session.refresh_from_db()
    assert session.version == 2


def test_opening_a_card_shows_a_panel_and_escape_gives_the_focus_back(board: Page) -> None:
    card = board.locator("[data-session] a").first
    card.click()
    expect(board.locator("#panel")).to_contain_text("nobody yet")
    board.keyboard.press("Escape")
    expect(board.locator("#panel")).to_be_empty()
    expect(card).to_be_focused()


def test_going_back_leaves_the_board_as_it_is(board: Page, room: Room, live_server: Any) -> None:
    board.goto(f"{live_server.url}/p/haren/board/?mine=1&week={WEEK}")
    board.evaluate("document.body.dataset.same = 'yes'")
    board.locator("[data-session] a").first.click()
    board.locator("#panel").get_by_role("link", name="Move").click()
    board.locator("#panel").get_by_role("link", name="Go back").click()
    expect(board.locator("#panel")).to_be_empty()
    drag(board, cell(board, Room.objects.get(name="Cupboard")))
    board.mouse.up()
    board.get_by_role("dialog").get_by_role("link", name="Go back").click()
    expect(board.get_by_role("dialog")).to_have_count(0)
    assert board.evaluate("document.body.dataset.same") == "yes", "the page was loaded anew"


def test_anothers_change_appears_by_itself(
    board: Page, room: Room, session: GroupSession, coordinator_karim: User
) -> None:
    slot = room.prison.time_slots.first()
    assert slot is not None
    client_of(coordinator_karim).post(
        f"/p/haren/board/sessions/{session.pk}/drop/",
        {"room": room.pk, "day": "20500110", "slot": slot.pk, "version": 1},
    )

    expect(cell(board, room).locator("[data-session]")).to_be_visible(timeout=9000)


def test_an_expired_sign_in_leads_to_the_sign_in_page_and_back(board: Page, context: Any, room: Room) -> None:
    context.clear_cookies()
    board.locator("[data-session] a").first.click()

    expect(board).to_have_url(re.compile(r"/accounts/login/\?next=.*board"))


def test_a_phone_shows_one_day_at_a_time(
    browser: Any, live_server: Any, organiser_anna: User, session: GroupSession, settings: Any
) -> None:
    client = client_of(organiser_anna)
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/p/haren/board/?week={WEEK}")

    expect(page.locator("th.board-day:visible")).to_have_count(1)
    page.locator("[data-day-tab]").nth(1).tap()
    expect(page.locator("th.board-day:visible")).to_contain_text("Tue 11")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_without_javascript_the_same_form_moves_a_session(
    browser: Any, live_server: Any, organiser_anna: User, session: GroupSession, room: Room, settings: Any
) -> None:
    context = browser.new_context(java_script_enabled=False)
    value = client_of(organiser_anna).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/p/haren/board/?week={WEEK}")
    page.locator("[data-session] a").first.click()
    page.get_by_role("link", name="Where can it go?").click()
    page.get_by_role("button", name="Move here").first.click()

    expect(page.locator("main")).to_contain_text("Yoga is in Class A now.")
    session.refresh_from_db()
    assert session.room == room
    context.close()
