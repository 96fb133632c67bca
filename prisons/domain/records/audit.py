"""Who did what to which row. Ids and names of fields go in, values never do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model

from core.dates import clock
from prisons.models import AuditEntry, ChangeSet, Prison, Reading, User

Target = Model | tuple[type[Model], int | None]
"""A saved row, or the model and the id of one that is gone or was never loaded."""


def record(
    prison: Prison | None,
    by: User | None,
    verb: str,
    target: Target,
    *,
    fields: Iterable[str] = (),
    change_set: ChangeSet | None = None,
    now: dt.datetime | None = None,
) -> AuditEntry:
    """Writes one entry, in the transaction of the act itself. `by=None` is the program."""
    entry = _entry(prison, by, verb, target, fields, change_set, now or clock.now())
    entry.save(force_insert=True)
    return entry


def record_many(
    prison: Prison | None,
    by: User | None,
    verb: str,
    targets: Iterable[Target],
    *,
    fields: Iterable[str] = (),
    change_set: ChangeSet | None = None,
    now: dt.datetime | None = None,
) -> None:
    """The same act on many rows, in one statement per thousand."""
    at, names = now or clock.now(), list(fields)
    entries = [_entry(prison, by, verb, target, names, change_set, at) for target in targets]
    AuditEntry.objects.bulk_create(entries, batch_size=1000)


def record_everywhere(
    prisons: Iterable[Prison | None],
    by: User | None,
    verb: str,
    target: Target,
    *,
    fields: Iterable[str] = (),
    now: dt.datetime | None = None,
) -> None:
    """One act that counts in several prisons: each of them can read who did it."""
    names = list(fields)
    for prison in prisons:
        record(prison, by, verb, target, fields=names, now=now)


def _entry(
    prison: Prison | None,
    by: User | None,
    verb: str,
    target: Target,
    fields: Iterable[str],
    change_set: ChangeSet | None,
    at: dt.datetime,
) -> AuditEntry:
    # Not type(target): request.user is a lazy object around the row.
    meta, object_id = (target[0]._meta, target[1]) if isinstance(target, tuple) else (target._meta, target.pk)
    names = sorted(set(fields))
    if not all(name.isidentifier() for name in names):
        raise ValueError(f"the audit keeps names of fields, never values: {names}")
    return AuditEntry(
        prison=prison,
        by=by,
        at=at,
        verb=verb,
        model=meta.label_lower,
        object_id=object_id,
        fields=names,
        change_set=change_set,
    )


def verbs_in(prison: Prison) -> list[str]:
    """The acts that there are in the audit of this prison."""
    return [str(verb) for verb in each_once(AuditEntry, prison, "verb")]


def actors_in(prison: Prison) -> list[int]:
    """The numbers of the users who did something here."""
    return [int(user) for user in each_once(AuditEntry, prison, "by_id")]


def each_once(model: type[AuditEntry] | type[Reading], prison: Prison, column: str) -> list[Any]:
    """From one value to the next by the index: DISTINCT would read every row of all the years."""
    table = model._meta.db_table
    least = f"SELECT MIN({column}) FROM {table} WHERE prison_id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE found(value) AS ({least} UNION ALL "  # noqa: S608
            f"SELECT ({least} AND {column} > found.value) FROM found WHERE found.value IS NOT NULL) "
            "SELECT value FROM found WHERE value IS NOT NULL",
            [prison.pk, prison.pk],
        )
        return [value for (value,) in cursor.fetchall()]
