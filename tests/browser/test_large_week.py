"""A week as large as any prison's, drawn by a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from benchmarks.house import build

pytestmark = pytest.mark.django_db(transaction=True)

DRAWN_WITHIN = 1.0
"""Seconds of the page's own work: reading, styling, laying out and painting what the server sent."""


def test_sixty_rooms_and_six_hundred_sessions_are_drawn_within_a_second(
    page: Page, live_server: Any, signed_in: Callable[..., None]
) -> None:
    """The quickest of some loads: whatever else the machine does only makes one slower."""
    house = build("large", rooms=60, sessions=600)
    signed_in(house.organiser)
    wire = page.context.new_cdp_session(page)
    wire.send("Performance.enable")
    page.goto(f"{live_server.url}/p/large/board/?week=2050-W02")
    expect(page.locator("td [data-session]")).to_have_count(600)
    taken = []
    while len(taken) < 8 and min(taken, default=DRAWN_WITHIN) >= DRAWN_WITHIN:
        before = seconds_of_work(wire)
        page.reload(wait_until="load")
        taken.append(seconds_of_work(wire) - before)
    print([round(seconds, 2) for seconds in taken])
    assert min(taken) < DRAWN_WITHIN


def seconds_of_work(wire: Any) -> float:
    metrics = wire.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "TaskDuration")
