"""Calendars are asked for by programs, every hour, by hundreds of phones: a door of their own before the rest.

Whoever has the address needs no account, no cookie and no language: none of what the other middleware finds out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.http import HttpRequest, HttpResponseBase

from enrollment.domain.taking_part import occupancy
from sessions.feed_answers import answer

START, END = "/ical/", ".ics"


class FeedDoor:
    """Middleware: answers what a calendar asks. Anything else, and an address that is not there, goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith(START) and path.endswith(END) and request.method in ("GET", "HEAD"):
            secret = path[len(START) : -len(END)]
            if secret and "/" not in secret and (found := answer(request, secret, expected=expected)):
                return found
        return self.get_response(request)


def expected(prison_id: int, session_ids: Collection[int]) -> Mapping[int, int]:
    """How many people take part, as the lists of the day count them."""
    people = occupancy(prison_id, session_ids, with_awaiting=False)
    return {pk: len(there) for pk, there in people.items()}
