"""Reports may read from a copy of the database that lags a little behind (REPLICA_URL).

Nobody is ever shown that their own change is missing: whoever has sent anything goes on reading from the database
itself until the copy has surely caught up, on every machine and in every session, and so do all other pages, every
transaction and every job. Feeds stay on the database: nobody can tell beforehand whose change a calendar waits for.
Who has sent something is kept in the database too: a Redis that comes back empty would have forgotten it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase

from core.dates import clock
from prisons.domain.background import jobs
from prisons.models import Job

REPLICA = "replica"
READS = ("GET", "HEAD")
MAY_LAG = "/reports/"
LONGEST_REQUEST = 90
"""Seconds after which the web server gives a request up: so long may lie between its start and its commit."""
NEVER = frozenset({"sessions", "django_q", "usersessions", "account", "mfa"})
_may_read: ContextVar[bool] = ContextVar("may_read_replica", default=False)


class Router:
    """The copy only where a request has said that it may be asked, and never inside a transaction."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        if not _may_read.get() or model._meta.app_label in NEVER:
            return None
        # A row that is read to be changed is read where it is changed.
        return None if transaction.get_connection(DEFAULT_DB_ALIAS).in_atomic_block else REPLICA

    def db_for_write(self, model: Any, **hints: Any) -> str:
        if model._meta.app_label not in NEVER:
            _may_read.set(False)  # from here on this request reads what it writes
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Both are the same database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == REPLICA else None


class ReadOwnWrites:
    """Middleware, put in place by the setting alone, behind the one that knows who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in READS:
            # Before the act: what is committed can never be older than what stands here.
            _kept().set(_key(request), True, settings.REPLICA_LAG_SECONDS + LONGEST_REQUEST)
            return self.get_response(request)
        token = _may_read.set(MAY_LAG in request.path and not _has_just_written(request))
        try:
            return self.get_response(request)
        finally:
            _may_read.reset(token)


def _has_just_written(request: HttpRequest) -> bool:
    """By a form, or by long work that they started and that is going, or was until a moment ago."""
    if _kept().get(_key(request)):
        return True
    since = clock.now() - dt.timedelta(seconds=settings.REPLICA_LAG_SECONDS + LONGEST_REQUEST)
    theirs = Q(by=request.user.pk)
    return bool(request.user.pk) and (
        jobs.going().filter(theirs).exists() or Job.objects.filter(theirs, finished_at__gte=since).exists()
    )


def _kept() -> Any:
    return caches["database"]


def _key(request: HttpRequest) -> str:
    return f"wrote:{request.user.pk}"
