"""Run after every update (serve does it by itself), so that the worker knows what to do regularly."""

from typing import Any

from django.core.management.base import BaseCommand

from prisons.domain.background.schedules import keep_schedules


class Command(BaseCommand):
    help = "Tell the worker which tasks to run regularly (settings.REGULAR_TASKS)."

    def handle(self, *args: Any, **options: Any) -> None:
        count = keep_schedules()
        if options["verbosity"] > 1:
            self.stdout.write(f"{count} regular tasks.")
