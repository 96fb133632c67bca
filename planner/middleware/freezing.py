"""Before anything is changed over the web, the lists that are due are frozen.

Functions that know of lists freeze for themselves. Names of rooms, units, organisations and facilitators are
changed below them, in apps that know of no list; so whatever is sent is preceded by this, once, for everybody.
One small query when nothing is due.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from enrollment.domain.lists.cut_off import freeze_everywhere

READS = ("GET", "HEAD", "OPTIONS", "TRACE")


class FreezeFirst:
    """A facilitator's name stands on lists of several prisons, so all of them are looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in READS:
            freeze_everywhere()
        return self.get_response(request)
