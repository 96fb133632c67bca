"""The audit is append-only in the database itself: whoever updates or deletes a row of it is refused.

Triggers, on SQLite and on PostgreSQL. A later migration that remakes a table drops them in silence, so they are
laid again after every migrate and a system check asks for them. They stop the program and its mistakes; against
whoever owns the database stand the seals (`prisons/domain/records/seals.py`), which leave the machine.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from core.database.triggers import standing
from prisons.models import AuditEntry, AuditSeal, Reading

TABLES = tuple(model._meta.db_table for model in (AuditEntry, Reading, AuditSeal))
APPEND_ONLY = "audit_is_append_only"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION '{APPEND_ONLY}';
END $body$
"""


def _triggers(vendor: str) -> dict[str, str]:
    """Name -> what follows `CREATE TRIGGER name`."""
    if vendor == "sqlite":
        return {
            f"keep_{table}_{event.lower()}": f"BEFORE {event} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
            for table in TABLES
            for event in ("UPDATE", "DELETE")
        }
    call = "EXECUTE FUNCTION refuse_change_of_audit()"
    rows = {f"keep_{table}": f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}" for table in TABLES}
    whole = {f"keep_{table}_whole": f"BEFORE TRUNCATE ON {table} {call}" for table in TABLES}
    return rows | whole


def stands(connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables are there at all yet."""
    return set(TABLES) <= set(connection.introspection.table_names())


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that this database lacks, or has switched off; empty when all stand."""
    return sorted(_triggers(connection.vendor).keys() - standing(connection))


def lay(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place. Safe to repeat."""
    lift(connection)
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute(_FUNCTION)
        for name, body in _triggers(connection.vendor).items():
            cursor.execute(f"CREATE TRIGGER {name} {body}")


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take them away: only to throw a whole database of the demo or of a test away."""
    with connection.cursor() as cursor:
        for name in _triggers(connection.vendor):
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                continue
            table = next(table for table in TABLES if name in (f"keep_{table}", f"keep_{table}_whole"))
            cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
