"""Save the database to one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planner.operations import backups


class Command(BaseCommand):
    help = (
        "Save the whole database to FILE, while people work. The file holds names: keep it like the database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", nargs="?", help="default: named after now, in BACKUP_FOLDER"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"] or backups.new_file()
        try:
            backups.save(file)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Saved and checked: {file} ({file.stat().st_size / 1_000_000:.1f} MB)")
