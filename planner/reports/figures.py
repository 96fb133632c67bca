"""The numbers of the reports page: as many queries for ten sessions as for ten thousand."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce, NullIf

from enrollment.domain.taking_part import occupancy
from enrollment.models import Attendance, Request, Stay
from planner.reports.scope import Scope
from sessions.models import Cancellation, Domain, GroupSession

Mark = Attendance.Mark


@dataclass(frozen=True)
class Balance:
    """What was asked for beside what was offered, of one domain, language or living unit."""

    key: str
    asked: int
    places: int


@dataclass
class Figures:
    planned: int = 0
    held: int = 0
    to_come: int = 0
    cancelled: dict[str, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    taken_places: int = 0
    all_places: int = 0
    requests: int = 0
    unanswered: int = 0
    days_to_answer: float | None = None
    new_people: int = 0
    domains: list[Balance] = field(default_factory=list)
    languages: list[Balance] = field(default_factory=list)
    units: list[Balance] = field(default_factory=list)

    @property
    def cancelled_in_all(self) -> int:
        return sum(self.cancelled.values())

    @property
    def expected(self) -> int:
        """Marks in all: whoever was expected and has a mark."""
        return sum(self.marks.values())

    @property
    def occupancy(self) -> int | None:
        """Of a hundred places at sessions that were held, how many were taken; drop-in hours apart."""
        return share(self.taken_places, self.all_places)

    @property
    def attendance(self) -> int | None:
        """Of a hundred people who were expected and whom the prison could bring, how many were there."""
        asked = self.expected - self.marks.get(Mark.NOT_BROUGHT, 0)
        return share(self.marks.get(Mark.PRESENT, 0), asked)


def share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


class _Asked(NamedTuple):
    """One request, without its person's name."""

    received_on: dt.date
    decided_at: dt.datetime | None
    state: str
    domain: str | None
    series_id: int | None
    person: int


class _Offered(NamedTuple):
    """One series that runs in the period, and the living units that it is for."""

    domain: str
    languages: list[str]
    places: int
    units: list[str]


def figures_of(scope: Scope) -> Figures:
    """Everything the page shows; thirteen queries for one prison."""
    found = Figures()
    _count_sessions(scope, found)
    found.marks = dict(scope.marks().values_list("mark").annotate(number=Count("pk")).order_by())
    _count_places(scope, found)
    found.new_people = scope.first_times().count()
    asked, offered = _asked(scope), _offered(scope)
    _count_requests(scope, asked, found)
    _weigh(scope, asked, offered, found)
    return found


def _count_sessions(scope: Scope, found: Figures) -> None:
    over = Q(state=GroupSession.State.PUBLISHED, ends_at__lte=scope.now)
    ahead = Q(state=GroupSession.State.PUBLISHED, ends_at__gt=scope.now)
    by_reason = {
        f"reason_{reason}": Count("pk", filter=Q(cancellation__reason=reason))
        for reason in Cancellation.Reason.values
    }
    row = scope.planned().aggregate(
        planned=Count("pk"), held=Count("pk", filter=over), to_come=Count("pk", filter=ahead), **by_reason
    )
    found.planned, found.held, found.to_come = row["planned"], row["held"], row["to_come"]
    found.cancelled = {
        reason: row[f"reason_{reason}"] for reason in Cancellation.Reason.values if row[f"reason_{reason}"]
    }


def _count_places(scope: Scope, found: Figures) -> None:
    rows = scope.held().filter(series__is_drop_in=False).values_list("pk", "prison_id", "series__places")
    by_prison: dict[int, dict[int, int]] = {}
    for pk, prison_id, places in rows.order_by():
        by_prison.setdefault(prison_id, {})[pk] = places
    for prison_id, sessions in by_prison.items():
        there = occupancy(prison_id, sessions.keys(), with_awaiting=False)
        found.all_places += sum(sessions.values())
        found.taken_places += sum(min(len(there.get(pk, ())), places) for pk, places in sessions.items())


def _asked(scope: Scope) -> list[_Asked]:
    """Every request of the period; a wish has the domain that was ticked."""
    wished = NullIf(F("wish_domain"), Value(""))
    domain = Coalesce(F("series__activity__domain"), F("activity__domain"), wished)
    rows: Any = scope.requests().order_by()
    fields = ("received_on", "decided_at", "state", domain, "series_id", "participant_id")
    return [_Asked(*row) for row in rows.values_list(*fields)]


def _offered(scope: Scope) -> dict[int, _Offered]:
    found: dict[int, _Offered] = {}
    rows = (
        scope.series().values_list("pk", "activity__domain", "languages", "places", "units__code").order_by()
    )
    for pk, domain, languages, places, unit in rows:
        one = found.setdefault(pk, _Offered(domain, languages, places, []))
        if unit:
            one.units.append(unit)
    return found


def _count_requests(scope: Scope, asked: list[_Asked], found: Figures) -> None:
    found.requests = len(asked)
    found.unanswered = scope.unanswered().count()
    days = [(one.decided_at.date() - one.received_on).days for one in asked if one.decided_at]
    found.days_to_answer = statistics.median(days) if days else None


def _weigh(scope: Scope, asked: list[_Asked], offered: dict[int, _Offered], found: Figures) -> None:
    """Demand against offer: requests of the period beside places of the series that run in it."""
    readable = [one for one in asked if one.state != Request.State.UNREADABLE]
    series = offered.values()
    found.domains = _balances(
        Counter(one.domain for one in readable if one.domain),
        _sum((one.domain, one.places) for one in series),
    )
    groups = [offered[one.series_id] for one in readable if one.series_id in offered]
    found.languages = _balances(
        Counter(language for group in groups for language in group.languages or [""]),
        _sum((language, one.places) for one in series for language in one.languages or [""]),
    )
    # By living unit of today; a series for several units offers its places to each of them.
    stays = Stay.objects.filter(prison__in=scope.prison_ids, ends_on=None, unit__isnull=False)
    unit_of = dict(stays.values_list("participant_id", "unit__code").order_by())
    found.units = _balances(
        Counter(unit_of[one.person] for one in readable if one.person in unit_of),
        _sum((unit, one.places) for one in series for unit in one.units),
    )


def _sum(rows: Iterable[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for key, number in rows:
        total[key] += number
    return total


def _balances(asked: Counter[str], offered: Counter[str]) -> list[Balance]:
    """The most wanted first."""
    keys = sorted(asked.keys() | offered.keys(), key=lambda key: (-asked[key], key))
    return [Balance(key, asked[key], offered[key]) for key in keys]


DOMAIN_WORDS = dict(Domain.choices)
