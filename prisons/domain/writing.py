"""Whether an act wrote anything, told by the statements that the database was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from prisons.models import AuditEntry, Reading, Submission

_WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
_SAVEPOINT = re.compile(r'(ROLLBACK TO )?SAVEPOINT ("?\w+"?)')
_NOTED = {model._meta.db_table for model in (AuditEntry, Reading, Submission)} | {"django_session"}
"""What the program notes of whoever only looks."""


@contextmanager
def writing() -> Iterator[list[str]]:
    """The tables that were written inside, without what a trial wrote and took back again."""
    tables: list[str] = []
    marks: dict[str, int] = {}

    def listening(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if (found := _WRITES.match(sql)) and found[1] not in _NOTED:
            tables.append(found[1])
        elif found := _SAVEPOINT.match(sql):
            if found[1]:
                del tables[marks.get(found[2], 0) :]
            else:
                marks[found[2]] = len(tables)
        return execute(sql, *rest)

    with connection.execute_wrapper(listening):
        yield tables
