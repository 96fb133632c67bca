"""The figures of a year, line by line: a prison, a service, a life domain or a target group each."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS
from core.words.languages import localized
from enrollment.models import Attendance, Headcount, Stay
from planner.reports.scope import ReportScope
from prisons.models import Prison
from prisons.models.places import TargetGroup
from sessions.models import Domain, GroupSession

Beat = Callable[[int], None]
"""Told how many rows have been counted; raises when the work is to stop."""

TABLES = ("prison", "service", "domain", "target")
_CHUNK = 5000


@dataclass
class YearLine:
    """The figures of one prison, service, domain or target group."""

    planned: int = 0
    held: int = 0
    minutes: int = 0
    cancelled: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    people: set[int] = field(default_factory=set)
    present: int = 0
    not_brought: int = 0
    visits: int = 0

    def add_session(self, state: str, lasted: dt.timedelta, reason: str | None, *, is_over: bool) -> None:
        self.planned += 1
        if state == GroupSession.State.CANCELLED:
            self.cancelled[reason or ""] += 1
        elif is_over:
            self.add_held(lasted)

    def add_held(self, lasted: dt.timedelta) -> None:
        self.held += 1
        self.minutes += int(lasted.total_seconds() // 60)

    def add_mark(self, person: int, mark: str) -> None:
        if mark == Attendance.Mark.PRESENT:
            self.people.add(person)
            self.present += 1
        else:
            self.not_brought += 1


Tables = dict[str, dict[str, YearLine]]


def count_rows(scope: ReportScope) -> int:
    """How many rows `tables_of` reads: for a bar that says how far it is."""
    return scope.planned().count() + _marks(scope).count()


def tables_of(scope: ReportScope, beat: Beat) -> Tables:
    """Table -> name of a line -> its figures; the table "total" has one line. Six queries, whatever the size."""
    tables: Tables = {"total": defaultdict(YearLine), **{name: defaultdict(YearLine) for name in TABLES}}
    tables["total"][""] = YearLine()
    lines, lasted = _add_sessions(scope, tables, beat)
    _add_marks(scope, tables, lines, lasted, lambda done: beat(len(lines) + done))
    for session, people in _headcounts(scope):
        for line in lines.get(session, ()):
            line.visits += people
    return tables


def _add_sessions(
    scope: ReportScope, tables: Tables, beat: Beat
) -> tuple[dict[int, tuple[YearLine, ...]], dict[int, dt.timedelta]]:
    """Counts the sessions; answers session -> the lines it stands in, and how long each that was held lasted."""
    lines: dict[int, tuple[YearLine, ...]] = {}
    lasted: dict[int, dt.timedelta] = {}
    prisons = {prison.pk: localized(prison, "name") for prison in Prison.objects.all()}
    domains = {code: str(label) for code, label in Domain.choices}
    for pk, prison, service, domain, state, starts_at, ends_at, reason in _sessions(scope):
        if len(lines) % _CHUNK == 0:
            beat(len(lines))
        lines[pk] = (
            tables["total"][""],
            tables["prison"][prisons[prison]],
            tables["service"][service],
            tables["domain"][domains[domain]],
        )
        is_over = ends_at <= scope.now
        for line in lines[pk]:
            line.add_session(state, ends_at - starts_at, reason, is_over=is_over)
        if is_over:
            lasted[pk] = ends_at - starts_at
    return lines, lasted


def _add_marks(
    scope: ReportScope,
    tables: Tables,
    lines: dict[int, tuple[YearLine, ...]],
    lasted: dict[int, dt.timedelta],
    beat: Beat,
) -> None:
    """People by mark; a target group has the sessions at which somebody of it was present."""
    targets = {code: str(label) for code, label in TargetGroup.choices}
    group_of = _target_groups(scope)
    reached: set[tuple[str, int]] = set()
    rows = _marks(scope).values_list("session_id", "participant_id", "mark", F("session__starts_at"))
    for number, (session, person, mark, at) in enumerate(rows.iterator(chunk_size=_CHUNK)):
        if number % _CHUNK == 0:
            beat(number)
        target = group_of(person, at.astimezone(BRUSSELS).date())
        line = tables["target"][targets.get(target or "") or _("unknown")]
        if mark == Attendance.Mark.PRESENT and (target or "", session) not in reached and session in lasted:
            reached.add((target or "", session))
            line.add_held(lasted[session])
        line.add_mark(person, mark)
        for other in lines.get(session, ()):
            other.add_mark(person, mark)


def _sessions(scope: ReportScope) -> Iterable[Any]:
    return (
        scope.planned()
        .order_by()
        .values_list(
            "pk",
            "prison_id",
            "series__activity__organisation__short_name",
            "series__activity__domain",
            "state",
            "starts_at",
            "ends_at",
            "cancellation__reason",
        )
        .iterator(chunk_size=_CHUNK)
    )


def _marks(scope: ReportScope) -> Any:
    wanted = (Attendance.Mark.PRESENT, Attendance.Mark.NOT_BROUGHT)
    return scope.marks().filter(mark__in=wanted).order_by()


def _headcounts(scope: ReportScope) -> Iterable[tuple[int, int]]:
    rows = Headcount.objects.filter(session__in=scope.held().order_by().values("pk")).order_by()
    return rows.values_list("session_id", "people").iterator(chunk_size=_CHUNK)


def _target_groups(scope: ReportScope) -> Callable[[int, dt.date], str | None]:
    """The target group of the living unit in which somebody lived on a day."""
    stays: dict[int, list[tuple[dt.date, dt.date | None, str | None]]] = defaultdict(list)
    found = Stay.objects.filter(prison__in=scope.prison_ids).order_by("starts_on", "pk")
    for person, first, last, target in found.values_list(
        "participant_id", "starts_on", "ends_on", "unit__target_group"
    ).iterator(chunk_size=_CHUNK):
        stays[person].append((first, last, target))

    def group_of(person: int, day: dt.date) -> str | None:
        for first, last, target in reversed(stays.get(person, ())):
            if first <= day and (last is None or day <= last):
                return target
        return None

    return group_of
