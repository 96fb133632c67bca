"""Publishing one series: all its drafts that have a place, whatever term they lie in; the effect first."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.dates.clock import today
from core.secrets.digest import FIELD, NotAsShown
from planner.offer.one_series.own_series import own_series
from planner.scheduling.placement.undo_effects import address_of
from planner.scheduling.publishing import Publication, PublicationRefused, look, publish
from planner.scheduling.rules.sentences import Spoken, reasons_of_each
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import GroupSession, Series

EVER = dt.date(dt.MAXYEAR, 12, 31)


@require_http_methods(["GET", "POST"])
@prison_view(Right.PUBLISH)
def series_publish(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """What is ready, what stands in the way and what lies in the tray; then the act."""
    series = own_series(request, prison, pk)
    if request.method != "POST":
        return _page(request, series)
    try:
        outcome = publish(
            prison, today(), EVER, series=series, by=request.user, access=request.access,
            leave_out_refused=request.POST.get("leave_out") == "1", seen=request.POST.get(FIELD, ""),
        )  # fmt: skip
    except NotAsShown as error:
        return _page(request, series, error=error, status=error.status)
    except PublicationRefused as error:
        return _page(request, series, status=error.status)
    count = len(outcome.session_ids) if outcome else 0
    text = ngettext("%(count)s session is published.", "%(count)s sessions are published.", count)
    said = text % {"count": count} if count else _("Nothing to publish.")
    messages.success(request, said, extra_tags=address_of(outcome.change_set) if outcome else "")
    return redirect(_back(prison, series))


def _back(prison: Prison, series: Series) -> str:
    return reverse("enrollment:series_detail", args=[prison.slug, series.pk])


def _page(
    request: PrisonRequest, series: Series, *, error: NotAsShown | None = None, status: int = 200
) -> HttpResponse:
    publication = look(series.prison, today(), EVER, request.access, series=series)
    context = {
        "series": series,
        "publication": publication,
        "refused": _in_words(publication, request),
        "error": error,
        "back": _back(series.prison, series),
    }
    return render(request, "planner/offer/series_publish.html", context, status=status)


def _in_words(publication: Publication, request: PrisonRequest) -> list[tuple[GroupSession, list[Spoken]]]:
    """Each session that is refused, with its reasons."""
    reasons = reasons_of_each(request.access, [found for _session, found in publication.refused])
    return [(session, said) for (session, _found), said in zip(publication.refused, reasons, strict=True)]
