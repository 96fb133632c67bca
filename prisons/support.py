"""Support: whoever installs looks at the pages of one prison with masked names, for an hour, and changes nothing.

A flag of the session, not of the account. While it is up, names are masked where they leave the database
(`core/words/names.py`): on every page and in every file, and nobody can ask for a name either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import clock
from core.web.looking_only import looking_only
from prisons.domain.records import audit
from prisons.models import Prison

LASTS = dt.timedelta(hours=1)
READS = ("GET", "HEAD", "OPTIONS")
STILL_SENT = {
    "prisons:support_end",
    "account_logout",
    "set_language",
    "theme",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
"""What may be sent all the same: it changes nothing but the session."""
_KEY = "support"


class SupportReason(models.TextChoices):
    """Never free text: it would be the place for a name."""

    QUESTION = "support_question", gettext_lazy("somebody asked for help")
    FAULT = "support_fault", gettext_lazy("a fault was reported")
    UPDATE = "support_update", gettext_lazy("after a new version")


@dataclass(frozen=True)
class Support:
    prison_id: int
    until: dt.datetime


def of(request: HttpRequest) -> Support | None:
    """What this session is looking at with masked names; None once the hour is over."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and not request.session.modified:
        return None
    kept = request.session.get(_KEY)
    if not kept or kept[1] <= clock.now().timestamp():
        return None
    return Support(kept[0], dt.datetime.fromtimestamp(kept[1], tz=dt.UTC))


def start(request: Any, prison: Prison, why: str, *, now: dt.datetime | None = None) -> None:
    """Raises the flag; the record of the prison says who, when and for what kind of reason."""
    until = (now or clock.now()) + LASTS
    audit.record(prison, request.user, "start_support", prison, fields=[why], now=now)
    request.session[_KEY] = [prison.pk, int(until.timestamp())]


def end(request: Any, prison: Prison, *, now: dt.datetime | None = None) -> None:
    """Twice is no error."""
    if request.session.pop(_KEY, None):
        audit.record(prison, request.user, "end_support", prison, now=now)


class NothingIsSent:
    """Middleware: while the flag is up, whatever would change something is refused, before anything is done.

    And pages come without the buttons that would be refused.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and _is_page(response) and of(request):
            response.content = looking_only(response.content.decode(), partial(_may_send, request.path_info))
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.method not in READS and name not in STILL_SENT and of(request):
            raise PermissionDenied(_("You look with masked names: nothing can be changed meanwhile."))


def _is_page(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "").startswith("text/html")


def _may_send(page: str, action: str) -> bool:
    """Whether a form on this page leads where somebody who looks may send."""
    try:
        return resolve(urlsplit(action).path or page).view_name in STILL_SENT
    except Resolver404:
        return False
