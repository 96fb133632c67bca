"""Rows for tests, one plain function each: `make_room(prison, capacity=8)`. One section per app."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from django.test import Client

from prisons.models import Building, Membership, Organisation, Prison, Unit, User

_numbers = count(1)
PASSWORD = "lente-in-Brussel-26"

# --- prisons ------------------------------------------------------------------------------------------------------


def make_prison(slug: str = "", **fields: Any) -> Prison:
    slug = slug or f"prison-{next(_numbers)}"
    name = slug.replace("-", " ").title()
    return Prison.objects.create(slug=slug, **({"name_nl": name, "name_fr": name} | fields))


def make_building(prison: Prison, **fields: Any) -> Building:
    return Building.objects.create(prison=prison, **({"name": f"Building {next(_numbers)}"} | fields))


def make_unit(prison: Prison, code: str = "", **fields: Any) -> Unit:
    return Unit.objects.create(prison=prison, code=code or f"U{next(_numbers)}", **fields)


def make_organisation(*prisons: Prison, **fields: Any) -> Organisation:
    number = next(_numbers)
    defaults = {"name": f"Service number {number}", "short_name": f"Service {number}", "authority": "flemish"}
    organisation = Organisation.objects.create(**(defaults | fields))
    organisation.prisons.set(prisons)
    return organisation


def make_user(full_name: str = "", *, password: str | None = None, **fields: Any) -> User:
    """Without a password, because hashing one is slow and `signed_in(user)` needs none."""
    full_name = full_name or f"Person {next(_numbers)}"
    email = f"{full_name.lower().replace(' ', '.')}@example.org"
    defaults = {"email": email, "full_name": full_name, "language": "en"}
    return User.objects.create_user(password=password, **(defaults | fields))


def make_membership(
    user: User, prison: Prison, role: str = "organiser", organisation: Organisation | None = None, **fields: Any
) -> Membership:
    defaults = {"starts_on": dt.date(2020, 1, 1)}
    return Membership.objects.create(
        user=user, prison=prison, role=role, organisation=organisation, **(defaults | fields)
    )


def signed_in(user: User) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(user)
    return client
