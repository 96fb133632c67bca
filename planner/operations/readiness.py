"""Whether this program can do its work: what `/readyz` and `manage.py ready` say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.core.checks import Tags, run_checks
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django_q.models import OrmQ, Schedule

from core.database import database_file
from core.dates import clock
from prisons.domain.background import upkeep

STANDSTILL = dt.timedelta(minutes=5)
"""Regular tasks run every minute; so late, and nobody works any more."""


def problems(*, with_jobs: bool = True, now: dt.datetime | None = None) -> dict[str, str]:
    """What is wrong, by what it is wrong with; empty when all is well. The first one that is hides the next."""
    at = now or clock.now()
    asked: list[tuple[str, Callable[[], Iterator[str]]]] = [
        ("database", _database),
        ("migrations", _migrations),
        ("guards", _guards),
    ]
    if with_jobs:
        asked.append(("jobs", lambda: _jobs(at)))
    for name, ask in asked:
        try:
            found = "; ".join(ask())
        except DatabaseError as error:
            found = type(error).__name__  # what it says more may hold addresses and names
        if found:
            return {name: found}
    return {}


def remarks() -> dict[str, str]:
    """What waits for somebody, and keeps nobody from working."""
    return {f"upkeep ({row.name})": "waits: manage.py upkeep" for row in upkeep.held()}


def _database() -> Iterator[str]:
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1" if connection.vendor == "sqlite" else "SELECT NOT pg_is_in_recovery()")
        (can_write,) = cursor.fetchone()
    if not (can_write and database_file.can_be_written()):
        yield "cannot be written to"


def _migrations() -> Iterator[str]:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if left := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"{len(left)} not applied: manage.py prepare"


def _guards() -> Iterator[str]:
    for message in run_checks(tags=[Tags.database], databases=[DEFAULT_DB_ALIAS]):
        if message.is_serious():
            yield message.msg


def _jobs(at: dt.datetime) -> Iterator[str]:
    late = at - STANDSTILL
    if OrmQ.objects.filter(lock__lt=late).exists():
        yield "work has waited for more than five minutes"
    if Schedule.objects.filter(next_run__lt=late).exists():
        yield "regular tasks are late: does a job worker run?"
