"""The reports page, and the list behind every number on it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from enrollment.models import Attendance
from planner.reports.figures import DOMAIN_WORDS, Balance, figures_of
from planner.reports.forms import ScopeForm
from planner.reports.scope import Scope
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Cancellation

PAGE = 100
_LANGUAGES = {"nl": "Nederlands", "fr": "Français", "en": "English"}


@prison_view(Right.REPORT)
def reports(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = ScopeForm(request.GET or None, access=request.access)
    scope = form.scope()
    found = figures_of(scope)
    params = _params(form, scope)
    base = reverse("planner:report_list", args=[prison.slug, "what"])
    context = {
        "form": form,
        "scope": scope,
        "figures": found,
        "links": {
            name.replace("-", "_"): base.replace("/what/", f"/{name}/") + f"?{params}" for name in _LISTS
        },
        "cancelled": [
            (dict(Cancellation.Reason.choices)[code], n, code) for code, n in found.cancelled.items()
        ],
        "marks": [
            (label, found.marks.get(code, 0), code)
            for code, label in Attendance.Mark.choices
            if code in found.marks
        ],
        "balances": [
            (_("By life domain"), _named(found.domains, DOMAIN_WORDS)),
            (_("By language of the group"), _named(found.languages, _LANGUAGES)),
            (_("By living unit"), _named(found.units, {})),
        ],
    }
    return render(request, "planner/reports/reports.html", context)


def _params(form: ScopeForm, scope: Scope) -> str:
    service = f"&service={next(iter(scope.organisation_ids))}" if scope.organisation_ids else ""
    return f"first={scope.period.first}&last={scope.period.last}{service}"


def _named(rows: list[Balance], words: Any) -> list[tuple[str, int, int]]:
    return [
        (str(words.get(row.key, row.key) or _("no language asked")), row.asked, row.places) for row in rows
    ]


_LISTS = ("planned", "held", "to-come", "cancelled", "marks", "new-people", "requests", "unanswered")


def _rows(scope: Scope, what: str, code: str) -> QuerySet[Any]:
    """The very query whose length the number is. Raises Http404 for a list that there is not."""
    found: dict[str, Any] = {
        "planned": scope.planned,
        "held": scope.held,
        "to-come": scope.to_come,
        "cancelled": lambda: scope.cancelled(code),
        "marks": lambda: scope.marks(code),
        "new-people": scope.first_times,
        "requests": scope.requests,
        "unanswered": scope.unanswered,
    }
    if what not in found:
        raise Http404
    rows: QuerySet[Any] = found[what]()
    return rows


@prison_view(Right.REPORT)
def report_list(request: PrisonRequest, prison: Prison, what: str) -> HttpResponse:
    """The rows behind one number: sessions, or marks and requests without a person."""
    form = ScopeForm(request.GET or None, access=request.access)
    rows = _rows(form.scope(), what, request.GET.get("code", ""))
    kind = {"marks": "marks", "new-people": "marks", "requests": "requests", "unanswered": "requests"}.get(
        what, "sessions"
    )
    related = {
        "sessions": ("series__activity__organisation", "room", "cancellation"),
        "marks": ("session__series__activity__organisation", "session__room"),
        "requests": ("series__activity", "activity", "organisation"),
    }[kind]
    order = {"sessions": "starts_at", "marks": "session__starts_at", "requests": "received_on"}[kind]
    page = Paginator(rows.select_related(*related).order_by(order, "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "kind": kind, "neutral": request.access.uses_neutral_names}
    return render(request, "planner/reports/report_list.html", context)
