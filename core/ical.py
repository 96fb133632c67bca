"""Calendar feeds: events rendered one by one, feeds joined from the stored bytes of their events.

What is written here is read back by the calendar programs of tests/proof/test_feed_clients.py. One zone with
two yearly rules serves all of them, while a list of transitions is an hour wrong in some; and a calendar
without a UID of its own keeps the same bytes as long as nothing changes.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.http import parse_etags
from icalendar import Calendar, Event
from icalendar.prop import vDuration, vText, vUri

from core.dates.clock import BRUSSELS
from core.dates.timespan import Span
from core.words.text import one_line, printable

CONTENT_TYPE = "text/calendar; charset=utf-8"

ZONE = b"""\
BEGIN:VTIMEZONE
TZID:Europe/Brussels
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
""".replace(b"\n", b"\r\n")

END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, kw_only=True)
class FeedEvent:
    """What a feed tells about one session. It never holds a participant.

    `uid` stays for the whole life of the session, `sequence` rises with each change and `changed_at` is when
    the last one was made: the same facts give the same bytes.
    """

    uid: str
    span: Span
    summary: str
    sequence: int
    changed_at: dt.datetime
    location: str = ""
    description: str = ""
    url: str = ""
    is_cancelled: bool = False
    is_tentative: bool = False

    @property
    def status(self) -> str:
        if self.is_cancelled:
            return "CANCELLED"
        return "TENTATIVE" if self.is_tentative else "CONFIRMED"


def render_event(event: FeedEvent) -> bytes:
    """One VEVENT, ready to be stored, from BEGIN to END and a line break."""
    starts_at, ends_at = _on_the_clock(event.span)
    changed_at = event.changed_at.astimezone(dt.UTC).replace(microsecond=0)
    rendered = Event()
    rendered.add("uid", event.uid)
    rendered.add("dtstamp", changed_at)
    rendered.add("last-modified", changed_at)
    rendered.add("sequence", event.sequence)
    rendered.add("dtstart", starts_at)
    rendered.add("dtend", ends_at)
    rendered.add("summary", one_line(event.summary))
    rendered.add("status", event.status)
    if event.location:
        rendered.add("location", one_line(event.location))
    if event.description:
        rendered.add("description", printable(event.description))
    if event.url:
        rendered.add("url", vUri(event.url))
    return rendered.to_ical()


def render_calendar(
    name: str, events: Iterable[bytes], *, product: str, refresh: dt.timedelta = dt.timedelta(hours=1)
) -> bytes:
    """A whole feed called `name`, joined from what `render_event` gave, to be asked for every `refresh`."""
    shell = Calendar()
    shell.add("prodid", f"-//{one_line(product)}//NONSGML Feed//EN")
    shell.add("version", "2.0")
    shell.add("name", vText(one_line(name)))
    shell.add("x-wr-calname", vText(one_line(name)))
    shell.add("x-wr-timezone", vText(BRUSSELS.key))
    shell.add("refresh-interval", vDuration(refresh), parameters={"VALUE": "DURATION"})
    shell.add("x-published-ttl", vDuration(refresh))
    head = shell.to_ical().removesuffix(END)
    return b"".join((head, ZONE, *events, END))


def _on_the_clock(span: Span) -> tuple[dt.datetime, dt.datetime]:
    """Both instants on the clock of Brussels; in UTC if it shows one twice: programs read that apart."""
    walls = span.starts_at.astimezone(BRUSSELS), span.ends_at.astimezone(BRUSSELS)
    return (span.starts_at, span.ends_at) if any(map(_is_shown_twice, walls)) else walls


def _is_shown_twice(wall: dt.datetime) -> bool:
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


def etag_of(body: bytes) -> str:
    """The strong ETag, with its quotes, that goes with these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def has_current_copy(if_none_match: str, etag: str) -> bool:
    """Whether a program that sent this If-None-Match holds the bytes of `etag` already (answer 304).

    Compared weakly, as RFC 9110 asks: a proxy that compresses turns "x" into W/"x". `*` always matches, an
    empty or broken header never does.
    """
    wanted = {tag.strip().removeprefix("W/") for tag in parse_etags(if_none_match)}
    return "*" in wanted or etag.removeprefix("W/") in wanted
