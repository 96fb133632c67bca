"""Which prison a statement asks: the wall between prisons stands in the query, and so it can be cut along it.

A statement that reads or writes rows of prisons either compares a prison, or names the rows, or those that they hang
on, by their numbers (`is_bound`); and those numbers are of rows of that prison (`foreign_rows`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db.models import Model

from benchmarks.scale.plans import Asked
from prisons.models import Prison

TABLE = re.compile(r'(?:FROM|JOIN|UPDATE|,) "(\w+)"(?: (?:AS )?"?([UVW]\d+|T\d+)"?)?')
BOUND = re.compile(r'"prison_id"\)? (?:=|IN|BETWEEN) ')
NUMBERED = re.compile(
    r'(?:"(\w+)"|\b([UVW]\d+))\."(id|\w+_id)"\)? (?:=|IN|BETWEEN) (?:ANY)?\(?((?:(?:%s|\d+)(?:, )?)+)'
)
"""Rows by their number, or by the number of the row above them."""
Number = int
Owners = dict[str, dict[Number, set[int]]]
"""Table -> number of a row -> the prisons that it belongs to."""


@lru_cache(maxsize=1)
def models_of_prisons() -> dict[type[Model], str]:
    """Models with rows that belong to one prison, each with the column that says so.

    It is the prison's number, or that of the row that it hangs on.
    """
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    found: dict[type[Model], str] = {}
    while more := {
        model: column for model in models if model not in found and (column := _owner(model, found))
    }:
        found |= more
    return found


def _owner(model: type[Model], known: dict[type[Model], str]) -> str:
    """The foreign key of this model that points to its prison, else to a row of a prison; empty where none does."""
    keys = [each for each in model._meta.concrete_fields if each.is_relation and not each.null]
    for wanted in ({Prison}, set(known)):
        for key in keys:
            if key.related_model in wanted:
                return str(key.attname)
    return ""


def tables_of_prisons() -> frozenset[str]:
    return frozenset(model._meta.db_table for model in models_of_prisons())


def is_bound(sql: str) -> bool:
    """Whether this statement, if it asks rows of prisons, says which prison or which rows."""
    sql = " ".join(sql.split())
    if sql.startswith("INSERT") or not tables_of_prisons() & {found[0] for found in TABLE.findall(sql)}:
        return True
    condition = sql.partition(" WHERE ")[2] or sql.partition(" ON ")[2]
    return bool(BOUND.search(condition) or NUMBERED.search(condition))


def reads_every_prison(asked: Asked) -> bool:
    return not is_bound(asked.sql)


def owners() -> Owners:
    """Of the rows that are there now."""
    found: Owners = {Prison._meta.db_table: {pk: {pk} for pk in Prison.objects.values_list("pk", flat=True)}}
    for model, column in models_of_prisons().items():
        key = model._meta.get_field(column.removesuffix("_id"))
        above: dict[int, set[int]] = found[key.related_model._meta.db_table]  # type: ignore[union-attr]
        rows = model._default_manager.order_by().values_list("pk", column)
        found[model._meta.db_table] = {pk: above.get(owner, set()) for pk, owner in rows}
    return found


def foreign_rows(asked: Asked, prison: int, known: Owners) -> set[tuple[str, int]]:
    """Rows of other prisons that this statement names by number: (table, number)."""
    sql = " ".join(asked.sql.split())
    return {
        (table, number)
        for table, number in _named(sql, list(asked.params or ()))
        if (of := known.get(table, {}).get(number)) and prison not in of
    }


def _named(sql: str, params: list[Any]) -> Iterator[tuple[str, Any]]:
    tables = {alias or table: table for table, alias in TABLE.findall(sql)}
    related = _related()
    for found in NUMBERED.finditer(sql):
        table = tables.get(found[1] or found[2], found[1] or "")
        target = table if found[3] == "id" else related.get((table, found[3]), "")
        before = sql.count("%s", 0, found.start(4))
        for number in params[before : before + found[4].count("%s")]:
            if isinstance(number, (list, tuple)):  # PostgreSQL gets one list
                yield from ((target, each) for each in number)
            else:
                yield target, number


@lru_cache(maxsize=1)
def _related() -> dict[tuple[str, str], str]:
    """(table, column of a foreign key) -> the table that it points to."""
    found: dict[tuple[str, str], str] = defaultdict(str)
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model:
                found[model._meta.db_table, str(field.column)] = field.related_model._meta.db_table  # type: ignore[union-attr]
    return found
