"""Two nets: a PlannerError that no view caught becomes a page, and what no view can read never reaches one."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    QueryDict,
)
from django.shortcuts import render

from core.errors import PlannerError


class RefusalMiddleware:
    """Answers a PlannerError with its sentence and its status; everything else goes its usual way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, PlannerError):
            return None
        return render(request, "errors/refusal.html", {"error": exception}, status=exception.status)


LARGEST_NUMBER = 2**63 - 1
"""What fits into the key of a row, in either database."""


METHODS = ("GET", "HEAD", "POST", "OPTIONS")
"""All that any page or calendar of ours is asked by."""


class ReadableMiddleware:
    """Before any view: an unknown method is 405, a NUL in an address or a field 400, a number that no row has 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if "\0" in request.path_info or _has_nul(request.GET):
            raise SuspiciousOperation("NUL in the address")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if any(isinstance(value, int) and value > LARGEST_NUMBER for value in kwargs.values()):
            raise Http404
        if request.method == "POST" and _has_nul(request.POST):
            raise SuspiciousOperation("NUL in a field")


def _has_nul(fields: QueryDict) -> bool:
    return any("\0" in name or any("\0" in text for text in texts) for name, texts in fields.lists())
