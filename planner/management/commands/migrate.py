"""Django's own, one machine after the other: two that start at once would both make the same table."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from planner.operations.preparation import one_at_a_time, refuse_halfway
from planner.operations.whole_migrations import WholeMigrations

# Django's command takes no other executor than the one of this name.
migrate.MigrationExecutor = WholeMigrations  # type: ignore[attr-defined]


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with one_at_a_time(options["database"]):
            refuse_halfway(options["database"])
            if connection.vendor == "sqlite" and not (options["plan"] or options["check_unapplied"]):
                _lift_guards(connection, is_chosen=bool(options["app_label"]))
            super().handle(*args, **options)
        if not (options["skip_checks"] or options["plan"] or options["app_label"]):
            super().check(databases=[options["database"]])

    def check(self, *args: Any, **options: Any) -> None:
        """Not before: the guards that may be missing are those that a migration killed halfway was yet to lay."""


def _lift_guards(connection: BaseDatabaseWrapper, *, is_chosen: bool) -> None:
    """SQLite makes a table anew to change it, and no trigger may name it meanwhile; post_migrate lays all again."""
    executor = MigrationExecutor(connection)
    if not is_chosen and not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
