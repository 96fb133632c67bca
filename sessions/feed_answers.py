"""The answer to a program that asks for a calendar: the calendar itself, or 304 where it has it already."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import http_date, parse_http_date_safe

from core.dates.clock import now as clock_now
from core.dates.clock import today
from core.ical import CONTENT_TYPE, has_current_copy
from core.web import encodings
from prisons.domain.records import readings
from sessions import feeds
from sessions.domain.feed_glance import glance as glance_at
from sessions.domain.feed_glance import note_use
from sessions.domain.feeds import find
from sessions.stored_events import Expected


def answer(request: HttpRequest, secret: str, *, expected: Expected | None = None) -> HttpResponse | None:
    """The calendar, or 304 for whoever has it; None where there is none.

    Asks neither who reads nor in which language: a door before all that may call it. Nothing is rendered and
    one query is made as long as nothing has been written anywhere.
    """
    at = clock_now()
    glance = glance_at(secret)
    if glance is None:
        return None
    reading, tag = None, glance.tag
    if not glance.holds(at):
        if (reading := _read(secret, expected, at)) is None:
            return None
        tag = reading.tag
    since = note_use(glance, tag=tag, now=at).timestamp()
    etag = f'"{tag[:32]}"'
    if _has_copy(request, etag, since):
        if glance.last_used_on != today(at):
            # Asking each hour for what one has already tells nothing new: its use is written down once a day.
            readings.record("use_feed", "feed", object_id=glance.feed_id, now=at)
        return _with_headers(HttpResponseNotModified(), etag, since)
    reading = reading or feeds.kept(glance.token_hash, tag) or _read(secret, expected, at)
    if reading is None:
        return None
    readings.record("use_feed", "feed", object_id=glance.feed_id, now=at)
    return _calendar(request, feeds.keep(glance.token_hash, reading), since)


def _read(secret: str, expected: Expected | None, at: dt.datetime) -> feeds.FeedReading | None:
    """None for an address that has died with its role."""
    live = find(secret, now=at)
    return feeds.read(live, expected=expected, now=at) if live else None


def _calendar(request: HttpRequest, reading: feeds.FeedReading, since: float) -> HttpResponse:
    name = encodings.chosen(request.headers.get("Accept-Encoding", ""))
    body = reading.encoded(name)
    response = HttpResponse(b"" if request.method == "HEAD" else body, content_type=CONTENT_TYPE)
    response["Content-Length"] = str(len(body))
    response["Content-Disposition"] = f'inline; filename="{settings.PRODUCT_NAME.lower()}.ics"'
    etag = f'"{reading.tag[:32]}"'
    if name:
        response["Content-Encoding"], etag = name, f"W/{etag}"
    return _with_headers(response, etag, since)


def _with_headers(response: HttpResponse, etag: str, since: float) -> HttpResponse:
    response["ETag"], response["Last-Modified"] = etag, http_date(since)
    response["Cache-Control"], response["Vary"] = "private, no-cache", "Accept-Encoding"
    response["Referrer-Policy"], response["X-Robots-Tag"] = "no-referrer", "noindex"
    return response


def _has_copy(request: HttpRequest, etag: str, since: float) -> bool:
    """If-None-Match decides where it is sent; else If-Modified-Since does (RFC 9110, 13.2.2)."""
    if if_none_match := request.headers.get("If-None-Match", ""):
        return has_current_copy(if_none_match, etag)
    modified_since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return modified_since is not None and since <= modified_since
