"""What lies at the posts: the version of the cut-off, and each page of changes that was handed over since.

Version 1 is the list itself. Whoever hands over a page of changes says so: what the page told becomes a
version of its own, so that everybody sees what the posts know and what they do not know yet.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.lists.cut_off import day_of, digest_of
from enrollment.domain.lists.day import Day, to_json
from enrollment.domain.lists.day_lists import day_lists, scoped
from enrollment.domain.lists.list_changes import changes, gate_changes
from enrollment.domain.locking import lock_facts
from enrollment.models import ListVersion
from prisons.access import Access
from prisons.domain.records import audit
from prisons.models import Prison, User


def all_versions(prison: Prison, on: dt.date) -> list[ListVersion]:
    """Of one day, the first one first."""
    rows = ListVersion.objects.in_prison(prison).filter(on=on)
    return list(rows.select_related("printed_by", "handed_over_by").order_by("number"))


def hand_over_changes(
    prison: Prison, on: dt.date, *, by: User, now: dt.datetime | None = None
) -> ListVersion:
    """The page of changes lies at the posts. Pressing twice notes it once.

    Raises PlannerError `not_closed` (409) before the cut-off, `lists_forgotten` (409) after ninety days.
    """
    at = now or clock.now()
    with transaction.atomic():
        locked = lock_facts(prison, now=at)
        known = all_versions(locked, on)
        if not known:
            raise PlannerError(
                "not_closed", _("These lists are not closed yet: there is no page of changes.")
            )
        current, last = day_lists(locked, on, now=at), day_of(known[-1])
        if last is None:
            raise PlannerError("lists_forgotten", _("Of these lists only the hash is left."))
        if known[-1].number > 1 and says_the_same(last, current):
            return known[-1]
        facts = to_json(current)
        version = ListVersion.objects.create(
            prison=locked,
            on=on,
            number=known[-1].number + 1,
            made_at=current.made_at,
            facts=facts,
            digest=digest_of(facts),
            printed_at=at,
            printed_by=by,
            handed_over_at=at,
            handed_over_by=by,
        )
        audit.record(locked, by, "hand_over_changes", version, fields=["handed_over_at"], now=at)
    return version


def says_the_same(one: Day, other: Day) -> bool:
    """Whether a page of changes between the two would be empty."""
    return not changes(one, other) and not gate_changes(one, other)


def untold(known: list[ListVersion], current: Day, access: Access) -> int | None:
    """How many changes of what this reader sees nobody has handed over yet; None where there is nothing to compare
    with.
    """
    last = day_of(known[-1]) if known else None
    if last is None:
        return None
    last, current = scoped(last, access), scoped(current, access)
    return len(changes(last, current)) + len(gate_changes(last, current))
