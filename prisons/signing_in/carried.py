"""A form that was sent too late comes along: nobody is signed in any more, or somebody signed in since it was drawn.

Nothing of it is kept on the server, and nothing of it is done: the page carries the sent fields, to be sent once more
by whoever is signed in then. What another site sends does not come along.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from core.web import htmx

TEMPLATE = "403_csrf.html"
_SECRET = ("password", "passphrase", "second_factor", "credential")
_SIGNING_IN = "/accounts/"
_OWN = "csrfmiddlewaretoken"


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a form without the right token: a page that was open while somebody signed in anew."""
    return page(request)


def page(request: HttpRequest) -> HttpResponse:
    """Inside HTMX only its words are told: what was typed stays where it is, and is sent from there once more."""
    is_part = htmx.is_partial(request)
    context = {"sent": sent(request), "action": request.get_full_path(), "is_part": is_part}
    answer = render(request, TEMPLATE, context, status=403)
    return (
        htmx.trigger(answer, "tempo:token", token=get_token(request))
        if is_part and _is_ours(request)
        else answer
    )


def is_act(request: HttpRequest) -> bool:
    """Something of a page of ours was to be done: whoever pressed is told that it was not."""
    return request.method == "POST" and not request.path.startswith(_SIGNING_IN) and _is_ours(request)


def sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form of our own pages; none where there is a file or a secret: those are given anew."""
    if (
        request.path.startswith(_SIGNING_IN)
        or request.method != "POST"
        or htmx.is_partial(request)
        or request.FILES
        or not _is_ours(request)
    ):
        return []
    fields = [
        (name, value) for name, values in request.POST.lists() if name != _OWN for value in map(str, values)
    ]
    return [] if any(word in name for name, _value in fields for word in _SECRET) else fields


def _is_ours(request: HttpRequest) -> bool:
    """Browsers say where a form stood."""
    came_from = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(came_from).netloc == request.get_host()
