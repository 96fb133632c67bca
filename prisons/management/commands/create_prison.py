"""The first step after installing: a prison, and somebody on each side who can go on in the browser."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from core.errors import PlannerError
from prisons.domain.people.appointments import appoint
from prisons.domain.people.invitations import invite
from prisons.domain.people.organisations import create_prison, save_organisation
from prisons.models import Organisation, Prison, Role, User
from prisons.models.places import Authority

EXAMPLE = (
    'Example: manage.py create_prison haren "Haren" "Haren" --coordinator karim@example.org '
    '--organisation "De Brug" --authority flemish --language nl'
)


class Command(BaseCommand):
    help = f"Add a prison and invite its first coordinator; the link is printed and mailed. {EXAMPLE}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name in addresses, for example haren")
        parser.add_argument("name_nl", help="name in Dutch")
        parser.add_argument("name_fr", help="name in French")
        parser.add_argument(
            "--coordinator", required=True, metavar="EMAIL", help="who is invited to coordinate"
        )
        parser.add_argument(
            "--organisation", required=True, metavar="NAME", help="the service of the coordinator"
        )
        parser.add_argument("--liaison", metavar="EMAIL", help="who is invited as the prison's first liaison")
        parser.add_argument("--authority", required=True, choices=Authority.values)
        parser.add_argument("--language", default="nl", choices=["nl", "fr", "en"], help="of the invitation")
        parser.add_argument("--by", metavar="EMAIL", help="the superuser who invites, when there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        by = superuser(options["by"])
        try:
            for address in filter(None, (options["coordinator"], options["liaison"])):
                validate_email(address)
            with transaction.atomic():
                prison = create_prison(options["slug"], options["name_nl"], options["name_fr"], by=by)
                service = service_of(prison, options, by)
                _invitation, link = invite(
                    prison,
                    email=options["coordinator"],
                    role=Role.COORDINATOR,
                    organisation=service,
                    by=by,
                    language=options["language"],
                )
                liaison_link = self._liaison(prison, options, by)
        except PlannerError as error:
            raise CommandError(f"Nothing was made. {error}") from error
        except ValidationError as error:
            raise CommandError(f"Nothing was made. {' '.join(error.messages)}") from error
        if liaison_link:
            self.stdout.write(
                f"The first liaison of the prison goes on here (14 days, once):\n{liaison_link}"
            )
        self.stdout.write(
            f"Made the prison {prison}. The first coordinator goes on here (14 days, once):\n{link}"
        )

    def _liaison(self, prison: Prison, options: dict[str, Any], by: User) -> str:
        if not options["liaison"]:
            return ""
        return appoint(prison, options["liaison"], Role.LIAISON, by=by, language=options["language"])


def superuser(email: str | None) -> User:
    """Who acts. Raises CommandError with what to type when there is nobody, or more than one."""
    people = User.objects.filter(is_superuser=True, is_active=True)
    people = people.filter(email__iexact=email) if email else people
    match list(people[:2]):
        case [only]:
            return only
        case []:
            raise CommandError("Nobody to act as. First: manage.py createsuperuser")
        case _:
            raise CommandError("There are several superusers: say which one with --by EMAIL")


def service_of(prison: Prison, options: dict[str, Any], by: User) -> Organisation:
    """The coordinator's service: the one of this name, or a new one."""
    name = options["organisation"]
    known = Organisation.objects.filter(name__iexact=name).first()
    organisation = known or Organisation(
        name=name, short_name=name[:40], authority=options["authority"], language=options["language"]
    )
    return save_organisation(prison, organisation, by=by)
