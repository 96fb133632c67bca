"""Deciding on a pile of requests: the row goes, the numbers follow, the way back stands where the eye is."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from core.dates import clock
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.models import Enrollment
from tests.factories import make_activity, make_participant, make_series, make_session

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_after_another_and_back(page, live_server, signed_in, haren, service, organiser_anna, complaints):
    series = make_series(
        haren, activity=make_activity(service, "Koor"), places=2, starts_on=clock.today(), weeks=8
    )
    day = clock.today() + dt.timedelta(days=7)
    make_session(series, dt.datetime.combine(day, dt.time(9), tzinfo=clock.BRUSSELS), state="published")
    people = [make_participant(haren, f"Naam{number}, Jan") for number in range(3)]
    for person in people:
        enter_note(haren, participant=person, asks=[NoteAsk(series=series)], by=organiser_anna)
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/series/{series.pk}/?tab=undecided")
    rows, notice = page.locator("#group-tabs ~ * tbody tr"), page.locator("#group-notice .notice")
    expect(rows).to_have_count(3)
    page.get_by_role("button", name="Approve · Naam0, Jan").click()
    expect(rows).to_have_count(2)
    expect(notice).to_contain_text("Naam0, Jan has a place.")
    expect(notice).to_be_focused()
    expect(page.locator("#group-facts")).to_contain_text("1")
    page.get_by_role("button", name="Approve · Naam1, Jan").click()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Approve · Naam2, Jan").dblclick()
    expect(notice).to_contain_text("The group is full: Naam2, Jan is on the waiting list.")
    expect(page.locator("#group")).to_contain_text("Every request has an answer")
    notice.get_by_role("button", name="Undo").click()
    expect(page.locator("#messages")).to_contain_text("is to be decided again")
    assert sorted(Enrollment.objects.values_list("state", flat=True)) == ["placed", "placed", "requested"]


def test_the_pile_by_keys_alone(page, live_server, signed_in, haren, service, organiser_anna, complaints):
    """a, w and d with the reason, arrows between; each answer leads to the next."""
    series = make_series(haren, activity=make_activity(service, "Koor"), places=5, starts_on=clock.today())
    for number in range(4):
        person = make_participant(haren, f"Naam{number}, Jan")
        enter_note(haren, participant=person, asks=[NoteAsk(series=series)], by=organiser_anna)
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/requests/")
    page.get_by_role("link", name="Decide one by one").click()
    head = page.get_by_role("heading", level=1)
    expect(head).to_contain_text("Naam0, Jan")
    page.keyboard.press("ArrowRight")
    expect(head).to_contain_text("Naam1, Jan")
    page.keyboard.press("ArrowLeft")
    expect(head).to_contain_text("Naam0, Jan")
    page.keyboard.press("a")
    expect(page.locator("#messages")).to_contain_text("Naam0, Jan has a place.")
    expect(head).to_contain_text("Naam1, Jan")
    page.keyboard.press("w")
    expect(page.locator("#messages")).to_contain_text("Naam1, Jan is on the waiting list.")
    expect(head).to_contain_text("Naam2, Jan")
    page.keyboard.press("d")
    expect(page.get_by_label("Decline, because")).to_be_focused()
    page.get_by_label("Decline, because").select_option("full")
    page.get_by_role("button", name="Decline").click()
    expect(head).to_contain_text("Naam3, Jan")
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(head).to_contain_text("Naam2, Jan")
    # whoever waits while there is room gets the next free place, here with the refusal of Naam2
    states = Enrollment.objects.order_by("participant__last_name").values_list("state", flat=True)
    assert list(states) == ["placed", "placed", "requested", "requested"]


def test_w_waits_for_a_place_also_where_the_group_is_full(
    page, live_server, signed_in, haren, service, organiser_anna, complaints
):
    series = make_series(haren, activity=make_activity(service, "Koor"), places=1, starts_on=clock.today())
    for number in range(2):
        person = make_participant(haren, f"Naam{number}, Jan")
        enter_note(haren, participant=person, asks=[NoteAsk(series=series)], by=organiser_anna)
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/requests/")
    page.get_by_role("link", name="Decide one by one").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Naam0, Jan")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Naam1, Jan")
    expect(page.get_by_role("button", name="Approve: on the waiting list")).to_be_visible()
    page.keyboard.press("w")
    expect(page.locator("#messages")).to_contain_text("Naam1, Jan is on the waiting list.")


def test_many_are_looked_at_before_they_are_answered(
    page, live_server, signed_in, haren, service, organiser_anna, complaints
):
    """The list says the free places and whose turn it is; the preview what each would get; nothing is done before."""
    series = make_series(
        haren, activity=make_activity(service, "Koor"), places=2, starts_on=clock.today(), weeks=8
    )
    for number in range(3):
        person = make_participant(haren, f"Naam{number}, Jan")
        enter_note(haren, participant=person, asks=[NoteAsk(series=series)], by=organiser_anna)
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/requests/")
    expect(page.locator("[data-label='Free places']").first).to_contain_text("2 of 2")
    expect(page.locator("tbody tr").filter(has_text="Naam2")).to_contain_text("3 in line")
    page.get_by_role("checkbox", name="Select all").check()
    page.locator("[data-bulk-bar]").get_by_role("button", name="Approve").click()
    counts = page.locator("main .counts")
    expect(counts).to_contain_text("get a place")
    assert [each.strip() for each in counts.locator(".count-number").all_inner_texts()] == ["2", "1"]
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"requested"}
    page.get_by_role("button", name="Answer 3 requests").click()
    expect(page.get_by_role("button", name="Answer 3 requests")).to_have_count(0)
    assert sorted(Enrollment.objects.values_list("state", flat=True)) == ["placed", "placed", "waiting"]
