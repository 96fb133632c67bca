"""What everyday tasks cost in clicks, played on the long way that is still there and on the short one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.dates import clock
from prisons.models import Organisation, Prison, User
from rooms.models import Closure
from tests.factories import (
    make_enrollment,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
)

pytestmark = pytest.mark.django_db(transaction=True)
DOCS = Path(__file__).resolve().parents[2] / "docs" / "design.md"


class Hand:
    """Clicks, and counts them."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1


def said_in_docs(task: str) -> tuple[int, int]:
    """(before, now): the first number of both cells."""
    line = next(
        line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {task} |")
    )
    before, now = line.split("|")[2:4]
    return int(re.findall(r"\d+", before)[0]), int(re.findall(r"\d+", now)[0])


@pytest.fixture
def first_page(page: Page, live_server: Any, signed_in: Callable[..., None]) -> Callable[[User], Page]:
    def open_page(user: User) -> Page:
        signed_in(user, language="en")
        page.goto(f"{live_server.url}/p/haren/")
        return page

    return open_page


@pytest.fixture
def room(haren: Prison) -> Any:
    for day in range(1, 8):
        make_slot(haren, day, "08:00", "21:00")
    return make_room(haren, name="Class A", capacity=30)


def session_on(service: Organisation, room: Any, days: int, **more: Any) -> Any:
    series = make_series(room.prison, organisation=service, places=25)
    begin = f"{clock.today() + dt.timedelta(days=days)} 10:00"
    return make_session(series, begin, room=room, state="published", published_at=clock.now(), **more)


def menu_of(page: Page, name: str) -> Locator:
    return page.locator("nav.rail").get_by_role("link", name=re.compile(name)).first


def test_announcing_a_strike(first_page: Callable[[User], Page], room: Any, coordinator_karim: User) -> None:
    page, long, short = first_page(coordinator_karim), Hand(), Hand()
    long.click(menu_of(page, "Settings"))
    long.click(page.locator("main").get_by_role("link", name=re.compile("Closures")).first)
    long.click(page.get_by_role("link", name="Announce a closure"))
    long.click(page.get_by_role("link", name="Strike of 24 hours"))
    expect(page.locator("[name=day]")).to_be_visible()
    menu_of(page, "Today").click()
    short.click(page.get_by_role("link", name="Announce a strike"))
    expect(page.locator("[name=day]")).to_be_visible()
    for hand in (long, short):
        hand.clicks += 2
    page.get_by_role("button", name="Show what it hits").click()
    page.get_by_role("button", name="Announce it").click()
    expect(page.locator("#messages")).to_be_visible()
    assert Closure.objects.filter(kind="strike").exists()
    assert (long.clicks, short.clicks) == said_in_docs("announce a strike of tomorrow")


def test_printing_the_day(
    first_page: Callable[[User], Page], room: Any, service: Organisation, liaison_bert: User
) -> None:
    for days in range(1, 8):
        session_on(service, room, days)
    page, long, short = first_page(liaison_bert), Hand(), Hand()
    wanted = page.locator(".btn-primary").filter(has_text="Print the day").get_attribute("href")
    short.clicks += 1  # the button itself: a browser would show the file, which is tried elsewhere
    long.click(menu_of(page, "Lists"))
    expect(page.locator(f'main a[href="{wanted}"], .page-head a[href="{wanted}"]').first).to_be_visible()
    long.clicks += 1
    assert (long.clicks, short.clicks) == said_in_docs("print the lists of the next working day")


def test_saying_that_i_cannot_come(
    first_page: Callable[[User], Page], room: Any, service: Organisation, worker_chloe: User
) -> None:
    chloe = make_worker(room.prison, organisation=service, name="Chloe", user=worker_chloe)
    session_on(service, room, 1, workers=[chloe])
    page, long, short = first_page(worker_chloe), Hand(), Hand()
    long.click(menu_of(page, "My sessions"))
    long.click(page.locator("main").get_by_role("link", name="I cannot come"))
    expect(page.locator("main").get_by_role("button", name="I cannot come")).to_be_visible()
    long.clicks += 1
    menu_of(page, "Today").click()
    short.click(page.locator("main").get_by_role("link", name="I cannot come"))
    short.click(page.locator("main").get_by_role("button", name="I cannot come"))
    expect(page.locator("main")).to_contain_text("you cannot come")
    assert (long.clicks, short.clicks) == said_in_docs("say that I cannot come to my next session")


def test_the_attendance_of_twelve(
    first_page: Callable[[User], Page],
    room: Any,
    service: Organisation,
    worker_chloe: User,
    live_server: Any,
) -> None:
    chloe = make_worker(room.prison, organisation=service, name="Chloe", user=worker_chloe)
    page = first_page(worker_chloe)
    page.set_viewport_size({"width": 360, "height": 740})
    one, two = (session_on(service, room, -days, workers=[chloe]) for days in (1, 2))
    for session in (one, two):
        for number in range(12):
            make_enrollment(session.series, make_participant(room.prison, f"Naam{number:02}, Jan"))
    long, short = Hand(), Hand()
    for session, hand in ((one, long), (two, short)):
        page.goto(f"{live_server.url}/p/haren/attendance/{session.pk}/")
        rows = page.locator("#attendance tbody tr")
        hand.click(rows.nth(2).get_by_role("button", name="Other"))
        hand.click(rows.nth(2).get_by_role("button", name="Not brought"))
        expect(rows.nth(2).locator(".marks-other")).to_have_text("not brought")
        if hand is short:
            hand.click(page.get_by_role("button", name="Everybody without a mark was there"))
            expect(page.get_by_text("Saved: 11 people were there.")).to_be_visible()
            continue
        for number in (0, 1, *range(3, 12)):
            hand.click(rows.nth(number).get_by_role("button", name="Present", exact=False).first)
            expect(rows.nth(number).locator("button[value=present]")).to_have_attribute(
                "aria-pressed", "true"
            )
    assert (long.clicks, short.clicks) == said_in_docs("enter that all twelve were there but one")
