"""Events of calendars as they are kept: rendered once, anew only when they show something else, never numbered down."""

import datetime as dt
from collections.abc import Iterator

import icalendar
import pytest
from django.db import DatabaseError

from core.dates.clock import BRUSSELS
from prisons.access import access_for
from prisons.domain.records import audit
from sessions import feeds, stored_events
from sessions.domain import feeds as domain
from sessions.domain.feed_glance import Glance
from sessions.feed_answers import answer
from sessions.models import Feed, FeedRules, StoredEvent
from tests.factories import at, make_activity, make_room, make_series, make_session, make_worker

pytestmark = pytest.mark.postgres

NOW = at("2026-11-20 10:00")
LATER = at("2026-11-20 12:00")


@pytest.fixture
def chloe(haren, service, worker_chloe):
    return make_worker(haren, organisation=service, user=worker_chloe, name="Chloe Lambert")


@pytest.fixture
def series(haren, service):
    activity = make_activity(
        service, title_nl="Praatgroep", title_fr="Groupe de parole", title_en="Talking group"
    )
    return make_series(haren, activity=activity, list_code="A17")


@pytest.fixture
def session(series, haren, chloe):
    room = make_room(haren, name="Klas 1")
    return make_session(
        series, room=room, workers=[chloe], state="published", published_at=NOW, changed_at=NOW
    )


@pytest.fixture
def own(session, haren, chloe, worker_chloe) -> str:
    access = access_for(worker_chloe, haren, now=NOW)
    return domain.create(chloe, access=access, language="en", now=NOW)[1]


@pytest.fixture
def of_series(session, haren, series, organiser_anna) -> str:
    access = access_for(organiser_anna, haren, now=NOW)
    return domain.create(series, access=access, language="en", now=NOW)[1]


@pytest.fixture
def rendered(monkeypatch) -> Iterator[list[str]]:
    """The UIDs that icalendar was asked to write."""
    found: list[str] = []
    write = stored_events.render_event

    def counted(event):
        found.append(event.uid)
        return write(event)

    monkeypatch.setattr(stored_events, "render_event", counted)
    return found


def event_of(secret, now=NOW):
    (event,) = icalendar.Calendar.from_ical(feeds.read(domain.find(secret, now=now), now=now).body).events
    return event


def test_an_event_is_rendered_once_per_language_and_name(
    own, of_series, session, rendered, haren, organiser_anna, series
):
    for _poll in range(3):
        event_of(own)
        event_of(of_series)
    assert len(rendered) == 2  # its own title, and the neutral name
    access = access_for(organiser_anna, haren, now=NOW)
    other = domain.create(series, access=access, language="en", now=NOW)[1]
    event_of(other)
    assert len(rendered) == 2
    event_of(domain.create(series, access=access, language="fr", now=NOW)[1])
    assert len(rendered) == 3


def test_a_changed_session_is_rendered_anew(own, session, rendered):
    before = event_of(own)
    session.sequence, session.changed_at, session.room = 1, LATER, None
    session.save()
    after = event_of(own, LATER)
    assert (after["UID"], before["SEQUENCE"], after["SEQUENCE"]) == (before["UID"], 0, 1)
    assert after["DTSTAMP"].dt == LATER
    event_of(own, LATER)
    assert StoredEvent.objects.get().sequence == 1


def test_a_new_title_is_a_change_that_calendars_see(own, of_series, session, series):
    before, neutral = event_of(own), event_of(of_series)
    series.activity.title_en = "Reading group"
    series.activity.save()
    after = event_of(own, LATER)
    assert (after["SUMMARY"], after["UID"]) == ("Reading group", before["UID"])
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["LAST-MODIFIED"].dt == after["DTSTAMP"].dt == LATER
    assert event_of(of_series, LATER).to_ical() == neutral.to_ical()  # it never told the title
    assert event_of(own, LATER + dt.timedelta(days=1)).to_ical() == after.to_ical()


def test_the_number_never_goes_down(own, session, series):
    seen = [event_of(own)["SEQUENCE"]]
    for title in ("Second", "Third"):
        series.activity.title_en = title
        series.activity.save()
        seen.append(event_of(own, LATER)["SEQUENCE"])
    session.sequence, session.changed_at = 1, LATER
    session.save()
    series.activity.title_en = "Talking group"
    series.activity.save()
    seen.append(event_of(own, LATER)["SEQUENCE"])
    assert seen == [0, 1, 2, 3]


def test_what_an_event_does_not_show_changes_nothing(own, session):
    before = event_of(own)
    session.room.name = "Klas 2"
    session.room.save()
    assert event_of(own, LATER).to_ical() == before.to_ical()  # by default no calendar tells the room


def test_what_the_prison_tells_changes_the_events(own, session, haren):
    event_of(own)
    rules = FeedRules.objects.create(prison=haren, shows_room=True, gate_minutes=45)
    told = event_of(own, LATER)
    assert (told["LOCATION"], told["SEQUENCE"]) == ("Haren, main entrance, Klas 1", 1)
    assert "08:15" in told["DESCRIPTION"]
    rules.delete()
    assert event_of(own, LATER)["SEQUENCE"] == 2


def test_reading_does_not_fail_because_keeping_does(own, session, monkeypatch):
    def broken(*_args, **_kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(StoredEvent.objects, "bulk_create", broken)
    assert event_of(own)["SUMMARY"] == "Talking group"
    assert not StoredEvent.objects.exists()


# --- how many are expected --------------------------------------------------------------------------------


def test_how_many_are_expected_is_told_only_where_the_prison_says_so(own, session, haren):
    def read() -> str:
        live = domain.find(own, now=NOW)
        body = feeds.read(live, expected=lambda prison, ids: dict.fromkeys(ids, count), now=NOW).body
        (event,) = icalendar.Calendar.from_ical(body).events
        return str(event["DESCRIPTION"])

    count = 9
    assert "expected" not in read()
    FeedRules.objects.create(prison=haren, shows_number=True)
    assert read() == "Be at the gate at 08:40.\n9 people are expected."
    count = 1
    assert read() == "Be at the gate at 08:40.\n1 person is expected."


# --- asked again ------------------------------------------------------------------------------------------


@pytest.fixture
def address(own):
    return f"/ical/{own}.ics"


def test_another_process_answers_304_without_reading_anything(
    address, client, rendered, django_assert_num_queries
):
    etag = client.get(address)["ETag"]
    feeds._KEPT.clear()
    with django_assert_num_queries(1):
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert len(rendered) == 1
    assert client.get(address).content.count(b"BEGIN:VEVENT") == 1


def test_what_was_written_elsewhere_changes_neither_tag_nor_date(
    address, client, haren, organiser_anna, series
):
    first = client.get(address)
    audit.record(haren, organiser_anna, "print", series)
    Feed.objects.update(tag_since=at("2026-11-01 10:00"))
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    assert again["Last-Modified"] == "Sun, 01 Nov 2026 09:00:00 GMT"


def test_a_new_day_is_looked_at_anew(address, client, session, monkeypatch):
    monkeypatch.setattr("sessions.feed_answers.clock_now", lambda: NOW)
    etag = client.get(address)["ETag"]
    type(session).objects.update(starts_at=at("2026-09-01 09:00"), ends_at=at("2026-09-01 10:00"))  # no audit
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    monkeypatch.setattr("sessions.feed_answers.clock_now", lambda: NOW + dt.timedelta(days=1))
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def _glance(seen_at, stamp_at, tag_stamp=7) -> Glance:
    return Glance(1, "hash", "tag", seen_at, tag_stamp, seen_at, None, 7, stamp_at)


def test_where_many_write_at_once_a_tag_holds_once_they_have_settled(settings):
    minute = dt.timedelta(minutes=1)
    settings.IS_SQLITE = False
    just_read = _glance(NOW, NOW - minute)
    assert just_read.holds(NOW + 4 * minute)
    assert not just_read.holds(NOW + 6 * minute)  # an older number may have become visible since
    assert _glance(NOW, NOW - 6 * minute).holds(NOW + 300 * minute)
    assert not _glance(NOW, NOW - 6 * minute, tag_stamp=6).holds(NOW)
    settings.IS_SQLITE = True
    assert just_read.holds(NOW + 6 * minute)
    midnight = dt.datetime(2026, 11, 21, tzinfo=BRUSSELS)
    assert not just_read.holds(midnight)
    assert just_read.holds(midnight - minute)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0.9, br;q=0.5", "gzip"),
        ("*", "br"),
        ("identity", ""),
        ("gzip;q=0", ""),
        ("gzip;q=often", ""),
        ("", ""),
    ],
)
def test_smaller_answers_for_those_who_ask(address, client, accepted, encoding):
    plain = client.get(address)
    answer = client.get(address, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding", "") == encoding
    assert answer["Vary"] == "Accept-Encoding"
    if encoding:
        assert answer["ETag"] == f"W/{plain['ETag']}"
        assert len(answer.content) < len(plain.content)
    else:
        assert answer.content == plain.content
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_the_encoded_bytes_are_the_same_calendar(address, client):
    import gzip

    import brotli

    plain = client.get(address).content
    answers = {
        name: client.get(address, headers={"Accept-Encoding": name}).content for name in ("gzip", "br")
    }
    assert gzip.decompress(answers["gzip"]) == brotli.decompress(answers["br"]) == plain


def test_the_door_knows_nothing_of_who_asks(address, client, worker_chloe):
    client.force_login(worker_chloe)
    answer = client.get(address)
    assert "Set-Cookie" not in answer and not answer.cookies
    assert "Cookie" not in answer["Vary"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    head = client.head(address)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", answer["ETag"])
    assert head["Content-Length"] == answer["Content-Length"] == str(len(answer.content))


def test_the_server_is_given_no_bytes_for_head(address, rf):
    found = answer(rf.head(address), address.removeprefix("/ical/").removesuffix(".ics"))
    assert (found.content, int(found["Content-Length"]) > 500) == (b"", True)
