"""The first page of each role, and search over everything that the reader may find."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.web.htmx import render_part
from planner.offer.readiness import Step, steps
from planner.today.search import find
from planner.today.summary import summary_of
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Series


@require_GET
@prison_view()
def today(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """What is today, what needs me, what is wrong: in that order."""
    context = {"summary": summary_of(request.access), "first_step": _first_step(request.access)}
    return render(request, "planner/today/today.html", context)


def _first_step(access: Access) -> Step | None:
    """In a prison where nothing was planned yet: what is to be set up next, for whoever may."""
    prison = access.prison
    if not access.has(Right.MANAGE_RULES) or Series.objects.in_prison(prison).exists():
        return None
    return next((step for step in steps(prison) if not step.is_done), None)


@require_GET
@prison_view()
def search(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """People, series, rooms and actions; the list under the box for HTMX, a page of its own without."""
    words = request.GET.get("q", "").strip()[:80]
    context = {"words": words, "groups": find(words, request.access)}
    return render_part(request, "planner/today/search.html", "planner/today/_results.html", context)
