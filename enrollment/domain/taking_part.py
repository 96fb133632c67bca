"""Who takes part in which session, computed from dated facts: so a list of a past date is what it was.

A person takes part on a date when the place runs on that date, a stay in the prison covers it, and nothing
(an absence, a skip) takes the person away. Whoever awaits the prison's agreement holds the place and is
occupied, but stands on no list.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import F

from core.dates.clock import BRUSSELS
from enrollment.domain import group_facts
from enrollment.domain.group_facts import CHUNK, Dates, FactSpan, Row, of_people
from enrollment.models import Enrollment
from prisons.models import Prison
from sessions.models import GroupSession


class TakingPart(NamedTuple):
    """One person's place in one series, with the dates between which it runs."""

    enrollment_id: int
    series_id: int
    participant_id: int
    placed_from: dt.date
    placed_until: dt.date | None
    is_awaiting: bool


def places_of(
    series_ids: Collection[int] | None, prison: Prison | int, people: Collection[int] | None = None
) -> list[TakingPart]:
    """Every place that anybody (or one of `people`) has, had, or holds while the prison is asked.

    One query.
    """
    rows = of_people(Enrollment.objects.in_prison(prison).filter(placed_from__isnull=False), people)
    if series_ids is not None:
        rows = rows.filter(series_id__in=list(series_ids))
    return [
        TakingPart(pk, series, person, first, last, state == Enrollment.State.AWAITING)
        for pk, series, person, first, last, state in rows.exclude(
            placed_until__lt=F("placed_from")  # ended before it began: it never ran
        ).values_list("pk", "series_id", "participant_id", "placed_from", "placed_until", "state")
    ]


def occupancy(
    prison: Prison | int,
    session_ids: Collection[int],
    *,
    with_awaiting: bool = True,
    people: Collection[int] | None = None,
) -> dict[int, frozenset[int]]:
    """Session -> ids of those (of `people` only, where given) who are there. Two queries, whatever the size.

    Takes into account the dates of the place, stays, absences and skips; sessions without a time are left
    out.
    """
    wanted = set(session_ids)
    prison_id = prison.pk if isinstance(prison, Prison) else prison
    sessions = GroupSession.objects.in_prison(prison_id).filter(starts_at__isnull=False)
    if len(wanted) <= CHUNK:
        sessions = sessions.filter(pk__in=wanted)
    asked, version = [], None
    found = sessions.values_list("pk", "series_id", "starts_at", "prison__people_version").order_by()
    for pk, series, at, version in found:  # noqa: B007  (the same in every row)
        if pk in wanted and at:
            asked.append((pk, series, at.astimezone(BRUSSELS).date()))
    return people_there(prison_id, asked, with_awaiting, people, version)


def people_there(
    prison_id: int,
    rows: list[Row],
    with_awaiting: bool = True,
    people: Collection[int] | None = None,
    version: int | None = None,
) -> dict[int, frozenset[int]]:
    """The same for sessions that the caller knows already, or only thinks of.

    (session, series, date) each. `version` is the prison's `people_version`, where it was read with them.
    """
    if not rows:
        return {}
    narrow = None if people is None else group_facts.read(prison_id, FactSpan.of(rows), people)
    facts = narrow or group_facts.facts_of(prison_id, rows, version=version)
    return {row[0]: facts.group(row, with_awaiting) for row in rows}


def people_and_units(
    prison_id: int, rows: list[Row], today: dt.date, version: int | None = None
) -> tuple[dict[int, frozenset[int]], dict[int, frozenset[int]]]:
    """The same, and session -> ids of the units in which its people live today."""
    if not rows:
        return {}, {}
    facts = group_facts.facts_of(prison_id, rows, units_on=today, version=version)
    people = {row[0]: facts.group(row, with_awaiting=True) for row in rows}
    units = {session_id: facts.units_of(group) for session_id, group in people.items()}
    return people, units if any(people.values()) else {}


def absences_between(
    prison: Prison | int, first: dt.date, last: dt.date, people: Collection[int] | None = None
) -> dict[int, list[Dates]]:
    """Person -> the absences that touch the days; one query."""
    spans: dict[int, list[Dates]] = defaultdict(list)
    rows = group_facts.away(prison, first, last, people)
    for person, starts_on, ends_on in rows.values_list("participant_id", "starts_on", "ends_on"):
        spans[person].append((starts_on, ends_on))
    return spans
