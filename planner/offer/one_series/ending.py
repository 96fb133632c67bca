"""Ending a series by hand: what it does, the button, and the way back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.errors import PlannerError
from core.secrets.digest import FIELD
from planner.offer.one_series.own_series import own_series
from planner.scheduling.placement.undo import undo
from planner.scheduling.placement.undo_effects import digest_of
from planner.scheduling.series import series_end
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import ChangeSet, Prison
from sessions.models import Series

MOST_DATES = 12


@prison_view(Right.PLACE)
def series_end_page(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Who is told what, and what does not take place any more; posted, the series ends today."""
    series = own_series(request, prison, pk)
    if request.method != "POST":
        return _show(request, series)
    try:
        outcome = series_end.end(request.access, series, seen=request.POST.get(FIELD, ""))
    except PlannerError as error:
        return _show(request, series, error)
    answered = outcome.change_set.facts["answered"]
    told = ngettext(
        "%(series)s has ended. %(count)s person gets a slip.",
        "%(series)s has ended. %(count)s people get a slip.",
        answered,
    )
    undo_url = reverse("planner:series_reopen", args=[prison.slug, outcome.change_set.pk])
    undo_url = f"{undo_url}?{FIELD}={digest_of(outcome.change_set)}"
    messages.success(request, told % {"series": series, "count": answered}, extra_tags=undo_url)
    return redirect("enrollment:series_detail", prison.slug, pk)


def _show(request: PrisonRequest, series: Series, error: PlannerError | None = None) -> HttpResponse:
    effect = series_end.effect_of(series)
    act = series_end.that_ended(series, request.user) if series.ended_on else None
    context = {
        "series": series,
        "effect": effect,
        "more": max(len(effect.sessions) - MOST_DATES, 0),
        "shown": effect.sessions[:MOST_DATES],
        "error": error,
        "act": act,
        "undo_seen": digest_of(act) if act else "",
    }
    status = error.status if error else 200
    return render(request, "planner/offer/series_end.html", context, status=status)


@prison_view(Right.PLACE)
@require_POST
def series_reopen(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Takes the end of a series back: sessions, places and the waiting list are as they were."""
    act = get_object_or_404(ChangeSet.objects.in_prison(prison).filter(verb=series_end.VERB), pk=pk)
    series = own_series(request, prison, act.facts["series"])
    try:
        seen = request.POST.get(FIELD) or request.GET.get(FIELD, "")
        undo(act, by=request.user, seen=seen, access=request.access)
    except PlannerError as error:
        return _show(request, series, error)
    messages.success(request, _("%(series)s goes on: everything is as it was.") % {"series": series})
    return redirect("enrollment:series_detail", prison.slug, series.pk)
