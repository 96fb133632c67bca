"""Write the emergency pack of a prison now, or make its passphrase anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import PlannerError
from planner.emergency import pack_file
from prisons.models import Prison


class Command(BaseCommand):
    help = (
        "Write the emergency pack of PRISON to EMERGENCY_FOLDER now. With --new-passphrase: make a new "
        "passphrase first and print it, once; the prison's liaison keeps it on paper."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prison", metavar="PRISON", help="its short name in addresses, such as haren")
        parser.add_argument("--new-passphrase", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        prison = Prison.objects.filter(slug=options["prison"]).first()
        if prison is None:
            raise CommandError(f"There is no prison {options['prison']}.")
        if options["new_passphrase"]:
            self.stdout.write(f"Passphrase: {pack_file.new_passphrase(prison, by=None)}")
        try:
            written = pack_file.write(pack_file.pack_row(prison))
        except PlannerError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Written: {written}")
