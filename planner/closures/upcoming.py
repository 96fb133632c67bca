"""Closures on the first page: what is announced or holds within two weeks, and who still has to call whom."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from planner.closures.showing import ClosureLine, lines_of
from planner.scheduling.closures.todos import KINDS
from prisons.access import Access, Right
from prisons.models import Organisation, Todo
from rooms.models import Closure
from sessions.models import GroupSession

WITHIN = dt.timedelta(days=14)


@dataclass(frozen=True)
class ClosureNotice:
    """One closure to one reader; `to_call` counts the own sessions about which nobody has called."""

    line: ClosureLine
    to_call: int
    may_open: bool

    @property
    def is_confirmed(self) -> bool:
        return self.line.root.state == Closure.State.CONFIRMED


def notices_for(access: Access, now: dt.datetime) -> list[ClosureNotice]:
    """For who sees the board all of them; for a facilitator those that meet an own session."""
    rows = list(
        Closure.objects.in_prison(access.prison)
        .exclude(state=Closure.State.LIFTED)
        .filter(ends_at__gt=now, starts_at__lt=now + WITHIN)
        .select_related("room", "unit")
    )
    may_open = access.has(Right.SEE_BOARD)
    if rows and not may_open:
        rows = [row for row in rows if _meets_own(row, access)]
    to_call = _to_call(access) if rows and may_open else Counter()
    return [ClosureNotice(line, to_call[line.root.pk], may_open) for line in lines_of(rows)]


def _meets_own(row: Closure, access: Access) -> bool:
    """Of a unit it may concern part of a group only: then what is cancelled counts."""
    own = GroupSession.objects.in_prison(access.prison).filter(
        session_workers__worker__user=access.user,
        published_at__isnull=False,
        starts_at__lt=row.ends_at,
        ends_at__gt=row.starts_at,
    )
    if row.room_id is not None:
        own = own.filter(room=row.room_id)
    elif row.unit_id is not None:
        own = own.filter(cancellation__closure=row.pk)
    return own.exists()


def _to_call(access: Access) -> Counter[int]:
    """Closure -> sessions of the own services with facilitators still to be called."""
    open_todos = Todo.objects.in_prison(access.prison).waiting(KINDS, ["closure", "sessions"])
    own = open_todos.filter(
        Q(organisation__in=access.organisation_ids) | Q(organisation__authority__in=access.authorities)
    )
    found: Counter[int] = Counter()
    for facts in own.values_list("facts", flat=True):
        found[facts["closure"]] += facts["sessions"]
    return found


def services_not_called(closures: Iterable[Closure]) -> list[Organisation]:
    """The services that have not said yet that everybody has been called."""
    roots = [closure.pk for closure in closures]
    todos = Todo.objects.filter(
        prison__in={closure.prison_id for closure in closures},
        kind__in=KINDS,
        done_at__isnull=True,
        facts__closure__in=roots,
    )
    return list(Organisation.objects.filter(pk__in=todos.values("organisation")))
