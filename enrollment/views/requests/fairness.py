"""What the requests say: how long people wait for a place, and what they wish for; the list behind each number."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates.clock import today
from core.web.forms import DateInput, PlainForm
from core.web.pages import asked_page
from core.words.languages import language_names
from enrollment.domain.deciding import fairness
from enrollment.domain.deciding.fairness import ASKED, LANGUAGE, NO_PLACE, PLACED, UNIT, WAITING, FairnessLine
from enrollment.domain.notes import wishes
from enrollment.models import Request
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison

LABELS = {
    ASKED: gettext_lazy("asked"),
    PLACED: gettext_lazy("got a place"),
    WAITING: gettext_lazy("waiting now"),
    NO_PLACE: gettext_lazy("no place"),
}


SPAN = dt.timedelta(days=91)
YEAR = dt.timedelta(days=365)
ROWS = 100


class PeriodForm(PlainForm):
    """Of notes that came in when. Without usable days the last three months, or the span that a page names."""

    first = forms.DateField(label=gettext_lazy("from"), widget=DateInput())
    last = forms.DateField(label=gettext_lazy("until and including"), widget=DateInput())

    def days(self, span: dt.timedelta = SPAN) -> tuple[dt.date, dt.date]:
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        last = data.get("last") or today()
        first = data.get("first") or last - span
        return min(first, last), max(first, last)


@prison_view(Right.ENTER_REQUESTS, Right.REPORT)
def waiting_times(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Two tables. Own services with links to people; others see the prison as a whole, small numbers masked."""
    first, last = PeriodForm(request.GET or None).days()
    rows = fairness.asked_between(request.access, first, last)
    sees = fairness.may_see_lists(request.access)
    period = f"first={first}&last={last}"
    context = {
        "form": PeriodForm(initial={"first": first, "last": last}),
        "first": first,
        "last": last,
        "sees_lists": sees,
        "number": len(rows),
        "tables": [
            (by, title, [_shown(line, sees, f"by={by}&{period}") for line in fairness.lines(rows, by)])
            for by, title in ((UNIT, _("Living unit")), (LANGUAGE, _("Language")))
        ],
        "columns": list(LABELS.values()),
    }
    return render(request, "enrollment/waiting_times.html", context)


def _shown(line: FairnessLine, sees: bool, query: str) -> dict[str, Any]:
    """The cells of a line: a number with its address, or that there are few."""
    numbers = {what: getattr(line, what) for what in fairness.WHAT}
    shows = {what: sees or line.may_show(number) for what, number in numbers.items()}
    return {
        "label": line.label,
        "cells": [
            {
                "label": LABELS[what],
                "number": number if shows[what] else None,
                "query": f"{query}&what={what}" if sees and number else "",
            }
            for what, number in numbers.items()
        ],
        "key": line.key,
        "days_to_place": line.days_to_place if shows[PLACED] else None,
        "days_waiting": line.days_waiting if shows[WAITING] else None,
    }


@prison_view(Right.ENTER_REQUESTS)
def waiting_times_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The requests behind one number."""
    by, key, what = (request.GET.get(name, "") for name in ("by", "key", "what"))
    if by not in (UNIT, LANGUAGE) or what not in fairness.WHAT:
        raise Http404
    first, last = PeriodForm(request.GET).days()
    found = fairness.behind(fairness.asked_between(request.access, first, last), by, key, what)
    page = asked_page(request, found, ROWS)
    related = ("participant", "series__activity", "activity", "enrollment")
    requests = Request.objects.select_related(*related).in_bulk([row.request_id for row in page])
    context = {
        "page": page,
        "rows": [(requests[row.request_id], row) for row in page],
        "what": LABELS[what],
        "whom": language_names([key]) if by == LANGUAGE else key or _("no unit known"),
        "first": first,
        "last": last,
    }
    return render(request, "enrollment/waiting_times_list.html", context)


@prison_view(Right.ENTER_REQUESTS)
def wish_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The demand for what does not exist yet; who asked for it unfolds below the number."""
    first, last = PeriodForm(request.GET or None).days(YEAR)
    context = {
        "form": PeriodForm(initial={"first": first, "last": last}),
        "wishes": wishes.demand(request.access, first, last),
    }
    return render(request, "enrollment/wish_list.html", context)
