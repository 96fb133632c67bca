"""What was asked for, how long the answer took, and what was offered beside it."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.dates import clock
from enrollment.models import Request
from planner.reports.scope import ReportScope

State = Request.State


@dataclass(frozen=True)
class Balance:
    """What was asked for beside what was offered, of one domain, language or living unit."""

    key: str
    asked: int
    places: int


@dataclass
class Demand:
    requests: int = 0
    undecided: int = 0
    not_handed_out: int = 0
    decided: int = 0
    days_to_answer: int | None = None
    unreadable: int = 0
    left: int = 0
    domains: list[Balance] = field(default_factory=list)
    languages: list[Balance] = field(default_factory=list)
    units: list[Balance] = field(default_factory=list)

    @property
    def unanswered(self) -> int:
        return self.undecided + self.not_handed_out


class _Asked(NamedTuple):
    """One request, without its person's name."""

    received_on: dt.date
    decided_at: dt.datetime | None
    state: str
    domain: str | None
    series_id: int | None
    unit: str | None
    lies_on_the_desk: bool
    is_answered_to_reader: bool


class Offered(NamedTuple):
    """One series that runs in the period, and the living units that it is for."""

    pk: int
    domain: str
    languages: list[str]
    places: int
    units: list[str]


def demand_of(scope: ReportScope) -> Demand:
    """Two queries."""
    asked, offered = _asked(scope), offered_of(scope)
    known = [one for one in asked if one.is_answered_to_reader]
    days = [(clock.today(one.decided_at) - one.received_on).days for one in known if one.decided_at]
    states = Counter(one.state for one in known)
    return Demand(
        requests=len(asked),
        undecided=states[State.OPEN],
        not_handed_out=sum(one.lies_on_the_desk for one in known),
        decided=len(days),
        days_to_answer=round(statistics.median(days)) if days else None,
        unreadable=states[State.UNREADABLE],
        left=states[State.LEFT],
        **_balances_of(asked, offered),
    )


def _asked(scope: ReportScope) -> list[_Asked]:
    """Every request of the period; a wish has the domain that was ticked."""
    rows: Any = scope.requests().order_by()
    fields = (
        "received_on",
        "decided_at",
        "state",
        ReportScope.domain_of_request(),
        "series_id",
        scope.unit_of_request(),
        ReportScope.lies_on_the_desk(),
        scope.is_answered_to_reader(),
    )
    return [_Asked(*row) for row in rows.values_list(*fields)]


def offered_of(scope: ReportScope) -> dict[int, Offered]:
    """Series -> what it offers; one query."""
    found: dict[int, Offered] = {}
    rows = scope.series().order_by("pk")
    for pk, domain, languages, places, unit in rows.values_list(
        "pk", "activity__domain", "languages", "places", "units__code"
    ):
        one = found.setdefault(pk, Offered(pk, domain, languages, places, []))
        if unit:
            one.units.append(unit)
    return found


def _balances_of(asked: list[_Asked], offered: dict[int, Offered]) -> dict[str, list[Balance]]:
    """Demand against offer: requests of the period beside places of the series that run in it.

    By living unit of today; a series for several units offers its places to each of them.
    """
    readable = [one for one in asked if one.state != State.UNREADABLE]
    groups = [offered[one.series_id] for one in readable if one.series_id in offered]
    series = offered.values()
    return {
        "domains": _balances(
            Counter(one.domain for one in readable if one.domain),
            _sum((one.domain, one.places) for one in series),
        ),
        "languages": _balances(
            Counter(language for group in groups for language in group.languages or [""]),
            _sum((language, one.places) for one in series for language in one.languages or [""]),
        ),
        "units": _balances(
            Counter(one.unit for one in readable if one.unit),
            _sum((unit, one.places) for one in series for unit in one.units),
        ),
    }


def _sum(rows: Iterable[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for key, number in rows:
        total[key] += number
    return total


def _balances(asked: Counter[str], offered: Counter[str]) -> list[Balance]:
    """The most wanted first."""
    keys = sorted(asked.keys() | offered.keys(), key=lambda key: (-asked[key], key))
    return [Balance(key, asked[key], offered[key]) for key in keys]
