"""Choosing the days and units of a leaflet, and the PDF."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.dates import clock
from core.dates.weeks import Week
from core.paper import unprintable_names
from core.web import address
from planner.leaflet import drawing
from planner.leaflet.drawing import WantedLeaflet
from planner.leaflet.programme import missing_titles
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.people.organisations import kept_ids
from prisons.models import Prison, Unit

_WEEKS = (1, 2, 4)


@prison_view(Right.PLACE)
def leaflet(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """What the leaflet will hold, and the titles that are still missing."""
    wanted = _asked(request, prison)
    query = request.GET.urlencode()
    missing = missing_titles(prison, wanted.first, wanted.last, with_english=wanted.third)
    found = drawing.programmes_of(prison, wanted)
    context = {
        "week": wanted.week,
        "weeks": wanted.weeks,
        "choices": _WEEKS,
        "third": wanted.third,
        "units": Unit.objects.in_prison(prison).filter(is_active=True),
        "chosen": set(wanted.units),
        "programmes": found,
        "unprintable": unprintable_names(drawing.titles_of(found, wanted)),
        "missing": missing,
        "kept": kept_ids(request.access, [activity.organisation for activity in missing]),
        "pdf": reverse("planner:leaflet_file", args=[prison.slug]) + (f"?{query}" if query else ""),
    }
    return render(request, "planner/leaflet/leaflet.html", context)


@prison_view(Right.PLACE)
def leaflet_file(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """A page or more per living unit; for a great many lines a job."""
    wanted = _asked(request, prison)
    found = drawing.programmes_of(prison, wanted)
    if drawing.lines_of(found) > drawing.MOST_AT_ONCE:
        back = f"{reverse('planner:leaflet', args=[prison.slug])}?{request.GET.urlencode()}"
        job = drawing.start(prison, wanted, by=request.user, back=back)
        return redirect("prisons:job_detail", prison.slug, job.pk)
    body = drawing.draw(prison, found, wanted)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{wanted.file_name}"'
    return response


def _asked(request: PrisonRequest, prison: Prison) -> WantedLeaflet:
    """Nonsense is next week, all units, no English."""
    asked: Any = request.GET
    week = address.week(asked.get("week")) or Week.from_date(clock.today() + dt.timedelta(days=7))
    weeks = asked.get("weeks", "1")
    keys = address.numbers(asked.getlist("unit"))
    units = Unit.objects.in_prison(prison).filter(pk__in=keys).values_list("pk", flat=True) if keys else ()
    chosen = tuple(units) or ((0,) if keys else ())  # units of nowhere: a leaflet of nobody, not of everybody
    number = int(weeks) if weeks in {str(one) for one in _WEEKS} else 1
    return WantedLeaflet(week, number, chosen, asked.get("third") == "en")
