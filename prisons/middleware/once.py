"""Forms that carry a token are done once; the same form sent again gets the answer of the first time."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.secrets.digest import digest
from core.web import address
from core.web.htmx import is_partial
from core.web.htmx import redirect as htmx_redirect
from prisons.domain import submissions
from prisons.domain.writing import writing
from prisons.models import Submission

FIELD = "once"
NOT_COMPARED = {FIELD, "csrfmiddlewaretoken"}


class Once:
    """Only posts with a token; what was refused (4xx, 5xx) was not done, and may be sent again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _token(request)
        if token is None or not request.user.is_authenticated:
            return self.get_response(request)
        by, said = request.user, _said(request)
        with transaction.atomic():
            claimed = submissions.claim(token, said, by=by)
            if claimed is not None:
                with writing() as wrote:
                    response = self.get_response(request)
                return _kept(response, claimed, did_it=bool(wrote))
        return _again(request, submissions.led_to(token, said, by=by))


def _kept(response: HttpResponseBase, claimed: Submission, *, did_it: bool) -> HttpResponseBase:
    if response.status_code >= 500:
        transaction.set_rollback(True)
    elif response.status_code >= 400:
        claimed.delete()
    elif not did_it:
        claimed.delete()  # it only showed something: what else the form can do may follow
    elif to := response.headers.get("Location") or response.headers.get("HX-Redirect"):
        claimed.location = to[:500]
        claimed.save(update_fields=["location"])
    return response


def _token(request: HttpRequest) -> uuid.UUID | None:
    """None for pages, programs and whatever is no token."""
    if request.method != "POST" or request.content_type not in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        return None
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except (ValueError, BadRequest):
        return None


def _said(request: HttpRequest) -> str:
    """What the form said and to whom: a form that was gone back to and filled in otherwise is another one."""
    fields = {name: values for name, values in request.POST.lists() if name not in NOT_COMPARED}
    files = {name: [(one.name, one.size) for one in request.FILES.getlist(name)] for name in request.FILES}
    return digest(request.path, fields, files)


def _again(request: HttpRequest, to: str) -> HttpResponse:
    messages.info(request, _("This form was sent twice. It was saved once."))
    if not to:
        to = address.of_this_site(request.headers.get("Referer"), request) or "/"
    return htmx_redirect(to) if is_partial(request) else redirect(to)
