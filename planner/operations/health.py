"""For watchdogs and load balancers: `/healthz` says that this process lives, `/readyz` that it can do its work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from planner.operations import readiness


def healthz(request: HttpRequest) -> HttpResponse:
    """Asks nothing of anybody: a database that is away must not have web processes killed."""
    return _plain("ok")


def readyz(request: HttpRequest) -> HttpResponse:
    """`?for=web` leaves the job worker out: a load balancer should not turn pages away because a letter waits."""
    problems = readiness.problems(with_jobs=request.GET.get("for") != "web")
    if problems:
        return _plain(*(f"{name}: {what}" for name, what in problems.items()), status=503)
    return _plain("ready", *(f"{name}: {what}" for name, what in readiness.remarks().items()))


def _plain(*lines: str, status: int = 200) -> HttpResponse:
    return HttpResponse("\n".join(lines), content_type="text/plain", status=status)
