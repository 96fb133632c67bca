"""Bring tables, catalogues and static files up to date before serving."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from planner.operations.preparation import prepare


class Command(BaseCommand):
    help = "Bring tables, catalogues and static files up to date. Several machines may do it at once."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            prepare()
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {str(error).strip()}") from error
        except OSError as error:
            raise CommandError(f"A file cannot be written: {error}") from error
