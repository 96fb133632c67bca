"""A note that is changed in place keeps what its form has no field for."""

import uuid

import pytest
from django.urls import reverse

from core import clock
from enrollment.domain.notes import Ask, enter_note
from enrollment.models import Note
from tests.factories import make_activity, make_participant, make_series, signed_in


@pytest.fixture
def long_note(haren, service, organiser_anna):
    """Five things and three wishes on one sheet of paper."""
    groups = [
        make_series(haren, activity=make_activity(service, f"Groep {n}"), starts_on=clock.today(), weeks=8)
        for n in range(5)
    ]
    wishes = [
        Ask(wish_domain="sport", wish_title=title, organisation=service)
        for title in ("Judo", "Dans", "Schaak")
    ]
    return enter_note(
        haren, participant=make_participant(haren, "Peeters, An"), channel="paper", received_on=clock.today(),
        entry_key=uuid.uuid4(), by=organiser_anna, asks=[*(Ask(series=each) for each in groups), *wishes],
    )  # fmt: skip


def asked_for(note):
    return sorted(str(each.series or each.wish_title) for each in note.requests.all())


def test_more_than_the_form_shows_stays_when_the_person_is_changed(haren, long_note, organiser_anna):
    jan = make_participant(haren, "Peeters, Jan")
    wanted = asked_for(long_note)
    browser, url = signed_in(organiser_anna), reverse("enrollment:note_entry", args=[haren.slug])
    page = browser.get(url, {"change": long_note.pk})
    assert (
        "There is no field for these, they stay: Groep 3; Groep 4; “Dans”; “Schaak”." in page.content.decode()
    )
    form = dict(page.context["form"].initial)
    form |= {"who": "Peeters, Jan", "person": jan.pk, "received_on": clock.today().isoformat()}
    assert browser.post(url, form).status_code == 200
    note = Note.objects.get()
    assert (note.participant, asked_for(note)) == (jan, wanted)


def test_what_is_taken_off_the_form_goes_and_nothing_else(haren, long_note, organiser_anna):
    browser, url = signed_in(organiser_anna), reverse("enrollment:note_entry", args=[haren.slug])
    form = dict(browser.get(url, {"change": long_note.pk}).context["form"].initial)
    form |= {"what_2": "", "thing_2": "", "received_on": clock.today().isoformat()}
    assert browser.post(url, form).status_code == 200
    wanted = ["Dans", "Groep 0", "Groep 2", "Groep 3", "Groep 4", "Judo", "Schaak"]
    assert asked_for(Note.objects.get()) == wanted
