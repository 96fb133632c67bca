"""The page of a series from eight drafts without a room to eight published sessions, in a handful of clicks."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from core.dates import clock
from sessions.models import GroupSession
from tests.factories import make_activity, make_room, make_series, make_session, make_slot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def series(haren, service):
    first = clock.today() + dt.timedelta(weeks=1)
    make_slot(haren, first.isoweekday(), "08:30", "11:00")
    found = make_series(haren, activity=make_activity(service, "Koor"), places=8, starts_on=first, weeks=8)
    for week in range(8):
        make_session(found, f"{first + dt.timedelta(weeks=week)} 09:00", state="draft")
    taken = make_room(haren, name="Klein", capacity=8)
    make_session(make_series(haren), f"{first} 09:30", room=taken)
    make_room(haren, name="Klas 2", capacity=10)
    return found


def test_a_series_is_finished_in_four_clicks(
    page, live_server, signed_in, series, organiser_anna, complaints
):
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/series/{series.pk}/")
    bar = page.get_by_role("region", name="Still to do for this series")
    expect(bar).to_be_in_viewport()
    expect(bar).to_contain_text("8 drafts, 8 without room")
    bar.get_by_role("link", name="Find a room").click()
    rooms = page.locator(".room-fit")
    expect(rooms.first).to_contain_text("Klas 2")
    expect(rooms.first).to_contain_text("8 of 8 free")
    expect(rooms.nth(1)).to_contain_text("7 of 8 free")
    rooms.nth(1).get_by_text("Why not the other").click()
    expect(rooms.nth(1)).to_contain_text("Klein is taken by")
    rooms.first.get_by_role("button", name="Take it for 8 dates").click()
    expect(page.locator("#messages")).to_contain_text("8 sessions have a room now.")
    expect(bar).to_contain_text("8 drafts")
    bar.get_by_role("link", name="Publish 8").click()
    page.get_by_role("button", name="Publish 8 sessions").click()
    expect(page.locator("#messages")).to_contain_text("8 sessions are published.")
    expect(bar).to_have_count(0)
    expect(page.locator("#dates tbody tr")).to_have_count(8)
    expect(page.locator("#dates tbody tr").first).to_contain_text("published")
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(page).to_have_url(f"{live_server.url}/p/haren/series/{series.pk}/")
    expect(bar).to_contain_text("8 drafts")
    assert not GroupSession.objects.filter(series=series).published().exists()


def test_a_row_opens_its_date(page, live_server, signed_in, series, organiser_anna, complaints):
    signed_in(organiser_anna, language="en")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/p/haren/series/{series.pk}/")
    row = page.locator("#dates tbody tr").nth(1)
    row.locator("summary").click()
    row.get_by_role("link", name="Where can it go?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where can it go?")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
