"""Django's own, one machine after the other: two that start at once would both make the same table."""

from typing import Any

from django.core.management.commands import migrate

from planner.operations.preparation import one_at_a_time


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with one_at_a_time(options["database"]):
            super().handle(*args, **options)
