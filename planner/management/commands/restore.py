"""Bring a saved database back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planner.operations import backups


class Command(BaseCommand):
    help = "Replace the database by the one in FILE, made by `backup`. Stop the program first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--key", type=Path, metavar="KEYFILE", help="private key of age, if it is encrypted"
        )
        parser.add_argument(
            "--yes", action="store_true", help="replace the database there is; it is kept aside"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            aside = backups.restore(options["file"], overwrite=options["yes"], key=options["key"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored from {options['file']}.")
        if aside:
            self.stdout.write(f"The previous database is in {aside}.")
