"""How many visitors are announced for whom at a family afternoon: numbers for the gate list, never a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.domain.taking_part import occupancy
from enrollment.models import FamilyVisit, Participant
from prisons.access import Access
from prisons.domain.records import audit
from prisons.models import User
from sessions.models import Domain, GroupSession

MOST = 20


@dataclass(frozen=True)
class Announced:
    """One person of the group, and who comes to visit."""

    person: Participant
    adults: int
    children: int


def welcomes_families(session: GroupSession) -> bool:
    """A meeting of the life domain family; elsewhere nobody is asked for visitors."""
    return session.series.activity.domain == Domain.FAMILY


def may_announce(session: GroupSession, access: Access) -> bool:
    return access.may_change(session.series.activity.organisation)


def announced(session: GroupSession) -> list[Announced]:
    """Everybody who takes part on this date, by name, with the numbers known so far."""
    there = occupancy(session.prison_id, [session.pk], with_awaiting=False).get(session.pk, frozenset())
    known = {row.participant_id: row for row in FamilyVisit.objects.filter(session=session)}
    people = Participant.objects.filter(pk__in=there).order_by("last_name", "first_name", "pk")
    return [
        Announced(
            person,
            known[person.pk].adults if person.pk in known else 0,
            known[person.pk].children if person.pk in known else 0,
        )
        for person in people
    ]


def announce(
    session: GroupSession,
    numbers: Mapping[int, tuple[int, int]],
    *,
    by: User,
    now: dt.datetime | None = None,
) -> int:
    """Notes adults and children for each of these people; returns for how many something changed.

    Raises PlannerError `no_families_here` (422), `no_session`, `began_already` (409), `not_in_group`,
    `too_many_visitors` (422).
    """
    at = now or clock.now()
    with transaction.atomic():
        lock_facts(session.prison_id, now=at)
        _refuse(session, at)
        known = {row.participant_id: row for row in FamilyVisit.objects.filter(session=session)}
        _refuse_numbers(numbers, {one.person.pk for one in announced(session)} | known.keys())
        changed = []
        for person, (adults, children) in numbers.items():
            row = known.get(person) or FamilyVisit(session=session, participant_id=person)
            if (row.adults, row.children) != (adults, children):
                row.adults, row.children = adults, children
                row.save()
                changed.append(row)
        fields = ["adults", "children"]
        audit.record_many(session.prison, by, "announce_visitors", changed, fields=fields, now=at)
    return len(changed)


def _refuse(session: GroupSession, at: dt.datetime) -> None:
    if not welcomes_families(session):
        message = _("Only meetings of the life domain family have visitors.")
        raise PlannerError("no_families_here", message, status=422)
    if session.starts_at is None or not session.is_live:
        raise PlannerError("no_session", _("This session does not take place: nobody visits it."))
    if session.starts_at <= at:
        raise PlannerError("began_already", _("This has begun: who came is noted with the attendance."))


def _refuse_numbers(numbers: Mapping[int, tuple[int, int]], group: set[int]) -> None:
    if not numbers.keys() <= group:
        raise PlannerError("not_in_group", _("One of these people is no longer in the group."), status=422)
    if any(not 0 <= number <= MOST for pair in numbers.values() for number in pair):
        message = _("For one person at most %(most)s adults and %(most)s children can be announced.")
        raise PlannerError("too_many_visitors", message, status=422, most=MOST)
