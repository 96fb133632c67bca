"""What the program will not tidy up without being told that the clock is right."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.dates import clock
from core.dates.clock import BRUSSELS
from prisons.domain.background import upkeep


class Command(BaseCommand):
    help = "Say what waits (names to be forgotten, a clock that jumped), and with --go-on let it happen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--go-on", action="store_true", help="the clock is right: do it at the next turn")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(
            f"The clock of this machine says {clock.now().astimezone(BRUSSELS):%Y-%m-%d %H:%M}."
        )
        rows = upkeep.go_on() if options["go_on"] else upkeep.held()
        for row in rows:
            self.stdout.write(f"{row.name}: " + ("goes on at its next turn" if options["go_on"] else row.why))
        if not rows:
            self.stdout.write("Nothing waits.")
