"""The net under every view: a PlannerError that nobody caught becomes a page, or a toast inside HTMX."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
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
