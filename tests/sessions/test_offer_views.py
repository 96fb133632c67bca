"""Pages of activities, terms and facilitators."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.dates.clock import today
from prisons.domain.unchanged import fingerprint
from prisons.models import Organisation, Prison, User
from sessions.models import Activity, Term, Worker, WorkerAbsence, WorkerAccess, WorkerWish
from tests.factories import (
    at,
    make_absence,
    make_activity,
    make_room,
    make_series,
    make_session,
    make_term,
    make_wish,
    make_worker,
    signed_in,
)

pytestmark = pytest.mark.postgres

PAGES = ["activity_list", "activity_add", "worker_list", "worker_add"]
RULES = ["term_list", "term_add"]


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


def url(name: str, prison: Prison, *args: int) -> str:
    return reverse(f"sessions:{name}", args=[prison.slug, *args])


@pytest.mark.parametrize("name", PAGES)
def test_pages(anna: Client, liaison_bert: User, stranger_dirk: User, haren: Prison, name: str) -> None:
    assert anna.get(url(name, haren)).status_code == 200
    assert signed_in(stranger_dirk).get(url(name, haren)).status_code == 404
    assert signed_in(liaison_bert).get(url(name, haren)).status_code == 403


@pytest.mark.parametrize("name", RULES)
def test_terms_are_rules(
    anna: Client, coordinator_karim: User, stranger_dirk: User, haren: Prison, name: str
) -> None:
    assert signed_in(coordinator_karim).get(url(name, haren)).status_code == 200
    assert signed_in(stranger_dirk).get(url(name, haren)).status_code == 404
    assert anna.get(url(name, haren)).status_code == 403


def test_an_activity_is_added(anna: Client, haren: Prison, service: Organisation) -> None:
    data = {"organisation": service.pk, "domain": "language", "title_nl": "Nederlands 1", "is_active": "on"}
    assert anna.post(url("activity_add", haren), data).status_code == 302
    activity = Activity.objects.get()
    assert (activity.title_nl, activity.title_fr) == ("Nederlands 1", "")
    assert "missing: fr, en" in anna.get(url("activity_list", haren)).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title_nl": "", "title_fr": "Néerlandais"}, "own language"),
        ({"title_nl": "BESTAAT AL"}, "already offers"),
        ({"title_nl": "x" * 10_000}, "at most 120"),
        ({"title_nl": "a\x07b"}, "cannot be printed"),
        ({"domain": "cooking"}, "Select a valid choice"),
    ],
)
def test_an_activity_is_refused(
    anna: Client, haren: Prison, service: Organisation, change: dict[str, Any], sentence: str
) -> None:
    make_activity(service, "Bestaat al")
    data = {"organisation": service.pk, "domain": "language", "title_nl": "Nieuw"} | change
    page = anna.post(url("activity_add", haren), data)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert Activity.objects.count() == 1


def test_an_activity_of_another_service_is_not_mine(
    anna: Client, coordinator_karim: User, haren: Prison, other_service: Organisation
) -> None:
    theirs = make_activity(other_service, "Théâtre")
    assert anna.get(url("activity_edit", haren, theirs.pk)).status_code == 403
    assert anna.post(url("activity_remove", haren, theirs.pk)).status_code == 403
    data = {"organisation": other_service.pk, "domain": "culture", "title_fr": "Autre"}
    assert anna.post(url("activity_add", haren), data).status_code == 422
    assert signed_in(coordinator_karim).get(url("activity_edit", haren, theirs.pk)).status_code == 403
    assert Activity.objects.count() == 1


def test_a_stale_activity_says_who_was_faster(
    anna: Client, coordinator_karim: User, haren: Prison, service: Organisation
) -> None:
    activity = make_activity(service, "Eerst")
    seen = fingerprint(activity)
    data = {
        "organisation": service.pk,
        "domain": "education",
        "title_nl": "Van Karim",
        "is_active": "on",
        "seen": seen,
    }
    assert (
        signed_in(coordinator_karim).post(url("activity_edit", haren, activity.pk), data).status_code == 302
    )
    page = anna.post(url("activity_edit", haren, activity.pk), data | {"title_nl": "Van Anna"})
    assert page.status_code == 409
    text = page.content.decode()
    assert "Karim Haddad" in text and "Van Anna" in text and "Van Karim" in text
    activity.refresh_from_db()
    assert (activity.title_nl, activity.version) == ("Van Karim", 2)


def test_an_activity_with_a_series_stays(anna: Client, haren: Prison, service: Organisation) -> None:
    used, unused = make_activity(service), make_activity(service)
    make_series(haren, activity=used)
    assert anna.post(url("activity_remove", haren, used.pk)).status_code == 409
    assert anna.post(url("activity_remove", haren, unused.pk)).status_code == 302
    assert Activity.objects.get() == used


def test_terms(coordinator_karim: User, haren: Prison) -> None:
    karim = signed_in(coordinator_karim)
    data = {"name": "Herfst", "starts_on": "2026-09-07", "ends_on": "2026-12-20"}
    assert karim.post(url("term_add", haren), data).status_code == 302
    assert karim.post(url("term_add", haren), data).status_code == 422  # a double click
    assert (
        karim.post(url("term_add", haren), data | {"name": "B", "ends_on": "2026-09-06"}).status_code == 422
    )
    term = Term.objects.get()
    make_series(haren, term=term)
    assert karim.get(url("term_list", haren)).status_code == 200
    assert karim.post(url("term_remove", haren, term.pk)).status_code == 409
    other = make_term(haren)
    assert karim.post(url("term_edit", haren, other.pk), data | {"name": "Lente"}).status_code == 302
    assert karim.post(url("term_remove", haren, other.pk)).status_code == 302


def test_terms_stand_on_pages_the_newest_first(coordinator_karim: User, haren: Prison) -> None:
    for year in range(2000, 2015):
        make_term(haren, name=f"Year {year}", starts_on=dt.date(year, 1, 1), ends_on=dt.date(year, 6, 1))
    karim, seen = signed_in(coordinator_karim), []
    for number in (1, 2):
        seen += [term.name for term in karim.get(url("term_list", haren), {"page": number}).context["page"]]
    assert seen == [f"Year {year}" for year in range(2014, 1999, -1)]


WORKER = {"name": "Chloé", "email": "chloe@example.org", "language": "fr", "languages": ["fr", "ar"]}


def test_a_facilitator_is_added(anna: Client, haren: Prison, service: Organisation) -> None:
    data = WORKER | {"organisations": [service.pk], "needs_permission": "on", "permitted_until": "2090-01-01"}
    assert anna.post(url("worker_add", haren), data).status_code == 302
    worker = Worker.objects.get()
    assert (worker.languages, list(worker.organisations.all())) == (["fr", "ar"], [service])
    assert WorkerAccess.objects.get().permitted_until == dt.date(2090, 1, 1)
    assert anna.post(url("worker_add", haren), data).status_code == 422  # the same address again
    assert Worker.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [("", "", 1), ("", "b@example.org", 1), ("a@example.org", "", 1), ("a@example.org", "b@example.org", 2)],
)
def test_the_same_name_is_somebody_else_only_where_both_have_an_address(
    anna: Client, haren: Prison, service: Organisation, first: str, second: str, count: int
) -> None:
    """Gone back after saving and saved once more, a form makes no second person."""
    data = WORKER | {"organisations": [service.pk], "needs_permission": "on"}
    assert anna.post(url("worker_add", haren), data | {"email": first}).status_code == 302
    again = anna.post(url("worker_add", haren), data | {"email": second, "name": "CHLOE"})
    assert (Worker.objects.count(), again.status_code) == (count, 302 if count == 2 else 422)
    assert count == 2 or "already works here" in again.content.decode()


def test_the_dates_of_somebody_else_are_not_called_ones_own(anna: Client, haren: Prison) -> None:
    worker = make_worker(haren, name="Chloé")
    page = anna.get(url("worker_edit", haren, worker.pk)).content.decode()
    assert "Dates Chloé cannot" in page and "Dates I cannot" not in page


def test_a_facilitator_of_another_prison_is_recognised(
    anna: Client, haren: Prison, saint_gilles: Prison
) -> None:
    known = make_worker(saint_gilles, name="Known Name", email="Chloe@example.org")
    page = anna.post(url("worker_add", haren), WORKER | {"needs_permission": "on"}, follow=True)
    assert "Known Name works in another prison already" in page.content.decode()
    known.refresh_from_db()
    assert known.name == "Known Name"
    assert known.accesses.count() == 2
    assert anna.get(url("worker_edit", haren, known.pk)).status_code == 200


def test_a_facilitator_elsewhere_is_not_here(anna: Client, haren: Prison, saint_gilles: Prison) -> None:
    elsewhere = make_worker(saint_gilles, name="Elsewhere")
    assert anna.get(url("worker_edit", haren, elsewhere.pk)).status_code == 404
    assert "Elsewhere" not in anna.get(url("worker_list", haren)).content.decode()
    add = {"starts_on": "2090-01-01"}
    assert anna.post(url("absence_add", haren, elsewhere.pk), add).status_code == 404
    absence = make_absence(elsewhere, "2090-01-01 00:00", "2090-01-02 00:00")
    assert anna.post(url("absence_remove", haren, absence.pk)).status_code == 404


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "expired"),
        (0, "0 days left"),
        (29, "29 days left"),
        (30, "30 days left"),
        (None, "no permission yet"),
    ],
)
def test_permissions(anna: Client, haren: Prison, days: int | None, words: str) -> None:
    until = None if days is None else today() + dt.timedelta(days=days)
    make_worker(haren, permitted_until=until)
    assert words in anna.get(url("worker_list", haren)).content.decode()
    urgent = "Nobody fits" not in anna.get(url("worker_list", haren) + "?permission=urgent").content.decode()
    assert urgent == (days is None or days < 30)


def test_a_facilitator_is_changed(
    anna: Client, haren: Prison, saint_gilles: Prison, service: Organisation
) -> None:
    elsewhere = Organisation.objects.create(name="Elders", short_name="Elders", authority="flemish")
    worker = make_worker(haren, name="Old", organisation=elsewhere)
    data = WORKER | {"organisations": [service.pk], "seen": fingerprint(worker)}
    assert anna.post(url("worker_edit", haren, worker.pk), data).status_code == 302
    worker.refresh_from_db()
    assert worker.name == "Chloé"
    assert set(worker.organisations.all()) == {service, elsewhere}
    assert not worker.accesses.get().needs_permission
    make_worker(haren, email="taken@example.org")
    taken = data | {"email": "TAKEN@example.org", "seen": fingerprint(worker)}
    assert anna.post(url("worker_edit", haren, worker.pk), taken).status_code == 422


def test_whoever_leads_coming_sessions_does_not_leave(anna: Client, haren: Prison) -> None:
    worker = make_worker(haren)
    make_session(make_series(haren), "2090-11-20 09:00", room=make_room(haren), workers=[worker])
    assert anna.post(url("worker_end", haren, worker.pk)).status_code == 409
    idle = make_worker(haren)
    assert anna.post(url("worker_end", haren, idle.pk)).status_code == 302
    assert list(WorkerAccess.objects.values_list("worker", flat=True)) == [worker.pk]


@pytest.mark.parametrize(
    ("data", "span"),
    [
        ({"starts_on": "2090-11-20"}, ("2090-11-20 00:00", "2090-11-21 00:00")),
        ({"starts_on": "2090-11-20", "ends_on": "2090-11-22"}, ("2090-11-20 00:00", "2090-11-23 00:00")),
        (
            {"starts_on": "2090-11-20", "starts": "09:00", "ends": "12:00"},
            ("2090-11-20 09:00", "2090-11-20 12:00"),
        ),
        ({"starts_on": "2090-11-20", "ends_on": "2090-11-19"}, None),
        ({"starts_on": "2090-11-20", "starts": "12:00", "ends": "09:00"}, None),
        ({"starts_on": "2090-11-20", "starts": "12:00"}, None),
        ({"starts_on": "2090-11-20", "ends_on": "2095-11-20"}, None),
        ({}, None),
    ],
)
def test_dates_i_cannot(
    anna: Client, haren: Prison, data: dict[str, str], span: tuple[str, str] | None
) -> None:
    worker = make_worker(haren)
    before = haren.plan_version
    page = anna.post(url("absence_add", haren, worker.pk), data)
    if span is None:
        assert page.status_code == 422
        assert not WorkerAbsence.objects.exists()
        return
    absence = WorkerAbsence.objects.get()
    assert (absence.starts_at, absence.ends_at) == (at(span[0]), at(span[1]))
    haren.refresh_from_db()
    assert haren.plan_version > before
    assert anna.post(url("absence_add", haren, worker.pk), data).status_code == 422  # a double click
    assert anna.post(url("absence_remove", haren, absence.pk)).status_code == 302


def test_an_absence_says_what_it_hits(anna: Client, haren: Prison) -> None:
    worker = make_worker(haren)
    make_session(make_series(haren), "2090-11-20 09:00", room=make_room(haren), workers=[worker])
    page = anna.post(url("absence_add", haren, worker.pk), {"starts_on": "2090-11-20"}, follow=True)
    assert "1 session falls on these dates" in page.content.decode()


def test_wishes(anna: Client, haren: Prison) -> None:
    worker = make_worker(haren)
    data = {"weekdays": ["5"], "starts": "13:00", "ends": "17:00"}
    assert anna.post(url("wish_add", haren, worker.pk), data).status_code == 302
    assert anna.post(url("wish_add", haren, worker.pk), data | {"ends": "12:00"}).status_code == 422
    assert anna.post(url("wish_remove", haren, WorkerWish.objects.get().pk)).status_code == 302


def test_a_facilitator_keeps_only_the_own_dates(worker_chloe: User, haren: Prison) -> None:
    chloe = signed_in(worker_chloe)
    assert "not yet in the list" in chloe.get(url("my_dates", haren)).content.decode()
    own, other = make_worker(haren, user=worker_chloe), make_worker(haren)
    assert chloe.get(url("my_dates", haren)).status_code == 200
    assert chloe.post(url("absence_add", haren, own.pk), {"starts_on": "2090-11-20"}).status_code == 302
    assert chloe.post(url("absence_add", haren, other.pk), {"starts_on": "2090-11-20"}).status_code == 404
    assert chloe.post(url("wish_remove", haren, make_wish(other).pk)).status_code == 404
    assert chloe.get(url("worker_list", haren)).status_code == 403


@pytest.mark.parametrize(
    "query", ["?q=chlo", "?language=ar", "?permission=granted", "?organisation=999", "?language=xx"]
)
def test_filters_never_break_the_list(anna: Client, haren: Prison, query: str) -> None:
    make_worker(haren, name="Chloé", languages=["ar"])
    assert anna.get(url("worker_list", haren) + query).status_code == 200
