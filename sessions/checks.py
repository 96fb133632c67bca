"""A system check that says when a guard of the database is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from sessions import guards


@register(Tags.database)
def guards_stand(
    app_configs: Sequence[AppConfig] | None,
    databases: Iterable[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """Asked by `migrate`, `serve` and `check --database default`: nobody runs without the guards unknowingly."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if guards.SESSION_WORKER not in connection.introspection.table_names():
            continue
        messages += [
            Error(
                f"The database does not guard against double bookings: {name} is missing.",
                hint="Run `manage.py migrate`: it lays every guard again.",
                id="group_sessions.E001",
            )
            for name in guards.missing(connection)
        ]
    return messages
