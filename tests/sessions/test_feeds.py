"""Calendar feeds: what they show, to whom, in whose language, and when an address is dead."""

import datetime as dt

import icalendar
import pytest
import recurring_ical_events
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.dates.clock import BRUSSELS
from prisons.access import access_for
from prisons.domain.people.memberships import end_role
from prisons.models import AuditEntry, Prison
from sessions import feeds
from sessions.domain import feeds as domain
from sessions.domain.feed_rules import change_rules
from sessions.domain.recurrence import Pattern, occurrences
from sessions.models import Cancellation, Feed, FeedRules, WorkerAccess
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_membership,
    make_organisation,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_worker,
    signed_in,
)

NOW = at("2026-11-20 10:00")


@pytest.fixture
def chloe(haren, service, worker_chloe):
    return make_worker(haren, organisation=service, user=worker_chloe, name="Chloe Lambert")


@pytest.fixture
def series(haren, service):
    activity = make_activity(
        service, title_nl="Praatgroep", title_fr="Groupe de parole", title_en="Talking group"
    )
    return make_series(haren, activity=activity, list_code="A17")


def feed_of(user, prison, subject, language="en", now=NOW) -> tuple[Feed, str]:
    return domain.create(subject, access=access_for(user, prison, now=now), language=language, now=now)


def events_of(secret, now=NOW):
    live = domain.find(secret, now=now)
    return icalendar.Calendar.from_ical(feeds.read(live, now=now).body).events if live else None


def published(series, start="2026-11-23 09:00", **fields):
    return make_session(series, start, state="published", **fields)


def cancelled(series, start, on, was_state="published", **fields):
    session = make_session(series, start, state="cancelled", changed_at=at(on), **fields)
    Cancellation.objects.create(session=session, reason="worker", was_state=was_state, at=at(on))
    return session


def test_a_facilitator_reads_own_published_sessions_with_their_titles(haren, series, chloe, worker_chloe):
    mine = published(series, workers=[chloe], sequence=3)
    published(series, "2026-11-24 09:00")
    make_session(series, "2026-11-25 09:00", workers=[chloe])  # a draft
    _feed, secret = feed_of(worker_chloe, haren, chloe)
    (event,) = events_of(secret)
    assert (event["UID"], event["SEQUENCE"]) == (f"session-{mine.pk}@localhost", 3)
    assert event["SUMMARY"] == "Talking group"
    assert event["LOCATION"] == "Haren, main entrance"
    assert event["DESCRIPTION"] == "Be at the gate at 08:40."
    assert event["DTSTART"].dt == at("2026-11-23 09:00")


def test_every_other_feed_has_neutral_names(haren, service, series, organiser_anna):
    room = make_room(haren)
    published(series, room=room)
    for subject in (series, room, service):
        (event,) = events_of(feed_of(organiser_anna, haren, subject)[1])
        assert event["SUMMARY"] == "Activiteit / Activité A17"


def test_the_language_is_the_subscribers(haren, series, chloe, worker_chloe):
    published(series, workers=[chloe])
    (event,) = events_of(feed_of(worker_chloe, haren, chloe, "fr")[1])
    assert event["SUMMARY"] == "Groupe de parole"


def test_a_room_is_called_as_the_subscriber_calls_it(haren, series, chloe, worker_chloe):
    FeedRules.objects.create(prison=haren, shows_room=True)
    room = make_room(haren, name="Klas 1", name_fr="Classe 1")
    published(series, workers=[chloe], room=room)
    _response, calendar = feed_of(worker_chloe, haren, chloe, "fr")
    assert events_of(calendar)[0]["LOCATION"].endswith("Classe 1")
    _response, calendar = feed_of(worker_chloe, haren, chloe, "nl")
    assert events_of(calendar)[0]["LOCATION"].endswith("Klas 1")
    room.name_fr = "Salle 1"
    room.save()
    _response, calendar = feed_of(worker_chloe, haren, chloe, "fr")
    assert events_of(calendar)[0]["LOCATION"].endswith("Salle 1")


def test_rules_of_the_prison_add_what_to_know(haren, series, chloe, worker_chloe):
    FeedRules.objects.create(
        prison=haren,
        shows_room=True,
        gate_minutes=35,
        entrance_nl="Poort 2",
        bring_nl="Identiteitskaart",
        call="02 1234",
    )
    published(series, workers=[chloe], room=make_room(haren, name="Klas 1"))
    (event,) = events_of(feed_of(worker_chloe, haren, chloe, "nl")[1])
    assert event["LOCATION"] == "Haren, Poort 2, Klas 1"
    assert "08:25" in event["DESCRIPTION"]
    assert "Identiteitskaart" in event["DESCRIPTION"]
    assert "02 1234" in event["DESCRIPTION"]


@pytest.mark.parametrize(
    ("cancelled_on", "was_state", "shown"),
    [
        ("2026-11-19 09:00", "published", True),
        ("2026-09-22 09:00", "published", True),  # 59 days ago
        ("2026-09-20 09:00", "published", False),  # 61 days ago
        ("2026-11-19 09:00", "draft", False),  # nobody had ever seen it
    ],
)
def test_cancelled_sessions_stay_for_sixty_days(
    haren, series, chloe, worker_chloe, cancelled_on, was_state, shown
):
    cancelled(series, "2026-11-23 09:00", cancelled_on, was_state, workers=[chloe], sequence=4)
    events = events_of(feed_of(worker_chloe, haren, chloe)[1])
    assert [(event["STATUS"], event["SEQUENCE"]) for event in events] == ([("CANCELLED", 4)] if shown else [])
    assert all(event["SUMMARY"].startswith("CANCELLED") for event in events)


def test_no_feed_ever_names_a_participant(haren, service, series, chloe, worker_chloe, organiser_anna):
    make_enrollment(series, make_participant(haren, "Okafor, Zacharie", register_number="98765", cell="C412"))
    published(series, workers=[chloe], room=make_room(haren))
    for user, subject in ((worker_chloe, chloe), (organiser_anna, series), (organiser_anna, service)):
        body = feeds.read(domain.find(feed_of(user, haren, subject)[1], now=NOW), now=NOW).body
        assert b"BEGIN:VEVENT" in body
        assert not any(word in body for word in (b"Okafor", b"Zacharie", b"98765", b"C412"))


def test_a_weekly_series_keeps_its_hour_when_the_clocks_change(haren, service, chloe, worker_chloe):
    series = make_series(haren, organisation=service)
    wanted = []
    for first_on in (dt.date(2026, 10, 18), dt.date(2027, 3, 21)):  # Sundays around 25 October and 28 March
        for date in occurrences(Pattern(first_on=first_on, starts=dt.time(9), duration_minutes=90, weeks=3)):
            published(series, date.starts_at, workers=[chloe])
            wanted.append(date.starts_at)
    live = domain.find(feed_of(worker_chloe, haren, chloe)[1], now=NOW)
    calendar = icalendar.Calendar.from_ical(feeds.read(live, now=NOW).body)
    found = recurring_ical_events.of(calendar).between(dt.date(2026, 10, 1), dt.date(2027, 5, 1))
    assert sorted(event["DTSTART"].dt.astimezone(dt.UTC) for event in found) == wanted
    assert {event["DTSTART"].dt.astimezone(BRUSSELS).hour for event in found} == {9}
    assert {start.hour for start in wanted} == {7, 8}


def test_a_moved_session_is_the_same_event(haren, series, chloe, worker_chloe):
    session = published(series, workers=[chloe])
    secret = feed_of(worker_chloe, haren, chloe)[1]
    (before,) = events_of(secret)
    session.starts_at, session.ends_at = at("2026-11-24 14:00"), at("2026-11-24 15:00")
    session.sequence, session.changed_at = 1, NOW
    session.save()
    (after,) = events_of(secret)
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], 1)
    assert after["DTSTART"].dt == at("2026-11-24 14:00")


# --- who may, and when an address is dead ------------------------------------------------------------------


def test_only_the_hash_is_kept_and_it_is_written_down(haren, chloe, worker_chloe):
    feed, secret = feed_of(worker_chloe, haren, chloe)
    assert len(secret) >= 43  # 256 bits
    assert secret not in str(Feed.objects.filter(pk=feed.pk).values().get())
    assert AuditEntry.objects.filter(verb="create_feed", object_id=feed.pk, by=worker_chloe).exists()


def test_others_may_not_have_the_feed(
    haren, service, series, chloe, organiser_anna, organiser_emile, liaison_bert
):
    feed_of(organiser_anna, haren, chloe)  # of her own service
    for user, subject in (
        (organiser_emile, chloe),
        (organiser_emile, series),
        (liaison_bert, service),
        (organiser_anna, haren),
    ):
        with pytest.raises(PermissionDenied):
            feed_of(user, haren, subject)


def test_the_feed_of_a_whole_prison_is_off_by_default_and_for_its_coordinator(
    haren, series, coordinator_karim
):
    published(series)
    with pytest.raises(PermissionDenied):
        feed_of(coordinator_karim, haren, haren)
    change_rules(haren, {"has_prison_feed": True}, by=coordinator_karim)
    secret = feed_of(coordinator_karim, haren, haren)[1]
    assert len(events_of(secret)) == 1
    change_rules(haren, {"has_prison_feed": False}, by=coordinator_karim)
    assert events_of(secret) is None
    change_rules(haren, {"has_prison_feed": True}, by=coordinator_karim)
    assert events_of(secret) is None  # ended for good


def test_a_feed_dies_with_the_role(haren, series, chloe, worker_chloe, organiser_anna):
    own, planned = feed_of(worker_chloe, haren, chloe)[1], feed_of(organiser_anna, haren, series)[1]
    for user, secret in ((worker_chloe, own), (organiser_anna, planned)):
        assert domain.find(secret, now=NOW)
        user.memberships.update(ended_at=NOW)
        assert domain.find(secret, now=NOW) is None


def test_a_feed_shows_only_prisons_in_which_the_role_still_runs(
    haren, saint_gilles, series, chloe, worker_chloe
):
    chloe.accesses.create(prison=saint_gilles, needs_permission=False)
    there = make_series(saint_gilles, organisation=make_organisation(saint_gilles))
    published(series, workers=[chloe])
    published(there, "2026-11-24 09:00", workers=[chloe])
    secret = feed_of(worker_chloe, haren, chloe)[1]
    assert len(events_of(secret)) == 1
    make_membership(worker_chloe, saint_gilles, "worker")
    assert len(events_of(secret)) == 2


def test_a_volunteer_without_an_account_has_a_feed_too(haren, service, series, organiser_anna):
    volunteer = make_worker(haren, organisation=service)
    published(series, workers=[volunteer])
    secret = feed_of(organiser_anna, haren, volunteer)[1]
    assert len(events_of(secret)) == 1
    volunteer.is_active = False
    volunteer.save()
    assert events_of(secret) is None


def test_renewing_kills_the_old_address(haren, chloe, worker_chloe):
    feed, old = feed_of(worker_chloe, haren, chloe)
    _feed, new = domain.renew(feed, access=access_for(worker_chloe, haren, now=NOW), now=NOW)
    assert (domain.find(old, now=NOW), bool(domain.find(new, now=NOW))) == (None, True)


def test_demo_addresses_work_only_in_the_demo(haren, chloe, worker_chloe, settings):
    feed, secret = feed_of(worker_chloe, haren, chloe)
    Feed.objects.filter(pk=feed.pk).update(is_demo=True)
    assert domain.find(secret, now=NOW) is None
    settings.DEMO = True
    assert domain.find(secret, now=NOW)


# --- over HTTP ---------------------------------------------------------------------------------------------


@pytest.fixture
def address(haren, series, chloe, worker_chloe):
    published(series, workers=[chloe])
    return f"/ical/{feed_of(worker_chloe, haren, chloe)[1]}.ics"


def written(where: str = "haren") -> None:
    """What every writer leaves: without it, a reading of a moment ago still holds."""
    prison = Prison.objects.get(slug=where)
    AuditEntry.objects.create(prison=prison, at=NOW, verb="change", model="group_sessions.series")


def test_the_address_needs_no_sign_in(address, client):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer
    assert Feed.objects.get().last_used_on is not None


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_a_client_with_the_same_bytes_gets_304(address, client, form):
    etag = client.get(address)["ETag"].removeprefix("W/")
    answer = client.get(address, headers={"If-None-Match": form.format(etag)})
    assert (answer.status_code, answer.content) == (304, b"")


def test_last_modified_is_honoured_and_never_goes_back(address, client, series, chloe):
    first = client.get(address)
    assert client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    Feed.objects.update(tag_since=at("2026-11-01 10:00"))
    old = client.get(address)["Last-Modified"]
    chloe.session_workers.all().delete()  # nothing in the feed is newer, yet it has changed
    written()
    answer = client.get(address, headers={"If-Modified-Since": old})
    assert answer.status_code == 200
    assert b"VEVENT" not in answer.content


def test_a_changed_title_changes_the_tag(address, client, series):
    etag = client.get(address)["ETag"]
    series.activity.title_en = "Other title"
    series.activity.save()
    written()
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_dead_and_unknown_addresses_are_404(address, client):
    Feed.objects.update(revoked_at=NOW)
    assert client.get(address).status_code == 404
    assert client.get("/ical/nothing.ics").status_code == 404
    assert client.post(address).status_code == 405


def test_reading_costs_the_same_for_one_session_and_thirty(
    address, client, series, chloe, django_assert_num_queries
):
    client.get(address)
    written()
    with django_assert_num_queries(8):  # glance, feed, roles, rules, prisons, sessions, note of use, record
        client.get(address)
    for hour in range(30):
        published(series, at("2026-11-25 09:00") + dt.timedelta(hours=2 * hour), workers=[chloe])
    written()
    client.get(address)
    written()
    with django_assert_num_queries(8):
        assert client.get(address).content.count(b"BEGIN:VEVENT") == 31


def test_as_long_as_nothing_is_written_one_query_is_enough(address, client, django_assert_num_queries):
    etag = client.get(address)["ETag"]
    with django_assert_num_queries(1):
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    with django_assert_num_queries(2):  # what is given out is recorded
        assert b"BEGIN:VEVENT" in client.get(address).content


def test_what_another_prison_writes_costs_nothing(address, client, saint_gilles, django_assert_num_queries):
    etag = client.get(address)["ETag"]
    written("saint-gilles")
    with django_assert_num_queries(1):
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_a_second_prison_counts_from_the_day_one_works_there(address, client, chloe, saint_gilles):
    access = WorkerAccess.objects.create(worker=chloe, prison=saint_gilles)
    written("saint-gilles")
    here = Feed.objects.get(worker=chloe)
    client.get(address)
    before = Feed.objects.get(pk=here.pk).tag_stamp
    access.delete()  # the newest row of all was written there
    client.get(address)
    assert Feed.objects.get(pk=here.pk).tag_stamp != before


def test_what_was_kept_dies_with_the_role(address, client, haren, worker_chloe, coordinator_karim):
    assert client.get(address).status_code == 200
    end_role(worker_chloe.memberships.get(), by=coordinator_karim)
    assert client.get(address).status_code == 404


def test_the_page_shows_the_address_once(haren, chloe, worker_chloe):
    browser = signed_in(worker_chloe)
    page = "/p/haren/feeds/"
    made = browser.post(page, {"of": f"worker-{chloe.pk}", "language": "fr"})
    assert made.status_code == 201
    address = made.context["address"]
    assert address in made.content.decode()
    assert made.context["webcal"].startswith("webcal://")
    assert "<path d=" in made.content.decode()
    assert made.content.decode().count("The new calendar address") == 1  # not on the fields of the form
    assert address not in browser.get(page).content.decode()
    assert Client().get(address.removeprefix(django_settings.BASE_URL)).status_code == 200


def test_the_page_refuses_what_is_not_offered(haren, chloe, worker_chloe, series):
    answer = signed_in(worker_chloe).post("/p/haren/feeds/", {"of": f"series-{series.pk}", "language": "fr"})
    assert answer.status_code == 422
    assert not Feed.objects.exists()


def test_ending_and_renewing_by_the_page(haren, chloe, worker_chloe, organiser_emile, stranger_dirk):
    feed, secret = feed_of(worker_chloe, haren, chloe)
    for verb in ("renew", "revoke"):
        assert signed_in(organiser_emile).post(f"/p/haren/feeds/{feed.pk}/{verb}/").status_code == 404
        assert signed_in(stranger_dirk).post(f"/p/haren/feeds/{feed.pk}/{verb}/").status_code == 404
    for verb in ("renew", "revoke"):  # asks first
        assert b"dead at once" in signed_in(worker_chloe).get(f"/p/haren/feeds/{feed.pk}/{verb}/").content
    assert domain.find(secret) is not None
    assert signed_in(worker_chloe).post(f"/p/haren/feeds/{feed.pk}/renew/").status_code == 201
    assert domain.find(secret) is None
    (new,) = Feed.objects.filter(revoked_at=None)
    assert signed_in(worker_chloe).post(f"/p/haren/feeds/{new.pk}/revoke/").status_code == 302
    assert not Feed.objects.filter(revoked_at=None).exists()


def test_liaison_has_no_feeds(haren, liaison_bert):
    assert signed_in(liaison_bert).get("/p/haren/feeds/").status_code == 403


def test_one_session_as_a_file(haren, series, liaison_bert, organiser_anna):
    session = published(series)
    url = f"/p/haren/sessions/{session.pk}/calendar.ics"
    assert "Talking group" in signed_in(organiser_anna).get(url).content.decode()
    assert "A17" in signed_in(liaison_bert).get(url).content.decode()
    assert "Talking" not in signed_in(liaison_bert).get(url).content.decode()


def test_the_coordinator_sets_what_the_calendars_tell(haren, coordinator_karim, organiser_anna):
    url, values = "/p/haren/feeds/rules/", {"gate_minutes": 30, "entrance_nl": "Poort 2", "call": ""}
    assert signed_in(organiser_anna).get(url).status_code == 403
    assert signed_in(coordinator_karim).post(url, {"gate_minutes": -1}).status_code == 422
    assert signed_in(coordinator_karim).post(url, values).status_code == 302
    assert FeedRules.objects.get(prison=haren).gate_minutes == 30
    assert AuditEntry.objects.filter(verb="change_feed_rules").exists()
