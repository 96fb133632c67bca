"""The year report of one authority as a workbook: definitions, then figures, small ones masked."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.xlsx import Column, PrintedWorkbook
from enrollment.models import Attendance, Stay
from planner.reports.scope import Period, Scope
from prisons.models import Organisation, Prison
from prisons.models.places import Authority, TargetGroup
from sessions.models import Cancellation, Domain, GroupSession

MASKED_BELOW = 5
"""People: a number of one to four says who it is."""

_DEFINITIONS = [
    (_("planned"), _("sessions published for a day of the year, whatever became of them")),
    (_("held"), _("planned, not cancelled, and over when the report was made")),
    (_("cancelled"), _("planned and then cancelled, by the cause that was given")),
    (_("hours"), _("of sessions that were held, each from its start to its end")),
    (_("participants"), _("different people who were present at least once; each counts once in a line")),
    (_("not brought"), _("people on the list whom the prison did not bring; counted apart from absence")),
    (_("masked"), _("numbers of one to four people are shown as < 5, and are part of the totals")),
    (_("target group"), _("that of the living unit in which the person lived on the day of the session")),
]


@dataclass
class Line:
    """The figures of one prison, service, domain or target group."""

    planned: int = 0
    held: int = 0
    minutes: int = 0
    cancelled: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    people: set[int] = field(default_factory=set)
    not_brought: int = 0


def workbook(authority: str, period: Period, *, language: str, now: dt.datetime) -> bytes:
    """All the prisons and services of the authority. A fixed number of queries."""
    services = Organisation.objects.filter(authority=authority)
    scope = Scope(
        prison_ids=tuple(Prison.objects.values_list("pk", flat=True)),
        period=period,
        now=now,
        organisation_ids=frozenset(services.values_list("pk", flat=True)),
    )
    with override(language):
        book = PrintedWorkbook(
            language=language,
            title=f"{Authority(authority).label} {period.first:%Y}",
            made_at=now,
            product=settings.PRODUCT_NAME,
            footer=f"{Authority(authority).label} · {period.first} – {period.last}",
        )
        tables = _tables(scope)
        _first_sheet(book, authority, period, tables["total"][""])
        for key, title in _TITLES.items():
            _sheet(book, str(title), tables[key])
    return book.to_bytes()


_TITLES = {
    "prison": _("By prison"),
    "service": _("By service"),
    "domain": _("By life domain"),
    "target": _("By target group"),
}


def _tables(scope: Scope) -> dict[str, dict[str, Line]]:
    """Key of a table -> name of a line -> its figures."""
    tables: dict[str, dict[str, Line]] = defaultdict(lambda: defaultdict(Line))
    tables["total"][""] = Line()
    keys: dict[int, tuple[tuple[str, str], ...]] = {}
    domains = dict(Domain.choices)
    for row in _sessions(scope):
        pk, prison, service, domain, state, starts_at, ends_at, reason = row
        keys[pk] = (("total", ""), ("prison", prison), ("service", service), ("domain", str(domains[domain])))
        for table, name in keys[pk]:
            _add_session(
                tables[table][name], state, ends_at - starts_at, reason, is_over=ends_at <= scope.now
            )
    targets = dict(TargetGroup.choices)
    for session, person, mark, target in _marks(scope):
        lines = [tables[table][name] for table, name in keys.get(session, ())]
        lines.append(tables["target"][str(targets.get(target or "", _("unknown")))])
        for line in lines:
            if mark == Attendance.Mark.PRESENT:
                line.people.add(person)
            line.not_brought += mark == Attendance.Mark.NOT_BROUGHT
    return tables


def _add_session(line: Line, state: str, lasted: dt.timedelta, reason: str | None, *, is_over: bool) -> None:
    line.planned += 1
    if state == GroupSession.State.CANCELLED:
        line.cancelled[reason or ""] += 1
    elif is_over:
        line.held += 1
        line.minutes += int(lasted.total_seconds() // 60)


def _sessions(scope: Scope) -> Iterable[Any]:
    rows = scope.planned().order_by()
    return rows.values_list(
        "pk",
        "prison__name_nl",
        "series__activity__organisation__short_name",
        "series__activity__domain",
        "state",
        "starts_at",
        "ends_at",
        "cancellation__reason",
    ).iterator(chunk_size=5000)


def _marks(scope: Scope) -> Iterable[tuple[int, int, str, str | None]]:
    """(session, person, mark, target group of the unit on that day)."""
    stays: dict[int, list[tuple[dt.date, dt.date | None, str | None]]] = defaultdict(list)
    found = Stay.objects.filter(prison__in=scope.prison_ids).order_by("starts_on")
    for person, first, last, target in found.values_list(
        "participant_id", "starts_on", "ends_on", "unit__target_group"
    ):
        stays[person].append((first, last, target))
    rows = scope.marks().filter(mark__in=(Attendance.Mark.PRESENT, Attendance.Mark.NOT_BROUGHT)).order_by()
    for session, person, mark, at in rows.values_list(
        "session_id", "participant_id", "mark", F("session__starts_at")
    ).iterator(chunk_size=5000):
        day = at.date()
        covering = [
            target for first, last, target in stays[person] if first <= day and (last is None or day <= last)
        ]
        yield session, person, mark, covering[-1] if covering else None


def _first_sheet(book: PrintedWorkbook, authority: str, period: Period, total: Line) -> None:
    sheet = book.sheet(_("Definitions"))
    sheet.heading(str(Authority(authority).label))
    sheet.note(f"{period.first:%d-%m-%Y} – {period.last:%d-%m-%Y}", is_bold=True)
    sheet.note(
        _("Different participants over all services, each counted once: %(number)s")
        % {"number": masked(len(total.people))}
    )
    sheet.note()
    sheet.table([Column(_("Word")), Column(_("What it means"))], _DEFINITIONS)


def _sheet(book: PrintedWorkbook, title: str, lines: dict[str, Line]) -> None:
    reasons = [
        code
        for code in Cancellation.Reason.values
        if any(line.cancelled.get(code) for line in lines.values())
    ]
    labels = dict(Cancellation.Reason.choices)
    has_sessions = any(line.planned for line in lines.values())
    columns = [Column(title)]
    if has_sessions:
        columns += [
            Column(_("planned"), is_centred=True),
            Column(_("held"), is_centred=True),
            Column(_("hours"), is_centred=True),
        ]
        columns += [
            Column(
                _("%(label)s: %(text)s") % {"label": _("cancelled"), "text": labels[code]}, is_centred=True
            )
            for code in reasons
        ]
    columns += [Column(_("participants"), is_centred=True), Column(_("not brought"), is_centred=True)]
    sheet = book.sheet(title, "landscape")
    sheet.heading(title)
    sheet.table(columns, (_cells(name, lines[name], reasons, has_sessions) for name in sorted(lines)))


def _cells(name: str, line: Line, reasons: list[str], has_sessions: bool) -> list[Any]:
    cells: list[Any] = [name]
    if has_sessions:
        cells += [line.planned, line.held, round(line.minutes / 60, 1)]
        cells += [line.cancelled.get(code, 0) for code in reasons]
    return [*cells, masked(len(line.people)), masked(line.not_brought)]


def masked(people: int) -> int | str:
    """The number, unless it is so small that it points at somebody."""
    return f"< {MASKED_BELOW}" if 0 < people < MASKED_BELOW else people
