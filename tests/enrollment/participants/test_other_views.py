"""New arrivals, transfers, week slips, certificates and separations: pages and their walls."""

import datetime as dt
import io

import pytest
from django.urls import reverse

from core.dates import clock
from enrollment.domain.attendance import certificates
from enrollment.models import Attendance, Separation, Stay
from tests.factories import (
    make_activity,
    make_enrollment,
    make_participant,
    make_separation,
    make_series,
    make_session,
    signed_in,
)
from tests.printed import text_of


def url(name, haren, *args):
    return reverse(f"enrollment:{name}", args=[haren.slug, *args])


@pytest.fixture
def group(haren, service):
    activity = make_activity(service, "Houtbewerking", title_fr="Menuiserie")
    return make_series(haren, activity=activity, starts_on=dt.date(2026, 10, 5), weeks=30)


def was_there(group, person, *marks):
    for week, value in enumerate(marks):
        start = dt.datetime(2026, 10, 5, 9, tzinfo=clock.BRUSSELS) + dt.timedelta(weeks=week)
        session = group.group_sessions.filter(starts_at=start).first() or make_session(
            group, start, state="published"
        )
        Attendance.objects.create(session=session, participant=person, mark=value, at=start)


def test_new_arrivals_are_listed(haren, organiser_anna, liaison_bert):
    new = make_participant(haren, "Nieuw, Ali", starts_on=clock.today())
    page = signed_in(organiser_anna).get(url("new_arrivals", haren))
    assert str(new).encode() in page.content
    assert signed_in(liaison_bert).get(url("new_arrivals", haren)).status_code == 403


def test_a_transfer_by_its_form(haren, saint_gilles, organiser_anna):
    person, browser = make_participant(haren), signed_in(organiser_anna)
    assert browser.post(url("person_transfer", haren, person.pk), {}).status_code == 422
    assert browser.post(url("person_transfer", haren, person.pk), {"to": haren.pk}).status_code == 422
    assert browser.post(url("person_transfer", haren, person.pk), {"to": saint_gilles.pk}).status_code == 302
    assert Stay.objects.get(prison=saint_gilles).participant == person


def test_the_week_slip_names_only_the_own_groups(haren, service, other_service, organiser_anna):
    start = dt.datetime.combine(clock.today() + dt.timedelta(days=7), dt.time(9), tzinfo=clock.BRUSSELS)
    person = make_participant(haren, language="fr")
    for organisation, title, hour in ((service, "Menuiserie", 9), (other_service, "Verslaving", 13)):
        series = make_series(haren, activity=make_activity(organisation, title), starts_on=clock.today())
        make_session(series, start.replace(hour=hour))
        make_enrollment(series, person)
    text = (
        signed_in(organiser_anna).get(url("week_slip", haren, person.pk), {"week": "next"}).content.decode()
    )
    assert "Votre semaine" in text and "Menuiserie" in text
    assert "occupé" not in text and "Verslaving" not in text  # not even that somebody else's group meets


def test_certificates_count_what_was_marked(haren, group):
    there, never = make_enrollment(group).participant, make_enrollment(group).participant
    was_there(group, there, "present", "excused", "present", "cancelled")
    was_there(group, never, "declined_self")
    (row,) = certificates.of_series(group)
    assert (row.enrollment.participant, row.times, row.of, row.hours) == (there, 2, 3, 3.0)
    assert (row.first_on, row.last_on) == (dt.date(2026, 10, 5), dt.date(2026, 10, 19))


def test_a_certificate_is_a_pdf_in_two_languages_without_the_prison(
    haren, group, organiser_anna, organiser_emile
):
    pypdfium2 = pytest.importorskip("pypdfium2")
    row = make_enrollment(group, make_participant(haren, "Peeters, Jan"))
    was_there(group, row.participant, "present")
    page = signed_in(organiser_anna).get(url("certificate_list", haren, group.pk)).content
    assert b"Jan Peeters" in page
    answer = signed_in(organiser_anna).get(url("certificate_pdf", haren, row.pk))
    assert answer.status_code == 200 and "Peeters" not in answer["Content-Disposition"]
    document = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    text = document[0].get_textpage().get_text_range()
    assert len(document) == 1 and "Jan Peeters" in text
    assert "Houtbewerking" in text and "Menuiserie" in text and "Haren" not in text
    document.close()
    assert signed_in(organiser_emile).get(url("certificate_pdf", haren, row.pk)).status_code == 404
    assert signed_in(organiser_emile).get(url("certificate_list", haren, group.pk)).status_code == 404


def test_a_name_that_cannot_be_printed_is_told_before_and_on_the_certificate(haren, group, organiser_anna):
    row = make_enrollment(group, make_participant(haren, "王, Li", language="nl"))
    was_there(group, row.participant, "present")
    anna = signed_in(organiser_anna)
    assert (
        "letters that cannot be printed: Li 王"
        in anna.get(url("certificate_list", haren, group.pk)).content.decode()
    )
    printed = text_of(anna.get(url("certificate_pdf", haren, row.pk)).content)
    assert "Li ?" in printed and "die niet gedrukt kan worden" in printed
    page = anna.get(url("week_slip", haren, row.participant_id)).content.decode()
    assert "letters that cannot be printed: 王, Li" in page


def test_only_the_prison_sees_and_writes_separations(
    haren, liaison_bert, organiser_anna, coordinator_karim, stranger_dirk
):
    one, other = (
        make_participant(haren, "Aa, Jan", register_number="111"),
        make_participant(haren, "Bb, Piet"),
    )
    page = url("separation_list", haren)
    for user, status in ((organiser_anna, 403), (coordinator_karim, 403), (stranger_dirk, 404)):
        assert signed_in(user).get(page).status_code == status
    browser = signed_in(liaison_bert)
    assert browser.post(page, {"one": "111", "other": "nobody at all"}).status_code == 422
    assert browser.post(page, {"one": "111", "other": "111"}).status_code == 422
    assert browser.post(page, {"one": "111", "other": "Bb"}).status_code == 302
    row = Separation.objects.get()
    assert {row.one, row.other} == {one, other}
    assert browser.post(page, {"one": "Bb", "other": "111"}).status_code == 409
    browser.post(url("separation_end", haren, row.pk))
    row.refresh_from_db()
    assert row.ends_on == clock.today()


def test_nobody_else_learns_of_a_separation_from_any_page(haren, service, group, organiser_anna):
    """Bytes of every page that a service can see about the group and the two people."""
    inside = make_enrollment(group, make_participant(haren, "Binnen, Jan"))
    person = make_participant(haren, "Buiten, Piet")
    waiting = make_enrollment(group, person, state="requested")
    make_session(
        group, dt.datetime.combine(clock.today() + dt.timedelta(days=7), dt.time(9), tzinfo=clock.BRUSSELS)
    )
    make_separation(haren, inside.participant, person)
    browser = signed_in(organiser_anna)
    decide = browser.get(url("enrollment_detail", haren, waiting.pk)).content
    assert b"it cannot be arranged" in decide and b"Binnen" not in decide
    refused = browser.post(url("approve", haren, waiting.pk), {"tab": "undecided"})
    assert (
        refused.status_code == 409
        and b"Binnen" not in refused.content.split(b'id="group"')[1].split(b"</form>")[0]
    )
    for page in (decide, refused.content, browser.get(url("person_detail", haren, person.pk)).content):
        assert b"apart" not in page and b"eparat" not in page


def test_the_same_person_twice_becomes_one(haren, service, group, organiser_anna):
    keep = make_participant(haren, "Peeters, Jan", register_number="", starts_on=dt.date(2026, 11, 10))
    gone = make_participant(haren, "Peeters, J", register_number="4711", starts_on=dt.date(2026, 11, 1))
    third = make_participant(haren)
    make_separation(haren, gone, third)
    was_there(group, keep, "present")
    was_there(group, gone, "excused", "present")
    mine, theirs = make_enrollment(group, keep), make_enrollment(make_series(haren), gone)
    page, browser = url("person_merge", haren, keep.pk), signed_in(organiser_anna)
    assert browser.post(page, {"other": "nobody"}).status_code == 422
    compared = browser.post(page, {"other": "4711"})["Location"]
    assert browser.post(compared, {"reason": "twice", "is_sure": "on"}).status_code == 302
    theirs.refresh_from_db(), mine.refresh_from_db()
    assert theirs.participant == mine.participant == keep
    old, new = Stay.objects.filter(participant=keep).order_by("starts_on")
    assert (old.ends_on, new.register_number) == (dt.date(2026, 11, 9), "4711")
    assert sorted(Attendance.objects.filter(participant=keep).values_list("mark", flat=True)) == [
        "present",
        "present",
    ]
    separation = Separation.objects.get()
    assert {separation.one, separation.other} == {keep, third}


def test_two_places_in_one_group_stop_a_merge(haren, group, organiser_anna):
    keep, gone = make_enrollment(group).participant, make_enrollment(group).participant
    number = gone.stays.get().register_number
    browser = signed_in(organiser_anna)
    compared = browser.post(url("person_merge", haren, keep.pk), {"other": number})["Location"]
    answer = browser.post(compared, {"reason": "twice", "is_sure": "on"})
    assert answer.status_code == 409 and b"End one of them first" in answer.content
    assert gone.stays.exists()
