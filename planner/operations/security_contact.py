"""/.well-known/security.txt (RFC 9116): whom to tell of a hole, in a form that programs read."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.dates import clock

VALID = dt.timedelta(days=180)


def security_txt(request: HttpRequest) -> HttpResponse:
    contact = settings.SECURITY_CONTACT
    lines = [
        f"Contact: {contact if ':' in contact else f'mailto:{contact}'}",
        f"Expires: {(clock.now() + VALID).astimezone(dt.UTC):%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: nl, fr, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
