"""The page of a term: weeks by series, with the filters of the board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import address
from core.clock import today
from core.htmx import render_part
from planner.board.choices import filter_choices
from planner.board.filters import BoardFilter
from planner.terms.copy_choice import new_term_url
from planner.terms.overview import term_overview
from planner.terms.term_weeks import term_of_day
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Term


@dataclass(frozen=True)
class Steps:
    """The term before and the term after; empty where there is none."""

    before: str
    after: str
    now: str


@require_GET
@prison_view(Right.SEE_BOARD)
def term_overview_page(request: PrisonRequest, prison: Prison) -> HttpResponse:
    terms = list(Term.objects.in_prison(prison).order_by("starts_on", "pk"))
    wanted = address.number(request.GET.get("term"))
    term = next((one for one in terms if one.pk == wanted), None) or term_of_day(terms)
    context: dict[str, Any] = {"terms": terms, "new_term_url": new_term_url(request.access)}
    if term is not None:
        chosen = BoardFilter.read(request.GET, request.access)
        sort = request.GET.get("sort", "")
        context |= {
            "overview": term_overview(prison, term, request.access, chosen, sort=sort),
            "filter": chosen,
            "choices": filter_choices(request.access),
            "neutral": not gate.may_ask(request.access, gate.Fact.TITLE),
            "steps": _steps(request, prison, terms, term),
            "board_url": reverse("planner:board", args=[prison.slug]),
        }
    return render_part(request, "planner/terms/overview.html", "planner/terms/_overview.html", context)


def _steps(request: PrisonRequest, prison: Prison, terms: list[Term], term: Term) -> Steps:
    """What is filtered stays filtered from term to term."""
    here = reverse("planner:term_overview", args=[prison.slug])
    kept = [(name, value) for name, value in request.GET.items() if name != "term" and value]
    number = terms.index(term)

    def address(other: Term | None) -> str:
        return f"{here}?{urlencode([*kept, ('term', other.pk)])}" if other else ""

    running = term_of_day(terms, today())
    return Steps(
        address(terms[number - 1] if number else None),
        address(terms[number + 1] if number + 1 < len(terms) else None),
        address(running),
    )
