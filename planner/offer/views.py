"""Pages of the offer: the list of series, and what a series is and brings in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.web.htmx import render_part
from core.web.pages import asked_page
from planner.offer.forms import SeriesFilter, SeriesForm
from planner.offer.one_series.changes import change_series
from planner.offer.one_series.own_series import own_series
from planner.offer.series_list import filtered, in_order, series_rows
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from prisons.seen_forms import sees
from rooms.views.editing import act_and_return, edit
from sessions.domain import materials
from sessions.forms import MaterialAnswerForm, MaterialForm
from sessions.models import Material, Series


@prison_view(Right.SEE_BOARD)
def series_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    filters = SeriesFilter(request.GET or None, access=request.access)
    filters.is_valid()
    rows = filtered(series_rows(request.access), getattr(filters, "cleaned_data", {}), request.access)
    rows = in_order(rows, request.GET.get("sort", ""), request.access)
    page = asked_page(request, rows)
    context = {
        "page": page,
        "filters": filters,
        "is_filtered": any(value for name, value in request.GET.items() if name not in {"sort", "page"}),
        "neutral": not gate.may_ask(request.access, gate.Fact.TITLE),
    }
    return render_part(request, "planner/offer/series_list.html", "planner/offer/_series_part.html", context)


@prison_view(Right.PLACE)
def series_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    series = own_series(request, prison, pk)
    form = SeriesForm(request.POST or None, access=request.access, initial=_present(series))
    sees(form, series)

    def save(values: dict[str, Any]) -> Series:
        given = {name: value for name, value in values.items() if name != "seen"}
        return change_series(request.access, series, given, seen=values["seen"])

    return edit(
        request,
        form,
        save,
        back=reverse("enrollment:series_detail", args=[prison.slug, pk]),
        done=_("Saved."),
        template="planner/offer/series_edit.html",
        series=series,
        materials=series.materials.all(),
        material_form=MaterialForm(auto_id="material_%s"),
    )


def _present(series: Series) -> dict[str, Any]:
    """The form as the series stands."""
    names = [
        *(
            "activity",
            "label",
            "term",
            "list_name",
            "places",
            "is_drop_in",
            "counts_as_work",
            "languages",
            "min_level",
        ),
        *("level_language", "needs_intake", "needs_followed", "waiting_order"),
    ]
    return {name: getattr(series, name) for name in names} | {
        "units": list(series.units.all()),
        "needs_features": list(series.needs_features.all()),
    }


def _own_series(request: PrisonRequest, prison: Prison, pk: int) -> Series:
    rows = Series.objects.in_prison(prison).select_related("activity__organisation")
    return get_object_or_404(rows, pk=pk)


@require_POST
@prison_view(Right.PLACE)
def material_add(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    series = _own_series(request, prison, pk)
    return edit(
        request,
        MaterialForm(request.POST),
        lambda values: materials.ask_for(request.access, series, **values),
        back=reverse("planner:series_edit", args=[prison.slug, pk]) + "#materials",
        done=_("Asked. Enter the answer of the prison when it comes."),
        heading=_("Ask for material"),
        template="sessions/part_edit.html",
    )


def _material(prison: Prison, pk: int) -> Material:
    rows = Material.objects.filter(series__prison=prison).select_related("series__activity__organisation")
    return get_object_or_404(rows, pk=pk)


@prison_view(Right.PLACE)
def material_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    material = _material(prison, pk)
    request.access.require_change(material.series.activity.organisation)
    name, form = str(material), MaterialAnswerForm(request.POST or None, instance=material)
    return edit(
        request,
        form,
        lambda values: materials.answer(request.access, material, **form.values, seen=values["seen"]),
        back=reverse("planner:series_edit", args=[prison.slug, material.series_id]) + "#materials",
        done=_("Saved."),
        heading=name,
        template="sessions/part_edit.html",
    )


@require_POST
@prison_view(Right.PLACE)
def material_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    material = _material(prison, pk)
    return act_and_return(
        request,
        lambda: materials.remove(request.access, material),
        back=reverse("planner:series_edit", args=[prison.slug, material.series_id]) + "#materials",
        done=_("Removed."),
    )
