"""Five prisons, and people who are signed in to them: made in the database itself, and told as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

PRISONS = 5
SESSIONS, ROOMS, PLACES = 300, 70, 3000
"""Of each prison: what is planned in one week, and who takes part."""


def main(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("createcachetable", verbosity=0)
    people: list[dict[str, Any]] = []
    for number in range(PRISONS):
        people += _prison(f"prison{number}", count // PRISONS)
    json.dump(people, sys.stdout)


def _prison(slug: str, count: int) -> list[dict[str, Any]]:
    from benchmarks.house import build
    from core.dates import clock
    from enrollment.models import Stay
    from prisons.access import access_for
    from sessions.domain.feeds import create
    from sessions.models import GroupSession
    from tests import factories as make

    house = build(slug, rooms=ROOMS, sessions=SESSIONS, enrollments=PLACES)
    GroupSession.objects.filter(prison=house.prison).update(state="published", published_at=clock.now())
    service = house.organiser.memberships.get().organisation
    access = access_for(house.organiser, house.prison)
    slots = list(house.prison.time_slots.filter(weekday=6).order_by("starts").values_list("pk", flat=True))
    participants = list(Stay.objects.filter(prison=house.prison).values_list("participant_id", flat=True))
    people = []
    for number in range(count):
        user = make.make_user(f"Person {number} of {slug}")
        make.make_membership(user, house.prison, "coordinator", service)
        session = house.sessions[number]
        people.append({
            "prison": slug, "cookie": _signed_in(user), "room": house.rooms[number].pk, "slots": slots[:2],
            "session": session.pk, "version": session.version, "series": session.series_id,
            "participant": participants[number], "today": clock.today().isoformat(),
        })  # fmt: skip
    _feed, secret = create(service, access=access, language="nl")
    return [person | {"feed": secret} for person in people]


def _signed_in(user: Any) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


if __name__ == "__main__":
    main(int(sys.argv[1]))
