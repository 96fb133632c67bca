"""Everything held about one person, for that person: `manage.py export_person PRISON NUMBER > file.json`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enrollment.domain.participants.forgetting import forget
from enrollment.domain.participants.held import everything_about
from enrollment.models import Stay
from prisons.domain.records import audit


class Command(BaseCommand):
    help = "Prints every fact held about somebody, as JSON. With --forget the name is removed afterwards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prison", help="short name of the prison in addresses")
        parser.add_argument("number", help="register number of the latest stay")
        parser.add_argument("--forget", action="store_true", help="make the person anonymous afterwards")

    def handle(self, *args: Any, **options: Any) -> None:
        stays = Stay.objects.filter(prison__slug=options["prison"], register_number=options["number"])
        stay = stays.select_related("participant", "prison").order_by("-starts_on").first()
        if stay is None:
            raise CommandError("Nobody in this prison has, or had, this number.")
        facts = everything_about(stay.participant)
        audit.record(stay.prison, None, "export", stay.participant)
        self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2))
        if options["forget"]:
            forget(stay.participant)
