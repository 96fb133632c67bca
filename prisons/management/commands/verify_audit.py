"""Whether anything was changed in the audit after it was written, and from when on it is whole."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prisons.domain.records import seals


class Command(BaseCommand):
    help = (
        "Makes the digest of every sealed hour anew and says from when on the audit is whole. "
        "With --seals it is also compared with seals that left the machine (a file of the backup)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seals", type=Path, metavar="FILE", help="audit-seals.jsonl from elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        lines: list[str] = []
        if options["seals"]:
            try:
                lines = options["seals"].read_text(encoding="utf-8").splitlines()
            except OSError as error:
                raise CommandError(str(error)) from error
        verdicts = seals.verify(lines)
        for verdict in verdicts:
            self._say(verdict)
        if not all(verdict.is_whole for verdict in verdicts):
            raise CommandError("The audit is not whole.")

    def _say(self, verdict: seals.Verdict) -> None:
        for fault in verdict.faults:
            self.stdout.write(self.style.ERROR(f"BROKEN {fault}"))
        since = verdict.whole_since
        if not verdict.seals:
            words = "no seal yet"
        elif since is None:
            words = "the newest seal is broken"
        else:
            words = f"whole from {since:%Y-%m-%d %H:%M} UTC on"
        sealed = f"{verdict.rows} rows under {verdict.seals} seals, {verdict.unsealed} not sealed yet"
        self.stdout.write(f"{verdict.kept}: {words} ({sealed})")
