"""A note that is changed in place keeps what its form has no field for."""

import uuid

import pytest
from django.urls import reverse

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.notes.note_undo import replace_note, undo
from enrollment.domain.participants.forgetting import forget
from enrollment.domain.requests.decisions import approve
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
        NoteAsk(wish_domain="sport", wish_title=title, organisation=service)
        for title in ("Judo", "Dans", "Schaak")
    ]
    return enter_note(
        haren, participant=make_participant(haren, "Peeters, An"), channel="paper", received_on=clock.today(),
        entry_key=uuid.uuid4(), by=organiser_anna, asks=[*(NoteAsk(series=each) for each in groups), *wishes],
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


def test_taking_a_change_back_brings_the_note_back_as_it_was(haren, long_note, organiser_anna):
    an, wanted = long_note.participant, asked_for(long_note)
    browser, url = signed_in(organiser_anna), reverse("enrollment:note_entry", args=[haren.slug])
    form = dict(browser.get(url, {"change": long_note.pk}).context["form"].initial)
    form |= {"who": "x", "person": make_participant(haren, "Peeters, Jan").pk, "what_2": "", "thing_2": ""}
    browser.post(url, form | {"received_on": clock.today().isoformat()})
    changed = Note.objects.get()
    assert changed.participant != an and asked_for(changed) != wanted
    browser.post(reverse("enrollment:note_undo", args=[haren.slug, changed.pk]))
    back = Note.objects.get()
    assert (back.participant, asked_for(back), back.before_change) == (an, wanted, None)
    browser.post(reverse("enrollment:note_undo", args=[haren.slug, back.pk]))
    assert not Note.objects.exists()


def test_changed_in_two_tabs_one_paper_stays_one_note(haren, long_note, organiser_anna):
    browser, url = signed_in(organiser_anna), reverse("enrollment:note_entry", args=[haren.slug])
    tabs = [dict(browser.get(url, {"change": long_note.pk}).context["form"].initial) for _tab in range(2)]
    answers = [
        browser.post(
            url, form | {"person": make_participant(haren).pk, "received_on": clock.today().isoformat()}
        )
        for form in tabs
    ]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert "has been changed or taken back meanwhile" in answers[1].content.decode()
    assert Note.objects.count() == 1


def test_one_form_does_not_answer_for_somebody_else(haren, service, organiser_anna):
    series = make_series(haren, activity=make_activity(service, "Koor"), starts_on=clock.today(), weeks=8)
    browser, url = signed_in(organiser_anna), reverse("enrollment:note_entry", args=[haren.slug])
    one, other = make_participant(haren, "Een, An"), make_participant(haren, "Ander, Bo")
    form = dict(browser.get(url).context["form"].initial) | {"received_on": clock.today().isoformat()}
    form |= {"what": "koor", "thing": f"s{series.pk}"}
    assert browser.post(url, form | {"who": "Een", "person": one.pk}).status_code == 200
    assert browser.post(url, form | {"who": "Een", "person": one.pk}).status_code == 200, "a double press"
    again = browser.post(url, form | {"who": "Ander", "person": other.pk})
    assert again.status_code == 409 and "a note of Een, An already" in again.content.decode()
    fresh = form | {"who": "Ander", "person": other.pk, "entry_key": again.context["form"].data["entry_key"]}
    assert browser.post(url, fresh).status_code == 200
    assert {str(each.participant) for each in Note.objects.all()} == {"Een, An", "Ander, Bo"}


def test_what_is_answered_offers_neither_change_nor_undo(haren, long_note, organiser_anna):
    browser, url = signed_in(organiser_anna), reverse("enrollment:note_entry", args=[haren.slug])
    assert f"?change={long_note.pk}" in browser.get(url).content.decode()
    approve(long_note.requests.filter(series__isnull=False).first().enrollment, by=organiser_anna)
    page = browser.get(url).content.decode()
    assert f"?change={long_note.pk}" not in page and f"/notes/{long_note.pk}/undo/" not in page


def test_a_similar_name_is_offered_before_somebody_new_is_made(haren, service, organiser_anna):
    series = make_series(haren, activity=make_activity(service, "Koor"), starts_on=clock.today(), weeks=8)
    known = make_participant(haren, "El Idrissi, Mihai", register_number="2169")
    browser, url = signed_in(organiser_anna), reverse("enrollment:note_entry", args=[haren.slug])
    form = dict(browser.get(url).context["form"].initial) | {"received_on": clock.today().isoformat()}
    form |= {"who": "idrisi mihai", "what": "koor", "thing": f"s{series.pk}"}
    asked = browser.post(url, form)
    assert asked.status_code == 422 and list(asked.context["similar"]) == [known]
    assert browser.post(url, form | {"person": known.pk}).status_code == 200
    assert Note.objects.get().participant == known


@pytest.mark.parametrize(
    ("typed", "number", "said"),
    [
        ("Nieuw, An", "2.169", "has this number already"), ("Nieuw, An", "002169", "has this number already"),
        ("Nieuw, An", "abc", "is no number"), ("99998", "", "A name has letters"), ("Nieuw, An", "3.170", ""),
    ],
)  # fmt: skip
def test_a_number_is_read_as_the_roster_reads_it(haren, service, organiser_anna, typed, number, said):
    series = make_series(haren, activity=make_activity(service, "Koor"), starts_on=clock.today(), weeks=8)
    make_participant(haren, "Claes, Bo", register_number="2169")
    browser, url = signed_in(organiser_anna), reverse("enrollment:note_entry", args=[haren.slug])
    form = dict(browser.get(url).context["form"].initial) | {"received_on": clock.today().isoformat()}
    form |= {"who": "zzz", "what": "koor", "thing": f"s{series.pk}", "create": "on"}
    answer = browser.post(url, form | {"new_name": typed, "new_number": number})
    assert said in answer.content.decode() and Note.objects.count() == (0 if said else 1)
    if not said:
        assert Note.objects.get().participant.stays.get().register_number == "3170"


def test_a_wish_leaves_the_image_of_a_note_with_its_person_and_undo_still_works(
    haren, service, organiser_anna
):
    an, jan = make_participant(haren, "Peeters, An"), make_participant(haren, "Peeters, Jan")
    note = enter_note(
        haren, participant=an, received_on=clock.today(), entry_key=uuid.uuid4(), by=organiser_anna,
        asks=[NoteAsk(wish_domain="sport", wish_title="Zebedeus", organisation=service)],
    )  # fmt: skip
    ask = NoteAsk(wish_domain="sport", wish_title="Judo", organisation=service)
    changed = replace_note(note, participant=jan, asks=[ask], entry_key=uuid.uuid4(), by=organiser_anna)
    assert "Zebedeus" in str(changed.before_change)
    forget(an)
    assert Note.objects.get().before_change is None
    assert undo(Note.objects.get(), by=organiser_anna) is None and not Note.objects.exists()


def test_a_note_that_is_gone_is_not_changed_into_a_second(haren, long_note, organiser_anna):
    stale = Note.objects.get()
    undo(long_note, by=organiser_anna)
    with pytest.raises(PlannerError) as refused:
        replace_note(
            stale, participant=stale.participant, entry_key=uuid.uuid4(), by=organiser_anna,
            asks=[NoteAsk(wish_domain="sport", wish_title="Judo")],
        )  # fmt: skip
    assert refused.value.code == "changed_meanwhile" and not Note.objects.exists()
