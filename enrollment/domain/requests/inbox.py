"""What changed for people who hold a place, and talks with those who stay away.

To work through and acknowledge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from core.dates import clock
from enrollment.models import Participant
from prisons.access import Access, Right
from prisons.domain.records import audit
from prisons.gate import own
from prisons.models import Todo, User
from sessions.models import Series

ROSTER, DROP_OUT = "roster_change", "drop_out_talk"


@dataclass(frozen=True)
class InboxLine:
    """One thing to acknowledge. `what` is moved, gone or absent."""

    todo: Todo
    person: Participant
    series: Series
    what: str


def open_todos(access: Access, only: str = "") -> QuerySet[Todo]:
    """Of the user's own services, of both kinds or `only` of one; one query function for count and list."""
    kinds = [only] if only else [ROSTER, DROP_OUT]
    rows = Todo.objects.in_prison(access.prison).waiting(kinds, ["person", "series", "what"])
    return rows.filter(own(access, "organisation")) if access.has(Right.ENTER_REQUESTS) else rows.none()


def lines(access: Access, only: str = "") -> list[InboxLine]:
    """Three queries. A to-do whose person or series is gone is left out."""
    todos = list(open_todos(access, only).order_by("created_at", "pk"))
    people = Participant.objects.in_bulk({todo.facts["person"] for todo in todos})
    series = Series.objects.select_related("activity").in_bulk({todo.facts["series"] for todo in todos})
    return [
        InboxLine(todo, people[todo.facts["person"]], series[todo.facts["series"]], todo.facts["what"])
        for todo in todos
        if todo.facts["person"] in people and todo.facts["series"] in series
    ]


def acknowledge(
    access: Access, todo_ids: Collection[int], *, by: User, now: dt.datetime | None = None
) -> int:
    """Seen and dealt with; returns how many."""
    at = now or clock.now()
    with transaction.atomic():
        rows = list(open_todos(access).filter(pk__in=list(todo_ids)))
        Todo.objects.filter(pk__in=[row.pk for row in rows]).update(done_at=at, done_by=by)
        audit.record_many(access.prison, by, "acknowledge", rows, fields=["done_at"], now=at)
    return len(rows)
