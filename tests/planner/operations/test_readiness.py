"""/healthz lives, /readyz can work: each thing that is missing is said in one line, without a secret."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django_q.models import OrmQ, Schedule

from core.database import database_file
from core.dates import clock
from planner.operations import readiness
from prisons.domain.background import upkeep
from prisons.domain.background.schedules import keep_schedules
from prisons.guards import audit_guards

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def _ready(query: str = "") -> tuple[int, str]:
    answer = Client().get(f"/readyz{query}")
    return answer.status_code, answer.content.decode()


def test_all_is_well() -> None:
    keep_schedules()
    assert _ready() == (200, "ready")


def test_work_that_nobody_does() -> None:
    late = clock.now() - readiness.STANDSTILL * 2
    OrmQ.objects.create(key="planner", payload="x", lock=late)
    assert _ready() == (503, "jobs: work has waited for more than five minutes")
    assert _ready("?for=web") == (200, "ready"), "pages are not turned away because a letter waits"
    OrmQ.objects.all().delete()
    keep_schedules()
    Schedule.objects.update(next_run=late)
    assert _ready()[0] == 503


def test_a_migration_that_is_not_applied() -> None:
    MigrationRecorder(connection).migration_qs.filter(app="rooms").delete()
    assert _ready("?for=web") == (503, "migrations: 1 not applied: manage.py prepare")


def test_a_guard_that_is_missing() -> None:
    audit_guards.lift(connection)
    status, said = _ready("?for=web")
    assert status == 503
    assert said.startswith("guards: Rows of the audit could be changed")
    audit_guards.lay(connection)
    assert _ready("?for=web")[0] == 200


def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise DatabaseError("could not connect to planner:secret@db.example.org")

    monkeypatch.setattr(connection, "cursor", away)
    assert _ready() == (503, "database: DatabaseError")
    assert Client().get("/healthz").content == b"ok"


def _is_a_copy(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
    return execute(sql.replace("pg_is_in_recovery()", "true"), *more)


@pytest.mark.parametrize("closed", ["the file", "the folder"])
def test_a_database_that_cannot_be_written_to(monkeypatch: pytest.MonkeyPatch, closed: str) -> None:
    """An embedded one that was mounted read-only; a PostgreSQL that is the copy of another."""
    file = Path(connection.settings_dict["NAME"])
    shut = file if closed == "the file" else file.parent
    monkeypatch.setattr(database_file.os, "access", lambda path, mode: path != shut)
    with connection.execute_wrapper(_is_a_copy):
        assert _ready("?for=web") == (503, "database: cannot be written to")
        assert Client().get("/healthz").content == b"ok", "nobody should kill it for that"
    monkeypatch.undo()
    assert _ready("?for=web") == (200, "ready")


def test_what_waits_for_somebody_is_a_remark() -> None:
    now = clock.now()
    upkeep.may_tidy(now=now - dt.timedelta(days=30))
    upkeep.may_tidy(now=now)
    keep_schedules()
    assert _ready() == (200, "ready\nupkeep (tidying): waits: manage.py upkeep")
