"""A new password for whoever installs: on record, told by a letter, and for nobody else."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from core.errors import PlannerError
from prisons.domain.people import accounts
from prisons.models import User


class Command(BaseCommand):
    help = (
        "Set a new password for a superuser. Everybody else chooses one by mail: whoever sets the password of "
        "another could act in that name. Example: manage.py changepassword iris@example.org"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user is None:
            raise CommandError(f"Nothing was done. Nobody has the address {options['email']}.")
        try:
            accounts.require_own_password(user)
            accounts.set_password(user, _typed_twice())
        except PlannerError as error:
            raise CommandError(f"Nothing was done. {error}") from error
        except ValidationError as error:
            raise CommandError(f"Nothing was done. {' '.join(error.messages)}") from error
        self.stdout.write(
            f"{user.email} has a new password. Every session and token of that account has ended."
        )


def _typed_twice() -> str:
    password = getpass("New password: ")
    if getpass("The same again: ") != password:
        raise ValidationError("The two passwords differ.")
    return password
