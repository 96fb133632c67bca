"""Who takes part in which session, computed from dated facts: so a list of a past date is what it was.

A person takes part on a date when the place runs on that date, a stay in the prison covers it, and nothing
(an absence, a skip) takes the person away. Whoever awaits the prison's agreement holds the place and is
occupied, but stands on no list.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.functions import Cast

from core.dates.clock import BRUSSELS
from enrollment.models import Absence, Enrollment, Skip, Stay
from prisons.models import Prison
from sessions.models import GroupSession

Dates = tuple[dt.date, dt.date | None]

CHUNK = 400
"""Ids per query: SQLite takes a limited number of parameters."""


class TakingPart(NamedTuple):
    """One person's place in one series, with the dates between which it runs."""

    enrollment_id: int
    series_id: int
    participant_id: int
    placed_from: dt.date
    placed_until: dt.date | None
    is_awaiting: bool


def covers(spans: Iterable[Dates], day: dt.date) -> bool:
    """Whether any from-until (both included, no until means open) holds the date."""
    return any(first <= day and (last is None or day <= last) for first, last in spans)


def places_of(
    series_ids: Collection[int] | None, prison: Prison | int, people: Collection[int] | None = None
) -> list[TakingPart]:
    """Every place that anybody (or one of `people`) has, had, or holds while the prison is asked.

    One query.
    """
    rows = _of_people(Enrollment.objects.in_prison(prison).filter(placed_from__isnull=False), people)
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
    rows = [
        row for row in sessions.values_list("pk", "series_id", "starts_at").order_by() if row[0] in wanted
    ]
    days = {pk: at.astimezone(BRUSSELS).date() for pk, _series, at in rows if at}
    return people_there(
        prison_id, [(pk, series, days[pk]) for pk, series, _at in rows], with_awaiting, people
    )


def _of_people(rows: Any, people: Collection[int] | None) -> Any:
    """Narrowed to these participants, unless they are so many that reading everybody is cheaper."""
    return rows if people is None or len(people) > CHUNK else rows.filter(participant_id__in=list(people))


def people_there(
    prison_id: int,
    rows: list[tuple[int, int, dt.date]],
    with_awaiting: bool = True,
    people: Collection[int] | None = None,
) -> dict[int, frozenset[int]]:
    """The same for sessions that the caller knows already, or only thinks of.

    (session, series, date) each.
    """
    return _there(rows, _facts(prison_id, rows, with_awaiting, people)) if rows else {}


def people_and_units(
    prison_id: int, rows: list[tuple[int, int, dt.date]], today: dt.date
) -> tuple[dict[int, frozenset[int]], dict[int, frozenset[int]]]:
    """The same, and session -> ids of the units in which its people live today."""
    if not rows:
        return {}, {}
    facts = _facts(prison_id, rows, units_on=today)
    people = _there(rows, facts)
    units = {
        session_id: frozenset(facts.units[person] for person in group if person in facts.units)
        for session_id, group in people.items()
    }
    return people, units if any(people.values()) else {}


def _there(rows: list[tuple[int, int, dt.date]], facts: _Facts) -> dict[int, frozenset[int]]:
    places, stays, absences, skips = facts.places, facts.stays, facts.absences, facts.skips
    return {
        pk: frozenset(
            person
            for enrollment_id, person, dates in places.get(series, ())
            if (dates is None or covers((dates,), day))
            and person in stays
            and ((staying := stays[person]) is None or covers(staying, day))
            and not (person in absences and covers(absences[person], day))
            and not (skips and (enrollment_id, pk) in skips)
        )
        for pk, series, day in rows
    }


class _Facts(NamedTuple):
    """What decides who is there, of some days."""

    places: dict[int, list[tuple[int, int, Dates | None]]]
    """Series -> (enrolment, person, dates or None for all the days) of places that run in these days."""
    stays: dict[int, list[Dates] | None]
    """Person -> the stays that touch the days; None when one covers them all."""
    absences: dict[int, list[Dates]]
    skips: set[tuple[int, int]]
    """(enrolment, session) of everybody who told that they will not be there."""
    units: dict[int, int]
    """Person -> the living unit, where asked for."""


def _facts(
    prison_id: int,
    rows: list[tuple[int, int, dt.date]],
    with_awaiting: bool = True,
    people: Collection[int] | None = None,
    units_on: dt.date | None = None,
) -> _Facts:
    """One statement for all kinds of facts: this is asked by every act and every board."""
    days = min(day for *_x, day in rows), max(day for *_x, day in rows)
    series = {series for _pk, series, _day in rows}
    places = _plain(_places_between(prison_id, *days, series, people, with_awaiting), "pk", "series_id", 0)
    stays = _plain(_stays_between(prison_id, *days, people), None, None, 1)
    absences = _plain(_absences_between(prison_id, *days, people), None, None, 2)
    skips = _skips(rows).annotate(
        one=F("enrollment_id"), other=F("session_id"), person=Value(0), first_on=NOTHING, last_on=NOTHING,
        kind=Value(3),
    )  # fmt: skip
    others = [stays, absences, skips.values_list(*PLAIN)]
    if units_on is not None:
        others.append(_plain(_living(prison_id, units_on), "unit_id", None, 4))
    return _sorted_out(places.union(*others, all=True))


def _sorted_out(rows: Iterable[tuple[int, int, int, str | None, str | None, int]]) -> _Facts:
    found = _Facts(defaultdict(list), {}, defaultdict(list), set(), {})
    for one, other, person, first_on, last_on, kind in rows:
        dates = None if first_on is None else _dates(first_on, last_on)
        if kind == 0:
            found.places[other].append((one, person, dates))
        elif kind == 3:
            found.skips.add((one, other))
        elif kind == 4:
            found.units[person] = one
        elif dates is None:
            found.stays[person] = None
        elif kind == 2:
            found.absences[person].append(dates)
        elif (known := found.stays.setdefault(person, [])) is not None:
            known.append(dates)
    return found


NOTHING = Value(None, output_field=TextField(null=True))
PLAIN = ("one", "other", "person", "first_on", "last_on", "kind")


def _plain(rows: Any, one: str | None, other: str | None, kind: int) -> Any:
    """Rows that already say `first_on` and `last_on`, in columns that fit into one union."""
    return rows.annotate(
        one=F(one) if one else Value(0),
        other=F(other) if other else Value(0),
        person=F("participant_id"),
        kind=Value(kind),
    ).values_list(*PLAIN)


def _skips(sessions: list[tuple[int, int, dt.date]]) -> Any:
    """Of many sessions by their series."""
    if len(sessions) > CHUNK:
        near = Q(enrollment__series__in={series for _pk, series, _day in sessions})
    else:
        near = Q(session__in=[pk for pk, *_x in sessions])
    return Skip.objects.filter(near).order_by()


def _partial(first: dt.date, last: dt.date, starts: str, ends: str) -> dict[str, Case]:
    """`first_on` and `last_on` of a row as text, or NULL when it runs over all the days.

    Nearly every row does; making a date of each column would cost more than reading the row.
    """
    runs_on = Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": last})
    is_whole = When(runs_on, **{f"{starts}__lte": first}, then=Value(None))
    text = TextField(null=True)
    return {
        "first_on": Case(is_whole, default=Cast(starts, text), output_field=text),
        "last_on": Case(is_whole, default=Cast(ends, text), output_field=text),
    }


def _dates(first_on: str, last_on: str | None) -> Dates:
    return dt.date.fromisoformat(first_on), dt.date.fromisoformat(last_on) if last_on else None


def _places_between(
    prison_id: int,
    first: dt.date,
    last: dt.date,
    series_ids: Collection[int],
    people: Collection[int] | None,
    with_awaiting: bool,
) -> Any:
    """Places that run in these days."""
    rows = _of_people(Enrollment.objects.in_prison(prison_id).filter(placed_from__lte=last), people)
    rows = rows.filter(Q(placed_until__isnull=True) | Q(placed_until__gte=first))
    rows = rows.exclude(placed_until__lt=F("placed_from"))  # ended before it began: it never ran
    if len(series_ids) <= CHUNK:
        rows = rows.filter(series_id__in=list(series_ids))
    if not with_awaiting:
        rows = rows.exclude(state=Enrollment.State.AWAITING)
    return rows.annotate(**_partial(first, last, "placed_from", "placed_until")).order_by()


def _stays_between(prison_id: int, first: dt.date, last: dt.date, people: Collection[int] | None) -> Any:
    """Stays that touch the days."""
    rows = Stay.objects.in_prison(prison_id).touching(first, last).order_by()
    return _of_people(rows, people).annotate(**_partial(first, last, "starts_on", "ends_on"))


def _living(prison_id: int, day: dt.date) -> Any:
    """Stays of that day that say in which living unit."""
    rows = Stay.objects.in_prison(prison_id).open_on(day).filter(unit__isnull=False).order_by()
    return rows.annotate(first_on=NOTHING, last_on=NOTHING)


def _absences_between(prison_id: int, first: dt.date, last: dt.date, people: Collection[int] | None) -> Any:
    text = TextField(null=True)
    rows = _away(prison_id, first, last, people)
    return rows.annotate(first_on=Cast("starts_on", text), last_on=Cast("ends_on", text))


def _away(prison: Prison | int, first: dt.date, last: dt.date, people: Collection[int] | None) -> Any:
    touching = Q(ends_on__isnull=True) | Q(ends_on__gte=first)
    rows = Absence.objects.in_prison(prison).filter(touching, starts_on__lte=last).order_by()
    return _of_people(rows, people)


def absences_between(
    prison: Prison | int, first: dt.date, last: dt.date, people: Collection[int] | None = None
) -> dict[int, list[Dates]]:
    """Person -> the absences that touch the days; one query."""
    spans: dict[int, list[Dates]] = defaultdict(list)
    rows = _away(prison, first, last, people)
    for person, starts_on, ends_on in rows.values_list("participant_id", "starts_on", "ends_on"):
        spans[person].append((starts_on, ends_on))
    return spans
