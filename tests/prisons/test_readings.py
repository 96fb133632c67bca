"""Who saw whom is written down: whichever page, list, file, search or feed it was; and who was refused or came in."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from core.dates import clock
from core.words import names
from enrollment.models import Participant, Stay
from prisons.access import access_for
from prisons.domain.records import readings
from prisons.middleware.watch import _ENTRANCE, SEEING
from prisons.models import Reading
from prisons.words.pages import name_of_page
from prisons.words.verbs import VERBS
from sessions.domain import feeds
from tests.factories import (
    make_enrollment,
    make_participant,
    make_series,
    make_session,
    make_user,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def jan(haren):
    return make_participant(haren, "Janssens, Jan")


def latest(**wanted):
    """The newest row, after checking that it says this."""
    row = Reading.objects.order_by("-pk").first()
    assert row is not None
    assert {name: getattr(row, name) for name in wanted} == wanted
    return row


def test_the_page_of_a_person_is_recorded(haren, jan, organiser_anna):
    signed_in(organiser_anna).get(reverse("enrollment:person_detail", args=["haren", jan.pk]))
    latest(verb="see", page="enrollment:person_detail", by=organiser_anna, prison=haren, person_id=jan.pk)


def test_a_list_says_who_stood_on_it(haren, jan, organiser_anna):
    other = make_participant(haren, "Peeters")
    signed_in(organiser_anna).get(reverse("enrollment:person_list", args=["haren"]))
    row = latest(verb="see", person_id=None)
    assert {int(pk) for pk in row.people.split()} == {jan.pk, other.pk}


def test_a_search_by_name_is_recorded_without_the_word(haren, jan, organiser_anna):
    signed_in(organiser_anna).get(reverse("planner:search", args=["haren"]), {"q": "janss"})
    row = latest(verb="search_names", by=organiser_anna)
    assert "janss" not in str(vars(row)).lower()


def test_a_search_that_finds_nobody_is_recorded_too(haren, jan, organiser_anna):
    """That somebody is not here is an answer as well."""
    anna = signed_in(organiser_anna)
    for address in ("/p/haren/people/?q=nobody", "/p/haren/search/?q=nobody"):
        anna.get(address)
        look = Reading.objects.order_by("pk").last()
        assert look is not None and (look.verb, look.people) == ("search_names", ""), address
        assert Reading.objects.filter(pk__gte=look.pk).count() == 1
    assert Reading.objects.filter(verb="search_names").count() == 2


@pytest.mark.parametrize("method", ["head", "options"])
def test_asking_for_less_than_the_page_is_recorded_as_the_page(haren, jan, organiser_anna, method):
    """The length of an answer without its body tells whether anybody was found."""
    getattr(signed_in(organiser_anna), method)("/p/haren/people/", query_params={"q": "zebe"})
    assert Reading.objects.latest("pk").verb == "search_names"


def test_a_file_with_names_is_recorded(haren, jan, organiser_anna, service):
    series = make_enrollment(make_series(haren, organisation=service), jan).series
    starts_at = clock.now() + dt.timedelta(days=1)
    session = make_session(series, starts_at, state="published")
    address = reverse("enrollment:session_sheet", args=["haren", session.pk])
    assert signed_in(organiser_anna).get(address).status_code == 200
    latest(verb="see_file", page="enrollment:session_sheet", object_id=session.pk)


def test_a_page_without_names_leaves_no_trace(haren, organiser_anna):
    signed_in(organiser_anna).get(reverse("planner:board", args=["haren"]))
    assert not Reading.objects.exclude(verb="sign_in").exists()


def test_names_read_as_plain_values_are_noticed_too(haren, jan):
    for read in (
        lambda: list(Participant.objects.values("first_name")),
        lambda: list(Stay.objects.values_list("participant__last_name")),
        lambda: list(Stay.objects.values_list("register_number", flat=True)),
    ):
        with names.looking() as look:
            read()
        assert look.has_names


def test_a_feed_is_recorded_where_it_gives_something_out(haren, service, organiser_anna):
    access = access_for(organiser_anna, haren)
    feed, secret = feeds.create(service, access=access, language="nl")
    answer = Client().get(f"/ical/{secret}.ics")
    assert answer.status_code == 200
    latest(verb="use_feed", page="feed", object_id=feed.pk)
    count = Reading.objects.count()
    assert Client().get(f"/ical/{secret}.ics", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert Reading.objects.count() == count


def test_a_feed_that_one_has_already_is_recorded_once_a_day(haren, service, organiser_anna, monkeypatch):
    access = access_for(organiser_anna, haren)
    feed, secret = feeds.create(service, access=access, language="nl")
    etag = Client().get(f"/ical/{secret}.ics")["ETag"]
    at = clock.now()
    for day, count in ((0, 1), (1, 2), (1, 2), (1, 2), (2, 3), (2, 3)):
        monkeypatch.setattr("django.utils.timezone.now", lambda day=day: at + dt.timedelta(days=day))
        answer = Client().get(f"/ical/{secret}.ics", headers={"If-None-Match": etag})
        assert answer.status_code == 304
        assert Reading.objects.filter(verb="use_feed", object_id=feed.pk).count() == count, day


@pytest.mark.parametrize(
    ("fixture", "address"),
    [
        ("liaison_bert", "/p/haren/audit/"),
        ("organiser_anna", "/p/haren/people/999999/"),
        ("stranger_dirk", "/p/haren/people/"),
    ],
)
def test_a_refused_try_is_recorded(request, haren, fixture, address):
    user = request.getfixturevalue(fixture)
    assert signed_in(user).get(address).status_code in (403, 404)
    latest(verb="refused", by=user, prison=haren)


def test_a_wrong_token_is_recorded(haren):
    answer = Client().get("/api/v1/haren/rooms", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401
    latest(verb="refused", by=None)


def test_signing_in_and_failing_to_is_recorded(db):
    user = make_user("Anna Peeters", password="correct-horse-9")
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": "wrong-horse-9"})
    latest(verb="sign_in_failed", by=user)
    browser.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong-horse-9"})
    latest(verb="sign_in_failed", by=None)
    browser.post("/accounts/login/", {"login": user.email, "password": "correct-horse-9"})
    latest(verb="sign_in", by=user)
    browser.post("/accounts/logout/")
    latest(verb="sign_out", by=user)


def test_the_second_step_and_failing_it_is_recorded(db):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    user = make_user("Anna Peeters", password="correct-horse-9")
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": "correct-horse-9"})
    latest(verb="give_password", by=user)
    browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    latest(verb="second_factor_failed", by=user)
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    browser.post("/accounts/2fa/authenticate/", {"code": code})
    latest(verb="second_factor", by=user)


def test_recording_is_one_insert(haren, jan, organiser_anna):
    browser = signed_in(organiser_anna)
    address = reverse("enrollment:person_detail", args=["haren", jan.pk])
    browser.get(address)
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    about = [each["sql"] for each in queries if "prisons_reading" in each["sql"]]
    assert len(about) == 1 and about[0].startswith("INSERT")


def test_every_verb_and_every_page_has_words(db):
    verbs = {
        *SEEING,
        "refused",
        "use_feed",
        "sign_in",
        "give_password",
        *(v for two in _ENTRANCE.values() for v in two),
    }
    assert verbs - VERBS.keys() == set()

    def walk(patterns, before=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                space = f"{before}{pattern.namespace}:" if pattern.namespace else before
                yield from walk(pattern.url_patterns, space)
            elif pattern.name:
                yield f"{before}{pattern.name}"

    views = set(walk(get_resolver().url_patterns))
    assert {view for view in views if ":" in view and name_of_page(view) == view} == set()


def test_a_persons_page_shows_who_looked(haren, jan, organiser_anna, coordinator_karim):
    address = reverse("enrollment:person_detail", args=["haren", jan.pk])
    anna = signed_in(organiser_anna)
    anna.get(address)
    assert "Who looked" not in anna.get(address).content.decode()
    page = signed_in(coordinator_karim).get(address).content.decode()
    assert "Who looked" in page and "Anna Peeters" in page and "the page of a person" in page


def shown(answer):
    return [row.reading for row in answer.context["rows"]]


def test_the_auditor_filters_by_reader_person_and_day(
    haren, jan, organiser_anna, liaison_bert, auditor_greet
):
    make_participant(haren, "Peeters")
    signed_in(organiser_anna).get(reverse("enrollment:person_detail", args=["haren", jan.pk]))
    signed_in(liaison_bert).get(reverse("enrollment:person_list", args=["haren"]))
    signed_in(liaison_bert).get("/p/haren/audit/")
    greet, address = signed_in(auditor_greet), reverse("enrollment:reading_list", args=["haren"])
    number = jan.stays.get().register_number
    assert {row.by for row in shown(greet.get(address, {"by": organiser_anna.pk}))} == {organiser_anna}
    about = shown(greet.get(address, {"person": number}))
    assert [row.by for row in about] == [liaison_bert, organiser_anna]  # the list counts too
    asked, *rest = shown(greet.get(address, {"person": jan.pk}))
    assert (asked.by, asked.page, rest) == (auditor_greet, "enrollment:reading_list", about)  # a look as well
    assert shown(greet.get(address, {"on": "2020-01-01"})) == []
    assert {row.verb for row in shown(greet.get(address, {"what": "refused"}))} == {"refused"}
    answer = greet.get(address, {"person": "no such number"})
    assert answer.status_code == 422 and "Nobody has, or had, this number" in answer.content.decode()
    page = greet.get(address).content.decode()
    assert "Janssens" not in page and "saw" in page and "the list of people" in page


@pytest.mark.parametrize(
    ("fixture", "status"),
    [("coordinator_karim", 200), ("organiser_anna", 403), ("liaison_bert", 403), ("worker_chloe", 403)],
)
def test_who_reads_who_looked(request, haren, fixture, status):
    address = reverse("enrollment:reading_list", args=["haren"])
    assert signed_in(request.getfixturevalue(fixture)).get(address).status_code == status


def test_looks_in_another_prison_stay_there(haren, jan, organiser_anna, saint_gilles, stranger_dirk):
    signed_in(organiser_anna).get(reverse("enrollment:person_detail", args=["haren", jan.pk]))
    rows = shown(signed_in(stranger_dirk).get(reverse("enrollment:reading_list", args=["saint-gilles"])))
    assert organiser_anna not in {row.by for row in rows}


def test_what_other_services_looked_at_is_read_by_oversight_alone(
    haren, jan, organiser_anna, organiser_emile, coordinator_karim, auditor_greet
):
    """The page of another service's group, with the numbers of whom it showed, tells who is in that group."""
    for by, page, people in (
        (organiser_emile, "enrollment:series_detail", {jan.pk, 77}),
        (organiser_emile, "enrollment:series_detail", {jan.pk}),
        (organiser_emile, "enrollment:person_detail", {jan.pk}),
        (organiser_anna, "enrollment:series_detail", {jan.pk}),
    ):
        readings.record("see", page, prison_id=haren.pk, by=by, people=people)
    address = reverse("enrollment:reading_list", args=["haren"])
    karim, greet = signed_in(coordinator_karim), signed_in(auditor_greet)
    of_emile = [row.page for row in shown(karim.get(address)) if row.by == organiser_emile]
    assert of_emile == ["enrollment:person_detail"]
    assert (
        len([row for row in shown(karim.get(address, {"person": jan.pk})) if row.by == organiser_anna]) == 1
    )
    assert len([row for row in shown(greet.get(address)) if row.by == organiser_emile]) == 3
    page = karim.get(reverse("enrollment:person_detail", args=["haren", jan.pk]))
    looks = [each.reading for each in page.context["looks"] if each.reading.by != coordinator_karim]
    assert [(look.by, look.page) for look in looks] == [
        (organiser_anna, "enrollment:series_detail"),
        (organiser_emile, "enrollment:person_detail"),
    ]
