from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from planner.proposals.running import limit_memory, run


class Command(BaseCommand):
    help = "Makes the proposal of a job, in this process; the worker starts it. Use `propose` by hand."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        limit_memory()
        run(options["job"])
