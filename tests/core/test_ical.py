import datetime as dt
from collections.abc import Iterator

import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from core.dates.clock import BRUSSELS
from core.dates.timespan import Span
from core.ical import FeedEvent, etag_of, has_current_copy, render_calendar, render_event

CHANGED = dt.datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=dt.UTC)


def event(start="2026-11-24T13:30", end="2026-11-24T16:00", **changes) -> FeedEvent:
    span = Span(*(dt.datetime.fromisoformat(wall).replace(tzinfo=BRUSSELS) for wall in (start, end)))
    facts = {"uid": "s1@tempo", "span": span, "summary": "Nederlands 1", "sequence": 0, "changed_at": CHANGED}
    return FeedEvent(**facts | changes)


def feed(*events: FeedEvent, name="Mijn sessies") -> bytes:
    return render_calendar(name, [render_event(each) for each in events], product="Tempo")


def read(*events: FeedEvent):
    return Calendar.from_ical(feed(*events)).events


def test_a_feed_names_itself_and_says_how_often_to_ask():
    lines = feed(event()).split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert {
        b"NAME:Mijn sessies",
        b"X-WR-CALNAME:Mijn sessies",
        b"REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        b"X-PUBLISHED-TTL:PT1H",
    } <= set(lines)
    assert lines[-2:] == [b"END:VCALENDAR", b""]


def test_a_feed_without_sessions_is_a_calendar_too():
    assert Calendar.from_ical(feed()).events == []
    assert b"BEGIN:VTIMEZONE" in feed()


def test_the_same_facts_give_the_same_bytes():
    assert feed(event()) == feed(event())
    assert feed(event()).count(b"\r\nUID:") == 1  # the calendar has none of its own


def test_an_event_tells_its_facts():
    (told,) = read(
        event(sequence=4, location="Lokaal 3, gang B", description="Poort: 13:00", url="https://a.be/1")
    )
    assert (told["UID"], told["SEQUENCE"], told["STATUS"]) == ("s1@tempo", 4, "CONFIRMED")
    assert told["DTSTAMP"].dt == told["LAST-MODIFIED"].dt == CHANGED.replace(microsecond=0)
    assert (told["LOCATION"], told["DESCRIPTION"]) == ("Lokaal 3, gang B", "Poort: 13:00")
    assert told["URL"] == "https://a.be/1"


def test_what_is_not_known_is_not_told():
    assert not {"LOCATION", "DESCRIPTION", "URL"} & set(read(event())[0])


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, "CONFIRMED"),
        ({"is_tentative": True}, "TENTATIVE"),
        ({"is_tentative": True, "is_cancelled": True}, "CANCELLED"),
    ],
)
def test_status(facts, status):
    assert read(event(**facts))[0]["STATUS"] == status


TITLES = [
    "Taal, niveau 1; groep B",
    "Pad C:\\n is geen nieuwe regel",
    "Théâtre 🎭 & musique 👩‍🎨",
    "اللغة الهولندية، المستوى الأول؛ مجموعة",
    "é" * 300,
    "🎭" * 300,
    "END:VEVENT",
]


@pytest.mark.parametrize("title", TITLES)
def test_titles_come_back_as_they_were(title):
    assert read(event(summary=title))[0]["SUMMARY"] == title


@pytest.mark.parametrize("title", TITLES)
def test_lines_are_folded_at_75_octets_between_letters(title):
    body = feed(event(summary=title), name=title)
    assert b"\n" not in body.replace(b"\r\n", b"")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def test_a_title_cannot_add_a_line():
    (told,) = read(event(summary="a\r\nATTENDEE:mailto:x@y.be\x00\x1b"))
    assert told["SUMMARY"] == "a ATTENDEE:mailto:x@y.be"
    assert "ATTENDEE" not in told


def test_lines_of_a_description_come_back():
    assert read(event(description="een\r\ntwee\n\ndrie"))[0]["DESCRIPTION"] == "een\ntwee\n\ndrie"


# start and end on the wall, start and end in UTC
NIGHTS = [
    (
        "2026-10-24T13:30",
        "2026-10-24T16:00",
        "2026-10-24T11:30",
        "2026-10-24T14:00",
    ),  # last day of summer time
    (
        "2026-10-25T13:30",
        "2026-10-25T16:00",
        "2026-10-25T12:30",
        "2026-10-25T15:00",
    ),  # first day of winter time
    (
        "2026-10-25T01:30",
        "2026-10-25T03:30",
        "2026-10-24T23:30",
        "2026-10-25T02:30",
    ),  # through the long night
    ("2027-03-27T13:30", "2027-03-27T16:00", "2027-03-27T12:30", "2027-03-27T15:00"),
    ("2027-03-28T13:30", "2027-03-28T16:00", "2027-03-28T11:30", "2027-03-28T14:00"),
    (
        "2027-03-28T01:30",
        "2027-03-28T03:30",
        "2027-03-28T00:30",
        "2027-03-28T01:30",
    ),  # through the short night
    ("2027-07-01T18:00", "2027-07-01T20:00", "2027-07-01T16:00", "2027-07-01T18:00"),
]


def utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(("start", "end", "starts_at", "ends_at"), NIGHTS)
def test_programs_read_the_right_instants(start, end, starts_at, ends_at):
    calendar = Calendar.from_ical(feed(event(start, end)))
    day = dt.date.fromisoformat(start[:10])
    (shown,) = recurring_ical_events.of(calendar).at(day)
    assert (utc(shown.start), utc(shown.end)) == (starts_at, ends_at)


@pytest.mark.parametrize(("fold", "starts_at"), [(0, "2026-10-25T00:30"), (1, "2026-10-25T01:30")])
def test_the_hour_that_comes_twice_is_told_in_utc(fold, starts_at):
    start = dt.datetime(2026, 10, 25, 2, 30, tzinfo=BRUSSELS, fold=fold)
    (told,) = read(event(span=Span(start, start.replace(hour=3, minute=30, fold=0))))
    assert (utc(told.start), utc(told.end)) == (starts_at, "2026-10-25T02:30")
    assert not {"TZID"} & {*told["DTSTART"].params, *told["DTEND"].params}


def zone_offsets() -> Iterator[tuple[str, dt.timedelta]]:
    (zone,) = Calendar.from_ical(feed()).timezones
    made = zone.to_tz(lookup_tzid=False)
    for month in range(1, 13):
        at = dt.datetime(2026, month, 15, 12)
        yield f"2026-{month:02d}", made.utcoffset(at)


def test_the_zone_in_the_feed_agrees_with_the_clock_of_brussels():
    assert dict(zone_offsets()) == {
        f"2026-{month:02d}": dt.datetime(2026, month, 15, 12, tzinfo=BRUSSELS).utcoffset()
        for month in range(1, 13)
    }


@given(
    st.text(max_size=400),
    st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2090, 1, 1)),
    st.integers(1, 5000),
)
def test_whatever_the_title_and_time_the_feed_reads_back(title, start, minutes):
    starts_at = start.replace(tzinfo=dt.UTC, second=0, microsecond=0)
    span = Span(starts_at, starts_at + dt.timedelta(minutes=minutes))
    (told,) = read(event(summary=title, span=span))
    assert (told.start.astimezone(dt.UTC), told.end.astimezone(dt.UTC)) == (span.starts_at, span.ends_at)
    assert told["UID"] == "s1@tempo"


ETAG = etag_of(b"feed")


@pytest.mark.parametrize(
    ("header", "is_current"),
    [
        (ETAG, True),
        (f"W/{ETAG}", True),  # weakened by a proxy that compresses
        (f'"other", W/{ETAG}', True),
        (f'"other",{ETAG} ', True),
        ("*", True),
        ('"other"', False),
        (ETAG.strip('"'), False),  # without quotes it is no tag
        (ETAG[:-1], False),
        ("", False),
        ("junk, ;,", False),
    ],
)
def test_if_none_match(header, is_current):
    assert has_current_copy(header, ETAG) is is_current


def test_a_changed_feed_has_another_etag():
    assert etag_of(feed(event())) != etag_of(feed(event(sequence=1)))
