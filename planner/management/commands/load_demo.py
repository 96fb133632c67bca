"""Fill the demo's database with invented people, and say how to sign in."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.errors import PlannerError
from planner.demo.loading import SEED, load


class Command(BaseCommand):
    help = "Load the demo. A second time on the same day does nothing; on another day it starts anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", type=Path, help="where to write the sign-ins (default: demo.json beside the data)"
        )
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--fresh", action="store_true", help="start anew even when it was loaded today")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            facts = load(seed=options["seed"], fresh=options["fresh"])
        except PlannerError as error:
            raise CommandError(str(error)) from error
        text = json.dumps(facts, indent=2, ensure_ascii=False)
        (options["json"] or Path(settings.DATA_DIR) / "demo.json").write_text(text + "\n", encoding="utf-8")
        if options["verbosity"] > 0:
            self.stdout.write(text)
