"""Batches of reply slips: one PDF in the order of the walk, handed out together, printed again, taken back."""

import datetime as dt
import io
import re

import pypdfium2
import pytest
from django.urls import reverse

from core.dates import clock
from enrollment.domain.notes.note_intake import NoteAsk, enter_note, mark_unreadable
from enrollment.domain.requests import counts, decisions
from enrollment.domain.slips import reply_slips, slip_batches
from enrollment.models import Enrollment, Slip
from prisons.access import access_for
from tests.factories import (
    make_activity,
    make_enrollment,
    make_participant,
    make_series,
    make_session,
    make_unit,
    signed_in,
)
from tests.pages import flat


def url(name, haren, *args):
    return reverse(f"enrollment:{name}", args=[haren.slug, *args])


pytestmark = pytest.mark.postgres


@pytest.fixture
def group(haren, service):
    activity = make_activity(service, "Nederlands", title_fr="Néerlandais", title_en="Dutch")
    series = make_series(haren, activity=activity, places=90, starts_on=clock.today(), weeks=8)
    day = clock.today() + dt.timedelta(days=7)
    make_session(series, dt.datetime.combine(day, dt.time(9), tzinfo=clock.BRUSSELS), state="published")
    return series


def answered(group, by, *people):
    """Each of them has a place, and a slip that says so."""
    for person in people:
        enter_note(group.prison, participant=person, asks=[NoteAsk(series=group)], by=by)
        decisions.approve(Enrollment.objects.get(participant=person, series=group), by=by)


def pages_of(answer):
    assert answer["Content-Type"] == "application/pdf", answer.content[:200]
    with pypdfium2.PdfDocument(io.BytesIO(answer.content)) as document:
        return [page.get_textpage().get_text_range() for page in document]


def printed(browser, haren):
    """Prints what is new; returns the key of the batch."""
    answer = browser.post(url("slip_print", haren))
    assert answer.status_code == 302
    return int(re.search(r"batches/(\d+)/", answer.url).group(1))


def test_a_batch_is_one_pdf_in_the_order_of_the_walk(haren, group, organiser_anna):
    near, far = make_unit(haren, "2"), make_unit(haren, "10")
    answered(
        group,
        organiser_anna,
        make_participant(haren, "Aa, Jan", unit=far, cell="1"),
        make_participant(haren, "Bb, Jean", unit=near, cell="10", language="fr", third_language="ar"),
        make_participant(haren, "Cc, Piet", unit=near, cell="9"),
        make_participant(haren, "Dd, Weg"),
    )
    browser = signed_in(organiser_anna)
    key = printed(browser, haren)
    pages = pages_of(browser.get(url("slip_file", haren, key)))
    assert [next(name for name in ("Aa", "Bb", "Cc", "Dd") if name in page) for page in pages] == [
        "Cc", "Bb", "Aa", "Dd"
    ]  # fmt: skip
    bb = pages[1]
    assert "Bb, Jean" in bb and "Néerlandais" in bb and "Nederlands" not in bb
    assert re.search("[\u0600-\u06ff\ufb50-\ufeff]{3}", bb), "the third language is printed, not boxes"
    assert "Dutch" in bb or "Néerlandais" in bb


def test_a_batch_is_handed_out_taken_back_and_printed_again(haren, group, organiser_anna):
    answered(group, organiser_anna, make_participant(haren), make_participant(haren))
    browser = signed_in(organiser_anna)
    key = printed(browser, haren)
    assert len(pages_of(browser.get(url("slip_file", haren, key)))) == 2
    told = flat(browser.post(url("slip_hand_out", haren), {"batch": key, "list": "1"}, follow=True))
    assert "2 slips are handed out." in told and url("batch_take_back", haren, key) in told
    assert counts.to_hand_out(access_for(organiser_anna, haren)).count() == 0
    assert len(pages_of(browser.get(url("slip_file", haren, key)))) == 2, "printed again, though handed out"
    browser.post(url("batch_take_back", haren, key))
    assert counts.to_hand_out(access_for(organiser_anna, haren)).count() == 2
    one = Slip.objects.first()
    assert len(pages_of(browser.get(url("slip_file", haren, key), {"slip": one.pk}))) == 1
    page = flat(browser.get(url("slip_batch", haren, key)))
    assert str(one.participant) in page and "Unit · cell</th>" in page and "Answer</th>" in page


def test_nothing_is_printed_twice_by_two_people(haren, group, organiser_anna, coordinator_karim):
    answered(group, organiser_anna, make_participant(haren))
    first = printed(signed_in(organiser_anna), haren)
    second = signed_in(coordinator_karim).post(url("slip_print", haren))
    assert second.url.endswith("?tab=hand_out")
    assert {slip_batches.key_of(slip.printed_at) for slip in Slip.objects.all()} == {first}


def test_what_a_later_answer_replaces_must_come_out_of_the_pile(haren, group, organiser_anna):
    person = make_participant(haren, "Veranderd, Jan")
    answered(group, organiser_anna, person, make_participant(haren))
    browser = signed_in(organiser_anna)
    key = printed(browser, haren)
    decisions.withdraw(Enrollment.objects.get(participant=person), by=organiser_anna)
    page = flat(browser.get(url("slip_batch", haren, key)))
    assert "Take 1 slip out of the pile" in page
    assert len(pages_of(browser.get(url("slip_file", haren, key)))) == 1
    (batch,) = slip_batches.batches(counts.own_slips(access_for(organiser_anna, haren)))
    assert (batch.slips, batch.to_hand_out, batch.replaced) == (2, 1, 1)
    tab = flat(browser.get(url("request_list", haren), {"tab": "hand_out"}))
    assert "Print 1 new slip" in tab and "1 to take out of the pile" in tab


def test_a_batch_is_the_services_own(haren, group, organiser_anna, organiser_emile, liaison_bert):
    answered(group, organiser_anna, make_participant(haren, "Geheim, Jan"))
    key = printed(signed_in(organiser_anna), haren)
    for name in ("slip_batch", "slip_file"):
        assert signed_in(organiser_emile).get(url(name, haren, key)).status_code == 404
        assert signed_in(liaison_bert).get(url(name, haren, key)).status_code == 403
    signed_in(organiser_emile).post(url("slip_hand_out", haren), {"batch": key})
    assert Slip.objects.get().handed_out_at is None
    for strange in (0, 10**18, 10**40):
        assert signed_in(organiser_anna).get(url("slip_batch", haren, strange)).status_code == 404


def test_a_later_answer_stops_taking_back(haren, group, organiser_anna):
    person = make_participant(haren)
    answered(group, organiser_anna, person)
    slip = Slip.objects.get()
    reply_slips.hand_out(haren, [slip.pk], by=organiser_anna)
    decisions.withdraw(Enrollment.objects.get(), by=organiser_anna)
    browser = signed_in(organiser_anna)
    page = flat(browser.post(url("slip_take_back", haren, slip.pk), follow=True))
    assert "while no later answer is written" in page
    slip.refresh_from_db()
    assert slip.handed_out_at is not None


def test_the_card_of_an_unreadable_note_can_be_ticked(haren, group, organiser_anna):
    person = make_participant(haren, language="nl", third_language="tr")
    mark_unreadable(haren, participant=person, by=organiser_anna)
    browser = signed_in(organiser_anna)
    (page,) = pages_of(browser.get(url("slip_file", haren, printed(browser, haren))))
    assert "Nederlands" in page and "Iets anders:" in page and "Başka bir şey:" in page


def test_the_week_slip_is_a_pdf_in_the_persons_languages(haren, group, organiser_anna):
    person = make_participant(haren, "Week, Jan", language="fr", third_language="ar")
    make_enrollment(group, person)
    browser = signed_in(organiser_anna)
    (page,) = pages_of(browser.get(url("week_slip", haren, person.pk), {"week": "next", "as": "pdf"}))
    assert "Week, Jan" in page and "Néerlandais" in page and "Votre semaine" in page
    shown = flat(browser.get(url("week_slip", haren, person.pk), {"week": "next"}))
    assert 'dir="rtl"' in shown


def test_a_batch_that_later_answers_replaced_says_so(haren, group, organiser_anna):
    person = make_participant(haren)
    answered(group, organiser_anna, person)
    browser = signed_in(organiser_anna)
    key = printed(browser, haren)
    decisions.withdraw(Enrollment.objects.get(participant=person), by=organiser_anna)
    page = browser.get(url("slip_file", haren, key), follow=True)
    assert "Nothing of this batch is left to print" in flat(page)
