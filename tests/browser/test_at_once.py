"""A control works by htmx from the moment it can be pressed: pressed in the very turn in which it came in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import make_activity, make_room, make_series, make_session, make_slot

pytestmark = pytest.mark.django_db(transaction=True)

PRESS_AT_ONCE = """(selector) => {
  document.body.dataset.same = "yes";
  const here = new Set(document.querySelectorAll(selector));
  new MutationObserver((changes, watch) => {
    const button = [...document.querySelectorAll(selector)].find((one) => !here.has(one));
    if (!button) return;
    watch.disconnect();
    button.click();
  }).observe(document.body, { childList: true, subtree: true });
}"""


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
    series = make_series(haren, activity=make_activity(service, "Yoga"))
    make_session(series, "2050-01-10 09:00", room=make_room(haren, name="Class A"))
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/board/?week=2050-W02")
    return page


def _is_same_page(page: Page) -> None:
    assert page.evaluate("document.body.dataset.same") == "yes", "it went out as a plain form"


def test_the_form_of_several_sessions(board: Page, complaints: list[str]) -> None:
    board.locator("td[data-cell]").first.focus()
    board.keyboard.press("x")
    board.evaluate(PRESS_AT_ONCE, "#panel button[value=look]")
    board.get_by_role("button", name="Move by weeks").press("Enter")
    expect(board.locator("#panel")).to_contain_text("1 session would change")
    board.evaluate(PRESS_AT_ONCE, "#panel [data-effect] ~ * button[value=do], #panel button[value=do]")
    board.locator("#panel").get_by_label("How many weeks").fill("2")
    board.locator("#panel").get_by_label("How many weeks").press("Tab")
    expect(board.locator("#toasts")).to_contain_text("1 session is changed.")
    _is_same_page(board)


def test_the_undo_of_a_toast(board: Page, complaints: list[str]) -> None:
    board.locator("[data-session] a").first.click()
    board.locator("#panel").get_by_role("link", name="Move").click()
    board.locator("#panel").get_by_label("Until").fill("09:30")
    board.evaluate(PRESS_AT_ONCE, "#toasts form button")
    board.locator("#panel form button.btn-primary").click()
    expect(board.locator("#toasts")).to_contain_text("Undone: everything is as it was.")
    _is_same_page(board)
    session = GroupSession.objects.get()
    assert session.starts_at and session.ends_at
    assert (session.ends_at - session.starts_at).seconds != 30 * 60


def test_a_form_pressed_before_htmx_is_there_offers_undo_too(board: Page) -> None:
    board.route("**/htmx-2.min*.js", lambda route: route.abort())
    board.goto(board.url.replace("/board/", f"/board/sessions/{GroupSession.objects.get().pk}/move/"))
    board.get_by_label("Until").fill("09:30")
    board.locator("main form button.btn-primary").click()
    expect(board.locator("#messages")).to_contain_text("is in Class A now")
    board.locator("#messages").get_by_role("button", name="Undo").click()
    expect(board.locator("#messages")).to_contain_text("Undone: everything is as it was.")


def test_another_language_keeps_what_was_filtered(board: Page) -> None:
    board.get_by_text("Filter", exact=True).click()
    board.get_by_label("My service only").check(force=True)
    expect(board).to_have_url(re.compile(r"mine=1"))
    board.locator(".lang button[value=fr]").first.click()
    expect(board.locator("html")).to_have_attribute("lang", "fr")
    expect(board).to_have_url(re.compile(r"mine=1"))
