"""Thousands of rows of one table, written at once: bulk_create takes four times as long, bulk_update ten times.

Fields that fill themselves (`auto_now`) do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper


def insert(
    model: type[models.Model], same: Mapping[str, Any], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Writes the rows, whose values are those of the fields `names`; `same` is what all of them share, by field.

    Fields are named as a row has them (`prison_id`); what nobody names has its default. The rows get numbers, which
    are not told; how many there are is.
    """
    connection = connections[router.db_for_write(model)]
    fields = [each for each in model._meta.concrete_fields if not each.primary_key]
    if unknown := {*same, *names} - {each.attname for each in fields}:
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    shared = [
        each.get_db_prep_save(same.get(each.attname, each.get_default()), connection) for each in fields
    ]
    place = {each.attname: (number, each) for number, each in enumerate(fields)}
    own = [place[name] for name in names]
    values = []
    for row in rows:
        prepared = shared.copy()
        for (number, each), value in zip(own, row, strict=True):
            prepared[number] = each.get_db_prep_save(value, connection)
        values.append(prepared)
    if values:
        _write_new(connection, model, [str(each.column) for each in fields], values)
    return len(values)


def _write_new(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[list[Any]],
) -> None:
    """PostgreSQL takes them in one stream; what watches over each row there watches over these too."""
    quoted = ", ".join(map(connection.ops.quote_name, columns))
    table, marks = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", rows)  # noqa: S608
            return
        told = f"COPY {table} ({quoted}) FROM STDIN"
        with connection.wrap_database_errors, cursor.copy(told) as stream:
            for row in rows:
                stream.write_row(row)


AT_ONCE = 500
"""Rows of one UPDATE on PostgreSQL: what runs once a statement (triggers, `enrollment/plan_version.py`) runs seldom."""


def update(model: type[models.Model], names: Sequence[str], rows: Mapping[int, Sequence[Any]]) -> None:
    """Writes these fields (`room_id`, not `room`) of the rows: key -> values in the order of `names`."""
    connection = connections[router.db_for_write(model)]
    by_name = {each.attname: each for each in model._meta.concrete_fields}
    key, fields = model._meta.pk, [by_name[name] for name in names]
    values = [
        [pk, *(field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True))]
        for pk, row in rows.items()
    ]
    table, columns = connection.ops.quote_name(model._meta.db_table), [str(field.column) for field in fields]
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            given = ", ".join(f"{column} = %s" for column in columns)
            statement = f"UPDATE {table} SET {given} WHERE {key.column} = %s"  # noqa: S608
            cursor.executemany(statement, [[*row[1:], row[0]] for row in values])
            return
        # Without its length: a cast to varchar(8) cuts off in silence what the column itself would refuse.
        kinds = [str(field.db_type(connection)).split("(")[0] for field in fields]
        types = [str(key.rel_db_type(connection)), *kinds]
        row_of = "(" + ", ".join(f"%s::{kind}" for kind in types) + ")"
        given = ", ".join(f"{column} = given.{column}" for column in columns)
        for start in range(0, len(values), AT_ONCE):
            part = values[start : start + AT_ONCE]
            cursor.execute(
                f"UPDATE {table} SET {given} FROM (VALUES {', '.join([row_of] * len(part))}) "  # noqa: S608
                f"AS given ({key.column}, {', '.join(columns)}) WHERE {table}.{key.column} = given.{key.column}",
                [value for row in part for value in row],
            )
