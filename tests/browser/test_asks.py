"""Asks, waivers and substitutes by hand: what a coordinator and two services do with a mouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from planner.models import Ask
from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession, SessionWorker, Waiver
from tests.factories import make_activity, make_room, make_series, make_session, make_slot, make_worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")
    make_room(haren, name="Cupboard", capacity=2)
    return make_room(haren, name="Class A")


@pytest.fixture
def session(haren: Prison, service: Organisation, room: Room) -> GroupSession:
    series = make_series(haren, activity=make_activity(service, "Yoga"), starts_on=dt.date(2050, 1, 10))
    worker = make_worker(haren, name="Els", organisation=service)
    return make_session(series, "2050-01-10 09:00", room=room, workers=[worker])


@pytest.fixture
def board_of(page: Page, live_server: Any, signed_in: Callable[..., None]) -> Callable[[User], Page]:
    def open_board(user: User) -> Page:
        signed_in(user, language="en")
        page.goto(f"{live_server.url}/p/haren/board/?week=2050-W02")
        return page

    return open_board


def drag(page: Page, room: Room, number: int) -> None:
    target = page.locator(f'td[data-row="{room.pk}"][data-day="20500110"]').nth(number)
    page.locator("[data-session]").first.hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box
    page.mouse.move(box["x"] + 12, box["y"] + 8, steps=6)
    page.mouse.move(box["x"] + 20, box["y"] + 14, steps=4)
    page.mouse.up()


def test_one_click_asks_and_one_click_accepts(
    board_of: Callable[[User], Page],
    session: GroupSession,
    room: Room,
    organiser_emile: User,
    organiser_anna: User,
    live_server: Any,
) -> None:
    board = board_of(organiser_emile)
    drag(board, room, 1)
    dialog = board.get_by_role("dialog")
    expect(dialog).to_contain_text("This belongs to De Brug")
    dialog.get_by_role("button", name="Ask De Brug to do it").click()
    expect(board.locator("#toasts")).to_contain_text("De Brug is asked")
    expect(dialog).to_have_count(0)
    board.context.clear_cookies()

    owner = board_of(organiser_anna)
    owner.goto(f"{live_server.url}/p/haren/asks/")
    expect(owner.locator("table")).to_contain_text("Move it to Class A")
    owner.get_by_role("button", name="Accept").click()

    expect(owner.locator("#messages")).to_contain_text("Accepted, and done.")
    session.refresh_from_db()
    assert session.starts_at == dt.datetime(2050, 1, 10, 12, 30, tzinfo=dt.UTC)
    assert Ask.objects.get().state == "accepted"


def test_a_coordinator_allows_a_refused_drop_with_a_reason(
    board_of: Callable[[User], Page], session: GroupSession, coordinator_karim: User
) -> None:
    board = board_of(coordinator_karim)
    drag(board, Room.objects.get(name="Cupboard"), 0)
    dialog = board.get_by_role("dialog")
    expect(dialog).to_contain_text("Cupboard holds 2")
    dialog.locator("[name=why]").fill("only two come")
    dialog.get_by_role("button", name="Allow it this once").click()

    expect(board.locator("#toasts")).to_contain_text("Yoga is in Cupboard now.")
    expect(dialog).to_have_count(0)
    assert Waiver.objects.get().reason == "only two come"


def test_a_substitute_is_taken_from_the_panel(
    board_of: Callable[[User], Page], session: GroupSession, haren: Prison, organiser_anna: User
) -> None:
    jan = make_worker(haren, name="Jan")
    board = board_of(organiser_anna)
    board.locator("[data-session] a").first.click()
    panel = board.locator("#panel")
    panel.get_by_role("link", name="Change", exact=True).click()
    expect(panel).to_contain_text("Who can come instead of Els")
    panel.get_by_role("button", name="Take instead").first.click()

    expect(board.locator("#toasts")).to_contain_text("for this date only")
    assert SessionWorker.objects.get(session=session).worker == jan


def test_a_place_that_another_service_holds_is_one_to_drop_on(
    board_of: Callable[[User], Page], session: GroupSession, organiser_emile: User, room: Room
) -> None:
    """Émile carries his choir over Anna's yoga: the cell says whom he would ask, and dropping offers it."""
    theirs = organiser_emile.memberships.get().organisation
    assert theirs is not None
    make_session(
        make_series(room.prison, activity=make_activity(theirs, "Koor"), starts_on=dt.date(2050, 1, 10)), None
    )
    page = board_of(organiser_emile)
    target = page.locator(f'td[data-row="{room.pk}"]').first
    card, box = page.locator(".tray .card-slip").bounding_box(), target.bounding_box()
    assert card and box
    page.mouse.move(card["x"] + 30, card["y"] + 8)
    page.mouse.down()
    page.mouse.move(card["x"] + 45, card["y"] - 10)
    page.mouse.move(box["x"] + 20, box["y"] + 20, steps=4)
    service = session.series.activity.organisation.short_name
    expect(page.locator("#board-why")).to_contain_text(f"Put it here to ask {service}.")
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_contain_text(f"belongs to {service}")
    page.get_by_role("dialog").get_by_role("button", name="Ask to swap").or_(
        page.get_by_role("dialog").get_by_role("link", name="Ask them to move")
    ).first.click()
    expect(page.locator("main")).to_contain_text("Where can it go?")
