"""Triggers that stand behind every writer, on SQLite and on PostgreSQL."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper


def standing(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of all that this database has and has not switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")
        return {row[0] for row in cursor.fetchall()}
