"""The programme leaflet: for whom, what stands on it, and what must never stand on it."""

import datetime as dt

import pypdfium2
import pytest

from planner.leaflet import drawing
from planner.leaflet.programme import missing_titles, programmes
from prisons.models import Job
from tests.factories import (
    make_activity,
    make_enrollment,
    make_organisation,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_unit,
    make_worker,
    signed_in,
)

MONDAY, SUNDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 29)
PDF = "/p/haren/leaflet/leaflet.pdf?week=2026-W48"


@pytest.fixture
def units(haren):
    return make_unit(haren, "A1"), make_unit(haren, "B2")


@pytest.fixture
def series(haren, service, units):
    activity = make_activity(
        service, title_nl="Tekenen", title_fr="Dessin", title_en="Drawing", domain="culture"
    )
    return make_series(haren, activity=activity, units=units[:1], list_code="A17", label="2")


def week(prison, units=None):
    return [
        (one.unit.code, day, [(entry.title_nl, entry.title_fr) for entry in entries])
        for one in programmes(prison, MONDAY, SUNDAY, units)
        for day, entries in one.days
    ]


def test_each_unit_reads_what_it_may_go_to(haren, service, series):
    make_session(series, state="published")
    everybody = make_series(haren, activity=make_activity(service, "Yoga"))
    make_session(everybody, "2026-11-24 14:00", state="published")
    assert week(haren) == [
        ("A1", MONDAY, [("Tekenen 2", "Dessin 2")]),
        ("A1", dt.date(2026, 11, 24), [("Yoga", "Yoga")]),
        ("B2", dt.date(2026, 11, 24), [("Yoga", "Yoga")]),
    ]


def test_only_what_is_published_in_those_days(haren, saint_gilles, series):
    make_session(series)  # a draft
    make_session(series, "2026-11-24 09:00", state="cancelled")
    make_session(series, "2026-11-30 09:00", state="published")
    there = make_series(saint_gilles, organisation=make_organisation(saint_gilles))
    make_session(there, state="published")
    assert week(haren) == []


def test_a_missing_title_is_flagged_and_stood_in_for(haren, service):
    activity = make_activity(service, title_nl="Koken", title_fr="", title_en="")
    make_session(make_series(haren, activity=activity, units=[make_unit(haren, "A1")]), state="published")
    assert missing_titles(haren, MONDAY, SUNDAY) == [activity]
    assert week(haren) == [("A1", MONDAY, [("Koken", "Koken")])]


def test_the_cost_does_not_grow(haren, series, django_assert_max_num_queries):
    for hour in range(8, 20):
        make_session(series, f"2026-11-24 {hour:02}:00", minutes=60, state="published")
    with django_assert_max_num_queries(3):
        programmes(haren, MONDAY, SUNDAY)


def text_of(body: bytes) -> str:
    with pypdfium2.PdfDocument(body) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_the_pdf_holds_titles_and_no_person_no_room_no_code(haren, service, series, units, organiser_anna):
    room = make_room(haren, name="Klas Zeven")
    make_enrollment(series, make_participant(haren, "Okafor, Zacharie", unit=units[0], cell="C412"))
    make_session(series, room=room, workers=[make_worker(haren, name="Chloe Lambert")], state="published")
    answer = signed_in(organiser_anna).get(PDF)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    told = text_of(answer.content)
    for word in (
        "Tekenen 2",
        "Dessin 2",
        "09:00–10:30",
        "maandag 23 november 2026",
        "rapportbriefje",
        "billet de",
    ):
        assert word in told
    for word in ("Drawing", "Okafor", "Zacharie", "C412", "Klas Zeven", "A17", "Chloe"):
        assert word not in told
    assert "Drawing" in text_of(signed_in(organiser_anna).get(PDF + "&third=en").content)


def test_a_week_without_anything_is_a_page_too(haren, organiser_anna):
    assert "Geen activiteiten" in text_of(signed_in(organiser_anna).get(PDF).content)


def test_the_page_shows_what_will_be_printed(haren, series, organiser_anna):
    make_session(series, state="published")
    page = signed_in(organiser_anna).get("/p/haren/leaflet/", {"week": "2026-W48", "weeks": "2"})
    assert "Drawing 2" in page.content.decode()
    assert page.context["pdf"].endswith("leaflet.pdf?week=2026-W48&weeks=2")
    for nonsense in ({"week": "x", "weeks": "99"}, {"unit": "999"}, {"unit": "a"}):
        assert signed_in(organiser_anna).get("/p/haren/leaflet/", nonsense).status_code == 200


def test_who_prints_it(haren, liaison_bert, worker_chloe, stranger_dirk):
    for path in ("/p/haren/leaflet/", PDF):
        for user, status in ((liaison_bert, 403), (worker_chloe, 403), (stranger_dirk, 404)):
            assert signed_in(user).get(path).status_code == status


def test_a_missing_english_title_is_flagged_when_english_is_asked_for(haren, service, organiser_anna):
    activity = make_activity(service, title_nl="Koken", title_fr="Cuisine", title_en="")
    make_session(make_series(haren, activity=activity), state="published")
    assert missing_titles(haren, MONDAY, SUNDAY) == []
    assert missing_titles(haren, MONDAY, SUNDAY, with_english=True) == [activity]
    page = signed_in(organiser_anna).get("/p/haren/leaflet/", {"week": "2026-W48", "third": "en"})
    assert "no English title" in page.content.decode()


def test_how_to_ask_is_told_in_the_third_language_too(haren, series, units, organiser_anna):
    make_session(series, state="published")
    client = signed_in(organiser_anna)
    assert "Ask with a request note" not in text_of(client.get(PDF).content)
    assert "Ask with a request note" in text_of(client.get(PDF + "&third=en").content)


def test_each_unit_counts_its_own_pages(haren, service, units, organiser_anna):
    yoga = make_series(haren, activity=make_activity(service, "Yoga"))
    make_session(yoga, state="published")
    with pypdfium2.PdfDocument(signed_in(organiser_anna).get(PDF).content) as document:
        assert ["1 / 1" in page.get_textpage().get_text_bounded() for page in document] == [True, True]


def test_a_month_for_all_units_is_a_job(haren, series, units, organiser_anna, monkeypatch):
    make_session(series, state="published")
    client = signed_in(organiser_anna)
    at_once = client.get(PDF).content
    monkeypatch.setattr(drawing, "MOST_AT_ONCE", 0)
    answer = client.get(PDF)
    job = Job.objects.get(kind="leaflet")
    assert answer["Location"] == f"/p/haren/jobs/{job.pk}/"
    drawing.make(job.pk)
    assert client.get(f"/p/haren/jobs/{job.pk}/file/").content == at_once
    assert job.facts["back"].endswith("/p/haren/leaflet/?week=2026-W48")
