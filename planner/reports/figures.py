"""The numbers of the reports page: as many queries for ten sessions as for ten thousand."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, Q

from core.dates import clock
from enrollment.domain.taking_part import people_there
from enrollment.models import Attendance
from planner.reports.demand import Demand, demand_of
from planner.reports.scope import ReportScope
from sessions.models import Cancellation, GroupSession

Mark = Attendance.Mark


@dataclass
class ServiceLine:
    """One service in the period, beside the others of the prison."""

    pk: int
    name: str
    planned: int = 0
    held: int = 0
    cancelled: int = 0
    present: int = 0
    not_brought: int = 0


@dataclass
class Figures:
    planned: int = 0
    held: int = 0
    to_come: int = 0
    cancelled: dict[str, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    unmarked: int = 0
    taken_places: int = 0
    all_places: int = 0
    drop_ins: int = 0
    new_people: int = 0
    waiting: int = 0
    days_waiting: int | None = None
    demand: Demand = field(default_factory=Demand)
    services: list[ServiceLine] = field(default_factory=list)

    @property
    def cancelled_in_all(self) -> int:
        return sum(self.cancelled.values())

    @property
    def expected(self) -> int:
        """Marks in all: whoever was expected and has a mark."""
        return sum(self.marks.values())

    @property
    def not_brought(self) -> int:
        return self.marks.get(Mark.NOT_BROUGHT, 0)

    @property
    def brought(self) -> int:
        """Expected and not kept back by the prison: of these the attendance is a share."""
        return self.expected - self.not_brought

    @property
    def present(self) -> int:
        return self.marks.get(Mark.PRESENT, 0)

    @property
    def occupancy(self) -> int | None:
        """Of a hundred places at sessions that were held, how many were taken; drop-in hours apart."""
        return share(self.taken_places, self.all_places)

    @property
    def attendance(self) -> int | None:
        """Of a hundred people who were expected and whom the prison could bring, how many were there."""
        return share(self.present, self.brought)


def share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


class _Session(NamedTuple):
    """One session of the period, as far as it is counted."""

    pk: int
    prison: int
    series: int
    service: int
    service_name: str
    state: str
    reason: str | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    places: int
    is_drop_in: bool
    is_counted: bool
    is_unmarked: bool


def figures_of(scope: ReportScope) -> Figures:
    """Everything the page shows; nine queries for one prison."""
    found = Figures()
    services: dict[int, ServiceLine] = {}
    rows = _planned(scope)
    held = [row for row in rows if _is_held(row, scope)]
    _count_sessions(scope, rows, found, services)
    _count_marks(scope, found, services)
    taken = _taken(row for row in held if not row.is_drop_in)
    found.all_places = sum(places for _pk, places, _taken in taken)
    found.taken_places = sum(number for _pk, _places, number in taken)
    found.waiting, found.days_waiting = _waiting(scope)
    found.demand = demand_of(scope)
    found.services = sorted(services.values(), key=lambda line: (-line.planned, line.name))
    return found


def _planned(scope: ReportScope) -> list[_Session]:
    """Every session of the period in order of time; one query."""
    rows = scope.planned().order_by("starts_at", "pk")
    fields = (
        "pk",
        "prison_id",
        "series_id",
        "series__activity__organisation",
        "series__activity__organisation__short_name",
        "state",
        "cancellation__reason",
        "starts_at",
        "ends_at",
        "series__places",
        "series__is_drop_in",
        scope.is_counted(),
        ExpressionWrapper(scope.is_unmarked(), output_field=BooleanField()),
    )
    return [_Session(*row) for row in rows.values_list(*fields)]


def _is_held(row: _Session, scope: ReportScope) -> bool:
    return row.state == GroupSession.State.PUBLISHED and row.ends_at <= scope.now


def _count_sessions(
    scope: ReportScope, rows: list[_Session], found: Figures, services: dict[int, ServiceLine]
) -> None:
    """What became of the sessions of each service, and for which cause."""
    causes: Counter[str] = Counter()
    for row in rows:
        line = services.setdefault(row.service, ServiceLine(row.service, row.service_name))
        line.planned += 1
        if row.state == GroupSession.State.CANCELLED:
            line.cancelled += 1
            causes[row.reason or ""] += 1
        elif _is_held(row, scope):
            line.held += 1
            found.drop_ins += row.is_counted
            found.unmarked += row.is_unmarked
    found.planned, found.held = len(rows), sum(line.held for line in services.values())
    found.to_come = found.planned - found.held - sum(causes.values())
    found.cancelled = {code: causes[code] for code in Cancellation.Reason.values if causes[code]}


def _count_marks(scope: ReportScope, found: Figures, services: dict[int, ServiceLine]) -> None:
    """One query: marks of each service, and who was there for the first time."""
    service = "session__series__activity__organisation"
    rows = scope.marks().order_by().values(service, "mark")
    first = Q(Q(mark=Mark.PRESENT), ~Q(Exists(scope.earlier_times())))
    for row in rows.annotate(number=Count("pk"), first=Count("pk", filter=first)):
        found.marks[row["mark"]] = found.marks.get(row["mark"], 0) + row["number"]
        found.new_people += row["first"]
        if (line := services.get(row[service])) is not None:
            line.present += row["number"] if row["mark"] == Mark.PRESENT else 0
            line.not_brought += row["number"] if row["mark"] == Mark.NOT_BROUGHT else 0


def taken_places(scope: ReportScope) -> list[tuple[int, int, int]]:
    """(session, places, how many of them were taken) of what was held, in order of time.

    Five queries for one prison.
    """
    return _taken(row for row in _planned(scope) if _is_held(row, scope) and not row.is_drop_in)


def _taken(rows: Iterable[_Session]) -> list[tuple[int, int, int]]:
    held = list(rows)
    by_prison: dict[int, list[tuple[int, int, dt.date]]] = defaultdict(list)
    for row in held:
        by_prison[row.prison].append((row.pk, row.series, clock.today(row.starts_at)))
    there: dict[int, frozenset[int]] = {}
    for prison, sessions in by_prison.items():
        there |= people_there(prison, sessions, with_awaiting=False)
    return [(row.pk, row.places, min(len(there.get(row.pk, ())), row.places)) for row in held]


def _waiting(scope: ReportScope) -> tuple[int, int | None]:
    """How many wait for a place now, and how many days half of them have waited at least."""
    since = [at for at in scope.waiting().order_by().values_list("waiting_since", flat=True) if at]
    days = [(clock.today(scope.now) - clock.today(at)).days for at in since]
    return len(days), round(statistics.median(days)) if days else None
