"""How much of the week a screen shows, and that a narrow one shifts sideways instead of breaking words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.dates.clock import BRUSSELS
from prisons.models import Organisation, Prison, User
from tests.factories import make_activity, make_closure, make_room, make_series, make_session, make_slot

pytestmark = pytest.mark.django_db(transaction=True)

TITLES = ["Onthaalklas Nederlands", "Ouder zijn van binnenuit", "Computer voor beginners", "Veerkracht"]


@pytest.fixture
def board(
    page: Page,
    live_server: Any,
    signed_in: Callable[..., None],
    organiser_anna: User,
    haren: Prison,
    service: Organisation,
) -> Page:
    """Five days of three slots, fourteen rooms, ten of them in use, and a strike announced for Thursday."""
    for weekday in range(1, 6):
        for starts, ends in (("08:30", "11:00"), ("13:30", "16:00"), ("18:00", "20:00")):
            make_slot(haren, weekday, starts, ends)
    for number in range(14):
        room = make_room(haren, name=f"Lokaal {number:02}")
        if number % 3 == 2:
            continue
        activity = make_activity(service, f"{TITLES[number % 4]} {number}")
        series = make_series(haren, activity=activity, starts_on=dt.date(2050, 1, 10), places=10)
        make_session(series, f"2050-01-{10 + number % 5} 08:30", room=room)
    make_closure(
        haren,
        dt.datetime(2050, 1, 12, 22, tzinfo=BRUSSELS),
        dt.datetime(2050, 1, 13, 22, tzinfo=BRUSSELS),
        kind="strike",
        state="announced",
        reason="Staking van het personeel",
    )
    signed_in(organiser_anna, language="nl")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/p/haren/board/?week=2050-W02")
    return page


def test_twelve_rooms_and_the_tray_are_in_view(board: Page) -> None:
    frame, tray = board.locator(".board-wrap").bounding_box(), board.locator(".tray").bounding_box()
    assert frame and tray and tray["y"] + tray["height"] <= 900
    assert frame["height"] >= 600
    bottom = frame["y"] + frame["height"]
    boxes = [row.bounding_box() for row in board.locator("tbody tr").all()]
    assert sum(box["y"] + box["height"] <= bottom for box in boxes if box) >= 12


def test_a_strike_is_said_once_in_the_head_of_its_day(board: Page) -> None:
    expect(board.get_by_text("Staking van het personeel")).to_have_count(1)
    expect(board.locator("th.board-day", has_text="Staking")).to_contain_text("do 13 jan")
    expect(board.locator("td.is-announced")).to_have_count(3 * 14)


@pytest.mark.parametrize("width", [820, 960, 1024])
def test_a_column_keeps_its_width_and_the_table_shifts_inside_the_board(board: Page, width: int) -> None:
    board.set_viewport_size({"width": width, "height": 900})
    widths = [cell.bounding_box()["width"] for cell in board.locator("tbody tr").first.locator("td").all()]  # type: ignore[index]
    assert min(widths) >= 70
    page_wide = board.evaluate("document.documentElement.scrollWidth")
    assert page_wide <= width
    tray = board.locator(".tray").bounding_box()
    assert tray and tray["y"] + tray["height"] <= 900
