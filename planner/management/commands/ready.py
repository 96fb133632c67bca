"""The same as /readyz, for containers and for whoever sits at the machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planner.operations import readiness


class Command(BaseCommand):
    help = "Say whether database, migrations, guards and the job worker are as they should be."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if problems := readiness.problems():
            raise CommandError("; ".join(f"{name}: {what}" for name, what in problems.items()))
        self.stdout.write("ready")
        for name, what in readiness.remarks().items():
            self.stdout.write(f"{name}: {what}")
