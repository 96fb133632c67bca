"""Calendar feeds, side by side in one run: icalendar, bytes joined by hand, and what the program gives out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.house import build

Get = Callable[..., tuple[str, dict[str, str], bytes]]


def feeds(least_ms: Callable[..., float], say: Callable[[str, str, str], None], statements: Any) -> None:
    """A feed of 1,000 published sessions, asked for at the very entry of the web server."""
    from core.dates import clock
    from prisons.access import access_for
    from sessions.domain.feeds import create, find
    from sessions.models import Feed, GroupSession, StoredEvent

    house = build("feeds", rooms=60, sessions=1000)
    GroupSession.objects.filter(prison=house.prison).update(state="published", published_at=clock.now())
    access = access_for(house.organiser, house.prison)
    service = house.organiser.memberships.get().organisation
    _feed, secret = create(service, access=access, language="nl")
    get, live = entry(f"/ical/{secret}.ics"), find(secret)
    _status, headers, body = get()
    if live is None or body.count(b"BEGIN:VEVENT") != 1000:
        raise SystemExit("the feed does not hold its sessions")

    def forget() -> None:
        """As after a restart, and with something written since: the address must be read anew."""
        from sessions import feeds as kept_feeds

        kept_feeds._KEPT.clear()
        Feed.objects.update(tag_seen_at=None)

    def joined() -> None:
        forget()
        get()

    def first() -> None:
        StoredEvent.objects.all().delete()
        joined()

    tag = {"HTTP_IF_NONE_MATCH": headers["ETag"]}
    rendering = least_ms(lambda: by_icalendar(live), 2)
    floor = min(least_ms(lambda: by_hand(live), 9) for _round in range(2))
    cold = least_ms(joined, 9)
    say("feed of 1,000 events: icalendar, rendered each time", f"{rendering:.0f} ms", "-")
    say("  the same sessions joined by hand (the floor)", f"{floor:.1f} ms", "-")
    say(
        "  the program for the first time, every event rendered and kept", f"{least_ms(first, 2):.0f} ms", "-"
    )
    say("  no bytes of the feed kept, those of its events", f"{cold:.1f} ms, {cold / floor:.2f} x", "1.5 x")
    get()
    say("  asked again without a tag", f"{least_ms(get, 30):.2f} ms, {statements(get)} query", "2 ms")
    small = {"HTTP_ACCEPT_ENCODING": "gzip, br"}
    get(**small)
    size = f"{len(get(**small)[2]) / 1000:.0f} of {len(body) / 1000:.0f} kB"
    say("  asked again, as brotli", f"{least_ms(lambda: get(**small), 30):.2f} ms, {size}", "2 ms")
    if get(**tag)[0] != "304 Not Modified":
        raise SystemExit("the tag is not honoured")
    quiet = f"{least_ms(lambda: get(**tag), 30):.2f} ms, {statements(lambda: get(**tag))} query"
    say("  asked again with its tag: 304", quiet, "1 ms, 1 query")


def entry(path: str) -> Get:
    """Asks as a web server does, without the costs of a test client."""
    from planner.wsgi import application

    def get(**headers: str) -> tuple[str, dict[str, str], bytes]:
        told: list[Any] = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **headers,
        }
        answer = application(environ, lambda status, rows, *_error: told.extend((status, dict(rows))))
        body = b"".join(answer)
        answer.close()  # type: ignore[union-attr]
        return told[0], told[1], body

    return get


_FACTS = ("pk", "starts_at", "ends_at", "state", "sequence", "changed_at", "series__list_code")


def by_icalendar(live: Any) -> bytes:
    """What a program does that keeps nothing: every event made and written by icalendar, each time."""
    from icalendar import Calendar, Event

    from sessions.domain.feeds import sessions_of

    calendar = Calendar()
    for pk, starts_at, ends_at, _state, sequence, changed_at, code in sessions_of(live).values_list(*_FACTS):
        event = Event()
        event.add("uid", f"session-{pk}@testserver")
        event.add("dtstamp", changed_at)
        event.add("last-modified", changed_at)
        event.add("sequence", sequence)
        event.add("dtstart", starts_at)
        event.add("dtend", ends_at)
        event.add("summary", f"Activiteit / Activité {code}")
        event.add("location", "Haren, hoofdingang")
        event.add("description", "Wees om 08:10 aan de poort.")
        event.add("status", "CONFIRMED")
        calendar.add_component(event)
    return calendar.to_ical()


def by_hand(live: Any) -> bytes:
    """The least that can be done: the rows of the database put between fixed words, nothing escaped or folded."""
    from sessions.domain.feeds import sessions_of

    form = "%Y%m%dT%H%M%SZ"
    events = [
        f"BEGIN:VEVENT\r\nUID:session-{pk}@testserver\r\nDTSTAMP:{changed_at:{form}}\r\n"
        f"LAST-MODIFIED:{changed_at:{form}}\r\nSEQUENCE:{sequence}\r\nDTSTART:{starts_at:{form}}\r\n"
        f"DTEND:{ends_at:{form}}\r\nSUMMARY:Activiteit / Activité {code}\r\nLOCATION:Haren\\, hoofdingang\r\n"
        f"DESCRIPTION:Wees om 08:10 aan de poort.\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\n"
        for pk, starts_at, ends_at, _state, sequence, changed_at, code in sessions_of(live).values_list(
            *_FACTS
        )
    ]
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n".encode()
