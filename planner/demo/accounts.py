"""Who can sign in to the demo: one person per role, one of another prison, and what programs use."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.contrib.auth.hashers import make_password

from planner.demo.offer import Offering
from planner.demo.places import DemoPlaces
from prisons.domain.people.tokens import PREFIX, hash_secret
from prisons.models import ApiToken, Membership, Role, User
from sessions.models import Feed

PASSWORD = "lente-in-brussel"

# name, address, role, prisons, organisation, language
_PEOPLE = [
    ("Anna Peeters", "anna.organiser", Role.ORGANISER, "haren saint-gilles", "jww", "nl"),
    ("Karim Haddad", "karim.coordinator", Role.COORDINATOR, "haren saint-gilles", "jww", "nl"),
    ("Bert Claes", "bert.liaison", Role.LIAISON, "haren", "", "nl"),
    ("Chloé Lambert", "chloe.worker", Role.WORKER, "haren saint-gilles", "rode", "fr"),
    ("Greta Maes", "greta.auditor", Role.AUDITOR, "haren", "", "nl"),
    ("Dirk Wouters", "dirk.elsewhere", Role.COORDINATOR, "antwerpen", "antwerp", "nl"),
    ("Émilie Dubois", "emilie.organiser", Role.ORGANISER, "haren saint-gilles", "slajv", "fr"),
    ("Nadia Ouali", "nadia.organiser", Role.ORGANISER, "haren saint-gilles", "apo", "fr"),
    ("Sofie Janssens", "sofie.organiser", Role.ORGANISER, "haren", "rode", "nl"),
    ("Claire Fontaine", "claire.coordinator", Role.COORDINATOR, "haren saint-gilles", "slajv", "fr"),
    ("Marc Delvaux", "marc.coordinator", Role.COORDINATOR, "haren saint-gilles", "apo", "fr"),
    ("Luc Mertens", "luc.liaison", Role.LIAISON, "saint-gilles", "", "fr"),
]
_SHOWN = ("anna", "karim", "bert", "chloe", "greta", "dirk")


def secret(seed: int, what: str) -> str:
    """A secret of 256 bits that follows from the demo's seed: no secret, and useful in the demo only."""
    return hashlib.sha256(f"demo {seed} {what}".encode()).hexdigest()


def facts(seed: int) -> dict[str, Any]:
    """What to type where, for the people who look at the demo."""
    return {
        "sign_ins": [_sign_in(name) for name in _SHOWN],
        "feed": f"/ical/{secret(seed, 'feed')}.ics",
        "token": PREFIX + secret(seed, "token"),
        "api": "/api/v1/haren/sessions",
    }


def build(seed: int, places: DemoPlaces, offering: Offering, now: dt.datetime) -> dict[str, User]:
    """The people by the first word of their address."""
    users = _build_users(places, offering, now)
    chloe, anna = users["chloe"], users["anna"]
    worker = offering.workers["Chloé Lambert"]
    worker.user, worker.email = chloe, chloe.email
    worker.save(update_fields=["user", "email"])
    Feed.objects.create(
        kind=Feed.Kind.WORKER,
        token_hash=hash_secret(secret(seed, "feed")),
        worker=worker,
        language=chloe.language,
        is_demo=True,
        created_at=now,
    )
    ApiToken.objects.create(
        membership=Membership.objects.get(user=anna, prison=places.prisons["haren"]),
        name="Demo",
        token_hash=hash_secret(PREFIX + secret(seed, "token")),
        is_demo=True,
        created_at=now,
    )
    return users


def _sign_in(first_name: str) -> dict[str, str]:
    _name, address, role, slugs, _organisation, _language = next(
        row for row in _PEOPLE if row[1].startswith(first_name)
    )
    return {
        "role": str(role.value),
        "email": f"{address}@demo.example",
        "password": PASSWORD,
        "prison": slugs.split()[0],
    }


def _build_users(places: DemoPlaces, offering: Offering, now: dt.datetime) -> dict[str, User]:
    """One hash serves everybody: the password is public anyway, and hashing is slow on purpose."""
    hashed, users = make_password(PASSWORD), {}
    for name, address, role, slugs, organisation, language in _PEOPLE:
        user = User.objects.create(
            email=f"{address}@demo.example",
            full_name=name,
            language=language,
            is_demo=True,
            password=hashed,
            last_prison=places.prisons[slugs.split()[0]],
        )
        Membership.objects.bulk_create(
            Membership(
                user=user,
                prison=places.prisons[slug],
                organisation=offering.organisations[organisation] if organisation else None,
                role=role,
                starts_on=now.date() - dt.timedelta(days=200),
            )
            for slug in slugs.split()
        )
        users[address.split(".")[0]] = user
    return users
