"""Show the planner with invented people: prepare a database of its own, load the demo, serve it."""

import hashlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from core.dates.clock import today
from planner.management.commands import serve
from planner.operations import catalogues
from planner.operations.preparation import collect_static
from prisons.domain.background.schedules import keep_schedules


class Command(BaseCommand):
    help = (
        "Prepare the demo's own database and serve it. Started by `make demo`, which sets DEMO and DATA_DIR."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default="8000")
        parser.add_argument("--prepare-only", action="store_true", help="stop before serving")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO or not settings.IS_SQLITE:
            raise CommandError("The demo runs on a database of its own: start it with `make demo`.")
        port = serve.port_number(options["port"])
        serve.require_free_port("127.0.0.1", port)
        facts = self.prepare()
        if options["prepare_only"]:
            return

        def announce() -> None:
            self.stdout.write(welcome(port, facts))
            self.stdout.flush()  # also where the output is a pipe

        code = serve.run("127.0.0.1", port, announce=announce)
        if code:
            raise SystemExit(code)

    def prepare(self) -> dict[str, Any]:
        """Migrate, translate, collect files and load the people; keeps what an earlier start prepared."""
        stamp, facts_file = settings.DATA_DIR / "prepared", settings.DATA_DIR / "demo.json"
        wanted = fingerprint()
        is_prepared = facts_file.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted
        catalogues.compile_all()
        collect_static()
        if not is_prepared:
            self.stdout.write("Preparing the demo (once a week, and when its code has changed) ...")
            stamp.unlink(missing_ok=True)
            for path in Path(settings.DATA_DIR).glob("planner.sqlite3*"):
                path.unlink()
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            call_command("load_demo", verbosity=0)
            stamp.write_text(wanted, encoding="utf-8")
        keep_schedules()
        facts: dict[str, Any] = json.loads(facts_file.read_text(encoding="utf-8"))
        return facts


def fingerprint() -> str:
    """Changes with the week (the demo's dates lie around today), the tables and the demo's own code."""
    root = Path(settings.BASE_DIR)
    files = sorted([*root.glob("*/migrations/*.py"), *root.glob("planner/demo/**/*.py")])
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    year, week, _day = today().isocalendar()
    return f"{year}-W{week} {digest}"


def welcome(port: int, facts: dict[str, Any]) -> str:
    """What to type where: the address, one sign-in per role, a feed and a token."""
    address = f"http://localhost:{port}"
    rows = [(one["role"], one["email"], one["password"], one.get("prison", "")) for one in facts["sign_ins"]]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(
        [
            "",
            f"{settings.PRODUCT_NAME} is ready:  {address}/",
            "",
            *(f"  {line}".rstrip() for line in lines),
            "",
            f"  calendar feed   {address}{facts['feed']}",
            f"  API             curl -H 'Authorization: Bearer {facts['token']}' {address}{facts['api']}",
            "",
            "Ctrl-C stops it.",
        ]
    )
