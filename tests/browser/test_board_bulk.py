"""Several sessions at once in a real browser, by keyboard, by mouse, without JavaScript; the week on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.dates.clock import BRUSSELS
from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import make_activity, make_room, make_series, make_session, make_slot, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

WEEK = "/p/haren/board/?week=2050-W02"


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 2, "08:30", "11:00")
    return make_room(haren, name="Class A")


@pytest.fixture
def sessions(haren: Prison, service: Organisation, room: Room) -> list[GroupSession]:
    """Yoga on Monday, chess on Tuesday; a week later the room is taken on Tuesday by another service."""
    yoga = make_series(haren, activity=make_activity(service, "Yoga"))
    chess = make_series(haren, activity=make_activity(service, "Chess"))
    make_session(make_series(haren), "2050-01-18 09:00", room=room)
    return [
        make_session(yoga, "2050-01-10 09:00", room=room),
        make_session(chess, "2050-01-11 09:00", room=room),
    ]


@pytest.fixture
def board(
    page: Page,
    live_server: Any,
    signed_in: Callable[..., None],
    organiser_anna: User,
    sessions: list[GroupSession],
) -> Page:
    signed_in(organiser_anna, language="en")
    page.goto(live_server.url + WEEK)
    return page


def days(sessions: list[GroupSession]) -> list[str]:
    rows = [GroupSession.objects.get(pk=one.pk).starts_at for one in sessions]
    return [f"{at.astimezone(BRUSSELS):%d %H:%M}" for at in rows if at]


def test_by_keyboard_ticks_move_by_a_week_what_cannot_stays_and_undo(
    board: Page, sessions: list[GroupSession], complaints: list[str]
) -> None:
    cells = board.locator("td[data-cell]")
    cells.nth(0).focus()
    board.keyboard.press("x")
    expect(board.locator("#board-says")).to_have_text("Yoga. Selected: 1")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("x")
    expect(board.locator("#board-says")).to_have_text("Chess. Selected: 2")
    expect(board.locator(".is-picked")).to_have_count(2)

    board.get_by_role("button", name="Move by weeks").press("Enter")
    panel = board.locator("#panel")
    expect(panel).to_contain_text("1 session would change")
    expect(panel).to_contain_text("1 stays as it is")
    expect(panel.locator(".tone-stop")).to_contain_text("Class A")
    expect(board.locator("#board-says")).to_contain_text("1 session would change")
    assert days(sessions) == ["10 09:00", "11 09:00"]

    panel.get_by_label("How many weeks").fill("2")
    panel.get_by_label("How many weeks").press("Tab")
    expect(panel).to_contain_text("2 sessions would change")
    panel.get_by_role("button", name="Change 2 sessions").press("Enter")
    expect(board.locator("#toasts")).to_contain_text("2 sessions are changed.")
    expect(panel).to_be_empty()
    expect(board.locator("[data-picks]")).to_be_hidden()
    assert days(sessions) == ["24 09:00", "25 09:00"]

    board.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(board.locator("[data-session]")).to_have_count(2)
    assert days(sessions) == ["10 09:00", "11 09:00"]


def test_a_click_with_ctrl_or_shift_ticks_and_a_poll_keeps_the_ticks(
    board: Page, sessions: list[GroupSession], coordinator_karim: User, room: Room
) -> None:
    board.get_by_role("link", name="Yoga").click(modifiers=["Control"])
    board.get_by_role("link", name="Chess").click(modifiers=["Shift"])
    expect(board.locator("[data-picks-count]")).to_have_text("2")
    expect(board.locator("#panel")).to_be_empty()

    series = make_series(
        room.prison, activity=make_activity(sessions[0].series.activity.organisation, "Choir")
    )
    choir = make_session(series, "2050-01-10 08:30", minutes=20)
    url = f"/p/haren/board/sessions/{choir.pk}/move/"
    place = {"room": room.pk, "day": "2050-01-10", "start": "08:35", "minutes": 20, "version": 1}
    signed_in(coordinator_karim).post(url, place)
    expect(board.locator("[data-session]")).to_have_count(3, timeout=9000)
    expect(board.locator(".is-picked")).to_have_count(2)
    expect(board.locator(".card-pick:checked")).to_have_count(2)

    board.keyboard.press("Escape")
    expect(board.locator(".card-pick")).to_have_count(0)
    expect(board.locator("[data-picks]")).to_be_hidden()


def test_select_shows_boxes_and_a_press_on_one_or_on_its_card_ticks(
    board: Page, sessions: list[GroupSession]
) -> None:
    board.get_by_role("link", name="Select").click()
    expect(board.locator(".card-pick")).to_have_count(2)
    board.get_by_role("checkbox", name="Select Yoga").click()
    expect(board.get_by_role("checkbox", name="Select Yoga")).to_be_checked()
    board.locator(f'[data-session="{sessions[1].pk}"]').click()
    expect(board.get_by_role("checkbox", name="Select Chess")).to_be_checked()
    expect(board.locator("[data-picks-count]")).to_have_text("2")
    board.get_by_role("checkbox", name="Select Yoga").click()
    expect(board.get_by_role("checkbox", name="Select Yoga")).not_to_be_checked()
    expect(board.locator("[data-picks-count]")).to_have_text("1")
    expect(board.locator("#panel")).to_be_empty()


def test_without_javascript_boxes_a_page_and_back(
    browser: Any, live_server: Any, organiser_anna: User, sessions: list[GroupSession], settings: Any
) -> None:
    context = browser.new_context(java_script_enabled=False)
    value = signed_in(organiser_anna).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + WEEK)
    page.locator("[data-picks-start]").click()
    page.locator(f'input[name=pick][value^="{sessions[0].pk}:"]').check()
    page.locator("[data-picks] button[value=weeks]").click()
    page.locator("input[name=weeks]").fill("3")
    page.locator("button[value=look]").click()
    expect(page.locator("#effect")).to_contain_text("31 ")
    page.locator("button[name=step][value=do]").click()

    expect(page).to_have_url(re.compile(r"week=2050-W02"))
    assert days(sessions) == ["31 09:00", "11 09:00"]
    page.locator("#messages form button").click()
    assert days(sessions) == ["10 09:00", "11 09:00"]
    context.close()


def test_what_was_chosen_outlives_a_filter_a_step_and_an_act(
    board: Page, sessions: list[GroupSession]
) -> None:
    board.get_by_text("Filter", exact=True).click()
    board.get_by_label("My service only").check(force=True)
    expect(board).to_have_url(re.compile(r"/board/\?mine=1&week=2050-W02$"))
    board.locator("#board-steps").get_by_role("link", name="Next week").click()
    expect(board).to_have_url(re.compile(r"mine=1&week=2050-W03"))
    expect(board.locator("[data-session]")).to_have_count(0)
    expect(board.locator("#board-print")).to_have_attribute(
        "href", re.compile(r"\.pdf\?mine=1&week=2050-W03$")
    )
    board.go_back()
    board.locator("#board-switches").get_by_role("link", name="Living units").click()
    expect(board).to_have_url(re.compile(r"rows=units&mine=1&week=2050-W02"))
