"""Appoint or dismiss an auditor, or a liaison where the prison has none: by whoever runs the server."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from core.errors import PlannerError
from prisons.domain.people.appointments import appoint, dismiss
from prisons.domain.people.memberships import ROLES_OF_THE_PRISON
from prisons.management.commands.create_prison import superuser
from prisons.models import Prison


class Command(BaseCommand):
    help = (
        "Invite an auditor or liaison of a prison (the link is printed and mailed), or end the role with --end. "
        "Example: manage.py appoint haren auditor greet@example.org"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prison", help="short name in addresses, for example haren")
        parser.add_argument("role", choices=sorted(str(role.value) for role in ROLES_OF_THE_PRISON))
        parser.add_argument("email")
        parser.add_argument("--end", action="store_true", help="end the role instead, at this moment")
        parser.add_argument("--language", default="nl", choices=["nl", "fr", "en"], help="of the invitation")
        parser.add_argument(
            "--by", metavar="EMAIL", help="the superuser who does this, when there are several"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by, prison = superuser(options["by"]), Prison.objects.filter(slug=options["prison"]).first()
        if prison is None:
            raise CommandError(f"There is no prison {options['prison']!r}.")
        try:
            validate_email(options["email"])
            self.stdout.write(self._act(prison, options, by))
        except PlannerError as error:
            raise CommandError(f"Nothing was done. {error}") from error
        except ValidationError as error:
            raise CommandError(f"Nothing was done. {' '.join(error.messages)}") from error

    def _act(self, prison: Prison, options: dict[str, Any], by: Any) -> str:
        email, role = options["email"], options["role"]
        if options["end"]:
            return f"Ended: {dismiss(prison, email, role, by=by)}"
        link = appoint(prison, email, role, by=by, language=options["language"])
        return f"{email} goes on here (14 days, once):\n{link}"
