"""The plan of an earlier term, pasted from a spreadsheet into a term that is to come."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from core.dates.clock import today
from planner.scheduling.placement.undo import undo
from planner.scheduling.series.pasted import SeriesLines
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import ChangeSet, Prison, User
from rooms.forms import PasteForm
from rooms.views import pasting
from rooms.views.pasting import PastePage
from sessions.forms import own_services
from sessions.models import Term


@prison_view(Right.PLACE)
def plan_paste(request: PrisonRequest, prison: Prison) -> HttpResponse:
    page = PastePage(
        _("Paste a plan"),
        reverse("planner:series_list", args=[prison.slug]),
        pgettext("several", "Series"),
        (
            (_("Activity"), _("Day"), _("From"), _("Until"), _("Room"), _("Places"), _("Facilitators")),
            ("Yoga", "di", "13:30", "15:00", "Sportzaal", "12", "Els Cools"),
            ("Français 1", "jeudi", "9h", "11h", "Classe 2", "10", ""),
        ),
        "planner:plan_paste_undo",
        _("Each line becomes a series on its day in the term that you choose, as drafts."),
        asks={"term": _terms(prison)},
        is_setting=False,
    )
    return pasting.paste(request, page, partial(_lines, request))


def _terms(prison: Prison) -> forms.Field:
    coming = Term.objects.in_prison(prison).filter(ends_on__gte=today()).order_by("starts_on")
    return forms.ModelChoiceField(
        label=_("Into the term"),
        queryset=coming,
        empty_label=None,
        help_text="" if coming else _("There is no term that is to come. Add one under Settings first."),
    )


def _lines(request: PrisonRequest, form: PasteForm, language: str) -> SeriesLines:
    services = tuple(own_services(request.access))
    return SeriesLines(request.access, request.user, language, services, form.asked_value("term"))


@require_POST
@prison_view(Right.PLACE)
def plan_paste_undo(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    back = reverse("planner:series_list", args=[prison.slug])
    way = partial(_undone, request)
    return pasting.take_back(request, pk, ("paste_plan",), back, {ChangeSet: way})


def _undone(request: PrisonRequest, act: Any, by: User, at: dt.datetime) -> None:
    """A series goes the way of every undo of the plan, with all that it asks."""
    undo(act, by=by, now=at, access=request.access)
