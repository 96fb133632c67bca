"""Rows copied inside the database, all of a prison at once: one INSERT ... SELECT a table, on both databases.

A copy has the number of its pattern plus an offset, and so has every reference to another copied row. Dates may be
moved by days; `instead` names columns that get another value, as SQL over the row that is copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

Model = type[models.Model]

TERM = 12 * 7
"""Days of the demo's term; copies of it lie that far apart."""
A_TERM = 100_000
A_PRISON = 1_000_000_000
"""How far the numbers of copies lie apart: no pattern has as many rows in one table."""


@dataclass(frozen=True)
class Copy:
    """`paths` says of each table that is copied which of its rows (a condition on the number)."""

    paths: Mapping[Model, str]
    offset: int
    days: int = 0
    instead: Mapping[Model, Mapping[str, str]] = field(default_factory=dict)

    def run(self) -> int:
        """Copies every table, in the order in which they are named. Returns how many rows."""
        return sum(self._copy(model, where) for model, where in self.paths.items())

    def _copy(self, model: Model, where: str) -> int:
        fields = model._meta.concrete_fields
        columns = ", ".join(f'"{each.column}"' for each in fields)
        values = ", ".join(self._value(model, each) for each in fields)
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{model._meta.db_table}" ({columns}) '
                f'SELECT {values} FROM "{model._meta.db_table}" AS old WHERE {where}'
            )
            return int(cursor.rowcount)

    def _value(self, model: Model, each: Any) -> str:
        other = self.instead.get(model, {}).get(each.column)
        if other is not None:
            return other
        column = f'old."{each.column}"'
        if each.primary_key or (each.is_relation and each.related_model in self.paths):
            return f"{column} + {self.offset}"
        if self.days and isinstance(each, models.DateField):  # a DateTimeField is one too
            return moved(column, -self.days, is_instant=isinstance(each, models.DateTimeField))
        return column


def moved(column: str, days: int, *, is_instant: bool) -> str:
    """SQL: that date or instant, days later."""
    if connection.vendor == "sqlite":
        return f"{'datetime' if is_instant else 'date'}({column}, '{days:+d} days')"
    return f"{column} + interval '{days} days'" if is_instant else f"({column} + {days})"


@contextmanager
def without_triggers() -> Iterator[None]:
    """Millions of rows that copy what the guards let in once: they stand aside and come back unchanged."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
            laid = cursor.fetchall()
            if not connection.in_atomic_block:
                for unsafe in ("foreign_keys = OFF", "synchronous = OFF", "journal_mode = OFF"):
                    cursor.execute(f"PRAGMA {unsafe}")
                cursor.execute("PRAGMA cache_size = -400000")
            for name, _sql in laid:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _name, sql in laid:
                cursor.execute(sql)
            if not connection.in_atomic_block:
                cursor.execute("PRAGMA foreign_keys = ON")
                cursor.execute("PRAGMA journal_mode = WAL")
            return
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # what waits for the end would stop an index from going
        cursor.execute("SET session_replication_role = replica")
        # Nothing is known yet of tables that grow under its feet: the first prison is found by its numbers.
        cursor.execute("SET enable_seqscan = off")
        yield
        cursor.execute("SET enable_seqscan = on")
        cursor.execute("SET session_replication_role = DEFAULT")


@contextmanager
def without_indexes(tables: Iterable[Model]) -> Iterator[None]:
    """An index is built in a fraction of the time that it takes to grow; keys and guards stay."""
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            )
        else:
            cursor.execute(
                "SELECT indexname, indexdef, tablename FROM pg_indexes WHERE schemaname = current_schema() AND "
                "indexname NOT IN (SELECT conname FROM pg_constraint)"
            )
        found = [(name, sql) for name, sql, table in cursor.fetchall() if table in names]
        for name, _sql in found:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, sql in found:
            cursor.execute(sql)


def count_on(tables: Iterator[Model] | list[Model]) -> None:
    """The next row that the program makes gets a number after all copies; the database knows its sizes."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
