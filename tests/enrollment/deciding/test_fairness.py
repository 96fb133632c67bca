"""Waiting times by living unit and language: from dated facts, each number a list, few masked for others."""

import datetime as dt

import pytest
from django.urls import reverse

from enrollment.domain.deciding import fairness
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.participants import people
from enrollment.domain.requests import decisions
from enrollment.models import Enrollment
from prisons.access import access_for
from tests.factories import at, make_activity, make_participant, make_series, make_unit, signed_in

NOW = at("2026-11-25 12:00")
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


pytestmark = pytest.mark.postgres


@pytest.fixture
def group(haren, service):
    activity = make_activity(service, "Koor")
    return make_series(haren, activity=activity, places=3, starts_on=dt.date(2026, 11, 2), weeks=30)


def asked(group, by, person, day, placed_on=None):
    now = at(f"{day} 10:00")
    note = enter_note(group.prison, participant=person, asks=[NoteAsk(series=group)], by=by, now=now)
    row = Enrollment.objects.get(request__note=note)
    if placed_on:
        decisions.approve(row, by=by, now=at(f"{placed_on} 10:00"))
    return row


def found(access, by):
    rows = fairness.asked_between(access, FIRST, LAST, now=NOW)
    return {line.key: line for line in fairness.lines(rows, by)}


@pytest.fixture
def history(haren, group, organiser_anna):
    """Two in unit 2 placed after 4 and 10 days; one in unit 10 still waits after 5; one is declined."""
    two, ten = make_unit(haren, "2"), make_unit(haren, "10")
    a, b = make_participant(haren, unit=two, language="fr"), make_participant(haren, unit=two)
    c, d = make_participant(haren, unit=ten, third_language="ar"), make_participant(haren)
    asked(group, organiser_anna, a, "2026-11-03", "2026-11-07")
    asked(group, organiser_anna, b, "2026-11-03", "2026-11-13")
    asked(group, organiser_anna, c, "2026-11-20")
    decisions.decline(asked(group, organiser_anna, d, "2026-11-20"), "unit", by=organiser_anna, now=NOW)
    return a, b, c, d


def test_days_come_from_the_note_and_from_the_step_that_gave_the_place(haren, history, organiser_anna):
    units = found(access_for(organiser_anna, haren, now=NOW), fairness.UNIT)
    assert (units["2"].asked, units["2"].placed, units["2"].days_to_place) == (2, 2, 7.0)
    assert (units["10"].waiting, units["10"].days_waiting, units["10"].placed) == (1, 5, 0)
    assert (units[""].no_place, units[""].label) == (1, "no unit known")
    assert list(units) == ["2", "10", ""], "as people count"
    languages = found(access_for(organiser_anna, haren, now=NOW), fairness.LANGUAGE)
    assert languages["fr"].days_to_place == 4 and languages["ar"].label == "Arabic"


def test_a_later_move_does_not_move_the_waiting(haren, history, organiser_anna):
    access = access_for(organiser_anna, haren, now=NOW)
    before = found(access, fairness.UNIT)
    people.move(history[0], haren, make_unit(haren, "77"), "1", by=organiser_anna, now=NOW)
    assert found(access, fairness.UNIT) == before


def test_every_number_is_the_length_of_its_list(haren, history, organiser_anna):
    rows = fairness.asked_between(access_for(organiser_anna, haren, now=NOW), FIRST, LAST, now=NOW)
    for by in (fairness.UNIT, fairness.LANGUAGE):
        for line in fairness.lines(rows, by):
            for what in fairness.WHAT:
                assert len(fairness.behind(rows, by, line.key, what)) == getattr(line, what)


def test_the_page_links_each_number_for_the_service_and_masks_few_for_others(
    haren, group, organiser_anna, organiser_emile, auditor_greet, liaison_bert
):
    unit = make_unit(haren, "7")
    for number in range(7):
        row = asked_today(group, organiser_anna, make_participant(haren, f"Naam{number}, Jan", unit=unit))
        if number < 2:
            decisions.approve(row, by=organiser_anna)
    page, listed = (
        reverse(f"enrollment:{n}", args=["haren"]) for n in ("waiting_times", "waiting_times_list")
    )
    own = signed_in(organiser_anna).get(page).content.decode()
    assert listed in own and ">7</a>" in own and ">2</a>" in own and "&lt; 5" not in own
    link = own.split(f'href="{listed}?')[1].split('"')[0].replace("&amp;", "&")
    behind = signed_in(organiser_anna).get(f"{listed}?{link}")
    assert len(behind.context["rows"]) == 7 and "Naam0, Jan" in behind.content.decode()
    masked = signed_in(auditor_greet).get(page).content.decode()
    assert listed not in masked and "&lt; 5" in masked and "Naam" not in masked and "Koor" not in masked
    assert signed_in(auditor_greet).get(f"{listed}?{link}").status_code == 403
    assert "Naam0" not in signed_in(organiser_emile).get(f"{listed}?{link}").content.decode()
    assert signed_in(liaison_bert).get(page).status_code == 403


def asked_today(group, by, person):
    note = enter_note(group.prison, participant=person, asks=[NoteAsk(series=group)], by=by)
    return Enrollment.objects.get(request__note=note)


@pytest.mark.parametrize("query", ["first=x&last=9999999", "first=2027-01-01&last=2026-01-01"])
def test_unusable_days_are_no_error(haren, organiser_anna, query):
    page = reverse("enrollment:waiting_times", args=["haren"])
    assert signed_in(organiser_anna).get(f"{page}?{query}").status_code == 200
    assert signed_in(organiser_anna).get(page.rstrip("/") + "/list/?by=who").status_code == 404


def test_as_many_queries_for_many_as_for_few(
    haren, history, organiser_anna, django_assert_num_queries, group
):
    access = access_for(organiser_anna, haren, now=NOW)
    for _ in range(10):
        asked(group, organiser_anna, make_participant(haren), "2026-11-21")
    with django_assert_num_queries(3):
        fairness.asked_between(access, FIRST, LAST, now=NOW)


def test_wishes_are_counted_by_what_is_wished_for(haren, organiser_anna, organiser_emile):
    for title in ("Yoga", "yoga", "YOGA ", "Schaken"):
        ask = NoteAsk(
            wish_domain="sport", wish_title=title, organisation=organiser_anna.memberships.get().organisation
        )
        enter_note(haren, participant=make_participant(haren), asks=[ask], by=organiser_anna)
    page = reverse("enrollment:wish_list", args=["haren"])
    shown = signed_in(organiser_anna).get(page)
    assert [(wish.people, wish.undecided) for wish in shown.context["wishes"]] == [(3, 3), (1, 1)]
    assert not signed_in(organiser_emile).get(page).context["wishes"], "another service sees its own"
    period = shown.context["form"].initial
    assert period["last"] - period["first"] == dt.timedelta(days=365), "its link says: of the past year"
