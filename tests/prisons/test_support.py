"""Support looks at every page with masked names for an hour: nothing is sent, nobody is found, all is on record."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import pytest

from core.dates import clock
from core.words import names
from enrollment.domain.lists import cut_off
from enrollment.models import ListVersion
from prisons.models import AuditEntry, Reading
from tests.factories import (
    make_enrollment,
    make_participant,
    make_series,
    make_session,
    make_user,
    signed_in,
)
from tests.pages import sending

pytestmark = pytest.mark.django_db


@pytest.fixture
def jan(haren):
    return make_participant(haren, "Janssens, Jan", cell="A-117", register_number="70123")


@pytest.fixture
def installer():
    return make_user("Installeerder", is_superuser=True)


@pytest.fixture
def looking(installer, haren):
    client = signed_in(installer)
    assert client.post("/p/haren/support/", {"why": "support_fault"}).status_code == 302
    return client


def test_it_begins_by_a_page_that_asks_why_and_is_on_record(haren, installer):
    client = signed_in(installer)
    assert client.get("/p/haren/people/").status_code == 403
    assert client.post("/p/haren/support/", {}).status_code == 422
    assert client.post("/p/haren/support/", {"why": "support_question"}).status_code == 302
    entry = AuditEntry.objects.get(verb="start_support")
    assert (entry.by, entry.prison, entry.fields) == (installer, haren, ["support_question"])
    page = client.get("/p/haren/people/")
    assert page.status_code == 200 and b"masked names until" in page.content


@pytest.mark.parametrize(
    "address", ["/p/haren/people/", "/p/haren/people/{pk}/", "/p/haren/people/{pk}/everything.json"]
)
def test_no_name_number_or_cell_leaves(haren, jan, looking, address):
    answer = looking.get(address.format(pk=jan.pk))
    assert answer.status_code == 200
    body = answer.content.decode()
    assert not re.search("Janssens|70123|A-117", body) and names.masked("Janssens") in body


def test_files_are_masked_too(haren, service, jan, looking):
    series = make_enrollment(make_series(haren, organisation=service), jan).series
    session = make_session(series, clock.now() + dt.timedelta(days=1), state="published")
    answer = looking.get(f"/p/haren/lists/sessions/{session.pk}/sheet.xlsx")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        text = " ".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    assert "Janssens" not in text and "70123" not in text and names.masked("Janssens") in text


def test_asking_for_a_name_finds_nobody(haren, jan, looking, organiser_anna):
    def found(client, words):
        return f"/people/{jan.pk}/" in client.get("/p/haren/search/", {"q": words}).content.decode()

    for words in ("Janssens", "janss", "70123", "Jansens"):
        assert found(signed_in(organiser_anna), words) and not found(looking, words)


def test_nothing_is_sent_but_what_ends_it(haren, jan, looking):
    for address in (
        f"/p/haren/people/{jan.pk}/",
        "/me/tokens/",
        "/p/haren/support/",
        "/accounts/password/change/",
    ):
        assert looking.post(address, {"why": "support_fault"}).status_code == 403, address
    assert looking.post("/p/haren/support/end/").status_code == 302
    assert AuditEntry.objects.filter(verb="end_support").count() == 1
    assert looking.get("/p/haren/people/").status_code == 403


def test_a_page_has_no_button_that_would_be_refused(haren, service, jan, looking, coordinator_karim):
    series = make_enrollment(make_series(haren, organisation=service), jan, "requested").series
    make_session(series, clock.now() + dt.timedelta(days=1))
    pages = ["board/", "notes/", "requests/", "people/", f"people/{jan.pk}/", f"series/{series.pk}/"]
    pages += ["settings/rooms/add/", "settings/house-rules/", "lists/", "separations/", "people-and-rights/"]
    have = 0
    for page in pages:
        answer = looking.get(f"/p/haren/{page}")
        assert sending(answer.content.decode()) == [], page
        have += bool(sending(signed_in(coordinator_karim).get(f"/p/haren/{page}").content.decode()))
    assert have > 3
    assert b'action="/p/haren/support/end/"' in answer.content and b"<button" in answer.content


def test_it_ends_after_an_hour(haren, looking, monkeypatch):
    later = clock.now() + dt.timedelta(minutes=61)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    monkeypatch.setattr("prisons.signing_in.second_factor.was_given", lambda request: True)
    answer = looking.get("/p/haren/people/")
    assert answer.status_code in (302, 403)


def test_another_prison_is_looked_at_as_before(haren, saint_gilles, looking):
    assert looking.get("/p/saint-gilles/people/").status_code == 403
    assert looking.get("/p/saint-gilles/").status_code == 200


def test_nobody_else_can_begin(haren, organiser_anna):
    assert signed_in(organiser_anna).get("/p/haren/support/").status_code == 403


def test_a_search_and_a_look_are_recorded_as_masked(haren, jan, looking):
    looking.get(f"/p/haren/people/{jan.pk}/")
    row = Reading.objects.order_by("-pk").first()
    assert row is not None and row.is_masked and row.person_id == jan.pk


def test_lists_that_close_while_support_looks_are_kept_with_their_names(haren, service, jan, looking):
    series = make_enrollment(make_series(haren, organisation=service), jan).series
    there = clock.now() + dt.timedelta(days=8)  # its lists close later, whatever the hour is
    make_session(series, there, state="published")
    with names.looking(is_masked=True):
        cut_off.freeze_everywhere(now=there - dt.timedelta(hours=1))
    kept = str(list(ListVersion.objects.values_list("facts", flat=True)))
    assert jan.last_name in kept and "#" not in kept
