"""Numbers for Prometheus, behind METRICS_TOKEN: how fast, how many, what waits. No name and no address in them.

Each web process counts for itself into files of one folder, and whoever is asked adds them up. What waits in the
database is counted when it is asked for.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django_q.models import OrmQ
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from core.dates import clock
from core.web.request_log import route_of
from prisons.domain.background import outbox, upkeep
from prisons.models import Job

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

if settings.METRICS_TOKEN and FOLDER not in os.environ:
    raise ImproperlyConfigured(f"{FOLDER} must be set before prometheus_client is imported.")

REQUESTS = Counter(
    "tempo_requests", "Answers by route and status.", ["method", "route", "status"], registry=None
)
DURATION = Histogram(
    "tempo_request_seconds", "Time to the answer.", ["route"], buckets=SECONDS, registry=None
)


class Measure:
    """Middleware, put in place by the setting alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        response = self.get_response(request)
        route = route_of(request)
        REQUESTS.labels(request.method, route, response.status_code).inc()
        DURATION.labels(route).observe(time.monotonic() - began)
        return response


class WaitingJobs:
    """What lies in the database, asked for when Prometheus asks."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        now = clock.now()
        due = OrmQ.objects.filter(lock__lte=now)
        oldest = due.aggregate(oldest=Min("lock"))["oldest"]
        jobs = Job.objects.filter(state=Job.State.FAILED)
        yield _gauge("tempo_jobs_due", "Tasks in the queue that nobody has taken.", due.count())
        yield _gauge(
            "tempo_jobs_oldest_seconds", "Age of the oldest.", (now - oldest).total_seconds() if oldest else 0
        )
        yield _gauge("tempo_jobs_failed", "Long work that ended without a result.", jobs.count())
        letters = outbox.unsent().count()
        yield _gauge("tempo_letters_unsent", "Letters that are not on their way.", letters)
        yield _gauge("tempo_upkeep_held", "Tidying up that waits for somebody.", len(upkeep.held()))


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def metrics(request: HttpRequest) -> HttpResponse:
    """404 without the setting and without its token: nobody learns that it is there."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    wanted = settings.METRICS_TOKEN
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Http404
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(WaitingJobs())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def begin(folder: Path) -> None:
    """An empty folder for the counts of this start: what processes counted before is over."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink(missing_ok=True)
