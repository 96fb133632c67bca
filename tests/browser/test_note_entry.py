"""Note entry with the keyboard alone: few keys a note, the next note follows by itself."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from core import clock
from enrollment.models import Enrollment, Note, Participant
from tests.factories import make_activity, make_participant, make_series, make_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(haren, service):
    activity = make_activity(service, "Houtbewerking")
    series = make_series(haren, activity=activity, starts_on=clock.today(), weeks=8, label="1")
    make_session(
        series, dt.datetime.combine(clock.today() + dt.timedelta(days=7), dt.time(9), tzinfo=clock.BRUSSELS)
    )
    make_series(haren, activity=make_activity(service, "Koor"), starts_on=clock.today(), weeks=8)
    return series


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


def test_a_pile_of_sixty_notes_with_the_keyboard_alone(
    page, live_server, signed_in, haren, group, organiser_anna, complaints
):
    people = [
        make_participant(haren, f"Achternaam{n}, Voornaam", register_number=f"70{n:02}31") for n in range(60)
    ]
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/notes/")
    keyboard = Keyboard(page)
    for number, person in enumerate(people, start=1):
        expect(page.locator("input[name=who]")).to_be_focused()
        keyboard.type(person.stays.get().register_number)
        page.locator("#who-choices [role=option]").first.wait_for()
        keyboard.press("Enter")
        keyboard.type("hout")
        page.locator("#what-choices [role=option]").first.wait_for()
        keyboard.press("Enter")
        page.get_by_role("status").filter(has_text=str(person)).wait_for()
        expect(page.locator("input[name=who]")).to_have_value("")
        assert Note.objects.count() == number
    assert keyboard.keys / len(people) <= 25
    assert page.locator("#last-notes li").count() == 60, "what was entered stays in sight, with undo"
    assert set(Enrollment.objects.values_list("participant_id", flat=True)) == {
        person.pk for person in people
    }


def test_arrows_choose_and_escape_closes(
    page, live_server, signed_in, haren, group, organiser_anna, complaints
):
    make_participant(haren, "Peeters, An")
    jan = make_participant(haren, "Peeters, Jan")
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/notes/")
    expect(page.locator("input[name=who]")).to_be_focused()
    page.keyboard.type("peet")
    page.locator("#who-choices [role=option]").nth(1).wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#who-choices [role=option]").count() == 0
    page.keyboard.type("e")
    page.locator("#who-choices [role=option]").nth(1).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("koor")
    page.locator("#what-choices [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="Peeters, Jan").wait_for()
    assert Note.objects.get().participant == jan


def test_somebody_new_with_the_keyboard_alone(page, live_server, signed_in, haren, group, organiser_anna):
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/notes/")
    expect(page.locator("input[name=who]")).to_be_focused()
    page.keyboard.type("Nieuwkomer, Ali 55321")
    page.locator("#who-choices .choice-none").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("koor")
    page.locator("#what-choices [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Somebody new")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="Nieuwkomer, Ali").wait_for()
    assert Participant.objects.get().stays.get().register_number == "55321"
