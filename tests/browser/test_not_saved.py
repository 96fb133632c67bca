"""What was not done is said, above whatever is open, and what is on the page stays: one goes on from there."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from core.dates import clock
from enrollment.models import Attendance, Participant
from tests.factories import make_activity, make_enrollment, make_participant, make_series, make_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sheet(page, live_server, signed_in, haren, service, organiser_anna) -> Page:
    """Yesterday's sheet on a phone, the other marks of the one person open."""
    series = make_series(haren, activity=make_activity(service, "Houtbewerking"), places=25)
    yesterday = clock.today() - dt.timedelta(days=1)
    make_enrollment(series, make_participant(haren, "Naam, Jan"), placed_from=yesterday)
    begin = dt.datetime.combine(yesterday, dt.time(9), tzinfo=clock.BRUSSELS)
    session = make_session(series, begin, state="published")
    page.set_viewport_size({"width": 360, "height": 740})
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/attendance/{session.pk}/")
    page.locator(".marks-other").click()
    return page


def press(page: Page) -> None:
    page.locator(".marks-sheet").get_by_role("button", name="excused").click()


def expect_said(page: Page, words: str) -> None:
    """Once, and nothing lies over it."""
    said = page.locator("#toasts [data-toast]").filter(has_text=words)
    expect(said).to_have_count(1)
    expect(said).to_be_visible()
    assert said.evaluate(
        """(toast) => {
            const box = toast.getBoundingClientRect();
            return toast.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
        }"""
    )


def test_without_a_line_it_is_said_above_the_sheet(sheet):
    sheet.context.set_offline(True)
    press(sheet)
    expect_said(sheet, "Nothing was saved")
    sheet.context.set_offline(False)
    press(sheet)
    expect(sheet.locator(".marks-other")).to_have_text("excused")
    assert Attendance.objects.get().mark == "excused"


def test_without_a_line_a_form_is_not_exchanged_for_the_browsers_own_page(
    page, live_server, signed_in, haren, coordinator_karim
):
    """What was typed is still there, and goes as soon as there is a line again."""
    signed_in(coordinator_karim, language="en")
    page.goto(f"{live_server.url}/p/haren/people/add/")
    page.get_by_label("Name", exact=True).fill("Zonder")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect_said(page, "Nothing was saved")
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Zonder")).to_be_visible()
    assert Participant.objects.get().last_name == "Zonder"


def test_signed_out_in_another_tab_one_goes_on_where_one_was(sheet, signed_in, organiser_anna, settings):
    where = sheet.url
    sheet.context.clear_cookies()
    press(sheet)
    expect_said(sheet, "You were signed out, and nothing was saved.")
    expect(sheet.locator("#toasts").get_by_role("link", name="Sign in in another tab")).to_be_visible()
    assert not Attendance.objects.exists()
    sheet.context.clear_cookies()  # whoever signs in gets new ones
    signed_in(organiser_anna, language="en")
    press(sheet)
    expect_said(sheet, f"you signed in anew as {organiser_anna.full_name}")
    press(sheet)
    expect(sheet.locator(".marks-other")).to_have_text("excused")
    assert Attendance.objects.get().mark == "excused" and sheet.url == where


def test_signed_out_one_is_answered_in_the_language_of_the_page(sheet, signed_in, organiser_anna):
    signed_in(organiser_anna, language="fr")
    sheet.reload()
    sheet.context.clear_cookies()  # the browser itself speaks English
    sheet.locator(".marks-other").click()
    sheet.locator("[id^=mark-][id$=-excused]").click()
    expect_said(sheet, "Vous avez été déconnecté")
