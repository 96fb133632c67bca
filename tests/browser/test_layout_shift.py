"""What a partial answer swaps must not push away what the reader is looking at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import make_activity, make_room, make_series, make_session, make_slot
from tests.factories import signed_in as client_of

pytestmark = pytest.mark.django_db(transaction=True)

STEADY = 0.02
"""A tenth of what the web's own measure still calls good for a whole visit (0.1 is its limit)."""
WATCH = """
window.shifted = 0;
window.moved = [];
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
        window.shifted += entry.value;
        const nodes = entry.sources.map(source => source.node).filter(Boolean);
        window.moved.push(...nodes.map(node => node.className || node.nodeName));
    }
}).observe({ type: "layout-shift", buffered: false });
"""


@pytest.fixture
def board(
    page: Page,
    live_server: Any,
    signed_in: Callable[..., None],
    organiser_anna: User,
    haren: Prison,
    service: Organisation,
) -> Page:
    make_slot(haren, 1, "08:30", "11:00")
    for number in range(3):
        make_room(haren, name=f"Class {number}")
    series = make_series(haren, activity=make_activity(service, "Yoga"), starts_on=dt.date(2050, 1, 10))
    make_session(series, starts_at=None)
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/board/?week=2050-W02")
    page.evaluate(WATCH)
    return page


def steady(page: Page) -> None:
    page.wait_for_timeout(100)  # the observer reports after the frame that follows the swap
    assert (page.evaluate("window.moved"), page.evaluate("window.shifted") < STEADY) == ([], True)


def test_another_persons_change_moves_nothing_else(board: Page, organiser_anna: User, haren: Prison) -> None:
    session, room = GroupSession.objects.get(), Room.objects.order_by("pk").first()
    answer = client_of(organiser_anna).post(
        f"/p/haren/board/sessions/{session.pk}/move/",
        {"room": room.pk, "day": "2050-01-10", "start": "08:30", "minutes": 60, "version": session.version},
    )
    assert answer.status_code == 302
    expect(board.locator("td [data-session]")).to_be_visible(timeout=15_000)
    steady(board)


def test_a_panel_opens_beside_the_board(board: Page) -> None:
    board.locator("[data-session] a").first.click()
    expect(board.locator("#panel")).to_be_visible()
    steady(board)
