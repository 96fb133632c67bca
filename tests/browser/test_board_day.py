"""A day to the minute in a real browser: drag, resize, refusal, keyboard, touch, and without JavaScript."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.dates.clock import BRUSSELS
from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import make_activity, make_room, make_series, make_session, make_slot, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

DAY = "/p/haren/board/?view=day&day=2050-01-10"


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")
    make_room(haren, name="Cupboard", capacity=2)
    return make_room(haren, name="Class A")


@pytest.fixture
def session(haren: Prison, service: Organisation, room: Room) -> GroupSession:
    """Yoga from 09:00 to 10:00 in Class A; chess follows at 10:30 in the same room."""
    chess = make_series(haren, activity=make_activity(service, "Chess"))
    make_session(chess, "2050-01-10 10:30", minutes=30, room=room)
    make_room(haren, name="Hall")
    series = make_series(haren, activity=make_activity(service, "Yoga"))
    return make_session(series, "2050-01-10 09:00", minutes=60, room=room)


@pytest.fixture
def day(
    page: Page, live_server: Any, signed_in: Callable[..., None], organiser_anna: User, session: GroupSession
) -> Page:
    signed_in(organiser_anna, language="en")
    page.goto(live_server.url + DAY)
    return page


def card(page: Page, session: GroupSession) -> Any:
    return page.locator(f'.block[data-session="{session.pk}"]')


def lane(page: Page, name: str) -> Any:
    row = page.locator("tr", has=page.get_by_role("rowheader", name=re.compile(name)))
    return row.locator("td.lane")


def place(session: GroupSession) -> str:
    session.refresh_from_db()
    assert session.starts_at is not None and session.ends_at is not None
    start, end = session.starts_at.astimezone(BRUSSELS), session.ends_at.astimezone(BRUSSELS)
    return f"{session.room} {start:%H:%M}-{end:%H:%M}"


def x_of(page: Page, where: Any, minute: int) -> float:
    """Where that minute of the day lies on the screen."""
    box, board = where.bounding_box(), page.locator("#board")
    first, until = (int(board.get_attribute(f"data-{end}") or 0) for end in ("first", "until"))
    pieces = [tuple(map(int, piece.split(","))) for piece in board.get_attribute("data-axis").split(";")]
    begins, ends, at, to = next(piece for piece in pieces if minute <= piece[1])
    there = at + (minute - begins) / (ends - begins) * (to - at)
    return float(box["x"] + (there - first) / (until - first) * box["width"])


def pull(page: Page, what: Any, dx: float = 0, dy: float = 0) -> None:
    """Take it in the middle and pull, without letting go."""
    box = what.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=3)
    page.mouse.move(x + dx, y + dy, steps=5)


def minutes_wide(page: Page, minutes: int) -> float:
    where = lane(page, "Class A")
    return x_of(page, where, 600 + minutes) - x_of(page, where, 600)


def test_a_session_is_dragged_to_another_minute_and_room_and_undone(
    day: Page, session: GroupSession, complaints: list[str]
) -> None:
    target = lane(day, "Hall").bounding_box()
    box = card(day, session).bounding_box()
    pull(day, card(day, session), minutes_wide(day, 20), target["y"] - box["y"])

    ghost = day.locator(".ghost")
    expect(ghost).to_contain_text("09:20–10:20")
    expect(ghost).to_have_class(re.compile("is-free"))
    expect(lane(day, "Class A").locator(".may.is-free")).to_have_count(2)
    expect(lane(day, "Cupboard")).to_have_class(re.compile("is-refused"))
    day.mouse.up()

    expect(day.locator("#toasts")).to_contain_text("Yoga is in Hall now, Mon 10 Jan. 09:20–10:20.")
    expect(lane(day, "Hall").locator(".block[data-session]")).to_contain_text("09:20–10:20")
    assert place(session) == "Hall 09:20-10:20"
    expect(day.locator("#panel")).to_be_empty()

    day.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(lane(day, "Class A").locator(".block")).to_have_count(2)
    assert place(session) == "Class A 09:00-10:00"


def test_both_edges_are_pulled_in_steps_of_five_minutes(day: Page, session: GroupSession) -> None:
    pull(day, card(day, session).locator(".grip-end"), minutes_wide(day, 22))
    expect(day.locator(".ghost")).to_contain_text("09:00–10:20")
    day.mouse.up()
    expect(card(day, session)).to_contain_text("09:00–10:20")
    assert place(session) == "Class A 09:00-10:20"

    pull(day, card(day, session).locator(".grip-start"), -minutes_wide(day, 30))
    day.mouse.up()
    expect(card(day, session)).to_contain_text("08:30–10:20")
    assert place(session) == "Class A 08:30-10:20"


def test_a_refused_resize_goes_back_and_says_why(day: Page, session: GroupSession) -> None:
    pull(day, card(day, session).locator(".grip-end"), minutes_wide(day, 45))
    ghost = day.locator(".ghost")
    expect(ghost).to_have_class(re.compile("is-refused"))
    expect(ghost).to_contain_text("Chess")
    day.mouse.up()

    expect(day.get_by_role("dialog")).to_contain_text("Chess")
    expect(day.locator("#board-says")).to_contain_text("Chess")
    day.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(day.locator(".ghost")).to_have_count(0)
    expect(card(day, session)).to_contain_text("09:00–10:00")
    assert place(session) == "Class A 09:00-10:00"


def test_a_failed_save_is_told_and_the_session_stays(day: Page, session: GroupSession) -> None:
    day.route("**/move/**", lambda route: route.abort())
    pull(day, card(day, session), minutes_wide(day, -15))
    day.mouse.up()
    expect(day.locator("#toasts")).to_contain_text("Nothing was saved")
    expect(day.locator(".ghost")).to_have_count(0)
    expect(card(day, session)).to_contain_text("09:00–10:00")


def test_from_the_tray_onto_a_minute_and_back(
    day: Page, session: GroupSession, haren: Prison, service: Organisation
) -> None:
    series = make_series(haren, activity=make_activity(service, "Choir"), starts_on=dt.date(2050, 1, 10))
    choir = make_session(series, None)
    day.reload()
    waiting = day.locator(f'.tray [data-session="{choir.pk}"]')
    hall = lane(day, "Hall")
    start, target = waiting.bounding_box(), hall.bounding_box()
    to_x, to_y = x_of(day, hall, 14 * 60 + 45), target["y"] + 20
    pull(day, waiting, to_x - start["x"] - start["width"] / 2, to_y - start["y"] - start["height"] / 2)
    day.mouse.up()
    expect(card(day, choir)).to_contain_text("14:00–15:30")
    assert place(choir) == "Hall 14:00-15:30"

    back, tray = card(day, choir).bounding_box(), day.locator(".tray").bounding_box()
    to_middle = tray["y"] + (tray["height"] - back["height"]) / 2 - back["y"]
    pull(day, card(day, choir), tray["x"] + 80 - back["x"], to_middle)
    day.mouse.up()
    expect(day.locator(f'.tray [data-session="{choir.pk}"]')).to_be_visible()
    choir.refresh_from_db()
    assert choir.starts_at is None


def test_arrow_keys_move_and_resize_enter_puts_down_escape_leaves(day: Page, session: GroupSession) -> None:
    link = card(day, session).locator("a")
    link.focus()
    expect(link).to_have_attribute("aria-describedby", "day-keys")
    says = day.locator("#board-says")
    day.keyboard.press("ArrowRight")
    day.keyboard.press("ArrowRight")
    expect(says).to_have_text("09:10–10:10, Class A. It fits.")
    day.keyboard.press("ArrowDown")
    expect(says).to_contain_text("09:10–10:10, Cupboard. Cupboard holds 2, the group has 8 places.")
    day.keyboard.press("Escape")
    expect(says).to_have_text("It stays where it was.")
    expect(day.locator(".ghost")).to_have_count(0)
    assert place(session) == "Class A 09:00-10:00"

    day.keyboard.press("Shift+ArrowRight")
    day.keyboard.press("Shift+ArrowRight")
    day.keyboard.press("ArrowLeft")
    expect(says).to_have_text("08:55–10:05, Class A. It fits.")
    day.keyboard.press("Enter")
    expect(day.locator("#toasts")).to_contain_text("08:55–10:05")
    assert place(session) == "Class A 08:55-10:05"
    expect(card(day, session).locator("a")).to_be_focused()
    day.keyboard.press("Enter")
    expect(day.locator("#panel")).to_contain_text("Yoga")


def test_a_finger_holds_and_pulls_on_a_phone(
    browser: Any, live_server: Any, organiser_anna: User, session: GroupSession, settings: Any
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    value = signed_in(organiser_anna).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + DAY)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    yoga = card(page, session)
    yoga.scroll_into_view_if_needed()
    touch = context.new_cdp_session(page)
    step = minutes_wide(page, 10)
    box = yoga.bounding_box()
    x, y = box["x"] + min(box["width"] / 2, 40), box["y"] + box["height"] / 2

    def finger(kind: str, *points: tuple[float, float]) -> None:
        sent = [{"x": px, "y": py} for px, py in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": sent})

    finger("touchStart", (x, y))
    expect(page.locator(".ghost")).to_have_count(1)
    finger("touchMove", (x + step / 2, y))
    finger("touchMove", (x + step, y))
    expect(page.locator(".ghost")).to_contain_text("09:10–10:10")
    finger("touchEnd")
    expect(yoga).to_contain_text("09:10–10:10")
    assert place(session) == "Class A 09:10-10:10"
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_day_and_the_panel_for_several_have_no_barriers(
    page: Page,
    live_server: Any,
    signed_in: Callable[..., None],
    organiser_anna: User,
    session: GroupSession,
    foreign_requests: list[str],
    theme: str,
) -> None:
    signed_in(organiser_anna, language="en", theme=theme)
    page.goto(live_server.url + DAY)
    card(page, session).click(modifiers=["Control"])
    page.get_by_role("button", name="Move by weeks").click()
    expect(page.locator("#panel")).to_contain_text("1 session would change")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], node["html"]) for one in found for node in one["nodes"]] == []
    assert foreign_requests == []


def test_without_javascript_the_day_is_drawn_and_a_form_moves(
    browser: Any, live_server: Any, organiser_anna: User, session: GroupSession, settings: Any
) -> None:
    context = browser.new_context(java_script_enabled=False)
    value = signed_in(organiser_anna).cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: value, "language": "en"}
    context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
    page = context.new_page()
    page.goto(live_server.url + DAY)
    hour = minutes_wide(page, 60)
    assert abs(card(page, session).bounding_box()["width"] - hour) < 3
    card(page, session).locator("a").click()
    page.locator(".session-actions .btn-primary").click()
    page.locator("input[name=start]").fill("09:25")
    page.locator("input[name=until]").fill("10:20")
    page.locator("main form .btn-primary").click()

    expect(card(page, session)).to_contain_text("09:25–10:20")
    expect(page).to_have_url(re.compile(r"view=day&day=2050-01-10"))
    assert place(session) == "Class A 09:25-10:20"
    context.close()


def test_one_line_says_why_and_shift_counts_the_dates(day: Page, session: GroupSession) -> None:
    make_session(session.series, "2050-01-17 09:00", minutes=60, room=session.room)
    line, hall = day.locator("#board-why"), lane(day, "Hall").bounding_box()
    box = card(day, session).bounding_box()
    pull(day, card(day, session), minutes_wide(day, 20), hall["y"] - box["y"])
    expect(line).to_have_text("It fits.")
    day.keyboard.down("Shift")
    expect(day.locator(".ghost")).to_have_attribute("data-along", "2/2")
    day.keyboard.up("Shift")
    expect(day.locator(".ghost[data-along]")).to_have_count(0)
    x = box["x"] + box["width"] / 2
    day.mouse.move(x + minutes_wide(day, 60), box["y"] + 20, steps=4)
    expect(line).to_contain_text("Class A is taken by Chess")
    day.keyboard.press("Escape")
    day.mouse.up()
    expect(line).to_be_hidden()
    assert place(session) == "Class A 09:00-10:00"


def test_what_lies_between_the_slots_is_narrow(day: Page) -> None:
    slots = day.locator(".axis .slot")
    first, second = slots.nth(0).bounding_box(), slots.nth(1).bounding_box()
    assert first and second
    gap = second["x"] - (first["x"] + first["width"])
    assert 0 < gap < first["width"] / 3, "two and a half hours between slots of two and a half hours"
    expect(day.locator(".axis .hour", has_text="12:00")).to_have_count(0)
