"""The page of a series: everything needed to fill one group on one URL."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.htmx import render_part
from enrollment.domain.deciding import date_rows, group
from enrollment.domain.requests import seats
from enrollment.domain.requests.agreement import Answer
from enrollment.domain.requests.decisions import DECLINE_REASONS, END_REASONS
from enrollment.domain.requests.waiting_list import HandReason
from enrollment.models import Enrollment
from enrollment.views.shared import PageNotice, PageTab, find_series, sees_people
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Series

TAB_LABELS = {
    "in_group": gettext_lazy("In the group"),
    "waiting": gettext_lazy("Waiting list"),
    "undecided": gettext_lazy("To decide"),
    "suitable": gettext_lazy("Suitable people"),
}


@prison_view(Right.SEE_BOARD)
def series_detail(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return show_series(request, find_series(request.access, pk), request.GET.get("tab", ""))


def show_series(
    request: PrisonRequest, series: Series, tab: str, *, notice: PageNotice | None = None, status: int = 200
) -> HttpResponse:
    """The whole page, or for HTMX the group; also the answer of every verb on an enrolment."""
    context = _context(request, series, tab) | {"notice": notice}
    return render_part(
        request, "enrollment/series_detail.html", "enrollment/_group.html", context, status=status
    )


def show_decided(request: PrisonRequest, series: Series, row: Enrollment, notice: PageNotice) -> HttpResponse:
    """Of the requests to decide one is gone: that row, the numbers and the sentence are all that changes.

    Empty lists, and tabs whose other rows move up, are drawn anew.
    """
    head = group.head_of(series, "undecided")
    if row.state == Enrollment.State.REQUESTED or not head.places.requested:
        return show_series(request, series, "undecided", notice=notice)
    context = {
        "series": series,
        "places": head.places,
        "wanted": wanted_of(series),
        "tabs": _tabs(series, head),
        "notice": notice,
        "decided": row,
    }
    response = render(request, "enrollment/_group_changed.html", context)
    response["HX-Reswap"] = "none"  # every part of it finds its own place
    return response


def _context(request: PrisonRequest, series: Series, tab: str) -> dict[str, Any]:
    access = request.access
    title = gate.name_of(access, series)
    may_plan = access.has(Right.PLACE) and access.may_change(series.activity.organisation)
    if not sees_people(access, series):
        return {
            "series": series,
            "title": title,
            "places": seats.count(series),
            "dates": date_rows.dates_of(series, known=gate.sessions_for(access)),
            "sees_people": False,
            "may_plan": may_plan,
        }
    shown = group.page_of(series, tab)
    return {
        "series": series,
        "title": title,
        "group": shown,
        "places": shown.places,
        "dates": shown.dates,
        "tabs": _tabs(series, shown),
        "sees_people": True,
        "may_plan": may_plan,
        "may_decide": access.has(Right.DECIDE),
        "decline_reasons": [(reason.value, reason.label) for reason in DECLINE_REASONS],
        "end_reasons": [(reason.value, reason.label) for reason in END_REASONS],
        "hand_reasons": HandReason.choices,
        "answers": Answer.choices,
        "wanted": wanted_of(series),
    }


def wanted_of(series: Series) -> list[tuple[str, str]]:
    """The requirements of the series as (what, value), for the left column."""
    facts = []
    units = ", ".join(str(unit) for unit in series.units.all())
    facts.append((_("For"), units or _("all living units")))
    if series.languages:
        facts.append((_("Language"), ", ".join(str(language).upper() for language in series.languages)))
    if series.min_level:
        facts.append((_("Level"), f"{series.get_level_language_display()} {series.min_level}"))
    if series.needs_followed:
        facts.append((_("Followed before"), str(series.needs_followed)))
    if series.needs_intake:
        facts.append((_("Needed"), _("intake done")))
    facts.append((_("Waiting list"), series.get_waiting_order_display()))
    return facts


def _tabs(series: Series, shown: group.GroupPage) -> list[PageTab]:
    url = reverse("enrollment:series_detail", args=[series.prison.slug, series.pk])
    number: dict[str, int | str] = {
        "in_group": shown.places.held,
        "waiting": shown.places.waiting,
        "undecided": shown.places.requested,
        "suitable": len(shown.suitable) if shown.tab == "suitable" else "",
    }
    return [PageTab(f"{url}?tab={key}", TAB_LABELS[key], number[key], key == shown.tab) for key in group.TABS]


def tab_of(enrollment: Enrollment) -> str:
    """Where an enrolment is shown now."""
    state = Enrollment.State
    return {state.WAITING: "waiting", state.REQUESTED: "undecided"}.get(state(enrollment.state), "in_group")
