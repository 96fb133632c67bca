"""The same name in another prison or from before: proposed wherever somebody is made, and a person decides."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from core.dates import clock
from enrollment.domain.notes.note_intake import enter_note
from enrollment.domain.notes.note_undo import undo
from enrollment.domain.participants import namesakes
from enrollment.domain.participants.people import PersonData
from enrollment.domain.roster import comparison
from enrollment.domain.roster.roster_workbook import RosterLine
from enrollment.models import Note, Participant, Stay
from tests.factories import make_activity, make_participant, make_series, signed_in
from tests.pages import flat


@pytest.fixture
def elsewhere(saint_gilles):
    return make_participant(saint_gilles, "Łuczak, Zoë", register_number="SG77", cell="C9-31")


def url(name, *args):
    return reverse(f"enrollment:{name}", args=["haren", *args])


def person_form(**fields):
    return {"last_name": "Łuczak", "first_name": "Zoe", "register_number": "44", "language": "nl"} | fields


def test_a_person_made_by_hand_is_asked_about_first(haren, elsewhere, organiser_anna):
    browser = signed_in(organiser_anna)
    answer = browser.post(url("person_add"), person_form())
    text = flat(answer)
    assert answer.status_code == 409 and "Is it the same person?" in text and 'value="44"' in text
    assert "SG77" not in text and "C9-31" not in text and "Sint-Gillis" not in text, "where is not said"
    assert browser.post(url("person_add"), person_form(same_as=elsewhere.pk)).status_code == 302
    assert Participant.objects.count() == 1
    assert Stay.objects.get(prison=haren).participant == elsewhere
    assert (
        browser.post(url("person_add"), person_form(same_as="new", register_number="45")).status_code == 302
    )
    assert Participant.objects.count() == 2, "the known one stays here now: nothing to ask"


def test_somebody_else_of_the_same_name_is_somebody_new(haren, elsewhere, organiser_anna):
    browser = signed_in(organiser_anna)
    assert browser.post(url("person_add"), person_form(same_as="new")).status_code == 302
    assert Stay.objects.get(prison=haren).participant != elsewhere


def test_nobody_but_a_namesake_can_be_linked(haren, saint_gilles, elsewhere, organiser_anna):
    other = make_participant(saint_gilles, "Ander, Jan")
    answer = signed_in(organiser_anna).post(url("person_add"), person_form(same_as=other.pk))
    assert answer.status_code == 409 and not Stay.objects.filter(prison=haren).exists()


def note_form(**fields):
    defaults = {"channel": "paper", "received_on": clock.today().isoformat(), "entry_key": str(uuid.uuid4())}
    return defaults | {"who": "Luczak, Zoë 4444", "what": "Koor"} | fields


@pytest.fixture
def group(haren, service):
    return make_series(haren, activity=make_activity(service, "Koor"), starts_on=clock.today(), weeks=8)


def test_note_entry_proposes_too_and_undo_takes_the_stay_back(haren, group, elsewhere, organiser_anna):
    elsewhere.last_name = "Lučzak"
    elsewhere.save()
    browser = signed_in(organiser_anna)
    asked = browser.post(url("note_entry"), note_form())
    assert f'name="same_as" value="{elsewhere.pk}"' in flat(asked)
    sent = note_form(create="on", new_name="Luczak, Zoë", new_number="44", same_as=elsewhere.pk)
    assert browser.post(url("note_entry"), sent).status_code == 200
    assert Stay.objects.get(prison=haren).participant == elsewhere == Note.objects.get().participant
    undo(Note.objects.get(), by=organiser_anna)
    assert not Stay.objects.filter(prison=haren).exists()
    assert Stay.objects.get().participant == elsewhere, "the person and the stay elsewhere are untouched"


def test_who_was_here_before_comes_first(haren, saint_gilles, elsewhere, organiser_anna):
    before = make_participant(haren, "Łuczak, Zoë", ends_on=dt.date(2026, 3, 1), register_number="12")
    found = namesakes.of_name(haren, "łuczak", "ZOE")
    assert [(each.person, bool(each.stay)) for each in found] == [(before, True), (elsewhere, False)]
    page = flat(signed_in(organiser_anna).post(url("person_add"), person_form()))
    assert "stayed here until 01/03/2026, number 12" in page


def test_names_in_other_scripts_are_names(haren, saint_gilles, organiser_anna):
    """Only Latin letters were compared: every Cyrillic or Arabic name was the same as every other."""
    make_participant(haren, "Иванов, Пётр", register_number="")
    make_participant(saint_gilles, "محمد, علي")
    line = RosterLine(2, "900", "Сидоров", "Иван", "", "", None)
    seen = comparison.compare(haren, [line], [], day=clock.today())
    assert len(seen.new) == 1 and seen.new[0].links == ()
    assert [each.person.last_name for each in namesakes.of_name(haren, "محمد", "علي")] == ["محمد"]


def test_a_roster_in_capitals_finds_the_namesake(haren, elsewhere):
    line = RosterLine(2, "900", "ŁUCZAK", "ZOE", "", "", None)
    (new,) = comparison.compare(haren, [line], [], day=clock.today()).new
    assert new.links == (elsewhere,)


def test_a_known_person_by_the_domain(haren, group, elsewhere, organiser_anna):
    from enrollment.domain.notes.note_intake import NoteAsk

    data = PersonData("Łuczak", "Zoë", register_number="5", same_as=elsewhere)
    note = enter_note(haren, participant=data, asks=[NoteAsk(series=group)], by=organiser_anna)
    assert note.participant == elsewhere and Participant.objects.count() == 1


def test_a_name_that_is_here_already_is_shown_first(haren, group, organiser_anna):
    here = make_participant(haren, "Łuczak, Zoë", register_number="71", cell="C3")
    browser = signed_in(organiser_anna)
    asked = browser.post(url("person_add"), person_form())
    assert asked.status_code == 409 and "number 71" in flat(asked) and "cell C3" in flat(asked)
    assert browser.post(url("person_add"), person_form(same_as=here.pk))["Location"].endswith(f"/{here.pk}/")
    assert Participant.objects.count() == 1
    sent = note_form(create="on", new_name="ŁUCZAK, Zoe", new_number="44")
    asked = browser.post(url("note_entry"), sent)
    assert asked.status_code == 422 and f'name="same_as" value="{here.pk}"' in flat(asked)
    assert not Note.objects.exists()
    assert browser.post(url("note_entry"), sent | {"same_as": here.pk}).status_code == 200
    assert Note.objects.get().participant == here and Participant.objects.count() == 1
