"""What somebody typed is not lost by accident: not by a link, another language or a page that was left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from prisons.models import Prison, User
from rooms.models import Holiday

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/p/haren/settings/holidays/add/"


@pytest.fixture
def form(
    page: Page, live_server: Any, signed_in: Callable[..., None], haren: Prison, coordinator_karim: User
) -> Page:
    signed_in(coordinator_karim)
    page.goto(live_server.url + ADD)
    return page


@pytest.fixture
def asked(form: Page) -> list[str]:
    """Questions of the browser; somebody stays."""
    said: list[str] = []
    form.on("dialog", lambda dialog: (said.append(dialog.type), dialog.dismiss()))
    return said


def _out(page: Page, way: str) -> None:
    ways = {
        "a link": lambda: page.locator(".crumbs a").first.click(no_wait_after=True),
        "another language": lambda: page.locator("form.lang button[value=fr]").first.click(
            no_wait_after=True
        ),
        "another page": lambda: page.evaluate("() => { location.href = '/p/haren/' }"),
    }
    ways[way]()


@pytest.mark.parametrize("way", ["a link", "another language", "another page"])
def test_a_form_with_something_typed_in_it_is_not_left_unasked(
    form: Page, asked: list[str], way: str
) -> None:
    form.locator("input[name=name_nl]").press_sequentially("Half")
    _out(form, way)
    form.wait_for_function("() => true")
    expect(form.locator("input[name=name_nl]")).to_have_value("Half")
    assert asked == ["beforeunload"]
    form.locator("input[name=on]").fill("2050-01-10")
    form.locator("input[name=name_fr]").fill("Moitié")
    form.locator("input[name=name_en]").fill("Half")
    form.locator("form:has(input[name=name_nl]) button.btn-primary").click()
    form.wait_for_url(lambda url: not url.endswith("/add/"), timeout=10_000)
    assert Holiday.objects.get().name_nl == "Half" and asked == ["beforeunload"]


@pytest.mark.parametrize("way", ["a link", "another language", "another page"])
def test_a_form_that_nobody_touched_is_left_without_a_word(form: Page, asked: list[str], way: str) -> None:
    with form.expect_navigation():
        _out(form, way)
    assert asked == []
