"""What was begun and given up changes nothing: week, day, tray and edges, by mouse and by finger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession
from tests.factories import make_activity, make_room, make_series, make_session, make_slot
from tests.factories import signed_in as client_of

pytestmark = pytest.mark.django_db(transaction=True)

WEEK, DAY = "?week=2050-W02", "?view=day&day=2050-01-10"


@pytest.fixture
def room(haren: Prison) -> Room:
    for weekday in (1, 2, 3):
        make_slot(haren, weekday, "08:30", "11:00")
    make_room(haren, name="Hall")
    return make_room(haren, name="Class A")


@pytest.fixture
def placed(haren: Prison, service: Organisation, room: Room) -> GroupSession:
    return make_session(
        make_series(haren, activity=make_activity(service, "Yoga")), "2050-01-10 09:00", room=room
    )


@pytest.fixture
def waiting(haren: Prison, service: Organisation, placed: GroupSession) -> GroupSession:
    series = make_series(haren, activity=make_activity(service, "Chess"), starts_on=placed.series.starts_on)
    session = make_session(series, starts_at=None)
    GroupSession.objects.filter(pk=session.pk).update(week_on="2050-01-10")
    return session


@pytest.fixture
def anna(
    page: Page, signed_in: Callable[..., None], organiser_anna: User, waiting: GroupSession
) -> Iterator[Page]:
    """Whatever is begun on this page, no request that writes may leave it."""
    signed_in(organiser_anna, language="en")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    before = _places()
    yield page
    page.wait_for_timeout(0)
    assert sent == []
    assert _places() == before


def _places() -> list[Any]:
    return list(
        GroupSession.objects.order_by("pk").values_list("pk", "room", "starts_at", "ends_at", "version")
    )


def _middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _over_thursday(page: Page) -> tuple[float, float]:
    """The cell that the pointer crosses on its way out, and that must not get the card."""
    return _middle(page, "td[data-slot]:not(:has([data-session]))" if "day=" not in page.url else "td.lane")


OUTSIDE: dict[str, Callable[[Page], tuple[float, float]]] = {
    "the margin": lambda page: (3.0, 600.0),
    "the header": lambda page: _middle(page, "header.topbar"),
    "the head of the table": lambda page: _middle(page, ".board-table thead th"),
    "the name of a row": lambda page: _middle(page, ".board-table tbody th"),
    "below the table": lambda page: (700.0, 715.0),
    "outside the window": lambda page: (700.0, -40.0),
}
CARDS = {
    "week": (WEEK, "td [data-session] .slip-line"),
    "tray": (WEEK, ".tray [data-session] .slip-line"),
    "day": (DAY, "td [data-session] .slip-title"),
    "day's tray": (DAY, ".tray [data-session] .slip-title"),
    "left edge": (DAY, "td [data-session] [data-grip=start]"),
    "right edge": (DAY, "td [data-session] [data-grip=end]"),
}


def _take(page: Page, selector: str) -> None:
    page.locator(selector).first.hover(force=True)
    page.mouse.down()
    page.mouse.move(*_over_thursday(page), steps=8)
    expect(page.locator("[data-board][data-held]")).to_have_count(1)


def _is_home(page: Page) -> None:
    expect(page.locator("[data-board][data-held]")).to_have_count(0)
    expect(page.locator(".is-carried, .ghost, .is-target, .is-moving, .is-held")).to_have_count(0)
    expect(page.locator("td [data-session]")).to_have_count(1)
    expect(page.locator(".tray [data-session]")).to_have_count(1)
    expect(page.locator("#panel")).to_be_empty()


@pytest.mark.parametrize("what", CARDS)
def test_released_outside_every_cell_it_flies_home(
    anna: Page, live_server: Any, what: str, complaints: list[str]
) -> None:
    address, selector = CARDS[what]
    anna.goto(f"{live_server.url}/p/haren/board/{address}")
    for where in OUTSIDE.values():
        _take(anna, selector)
        anna.mouse.move(*where(anna), steps=6)
        anna.mouse.up()
        _is_home(anna)


GIVEN_UP: dict[str, Callable[[Page], Any]] = {
    "Escape": lambda page: page.keyboard.press("Escape"),
    "a lost pointer": lambda page: page.evaluate(
        "document.dispatchEvent(new PointerEvent('pointercancel', {pointerId: 1, bubbles: true}))"
    ),
    "a second finger": lambda page: page.evaluate(
        "document.body.dispatchEvent(new PointerEvent('pointerdown',"
        " {pointerId: 7, pointerType: 'touch', isPrimary: false, bubbles: true}))"
    ),
    "another window": lambda page: page.evaluate("window.dispatchEvent(new Event('blur'))"),
}


@pytest.mark.parametrize("what", CARDS)
def test_given_up_over_a_free_cell_it_flies_home(
    anna: Page, live_server: Any, what: str, complaints: list[str]
) -> None:
    address, selector = CARDS[what]
    anna.goto(f"{live_server.url}/p/haren/board/{address}")
    for give_up in GIVEN_UP.values():
        _take(anna, selector)
        give_up(anna)
        anna.mouse.move(*_over_thursday(anna), steps=2)
        anna.mouse.up()
        _is_home(anna)


def test_while_a_card_is_carried_no_row_grows(anna: Page, live_server: Any) -> None:
    anna.goto(f"{live_server.url}/p/haren/board/{WEEK}")
    heights = "() => [...document.querySelectorAll('.board-table tr')].map((row) => row.offsetHeight)"
    before = anna.evaluate(heights)
    _take(anna, CARDS["tray"][1])
    for cell in anna.locator("td[data-slot]").all():
        box = cell.bounding_box()
        assert box is not None
        anna.mouse.move(box["x"] + 5, box["y"] + 5, steps=2)
        assert anna.evaluate(heights) == before
    anna.keyboard.press("Escape")
    anna.mouse.up()


def _finger(page: Page, kind: str, *points: tuple[float, float]) -> None:
    if not hasattr(page, "fingers"):
        page.fingers = page.context.new_cdp_session(page)  # type: ignore[attr-defined]
    touched = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    page.fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", [WEEK, DAY])
@pytest.mark.parametrize("how", ["outside", "second finger", "cancel"])
def test_a_finger_that_gives_up_changes_nothing(
    browser: Any,
    live_server: Any,
    organiser_anna: User,
    waiting: GroupSession,
    settings: Any,
    address: str,
    how: str,
) -> None:
    before = _places()
    context = browser.new_context(viewport={"width": 1200, "height": 760}, has_touch=True)
    value = client_of(organiser_anna).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    page.goto(f"{live_server.url}/p/haren/board/{address}")
    at, over = _middle(page, "td [data-session]"), _over_thursday(page)
    _finger(page, "touchStart", at)
    expect(page.locator("[data-board][data-held]")).to_have_count(1)
    _finger(page, "touchMove", over)
    if how == "second finger":
        _finger(page, "touchStart", over, (600, 700))
    elif how == "cancel":
        _finger(page, "touchCancel")
    else:
        _finger(page, "touchMove", (700, 755))
    if how != "cancel":
        _finger(page, "touchEnd")
    _is_home(page)
    assert sent == [] and _places() == before
    context.close()
