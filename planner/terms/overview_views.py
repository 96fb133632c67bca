"""The page of a term: weeks by series, with the filters of the board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.dates import clock
from core.dates.clock import today
from core.paper.answering import shown_pdf
from core.web import address
from core.web.htmx import is_partial, render_part
from planner.board.week.choices import filter_choices, in_words
from planner.board.week.filters import BoardFilter
from planner.terms.copy_choice import new_term_url
from planner.terms.drawn_marks import DrawnMarks
from planner.terms.overview import term_overview
from planner.terms.term_paper import term_paper
from planner.terms.term_weeks import term_of_day
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Term


@dataclass(frozen=True)
class TermSteps:
    """The term before and the term after; empty where there is none."""

    before: str
    after: str
    now: str


@require_GET
@prison_view(Right.SEE_BOARD)
def term_overview_page(request: PrisonRequest, prison: Prison) -> HttpResponse:
    terms, term = _terms(request, prison)
    context: dict[str, Any] = {"terms": terms, "new_term_url": new_term_url(request.access)}
    if term is not None:
        chosen = BoardFilter.read(request.GET, request.access)
        overview = term_overview(prison, term, request.access, chosen, sort=request.GET.get("sort", ""))
        board_url = reverse("planner:board", args=[prison.slug])
        marks = DrawnMarks(board_url)
        context |= {
            "board_url": board_url,
            "is_part": is_partial(request),
            "overview": overview,
            "rows": [(row, marks.cells(row)) for row in overview.rows],
            "filter": chosen,
            "choices": filter_choices(request.access),
            "neutral": not gate.may_ask(request.access, gate.Fact.TITLE),
            "steps": _steps(request, prison, terms, term),
            "pdf_url": f"{reverse('planner:term_file', args=[prison.slug])}?{_kept(request, term)}",
        }
    return render_part(request, "planner/terms/overview.html", "planner/terms/_overview.html", context)


@require_GET
@prison_view(Right.SEE_BOARD)
@never_cache
def term_file(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The same on paper, with the same filter and order."""
    _all, term = _terms(request, prison)
    if term is None:
        raise Http404
    chosen, access, now = BoardFilter.read(request.GET, request.access), request.access, clock.now()
    overview = term_overview(prison, term, access, chosen, sort=request.GET.get("sort", ""), now=now)
    body = term_paper(overview, access, in_words(chosen, access), now=now)
    return shown_pdf(body, f"{prison.slug}-term-{term.starts_on}")


def _terms(request: PrisonRequest, prison: Prison) -> tuple[list[Term], Term | None]:
    """All of them, and the one that is asked for, else the present one."""
    terms = list(Term.objects.in_prison(prison).order_by("starts_on", "pk"))
    wanted = address.number(request.GET.get("term"))
    return terms, next((one for one in terms if one.pk == wanted), None) or term_of_day(terms)


def _steps(request: PrisonRequest, prison: Prison, terms: list[Term], term: Term) -> TermSteps:
    """What is filtered stays filtered from term to term."""
    here = reverse("planner:term_overview", args=[prison.slug])
    number = terms.index(term)

    def address(other: Term | None) -> str:
        return f"{here}?{_kept(request, other)}" if other else ""

    running = term_of_day(terms, today())
    return TermSteps(
        address(terms[number - 1] if number else None),
        address(terms[number + 1] if number + 1 < len(terms) else None),
        address(running),
    )


def _kept(request: PrisonRequest, term: Term) -> str:
    """What was filtered, of another term."""
    kept = [(name, value) for name, value in request.GET.items() if name != "term" and value]
    return urlencode([*kept, ("term", term.pk)])
