"""A term in Chromium: from a number to its session, copying by mouse, and an announcement put away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.dates.clock import today
from core.dates.weeks import Week
from prisons.domain.people.announcements import announce
from prisons.models import Organisation, Prison, User
from sessions.models import Series, Term
from tests.factories import make_activity, make_room, make_series, make_session, make_slot, make_term

pytestmark = pytest.mark.django_db(transaction=True)

THIS = Week.from_date(today())
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def term(haren: Prison, service: Organisation) -> Term:
    """A running term with two groups, and an empty one after it."""
    make_slot(haren, 1, "08:30", "16:00")
    room = make_room(haren, name="Polyvalente zaal · Salle polyvalente")
    make_term(haren, name="Spring", starts_on=(THIS + 8).monday, ends_on=(THIS + 20).sunday)
    term = make_term(haren, name="Autumn", starts_on=THIS.monday, ends_on=(THIS + 5).sunday)
    for title, hour in (("Yoga", 9), ("Cooking", 11)):
        series = make_series(
            haren,
            activity=make_activity(service, title),
            term=term,
            starts_on=term.starts_on,
            start_time=dt.time(hour),
            weeks=4,
            default_room=room,
        )
        for week in range(4):
            on = term.starts_on + dt.timedelta(weeks=week)
            make_session(series, f"{on} {hour:02d}:00", room=room, pattern_on=on)
    return term


def barriers(page: Page) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [(f["id"], node["target"]) for f in found for node in f["nodes"]]


def test_from_a_number_to_its_session(
    page: Page, live_server: Any, signed_in: Callable[..., None], complaints: list[str], organiser_anna: User,
    term: Term,
) -> None:  # fmt: skip
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/board/")
    page.get_by_role("link", name="Term", exact=True).click()
    expect(page.get_by_role("heading", name="Autumn")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("row", name="Cooking").locator(".term-mark").nth(2).click()
    expect(page.locator("#panel")).to_contain_text("Cooking")
    assert f"week={THIS + 2}" in page.url


def test_copying_by_mouse_shows_what_it_will_do_and_does_it(
    page: Page, live_server: Any, signed_in: Callable[..., None], complaints: list[str], organiser_anna: User,
    term: Term,
) -> None:  # fmt: skip
    signed_in(organiser_anna, language="en", theme="dark")
    page.goto(f"{live_server.url}/p/haren/board/term/copy/")
    expect(page.get_by_role("button", name="Copy 2 series to Spring")).to_be_visible()
    assert barriers(page) == []
    page.get_by_label("Yoga").uncheck()
    page.get_by_role("button", name="Copy 1 series to Spring").click()
    expect(page.get_by_role("heading", name="Copied to Spring")).to_be_visible()
    assert barriers(page) == []
    assert [str(one) for one in Series.objects.filter(term__name="Spring")] == ["Cooking"]
    page.locator("main").get_by_role("button", name="Undo").last.click()
    expect(page.locator("main")).to_contain_text("This was undone: the copies are gone.")
    assert not Series.objects.filter(term__name="Spring").exists()


def test_a_phone_never_scrolls_sideways(
    page: Page, live_server: Any, signed_in: Callable[..., None], organiser_anna: User, term: Term
) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    signed_in(organiser_anna, language="fr")
    for path in ("board/term/", "board/term/copy/", ""):
        page.goto(f"{live_server.url}/p/haren/{path}")
        assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, PHONE["width"])


def test_an_announcement_is_put_away_in_place(
    page: Page, live_server: Any, signed_in: Callable[..., None], complaints: list[str], haren: Prison,
    coordinator_karim: User, liaison_bert: User,
) -> None:  # fmt: skip
    words = {"text_nl": "Hallo", "text_fr": "Bonjour", "text_en": "", "roles": []}
    announce(haren, words | {"starts_on": today(), "ends_on": None}, by=coordinator_karim)
    signed_in(liaison_bert, language="fr")
    page.goto(f"{live_server.url}/p/haren/")
    expect(page.locator(".announcement")).to_contain_text("Bonjour")
    assert barriers(page) == []
    page.locator(".announcement button").click()
    expect(page.locator(".announcement")).to_have_count(0)
    page.reload()
    expect(page.locator(".announcement")).to_have_count(0)
