"""What decides who takes part: places, stays, absences and skips of some days, read in one statement.

What was read for many sessions is kept, by each process for itself, under `Prison.people_version`. A trigger in the
database raises that number with every row that is read here (enrollment/plan_version.py), whichever machine writes it;
a card that is moved does not. The number is read before the facts, so what is kept is as new as its number, or newer.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Cast

from enrollment.models import Absence, Enrollment, Skip, Stay
from prisons.models import Prison

Dates = tuple[dt.date, dt.date | None]
Row = tuple[int, int, dt.date]
"""Session, series and date."""

CHUNK = 400
"""Ids per query: SQLite takes a limited number of parameters."""
MANY = 12
"""Sessions from which on the facts are worth being kept."""
MOST_DAYS = 120
MOST_KEPT = 64


@dataclass(frozen=True)
class FactSpan:
    """For what facts were read: of these days, these series, and the skips of these sessions."""

    first: dt.date
    last: dt.date
    series: frozenset[int]
    sessions: frozenset[int]
    units_on: dt.date | None = None

    @classmethod
    def of(cls, rows: Sequence[Row], units_on: dt.date | None = None) -> FactSpan:
        days = {day for *_x, day in rows}
        series, sessions = {one for _pk, one, _day in rows}, {pk for pk, *_x in rows}
        return cls(min(days), max(days), frozenset(series), frozenset(sessions), units_on)

    @property
    def is_long(self) -> bool:
        return (self.last - self.first).days > MOST_DAYS

    def in_whole_weeks(self) -> FactSpan:
        """So that a card that is moved within its week finds what was read for the week."""
        first = self.first - dt.timedelta(days=self.first.weekday())
        last = self.last + dt.timedelta(days=6 - self.last.weekday())
        return FactSpan(first, last, self.series, self.sessions, self.units_on)

    def holds(self, other: FactSpan) -> bool:
        return (
            self.first <= other.first
            and other.last <= self.last
            and other.units_on in (None, self.units_on)
            and other.series <= self.series
            and other.sessions <= self.sessions
        )


@dataclass
class GroupFacts:
    """What decides who is there, of some days."""

    places: dict[int, list[tuple[int, int, Dates | None, bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Series -> (enrolment, person, dates or None for all the days, whether it awaits the agreement)."""
    stays: dict[int, list[Dates] | None] = field(default_factory=dict)
    """Person -> the stays that touch the days; None when one covers them all."""
    absences: dict[int, list[Dates]] = field(default_factory=lambda: defaultdict(list))
    skips: set[tuple[int, int]] = field(default_factory=set)
    """(enrolment, session) of everybody who told that they will not be there."""
    units: dict[int, int] = field(default_factory=dict)
    """Person -> the living unit, where asked for."""
    _groups: dict[tuple[Row, bool], frozenset[int]] = field(default_factory=dict)
    _units: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)

    def group(self, row: Row, with_awaiting: bool) -> frozenset[int]:
        """Who is there."""
        key = row, with_awaiting
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = self._group(row, with_awaiting)
        return found

    def _group(self, row: Row, with_awaiting: bool) -> frozenset[int]:
        pk, series, day = row
        stays, absences, skips = self.stays, self.absences, self.skips
        return frozenset(
            person
            for enrollment_id, person, dates, is_awaiting in self.places.get(series, ())
            if (with_awaiting or not is_awaiting)
            and (dates is None or covers((dates,), day))
            and person in stays
            and ((staying := stays[person]) is None or covers(staying, day))
            and not (person in absences and covers(absences[person], day))
            and not (skips and (enrollment_id, pk) in skips)
        )

    def units_of(self, group: frozenset[int]) -> frozenset[int]:
        """The living units of these people."""
        found = self._units.get(group)
        if found is None:
            units = self.units
            found = self._units[group] = frozenset(units[one] for one in group if one in units)
        return found


def covers(spans: Iterable[Dates], day: dt.date) -> bool:
    """Whether any from-until (both included, no until means open) holds the date."""
    return any(first <= day and (last is None or day <= last) for first, last in spans)


def facts_of(
    prison_id: int, rows: Sequence[Row], *, units_on: dt.date | None = None, version: int | None = None
) -> GroupFacts:
    """About everybody in these sessions. `version` where the caller has just read it with them."""
    if version is None:
        version = Prison.objects.values_list("people_version", flat=True).get(pk=prison_id)
    wanted = FactSpan.of(rows, units_on)
    if (found := _KEPT.get(prison_id, version, wanted)) is not None:
        return found
    if len(rows) < MANY or wanted.is_long:
        return read(prison_id, wanted)
    wanted = wanted.in_whole_weeks()
    found = read(prison_id, wanted)
    _KEPT.keep(prison_id, version, wanted, found)
    return found


class KeptFacts:
    """What this process read last, of each prison under one version alone."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._facts: OrderedDict[tuple[int, FactSpan], tuple[int, GroupFacts]] = OrderedDict()

    def get(self, prison_id: int, version: int, wanted: FactSpan) -> GroupFacts | None:
        with self._lock:
            for (prison, span), (kept_under, facts) in reversed(self._facts.items()):
                if prison == prison_id and kept_under == version and span.holds(wanted):
                    self._facts.move_to_end((prison, span))
                    return facts
        return None

    def keep(self, prison_id: int, version: int, span: FactSpan, facts: GroupFacts) -> None:
        """From the moment on at which the transaction has come to stay: after a roll back, versions come again."""

        def kept() -> None:
            with self._lock:
                for (prison, known), (under, _facts) in list(self._facts.items()):
                    if prison == prison_id and (under != version or span.holds(known)):
                        del self._facts[prison, known]
                self._facts[prison_id, span] = version, facts
                while len(self._facts) > self._most:
                    self._facts.popitem(last=False)

        transaction.on_commit(kept)

    def clear(self) -> None:
        """As another process, which has read nothing yet."""
        with self._lock:
            self._facts.clear()


_KEPT = KeptFacts()
forget = _KEPT.clear


def read(prison_id: int, span: FactSpan, people: Collection[int] | None = None) -> GroupFacts:
    """One statement for all kinds of facts: this is asked by every act and every board."""
    days = span.first, span.last
    is_awaited = When(state=Enrollment.State.AWAITING, then=Value(AWAITED))
    place = Case(is_awaited, default=Value(PLACE), output_field=IntegerField())
    places = _plain(_places_between(prison_id, *days, span.series, people), "pk", "series_id", place)
    stays = _plain(_stays_between(prison_id, *days, people), None, None, Value(STAY))
    absences = _plain(_absences_between(prison_id, *days, people), None, None, Value(ABSENCE))
    skips = _skips(span).annotate(
        one=F("enrollment_id"), other=F("session_id"), person=Value(0), first_on=NOTHING, last_on=NOTHING,
        kind=Value(SKIP),
    )  # fmt: skip
    others = [stays, absences, skips.values_list(*PLAIN)]
    if span.units_on is not None:
        others.append(_plain(_living(prison_id, span.units_on), "unit_id", None, Value(UNIT)))
    return _sorted_out(places.union(*others, all=True))


def _sorted_out(rows: Iterable[tuple[int, int, int, str | None, str | None, int]]) -> GroupFacts:
    found = GroupFacts()
    for one, other, person, first_on, last_on, kind in rows:
        dates = None if first_on is None else _dates(first_on, last_on)
        if kind in (PLACE, AWAITED):
            found.places[other].append((one, person, dates, kind == AWAITED))
        elif kind == SKIP:
            found.skips.add((one, other))
        elif kind == UNIT:
            found.units[person] = one
        elif dates is None:
            found.stays[person] = None
        elif kind == ABSENCE:
            found.absences[person].append(dates)
        elif (known := found.stays.setdefault(person, [])) is not None:
            known.append(dates)
    return found


PLACE, STAY, ABSENCE, SKIP, UNIT, AWAITED = range(6)
NOTHING = Value(None, output_field=TextField(null=True))
PLAIN = ("one", "other", "person", "first_on", "last_on", "kind")


def _plain(rows: Any, one: str | None, other: str | None, kind: Any) -> Any:
    """Rows that already say `first_on` and `last_on`, in columns that fit into one union."""
    return rows.annotate(
        one=F(one) if one else Value(0),
        other=F(other) if other else Value(0),
        person=F("participant_id"),
        kind=kind,
    ).values_list(*PLAIN)


def _skips(span: FactSpan) -> Any:
    """Of many sessions by their series."""
    are_many = len(span.sessions) > CHUNK
    near = Q(enrollment__series__in=span.series) if are_many else Q(session__in=span.sessions)
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
) -> Any:
    """Places that run in these days."""
    rows = of_people(Enrollment.objects.in_prison(prison_id).filter(placed_from__lte=last), people)
    rows = rows.filter(Q(placed_until__isnull=True) | Q(placed_until__gte=first))
    rows = rows.exclude(placed_until__lt=F("placed_from"))  # ended before it began: it never ran
    if len(series_ids) <= CHUNK:
        rows = rows.filter(series_id__in=list(series_ids))
    return rows.annotate(**_partial(first, last, "placed_from", "placed_until")).order_by()


def _stays_between(prison_id: int, first: dt.date, last: dt.date, people: Collection[int] | None) -> Any:
    """Stays that touch the days."""
    rows = Stay.objects.in_prison(prison_id).touching(first, last).order_by()
    return of_people(rows, people).annotate(**_partial(first, last, "starts_on", "ends_on"))


def _living(prison_id: int, day: dt.date) -> Any:
    """Stays of that day that say in which living unit."""
    rows = Stay.objects.in_prison(prison_id).open_on(day).filter(unit__isnull=False).order_by()
    return rows.annotate(first_on=NOTHING, last_on=NOTHING)


def _absences_between(prison_id: int, first: dt.date, last: dt.date, people: Collection[int] | None) -> Any:
    text = TextField(null=True)
    rows = away(prison_id, first, last, people)
    return rows.annotate(first_on=Cast("starts_on", text), last_on=Cast("ends_on", text))


def away(prison: Prison | int, first: dt.date, last: dt.date, people: Collection[int] | None) -> Any:
    """Absences that touch the days."""
    touching = Q(ends_on__isnull=True) | Q(ends_on__gte=first)
    rows = Absence.objects.in_prison(prison).filter(touching, starts_on__lte=last).order_by()
    return of_people(rows, people)


def of_people(rows: Any, people: Collection[int] | None) -> Any:
    """Narrowed to these participants, unless they are so many that reading everybody is cheaper."""
    return rows if people is None or len(people) > CHUNK else rows.filter(participant_id__in=list(people))
