"""One account holds roles of one side in a prison: refused by the database itself, whoever writes the row.

Triggers, on SQLite and on PostgreSQL, laid again after every migrate and asked for by a system check. The program
says it in words before (`prisons/domain/people/memberships.py`).
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from core.database.triggers import standing
from prisons.access import SIDE_OF_ROLE, Side
from prisons.models import Membership

TABLE = Membership._meta.db_table
ONE_SIDE = "one_side_in_a_prison"
_NAMES = {"INSERT": f"keep_side_{TABLE}_insert", "UPDATE": f"keep_side_{TABLE}_update"}


def _side(row: str) -> str:
    """The number of the side of a row's role, in SQL."""
    number = {side: place for place, side in enumerate(Side)}
    cases = " ".join(f"WHEN '{role}' THEN {number[side]}" for role, side in SIDE_OF_ROLE.items())
    return f"(CASE {row}.role {cases} END)"


def _meets_another_side() -> str:
    """Whether a role that has not ended by hand meets one of another side on some date."""
    return f"""NEW.ended_at IS NULL AND EXISTS (
      SELECT 1 FROM {TABLE} o
      WHERE o.user_id = NEW.user_id AND o.prison_id = NEW.prison_id AND o.ended_at IS NULL
        AND (NEW.id IS NULL OR o.id <> NEW.id) AND {_side("o")} <> {_side("NEW")}
        AND (o.ends_on IS NULL OR o.ends_on >= NEW.starts_on)
        AND (NEW.ends_on IS NULL OR NEW.ends_on >= o.starts_on))"""  # noqa: S608


def _function() -> str:
    return f"""CREATE OR REPLACE FUNCTION refuse_two_sides() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      IF {_meets_another_side()} THEN
        RAISE EXCEPTION '{ONE_SIDE}' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $body$"""


def stands(connection: BaseDatabaseWrapper) -> bool:
    """Whether the table is there at all yet."""
    return TABLE in connection.introspection.table_names()


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that this database lacks, or has switched off; empty when all stand."""
    return sorted(set(_NAMES.values()) - standing(connection))


def lay(connection: BaseDatabaseWrapper) -> None:
    """Put both triggers in place. Safe to repeat."""
    lift(connection)
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute(_function())
        for event, name in _NAMES.items():
            if connection.vendor == "sqlite":
                body = f"WHEN {_meets_another_side()} BEGIN SELECT RAISE(ABORT, '{ONE_SIDE}'); END"
            else:
                body = "FOR EACH ROW EXECUTE FUNCTION refuse_two_sides()"
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} {body}")


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take them away: only for a test of what the program does with such a row."""
    on = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
    with connection.cursor() as cursor:
        for name in _NAMES.values():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
