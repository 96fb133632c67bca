"""What only whoever runs the server does for an account: a lost phone, a stolen laptop, somebody who left."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prisons.domain.people import accounts
from prisons.management.commands.create_prison import superuser
from prisons.models import User

ACTS = {
    "close": (accounts.close_account, "Closed: nobody comes in with {} any more."),
    "reopen": (accounts.reopen_account, "Open again: {}."),
    "new-second-step": (
        accounts.take_second_step_away,
        "The second step of {} is gone; the next sign-in asks for a new one.",
    ),
    "sign-out": (accounts.sign_out_everywhere, "Signed out everywhere: {}."),
}


class Command(BaseCommand):
    help = (
        "Close or reopen an account, take a lost second step off it, or end its sessions. First make sure who asks: "
        "call back on a number that you had before. Example: manage.py account anna@example.org new-second-step"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("act", choices=sorted(ACTS))
        parser.add_argument(
            "--by", metavar="EMAIL", help="the superuser who does this, when there are several"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by, user = (
            superuser(options["by"]),
            User.objects.filter(email__iexact=options["email"].strip()).first(),
        )
        if user is None:
            raise CommandError(f"Nothing was done. Nobody has the address {options['email']}.")
        act, said = ACTS[options["act"]]
        act(user, by=by)
        self.stdout.write(said.format(user.email))
