"""Facilitators to choose from while typing, each with permission and how many of the dates are free."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.errors import PlannerError
from core.web import address
from core.web.forms import PlainForm
from planner.offer.forms import minutes_between
from planner.scheduling.bulk.date_edits import Scope, dates_ahead
from planner.scheduling.choices.worker_fits import Span, worker_fits, workers_like
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.models import Holiday
from sessions.domain import recurrence
from sessions.models import Activity, GroupSession

MOST = 12


class PatternForm(PlainForm):
    """The dates that the form has so far; without them only the permission is told."""

    starts_on = forms.DateField()
    start_time = forms.TimeField()
    end_time = forms.TimeField()
    weeks = forms.IntegerField(min_value=1, max_value=recurrence.MAX_SESSIONS)
    every_weeks = forms.IntegerField(min_value=1, max_value=2)

    def spans(self, prison: Prison) -> list[Span]:
        if not self.is_valid():
            return []
        data = self.cleaned_data
        minutes = minutes_between(data["start_time"], data["end_time"])
        pattern = recurrence.Pattern(
            first_on=data["starts_on"], starts=data["start_time"], duration_minutes=minutes,
            weeks=data["weeks"], interval_weeks=data["every_weeks"],
        )  # fmt: skip
        holidays: set[dt.date] = set(Holiday.objects.in_prison(prison).values_list("on", flat=True))
        try:
            dates = recurrence.occurrences(pattern, holidays=holidays)
        except PlannerError:
            return []
        return [(one.starts_at, one.ends_at) for one in dates if one.starts_at and one.ends_at]


@require_GET
@prison_view(Right.PLACE)
def worker_choices(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Best first: free on most dates, of the same service, by name."""
    found = workers_like(prison, request.GET.get("workers_q", "")[:80])
    if (dates := _dates_ahead(request, prison)) is not None:
        spans = [(one.starts_at, one.ends_at) for one in dates if one.starts_at and one.ends_at]
        service = dates[0].series.activity.organisation_id if dates else None
        fits = worker_fits(prison, found, spans, service, gone=[one.pk for one in dates])
    else:
        fits = worker_fits(prison, found, PatternForm(request.GET).spans(prison), _service(request, prison))
    context = {"fits": fits[:MOST], "more": max(0, len(fits) - MOST)}
    return render(request, "planner/offer/_worker_choices.html", context)


def _dates_ahead(request: PrisonRequest, prison: Prison) -> list[GroupSession] | None:
    """Where dates that stand already are changed: those, as far as the form means them."""
    number = address.number(request.GET.get("session"))
    session = GroupSession.objects.in_prison(prison).live().filter(pk=number).first() if number else None
    if session is None or not request.access.may_change(session.series.activity.organisation):
        return None
    asked = request.GET.get("scope", "")
    return dates_ahead(session, Scope(asked) if asked in list(Scope) else Scope.FOLLOWING)


def _service(request: PrisonRequest, prison: Prison) -> int | None:
    """Of the activity that is chosen in the form."""
    chosen = address.number(request.GET.get("activity")) or 0
    rows = Activity.objects.filter(organisation__prisons=prison, pk=chosen)
    return rows.values_list("organisation_id", flat=True).first()
