"""Collect, check and compile the translations."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planner.operations import catalogues


class Command(BaseCommand):
    help = "Translations: collect texts into the .po files (update), compile them, or check them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["update", "compile", "check"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "update":
            for path in catalogues.update():
                self.stdout.write(f"changed: {path}")
        if options["verb"] == "check":
            problems = catalogues.problems()
            if problems:
                raise CommandError(
                    "\n".join([*problems, f"{len(problems)} texts to mend; see `make messages`."])
                )
        catalogues.compile_all()
