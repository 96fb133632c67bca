"""The reports page, and the list behind every number on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.web.pages import asked_page
from core.words.languages import SPOKEN
from enrollment.models import Attendance, Request
from planner.reports import lists
from planner.reports.demand import Balance
from planner.reports.figures import Figures, figures_of
from planner.reports.forms import ScopeForm
from planner.reports.scope import ReportScope
from planner.reports.titles import title_of
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Cancellation, Domain

PAGE = 100
_LANGUAGES = dict(SPOKEN)


@dataclass(frozen=True)
class Number:
    """One number on the page, and the list whose length it is."""

    value: int
    url: str
    label: str = ""


@dataclass(frozen=True)
class BalanceLine:
    name: str
    asked: Number
    places: Number


Link = Callable[..., str]


@prison_view(Right.REPORT)
def reports(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = ScopeForm(request.GET or None, access=request.access)
    scope = form.scope()
    found, link = figures_of(scope), _link(prison, scope)
    neutral = not gate.may_ask(request.access, gate.Fact.SERVICE)
    balances = _balances(found, link, of_own=bool(scope.people_of))[-1 if neutral else 0 :]
    context = {
        "form": form.shown(scope),
        "scope": scope,
        "figures": found,
        "demand": found.demand,
        "not_brought_url": link("marks", "not_brought"),
        "present_url": link("marks", "present"),
        "links": {name.replace("-", "_"): link(name) for name in lists.LISTS},
        "cancelled": _by_cause(found, link),
        "marks": _by_mark(found, link),
        "ended": [
            Number(number, link("ended", state), str(Request.State(state).label))
            for state, number in (("unreadable", found.demand.unreadable), ("left", found.demand.left))
        ],
        "services": [] if scope.organisation_ids or neutral else _by_service(found, prison, scope),
        "balances": balances,
        "of_own": bool(scope.people_of),
        "most": _most(balances),
    }
    return render(request, "planner/reports/reports.html", context)


def _link(prison: Prison, scope: ReportScope, service: int | None = None) -> Link:
    """Makes the address of a list over the same days and service as the page."""
    chosen = service or next(iter(scope.organisation_ids or ()), "")
    days: dict[str, Any] = {"first": scope.period.first, "last": scope.period.last}
    shared = days | ({"service": chosen} if chosen else {})

    def link(what: str, code: str | None = None) -> str:
        asked = shared | ({} if code is None else {"code": code})
        return f"{reverse('planner:report_list', args=[prison.slug, what])}?{urlencode(asked)}"

    return link


def _by_cause(found: Figures, link: Link) -> list[Number]:
    labels = dict(Cancellation.Reason.choices)
    return [Number(n, link("cancelled", code), str(labels[code])) for code, n in found.cancelled.items()]


def _by_mark(found: Figures, link: Link) -> list[Number]:
    return [
        Number(found.marks[code], link("marks", code), str(label))
        for code, label in Attendance.Mark.choices
        if code in found.marks
    ]


def _by_service(found: Figures, prison: Prison, scope: ReportScope) -> list[dict[str, Any]]:
    """A line for each service, with its own links."""
    lines = []
    for line in found.services:
        link = _link(prison, scope, line.pk)
        days = {"first": scope.period.first, "last": scope.period.last, "service": line.pk}
        numbers = [
            Number(line.planned, link("planned")),
            Number(line.held, link("held")),
            Number(line.cancelled, link("cancelled")),
            Number(line.present, link("marks", "present")),
            Number(line.not_brought, link("marks", "not_brought")),
        ]
        lines.append({"name": line.name, "url": f"?{urlencode(days)}", "numbers": numbers})
    return lines


def _balances(found: Figures, link: Link, *, of_own: bool) -> list[tuple[str, list[BalanceLine]]]:
    demand = found.demand

    def named(what: str, rows: list[Balance], words: dict[str, str]) -> list[BalanceLine]:
        return [
            BalanceLine(
                words.get(row.key, row.key) or _("no language asked"),
                Number(row.asked, link(f"asked-by-{what}", row.key)),
                Number(row.places, link(f"places-by-{what}", row.key)),
            )
            for row in rows
        ]

    domains = {code: str(label) for code, label in Domain.choices}
    return [
        (_("By life domain"), named("domain", demand.domains, domains)),
        (_("By language of the group"), named("language", demand.languages, _LANGUAGES)),
        (
            _("By living unit (requests to own services)") if of_own else _("By living unit"),
            named("unit", demand.units, {}),
        ),
    ]


def _most(balances: list[tuple[str, list[BalanceLine]]]) -> int:
    """The longest bar of those that are shown: all bars have its scale, and it tells nothing of the others."""
    lines = [line for _title, shown in balances for line in shown]
    return max((max(line.asked.value, line.places.value) for line in lines), default=1) or 1


_RELATED = {
    lists.SESSIONS: ("series__activity__organisation", "room", "cancellation", "headcount"),
    lists.MARKS: ("session__series__activity__organisation", "session__room"),
    lists.REQUESTS: ("series__activity", "activity", "organisation"),
    lists.WAITING: ("series__activity__organisation",),
}
_ORDER = {
    lists.SESSIONS: "starts_at",
    lists.MARKS: "session__starts_at",
    lists.REQUESTS: "received_on",
    lists.WAITING: "waiting_since",
}


@prison_view(Right.REPORT)
def report_list(request: PrisonRequest, prison: Prison, what: str) -> HttpResponse:
    """The rows behind one number: sessions, places, or marks and requests without a person."""
    scope, code = ScopeForm(request.GET or None, access=request.access).scope(), request.GET.get("code", "")
    if what.endswith(("-by-domain", "-by-language")) and not gate.may_ask(request.access, gate.Fact.DOMAIN):
        raise Http404
    kind, rows = lists.rows_of(scope, what, code)
    if isinstance(rows, QuerySet):
        rows = rows.select_related(*_RELATED[kind]).order_by(_ORDER[kind], "pk")
        if kind == lists.REQUESTS:
            rows = rows.annotate(is_answered_to_reader=scope.is_answered_to_reader())
    page = asked_page(request, rows, PAGE)
    context = {
        "page": page,
        "kind": kind,
        "title": title_of(what, code),
        "scope": scope,
        "back": f"{reverse('planner:reports', args=[prison.slug])}?{_days(request)}",
        "neutral": not gate.may_ask(request.access, gate.Fact.TITLE),
    }
    return render(request, "planner/reports/report_list.html", context)


def _days(request: PrisonRequest) -> str:
    """The choice of the page one came from."""
    names = ("first", "last", "service")
    return urlencode({name: request.GET[name] for name in names if name in request.GET})
