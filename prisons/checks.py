"""System checks of the ground: the audit is guarded, and nobody is on two sides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from prisons.guards import audit_guards, side_guards


@register(Tags.database)
def audit_is_guarded(
    app_configs: Sequence[AppConfig] | None,
    databases: Iterable[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """Asked by `migrate`, `serve` and `check --database default`."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        messages += [
            Error(
                f"Rows of the audit could be changed: the trigger {name} is missing.",
                hint="Run `manage.py migrate`: it lays every guard again.",
                id="prisons.E001",
            )
            for name in (audit_guards.missing(connection) if audit_guards.stands(connection) else ())
        ]
    return messages


@register(Tags.database)
def sides_are_guarded(
    app_configs: Sequence[AppConfig] | None,
    databases: Iterable[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    return [
        Error(
            f"One account could hold roles of two sides: the trigger {name} is missing.",
            hint="Run `manage.py migrate`: it lays every guard again.",
            id="prisons.E002",
        )
        for alias in databases or ()
        if side_guards.stands(connections[alias])
        for name in side_guards.missing(connections[alias])
    ]
