"""Which prison a statement asks: the wall between prisons stands in the query, and so it can be cut along it.

A statement that reads rows of prisons either compares a prison, or names the rows, or those that they hang on, by their
numbers. What does neither reads every prison.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.apps import apps

from benchmarks.scale.plans import Asked, is_read
from prisons.models import Prison

TABLE = re.compile(r'(?:FROM|JOIN|,) "(\w+)"')
NUMBERED = re.compile(r'"(?:id|\w+_id)"\)? (?:=|IN|BETWEEN) \(?[%\d(?]')
"""Rows by their number, or by the number of the row above them."""


@lru_cache(maxsize=1)
def tables_of_prisons() -> frozenset[str]:
    """Tables with rows that belong to one prison: those with its number, and those that hang on such a row."""
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    found = {model for model in models if _points_at(model, {Prison}, null=False)}
    while more := {model for model in models if model not in found and _points_at(model, found, null=False)}:
        found |= more
    return frozenset(model._meta.db_table for model in found)


def _points_at(model: type, others: set[type], *, null: bool) -> bool:
    fields = model._meta.concrete_fields  # type: ignore[attr-defined]
    return any(each.is_relation and each.null == null and each.related_model in others for each in fields)


def reads_every_prison(asked: Asked) -> bool:
    """Whether this statement reads rows of prisons and says neither which prison nor which rows."""
    if not is_read(asked.sql):
        return False
    sql = " ".join(asked.sql.split())
    if not tables_of_prisons() & set(TABLE.findall(sql)):
        return False
    return '"prison_id"' not in sql.partition(" WHERE ")[2] and not NUMBERED.search(sql)
