"""A system check that says when the version of the plan would not rise with who is where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from enrollment import plan_version


@register(Tags.database)
def plan_version_rises(
    app_configs: Sequence[AppConfig] | None,
    databases: Iterable[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """Asked by `migrate`, `serve` and `check --database default`."""
    return [
        Error(
            f"What is kept of the plan would grow old in silence: {name} is missing.",
            hint="Run `manage.py migrate`: it lays every trigger again.",
            id="enrollment.E001",
        )
        for connection in map(connections.__getitem__, databases or ())
        if plan_version.PRISON_OF.keys() <= set(connection.introspection.table_names())
        for name in plan_version.missing(connection)
    ]
