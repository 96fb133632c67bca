"""How the database answers what a page asks: every statement explained, and which tables it reads whole."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One statement, as it was sent."""

    sql: str
    params: Any
    seconds: float


@contextmanager
def listening(asked: list[Asked]) -> Iterator[None]:
    """Notes every statement that is sent meanwhile."""
    from django.db import connection

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            if not many:
                asked.append(Asked(sql, params, time.perf_counter() - begun))

    with connection.execute_wrapper(note):
        yield


def is_read(sql: str) -> bool:
    return sql.lstrip(" (").upper().startswith(("SELECT", "WITH"))


@lru_cache(maxsize=4)
def rows_of_tables(vendor: str, name: str) -> dict[str, int]:
    """Table -> about how many rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute("SELECT relname, reltuples::bigint FROM pg_class WHERE relkind IN ('r', 'p')")
            return dict(cursor.fetchall())
        tables = connection.introspection.table_names(cursor)
        sizes = {}
        for table in tables:
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
            sizes[table] = cursor.fetchone()[0]
        return sizes


def scans(connection: Any, asked: Asked, large: int) -> list[str]:
    """The large tables that this statement reads whole, each with the beginning of the statement."""
    sizes = rows_of_tables(connection.vendor, str(connection.settings_dict["NAME"]))
    if not is_read(asked.sql) or not any(
        rows > large and table in asked.sql for table, rows in sizes.items()
    ):
        return []
    found = _found(connection, asked)
    return [
        f"{table} ({sizes.get(table, 0):,} rows): {' '.join(asked.sql.split())[:2000]}"
        for table in found
        if sizes.get(table, 0) > large
    ]


def _found(connection: Any, asked: Asked) -> set[str]:
    """Each statement is explained once: one prison asks all of them, so what they are asked with matters little."""
    if asked.sql not in _read_whole:
        plan = explain(connection, asked)
        _read_whole[asked.sql] = (
            _postgres(plan) if connection.vendor == "postgresql" else _sqlite(plan, asked.sql)
        )
    return _read_whole[asked.sql]


_read_whole: dict[str, set[str]] = {}


def forget() -> None:
    """After the tables have grown."""
    rows_of_tables.cache_clear()
    _read_whole.clear()


def explain(connection: Any, asked: Asked) -> Any:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (FORMAT JSON) {asked.sql}", asked.params)
            (plan,) = cursor.fetchone()
            return json.loads(plan) if isinstance(plan, str) else plan
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.sql}", asked.params)
        return [row[3] for row in cursor.fetchall()]


def _postgres(plan: Any) -> set[str]:
    """Read from one end to the other: without an index, or along an index without a condition on it.

    What costs more than the step above it is not read to its end: the first row is enough, or the last that matches.
    """

    def nodes(node: dict[str, Any], cost: float) -> Iterator[dict[str, Any]]:
        if node["Total Cost"] <= cost:
            yield node
        for below in node.get("Plans", ()):
            yield from nodes(below, node["Total Cost"])

    return {
        str(node["Relation Name"])
        for node in nodes(plan[0]["Plan"], math.inf)
        if node["Node Type"].endswith("Seq Scan")
        or (node["Node Type"] in ("Index Scan", "Index Only Scan") and "Index Cond" not in node)
        if "Relation Name" in node and not _is_partial(node)
    }


def _is_partial(node: dict[str, Any]) -> bool:
    """An index that holds only some rows (what is still open, say) is a condition of its own."""
    return "Index Name" in node and node["Index Name"] in _partial_indexes()


@lru_cache(maxsize=1)
def _partial_indexes() -> frozenset[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indpred IS NOT NULL"
        )
        return frozenset(name for (name,) in cursor.fetchall())


SCAN = re.compile(r"^SCAN (\w+)")


def _sqlite(plan: list[str], sql: str) -> set[str]:
    found = set()
    for line in plan:
        if match := SCAN.match(line):
            name = match[1]
            aliased = re.search(rf'"(\w+)" (?:AS )?"?{name}"?\b', sql)
            found.add(aliased[1] if aliased else name)
    return found
