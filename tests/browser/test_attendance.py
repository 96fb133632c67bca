"""A sheet that came back, typed in: few keys with a keyboard, one tap per person with a thumb."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from core.dates import clock
from enrollment.domain.attendance.sheet_codes import code_of
from enrollment.models import Attendance
from tests.factories import make_activity, make_enrollment, make_participant, make_series, make_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(haren, service):
    """Yesterday's session with twenty-five people."""
    series = make_series(haren, activity=make_activity(service, "Houtbewerking"), places=25)
    yesterday = clock.today() - dt.timedelta(days=1)
    for number in range(25):
        person = make_participant(haren, f"Naam{number:02}, Jan", register_number=f"{4100 + number}")
        make_enrollment(series, person, placed_from=yesterday)
    return make_session(
        series, dt.datetime.combine(yesterday, dt.time(9), tzinfo=clock.BRUSSELS), state="published"
    )


class Keyboard:
    """Types, and counts the keys."""

    def __init__(self, page):
        self.page, self.keys = page, 0

    def type(self, text):
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key):
        self.page.keyboard.press(key)
        self.keys += 1


def test_twenty_five_names_in_at_most_forty_keystrokes(
    page, live_server, signed_in, session, organiser_anna, complaints
):
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/attendance/")
    keyboard = Keyboard(page)
    expect(page.locator("#code")).to_be_focused()
    keyboard.type(code_of(session.pk).lower())
    keyboard.press("Enter")
    expect(page.locator("#exceptions")).to_be_focused()
    keyboard.type("01n 07n 13e 20w 24s")
    keyboard.press("Enter")
    expect(page.get_by_text("Saved: 20 people were there.")).to_be_visible()
    expect(page.locator("#code")).to_be_focused()  # ready for the next sheet
    assert keyboard.keys <= 40
    marks = list(Attendance.objects.values_list("mark", flat=True))
    assert (len(marks), marks.count("present"), marks.count("not_brought")) == (25, 20, 2)


def test_one_line_a_person_on_a_phone(page, live_server, signed_in, session, organiser_anna, complaints):
    """Present is one tap, the rest stands on a sheet, the count stays in view, and a person takes one line."""
    page.set_viewport_size({"width": 360, "height": 740})
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/attendance/{session.pk}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    rows = page.locator("#attendance tbody tr")
    assert max(row.bounding_box()["height"] for row in rows.all()) <= 60
    first, second = rows.filter(has_text="Naam00"), rows.filter(has_text="Naam01")
    button = first.get_by_role("button", name="Present", exact=False).first
    assert button.bounding_box()["height"] >= 44  # a thumb hits it
    button.click()
    expect(first.locator("button[value=present]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#attendance-counts")).to_be_in_viewport()

    second.get_by_role("button", name="Other").click()
    choice = second.get_by_role("button", name="Not brought")
    assert choice.bounding_box()["height"] >= 44
    choice.click()
    expect(second.locator(".marks-other")).to_have_text("not brought")
    expect(second.locator(".marks-sheet")).to_be_hidden()
    expect(page.locator("#attendance-counts")).to_contain_text("Not brought by the prison 1")
    found = dict(Attendance.objects.values_list("participant__last_name", "mark"))
    assert found == {"Naam00": "present", "Naam01": "not_brought"}


def test_many_at_once(page, live_server, signed_in, session, organiser_anna, complaints):
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/attendance/{session.pk}/")
    for name in ("Naam03", "Naam05"):
        page.locator("#attendance tbody tr").filter(has_text=name).get_by_role("checkbox").check()
    page.locator("[data-bulk-bar] button[value=elsewhere]").click()
    expect(page.get_by_text("Marked: 2 people.")).to_be_visible()
    assert list(Attendance.objects.values_list("mark", flat=True)) == ["elsewhere", "elsewhere"]
