"""One of many who book at once: tries to place sessions of its own in the same rooms as everybody else.

Run as `python -m tests.proof.booker PRISON ATTEMPTS SEED`; prints what came of it as one line of JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
django.setup()

from django.db import OperationalError  # noqa: E402

from core.errors import PlannerError  # noqa: E402
from planner.scheduling.placement.session_changes import Change  # noqa: E402
from planner.scheduling.placement.writer import apply  # noqa: E402
from prisons.access import access_for  # noqa: E402
from prisons.models import Membership, Prison  # noqa: E402
from rooms.models import Room  # noqa: E402
from sessions.models import GroupSession  # noqa: E402


def book(slug: str, attempts: int, seed: int) -> dict[str, int]:
    """Counts: placed, refused by a rule, and database errors (there must be none)."""
    prison = Prison.objects.get(slug=slug)
    organiser = Membership.objects.filter(prison=prison, role="organiser").select_related("user")[0].user
    access = access_for(organiser, prison)
    rooms = list(Room.objects.in_prison(prison).values_list("pk", flat=True))
    sessions = list(GroupSession.objects.in_prison(prison).values_list("pk", flat=True).order_by("pk"))
    mine = [pk for pk in sessions if pk % 8 == seed % 8] or sessions
    draw = random.Random(seed)
    counts = {"placed": 0, "refused": 0, "errors": 0}
    for _number in range(attempts):
        starts_at = dt.datetime(2050, 1, 10, 8, tzinfo=dt.UTC) + dt.timedelta(minutes=15 * draw.randrange(8))
        change = Change(
            draw.choice(mine), draw.choice(rooms), starts_at, starts_at + dt.timedelta(minutes=30)
        )
        try:
            apply(prison, [change], by=organiser, verb="move", access=access, accept_soft=True)
            counts["placed"] += 1
        except PlannerError:
            counts["refused"] += 1
        except OperationalError as error:
            print(error, file=sys.stderr)
            counts["errors"] += 1
    return counts


if __name__ == "__main__":
    print(json.dumps(book(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
