"""Nobody changes what was written into the audit: not the ORM, not SQL, on neither database."""

import datetime as dt

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction

from prisons.domain.records import audit, readings, seals
from prisons.guards import audit_guards
from prisons.models import AuditEntry, AuditSeal, Reading

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
NOON = dt.datetime(2026, 11, 23, 11, tzinfo=dt.UTC)


@pytest.fixture
def filled(haren, organiser_anna, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    audit.record(haren, organiser_anna, "invite", haren, now=NOON)
    readings.record("see", "enrollment:person_detail", prison_id=haren.pk, by=organiser_anna, people={7})
    seals.seal_all(now=NOON)
    connection.check_constraints()  # PostgreSQL empties no table for which it still has something to check


@pytest.mark.parametrize("model", [AuditEntry, Reading, AuditSeal])
@pytest.mark.parametrize("act", ["update", "delete", "raw", "empty"])
def test_what_is_written_stays(filled, model, act):
    acts = {
        "update": lambda: model.objects.update(at=NOON),
        "delete": lambda: model.objects.all().delete(),
        "raw": lambda: _sql(f"UPDATE {model._meta.db_table} SET id = id"),
        "empty": lambda: _sql(
            f"{'DELETE FROM' if connection.vendor == 'sqlite' else 'TRUNCATE'} {model._meta.db_table}"
        ),
    }
    count = model.objects.count()
    assert count
    with pytest.raises(DatabaseError, match=audit_guards.APPEND_ONLY), transaction.atomic():
        acts[act]()
    assert model.objects.count() == count


def _sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_missing_guard_is_said_and_laid_again(filled):
    assert not [each for each in run_checks(databases=["default"]) if each.id == "prisons.E001"]
    audit_guards.lift(connection)
    lacking = [each for each in run_checks(databases=["default"]) if each.id == "prisons.E001"]
    assert len(lacking) == len(audit_guards.missing(connection)) == 6
    audit_guards.lay(connection)
    assert audit_guards.missing(connection) == []
