"""Finding a room for the dates of a series that have none: the rooms, best first, and why not the others."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.errors import PlannerError
from core.secrets.digest import FIELD
from core.web import address
from planner.offer.one_series.own_series import own_series
from planner.offer.room_lines import room_lines
from planner.scheduling.bulk.room_finding import placings, take_room
from planner.scheduling.choices.room_fits import wanting_a_room
from planner.scheduling.placement.undo_effects import address_of
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Series


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def series_rooms(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Every room with the dates on which it is free; choosing one puts those dates there."""
    series = own_series(request, prison, pk)
    if request.method != "POST":
        return _page(request, series)
    try:
        outcome = take_room(
            series, address.number(request.POST.get("room")) or 0, by=request.user,
            seen=request.POST.get(FIELD, ""), access=request.access,
        )  # fmt: skip
    except PlannerError as error:
        return _page(request, series, error=error, status=error.status)
    count = len(outcome.session_ids)
    text = ngettext("%(count)s session has a room now.", "%(count)s sessions have a room now.", count)
    messages.success(request, text % {"count": count}, extra_tags=address_of(outcome.change_set))
    return redirect("enrollment:series_detail", prison.slug, series.pk)


def _page(
    request: PrisonRequest, series: Series, *, error: PlannerError | None = None, status: int = 200
) -> HttpResponse:
    rows = placings(series)
    lines = room_lines([row.fit for row in rows], request.access)
    context = {
        "series": series,
        "wanted": wanting_a_room(series),
        "rows": [
            {"line": line, "told": row.told, "digest": row.digest}
            for row, line in zip(rows, lines, strict=True)
        ],
        "error": error,
        "back": reverse("enrollment:series_detail", args=[series.prison.slug, series.pk]),
    }
    return render(request, "planner/offer/series_rooms.html", context, status=status)
